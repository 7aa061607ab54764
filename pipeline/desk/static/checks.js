// The findings of the checks: their number in the bar, which opens the list above the form. A click on one leads to
// the field, or to the line of the source.

import { button, byId, fill, h, plural } from "./dom.js";
import { read } from "./server.js";
import { emit, on, select, setView, state } from "./state.js";

const DELAY_MS = 400; // after a change: no check for each letter typed
const FIELDS = { alt: "alt", subject: "subject", preheader: "preheader", "link-words": "blurb" };
const HEADER_RULES = ["headers", "one-click", "structure", "lines", "round-trip"];
const ALL_PASSED = "All checks passed: contrast, alt texts, languages, links, headers";
let requests = 0;
let timer = null;

export function startChecks() {
  byId("checks-count").addEventListener("click", toggle);
  on("edition", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, state.findings ? DELAY_MS : 0);
  });
}

function toggle() {
  const panel = byId("checks-panel");
  const hadFocus = panel.contains(document.activeElement);
  panel.hidden = !panel.hidden;
  byId("checks-count").setAttribute("aria-expanded", String(!panel.hidden));
  if (!panel.hidden) {
    emit("pane", "edit");
    byId("edit").scrollTop = 0;
    panel.querySelector("button")?.focus();
  } else if (hadFocus) byId("checks-count").focus();
}

async function refresh() {
  requests += 1;
  const request = requests;
  const checks = await read("/api/checks").catch(() => null);
  if (!checks || request !== requests) return;
  const current = checks.editions.find((edition) => edition.edition === state.editionName);
  const others = checks.editions.filter((edition) => edition !== current && edition.findings.length);
  state.findings = current?.findings ?? [];
  render(others);
}

function renderCount({ length }) {
  const hasErrors = state.findings.some((finding) => finding.severity === "error");
  const count = byId("checks-count");
  fill(
    count,
    h("span", { "aria-hidden": "true", text: length ? (hasErrors ? "✕" : "!") : "✓" }),
    h("span", { className: "word", text: "Checks" }),
    length > 0 && h("span", { text: String(length) }),
  );
  count.title = `${length ? plural(length, "finding") : "All passed"}; show the checks (G)`;
  count.classList.toggle("error", hasErrors);
  count.classList.toggle("warning", length > 0 && !hasErrors);
}

function render(others) {
  const { findings } = state;
  const size = state.edition?.size;
  renderCount(findings);
  byId("checks-title").textContent = findings.length ? `Checks · ${plural(findings.length, "finding")}` : "Checks";
  const items = findings.map((finding) => h("li", {}, findingButton(finding)));
  const otherItems = others.map(({ edition, findings: { length } }) => {
    const text = `${plural(length, "finding")} in the edition ${edition}`;
    return h(
      "li",
      {},
      button(text, () => emit("open-edition", edition), { className: "finding warning" }),
    );
  });
  const sizes = size && `${size.html.toLocaleString("en")} bytes of ${size.limit.toLocaleString("en")}`;
  fill(
    byId("checks"),
    h(
      "ul",
      { className: "list checks", "aria-label": "Findings" },
      items,
      otherItems,
      size && h("li", { className: "good" }, sizes),
      !findings.length && h("li", { className: "good" }, ALL_PASSED),
    ),
  );
}

function findingButton(finding) {
  const isError = finding.severity === "error";
  return h(
    "button",
    {
      type: "button",
      className: `finding ${finding.severity}`,
      title: finding.reason,
      data: { focus: `finding-${finding.rule}-${finding.message}` },
      on: { click: () => showPlace(finding) },
    },
    h("b", { className: "mark", "aria-hidden": "true", text: isError ? "✕" : "!" }),
    h("span", { className: "visually-hidden", text: isError ? "Error: " : "Warning: " }),
    h("span", { text: finding.message, dir: "auto" }),
  );
}

// Show the field of a finding, or else its line of the source, or else the part of the message.
function showPlace({ story, rule, line }) {
  if (story) select({ kind: "story", story });
  else if (rule === "subject" || rule === "preheader") select({ kind: "letter" });
  if (story || FIELDS[rule]) {
    if (state.view.part !== "html") setView({ part: "html" });
    emit("show-field", FIELDS[rule] || "headline");
    return;
  }
  setView(line ? { part: "source", line } : { part: HEADER_RULES.includes(rule) ? "headers" : "text" });
  emit("pane", "preview");
}
