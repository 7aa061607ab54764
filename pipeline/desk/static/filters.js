// The filters and the order of the candidates. A reload keeps them; the languages that an editor reads stay for good.

import { button, byId, fill, h, local, session, store, stored } from "./dom.js";
import { isStarred } from "./shortlist.js";
import { editionLanguage, on, state } from "./state.js";

const FILTERS_KEY = "desk:filters";
const LANGUAGES_KEY = "desk:my-languages";
const SHOWN = [
  ["out", "Not placed"],
  ["starred", "Shortlist"],
  ["all", "All"],
  ["dropped", "Dropped"],
  ["outlets", "Several outlets"],
];
const ORDERS = [
  ["score", "Best first"],
  ["time", "Newest"],
  ["outlets", "Most outlets"],
];
const FACETS = [
  ["language", "Language", "All languages", languageName],
  ["topic", "Topic", "All topics", (topic) => topic.replaceAll("-", " ")],
  ["outlet", "Outlet", "All outlets", (outlet) => outlet],
  ["kind", "Kind", "All kinds", (kind) => kind],
];
const NONE = { shown: "out", order: "score", language: "", topic: "", outlet: "", kind: "", mine: false };

let chosen = { ...NONE, ...parsed(stored(session, FILTERS_KEY)) };
let isOpen = false;
let changed = () => {};

function parsed(text) {
  try {
    return JSON.parse(text || "{}");
  } catch {
    return {};
  }
}

// `onChange` is called after each choice of the editor.
export function startFilters(onChange) {
  changed = onChange;
  byId("filter-toggle").addEventListener("click", () => {
    isOpen = !isOpen;
    render();
  });
  fill(byId("shown"), SHOWN.map(option));
  fill(byId("order"), ORDERS.map(option));
  for (const [id, name] of [
    ["shown", "shown"],
    ["order", "order"],
  ]) {
    byId(id).value = chosen[name];
    byId(id).addEventListener("input", () => choose({ [name]: byId(id).value }));
  }
  on("candidates", render);
}

const option = ([value, text]) => h("option", { value, text });

function choose(changes) {
  chosen = { ...chosen, ...changes };
  store(session, FILTERS_KEY, JSON.stringify(chosen));
  render();
  changed();
}

const clear = () => choose({ ...NONE, shown: chosen.shown, order: chosen.order });

function activeCount() {
  return FACETS.filter(([name]) => chosen[name]).length + Number(chosen.mine);
}

function render() {
  const count = activeCount();
  const toggle = byId("filter-toggle");
  toggle.textContent = count ? `Filters · ${count}` : "Filters";
  toggle.setAttribute("aria-expanded", String(isOpen));
  toggle.classList.toggle("active", count > 0);
  byId("facets").hidden = !isOpen;
  if (!isOpen) return;
  fill(
    byId("facets"),
    FACETS.map(facetSelect),
    mineBox(),
    count > 0 && button("Clear filters", clear, { className: "quiet clear", data: { focus: "clear" } }),
    chosen.mine && languageChips(),
  );
}

function facetSelect([name, label, all, nameOf]) {
  const counts = new Map();
  for (const { [name]: value } of state.candidates) if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  if (chosen[name] && !counts.has(chosen[name])) counts.set(chosen[name], 0);
  const known = [...counts].map(([value, count]) => [value, `${nameOf(value)} · ${count}`]);
  known.sort(([, one], [, other]) => one.localeCompare(other, "en"));
  const options = [["", all], ...known].map(option);
  const select = h("select", { id: `facet-${name}`, data: { focus: `facet-${name}` } }, options);
  select.value = chosen[name];
  select.addEventListener("input", () => choose({ [name]: select.value }));
  return h("div", {}, h("label", { className: "visually-hidden", for: select.id, text: label }), select);
}

function mineBox() {
  const box = h("input", { type: "checkbox", id: "mine", checked: chosen.mine, data: { focus: "mine" } });
  box.addEventListener("change", () => choose({ mine: box.checked }));
  return h("p", { className: "mine" }, box, " ", h("label", { for: "mine" }, "Only my languages"));
}

// The languages that the editor reads: those of the browser and of the edition, until the editor has chosen.
function myLanguages() {
  const own = stored(local, LANGUAGES_KEY);
  if (own) return new Set(parsed(own));
  const primary = new Set([...navigator.languages, editionLanguage()].map((tag) => tag.split("-")[0]));
  return new Set(knownLanguages().filter((tag) => primary.has(tag.split("-")[0])));
}

const knownLanguages = () => [...new Set(state.candidates.map((candidate) => candidate.language))].sort();

function languageChips() {
  const mine = myLanguages();
  const toggle = (tag) => {
    if (!mine.delete(tag)) mine.add(tag);
    store(local, LANGUAGES_KEY, JSON.stringify([...mine]));
    choose({});
  };
  const chips = knownLanguages().map((tag) =>
    button(tag === "und" ? "unknown" : tag, () => toggle(tag), {
      className: "quiet chip",
      title: languageName(tag),
      "aria-pressed": String(mine.has(tag)),
      data: { focus: `mine-${tag}` },
    }),
  );
  return h("div", { className: "chips", role: "group", "aria-label": "Languages that you read" }, chips);
}

export function languageName(tag) {
  if (tag === "und") return "Unknown";
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(tag);
  } catch {
    return tag;
  }
}

// Whether a candidate passes the filters: a function, so that what is the same for all is looked up once.
export function passing() {
  const mine = chosen.mine ? myLanguages() : null;
  return (candidate) =>
    isShown(candidate) &&
    FACETS.every(([name]) => !chosen[name] || candidate[name] === chosen[name]) &&
    (!mine || mine.has(candidate.language));
}

function isShown(candidate) {
  if (chosen.shown === "out") return !candidate.section && !candidate.dropped;
  if (chosen.shown === "dropped") return candidate.dropped;
  if (chosen.shown === "starred") return isStarred(candidate);
  return chosen.shown === "all" || candidate.outlets > 1;
}

// The candidates in the chosen order; they come with the highest score first.
export function inOrder(candidates) {
  if (chosen.order === "time") {
    return candidates.toSorted((one, other) => Date.parse(other.dated_at ?? 0) - Date.parse(one.dated_at ?? 0));
  }
  return chosen.order === "outlets" ? candidates.toSorted((one, other) => other.outlets - one.outlets) : candidates;
}
