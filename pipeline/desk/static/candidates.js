// The candidates: search, filters, and what speaks for and against each.

import { button, byId, fill, h, plural } from "./dom.js";
import { draggedStory, markSelected, storyItem } from "./items.js";
import { drop } from "./moves.js";
import { on, slotOf, state } from "./state.js";

const PAGE_SIZE = 60;
let listed = PAGE_SIZE;
let isLoaded = false;
let enterPending = false; // Enter was pressed in the search before the candidates had arrived

export function startCandidates() {
  on("candidates", () => {
    isLoaded = true;
    renderLanguages();
    render();
    if (enterPending && document.activeElement === byId("search")) focusFirst();
    enterPending = false;
  });
  for (const id of ["search", "language", "filter"]) byId(id).addEventListener("input", search);
  byId("search").addEventListener("keydown", onSearchKey);
  const list = byId("candidates");
  list.addEventListener("dragover", (event) => {
    if (!slotOf(draggedStory())) return;
    event.preventDefault();
    list.classList.add("drop-target");
  });
  list.addEventListener("dragleave", () => list.classList.remove("drop-target"));
  list.addEventListener("drop", (event) => {
    event.preventDefault();
    list.classList.remove("drop-target");
    if (slotOf(draggedStory())) drop(draggedStory());
  });
}

function search() {
  listed = PAGE_SIZE;
  render();
  scrollToCandidates();
}

function onSearchKey(event) {
  if (event.key === "Escape") {
    event.target.value = "";
    render();
  } else if (event.key === "ArrowDown" || event.key === "Enter") {
    event.preventDefault();
    if (isLoaded) focusFirst();
    else enterPending = true;
  }
}

function focusFirst() {
  byId("candidates").querySelector(".pick")?.focus();
}

// Show the search field together with its results below.
export function scrollToCandidates() {
  byId("candidates-title").scrollIntoView({ block: "start" });
}

function renderLanguages() {
  const known = [...new Set(state.candidates.map((candidate) => candidate.language))].sort();
  const chosen = byId("language").value;
  const options = known.map((tag) => h("option", { value: tag, text: languageName(tag) }));
  fill(byId("language"), h("option", { value: "", text: "All languages" }), options);
  byId("language").value = known.includes(chosen) ? chosen : "";
}

function languageName(tag) {
  if (tag === "und") return "Unknown";
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(tag);
  } catch {
    return tag;
  }
}

function matches(candidate, words) {
  const language = byId("language").value;
  const filter = byId("filter").value;
  if (language && candidate.language !== language) return false;
  if (filter === "out" && (candidate.section || candidate.dropped)) return false;
  if (filter === "dropped" && !candidate.dropped) return false;
  if (filter === "outlets" && candidate.outlets < 2) return false;
  const others = candidate.event_stories.flatMap((story) => [story.title, story.outlet]);
  const text = [
    candidate.title,
    candidate.outlet,
    candidate.topic,
    candidate.kind,
    ...candidate.authors,
    ...others,
  ].join(" ");
  return words.every((word) => text.toLocaleLowerCase().includes(word));
}

function note(candidate) {
  return candidate.section ? `in ${candidate.section}` : candidate.why_not;
}

function render() {
  const words = byId("search").value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const found = state.candidates.filter((candidate) => matches(candidate, words));
  const items = found.slice(0, listed).map((candidate) => storyItem(candidate, { note: note(candidate) }));
  const notListed = `${plural(state.notListed, "candidate")} with lower scores are not listed.`;
  byId("candidates-title").textContent = `Candidates · ${found.length.toLocaleString("en")}`;
  fill(
    byId("candidates"),
    found.length
      ? h("ul", { className: "list", "aria-label": "Candidates" }, items)
      : h("p", { className: "soft empty", text: "No candidates match." }),
    found.length > listed &&
      button(`Show ${Math.min(PAGE_SIZE, found.length - listed)} more`, showMore, { className: "quiet more" }),
    state.notListed && h("p", { className: "soft empty", text: notListed }),
  );
  markSelected();
}

function showMore() {
  listed += PAGE_SIZE;
  render();
}
