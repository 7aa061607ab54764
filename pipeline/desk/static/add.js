// Add a story: a page by its address, pasted anywhere or sent by the bookmarklet, or one that the editor writes.

import { sendChange, setValue } from "./changes.js";
import { formDialog } from "./dialogs.js";
import { button, byId, h, isTyping, session, store, stored } from "./dom.js";
import { placeChange } from "./moves.js";
import { write } from "./server.js";
import { approved, cardOf, editionUrl, notify, select, state } from "./state.js";

const PLACE_KEY = "desk:add-to";
const PLACES = [
  ["reads", "As a read"],
  ["features", "As a feature"],
  ["lead", "As the lead"],
  ["", "Among the candidates"],
];
const WAIT_MS = 5000;
const STEP_MS = 50;
const ADDRESS = /^https?:\/\/\S+$/i;

export function startAdding() {
  byId("add").addEventListener("click", () => addPage());
  document.addEventListener("paste", onPaste);
}

// The address that the bookmarklet has put into the desk's own.
export function addFromAddress() {
  const address = new URLSearchParams(location.search).get("add");
  if (address === null) return;
  history.replaceState(null, "", location.pathname + location.hash);
  addPage(address);
}

function onPaste(event) {
  const text = event.clipboardData?.getData("text/plain").trim() ?? "";
  if (isTyping(event.target) || document.querySelector("dialog[open]") || !ADDRESS.test(text)) return;
  event.preventDefault();
  addPage(text);
}

function refused() {
  if (approved()) notify("The issue is approved. Withdraw the approval to add to it.", "bad");
  return approved();
}

export function addPage(address = "") {
  if (refused()) return;
  const input = h("input", { id: "add-address", type: "text", inputmode: "url", required: true, autofocus: !address });
  input.value = address;
  const place = placeField();
  const action = () => add({ address: input.value }, place.value);
  const writeOwn = () => {
    dialog.close();
    writeStory();
  };
  const dialog = formDialog(
    "Add a story",
    { submit: "Add", busy: "Fetching…", autofocus: Boolean(address), action },
    field("add-address", "Address of the page", input),
    field("add-place", "Place it", place),
    h("p", {}, button("Write one without a source…", writeOwn, { className: "quiet" })),
    bookmarklet(),
  );
}

function writeStory() {
  const title = h("input", { id: "own-title", type: "text", dir: "auto", required: true, autofocus: true });
  const text = h("textarea", { id: "own-text", rows: 5, dir: "auto", required: true });
  const outlet = h("input", { id: "own-outlet", type: "text", dir: "auto", placeholder: state.issue.name });
  const place = placeField();
  const action = () => add({ title: title.value, text: text.value, outlet: outlet.value }, place.value);
  formDialog(
    "Write a story",
    { submit: "Add", busy: "Adding…", action },
    h("p", { className: "soft", text: "An event, a job, a note: a story of your own, without a page to link to." }),
    field("own-title", "Title", title),
    field("own-text", "Text", text),
    field("own-outlet", "Credit", outlet),
    field("add-place", "Place it", place),
  );
}

const field = (id, label, input) => h("div", { className: "field" }, h("label", { for: id }, label), input);

function placeField() {
  const last = stored(session, PLACE_KEY) ?? PLACES[0][0];
  const options = PLACES.map(([value, text]) => h("option", { value, text, selected: value === last }));
  return h("select", { id: "add-place" }, options);
}

function bookmarklet() {
  const desk = JSON.stringify(`${location.origin}/?add=`);
  const script = `javascript:void open(${desk}+encodeURIComponent(location.href))`;
  const explain = (event) => {
    event.preventDefault();
    notify("Drag this link to your bookmarks bar. There it sends the page that you are reading to the desk.");
  };
  const text = `Add to ${state.issue.name}`;
  return h(
    "details",
    {},
    h("summary", { text: "Add from any page" }),
    h("p", { className: "soft", text: "Drag this to your bookmarks bar and click it there on a page that you read:" }),
    h(
      "p",
      {},
      h("a", { className: "button", href: script, draggable: true, dir: "auto", on: { click: explain } }, text),
    ),
  );
}

async function add(wanted, place) {
  store(session, PLACE_KEY, place);
  const added = await write(editionUrl("/api/stories"), wanted);
  const story = added.copy_of ?? added.story;
  if (place) sendChange(placeChange(story, place));
  if (wanted.text) setValue(`stories.${story}.blurb`, wanted.text);
  for (let waited = 0; waited < WAIT_MS && !cardOf(story); waited += STEP_MS) {
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  select({ kind: "story", story });
  return [messageOf(added, PLACES.find(([value]) => value === place)[1].toLowerCase()), ...added.notices].join(" ");
}

function messageOf({ title, outlet, known, copy_of: copyOf }, where) {
  const name = `“${title}”${outlet ? ` (${outlet})` : ""}`;
  if (copyOf) return `${name} repeats “${cardOf(copyOf)?.title ?? copyOf}”, which is ${where} now.`;
  return known ? `${name} was known already; it is ${where} now.` : `Added ${where}: ${name}.`;
}
