// The shortlist: stories that an editor wants to keep in sight without placing them.

import { sendChange } from "./changes.js";
import { button } from "./dom.js";
import { refused } from "./moves.js";
import { announce, approved, cardOf, edited } from "./state.js";

const starred = () => edited("shortlist") ?? [];

// Whether a story of the candidate's event is on the shortlist.
export function isStarred(card) {
  const list = starred();
  if (!list.length) return false;
  return list.includes(card.story) || (card.event_stories ?? []).some((other) => list.includes(other.story));
}

export function toggleStar(story) {
  const card = cardOf(story);
  if (!card || refused()) return;
  const wanted = !isStarred(card);
  sendChange({ kind: "star", story, wanted });
  announce(`${wanted ? "On" : "Off"} the shortlist: ${card.title}`);
}

export function starButton(card) {
  const pressed = isStarred(card);
  return button(pressed ? "★" : "☆", () => toggleStar(card.story), {
    className: "star",
    disabled: approved(),
    title: "Shortlist (*)",
    "aria-label": `Shortlist: ${card.headline || card.title}`,
    "aria-pressed": String(pressed),
    data: { focus: `star-${card.story}`, story: card.story },
  });
}
