// What a writer proposes for the selected story, next to the sentences that it was made from.

import { sendWithTexts } from "./changes.js";
import { button, byId, fill, h, langOf } from "./dom.js";
import { read, write } from "./server.js";
import { approved, edited, editionUrl, emit, notify, on, state } from "./state.js";

const ASKED = { translate: "a translation", write: "kicker, headline and text" };
const STATES = { found: "Checked", doubtful: "Doubtful", wrong: "Wrong" };

let shown = null; // {story, edition, tasks, drafts} of the panel
let asking = ""; // the story that the writer is asked about

export const DRAFT_KEYS = [
  ["y", "accept the proposal", () => accept()],
  ["v", "accept it and edit", acceptAndEdit],
  ["b", "refuse it", refuse],
  ["q", "ask the writer again", () => ask()],
];

on("saved", render);
on("edition", render);

// Places count the characters of Unicode, as in Python.
const cut = (text, start, end) => [...text].slice(start, end).join("");

const path = (name) => `stories.${shown.story}.${name}`;
const isRefused = () => edited(path("draft")) === "refused";
const first = () => (isInHand() && !isRefused() ? shown.drafts.find((draft) => !draft.fault) : null);

function isInHand() {
  const { kind, story } = state.selected;
  return shown && kind === "story" && shown.story === story && shown.edition === state.editionName && !approved();
}

// The panel of a story; it fills itself. A config without a writer has none.
export function draftsPanel(story) {
  if (!state.issue.has_writer) return null;
  const panel = h("section", { id: "drafts", "aria-label": "Proposals", className: "drafts" });
  load(story);
  return panel;
}

async function load(story) {
  const edition = state.editionName;
  try {
    const view = await read(`${editionUrl("/api/drafts")}/${story}`);
    shown = { story, edition, ...view };
  } catch (error) {
    notify(error.message, "bad");
    return;
  }
  render();
}

function render() {
  const panel = byId("drafts");
  if (!panel || !shown || shown.story !== state.selected.story || shown.edition !== state.editionName) return;
  const refused = isRefused();
  fill(
    panel,
    h("h3", { className: "overline", text: "Proposals" }),
    refused && h("p", { className: "soft", text: "The proposals for this story are refused." }),
    !refused && shown.drafts.map(draftView),
    h("div", { className: "buttons" }, shown.tasks.map(askButton)),
  );
}

function askButton(task) {
  const again = shown.drafts.some((draft) => draft.task === task);
  const text = asking === shown.story ? "Asking…" : `Ask ${again ? "again " : ""}for ${ASKED[task]}`;
  return button(text, () => ask(task), { disabled: approved() || Boolean(asking), data: { focus: `ask-${task}` } });
}

function draftView(draft) {
  const off = approved();
  const name = draft.task === "write" ? "Kicker, headline and text" : "Translation";
  const act = (text, action) =>
    button(text, () => action(draft), { disabled: off, data: { focus: `${text}-${draft.task}` } });
  return h(
    "article",
    { className: "draft", "aria-label": name },
    h("p", { className: "soft" }, `${name} by ${draft.model}: `, h("b", { text: verdictOf(draft) })),
    draft.fault ? null : h("div", { className: "pair" }, proposalOf(draft), sourceOf(draft)),
    h("ul", { className: "plain findings" }, findingItems(draft.findings)),
    !draft.fault &&
      h("div", { className: "buttons" }, act("Accept", accept), act("Edit", acceptAndEdit), act("Refuse", refuse)),
  );
}

function verdictOf(draft) {
  if (draft.fault) return draft.fault;
  return draft.passed ? "nothing speaks against it; read it all the same" : "the checks object to it";
}

// The same words may stand at several places.
function findingItems(findings) {
  const distinct = new Map(findings.map((finding) => [`${finding.rule} ${finding.excerpt}`, finding]));
  return [...distinct.values()].map(({ rule, excerpt, message }) =>
    h("li", {}, `${rule}: `, h("q", { text: excerpt }), `: ${message}`),
  );
}

function proposalOf(draft) {
  const lines = draft.text.split("\n");
  let offset = 0;
  const paragraphs = lines.map((line) => {
    const start = offset;
    offset += [...line].length + 1;
    return h("p", {}, pieces(draft, start, offset - 1));
  });
  return h("div", { className: "proposal", lang: draft.language, dir: "auto" }, paragraphs);
}

// The text between two places, with a button for each mark.
function pieces(draft, start, end) {
  const found = [];
  let place = start;
  for (const mark of draft.marks) {
    if (mark.start < place || mark.end > end) continue;
    found.push(cut(draft.text, place, mark.start), markButton(draft, mark));
    place = mark.end;
  }
  return [...found, cut(draft.text, place, end)];
}

function markButton(draft, mark) {
  const words = cut(draft.text, mark.start, mark.end);
  const about = `${STATES[mark.state]}: ${mark.message}`;
  const action = (event) => point(event.currentTarget, mark.place);
  return button(words, action, {
    className: `checked ${mark.state}`,
    title: about,
    "aria-label": `${words}. ${about}`,
    data: { focus: `mark-${draft.task}-${mark.start}` },
  });
}

function sourceOf(draft) {
  const sentences = draft.source.map((text, number) => h("p", { data: { sentence: number }, text }));
  return h("div", { className: "source", lang: langOf(draft.source_language), dir: "auto" }, sentences);
}

// Show the passage of the source that a mark leads to.
function point(mark, place) {
  const source = mark.closest(".draft").querySelector(".source");
  for (const old of source.querySelectorAll("mark")) old.replaceWith(old.textContent);
  if (!place) return notify("The source has no such place.");
  const sentence = source.querySelector(`[data-sentence="${place.sentence}"]`);
  const text = sentence.textContent;
  const passage = h("mark", { text: cut(text, place.start, place.end) });
  sentence.replaceChildren(cut(text, 0, place.start), passage, cut(text, place.end));
  passage.scrollIntoView({ block: "nearest" });
}

function accept(draft = first()) {
  if (!draft) return;
  const { origin, ...texts } = draft.accepted;
  const changes = Object.entries(texts).filter(([, value]) => value !== null);
  const change = { kind: "set", path: path("origin"), value: origin, was: edited(path("origin")) };
  const all = changes.map(([name, value]) => [path(name), value]);
  if (edited(path("draft")) !== null) all.push([path("draft"), null]);
  sendWithTexts(change, all);
  notify("Accepted. Undo takes it back.");
}

function acceptAndEdit(draft = first()) {
  if (!draft) return;
  accept(draft);
  emit("show-field", draft.accepted.blurb ? "blurb" : "headline");
}

function refuse() {
  if (!isInHand() || !shown.drafts.length || isRefused()) return;
  sendWithTexts({ kind: "set", path: path("draft"), value: "refused", was: null }, []);
}

async function ask(task = shown?.tasks[0]) {
  if (!isInHand() || !task || asking) return;
  const { story, edition } = shown;
  if (isRefused()) sendWithTexts({ kind: "set", path: path("draft"), value: null, was: "refused" }, []);
  asking = story;
  render();
  try {
    const { message } = await write("/api/drafts", { edition, story, task });
    notify(`${message}.`);
  } catch (error) {
    notify(error.message, "bad");
  } finally {
    asking = "";
  }
  if (state.selected.story === story) load(story);
}
