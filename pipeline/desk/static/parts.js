// The parts of the message as text: plain text, HTML source, headers, and the differences from the last approval.

import { fill, h, plural } from "./dom.js";
import { read, readText } from "./server.js";
import { editionUrl, state } from "./state.js";

const LABELS = { text: "Plain text", source: "HTML source", headers: "Headers", diff: "Differences" };
const TAGS = { added: "ins", removed: "del", same: "span" };
let requests = 0;

// Call `render` with the answer, unless another part was asked for meanwhile.
async function showAnswer(container, part, request, render) {
  requests += 1;
  const number = requests;
  let children;
  try {
    children = render(await request);
  } catch (error) {
    children = h("p", { className: "bad", text: `${error.message} Choose this view again to retry.` });
  }
  if (number !== requests || state.view.part !== part) return;
  const properties = { role: "region", "aria-label": LABELS[part], tabIndex: 0, data: { focus: "page" } };
  fill(container, h("div", { className: `page ${part}`, ...properties }, children));
  highlightLine();
}

export function showText(container, part) {
  const lineOf = (text, index) =>
    h("div", { className: "line", id: `line-${index + 1}`, "data-line": index + 1 }, text || "\u200b");
  return showAnswer(container, part, readText(`${editionUrl("/api/part")}/${part}`), (text) =>
    text.split("\n").map(lineOf),
  );
}

function highlightLine() {
  const line = document.getElementById(`line-${state.view.line}`);
  if (!line) return;
  state.view.line = null;
  line.classList.add("highlighted");
  line.scrollIntoView({ block: "center" });
}

export function showDiff(container) {
  return showAnswer(container, "diff", read(editionUrl("/api/diff")), ({ against, hunks }) => {
    const equal = hunks.every((hunk) => hunk.kind === "same" || hunk.kind === "skipped");
    const title = h("p", { className: "soft", text: diffTitle(against, equal) });
    return equal ? [title] : [title, hunks.map(hunkLine)];
  });
}

function diffTitle(against, equal) {
  if (against === null) return "No issue has been approved yet: there is nothing to compare with.";
  return equal ? `No differences from ${against}.` : `Differences from ${against}:`;
}

function hunkLine(hunk) {
  if (hunk.kind === "skipped") return h("p", { className: "skipped", text: plural(hunk.lines, "equal line") });
  const pieces = hunk.kind === "changed" ? hunk.pieces : [[hunk.kind, hunk.text]];
  return h(
    "div",
    { className: "line" },
    pieces.map(([kind, text]) => h(TAGS[kind], { text: text || "\u200b" })),
  );
}
