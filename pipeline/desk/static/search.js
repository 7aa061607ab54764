// The search: in the titles at once, then, by the server, in the texts of the week and in earlier issues.

import { byId, fill, h, langOf, plural } from "./dom.js";
import { languageName } from "./filters.js";
import { read } from "./server.js";
import { editionUrl, emit, on, state } from "./state.js";

const DELAY_MS = 250; // after a letter typed
const MIN_LATIN = 3; // letters that the server searches for; a word of other scripts may be shorter

let answer = null; // of the server, with its query
let timer = null;

export const query = () => byId("search").value.trim();
export const queryWords = () => query().toLocaleLowerCase().split(/\s+/).filter(Boolean);

export function startSearch() {
  byId("search").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, DELAY_MS);
  });
  on("candidates", ask);
  on("open-edition", () => {
    answer = null;
    state.unlisted = [];
  });
}

// Forget the query at once, as Escape does.
export function clearSearch() {
  clearTimeout(timer);
  byId("search").value = "";
  answer = null;
  state.unlisted = [];
  renderPast();
}

const isWorthAsking = (text) => [...text].length >= MIN_LATIN || /[\u0250-\uffff]/.test(text);

async function ask() {
  const asked = query();
  if (!isWorthAsking(asked)) {
    if (answer) clearAnswer();
    return;
  }
  const edition = state.editionName;
  const found = await read(`${editionUrl("/api/search")}?q=${encodeURIComponent(asked)}`).catch(() => null);
  if (!found || asked !== query() || edition !== state.editionName) return;
  answer = { ...found, query: asked };
  state.unlisted = found.unlisted;
  renderPast();
  emit("searched");
}

function clearAnswer() {
  answer = null;
  state.unlisted = [];
  renderPast();
  emit("searched");
}

// The text of a candidate around the words, "" if its title has them, null if the server did not find it.
export function excerptOf(card) {
  return answer?.query === query() ? (answer.found[card.story] ?? null) : null;
}

function renderPast() {
  const printed = answer?.printed ?? [];
  const more = (answer?.printed_total ?? 0) - printed.length;
  fill(
    byId("past"),
    answer && h("h3", { className: "overline", text: `In earlier issues · ${answer.printed_total}` }),
    printed.length > 0 && h("ul", { className: "list", "aria-label": "Earlier issues" }, printed.map(printedItem)),
    answer && !printed.length && h("p", { className: "soft empty", text: "No earlier issue has these words." }),
    more > 0 && h("p", { className: "soft empty", text: `${plural(more, "older one")} not listed.` }),
  );
}

function printedItem({ number, on: day, edition, section, title, outlet, url, language, clicks }) {
  const date = new Date(`${day}T00:00`).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  const editionText = state.issue.editions.length > 1 ? `edition ${edition}` : "";
  const clicked = clicks === null ? "" : plural(clicks, "click");
  const about = [`No. ${number}`, date, section, editionText, outlet, clicked].filter(Boolean).join(" · ");
  const link = { href: url, target: "_blank", rel: "noopener noreferrer", text: "Open the story" };
  return h(
    "li",
    { className: "printed" },
    h("span", { className: "title", lang: langOf(language), dir: "auto", text: title, title: languageName(language) }),
    h("span", { className: "about" }, h("span", { text: about, dir: "auto" })),
    /^https?:\/\//.test(url || "") && h("a", link),
  );
}
