// The letter as its readers get it: in a frame that runs nothing, or as text, source, headers and differences.

import { choices, fill, h, byId, plural } from "./dom.js";
import { read, readText } from "./net.js";
import { handleKey } from "./keys.js";
import { select, state, tell, when } from "./state.js";

const FIELDS = [["kicker", ".kicker"], ["headline", ".headline, .read-title"], ["blurb", ".body"], ["picture", "img"]];
const PARTS = [["html", "HTML"], ["text", "Text"], ["source", "Source"], ["headers", "Headers"], ["diff", "Diff"]];

let shown = null; // the frame that is seen
let loading = null;
let wanted = "";
let asked = 0;

export function startLetter() {
  when("sheet-shown", show);
  when("look", () => { looks(); show(); });
  when("selected", () => mark(true));
  looks();
}

function looks() {
  const look = state.look;
  const set = (changes) => { Object.assign(look, changes); tell("look"); };
  fill(byId("looks"),
    choices("Width", [[600, "600"], [375, "375"]], look.width, (width) => set({ width })),
    choices("Appearance", [[false, "Light"], [true, "Dark"]], look.dark, (dark) => set({ dark })),
    h("div", { className: "group" }, h("button", {
      type: "button", "aria-pressed": String(!look.pictures), on: { click: () => set({ pictures: !look.pictures }) },
    }, "No pictures")),
    choices("Part", PARTS, look.part, (part) => set({ part })));
}

function show() {
  inbox();
  const proof = byId("proof");
  proof.dataset.part = state.look.part;
  if (state.look.part === "html") return showFrame(proof);
  shown = loading = null;
  wanted = "";
  return state.look.part === "diff" ? showDifference(proof) : showText(proof);
}

function inbox() {
  const row = state.sheet?.inbox;
  const size = state.sheet?.size;
  if (!row) return fill(byId("inbox"), h("p", { className: "soft", text: "There is no issue: too few stories are in." }));
  const share = Math.round((100 * size.html) / size.clip);
  return fill(byId("inbox"),
    h("b", { className: "from", text: row.name, title: row.from, dir: "auto" }),
    h("span", { className: "subject", text: row.subject, title: row.subject, dir: "auto" }),
    h("span", { className: "preheader", text: row.preheader, title: row.preheader, dir: "auto" }),
    h("span", {
      className: share >= 97 ? "size bad" : share >= 83 ? "size warn" : "size",
      text: `${Math.round(size.html / 1000)} of ${Math.round(size.clip / 1000)} kB`,
      title: `${plural(size.html, "byte")} of HTML; Gmail cuts off after ${size.clip.toLocaleString("en")}. Pictures: ${plural(size.pictures, "byte")}`,
    }));
}

function showFrame(proof) {
  const { dark, pictures, width } = state.look;
  const address = `/proof/${encodeURIComponent(state.edition)}?r=${state.sheet?.revision || "none"}&dark=${Number(dark)}&pictures=${Number(pictures)}`;
  proof.style.setProperty("--width", `${width}px`);
  if (address === wanted && (shown || loading)) return;
  wanted = address;
  if (!loading) load(proof);
}

// The next render loads unseen, and takes the place of the one before it when it is whole: nothing flickers.
function load(proof) {
  const address = wanted;
  const frame = h("iframe", { sandbox: "allow-same-origin", title: "The letter", className: "coming", src: address });
  loading = frame;
  frame.addEventListener("load", () => {
    if (loading !== frame) return frame.remove();
    if (!frame.contentDocument?.querySelector("body")?.childElementCount) { // the server is away: a page of the browser's own
      loading = null;
      wanted = "";
      frame.remove();
      setTimeout(show, 1000);
      return;
    }
    const top = shown?.contentWindow?.scrollY ?? 0;
    loading = null;
    frame.className = "shown";
    frame.contentWindow?.scrollTo(0, top);
    for (const old of [...proof.children]) if (old !== frame) old.remove();
    shown = frame;
    attend(frame.contentDocument);
    mark(false);
    tell("frame-shown");
    if (wanted !== address) load(proof);
  });
  proof.append(frame);
}

// A click on a story takes it in hand, on its words leads to their field; a link leads nowhere from here.
function attend(page) {
  if (!page) return;
  page.addEventListener("click", (event) => {
    event.preventDefault();
    const target = event.target.closest?.('[class*="story-"]');
    const story = target && storyOf(target);
    if (story) {
      select({ kind: "story", story });
      const field = FIELDS.find(([, selector]) => event.target.closest(selector));
      tell("show-field", field ? field[0] : "headline");
    } else if (event.target.closest(".letter, .greeting, .host, .contents, .title, .footer")) {
      select({ kind: "letter" });
      const field = event.target.closest(".greeting, .host") ? "greeting" : event.target.closest(".footer") ? "coordinated_by" : "letter";
      tell("show-field", field);
    }
  });
  page.addEventListener("keydown", handleKey);
}

function storyOf(element) {
  const found = [...element.classList].find((name) => /^story-s[0-9a-f]{15}$/.test(name));
  return found ? found.slice("story-".length) : element.parentElement?.closest('[class*="story-"]') ? storyOf(element.parentElement.closest('[class*="story-"]')) : null;
}

// Shows in the letter what is in hand.
function mark(scroll) {
  const page = shown?.contentDocument;
  if (!page) return;
  for (const old of page.querySelectorAll("[data-marked]")) {
    old.style.outline = "";
    delete old.dataset.marked;
  }
  const { kind, story } = state.selected;
  const target = page.querySelector(kind === "story" ? `.story-${story}` : ".letter");
  if (!target || kind !== "story") return;
  target.dataset.marked = "";
  target.style.outline = "2px solid #c5321f";
  target.style.outlineOffset = "-2px";
  if (!scroll) return;
  // Not scrollIntoView: that would move the desk around the frame too.
  const box = target.getBoundingClientRect();
  const view = shown.contentWindow;
  const off = Math.max(0, (view.innerHeight - box.height) / 2);
  view.scrollTo({ top: view.scrollY + box.top - off, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

async function showText(proof) {
  const part = state.look.part;
  const mine = ++asked;
  const text = await readText(`/api/part/${encodeURIComponent(state.edition)}/${part}`).catch((error) => error);
  if (mine !== asked || state.look.part !== part) return;
  if (text instanceof Error) return away(proof, text);
  const lines = text.split("\n");
  const names = { text: "The plain text", source: "The source", headers: "The headers" };
  fill(proof, h("div", { className: `page ${part}`, role: "region", "aria-label": names[part], tabIndex: 0, data: { focus: "page" } },
    lines.map((line, index) => h("div", { className: "line", id: `line-${index + 1}`, "data-line": index + 1 }, line || "\u200b"))));
  if (state.line) showLine();
}

function away(proof, error) {
  fill(proof, h("div", { className: "page", role: "region", "aria-label": "The letter's part", tabIndex: 0 }, h("p", { className: "bad", text: `${error.message} Choose this view again when it does.` })));
}

export function showLine() {
  const line = byId(`line-${state.line}`);
  state.line = null;
  line?.classList.add("found");
  line?.scrollIntoView({ block: "center" });
}

async function showDifference(proof) {
  const mine = ++asked;
  const found = await read(`/api/diff/${encodeURIComponent(state.edition)}`).catch((error) => error);
  if (mine !== asked || state.look.part !== "diff") return;
  if (found instanceof Error) return away(proof, found);
  const nothing = found.hunks.every((hunk) => hunk.kind === "same" || hunk.kind === "skipped");
  const title = found.against === null ? "No issue was approved yet: there is nothing to compare with."
    : nothing ? `Nothing differs from ${found.against}.` : `What differs from ${found.against}:`;
  fill(proof, h("div", { className: "page diff", role: "region", "aria-label": "Differences", tabIndex: 0, data: { focus: "page" } },
    h("p", { className: "soft", text: title }), nothing ? [] : found.hunks.map(hunkLine)));
}

const MARKS = { new: "ins", gone: "del", same: "span" };

function hunkLine(hunk) {
  if (hunk.kind === "skipped") return h("p", { className: "skipped", text: `${plural(hunk.lines, "line")} the same` });
  const pieces = hunk.kind === "changed" ? hunk.pieces : [[hunk.kind, hunk.text]];
  return h("div", { className: `line ${hunk.kind}` }, pieces.map(([kind, text]) => h(MARKS[kind], { text: text || "\u200b" })));
}
