// Sections of the editor's own: where they stand, add, move and delete one. Each follows a part of the letter.

import { sendChange, sendKept, sendWithTexts } from "./changes.js";
import { formDialog } from "./dialogs.js";
import { h } from "./dom.js";
import { announce, approved, edited, emit, notify, select, state } from "./state.js";

export const KINDS = {
  sponsor: { name: "Sponsor", needs: ["title", "text"], may: ["link"] },
  events: { name: "Events", needs: ["events"], may: ["title", "text"] },
  number: { name: "Number of the week", needs: ["figure", "text"], may: ["title"] },
  quote: { name: "Quote", needs: ["text", "by"], may: ["link"] },
  text: { name: "Text", needs: ["text"], may: ["title"] },
};
export const PLACES = {
  letter: "After the letter",
  lead: "After the lead",
  features: "After the features",
  reads: "After the reads",
};
export const LABELS = {
  title: "Heading",
  text: "Words",
  figure: "Number",
  by: "Who says it",
  link: "Link",
  what: "What",
  when: "Day and time",
  where: "Where",
};
const LONG = ["text"];
const MAX_TITLE = 60;

const names = () => state.edition?.section_order ?? [];
export const sectionOf = (name) => (names().includes(name) ? state.edition.edits.sections[name] : null);

// The names after a part of the letter, in order; of the whole letter, as readers get them.
export const sectionsAfter = (place) => names().filter((name) => sectionOf(name).after === place);
export const inReadingOrder = () => Object.keys(PLACES).flatMap(sectionsAfter);

export function titleOf(name) {
  const { kind, title, text, figure, events } = sectionOf(name);
  const words = title || (kind === "number" && figure) || events[0]?.what || text || "";
  return [...words.replace(/\s+/g, " ")].slice(0, MAX_TITLE).join("");
}

function refused() {
  if (approved()) notify("The issue is approved. Withdraw the approval to edit it.", "bad");
  return approved();
}

// Put a section after a part of the letter, before another section there or last.
export function moveSection(name, place, before = null) {
  if (refused() || name === before) return;
  const order = names().filter((other) => other !== name);
  order.splice(before ? order.indexOf(before) : order.length, 0, name);
  const path = `sections.${name}.after`;
  emit("placed-section", name);
  sendWithTexts({ kind: "arrange", names: order }, edited(path) === place ? [] : [[path, place]]);
  const there = order.filter((other) => other === name || sectionOf(other).after === place);
  announce(`${titleOf(name)}: ${PLACES[place].toLowerCase()}, ${there.indexOf(name) + 1} of ${there.length}`);
}

// One step up or down: past its neighbour, or into the part of the letter above or below.
export function shiftSection(name, by) {
  const { after } = sectionOf(name);
  const beside = sectionsAfter(after);
  const at = beside.indexOf(name) + by;
  if (at >= 0 && at < beside.length) return moveSection(name, after, by < 0 ? beside[at] : (beside[at + 1] ?? null));
  const places = Object.keys(PLACES);
  const place = places[places.indexOf(after) + by];
  if (place) moveSection(name, place, by < 0 ? null : (sectionsAfter(place)[0] ?? null));
}

export const canShift = (name, by) => inReadingOrder().at(by < 0 ? 0 : -1) !== name || !isAtEnd(name, by);
const isAtEnd = (name, by) => sectionOf(name).after === Object.keys(PLACES).at(by < 0 ? 0 : -1);

export function deleteSection(name) {
  if (refused()) return;
  const order = inReadingOrder();
  const at = order.indexOf(name);
  const next = order[at + 1] ?? order[at - 1];
  notify(`Deleted: ${titleOf(name)}. Undo brings it back.`);
  sendChange({ kind: "section", name, value: null });
  select(next ? { kind: "section", section: next } : { kind: "letter" });
  emit("section-deleted");
}

// Ask for what a section cannot be without: a half-written one never gets into the letter or the file.
export function addSection() {
  if (refused()) return;
  const kind = options(
    "section-kind",
    Object.entries(KINDS).map(([value, { name }]) => [value, name]),
  );
  const place = options("section-place", Object.entries(PLACES));
  place.value = "features";
  const texts = h("div");
  const showTexts = () => texts.replaceChildren(...neededOf(kind.value).map(neededField));
  kind.addEventListener("change", showTexts);
  showTexts();
  const action = async () => add(kind.value, place.value, texts);
  const row = (id, label, element) => h("div", { className: "field" }, h("label", { for: id }, label), element);
  formDialog("Add a section", { submit: "Add", action }, [
    row("section-kind", "Kind", kind),
    row("section-place", "Place", place),
    texts,
  ]);
  kind.focus();
}

function add(kind, after, texts) {
  const written = Object.fromEntries([...texts.querySelectorAll("textarea")].map((field) => [field.name, field.value]));
  for (const [name, text] of Object.entries(written)) {
    if (!text.trim()) throw new Error(`${LABELS[name]}: write something first.`);
  }
  const values = kind === "events" ? { events: [{ what: written.what, when: written.when }] } : written;
  const name = `${kind}-${Math.random().toString(36).slice(2, 6)}`;
  sendKept(`sections.${name}`, { kind: "section", name, value: { kind, after, ...values } });
  emit("placed-section", name);
  select({ kind: "section", section: name });
  emit("pane", "edit");
}

const neededOf = (kind) => KINDS[kind].needs.flatMap((name) => (name === "events" ? ["when", "what"] : [name]));

function neededField(name) {
  const id = `section-${name}`;
  const rows = LONG.includes(name) ? 4 : 1;
  const field = h("textarea", { id, name, rows, className: rows > 1 ? null : "one", dir: "auto", required: true });
  return h("div", { className: "field" }, h("label", { for: id }, LABELS[name]), field);
}

export function options(id, pairs, properties = {}) {
  return h(
    "select",
    { id, ...properties },
    pairs.map(([value, text]) => h("option", { value }, text)),
  );
}
