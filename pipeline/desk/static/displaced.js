// What a change of the editor's moved besides the story in hand: nothing moves unsaid.

import { notify, on, state } from "./state.js";

const MOST_NAMED = 3;
const MOST_TITLE = 48;

let inHand = null; // the story that the editor placed or dropped

export function startDisplaced() {
  on("placed", ({ story }) => {
    inHand = story;
  });
}

// Compare an edition before and after the editor's own change, and say what moved.
export function sayDisplaced(before, after) {
  const story = inHand;
  inHand = null;
  if (!story || !before || before.name !== after.name) return;
  const said = movements(before.slots, after.slots, story);
  const features = after.slots.filter((slot) => slot.section === "features").length;
  const wanted = state.issue.sizes.features;
  if (features > wanted) said.push(`The letter has ${features} features; the config asks for ${wanted}.`);
  if (said.length) notify(said.join(" "));
}

function movements(before, after, story) {
  const now = new Map(after.map((slot) => [slot.story, slot]));
  const old = new Map(before.map((slot) => [slot.story, slot]));
  const lines = [];
  for (const slot of before) {
    const later = now.get(slot.story);
    if (slot.story === story || later?.section === slot.section) continue;
    lines.push(later ? `${title(slot)} is now a ${word(later)}.` : `${title(slot)} has left the issue.`);
  }
  for (const slot of after) {
    if (slot.story !== story && !old.has(slot.story)) lines.push(`${title(slot)} has come in as a ${word(slot)}.`);
  }
  const [lead] = before.filter((slot) => slot.section === "features");
  const [newLead] = after.filter((slot) => slot.section === "features");
  const stays = lead && lead.story !== story && now.get(lead.story)?.section === "features";
  if (stays && newLead.story === story) lines.push(`${title(lead)} is no longer the lead.`);
  const more = lines.length - MOST_NAMED;
  return more > 0 ? [...lines.slice(0, MOST_NAMED), `${more} more moved.`] : lines;
}

const word = (slot) => (slot.section === "features" ? "feature" : "read");

function title({ headline, title: own, story }) {
  const characters = [...(headline || own || story)];
  const isLong = characters.length > MOST_TITLE;
  return `“${characters.slice(0, isLong ? MOST_TITLE - 1 : MOST_TITLE).join("")}${isLong ? "…" : ""}”`;
}
