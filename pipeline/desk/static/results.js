// What readers clicked in the issue, by edition: a button where results are known.

import { button, h, openDialog, plural } from "./dom.js";
import { state } from "./state.js";

export function resultsButton() {
  if (!state.issue.results.length) return null;
  return button("What readers clicked…", openResults, { "aria-haspopup": "dialog", "data-focus": "results" });
}

function openResults() {
  const close = button("Close", () => dialog.close(), { autofocus: true });
  const lists = state.issue.results.map(editionResults);
  const dialog = openDialog("What readers clicked", lists, h("div", { className: "buttons" }, close));
  dialog.scrollTop = 0; // the button that has the focus is at the end
}

function editionResults({ edition, origins, clicks, stories, others }) {
  const links = others.reduce((sum, link) => sum + link.clicks, 0);
  return h(
    "section",
    {},
    h("h3", { className: "overline", text: `${edition} · ${plural(clicks, "click")} · ${origins.join(", ")}` }),
    h("ol", { className: "list", "aria-label": `Clicks of edition ${edition}` }, stories.map(storyResult)),
    links > 0 &&
      h("p", { className: "soft", text: `${plural(links, "click")} on ${plural(others.length, "other link")}.` }),
  );
}

function storyResult({ section, title, outlet, clicks }) {
  return h(
    "li",
    { className: "printed" },
    h("span", { className: "title", dir: "auto", text: title }),
    h("span", { className: "about", text: ` ${[section, outlet, plural(clicks, "click")].join(" · ")}`, dir: "auto" }),
  );
}
