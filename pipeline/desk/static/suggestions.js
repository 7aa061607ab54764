// Pairs of stories in two languages that may report the same event, for the editor to judge.

import { button, byId, fill, h, langOf, score } from "./dom.js";
import { judge } from "./moves.js";
import { approved, on, state } from "./state.js";

const FIRST_PAIRS = 3;
let isOpen = false; // at first the candidates are in sight
let allPairs = false;

export function startSuggestions() {
  on("candidates", render);
  byId("pairs-toggle").addEventListener("click", () => {
    isOpen = !isOpen;
    render();
    if (isOpen) byId("results").scrollTop = 0;
  });
}

function render() {
  const open = state.suggestions.filter((pair) => !pair.verdict);
  const judged = state.suggestions.filter((pair) => pair.verdict);
  const toggle = byId("pairs-toggle");
  toggle.hidden = !state.suggestions.length;
  toggle.textContent = `Same event? · ${open.length}`;
  toggle.setAttribute("aria-expanded", String(isOpen));
  const panel = byId("suggestions");
  panel.hidden = !isOpen || !state.suggestions.length;
  fill(panel, open.length && openPairs(open), judged.length && judgedPairs(judged));
}

function openPairs(pairs) {
  const listed = allPairs ? pairs : pairs.slice(0, FIRST_PAIRS);
  const more = pairs.length - listed.length;
  return [
    h("ul", { className: "list pairs", "aria-label": "Suggestions" }, listed.map(pairItem)),
    more > 0 && button(`Show ${more} more`, showAllPairs, { className: "quiet more" }),
  ];
}

function showAllPairs() {
  allPairs = true;
  render();
  byId("suggestions").querySelectorAll(".pair")[FIRST_PAIRS]?.querySelector("button").focus();
}

function judgedPairs(pairs) {
  return h(
    "details",
    { className: "judged" },
    h("summary", { text: `Judged · ${pairs.length}` }),
    h("ul", { className: "list pairs" }, pairs.map(pairItem)),
  );
}

function pairItem(pair) {
  return h(
    "li",
    { className: "pair" },
    h(
      "span",
      { className: "titles" },
      storyTitle(pair.one),
      h("span", { className: "soft", text: " and " }),
      storyTitle(pair.other),
    ),
    h(
      "span",
      { className: "about evidence", title: pair.evidence },
      h("b", { className: "figure", text: score(pair.similarity) }),
      ` ${pair.evidence}`,
    ),
    pair.verdict
      ? verdictRow(pair)
      : h(
          "span",
          { className: "judge" },
          judgeButton(pair, "same", "✓ Same event"),
          judgeButton(pair, "other", "✕ Different events"),
        ),
  );
}

function verdictRow(pair) {
  const verdict = pair.verdict === "same" ? "judged the same event " : "judged different events ";
  const own = pair.edition === state.editionName;
  return h(
    "span",
    { className: "about" },
    verdict,
    own ? judgeButton(pair, null, "Reopen") : `in the edition ${pair.edition}`,
  );
}

function storyTitle(story) {
  return h("span", { lang: langOf(story.language), dir: "auto", text: `${story.title} (${story.outlet})` });
}

function judgeButton(pair, verdict, text) {
  const focus = `judge-${verdict}-${pair.one.story}-${pair.other.story}`;
  return button(text, () => judge(pair, verdict), { className: "quiet", disabled: approved(), data: { focus } });
}
