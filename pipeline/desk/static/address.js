// Where the editor is, in the page's address: edition, story, pane and view. Reload, back and forward follow it.

import { emit, on, select, setView, state } from "./state.js";

const STORY = /^s[0-9a-f]{15}$/;
const PARTS = ["html", "text", "source", "headers", "diff"];
const PANES = ["stories", "preview", "edit"];
const FIRST_PANE = "preview";
const WIDTHS = [600, 375];

let isFollowing = false; // the address changed first: what happens now is no step of its own
let isPlanned = false;

const wanted = () => new URLSearchParams(location.hash.slice(1));

export function startAddress() {
  for (const topic of ["selected", "view", "pane", "edition-opened"]) on(topic, planRecord);
  addEventListener("popstate", follow);
}

// The edition that the address names, or the first one.
export function wantedEdition() {
  const names = state.issue.editions.map((edition) => edition.name);
  const name = wanted().get("edition");
  return names.includes(name) ? name : names[0];
}

// The address of the place, without what every place starts with.
function place() {
  const { selected, view } = state;
  const pane = document.body.dataset.pane;
  const parts = {
    edition: state.editionName,
    story: selected.kind === "story" ? selected.story : null,
    section: selected.kind === "section" ? selected.section : null,
    pane: pane === FIRST_PANE ? null : pane,
    view: view.part === "html" ? null : view.part,
    width: view.width === WIDTHS[0] ? null : view.width,
    dark: view.dark ? 1 : null,
    pictures: view.pictures ? null : 0,
  };
  return `#${new URLSearchParams(Object.entries(parts).filter(([, value]) => value !== null))}`;
}

// One act can change several parts of the place: record it once, when the act is over.
function planRecord() {
  if (isPlanned || isFollowing) return;
  isPlanned = true;
  queueMicrotask(() => {
    isPlanned = false;
    if (place() !== location.hash) history.pushState(null, "", place());
  });
}

// Show what the address names, in the edition that is open.
export function openPlace() {
  const at = wanted();
  const story = at.get("story");
  const section = at.get("section");
  const pane = at.get("pane");
  const part = at.get("view");
  isFollowing = true;
  if (STORY.test(story)) select({ kind: "story", story });
  else select(section ? { kind: "section", section } : { kind: "letter" });
  setView({
    part: PARTS.includes(part) ? part : "html",
    width: WIDTHS.find((width) => String(width) === at.get("width")) ?? WIDTHS[0],
    dark: at.get("dark") === "1",
    pictures: at.get("pictures") !== "0",
  });
  emit("pane", PANES.includes(pane) ? pane : FIRST_PANE);
  isFollowing = false;
  history.replaceState(null, "", place());
}

function follow() {
  // A link within the page, such as the one that skips the lists, names no place.
  if (!wanted().has("edition")) return history.replaceState(null, "", place());
  const name = wantedEdition();
  if (name !== state.editionName) {
    isFollowing = true;
    emit("open-edition", name);
    isFollowing = false;
  }
  openPlace();
}
