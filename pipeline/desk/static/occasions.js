// The events of a section: a row of fields for each. An event is saved as soon as it has a day and says what happens.

import { isPending, setValue } from "./changes.js";
import { button, fill, h, session, store, stored } from "./dom.js";
import { fields } from "./fields.js";
import { LABELS } from "./sections.js";
import { approved, edited, editionLanguage, state } from "./state.js";

const TEXTS = ["when", "what", "where", "link"];
const NEEDED = ["when", "what"];
const EMPTY = { when: "", what: "", where: "", link: "" };

export function eventsField(section) {
  const field = new EventsField(`sections.${section}.events`);
  fields.set(field.path, field);
  field.sync();
  return field.element;
}

const isWhole = (event) => NEEDED.every((name) => event[name].trim());
const isEmpty = (event) => TEXTS.every((name) => !event[name].trim());
const shown = (event) => Object.fromEntries(TEXTS.map((name) => [name, event[name] ?? ""]));

class EventsField {
  constructor(path) {
    this.path = path;
    this.label = "Events";
    this.draftKey = `desk:events:${state.issue.key}:${state.editionName}:${path}`; // with the half-written ones
    this.rows = [];
    this.list = h("div", { className: "occasions" });
    this.note = h("div", { className: "note", role: "status" });
    const add = button("Add an event", () => this.add(), { disabled: approved() });
    const legend = h("legend", { text: this.label });
    this.element = h("fieldset", { className: "field", data: { path } }, legend, this.list, this.note, add);
  }

  saved() {
    return (edited(this.path) ?? []).map(shown);
  }

  draft() {
    try {
      return JSON.parse(stored(session, this.draftKey));
    } catch {
      return null;
    }
  }

  // Show what the server has, unless the editor is ahead of it.
  sync() {
    if (isPending(this.path) || this.element.contains(document.activeElement)) return;
    const saved = this.saved();
    const draft = this.draft();
    const isDraftOfSaved = draft && JSON.stringify(draft.filter(isWhole)) === JSON.stringify(saved);
    const rows = isDraftOfSaved ? draft : saved;
    if (JSON.stringify(rows) === JSON.stringify(this.rows)) return;
    this.rows = rows;
    this.render();
  }

  render() {
    fill(
      this.list,
      this.rows.map((event, index) => this.row(event, index)),
    );
    this.showNote();
  }

  row(event, index) {
    const text = (name) => {
      const id = `event-${index}-${name}`;
      const properties = { id, type: "text", dir: "auto", lang: editionLanguage(), readOnly: approved() };
      const input = h("input", { ...properties, autocomplete: "off", data: { focus: id } });
      input.value = event[name];
      input.addEventListener("input", () => {
        event[name] = input.value;
        this.changed();
      });
      return h("div", { className: name }, h("label", { for: id }, LABELS[name]), input);
    };
    const label = `Event ${index + 1}`;
    const act = (name, words, action, off) =>
      button(name, action, {
        className: "quiet",
        disabled: approved() || off,
        "aria-label": `${words}: ${event.what || label}`,
        data: { focus: `event-${index}-${words}` },
      });
    const last = this.rows.length - 1;
    const buttons = [
      act("↑", "Up", () => this.move(index, -1), index === 0),
      act("↓", "Down", () => this.move(index, 1), index === last),
      act("Delete", "Delete", () => this.remove(index), last === 0),
    ];
    const group = h("div", { className: "group" }, buttons);
    return h("div", { role: "group", "aria-label": label }, TEXTS.map(text), group);
  }

  changed() {
    store(session, this.draftKey, JSON.stringify(this.rows));
    const whole = this.rows.filter(isWhole);
    if (whole.length && JSON.stringify(whole) !== JSON.stringify(this.saved())) {
      setValue(
        this.path,
        whole.map((event) => ({ ...event, where: event.where || null, link: event.link || null })),
      );
    }
    this.showNote();
  }

  showNote() {
    const isHalf = this.rows.some((event) => !isWhole(event) && !isEmpty(event));
    const hint = "Not in the letter yet: an event needs a day, and what happens.";
    fill(this.note, isHalf ? h("span", { className: "bad", text: hint }) : null);
  }

  add() {
    this.rows.push({ ...EMPTY });
    this.render();
    this.focusOn(this.rows.length - 1, "when");
  }

  move(index, by) {
    const [event] = this.rows.splice(index, 1);
    this.rows.splice(index + by, 0, event);
    this.changed();
    this.render();
    this.focusOn(index + by, by < 0 ? "Up" : "Down");
  }

  remove(index) {
    this.rows.splice(index, 1);
    this.changed();
    this.render();
    this.focusOn(Math.min(index, this.rows.length - 1), "when");
  }

  focusOn(index, name) {
    const wanted = this.list.querySelector(`[data-focus="event-${index}-${name}"]:not(:disabled)`);
    (wanted ?? this.list.querySelector(`[data-focus="event-${index}-when"]`))?.focus();
  }

  focus() {
    this.list.querySelector("input")?.focus();
  }

  showRefusal(message) {
    fill(this.note, h("span", { className: "bad", text: `Not saved: ${message}` }));
  }

  showConflict({ mine }) {
    const keep = () => setValue(this.path, mine);
    const text = "Someone else has changed the events. ";
    const drop = () => {
      store(session, this.draftKey, null);
      this.rows = this.saved();
      this.render();
    };
    fill(this.note, h("p", { className: "bad" }, text, button("Keep mine", keep), button("Use theirs", drop)));
  }
}
