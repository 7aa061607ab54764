// What is in and what could be: two lists, moved by drag, by buttons and by keys.

import { act } from "./changes.js";
import { age, button, byId, fill, h, plural, score } from "./dom.js";
import { approved, card, slotOf, say, section, select, state, tell, when } from "./state.js";

const FIRST_SHOWN = 60;
const FIRST_PAIRS = 3; // the candidates should not be far below
let shownCount = FIRST_SHOWN;
let dragged = null;
let shut = false; // whether the suggestions are folded away
let allPairs = false;

export function startStories() {
  when("sheet-shown", renderPlaced);
  when("candidates", () => { renderLanguages(); renderCandidates(); renderSuggestions(); });
  when("selected", () => { mark(); });
  for (const id of ["search", "language", "fate"]) byId(id).addEventListener("input", () => { shownCount = FIRST_SHOWN; renderCandidates(); toCandidates(); });
  byId("search").addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.target.value = ""; renderCandidates(); }
    if (event.key === "ArrowDown" || event.key === "Enter") { event.preventDefault(); byId("candidates").querySelector(".pick")?.focus(); }
  });
  const out = byId("candidates");
  out.addEventListener("dragover", (event) => { if (dragged && slotOf(dragged)) { event.preventDefault(); out.classList.add("over-here"); } });
  out.addEventListener("dragleave", () => out.classList.remove("over-here"));
  out.addEventListener("drop", (event) => {
    event.preventDefault();
    out.classList.remove("over-here");
    if (dragged && slotOf(dragged)) drop(dragged);
  });
}

// What is found stands below what is asked: both should be seen.
export function toCandidates() {
  byId("candidates-title").scrollIntoView({ block: "start" });
}

export function place(story, name, index) {
  if (refuse()) return;
  act({ kind: "place", story, section: name, index });
}

export function drop(story) {
  if (refuse()) return;
  const gone = card(story);
  const picks = [...document.querySelectorAll("#placed .pick, #candidates .pick")];
  const at = picks.findIndex((pick) => pick.dataset.story === story);
  act({ kind: "drop", story });
  say(`Out: ${gone?.headline || gone?.title || story}. Undo brings it back.`);
  // The next one is in hand then, so that the keys go on from there.
  const next = at >= 0 ? picks[at + 1] || picks[at - 1] : null;
  if (next?.dataset.story) select({ kind: "story", story: next.dataset.story });
  if (at >= 0 && picks[at] === document.activeElement) next?.focus();
}

export function restore(story) {
  if (!refuse()) act({ kind: "restore", story });
}

export function unpin(story) {
  if (!refuse()) act({ kind: "unpin", story });
}

export function togglePin(story) {
  const at = slotOf(story);
  if (!at) return say("Only a story that is in can be pinned.");
  if (at.pinned) return unpin(story);
  return place(story, at.section, section(at.section).findIndex((each) => each.story === story));
}

export function shift(story, by) {
  const at = slotOf(story);
  if (!at) return;
  const index = section(at.section).findIndex((each) => each.story === story) + by;
  if (index >= 0 && index < section(at.section).length) place(story, at.section, index);
}

// To the end of a section: the last place that the machine had filled.
export function sendTo(story, name) {
  const count = section(name).filter((each) => each.story !== story).length;
  place(story, name, Math.min(count, Math.max(0, state.issue.sizes[name] - 1)));
}

function refuse() {
  if (approved()) say("The issue is approved and stays as it is. Take the approval back to change it.", "bad");
  return approved();
}

function renderPlaced() {
  const features = section("features");
  const reads = section("reads");
  fill(byId("placed"),
    h("ul", { className: "list" }, h("li", { className: state.selected.kind === "letter" ? "item taken" : "item" },
      h("button", { type: "button", className: "pick", data: { focus: "the-letter" }, "aria-current": state.selected.kind === "letter" ? "true" : null,
        on: { click: () => { select({ kind: "letter" }); tell("pane", "words"); } } },
      h("span", { className: "title", text: "The letter" }), h("span", { className: "about", text: "Greeting, letter, subject, credits" })))),
    h("h3", { className: "unseen", text: "Features" }),
    list(features, "features"),
    h("h3", { className: "over small", text: `Reads · ${reads.length}` }),
    list(reads, "reads"));
  mark();
}

function list(slots, name) {
  const items = slots.map((each, index) => item(each, { section: name, index, role: name === "reads" ? null : index === 0 ? "lead" : "feature" }));
  const end = h("li", { className: "drop-end", text: slots.length ? "" : "drag a story here" });
  takesDrops(end, name, slots.length);
  return h("ol", { className: "list", data: { section: name }, "aria-label": name === "reads" ? "Reads" : "Features" }, items, end);
}

function item(each, { section: name = null, index = 0, role = null, note = null, extra = [] } = {}) {
  const lang = each.language === "und" ? null : each.language;
  const foreign = lang && lang !== edition().language;
  const row = h("li", { className: "item", draggable: !approved(), data: { story: each.story } },
    h("span", { className: "grip", "aria-hidden": "true" }),
    h("button", { type: "button", className: "pick", data: { focus: `pick-${each.story}`, story: each.story },
      on: { click: () => { select({ kind: "story", story: each.story }); tell("pane", "words"); } } },
    h("span", { className: "row" },
      h("span", { className: "title", text: each.headline || each.title, lang, dir: "auto" }),
      h("span", { className: "score", text: score(each.score), title: "Score, from 0 to 1" })),
    h("span", { className: "about" },
      role ? h("span", { className: "tag", text: role }) : null,
      each.pinned ? h("span", { className: "tag pin", text: "pinned" }) : null,
      foreign ? h("span", { className: "tag", text: lang }) : null,
      h("span", { text: [each.outlet, each.outlets > 1 ? `${each.outlets} outlets` : null, age(each.dated_at, state.issue.cutoff_at)].filter(Boolean).join(" · "), dir: "auto" }),
      note ? h("span", { className: "note", text: ` · ${note}` }) : null)), extra);
  row.addEventListener("dragstart", (event) => {
    dragged = each.story;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", each.story);
    document.body.classList.add("dragging");
  });
  row.addEventListener("dragend", () => { dragged = null; document.body.classList.remove("dragging"); });
  if (name) takesDrops(row, name, index);
  return row;
}

function takesDrops(row, name, index) {
  row.addEventListener("dragover", (event) => { if (dragged) { event.preventDefault(); row.classList.add("over-here"); } });
  row.addEventListener("dragleave", () => row.classList.remove("over-here"));
  row.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    row.classList.remove("over-here");
    if (!dragged) return;
    const from = section(name).findIndex((each) => each.story === dragged);
    place(dragged, name, from >= 0 && from < index ? index - 1 : index);
    select({ kind: "story", story: dragged });
  });
}

const edition = () => state.issue.editions.find((each) => each.name === state.edition);

function renderLanguages() {
  const known = [...new Set(state.candidates.map((each) => each.language))].sort();
  const chosen = byId("language").value;
  const names = new Intl.DisplayNames(["en"], { type: "language" });
  const named = (tag) => { try { return tag === "und" ? "Unknown" : names.of(tag); } catch { return tag; } };
  fill(byId("language"), h("option", { value: "", text: "All languages" }), known.map((tag) => h("option", { value: tag, text: named(tag) })));
  byId("language").value = known.includes(chosen) ? chosen : "";
}

function matching() {
  const words = byId("search").value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const language = byId("language").value;
  const fate = byId("fate").value;
  return state.candidates.filter((each) => {
    if (language && each.language !== language) return false;
    if (fate === "open" && (each.slot || each.dropped)) return false;
    if (fate === "dropped" && !each.dropped) return false;
    if (fate === "many" && each.outlets < 2) return false;
    const told = [each.title, each.outlet, each.topic, ...each.authors, ...each.members.flatMap((member) => [member.title, member.outlet])].join(" ").toLocaleLowerCase();
    return words.every((word) => told.includes(word));
  });
}

const OUT = { score: "", "published before": "", "cap/source": "enough of this outlet", "cap/language": "enough in this language", "cap/topic": "enough of this topic",
  language: "not in this edition's languages", "role/letter": "a newsletter's own letter", minimum: "", "editor/drop": "out" };

function renderCandidates() {
  const found = matching();
  byId("candidates-title").textContent = `Candidates · ${found.length.toLocaleString("en")}`;
  const notes = (each) => each.dropped ? "out" : each.slot ? `in, ${each.slot}` : each.rule === "published before" ? each.detail : OUT[each.rule] ?? each.detail;
  fill(byId("candidates"),
    found.length ? h("ul", { className: "list", "aria-label": "Candidates" }, found.slice(0, shownCount).map((each) => item(each, { note: notes(each) || null })))
      : h("p", { className: "soft empty", text: "No story is found under that." }),
    found.length > shownCount ? button(`Show ${Math.min(FIRST_SHOWN, found.length - shownCount)} more`, () => { shownCount += FIRST_SHOWN; renderCandidates(); }, { className: "quiet more" }) : null,
    state.leftOut ? h("p", { className: "soft empty", text: `${plural(state.leftOut, "candidate")} of lower scores are not listed.` }) : null);
  mark();
}

function renderSuggestions() {
  const open = state.suggestions.filter((each) => !each.verdict);
  const judged = state.suggestions.filter((each) => each.verdict);
  const row = (each) => h("li", { className: "pair" },
    h("span", { className: "two" }, told(each.one), h("span", { className: "soft", text: " and " }), told(each.other)),
    h("span", { className: "about evidence", title: each.evidence }, h("b", { className: "figure", text: score(each.figure) }), ` ${each.evidence}`),
    each.verdict ? h("span", { className: "about" }, each.verdict === "same" ? "taken as one event " : "taken as two events ",
      each.edition === state.edition ? judge(each, null, "Open again", "open") : `in ${each.edition}`)
      : h("span", { className: "judge" }, judge(each, "same", "✓ Same event", "same"), judge(each, "other", "✕ Two events", "other")));
  fill(byId("suggested"), open.length ? h("details", { className: "open-pairs", open: shut ? null : true, on: { toggle: (event) => { shut = !event.target.open; } } },
    h("summary", { className: "over", text: `Same event? · ${open.length}` }), h("ul", { className: "list pairs", "aria-label": "Suggestions" }, open.slice(0, allPairs ? open.length : FIRST_PAIRS).map(row)),
    open.length > FIRST_PAIRS && !allPairs ? button(`Show ${open.length - FIRST_PAIRS} more`, () => { allPairs = true; renderSuggestions(); byId("suggested").querySelectorAll(".pair")[FIRST_PAIRS]?.querySelector("button").focus(); }, { className: "quiet more" }) : null) : [],
    judged.length ? h("details", { className: "judged" }, h("summary", { text: `Judged · ${judged.length}` }), h("ul", { className: "list pairs" }, judged.map(row))) : []);
}

function told(member) {
  return h("span", { lang: member.language === "und" ? null : member.language, dir: "auto", text: `${member.title} (${member.outlet})` });
}

function judge(each, verdict, text, name) {
  return button(text, () => { if (!refuse()) act({ kind: "judge", one: each.one.story, other: each.other.story, verdict }); },
    { className: "quiet", disabled: approved(), data: { focus: `judge-${name}-${each.one.story}-${each.other.story}` } });
}

function mark() {
  for (const pick of document.querySelectorAll("#placed .pick, #candidates .pick")) {
    const taken = state.selected.kind === "story" ? pick.dataset.story === state.selected.story : pick.dataset.focus === "the-letter";
    pick.closest(".item").classList.toggle("taken", taken);
    if (taken) pick.setAttribute("aria-current", "true");
    else pick.removeAttribute("aria-current");
  }
}

// To the next or previous story of the two lists.
export function step(by) {
  const picks = [...document.querySelectorAll("#placed .pick, #candidates .pick")];
  const now = picks.indexOf(document.activeElement);
  const taken = picks.findIndex((pick) => pick.getAttribute("aria-current"));
  const next = picks[Math.max(0, Math.min(picks.length - 1, (now >= 0 ? now : taken) + by))];
  if (!next) return;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  select(next.dataset.story ? { kind: "story", story: next.dataset.story } : { kind: "letter" });
}
