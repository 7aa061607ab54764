// The form of the selected story or of the letter.

import { button, byId, fill, h, langOf } from "./dom.js";
import { examplesPanel, isExample, keptPanel, toggleExample } from "./examples.js";
import { fields, focusField, startFields, syncFields, textField } from "./fields.js";
import { indexOf, place, placeLast, shift, toggleDropped, togglePin } from "./moves.js";
import { pictureField } from "./pictures.js";
import { reasons } from "./reasons.js";
import { buildSection, sectionKey } from "./sectionform.js";
import { readText } from "./server.js";
import {
  approved,
  cardOf,
  edited,
  editionLanguage,
  editionUrl,
  isLead,
  notify,
  on,
  slotOf,
  slotsIn,
  state,
} from "./state.js";
import { forgetStories, showStory, summaryOf } from "./story.js";

const LETTER_HINT = "Markdown: *emphasis*, **strong**, [text](https://…). An empty line starts a new paragraph.";
const MORE_TITLE = "Its headline becomes an example that stories are ranked by";
let shownForm = "";

export function startForm() {
  startFields();
  on("edition", refresh);
  on("candidates", () => {
    forgetStories();
    refresh();
  });
  on("selected", () => build(true));
  on("show-field", (name) => focusField(name, byId("fields")));
}

// What the form depends on apart from the texts: if this is the same, it is enough to update the fields' values.
function formKey() {
  const { kind, story, section } = state.selected;
  if (kind === "section") return [state.editionName, section, sectionKey(section), approved()].join("|");
  const slot = kind === "story" ? slotOf(story) : null;
  const card = cardOf(story);
  const position = [slot?.section, slot?.pinned, slot && isLead(story), card?.dropped, card?.score, edited("examples")];
  return [state.editionName, kind, story, ...position, approved()].join("|");
}

function refresh() {
  if (formKey() !== shownForm) build(false);
  else syncFields();
}

function build(isNewSelection) {
  if (!state.edition) return;
  const focused = document.activeElement?.closest("[data-path]")?.dataset.path;
  shownForm = formKey();
  fields.clear();
  if (state.selected.kind === "letter") buildLetter();
  else if (state.selected.kind === "section") buildSection(state.selected.section);
  else buildStory(state.selected.story);
  if (!isNewSelection && focused) fields.get(focused)?.focus();
}

function buildLetter() {
  const lang = editionLanguage();
  const city = state.edition.current?.city;
  byId("edit-title").textContent = "Edit the letter";
  fill(
    byId("fields"),
    textField("subject", "Subject", { lang, count: "characters" }),
    textField("preheader", "Preheader", { lang, hint: "The inbox shows it after the subject.", count: "characters" }),
    textField("greeting", "Greeting", { lang, placeholder: city ? `Hello from ${city}` : "" }),
    textField("letter", "Letter", { lang, rows: 8, count: "words", markdown: true, hint: LETTER_HINT }),
    textField("coordinated_by", "Credits", { lang, rows: 2 }),
    downloads(),
    examplesPanel(),
    keptPanel(),
  );
}

function downloads() {
  const url = editionUrl("/download");
  return h(
    "div",
    { className: "downloads" },
    h("h3", { className: "overline", text: "Download" }),
    h("a", { className: "button", href: `${url}/issue.eml`, download: "" }, "Download .eml"),
    button("Copy HTML", copyHtml),
    h("a", { className: "button", href: `${url}/issue.html`, download: "" }, "Download HTML"),
    h("p", { className: "soft", text: picturesOfHtml() }),
  );
}

// Where the pictures of the copied and of the downloaded HTML are.
function picturesOfHtml() {
  const { pictures_at: host } = state.issue;
  if (host) return `The HTML shows its pictures from ${host}: upload the issue's folder “pictures” there first.`;
  return (
    "The HTML has its pictures inside. Some mail services remove such pictures: " +
    "set pictures.base_url in the config for HTML that shows them from the web."
  );
}

async function copyHtml() {
  try {
    const html = await readText(`${editionUrl("/download")}/issue.html`);
    await navigator.clipboard.writeText(html);
    notify(`Copied ${Math.round(html.length / 1000).toLocaleString("en")} kB of HTML. ${picturesOfHtml()}`);
  } catch {
    notify("The browser did not allow copying. Copy the HTML from the Source view.", "bad");
  }
}

function buildStory(story) {
  const slot = slotOf(story);
  const card = cardOf(story);
  const lang = card ? langOf(card.language) : null;
  const path = (name) => `stories.${story}.${name}`;
  const isRead = slot?.section === "reads";
  const title = card?.headline || card?.title || "unknown story";
  byId("edit-title").textContent = `${roleOf(story, slot, card)} · ${title}`;
  fill(
    byId("fields"),
    card
      ? moveButtons(story, slot, card)
      : h("p", { className: "soft", text: "This story is not among the week's stories." }),
    isRead ? null : textField(path("kicker"), "Kicker", { lang: editionLanguage() }),
    textField(path("headline"), isRead ? "Title" : "Headline", { lang, fallback: () => card?.title }),
    isRead
      ? null
      : textField(path("blurb"), "Text", {
          lang,
          rows: 9,
          count: "words",
          markdown: true,
          fallback: () => summaryOf(story),
        }),
    slot && !isRead ? pictureField(story) : null,
    card?.parts?.length ? reasons(card) : null,
    h("div", { id: "story" }),
  );
  showStory(story);
}

function roleOf(story, slot, card) {
  if (!slot) return card?.dropped ? "Dropped" : "Candidate";
  if (slot.section === "reads") return "Read";
  return isLead(story) ? "Lead" : "Feature";
}

function moveButtons(story, slot, card) {
  const off = approved();
  const role = slot && roleOf(story, slot, card);
  const move = (text, name, action, properties) =>
    button(text, action, { className: "quiet", disabled: off, data: { focus: `move-${name}` }, ...properties });
  const toggle = (text, name, pressed, action, properties) =>
    move(text, name, action, { "aria-pressed": String(Boolean(pressed)), ...properties });
  const index = slot ? indexOf(story, slot.section) : -1;
  const isLast = slot && index >= slotsIn(slot.section).length - 1;
  const pinTitle = "A pinned story keeps its slot, whatever later runs find";
  const section = h(
    "div",
    { className: "group", role: "group", "aria-label": "Section" },
    toggle("Lead", "lead", role === "Lead", () => place(story, "features", 0)),
    toggle("Feature", "feature", role === "Feature", () => placeLast(story, "features")),
    toggle("Read", "read", role === "Read", () => placeLast(story, "reads")),
    toggle("Drop", "drop", card.dropped, () => toggleDropped(story)),
  );
  const order = slot && [
    move("↑", "up", () => shift(story, -1), { "aria-label": "Up", disabled: off || index <= 0 }),
    move("↓", "down", () => shift(story, 1), { "aria-label": "Down", disabled: off || isLast }),
    toggle("Pin", "pin", slot.pinned, () => togglePin(story), { title: pinTitle }),
  ];
  const orderGroup = slot && h("div", { className: "group", role: "group", "aria-label": "Order" }, order);
  const more = toggle("More like this", "example", isExample(card), () => toggleExample(story), { title: MORE_TITLE });
  return h("div", { className: "moves" }, section, orderGroup, h("div", { className: "group" }, more));
}
