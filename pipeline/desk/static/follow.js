// The preview follows what is in hand: a story that was placed, a text that is edited, a finding that was clicked. It
// is scrolled to, unless it is in sight, and marked for a moment.

import { inReadingOrder } from "./sections.js";
import { on, state } from "./state.js";

const MARK_MS = 1600;
const STORY_PARTS = {
  kicker: ".kicker",
  headline: ".headline, .read-title",
  blurb: ".body",
  picture: "img",
  alt: "img",
};
const LETTER_PARTS = { greeting: ".greeting, .host", letter: ".letter", coordinated_by: ".footer" };
const SECTION_PATH = /^sections\.(.+)\.\w+$/;
const STORY_PATH = /^stories\.(s[0-9a-f]{15})\.(\w+)$/;

let wanted = null; // {story?, part}, until a preview has it
let last = ""; // what was followed last: typing on marks nothing again
let timer = null;

export function startFollowing(frame) {
  on("placed", ({ story }) => follow({ story, part: "" }, frame));
  on("placed-section", (section) => follow({ section, part: "" }));
  on("typed", (path) => {
    const section = SECTION_PATH.exec(path)?.[1];
    if (section) return last.includes(JSON.stringify(section)) ? null : follow({ section, part: "" });
    const [, story, part] = STORY_PATH.exec(path) ?? [null, null, path];
    if (JSON.stringify({ story, part }) !== last) follow({ story, part }, frame);
  });
  on("show-field", (part) => {
    const { story = null, section = null } = state.selected;
    follow({ story, section, part }, frame);
    bringIntoSight(frame, true);
  });
  on("selected", () => {
    last = "";
  });
  // A preview that is shown now has what was changed before it was asked for.
  on("preview-shown", () => bringIntoSight(frame, false));
}

function follow(place) {
  wanted = place;
  last = JSON.stringify(place);
}

// The letter has the sections in the order of the list.
function elementOf(page, { story, section, part }) {
  if (section) return page.querySelectorAll(".own")[inReadingOrder().indexOf(section)];
  if (!story) return LETTER_PARTS[part] ? page.querySelector(LETTER_PARTS[part]) : null;
  const whole = page.querySelector(`.story-${story}`);
  return (STORY_PARTS[part] && whole?.querySelector(STORY_PARTS[part])) || whole;
}

function bringIntoSight(frame, now) {
  const view = frame();
  const element = wanted && view && elementOf(view.document, wanted);
  if (!element) return;
  if (!now) wanted = null;
  scrollTo(view, element);
  mark(element);
}

// Not scrollIntoView: it would also scroll the desk around the frame.
export function scrollTo(view, element) {
  const box = element.getBoundingClientRect();
  const isInSight = box.top >= 0 && box.bottom <= view.innerHeight;
  if (isInSight) return;
  const margin = Math.max(0, (view.innerHeight - box.height) / 2);
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  view.scrollTo({ top: view.scrollY + box.top - margin, behavior });
}

function mark(element) {
  clearTimeout(timer);
  for (const other of element.ownerDocument.querySelectorAll("[data-followed]")) unmark(other);
  element.dataset.followed = "";
  element.style.boxShadow = "0 0 0 3px #c5321f";
  timer = setTimeout(() => unmark(element), MARK_MS);
}

function unmark(element) {
  delete element.dataset.followed;
  element.style.boxShadow = "";
}
