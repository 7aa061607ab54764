// The slots of the issue: the letter, the features and the reads.

import { button, byId, fill, h } from "./dom.js";
import { acceptDrops, markSelected, pickButton, storyItem } from "./items.js";
import { picks } from "./moves.js";
import { acceptSections, sectionItems } from "./sectionitems.js";
import { addSection } from "./sections.js";
import { approved, on, select, slotsIn } from "./state.js";

export function startSlots() {
  on("edition", render);
  on("selected", markSelected);
  on("section-deleted", () => document.querySelector('#slots .pick[aria-current="true"]')?.focus());
}

function render() {
  const reads = slotsIn("reads");
  const letter = pickButton(
    "letter",
    { kind: "letter" },
    h("span", { className: "title", text: "Letter" }),
    h("span", { className: "about", text: "Subject, preheader, greeting, letter, credits" }),
  );
  const first = h("li", { className: "item" }, letter);
  acceptSections(first, "letter");
  fill(
    byId("slots"),
    h("ul", { className: "list", "aria-label": "Letter and its sections" }, first, sectionItems("letter")),
    h("h3", { className: "visually-hidden", text: "Features" }),
    slotList("Features", "features", slotsIn("features")),
    h("h3", { className: "overline small", text: `Reads · ${reads.length}` }),
    slotList("Reads", "reads", reads),
    addButton(),
  );
  markSelected();
}

function slotList(label, section, slots) {
  const role = (index) => (section === "reads" ? null : index === 0 ? "lead" : "feature");
  const items = slots.map((slot, index) => storyItem(slot, { section, index, role: role(index) }));
  for (const [index, item] of items.entries())
    acceptSections(item, section === "features" && index === 0 ? "lead" : section);
  if (section === "features") items.splice(1, 0, ...sectionItems("lead"));
  const end = h("li", { className: "drop-end", text: slots.length ? "" : "Drag a story here" });
  acceptDrops(end, section, slots.length);
  acceptSections(end, section, null);
  items.push(...sectionItems(section));
  return h("ol", { className: "list", data: { section }, "aria-label": label }, items, end);
}

function addButton() {
  const properties = { className: "quiet", disabled: approved(), data: { focus: "add-section" } };
  return h("p", { className: "add-section" }, button("Add a section…", addSection, properties));
}

// Select the next or the previous story of the two lists.
export function step(by) {
  const all = picks();
  const focused = all.indexOf(document.activeElement);
  const from = focused >= 0 ? focused : all.findIndex((pick) => pick.getAttribute("aria-current"));
  const next = all[Math.max(0, Math.min(all.length - 1, from + by))];
  if (!next) return;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  const { story, own } = next.dataset;
  select(story ? { kind: "story", story } : own ? { kind: "section", section: own } : { kind: "letter" });
}
