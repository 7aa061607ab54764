// The list of candidates: what is found, filtered and ordered, and what speaks for and against each.

import { button, byId, fill, h, plural } from "./dom.js";
import { inOrder, passing, startFilters } from "./filters.js";
import { draggedStory, markSelected, storyItem } from "./items.js";
import { drop } from "./moves.js";
import { clearSearch, excerptOf, queryWords, startSearch } from "./search.js";
import { edited, on, slotOf, state } from "./state.js";

const PAGE_SIZE = 60;
let listed = PAGE_SIZE;
let isLoaded = false;
let enterPending = false; // Enter was pressed in the search before the candidates had arrived
let shownStars = "[]";

export function startCandidates() {
  startFilters(search);
  startSearch();
  on("candidates", () => {
    isLoaded = true;
    render();
    if (enterPending && document.activeElement === byId("search")) focusFirst();
    enterPending = false;
  });
  on("searched", render);
  on("edition", renderStars);
  byId("search").addEventListener("input", search);
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
  byId("results").scrollTop = 0;
  scrollToCandidates();
}

function renderStars() {
  const stars = JSON.stringify(edited("shortlist") ?? []);
  if (isLoaded && stars !== shownStars) render();
}

function onSearchKey(event) {
  if (event.key === "Escape") {
    clearSearch();
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

// Whether the titles of a candidate's event, its outlets, topic, kind or writers have every word.
function hasWords(candidate, words) {
  const others = candidate.event_stories.flatMap((story) => [story.title, story.outlet]);
  const texts = [candidate.title, candidate.outlet, candidate.topic, candidate.kind, ...candidate.authors, ...others];
  const text = texts.join(" ").toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}

function found() {
  const words = queryWords();
  const passes = passing();
  const all = words.length ? [...state.candidates, ...state.unlisted] : state.candidates;
  const isFound = (candidate) => !words.length || hasWords(candidate, words) || excerptOf(candidate) !== null;
  return inOrder(all.filter((candidate) => passes(candidate) && isFound(candidate)));
}

function item(candidate) {
  const note = candidate.section ? `in ${candidate.section}` : candidate.why_not;
  return storyItem(candidate, { note, excerpt: excerptOf(candidate) });
}

function render() {
  const candidates = found();
  shownStars = JSON.stringify(edited("shortlist") ?? []);
  const notListed = `${plural(state.notListed, "candidate")} with lower scores are not listed; a search finds them.`;
  byId("candidates-title").textContent = `Candidates · ${candidates.length.toLocaleString("en")}`;
  fill(
    byId("candidates"),
    candidates.length
      ? h("ul", { className: "list", "aria-label": "Candidates" }, candidates.slice(0, listed).map(item))
      : h("p", { className: "soft empty", text: "No candidates match." }),
    candidates.length > listed &&
      button(`Show ${Math.min(PAGE_SIZE, candidates.length - listed)} more`, showMore, { className: "quiet more" }),
    state.notListed && h("p", { className: "soft empty", text: notListed }),
  );
  markSelected();
}

function showMore() {
  const first = listed;
  listed += PAGE_SIZE;
  render();
  byId("candidates").querySelectorAll(".pick")[first]?.focus();
}
