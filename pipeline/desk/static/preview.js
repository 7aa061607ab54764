// The issue as its readers get it: the inbox row, and the HTML in a frame that runs nothing.

import { byId, choices, fill, h, plural } from "./dom.js";
import { scrollTo, startFollowing } from "./follow.js";
import { showDiff, showText } from "./parts.js";
import { inReadingOrder } from "./sections.js";
import { editionUrl, emit, on, select, setView, state } from "./state.js";

const PARTS = [
  ["html", "HTML"],
  ["text", "Text"],
  ["source", "Source"],
  ["headers", "Headers"],
  ["diff", "Diff"],
];
// The field of the form for what is clicked in the preview.
const STORY_FIELDS = [
  [".kicker", "kicker"],
  [".headline, .read-title", "headline"],
  [".body", "blurb"],
  ["img", "picture"],
];
const LETTER_FIELDS = [
  [".greeting, .host", "greeting"],
  [".footer", "coordinated_by"],
  [".letter, .contents, .title", "letter"],
];
const STORY_CLASS = /^story-(s[0-9a-f]{15})$/;
const WARN_PERCENT = 83;
const BAD_PERCENT = 97;
const RETRY_MS = 1000;

let shownFrame = null;
let loadingFrame = null;
let wantedUrl = "";

export function startPreview() {
  on("edition", show);
  on("view", () => {
    renderViewOptions();
    show();
  });
  on("selected", () => markStory(true));
  startFollowing(() => shownFrame?.contentWindow ?? null);
  renderViewOptions();
}

function renderViewOptions() {
  const { view } = state;
  const pressed = String(!view.pictures);
  const togglePictures = { click: () => setView({ pictures: !view.pictures }) };
  const widths = [
    [600, "600"],
    [375, "375"],
  ];
  const appearances = [
    [false, "Light"],
    [true, "Dark"],
  ];
  const noPictures = h("button", { type: "button", "aria-pressed": pressed, on: togglePictures }, "No pictures");
  fill(
    byId("view-options"),
    choices("Width", widths, view.width, (width) => setView({ width })),
    choices("Appearance", appearances, view.dark, (dark) => setView({ dark })),
    h("div", { className: "group" }, noPictures),
    choices("View", PARTS, view.part, (part) => setView({ part })),
  );
}

function show() {
  renderInbox();
  const container = byId("frame");
  const { part } = state.view;
  container.dataset.part = part;
  if (part === "html") return showFrame(container);
  shownFrame = null;
  loadingFrame = null;
  wantedUrl = "";
  return part === "diff" ? showDiff(container) : showText(container, part);
}

function renderInbox() {
  const { inbox, size } = state.edition ?? {};
  if (!inbox) return fill(byId("inbox"), h("p", { className: "soft", text: "There is no issue: too few stories." }));
  const percent = Math.round((100 * size.html) / size.limit);
  const level = percent >= BAD_PERCENT ? "size bad" : percent >= WARN_PERCENT ? "size warn" : "size";
  const limit = `Gmail hides everything after ${size.limit.toLocaleString("en")} bytes`;
  const title = `${plural(size.html, "byte")} of HTML; ${limit}. Pictures: ${plural(size.pictures, "byte")}`;
  const sizes = `${Math.round(size.html / 1000)} of ${Math.round(size.limit / 1000)} kB`;
  fill(
    byId("inbox"),
    h("b", { className: "from", text: inbox.name, title: inbox.from, dir: "auto" }),
    h("span", { className: "subject", text: inbox.subject, title: inbox.subject, dir: "auto" }),
    h("span", { className: "preheader", text: inbox.preheader, title: inbox.preheader, dir: "auto" }),
    h("span", { className: level, text: sizes, title }),
  );
}

function showFrame(container) {
  const { dark, pictures, width } = state.view;
  const query = `r=${state.edition?.revision || "none"}&dark=${Number(dark)}&pictures=${Number(pictures)}`;
  const url = `${editionUrl("/preview")}?${query}`;
  container.style.setProperty("--width", `${width}px`);
  if (url === wantedUrl && (shownFrame || loadingFrame)) return;
  wantedUrl = url;
  if (!loadingFrame) load(container);
}

// Load the new preview in a hidden frame and swap the frames when it is complete, so that nothing flickers.
function load(container) {
  const url = wantedUrl;
  const sandbox = "allow-same-origin";
  const frame = h("iframe", { sandbox, title: "Preview of the issue", className: "loading", src: url });
  loadingFrame = frame;
  frame.addEventListener("load", () => {
    if (loadingFrame !== frame) return frame.remove();
    loadingFrame = null;
    if (!frame.contentDocument?.querySelector("body")?.childElementCount) return retryLoading(frame);
    swapFrames(container, frame);
    if (wantedUrl !== url) load(container);
  });
  container.append(frame);
}

// The server is away: the frame contains the browser's own error page.
function retryLoading(frame) {
  wantedUrl = "";
  frame.remove();
  setTimeout(show, RETRY_MS);
}

function swapFrames(container, frame) {
  const top = shownFrame?.contentWindow?.scrollY ?? 0;
  frame.className = "shown";
  frame.contentWindow?.scrollTo(0, top);
  for (const other of [...container.children]) if (other !== frame) other.remove();
  shownFrame = frame;
  frame.contentDocument.addEventListener("click", onFrameClick);
  frame.contentDocument.addEventListener("keydown", (event) => emit("keydown", event));
  markStory(false);
  emit("preview-shown");
}

// A click selects the story and focuses the field of the text; links lead nowhere.
function onFrameClick(event) {
  event.preventDefault();
  const { target } = event;
  const fieldAt = (selectors) => selectors.find(([selector]) => target.closest?.(selector))?.[1];
  const story = storyAt(target);
  const own = target.closest?.(".own");
  const section = own && inReadingOrder()[[...own.ownerDocument.querySelectorAll(".own")].indexOf(own)];
  if (section) {
    select({ kind: "section", section });
    emit("show-field", "text");
  } else if (story) {
    select({ kind: "story", story });
    emit("show-field", fieldAt(STORY_FIELDS) ?? "headline");
  } else if (fieldAt(LETTER_FIELDS)) {
    select({ kind: "letter" });
    emit("show-field", fieldAt(LETTER_FIELDS));
  }
}

function storyAt(target) {
  for (let element = target; element; element = element.parentElement) {
    for (const name of element.classList ?? []) {
      const match = STORY_CLASS.exec(name);
      if (match) return match[1];
    }
  }
  return null;
}

// Outline the selected story in the preview.
function markStory(scroll) {
  const page = shownFrame?.contentDocument;
  if (!page) return;
  for (const marked of page.querySelectorAll("[data-marked]")) {
    marked.style.outline = "";
    delete marked.dataset.marked;
  }
  const { kind, story } = state.selected;
  const element = kind === "story" ? page.querySelector(`.story-${story}`) : null;
  if (!element) return;
  element.dataset.marked = "";
  element.style.outline = "2px solid #c5321f";
  element.style.outlineOffset = "-2px";
  if (scroll) scrollTo(shownFrame.contentWindow, element);
}
