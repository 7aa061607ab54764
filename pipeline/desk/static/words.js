// The words of what is in hand: the letter's own, or a story's, each saved as it is typed, the original beside them.

import { isOnItsWay, typed } from "./changes.js";
import { button, byId, fill, h, score } from "./dom.js";
import { read } from "./net.js";
import { pictureField } from "./pictures.js";
import { drop, place, restore, sendTo, shift, togglePin } from "./stories.js";
import { approved, card, edited, machine, slotOf, section, shown, state, tell, when } from "./state.js";

const fields = new Map(); // path → field
const stories = new Map(); // story → what its outlet tells
const clashes = new Map(); // "edition path" → {mine, theirs}, until an editor has chosen
let built = "";

export function startWords() {
  when("sheet-shown", refresh);
  when("candidates", () => { stories.clear(); refresh(); });
  when("selected", () => build(true));
  when("conflict", (clash) => {
    clashes.set(`${clash.edition} ${clash.path}`, clash);
    const field = clash.edition === state.edition && fields.get(clash.path);
    if (field) field.clash(clash);
    tell("say", { text: field ? `${field.label}: someone else changed this while you did. Both are kept until you choose.`
      : `In ${clash.edition}, ${clash.path} was changed by someone else; your words are kept there until you choose.`, kind: "bad" });
  });
  when("refused", ({ edition, paths, message }) => paths.forEach((path) => {
    if (edition === state.edition && fields.has(path)) fields.get(path).refuse(message);
    else tell("say", { text: `Not saved: ${message}`, kind: "bad" });
  }));
  when("show-field", (name) => {
    tell("pane", "words");
    for (const [path, field] of fields) if (path === name || path.endsWith(`.${name}`)) return field.focus();
    byId("fields").querySelector(name === "picture" ? ".picture button" : "input, textarea, button")?.focus();
  });
}

// What the fields depend on besides their words: with the same, only their values are brought up to date.
function shape() {
  const { kind, story } = state.selected;
  const at = kind === "story" ? slotOf(story) : null;
  const lead = at && section("features")[0]?.story === story;
  return [state.edition, kind, story, at?.section, at?.pinned, lead, card(story)?.dropped, approved(), card(story)?.score].join("|");
}

function refresh() {
  if (shape() !== built) build(false);
  else for (const field of fields.values()) field.sync();
  tell("words-synced");
}

function build(fresh) {
  if (!state.sheet) return;
  const focused = document.activeElement?.closest("[data-path]")?.dataset.path;
  built = shape();
  fields.clear();
  const { kind, story } = state.selected;
  if (kind === "letter") buildLetter();
  else buildStory(story);
  if (!fresh && focused) fields.get(focused)?.focus();
}

function buildLetter() {
  byId("words-title").textContent = "Words of the letter";
  const lang = language();
  fill(byId("fields"),
    word("subject", "Subject", { lang, count: "characters" }),
    word("preheader", "Preheader", { lang, hint: "The inbox's second line.", count: "characters" }),
    word("greeting", "Greeting", { lang, placeholder: state.sheet.shown?.city ? `Hello from ${state.sheet.shown.city}` : "" }),
    word("letter", "Letter", { lang, rows: 8, count: "words", hint: "Markdown: *emphasis*, **strong**, [words](https://…). An empty line parts paragraphs." }),
    word("coordinated_by", "Credits", { lang, rows: 2 }),
    downloads());
}

function downloads() {
  const at = `/download/${encodeURIComponent(state.edition)}`;
  return h("div", { className: "downloads" },
    h("h3", { className: "over", text: "Take along" }),
    h("a", { className: "button", href: `${at}/issue.eml`, download: "" }, "Download .eml"),
    button("Copy the HTML", async () => {
      const html = await (await fetch(`/api/part/${encodeURIComponent(state.edition)}/source`)).text();
      try {
        await navigator.clipboard.writeText(html);
        tell("say", { text: `Copied ${html.length.toLocaleString("en")} characters of HTML.` });
      } catch {
        tell("say", { text: "The browser did not let the page copy; the Source view has it.", kind: "bad" });
      }
    }),
    h("a", { className: "button", href: `${at}/issue.html`, download: "" }, "Download HTML"));
}

function buildStory(story) {
  const at = slotOf(story);
  const known = card(story);
  const lead = at && section("features")[0]?.story === story;
  const role = !at ? (known?.dropped ? "Out" : "Candidate") : at.section === "reads" ? "Read" : lead ? "Lead" : "Feature";
  byId("words-title").textContent = `${role} · ${known?.headline || known?.title || "a story that is gone"}`;
  const lang = known && known.language !== "und" ? known.language : null;
  const path = (name) => `stories.${story}.${name}`;
  const isFeature = !at || at.section === "features";
  fill(byId("fields"),
    known ? moves(story, at, known) : h("p", { className: "soft", text: "This story is no longer among the week's." }),
    isFeature ? word(path("kicker"), "Kicker", { lang: language() }) : null,
    word(path("headline"), at?.section === "reads" ? "Title" : "Headline", { lang, fallback: known?.title }),
    isFeature ? word(path("blurb"), "Text", { lang, rows: 9, count: "words", fallback: () => stories.get(story)?.summary }) : null,
    at?.section === "features" ? pictureField(story, fields) : null,
    known ? why(known, lead) : null,
    h("div", { id: "told" }));
  showStory(story);
}

const language = () => state.issue.editions.find((each) => each.name === state.edition).language;

function moves(story, at, known) {
  const off = approved();
  const one = (text, act, name, properties = {}) => button(text, act, { className: "quiet", disabled: off, data: { focus: `move-${name}` }, ...properties });
  const index = at ? section(at.section).findIndex((each) => each.story === story) : -1;
  const here = (name) => at && (name === "lead" ? at.section === "features" && index === 0 : name === at.section && !(name === "features" && index === 0));
  return h("div", { className: "moves" },
    h("div", { className: "group", role: "group", "aria-label": "Place" },
      one("Lead", () => place(story, "features", 0), "lead", { "aria-pressed": String(Boolean(here("lead"))) }),
      one("Feature", () => sendTo(story, "features"), "feature", { "aria-pressed": String(Boolean(here("features"))) }),
      one("Read", () => sendTo(story, "reads"), "read", { "aria-pressed": String(Boolean(here("reads"))) }),
      one("Out", () => (known.dropped ? restore(story) : drop(story)), "out", { "aria-pressed": String(Boolean(known.dropped)) })),
    at ? h("div", { className: "group", role: "group", "aria-label": "Order" },
      one("↑", () => shift(story, -1), "up", { "aria-label": "Up", disabled: off || index <= 0 }),
      one("↓", () => shift(story, 1), "down", { "aria-label": "Down", disabled: off || index >= section(at.section).length - 1 }),
      one("Pin", () => togglePin(story), "pin", { "aria-pressed": String(at.pinned), title: "A pinned story stays, whatever a later run finds" })) : null);
}

function why(known, lead) {
  if (!known.parts?.length) return null;
  const most = Math.max(...known.parts.map(([, share]) => share), 0.01);
  return h("div", { className: "why" },
    h("h3", { className: "over", text: lead ? "Why it leads" : "Why this score" }),
    h("ul", {}, [...known.parts].sort((one, other) => other[1] - one[1]).map(([, share, said]) => {
      const bar = h("span", { className: "bar-of", "aria-hidden": "true" });
      bar.style.width = `${Math.max(2, (100 * share) / most)}px`;
      return h("li", {}, bar, h("b", { className: "figure", text: score(share) }), ` ${said}`);
    })),
    known.score !== null ? h("p", { className: "soft", text: `Together ${score(known.score)}${known.topic ? `; topic ${known.topic}` : ""}` }) : null);
}

async function showStory(story) {
  if (!stories.has(story)) {
    try {
      stories.set(story, await read(`/api/stories/${encodeURIComponent(state.edition)}/${story}`));
    } catch { return; }
  }
  if (state.selected.story !== story) return;
  for (const field of fields.values()) field.sync();
  const told = stories.get(story);
  const lang = (tag) => (tag === "und" ? null : tag);
  const others = told.event.map((each) => ({ ...each, language: card(story)?.members?.find((member) => member.story === each.id)?.language }));
  const at = slotOf(story);
  fill(byId("told"),
    others.length ? h("div", { className: "others" }, h("h3", { className: "over", text: `Same event · ${others.length}` }),
      h("ul", {}, others.map((each) => h("li", {},
        h("span", { lang: lang(each.language ?? "und"), dir: "auto", text: `${each.title} (${each.outlet}) ` }),
        at && !approved() ? button("Use this one", () => swap(story, each.id), { className: "quiet", "aria-label": `Use this one: ${each.title}` }) : null)))) : null,
    told.copies.length ? h("p", { className: "soft", text: `Copies folded away: ${told.copies.map((each) => each.outlet).join(", ")}` }) : null,
    h("details", { className: "original", open: true }, h("summary", { text: "The original" }),
      h("p", { className: "soft" }, [told.outlet, told.authors.join(", "), told.published_at?.slice(0, 10)].filter(Boolean).join(" · "), " ",
        /^https?:\/\//.test(told.url || "") ? h("a", { href: told.url, target: "_blank", rel: "noopener noreferrer", text: "Open the story" }) : null),
      h("p", { className: "title", lang: lang(told.language), dir: "auto", text: told.title }),
      told.standfirst ? h("p", { className: "standfirst", lang: lang(told.language), dir: "auto", text: told.standfirst }) : null,
      told.blocks.map(([kind, text, tag]) => h(kind === "heading" ? "h4" : kind === "quote" ? "blockquote" : kind === "code" ? "pre" : "p", { lang: lang(tag), dir: "auto", text: kind === "item" ? `• ${text}` : text })),
      told.truncated ? h("p", { className: "soft", text: "The source cuts its text off here." }) : null),
    h("details", { className: "ledger" }, h("summary", { text: "Every decision on it" }),
      h("ul", {}, told.decisions.map((each) => h("li", { text: `${each.stage}: ${each.outcome} ${each.rule}${each.figure === null ? "" : ` ${Number(each.figure).toPrecision(3)}`}${each.detail ? `: ${each.detail}` : ""}` })))));
}

function swap(story, other) {
  const at = slotOf(story);
  place(other, at.section, section(at.section).findIndex((each) => each.story === story));
  state.selected = { kind: "story", story: other };
  tell("selected");
}

// A field of words. Empty or untouched it shows the machine's; a change is on its way as soon as it is typed.
export function word(path, label, { lang = null, rows = 0, hint = null, count = null, placeholder = "", fallback = "" } = {}) {
  const id = `field-${path.replaceAll(".", "-")}`;
  const key = `${state.edition} ${path}`;
  const input = h("textarea", { id, lang, dir: "auto", rows: rows || 1, className: rows ? null : "one", placeholder: placeholder || null,
    autocomplete: "off", spellcheck: true, readOnly: approved(), "aria-describedby": `${id}-note` });
  const counter = h("span", { className: "counter" });
  const back = button("Back to the machine's", () => { typed(path, null); input.value = own(); field.last = input.value; resized(); input.focus(); }, { className: "quiet back", hidden: true });
  const note = h("div", { className: "note", id: `${id}-note` }, hint);
  const element = h("div", { className: "field", data: { path } }, h("div", { className: "label" }, h("label", { for: id }, label), counter, back), input, note);
  const own = () => machine(path) || (typeof fallback === "function" ? fallback() : fallback) || "";
  const resized = () => {
    counter.textContent = count ? counted(input.value, count, lang) : "";
    if (!CSS.supports("field-sizing", "content")) { input.style.height = "auto"; input.style.height = `${input.scrollHeight + 2}px`; }
  };
  const field = {
    label,
    last: null,
    sync() {
      const value = edited(path) ?? (shown(path) || own());
      back.hidden = edited(path) === null || approved();
      if (clashes.has(key)) return;
      if (isOnItsWay(path) || input.value === value) { field.last ??= value; return; }
      // White space at the ends is the typist's until they leave the field.
      if (document.activeElement === input && input.value.trim() === value.trim()) return;
      if (field.last !== null && input.value !== field.last && document.activeElement === input) return;
      const caret = input.selectionStart;
      input.value = field.last = value;
      if (document.activeElement === input) input.setSelectionRange(caret, caret);
      resized();
    },
    focus() { input.focus(); },
    value: () => input.value,
    refuse(message) { fill(note, h("span", { className: "bad", text: `Not saved: ${message}` })); },
    clash({ theirs }) {
      const chosen = (text) => { clashes.delete(key); fill(note, hint); input.value = field.last = text; resized(); input.focus(); };
      if (state.sheet) setRaw(path, theirs);
      fill(note, h("div", { className: "clash" }, h("p", { text: "Someone else changed this meanwhile. Theirs:" }),
        h("blockquote", { lang, dir: "auto", text: theirs ?? "(the machine's words)" }),
        button("Keep mine", () => { const text = input.value; typed(path, text); chosen(text); }),
        button("Take theirs", () => chosen(theirs ?? own()))));
    },
  };
  if (!rows) input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  input.addEventListener("input", () => {
    if (!rows && input.value.includes("\n")) input.value = input.value.replace(/\s*\n\s*/g, " "); field.last = input.value; resized();
    clashes.delete(key); // who writes on has chosen their own; what the other wrote stays in sight
    typed(path, input.value); });
  fields.set(path, field);
  field.sync();
  if (clashes.has(key)) {
    input.value = field.last = clashes.get(key).mine ?? own();
    field.clash(clashes.get(key));
  }
  resized();
  requestAnimationFrame(resized);
  return element;
}

function setRaw(path, value) {
  if (!path.startsWith("stories.")) { state.sheet.edits[path] = value; return; }
  const [, story, name] = path.split(".");
  (state.sheet.edits.stories[story] ??= {})[name] = value;
}

function counted(text, what, lang) {
  if (what === "characters") return `${[...text].length}`;
  const segments = new Intl.Segmenter(lang || "en", { granularity: "word" }).segment(text);
  let count = 0;
  for (const each of segments) if (each.isWordLike) count += 1;
  return `${count} words`;
}
