// The page's state, and the events that its modules send each other.

export const state = {
  issue: null, // as /api/issue sends it
  editionName: null,
  edition: null, // as /api/editions sends it
  candidates: [],
  suggestions: [],
  notListed: 0, // candidates with scores too low to be sent
  unlisted: [], // those of them that a search has found
  findings: null, // of the edition shown; null until they arrive
  selected: { kind: "letter" },
  view: { width: 600, dark: false, pictures: true, part: "html", line: null },
};

const listeners = new Map();

export function on(topic, listener) {
  listeners.set(topic, [...(listeners.get(topic) || []), listener]);
}

export function emit(topic, detail) {
  for (const listener of listeners.get(topic) || []) listener(detail);
}

export function notify(text, kind = "plain") {
  emit("notice", { text, kind });
}

// Say something that the page shows anyway to a screen reader.
export const announce = (text) => emit("announce", text);

export function setView(changes) {
  Object.assign(state.view, changes);
  emit("view");
}

export const approved = () => state.edition?.status === "approved";

export const editionLanguage = () =>
  state.issue.editions.find((edition) => edition.name === state.editionName).language;

export const editionUrl = (route) => `${route}/${encodeURIComponent(state.editionName)}`;

export const slotOf = (story) => state.edition?.slots.find((slot) => slot.story === story) || null;

export function slotsIn(section) {
  return state.edition ? state.edition.slots.filter((slot) => slot.section === section) : [];
}

export const isLead = (story) => slotsIn("features")[0]?.story === story;

const allCandidates = () => [...state.candidates, ...state.unlisted];

// The slot or the candidate of a story, or the candidate of its event.
export function cardOf(story) {
  return slotOf(story) || allCandidates().find((candidate) => candidate.story === story) || cardOfMember(story);
}

// The candidate of the event, with the title and outlet of this story, which does not tell the event.
function cardOfMember(story) {
  for (const candidate of allCandidates()) {
    const own = candidate.event_stories.find((other) => other.story === story);
    if (own) return { ...candidate, ...own };
  }
  return null;
}

// The name and the field in a path such as sections.ferry-museum.title. A name may have dots.
function sectionPath(path) {
  const end = path.lastIndexOf(".");
  return [path.slice("sections.".length, end), path.slice(end + 1)];
}

// The editor's value at a path such as stories.s1….headline; null if there is none.
export function edited(path) {
  const edits = state.edition?.edits;
  if (!edits) return null;
  if (path.startsWith("sections.")) {
    const [name, key] = sectionPath(path);
    return edits.sections[name]?.[key] ?? null;
  }
  if (!path.startsWith("stories.")) return edits[path] ?? null;
  const [, story, name] = path.split(".");
  return edits.stories[story]?.[name] ?? null;
}

export function setEdited(path, value) {
  const { edits } = state.edition;
  if (path.startsWith("sections.")) {
    const [name, key] = sectionPath(path);
    if (edits.sections[name]) edits.sections[name][key] = value;
    return;
  }
  if (!path.startsWith("stories.")) {
    edits[path] = value;
    return;
  }
  const [, story, name] = path.split(".");
  edits.stories[story] ??= {};
  edits.stories[story][name] = value;
}

// The text that the issue has at a path, with the edits and without them.
export const current = (path) => textAt(state.edition?.current, path);
export const generated = (path) => textAt(state.edition?.generated, path);

function textAt(texts, path) {
  if (!texts) return "";
  if (!path.startsWith("stories.")) return texts[path] ?? "";
  const [, story, name] = path.split(".");
  return texts.stories[story]?.[name] ?? "";
}

export function select(selected) {
  const same = ["kind", "story", "section"].every((key) => selected[key] === state.selected[key]);
  state.selected = selected;
  if (!same) emit("selected");
}
