// More like this: headlines that the ranking takes as examples, and what the editors kept of earlier proposals.

import { sendChange } from "./changes.js";
import { button, fill, h, notifyCopied, plural } from "./dom.js";
import { read } from "./server.js";
import { approved, cardOf, edited, notify } from "./state.js";

const headlines = () => edited("examples") ?? [];

export const isExample = (card) => headlines().includes(card?.title);

export function toggleExample(story) {
  const card = cardOf(story);
  if (!card) return;
  if (approved()) {
    notify("The issue is approved. Withdraw the approval to edit it.", "bad");
    return;
  }
  const wanted = !isExample(card);
  sendChange({ kind: "example", text: card.title, wanted });
  if (wanted) notify("An example for this issue's ranking. For later issues, copy it into the config: see the letter.");
}

// The part of the letter's form that offers the examples for the config.
export function examplesPanel() {
  const list = headlines();
  if (!list.length) return null;
  const items = list.map((text) => {
    const remove = () => sendChange({ kind: "example", text, wanted: false });
    const properties = { className: "quiet", disabled: approved(), "aria-label": `Remove the example: ${text}` };
    return h("li", {}, h("span", { text, dir: "auto" }), button("Remove", remove, properties));
  });
  const yaml = yamlOf(list);
  return h(
    "section",
    { className: "examples", "aria-labelledby": "examples-title" },
    h("h3", { className: "overline", id: "examples-title", text: `More like these · ${list.length}` }),
    h("ul", {}, items),
    h("p", { className: "soft", text: "They count in this issue. To keep them, add these lines to the config:" }),
    h("pre", { tabIndex: 0, text: yaml }),
    button("Copy", () => notifyCopied(yaml, notify), { className: "quiet" }),
  );
}

// A dollar before a brace would be taken for a variable.
function yamlOf(list) {
  const lines = list.map((text) => `    - ${JSON.stringify(text.replaceAll("${", "$${"))}`);
  return ["about:", "  headlines:", ...lines].join("\n");
}

export function keptPanel() {
  const body = h("div", {});
  const onToggle = async (event) => {
    if (!event.target.open) return;
    try {
      fill(body, ...tables(await read("/api/taste")));
    } catch (error) {
      fill(body, h("p", { className: "bad", text: error.message }));
    }
  };
  return h(
    "details",
    { className: "kept", on: { toggle: onToggle } },
    h("summary", { text: "What you kept of earlier proposals" }),
    body,
  );
}

function effectOf({ issues, needed, counts, active, most }) {
  if (!issues) return "No issue with proposals has been approved yet.";
  const so = plural(issues, "approved issue");
  if (!counts) return `${so}. Scores do not depend on them: select.taste is off in the config.`;
  return active
    ? `${so}. They change a score by at most ${100 * most} %.`
    : `${so}. They count in scores from ${needed} on.`;
}

function tables(taste) {
  return [
    h("p", { className: "soft", text: effectOf(taste) }),
    taste.sources.length > 0 && keptTable("Source", taste.sources, taste.active),
    taste.kinds.length > 0 && keptTable("Kind", taste.kinds, taste.active),
  ];
}

function keptTable(title, rows, active) {
  const heads = [title, "Proposed", "Kept", "Added", active && "Score"].filter(Boolean);
  const cells = (row) => [row.proposed, row.kept, row.added || "", active && `× ${row.factor.toFixed(2)}`];
  const body = rows.map((row) =>
    h(
      "tr",
      {},
      h("th", { scope: "row", text: row.name, dir: "auto" }),
      cells(row)
        .filter((cell) => cell !== false)
        .map((cell) => h("td", { text: String(cell) })),
    ),
  );
  return h(
    "table",
    {},
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        heads.map((text) => h("th", { scope: "col", text })),
      ),
    ),
    h("tbody", {}, body),
  );
}
