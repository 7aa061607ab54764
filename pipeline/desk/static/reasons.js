// Why a story ranks where it does: in words, with the figures behind a click.

import { h, score } from "./dom.js";

const FACTORS = ["source", "freshness", "fullness", "taste", "judge"];
let open = false; // whether the figures are shown; kept from story to story

export function reasons(card) {
  const lines = [card.why_not, ...card.reasons, card.taste].filter(Boolean);
  const kind = card.kind_reason && card.kind !== "story" ? `${card.kind}: ${card.kind_reason}` : null;
  if (kind && !lines.includes(kind)) lines.push(kind);
  return h(
    "div",
    { className: "why" },
    h("h3", { className: "overline", text: card.section || !card.why_not ? "Why it ranks here" : "Why it is not in" }),
    h(
      "ul",
      {},
      lines.map((text) => h("li", { text })),
    ),
    figures(card),
  );
}

function figures(card) {
  const rows = card.parts.map(([part, figure, words]) => {
    const sign = FACTORS.includes(part) ? "×" : part === "relevance" ? "" : "+";
    return h(
      "li",
      {},
      h("b", { className: "figure", text: `${sign}${figure.toFixed(2)}` }),
      h("span", { text: `${part}: ${words}` }),
    );
  });
  const onToggle = (event) => {
    open = event.target.open;
  };
  const topic = card.topic ? `, topic: ${card.topic}` : "";
  return h(
    "details",
    { className: "figures", open, on: { toggle: onToggle } },
    h("summary", { text: "Figures" }),
    h("ul", {}, rows),
    card.score !== null && h("p", { className: "soft", text: `Score ${score(card.score)} of 1${topic}` }),
  );
}
