// The slots of the issue: the letter, the features and the reads.

import { byId, fill, h } from "./dom.js";
import { acceptDrops, markSelected, pickButton, storyItem } from "./items.js";
import { picks } from "./moves.js";
import { on, select, slotsIn } from "./state.js";

export function startSlots() {
  on("edition", render);
  on("selected", markSelected);
}

function render() {
  const reads = slotsIn("reads");
  const letter = pickButton(
    "letter",
    { kind: "letter" },
    h("span", { className: "title", text: "Letter" }),
    h("span", { className: "about", text: "Subject, preheader, greeting, letter, credits" }),
  );
  fill(
    byId("slots"),
    h("ul", { className: "list" }, h("li", { className: "item" }, letter)),
    h("h3", { className: "visually-hidden", text: "Features" }),
    slotList("Features", "features", slotsIn("features")),
    h("h3", { className: "overline small", text: `Reads · ${reads.length}` }),
    slotList("Reads", "reads", reads),
  );
  markSelected();
}

function slotList(label, section, slots) {
  const role = (index) => (section === "reads" ? null : index === 0 ? "lead" : "feature");
  const items = slots.map((slot, index) => storyItem(slot, { section, index, role: role(index) }));
  const end = h("li", { className: "drop-end", text: slots.length ? "" : "Drag a story here" });
  acceptDrops(end, section, slots.length);
  return h("ol", { className: "list", data: { section }, "aria-label": label }, items, end);
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
  select(next.dataset.story ? { kind: "story", story: next.dataset.story } : { kind: "letter" });
}
