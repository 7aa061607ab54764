// The desk's page: opens, keeps what it shows in step with the server, and says what was saved.

import { canRedo, canUndo, comeBack, redo, restoreUnsent, undo, unsaved } from "./changes.js";
import { startChecks } from "./checks.js";
import { byId, button, choices, fill, h } from "./dom.js";
import { startKeys } from "./keys.js";
import { startLetter } from "./letter.js";
import { listen, read } from "./net.js";
import { state, tell, when } from "./state.js";
import { startStories } from "./stories.js";
import { startWords } from "./words.js";

const NOTICE_MS = 8000;
const HEARD_MS = 1500;
const UNSAVED = {
  unreachable: "Not saved: the server does not answer. Your words are kept here and saved when it is back.",
  "signed-out": "Not saved: your session has ended. Sign in again in another tab; your words are kept here.",
  locked: "Waiting: a run is at work on this letter.",
  refused: "Not saved.",
};
let hearing = null;
let standing = "[]"; // what is said to be wrong until it is mended
let choice = null; // what the candidates were last asked for with

when("sheet", (sheet) => { take.own = true; take(sheet); });
when("issue", (issue) => { state.issue = issue; status(); refresh(); });
when("edition", open);
when("say", notice);
when("pane", (name) => { document.body.dataset.pane = name; panes(); });
when("saving", () => saved("Saving…"));
when("saved", () => saved(`Saved ${new Date().toLocaleTimeString("en-GB")}`));
when("unsaved", (why) => saved(UNSAVED[why] ?? `Not saved: ${why}. It is tried again; your words are kept here.`, true));
when("undo", () => { byId("undo").disabled = !canUndo(); byId("redo").disabled = !canRedo(); });

function saved(text, bad = false) {
  byId("saved").textContent = text;
  byId("saved").classList.toggle("bad", bad);
  // Who listens hears of trouble at once, of saving when the typing has paused.
  clearTimeout(hearing);
  if (bad) byId("heard").textContent = text;
  else hearing = setTimeout(() => { byId("heard").textContent = unsaved() ? "" : text; }, HEARD_MS);
}

// A sheet as the server has it now.
function take(sheet) {
  const before = state.sheet;
  if (before && before.edition === sheet.edition && before.desk === sheet.desk && before.version > sheet.version) return;
  if (before && before.edition === sheet.edition && before.version !== sheet.version && !take.own) announce(before, sheet);
  take.own = false;
  const known = JSON.stringify(state.sheet?.edits);
  state.sheet = sheet;
  problems();
  status();
  if (before?.edition !== sheet.edition || known !== JSON.stringify(sheet.edits) || before.revision !== sheet.revision || before.status !== sheet.status || before.problem?.message !== sheet.problem?.message) tell("sheet-shown");
  const key = JSON.stringify([sheet.edition, sheet.slots.map((each) => [each.story, each.section]), sheet.edits.drops, sheet.edits.same_event, sheet.edits.other_event, state.issue.cutoff_at]);
  if (key !== choice) { choice = key; candidates(); }
}

// What someone else has changed, in words.
function announce(before, sheet) {
  const paths = differing(before.edits, sheet.edits);
  if (!paths.length || unsaved()) return;
  const names = paths.map((path) => {
    const [first, story, name] = path.split(".");
    if (first !== "stories") return { features: "the order", reads: "the reads", drops: "what is out", same_event: "a suggestion", other_event: "a suggestion", coordinated_by: "the credits" }[first] || `the ${first}`;
    const card = sheet.slots.find((each) => each.story === story);
    return `the ${{ alt: "alt text", blurb: "text", crop: "crop" }[name] || name} of “${shortened(card?.headline || story)}”`;
  });
  notice({ text: `Changed elsewhere: ${[...new Set(names)].slice(0, 3).join(", ")}${names.length > 3 ? " and more" : ""}.` });
}

const shortened = (text) => ([...text].length > 48 ? `${[...text].slice(0, 46).join("")}…` : text);

function differing(one, other) {
  const flat = (edits) => Object.fromEntries(Object.entries(edits).flatMap(([name, value]) => name === "stories"
    ? Object.entries(value).flatMap(([story, words]) => Object.entries(words).map(([word, text]) => [`stories.${story}.${word}`, text])) : [[name, value]]));
  const [a, b] = [flat(one), flat(other)];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((path) => JSON.stringify(a[path] ?? null) !== JSON.stringify(b[path] ?? null));
}

async function candidates() {
  const { edition } = state;
  const found = await read(`/api/candidates/${encodeURIComponent(edition)}`).catch(() => null);
  if (!found || edition !== state.edition) return;
  state.candidates = found.candidates;
  state.suggestions = found.suggestions;
  state.leftOut = found.left_out;
  tell("candidates");
}

async function open(edition) {
  state.edition = edition;
  state.findings = null;
  choice = null;
  try { sessionStorage.setItem("desk:edition", edition); } catch { /* then the first one opens */ }
  if (state.issue.editions.length > 1) {
    fill(byId("editions"), ...choices("Edition", state.issue.editions.map((each) => [each.name, each.name]), edition, (name) => tell("edition", name)).children);
  } else byId("editions").hidden = true;
  await refresh();
}

async function refresh() {
  const { edition } = state;
  try {
    const [issue, sheet] = await Promise.all([read("/api/issue"), read(`/api/sheet/${encodeURIComponent(edition)}`)]);
    state.issue = issue;
    if (edition === state.edition) take(sheet);
    status();
  } catch (error) {
    if (error.login) tell("unsaved", "signed-out");
    else if (!error.status) tell("unsaved", "unreachable");
    else notice({ text: error.message, kind: "bad" });
  }
}

function status() {
  const approved = state.issue.status === "approved";
  byId("status").textContent = approved ? (state.issue.delivered ? "delivered" : "approved") : "";
  byId("approve").textContent = approved ? "Take back…" : "Approve…";
  byId("approve").classList.toggle("main", !approved);
  byId("approve").disabled = Boolean(approved && state.issue.delivered);
  document.body.classList.toggle("approved", approved);
}

// What is wrong with a file that the desk stands on; it stays until it is mended.
function problems() {
  const said = [
    state.sheet.problem && `${state.sheet.path} has a mistake${state.sheet.problem.line ? ` in line ${state.sheet.problem.line}` : ""}, and the last good one stays until it is mended: ${state.sheet.problem.message.replace(/^edits\.yaml:\d+:\s*/, "")}`,
    state.issue.config_problem && `The config has a mistake, and the last good one stays: ${state.issue.config_problem}`,
    state.sheet.lost.length && `edits.yaml pins ${state.sheet.lost.join(", ")}, which is no story of this week.`,
  ].filter(Boolean);
  if (JSON.stringify(said) === standing) return; // not to be read out again
  standing = JSON.stringify(said);
  fill(byId("standing"), said.map((text) => h("p", { className: "notice standing bad", text })));
}

function notice({ text, kind }) {
  const line = h("p", { className: `notice ${kind || "plain"}` }, h("span", { text }), button("Close", () => line.remove(), { className: "quiet", "aria-label": "Close this notice" }));
  const passing = byId("passing");
  passing.append(line);
  while (passing.childElementCount > 3) passing.firstElementChild.remove();
  if (kind !== "bad") setTimeout(() => line.remove(), NOTICE_MS);
}

function panes() {
  for (const tab of document.querySelectorAll(".panes button")) tab.setAttribute("aria-pressed", String(tab.dataset.pane === document.body.dataset.pane));
}

async function start() {
  startLetter();
  startStories();
  startWords();
  startChecks();
  startKeys();
  byId("undo").addEventListener("click", undo);
  byId("redo").addEventListener("click", redo);
  for (const tab of document.querySelectorAll(".panes button")) tab.addEventListener("click", () => tell("pane", tab.dataset.pane));
  panes();
  state.issue = await read("/api/issue");
  let first = null;
  try { first = sessionStorage.getItem("desk:edition"); } catch { /* the first one */ }
  await open(state.issue.editions.some((each) => each.name === first) ? first : state.issue.editions[0].name);
  saved("Nothing to save");
  restoreUnsent();
  listen({
    heard: (version) => { if (!state.sheet || version !== state.sheet.version) refresh(); },
    lost: () => read("/api/token").catch((error) => saved(error.login ? UNSAVED["signed-out"] : "The server does not answer. The page waits for it.", true)),
    back: () => { saved("The server is back."); comeBack(); refresh(); },
  });
  document.body.classList.add("ready");
}

start().catch((error) => saved(`The desk could not open: ${error.message}`, true));
