// What an editor does with a story: place, drop, restore, pin, move up and down, judge a pair.

import { sendChange, sendWithTexts } from "./changes.js";
import { approved, cardOf, edited, emit, notify, select, slotOf, slotsIn, state } from "./state.js";

const OWN_WORDS = ["kicker", "headline"];

export const picks = () => [...document.querySelectorAll("#slots .pick, #candidates .pick")];

export const indexOf = (story, section) => slotsIn(section).findIndex((slot) => slot.story === story);

export function refused() {
  if (approved()) notify("The issue is approved. Withdraw the approval to edit it.", "bad");
  return approved();
}

export function place(story, section, index) {
  if (!refused()) send({ kind: "place", story, section, index });
}

// Send a change that moves stories; the preview follows the story, and what else moves is said.
function send(change) {
  emit("placed", change);
  sendChange(change);
}

export function drop(story) {
  if (refused()) return;
  const card = cardOf(story);
  const buttons = picks();
  const at = buttons.findIndex((pick) => pick.dataset.story === story);
  send({ kind: "drop", story });
  notify(`Dropped: ${card?.headline || card?.title || story}. Undo brings it back.`);
  // Select the next story, so that the keys continue from there.
  const next = at >= 0 ? buttons[at + 1] || buttons[at - 1] : null;
  if (next?.dataset.story) select({ kind: "story", story: next.dataset.story });
  if (at >= 0 && buttons[at] === document.activeElement) next?.focus();
}

export function restore(story) {
  if (!refused()) send({ kind: "restore", story });
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
  if (!refused()) send(placeChange(story, section));
}

// The change that places a story as the lead, or in the last slot of a section.
export function placeChange(story, where) {
  if (where === "lead") return { kind: "place", story, section: "features", index: 0 };
  const others = slotsIn(where).filter((slot) => slot.story !== story).length;
  const index = Math.min(others, Math.max(0, state.issue.sizes[where] - 1));
  return { kind: "place", story, section: where, index };
}

// Put another story of the same event in a story's slot. The editor's own words for the event stay.
export function replaceStory(story, other) {
  if (refused()) return;
  const slot = slotOf(story);
  const change = { kind: "place", story: other, section: slot.section, index: indexOf(story, slot.section) };
  const own = (id, name) => edited(`stories.${id}.${name}`);
  const kept = OWN_WORDS.filter((name) => own(story, name) && !own(other, name));
  emit("placed", change);
  sendWithTexts(
    change,
    kept.map((name) => [`stories.${other}.${name}`, own(story, name)]),
  );
  if (kept.length) notify(`Your ${kept.join(" and ")} stays: check it against the other story.`);
  select({ kind: "story", story: other });
}

export function judge(pair, verdict) {
  if (!refused()) sendChange({ kind: "judge", one: pair.one.story, other: pair.other.story, verdict });
}
