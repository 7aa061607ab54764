// What an editor does with a story: place, drop, restore, pin, move up and down, judge a pair.

import { sendChange } from "./changes.js";
import { approved, cardOf, notify, select, slotOf, slotsIn, state } from "./state.js";

export const picks = () => [...document.querySelectorAll("#slots .pick, #candidates .pick")];

export const indexOf = (story, section) => slotsIn(section).findIndex((slot) => slot.story === story);

export function refused() {
  if (approved()) notify("The issue is approved. Withdraw the approval to edit it.", "bad");
  return approved();
}

export function place(story, section, index) {
  if (!refused()) sendChange({ kind: "place", story, section, index });
}

export function drop(story) {
  if (refused()) return;
  const card = cardOf(story);
  const buttons = picks();
  const at = buttons.findIndex((pick) => pick.dataset.story === story);
  sendChange({ kind: "drop", story });
  notify(`Dropped: ${card?.headline || card?.title || story}. Undo brings it back.`);
  // Select the next story, so that the keys continue from there.
  const next = at >= 0 ? buttons[at + 1] || buttons[at - 1] : null;
  if (next?.dataset.story) select({ kind: "story", story: next.dataset.story });
  if (at >= 0 && buttons[at] === document.activeElement) next?.focus();
}

export function restore(story) {
  if (!refused()) sendChange({ kind: "restore", story });
}

export function toggleDropped(story) {
  if (cardOf(story)?.dropped) restore(story);
  else drop(story);
}

export function togglePin(story) {
  const slot = slotOf(story);
  if (!slot) notify("Only a story in the issue can be pinned.");
  else if (!slot.pinned) place(story, slot.section, indexOf(story, slot.section));
  else if (!refused()) sendChange({ kind: "unpin", story });
}

export function shift(story, by) {
  const slot = slotOf(story);
  if (!slot) return;
  const index = indexOf(story, slot.section) + by;
  if (index >= 0 && index < slotsIn(slot.section).length) place(story, slot.section, index);
}

// Place a story in the last slot of a section.
export function placeLast(story, section) {
  if (!refused()) sendChange(placeChange(story, section));
}

// The change that places a story as the lead, or in the last slot of a section.
export function placeChange(story, where) {
  if (where === "lead") return { kind: "place", story, section: "features", index: 0 };
  const others = slotsIn(where).filter((slot) => slot.story !== story).length;
  const index = Math.min(others, Math.max(0, state.issue.sizes[where] - 1));
  return { kind: "place", story, section: where, index };
}

// Put another story of the same event in a story's slot.
export function replaceStory(story, other) {
  const slot = slotOf(story);
  place(other, slot.section, indexOf(story, slot.section));
  select({ kind: "story", story: other });
}

export function judge(pair, verdict) {
  if (!refused()) sendChange({ kind: "judge", one: pair.one.story, other: pair.other.story, verdict });
}
