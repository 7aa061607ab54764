// The desk's page: starts its parts and keeps them in step with the server.

import { addFromAddress, startAdding } from "./add.js";
import { openPlace, startAddress, wantedEdition } from "./address.js";
import { startCandidates } from "./candidates.js";
import { canRedo, canUndo, isUnsaved, redo, restoreSteps, restoreUnsent, retryNow, undo } from "./changes.js";
import { startChecks } from "./checks.js";
import { renderDelivery, startDelivery, stateOfIssue } from "./delivery.js";
import { sayDisplaced, startDisplaced } from "./displaced.js";
import { byId, choices, fill } from "./dom.js";
import { startFinish } from "./finish.js";
import { startForm } from "./form.js";
import { startKeys } from "./keys.js";
import { announceChanges, showLastSaved, showProblems, showSaved, signedOut, startNotices } from "./notices.js";
import { startPreview } from "./preview.js";
import { renderPublishers } from "./publishing.js";
import { listen, read } from "./server.js";
import { startSlots } from "./slots.js";
import { editionUrl, emit, notify, on, state } from "./state.js";
import { startSuggestions } from "./suggestions.js";
import { startTouch } from "./touch.js";

let shownStatus = null; // of the issue
let candidatesKey = null; // of the edits and slots that the candidates were loaded for

// Show an edition as the server sent it. `own`: as the answer to this page's change.
function receive(edition, own = false) {
  const before = state.edition;
  const sameEdition = before?.name === edition.name;
  if (sameEdition && before.server === edition.server && before.version > edition.version) return;
  if (sameEdition && before.version !== edition.version && !own) announceChanges(before, edition);
  const changed = !before || contentKey(before) !== contentKey(edition);
  state.edition = edition;
  showProblems();
  renderStatus();
  if (changed) emit("edition");
  if (own) sayDisplaced(before, edition);
  loadCandidatesIfChanged(edition);
}

function contentKey({ name, edits, revision, status, problem }) {
  return JSON.stringify([name, edits, revision, status, problem?.message]);
}

async function loadCandidatesIfChanged({ name, slots, edits, week }) {
  const sections = slots.map((slot) => [slot.story, slot.section]);
  const { drops, same_event: same, other_event: other, examples } = edits;
  const key = JSON.stringify([name, sections, drops, same, other, examples, week, state.issue.cutoff_at]);
  if (key === candidatesKey) return;
  candidatesKey = key;
  const found = await read(editionUrl("/api/candidates")).catch(() => null);
  if (!found || name !== state.editionName) return;
  state.candidates = found.candidates;
  state.suggestions = found.suggestions;
  state.notListed = found.not_listed;
  emit("candidates");
}

async function openEdition(name) {
  state.editionName = name;
  state.findings = null;
  candidatesKey = null;
  const options = state.issue.editions.map((edition) => [edition.name, edition.name]);
  const group = choices("Edition", options, name, (chosen) => emit("open-edition", chosen));
  byId("editions").hidden = options.length < 2;
  fill(byId("editions"), [...group.children]);
  emit("edition-opened");
  await refresh();
}

async function refresh() {
  const name = state.editionName;
  try {
    // In this order: the edition has the version, and an issue older than that would never be read again.
    const edition = await read(editionUrl("/api/editions"));
    state.issue = await read("/api/issue");
    if (name === state.editionName) receive(edition);
    renderStatus();
  } catch (error) {
    if (error.login) emit("unsaved", "signed-out");
    else if (!error.status) emit("unsaved", "unreachable");
    else notify(error.message, "bad");
  }
}

function renderStatus() {
  const approved = state.issue.status === "approved";
  const { delivery, status } = state.issue;
  byId("status").textContent = stateOfIssue();
  renderDelivery();
  renderPublishers();
  if (shownStatus && shownStatus !== status) emit("status");
  shownStatus = status;
  byId("approve").textContent = approved ? "Withdraw…" : "Approve…";
  byId("approve").classList.toggle("main", !approved);
  byId("approve").disabled = approved && delivery.started;
  document.body.classList.toggle("approved", approved);
}

const paneTabs = () => document.querySelectorAll(".panes button");

function showPane(name) {
  document.body.dataset.pane = name;
  for (const tab of paneTabs()) tab.setAttribute("aria-pressed", String(tab.dataset.pane === name));
}

function listenToPage() {
  on("edition-sent", (edition) => receive(edition, true));
  on("issue", (issue) => {
    state.issue = issue;
    renderStatus();
    refresh();
  });
  on("open-edition", openEdition);
  on("pane", showPane);
  on("undo-changed", () => {
    byId("undo").disabled = !canUndo();
    byId("redo").disabled = !canRedo();
  });
  byId("undo").addEventListener("click", undo);
  byId("redo").addEventListener("click", redo);
  for (const tab of paneTabs()) tab.addEventListener("click", () => showPane(tab.dataset.pane));
  showPane(document.body.dataset.pane);
}

function listenToServer() {
  const waiting = (error) => (error.login ? signedOut : "The server does not respond. The page waits for it.");
  listen({
    onVersion: (version) => {
      if (version !== state.edition?.version) refresh();
    },
    onLost: () => read("/api/token").catch((error) => showSaved(waiting(error), true)),
    onBack: () => {
      // A change may have been saved before this event arrives: nothing would then replace the message.
      if (isUnsaved()) showSaved("The server is back.");
      else showLastSaved();
      retryNow();
      refresh();
    },
  });
}

function startParts() {
  const choosing = [startSlots, startCandidates, startSuggestions, startAdding, startTouch];
  const finishing = [startChecks, startFinish, startDelivery];
  const parts = [startNotices, startDisplaced, startPreview, ...choosing, startForm, ...finishing, startKeys];
  for (const startPart of parts) startPart();
}

async function start() {
  startParts();
  listenToPage();
  state.issue = await read("/api/issue");
  const opening = openEdition(wantedEdition());
  openPlace();
  startAddress();
  await opening;
  showLastSaved();
  restoreSteps();
  restoreUnsent();
  listenToServer();
  document.body.classList.add("ready");
  addFromAddress();
}

start().catch((error) => showSaved(`The desk could not open: ${error.message}`, true));
