// A story as a line of a list: select it by click, move it by drag and drop.

import { age, h, langOf } from "./dom.js";
import { indexOf, picks, place } from "./moves.js";
import { starButton } from "./shortlist.js";
import { approved, editionLanguage, emit, select, state } from "./state.js";

let dragged = null; // the id of a story

export const draggedStory = () => dragged;

// `role`: lead or feature. `section` and `index`: the slot that another story is dropped on. `note`: why it is not in.
// `excerpt`: its text around the words that were searched for.
export function storyItem(card, { section = null, index = 0, role = null, note = "", excerpt = "" } = {}) {
  const { story } = card;
  const item = h(
    "li",
    { className: "item", draggable: !approved(), data: { story } },
    h("span", { className: "grip", "aria-hidden": "true" }),
    pickButton(
      `pick-${story}`,
      { kind: "story", story },
      titleRow(card),
      aboutRow(card, role),
      section ? null : reasonsRow(card, note),
      excerpt && h("span", { className: "excerpt", dir: "auto", text: excerpt }),
    ),
    section ? null : starButton(card),
  );
  item.addEventListener("dragstart", (event) => {
    dragged = story;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", story);
    document.body.classList.add("dragging");
  });
  item.addEventListener("dragend", () => {
    dragged = null;
    document.body.classList.remove("dragging");
  });
  if (section) acceptDrops(item, section, index);
  return item;
}

export function pickButton(focusKey, selected, ...children) {
  const onClick = () => {
    select(selected);
    emit("pane", "edit");
  };
  const data = { focus: focusKey };
  if (selected.story) data.story = selected.story;
  if (selected.section) data.own = selected.section;
  return h("button", { type: "button", className: "pick", data, on: { click: onClick } }, ...children);
}

const titleRow = (card) =>
  h("span", { className: "title", lang: langOf(card.language), dir: "auto", ...named(card.headline || card.title) });

const named = (text) => ({ text, title: text }); // a slot's line shows only the beginning

function aboutRow(card, role) {
  const lang = langOf(card.language);
  return h(
    "span",
    { className: "about" },
    role && h("span", { className: `tag role ${role}`, text: role }),
    card.pinned && h("span", { className: "tag pin", text: "pinned" }),
    card.kind && card.kind !== "story" && h("span", { className: "tag", text: card.kind }),
    lang && lang !== editionLanguage() && h("span", { className: "tag", text: lang }),
    card.outlet && h("span", { className: "outlet", text: card.outlet, dir: "auto" }),
    h("span", { className: "age", text: `${card.outlet ? "· " : ""}${age(card.dated_at, state.issue.cutoff_at)}` }),
  );
}

// The slots have no such row, so that they fit a screen. What keeps a story out comes first; one that is out for its
// kind or subject needs no word on its merits.
function reasonsRow(card, note) {
  const merits = card.why_not && !card.section ? [] : [...(card.reasons ?? []), card.taste].filter(Boolean);
  if (!note && !merits.length) return null;
  return h(
    "span",
    { className: "reasons" },
    note && h("span", { className: "note", text: note }),
    note && merits.length > 0 && " · ",
    merits.join(" · "),
  );
}

export function acceptDrops(element, section, index) {
  element.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    element.classList.add("drop-target");
  });
  element.addEventListener("dragleave", () => element.classList.remove("drop-target"));
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    element.classList.remove("drop-target");
    if (!dragged) return;
    const from = indexOf(dragged, section);
    place(dragged, section, from >= 0 && from < index ? index - 1 : index);
    select({ kind: "story", story: dragged });
  });
}

// Mark the selected story in the lists.
export function markSelected() {
  const { kind, story, section } = state.selected;
  const key = { letter: "letter", section: `section-${section}` }[kind];
  for (const pick of picks()) {
    const isSelected = kind === "story" ? pick.dataset.story === story : pick.dataset.focus === key;
    pick.closest(".item").classList.toggle("selected", isSelected);
    if (isSelected) pick.setAttribute("aria-current", "true");
    else pick.removeAttribute("aria-current");
  }
}
