// The form of a section of the editor's own.

import { button, byId, fill, h } from "./dom.js";
import { textField } from "./fields.js";
import { eventsField } from "./occasions.js";
import {
  canShift,
  deleteSection,
  inReadingOrder,
  KINDS,
  LABELS,
  moveSection,
  options,
  PLACES,
  sectionOf,
  shiftSection,
} from "./sections.js";
import { approved, edited, editionLanguage } from "./state.js";

const HINTS = {
  text: "Markdown: *emphasis*, **strong**, [text](https://…). An empty line starts a new paragraph.",
  language: "Of its words, such as en, where it is not the letter's. Screen readers and hyphenation follow it.",
};

// What the form depends on apart from the texts.
export function sectionKey(name) {
  const section = sectionOf(name);
  return section ? [section.kind, section.after, ...inReadingOrder()].join(" ") : "gone";
}

export function buildSection(name) {
  const section = sectionOf(name);
  if (!section) {
    byId("edit-title").textContent = "Section";
    return fill(byId("fields"), h("p", { className: "soft", text: "This section is being saved, or was deleted." }));
  }
  const { name: kind, needs, may } = KINDS[section.kind];
  byId("edit-title").textContent = `Section · ${kind}`;
  const order = ["title", "figure", "text", "by", "link", "events"];
  const shown = order.filter((key) => needs.includes(key) || may.includes(key));
  fill(
    byId("fields"),
    moveButtons(name, section),
    shown.map((key) => (key === "events" ? eventsField(name) : sectionField(name, key, needs.includes(key)))),
    sectionField(name, "language", false),
  );
}

function sectionField(name, key, needed) {
  const label = LABELS[key] ?? "Language";
  return textField(`sections.${name}.${key}`, label, {
    lang: edited(`sections.${name}.language`) || editionLanguage(),
    rows: key === "text" ? 5 : 0,
    count: key === "text" ? "words" : null,
    markdown: key === "text",
    hint: HINTS[key] ?? null,
    own: true,
    needed,
  });
}

function moveButtons(name, { after }) {
  const off = approved();
  const place = options("section-after", Object.entries(PLACES), { disabled: off, "aria-label": "Place" });
  place.dataset.focus = "section-after";
  place.value = after;
  place.addEventListener("change", () => moveSection(name, place.value));
  const move = (text, label, by) =>
    button(text, () => shiftSection(name, by), {
      className: "quiet",
      "aria-label": label,
      disabled: off || !canShift(name, by),
      data: { focus: `move-${label}` },
    });
  const remove = button("Delete", () => deleteSection(name), { className: "quiet", disabled: off });
  return h(
    "div",
    { className: "moves" },
    place,
    h("div", { className: "group", role: "group", "aria-label": "Order" }, move("↑", "Up", -1), move("↓", "Down", 1)),
    h("div", { className: "group" }, remove),
  );
}
