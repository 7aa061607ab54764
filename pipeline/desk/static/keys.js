// Keyboard shortcuts. Single keys can be switched off: speech input would trigger them.

import { addPage } from "./add.js";
import { scrollToCandidates } from "./candidates.js";
import { canRedo, canUndo, redo, undo } from "./changes.js";
import { button, byId, h, isTyping, local, openDialog, store, stored } from "./dom.js";
import { DRAFT_KEYS } from "./drafts.js";
import { toggleExample } from "./examples.js";
import { drop, place, placeLast, shift, toggleDropped, togglePin } from "./moves.js";
import { addSection, deleteSection, shiftSection } from "./sections.js";
import { toggleStar } from "./shortlist.js";
import { step } from "./slots.js";
import { emit, on, select, setView, state } from "./state.js";

const FIRST_FIELDS = { letter: "letter", story: "headline", section: "text" };
const STORAGE_KEY = "desk:single-keys";
let singleKeys = stored(local, STORAGE_KEY) !== "off";

// The story that has the focus, as after a search, or else the selected one.
function storyInHand() {
  if (sectionInHand()) return null;
  const focused = document.activeElement?.closest("[data-story]")?.dataset.story;
  return focused ?? (state.selected.kind === "story" ? state.selected.story : null);
}

// The section of the editor's own that has the focus, or else the selected one, unless a story has the focus.
function sectionInHand() {
  const { own, story } = document.activeElement?.closest("[data-own], [data-story]")?.dataset ?? {};
  const selected = !story && state.selected.kind === "section" ? state.selected.section : null;
  return own ?? selected;
}

const moved = (by) => () => {
  const section = sectionInHand();
  if (section) shiftSection(section, by);
  else withStory((story) => shift(story, by))();
};
const removed = (action) => () => {
  const section = sectionInHand();
  if (section) deleteSection(section);
  else withStory(action)();
};
const withStory = (action) => () => {
  const story = storyInHand();
  if (!story) return;
  select({ kind: "story", story });
  action(story);
};
const showPart = (part) => () => setView({ part });

const KEYS = [
  ["j", "next story", () => step(1)],
  ["k", "previous story", () => step(-1)],
  ["1", "lead", withStory((story) => place(story, "features", 0))],
  ["2", "feature", withStory((story) => placeLast(story, "features"))],
  ["3", "read", withStory((story) => placeLast(story, "reads"))],
  ["4", "drop", removed(drop)],
  ["x", "drop or restore", removed(toggleDropped)],
  ["p", "pin or unpin", withStory(togglePin)],
  ["[", "up", moved(-1)],
  ["]", "down", moved(1)],
  ["*", "shortlist", withStory(toggleStar)],
  ["+", "more like this", withStory(toggleExample)],
  ["e", "edit", () => emit("show-field", FIRST_FIELDS[state.selected.kind])],
  ...DRAFT_KEYS,
  ["l", "edit the letter", editLetter],
  ["c", "add a story", () => addPage()],
  ["z", "add a section", () => addSection()],
  ["/", "search", search],
  ["w", "width", () => setView({ width: state.view.width === 600 ? 375 : 600 })],
  ["d", "light or dark", () => setView({ dark: !state.view.dark })],
  ["i", "pictures", () => setView({ pictures: !state.view.pictures })],
  ["h", "HTML", showPart("html")],
  ["t", "text", showPart("text")],
  ["s", "source", showPart("source")],
  ["r", "headers", showPart("headers")],
  ["f", "diff", showPart("diff")],
  ["g", "checks", () => byId("checks-count").click()],
  ["n", "next edition", openNextEdition],
  ["u", "undo", undoOnce],
  ["m", "send a test", () => byId("send").click()],
  ["a", "approve or withdraw", () => byId("approve").click()],
  ["o", "deliver", () => byId("deliver").click()],
  ["?", "show the keys", showKeys],
];
const OTHER_KEYS = [
  ["Ctrl Z", "undo; with Shift, redo"],
  ["Esc", "from a field to the list"],
];
const ACTIONS = new Map(KEYS.map(([key, , action]) => [key, action]));

export function startKeys() {
  document.addEventListener("keydown", onKey);
  on("keydown", onKey); // in the preview frame
  byId("keys").addEventListener("click", showKeys);
}

function onKey(event) {
  const typing = isTyping(event.target);
  const withModifier = event.ctrlKey || event.metaKey || event.altKey;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && typing && event.target.id !== "search") leaveField();
  if (typing) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "z") {
    event.preventDefault();
    if (event.shiftKey) redoOnce();
    else undoOnce();
    return;
  }
  if (!singleKeys || withModifier) return;
  const action = ACTIONS.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  if (!action) return;
  event.preventDefault();
  action();
}

function undoOnce() {
  if (canUndo()) undo();
}

function redoOnce() {
  if (canRedo()) redo();
}

function editLetter() {
  select({ kind: "letter" });
  emit("show-field", "letter");
}

function search() {
  emit("pane", "stories");
  byId("search").focus();
  scrollToCandidates();
}

function openNextEdition() {
  const names = state.issue.editions.map((edition) => edition.name);
  emit("open-edition", names[(names.indexOf(state.editionName) + 1) % names.length]);
}

// From a field to the story that it belongs to.
function leaveField() {
  const pick = document.querySelector('.pick[aria-current="true"]');
  if (pick?.offsetParent) pick.focus();
  else document.activeElement.blur();
}

function showKeys() {
  const toggle = h("input", { type: "checkbox", id: "single", checked: singleKeys });
  toggle.addEventListener("change", () => {
    singleKeys = toggle.checked;
    store(local, STORAGE_KEY, singleKeys ? "on" : "off");
  });
  const rows = [...KEYS.map(([key, text]) => [key.toUpperCase(), text]), ...OTHER_KEYS];
  const items = rows.map(([key, text]) => h("div", {}, h("dt", {}, h("kbd", { text: key })), h("dd", { text })));
  const label = h("label", { for: "single" }, "Single-key shortcuts (switch off for speech input)");
  const close = button("Close", () => dialog.close(), { autofocus: true });
  const dialog = openDialog("Keys", [
    h("dl", { className: "keys" }, items),
    h("p", {}, toggle, " ", label),
    h("div", { className: "buttons" }, close),
  ]);
}
