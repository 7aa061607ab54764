// Messages: what is saved, what is wrong with a file, what someone else has changed.

import { isUnsaved } from "./changes.js";
import { button, byId, fill, h } from "./dom.js";
import { on, state } from "./state.js";

const NOTICE_MS = 8000;
const ANNOUNCE_MS = 1500; // screen readers announce "Saved" once the typing has paused
const MAX_PROBLEMS = 2;
const MAX_NAMES = 3;
const MAX_TITLE = 48;
const UNSAVED = {
  unreachable: "Not saved: the server does not respond. Your text is kept here and saved when it does.",
  "signed-out": "Not saved: your session has ended. Sign in again in another tab; your text is kept here.",
  locked: "Not saved yet: a run is in progress.",
  refused: "Not saved.",
};
const PATH_NAMES = {
  features: "the order",
  reads: "the reads",
  drops: "the dropped stories",
  shortlist: "the shortlist",
  same_event: "a suggestion",
  other_event: "a suggestion",
  coordinated_by: "the credits",
};
const STORY_PATH_NAMES = { alt: "alt text", blurb: "text" };
let announceTimer = null;
let lastSaved = "Nothing to save";
let shownProblems = "[]";

export function startNotices() {
  on("notice", showNotice);
  on("replayed", () => clearNotices(".plain"));
  on("status", () => clearNotices("*"));
  on("announce", (text) => {
    byId("announced").textContent = text;
  });
  on("saving", () => showSaved("Saving…"));
  on("saved", () => {
    lastSaved = `Saved ${new Date().toLocaleTimeString("en-GB")}`;
    showLastSaved();
  });
  on("unsaved", (reason) =>
    showSaved(UNSAVED[reason] ?? `Not saved: ${reason}. Your text is kept here and saved later.`, true),
  );
}

export const showLastSaved = () => showSaved(lastSaved);

export function showSaved(text, bad = false) {
  byId("saved").textContent = text;
  byId("saved").classList.toggle("bad", bad);
  clearTimeout(announceTimer);
  if (bad) {
    byId("announced").textContent = text;
    return;
  }
  announceTimer = setTimeout(() => {
    byId("announced").textContent = isUnsaved() ? "" : text;
  }, ANNOUNCE_MS);
}

// One message at a time: the newest replaces the one before it, which it may contradict. Problems stay until they are
// closed, the same one once. `action`: a button's text and what it does.
function showNotice({ text, kind = "plain", action = null }) {
  const close = button("Close", () => notice.remove(), { className: "quiet", "aria-label": "Close this notice" });
  const act = action && button(action[0], () => [notice.remove(), action[1]()]);
  const notice = h("p", { className: `notice ${kind}` }, h("span", { text }), act, close);
  const shown = [...byId("passing").children];
  if (kind !== "bad") clearNotices(".plain");
  for (const other of shown) if (other.firstChild.textContent === text) other.remove();
  const problems = byId("passing").querySelectorAll(".bad");
  if (kind === "bad" && problems.length >= MAX_PROBLEMS) problems[0].remove();
  byId("passing").append(notice);
  if (kind !== "bad") setTimeout(() => notice.remove(), NOTICE_MS);
}

function clearNotices(kind) {
  for (const notice of byId("passing").querySelectorAll(`.notice${kind === "*" ? "" : kind}`)) notice.remove();
}

// Problems with the config and edits.yaml stay on the page until they are corrected.
export function showProblems() {
  const { problem, path, unknown_pins: pins } = state.edition;
  const { config_problem: configProblem } = state.issue;
  const line = problem?.line ? ` in line ${problem.line}` : "";
  const detail = problem?.message.replace(/^edits\.yaml:\d+:\s*/, "");
  const texts = [
    problem && `${path} has a mistake${line}; the last valid version is used until it is corrected: ${detail}`,
    configProblem && `The config has a mistake; the last valid version is used until it is corrected: ${configProblem}`,
    pins.length && `edits.yaml pins ${pins.join(", ")}, which are not among the week's stories.`,
  ].filter(Boolean);
  const key = JSON.stringify(texts);
  if (key === shownProblems) return; // a screen reader would read them again
  shownProblems = key;
  fill(
    byId("standing"),
    texts.map((text) => h("p", { className: "notice standing bad", text })),
  );
}

// Say what someone else has changed, unless the editor has unsaved changes that explain the difference.
export function announceChanges(before, after) {
  const paths = changedPaths(before.edits, after.edits);
  if (!paths.length || isUnsaved()) return;
  const names = [...new Set(paths.map((path) => pathName(path, after.slots)))];
  const more = paths.length > MAX_NAMES ? " and more" : "";
  showNotice({ text: `Changed elsewhere: ${names.slice(0, MAX_NAMES).join(", ")}${more}.` });
}

function pathName(path, slots) {
  const [first, story, name] = path.split(".");
  if (first !== "stories") return PATH_NAMES[first] || `the ${first}`;
  const title = [...(slots.find((slot) => slot.story === story)?.headline || story)];
  const short = title.length > MAX_TITLE ? `${title.slice(0, MAX_TITLE - 2).join("")}…` : title.join("");
  return `the ${STORY_PATH_NAMES[name] || name} of “${short}”`;
}

function changedPaths(before, after) {
  const [old, now] = [flatten(before), flatten(after)];
  const paths = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...paths].filter((path) => JSON.stringify(old[path] ?? null) !== JSON.stringify(now[path] ?? null));
}

function flatten({ stories, ...edits }) {
  const flat = { ...edits };
  for (const [story, texts] of Object.entries(stories)) {
    for (const [name, text] of Object.entries(texts)) flat[`stories.${story}.${name}`] = text;
  }
  return flat;
}

export const signedOut = UNSAVED["signed-out"];
