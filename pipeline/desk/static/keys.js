// Keys for everything. Single keys can be switched off, for those who speak to their machine.

import { canRedo, canUndo, redo, undo } from "./changes.js";
import { byId, button, h } from "./dom.js";
import { drop, place, restore, sendTo, shift, step, toCandidates, togglePin } from "./stories.js";
import { card, state, tell } from "./state.js";

const KEPT = "desk:single-keys";
let single = true;
try { single = localStorage.getItem(KEPT) !== "off"; } catch { /* then they are on */ }

const inHand = () => (state.selected.kind === "story" ? state.selected.story : null);
const withStory = (act) => () => { if (inHand()) act(inHand()); };
const look = (changes) => () => { Object.assign(state.look, changes()); tell("look"); };
const part = (name) => look(() => ({ part: name }));

const KEYS = [
  ["j", "next story", () => step(1)],
  ["k", "story before", () => step(-1)],
  ["1", "lead", withStory((story) => place(story, "features", 0))],
  ["2", "feature", withStory((story) => sendTo(story, "features"))],
  ["3", "read", withStory((story) => sendTo(story, "reads"))],
  ["4", "out", withStory((story) => drop(story))],
  ["x", "out, or back from there", withStory((story) => (card(story)?.dropped ? restore(story) : drop(story)))],
  ["p", "pin, unpin", withStory((story) => togglePin(story))],
  ["[", "up", withStory((story) => shift(story, -1))],
  ["]", "down", withStory((story) => shift(story, 1))],
  ["e", "edit its words", () => tell("show-field", state.selected.kind === "letter" ? "letter" : "headline")],
  ["l", "the letter's words", () => { state.selected = { kind: "letter" }; tell("selected"); tell("show-field", "letter"); }],
  ["/", "search", () => { tell("pane", "stories"); byId("search").focus(); toCandidates(); }],
  ["w", "width", look(() => ({ width: state.look.width === 600 ? 375 : 600 }))],
  ["d", "light, dark", look(() => ({ dark: !state.look.dark }))],
  ["i", "pictures", look(() => ({ pictures: !state.look.pictures }))],
  ["h", "HTML", part("html")],
  ["t", "text", part("text")],
  ["s", "source", part("source")],
  ["r", "headers", part("headers")],
  ["f", "diff", part("diff")],
  ["n", "next edition", () => { const all = state.issue.editions; tell("edition", all[(all.findIndex((each) => each.name === state.edition) + 1) % all.length].name); }],
  ["u", "undo", () => canUndo() && undo()],
  ["m", "send a test", () => byId("send").click()],
  ["a", "approve, or take back", () => byId("approve").click()],
  ["?", "these keys", showKeys],
];
const BY_KEY = new Map(KEYS.map(([key, , act]) => [key, act]));

export function startKeys() {
  document.addEventListener("keydown", handleKey);
  byId("keys").addEventListener("click", showKeys);
}

export function handleKey(event) {
  const target = event.target;
  const typing = target.closest?.("input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]");
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && typing && target.id !== "search") { leave(); return; }
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "z" && !typing) {
    event.preventDefault();
    if (event.shiftKey) canRedo() && redo();
    else canUndo() && undo();
    return;
  }
  if (typing || !single || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = BY_KEY.get(event.key.length === 1 && event.key !== "?" ? event.key.toLowerCase() : event.key);
  if (!act) return;
  event.preventDefault();
  act();
}

// From a field back to the story it belongs to.
function leave() {
  const pick = document.querySelector('.pick[aria-current="true"]');
  if (pick && pick.offsetParent) pick.focus();
  else document.activeElement.blur();
}

function showKeys() {
  const toggle = h("input", { type: "checkbox", id: "single", checked: single });
  toggle.addEventListener("change", () => {
    single = toggle.checked;
    try { localStorage.setItem(KEPT, single ? "on" : "off"); } catch { /* until the page is closed */ }
  });
  const box = h("dialog", { "aria-labelledby": "keys-title" }, h("h2", { id: "keys-title", text: "Keys" }),
    h("dl", { className: "keys" }, KEYS.map(([key, said]) => h("div", {}, h("dt", {}, h("kbd", { text: key === "?" ? key : key.toUpperCase() })), h("dd", { text: said }))),
      h("div", {}, h("dt", {}, h("kbd", { text: "Ctrl Z" })), h("dd", { text: "undo; with Shift, redo" })),
      h("div", {}, h("dt", {}, h("kbd", { text: "Esc" })), h("dd", { text: "from a field back to the list" }))),
    h("p", {}, toggle, " ", h("label", { for: "single" }, "Single keys act (off for speech input)")),
    h("div", { className: "ends" }, button("Close", () => box.close(), { autofocus: true })));
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}
