// Sections of the editor's own as lines among the slots: select one by click, move it by drag and drop.

import { h } from "./dom.js";
import { pickButton } from "./items.js";
import { KINDS, moveSection, sectionOf, sectionsAfter, titleOf } from "./sections.js";
import { approved, select } from "./state.js";

let dragged = null; // the name of a section

export const sectionItems = (place) => sectionsAfter(place).map((name) => sectionItem(name, place));

function sectionItem(name, place) {
  const title = titleOf(name);
  const item = h(
    "li",
    { className: "item section", draggable: !approved() },
    h("span", { className: "grip", "aria-hidden": "true" }),
    pickButton(
      `section-${name}`,
      { kind: "section", section: name },
      h("span", { className: "title", dir: "auto", text: title, title }),
      h("span", { className: "about" }, h("span", { className: "tag", text: KINDS[sectionOf(name).kind].name })),
    ),
  );
  item.addEventListener("dragstart", (event) => {
    dragged = name;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", title);
    document.body.classList.add("dragging");
  });
  item.addEventListener("dragend", () => {
    dragged = null;
    document.body.classList.remove("dragging");
  });
  acceptSections(item, place, name);
  return item;
}

const firstAfter = (place) => sectionsAfter(place).find((name) => name !== dragged) ?? null;

// A section that is dropped on the element goes after that part of the letter: before the named section, first, or last
// (null).
export function acceptSections(element, place, before) {
  element.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    element.classList.add("drop-target");
  });
  element.addEventListener("dragleave", () => element.classList.remove("drop-target"));
  element.addEventListener("drop", (event) => {
    if (!dragged) return;
    event.preventDefault();
    event.stopPropagation();
    element.classList.remove("drop-target");
    moveSection(dragged, place, before === undefined ? firstAfter(place) : before);
    select({ kind: "section", section: dragged });
  });
}
