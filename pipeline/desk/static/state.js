// What the page knows, and who wants to hear when it changes.

export const state = {
  issue: null,
  edition: null,
  sheet: null,
  candidates: [],
  suggestions: [],
  leftOut: 0, // candidates of so low a score that they are not sent
  findings: null, // of the edition shown, null while they are being made
  selected: { kind: "letter" },
  look: { width: 600, dark: false, pictures: true, part: "html" },
};

const listeners = new Map();

export function when(topic, listener) {
  listeners.set(topic, [...(listeners.get(topic) || []), listener]);
}

export function tell(topic, detail) {
  for (const listener of listeners.get(topic) || []) listener(detail);
}

export const approved = () => state.sheet?.status === "approved";

export function card(story) {
  return state.sheet?.slots.find((slot) => slot.story === story)
    || state.candidates.find((candidate) => candidate.story === story)
    || state.candidates.find((candidate) => candidate.members.some((member) => member.story === story))
    || null;
}

export const slotOf = (story) => state.sheet?.slots.find((slot) => slot.story === story) || null;

export function section(name) {
  return state.sheet ? state.sheet.slots.filter((slot) => slot.section === name) : [];
}

// The raw word of the editor at a path such as stories.s1….headline; null where there is none.
export function edited(path) {
  const edits = state.sheet?.edits;
  if (!edits) return null;
  if (!path.startsWith("stories.")) return edits[path] ?? null;
  const [, story, name] = path.split(".");
  return edits.stories[story]?.[name] ?? null;
}

// What the letter says there now; a subject without a word of its own follows the lead's headline.
export const shown = (path) => wordAt(state.sheet?.shown, path);

// What it would say without any word of the editor's.
export const machine = (path) => wordAt(state.sheet?.machine, path);

function wordAt(words, path) {
  if (!words) return "";
  if (!path.startsWith("stories.")) return words[path] ?? "";
  const [, story, name] = path.split(".");
  return words.stories[story]?.[name] ?? "";
}

export function select(selected) {
  const same = selected.kind === state.selected.kind && selected.story === state.selected.story;
  state.selected = selected;
  if (!same) tell("selected");
}

export function say(text, kind = "plain") {
  tell("say", { text, kind });
}
