// Text fields. Each change is sent as it is typed. A field without an edit shows the generated text.

import { isPending, setValue } from "./changes.js";
import { button, fill, h } from "./dom.js";
import { approved, current, edited, emit, generated, notify, on, setEdited, state } from "./state.js";
import { formatButtons, writesMarkdown } from "./writing.js";

const NEEDED = "A section of this kind cannot be without it: the letter keeps the last text until you write another.";

export const fields = new Map(); // path → the field shown
const conflicts = new Map(); // "edition path" → {mine, theirs}, until the editor has chosen

export function syncFields() {
  for (const field of fields.values()) field.sync();
}

export function startFields() {
  // The page may have loaded the edition with a change before the answer to the change: its field was pending then.
  on("saved", syncFields);
  on("conflict", (conflict) => {
    const { edition, path } = conflict;
    conflicts.set(`${edition} ${path}`, conflict);
    const field = edition === state.editionName && fields.get(path);
    if (field) field.showConflict(conflict);
    const message = field
      ? `${field.label}: someone else changed this at the same time. Choose one of the two versions.`
      : `Someone else changed ${path} in the edition ${edition}. Your version is kept there until you choose.`;
    notify(message, "bad");
  });
  on("refused", ({ edition, paths, message }) => {
    for (const path of paths) {
      if (edition === state.editionName && fields.has(path)) fields.get(path).showRefusal(message);
      else notify(`Not saved: ${message}`, "bad");
    }
  });
}

// Options: `lang`; `rows`, 0 for a single line; `hint` below; `count`: characters or words; `placeholder`; `markdown`;
// `own`: there is no generated text. `needed`: what is empty is not sent; the last text stays.
// `fallback`: a function that returns the text if there is neither an edit nor a generated one.
export function textField(path, label, options = {}) {
  const field = new TextField(path, label, options);
  fields.set(path, field);
  field.start();
  return field.element;
}

class TextField {
  constructor(path, label, options) {
    const { lang = null, rows = 0, hint = null, count = null, placeholder = "", fallback = null } = options;
    this.path = path;
    this.label = label;
    this.lang = lang;
    this.hint = hint;
    this.count = count;
    this.fallback = fallback;
    this.own = options.own ?? false;
    this.needed = options.needed ?? false;
    this.multiline = rows > 0;
    this.lastValue = null; // the value that the server or the editor set last
    this.conflictKey = `${state.editionName} ${path}`;
    this.input = this.createInput(rows, placeholder);
    this.composing = false; // with an input method
    if (options.markdown) writesMarkdown(this.input);
    this.counter = h("span", { className: "counter" });
    this.resetButton = button("Use generated text", () => this.reset(), { className: "quiet reset", hidden: true });
    this.note = h("div", { className: "note", id: `${this.input.id}-note` }, hint);
    const labelRow = h(
      "div",
      { className: "label" },
      h("label", { for: this.input.id }, label),
      this.counter,
      options.markdown ? formatButtons(this.input, label) : null,
      this.resetButton,
    );
    this.element = h("div", { className: "field", data: { path } }, labelRow, this.input, this.note);
  }

  createInput(rows, placeholder) {
    const id = `field-${this.path.replaceAll(".", "-")}`;
    const input = h("textarea", {
      id,
      lang: this.lang,
      dir: "auto",
      rows: rows || 1,
      className: rows ? null : "one",
      placeholder: placeholder || null,
      autocomplete: "off",
      spellcheck: true,
      readOnly: approved(),
      "aria-describedby": `${id}-note`,
    });
    input.addEventListener("input", () => this.typed());
    input.addEventListener("compositionstart", () => {
      this.composing = true;
    });
    input.addEventListener("compositionend", () => {
      this.composing = false;
    });
    input.addEventListener("blur", () => this.isLacking() && this.sync());
    if (!rows) {
      input.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && !event.isComposing) event.preventDefault();
      });
    }
    return input;
  }

  start() {
    this.sync();
    const conflict = conflicts.get(this.conflictKey);
    if (conflict) {
      this.setText(conflict.mine ?? this.generatedText());
      this.showConflict(conflict);
    }
    this.resize();
    requestAnimationFrame(() => this.resize());
  }

  generatedText() {
    return generated(this.path) || this.fallback?.() || "";
  }

  setText(text) {
    this.input.value = text;
    this.lastValue = text;
  }

  typed() {
    if (!this.multiline && this.input.value.includes("\n")) {
      this.input.value = this.input.value.replace(/\s*\n\s*/g, " ");
    }
    this.lastValue = this.input.value;
    this.resize();
    if (this.isLacking()) return fill(this.note, h("span", { className: "bad", text: NEEDED }));
    if (this.needed) fill(this.note, this.hint);
    conflicts.delete(this.conflictKey); // who types on has chosen their own version
    setValue(this.path, this.input.value);
  }

  isLacking() {
    return this.needed && !this.input.value.trim();
  }

  reset() {
    setValue(this.path, null);
    this.setText(this.generatedText());
    this.resize();
    this.input.focus();
  }

  // Show what the server has, unless the editor is ahead of it.
  sync() {
    const { input } = this;
    const value = edited(this.path) ?? (current(this.path) || this.generatedText());
    const focused = document.activeElement === input;
    this.resetButton.hidden = this.own || edited(this.path) === null || approved();
    if (focused && this.isLacking()) return;
    if (conflicts.has(this.conflictKey) || this.composing) return;
    if (isPending(this.path) || input.value === value) {
      this.lastValue ??= value;
      return;
    }
    // The server strips white space at the ends; while the field has the focus it stays.
    if (focused && input.value.trim() === value.trim()) return;
    if (focused && this.lastValue !== null && input.value !== this.lastValue) return;
    const caret = input.selectionStart;
    this.setText(value);
    if (focused) input.setSelectionRange(caret, caret);
    this.resize();
  }

  focus() {
    this.input.focus();
  }

  showRefusal(message) {
    fill(this.note, h("span", { className: "bad", text: `Not saved: ${message}` }));
  }

  showConflict({ theirs }) {
    if (state.edition) setEdited(this.path, theirs);
    const useMine = () => {
      setValue(this.path, this.input.value);
      this.resolve(this.input.value);
    };
    const question = h(
      "div",
      { className: "conflict" },
      h("p", { text: "Someone else has changed this text. Their version:" }),
      h("blockquote", { lang: this.lang, dir: "auto", text: theirs ?? "(generated text)" }),
      button("Keep mine", useMine),
      button("Use theirs", () => this.resolve(theirs ?? this.generatedText())),
    );
    fill(this.note, question);
  }

  resolve(text) {
    conflicts.delete(this.conflictKey);
    fill(this.note, this.hint);
    this.setText(text);
    this.resize();
    this.input.focus();
  }

  resize() {
    const { input } = this;
    this.counter.textContent = this.count ? countOf(input.value, this.count, this.lang) : "";
    if (CSS.supports("field-sizing", "content")) return;
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight + 2}px`;
  }
}

function countOf(text, unit, lang) {
  if (unit === "characters") return `${[...text].length}`;
  const segments = [...new Intl.Segmenter(lang || "en", { granularity: "word" }).segment(text)];
  return `${segments.filter((segment) => segment.isWordLike).length} words`;
}

// Focus the field with that path or last part of a path; else the first input.
export function focusField(name, container) {
  emit("pane", "edit");
  for (const [path, field] of fields) if (path === name || path.endsWith(`.${name}`)) return field.focus();
  container.querySelector(name === "picture" ? ".picture button" : "input, textarea, button")?.focus();
}
