// The events: split a story off, join two, choose which story tells the event.

import { sendChange } from "./changes.js";
import { button, fill, h, langOf, openDialog } from "./dom.js";
import { refused, replaceStory } from "./moves.js";
import { approved, cardOf, notify, select, slotOf, state } from "./state.js";

const MAX_LISTED = 30;
const MIN_WORD = 4; // letters; shorter words are shared by chance

// The other stories of a story's event, with what can be done with each.
export function eventPanel(id, others) {
  const items = others.map((other) =>
    h("li", {}, h("span", { lang: langOf(other.language), dir: "auto", text: `${titleOf(other)} ` }), acts(id, other)),
  );
  const splitThis = () => splitOff(id, cardOf(id)?.title);
  return h(
    "div",
    { className: "others" },
    others.length > 0 && h("h3", { className: "overline", text: `Other stories of the event · ${others.length}` }),
    others.length > 0 && h("ul", {}, items),
    h(
      "p",
      { className: "acts" },
      act("Same event as…", "join", () => joinWith(id)),
      others.length > 0 && act("Split this story off", "split", splitThis),
    ),
  );
}

const titleOf = ({ title, outlet }) => `${title} (${outlet})`;

function act(text, focus, action, properties = {}) {
  return button(text, action, { className: "quiet", disabled: approved(), data: { focus }, ...properties });
}

function acts(id, other) {
  const useIt = () => {
    if (slotOf(id)) replaceStory(id, other.story);
    else select({ kind: "story", story: other.story });
  };
  const split = () => splitOff(other.story, other.title);
  return [
    act("Use this story", `use-${other.story}`, useIt, { "aria-label": `Use this story: ${other.title}` }),
    " ",
    act("Split off", `split-${other.story}`, split, { "aria-label": `Split off: ${other.title}` }),
  ];
}

// The buttons are drawn again: the focus goes to one that stays.
function focusPanel() {
  document.querySelector('#story [data-focus="join"]')?.focus();
}

function splitOff(story, title) {
  if (refused()) return;
  focusPanel();
  sendChange({ kind: "split", story });
  notify(`Split off: “${title ?? story}” is an event of its own. Undo joins it again.`);
}

function joinWith(id) {
  if (refused()) return;
  const own = new Set([id, ...(cardOf(id)?.event_stories ?? []).map((other) => other.story)]);
  const others = nearestFirst(
    cardOf(id)?.title ?? "",
    state.candidates.filter((candidate) => !own.has(candidate.story)),
  );
  const list = h("ul", { className: "list picks", "aria-label": "Stories" });
  const input = h("input", { id: "join-search", type: "search", autocomplete: "off", autofocus: true });
  const join = (card) => {
    dialog.close();
    focusPanel();
    sendChange({ kind: "join", one: id, other: card.story });
    notify(`Joined with “${card.title}”. Undo parts them again.`);
  };
  const show = () => {
    const words = wordsOf(input.value);
    const found = others.filter((card) => words.every((word) => titleOf(card).toLocaleLowerCase().includes(word)));
    const row = (card) => button(titleOf(card), () => join(card), { lang: langOf(card.language), dir: "auto" });
    fill(
      list,
      found.slice(0, MAX_LISTED).map((card) => h("li", {}, row(card))),
      !found.length && h("li", { className: "soft", text: "No stories match." }),
    );
  };
  input.addEventListener("input", show);
  show();
  const dialog = openDialog("Which story reports the same event?", [
    h("div", { className: "field" }, h("label", { for: "join-search" }, "Words of its title or outlet"), input),
    list,
    h(
      "div",
      { className: "buttons" },
      button("Cancel", () => dialog.close()),
    ),
  ]);
}

const wordsOf = (text) => text.toLocaleLowerCase().split(/\s+/).filter(Boolean);

// Titles with the most words of this one come first; else the order stays.
function nearestFirst(title, cards) {
  const words = new Set(wordsOf(title).filter((word) => word.length >= MIN_WORD));
  const shared = (card) => wordsOf(card.title).filter((word) => words.has(word)).length;
  const counts = new Map(cards.map((card) => [card, shared(card)]));
  return [...cards].sort((one, other) => counts.get(other) - counts.get(one));
}
