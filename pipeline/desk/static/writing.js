// Writing Markdown in a text area: strong, emphasis and links by key and button, and what is pasted.
// A text area, not an editable page: input methods, spell checkers and screen readers work in it as they are.

import { formDialog } from "./dialogs.js";
import { button, h } from "./dom.js";
import { isAddress, linkTo, markdownOf } from "./markup.js";

const MARKS = { b: "**", i: "*" };

export function writesMarkdown(input) {
  input.addEventListener("keydown", (event) => onKey(input, event));
  input.addEventListener("paste", (event) => onPaste(input, event));
}

export function formatButtons(input, label) {
  const tool = (text, name, keys, action) =>
    button(text, action, {
      className: `quiet tool ${name.toLowerCase()}`,
      disabled: input.readOnly,
      "aria-label": `${name}: ${label}`,
      title: `${name} (${keys})`,
    });
  return h(
    "span",
    { className: "tools" },
    tool("B", "Strong", "Ctrl B", () => toggleMark(input, MARKS.b)),
    tool("I", "Emphasis", "Ctrl I", () => toggleMark(input, MARKS.i)),
    tool("Link", "Link", "Ctrl K", () => askForLink(input)),
  );
}

function onKey(input, event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing || input.readOnly)
    return;
  const key = event.key.toLowerCase();
  if (key === "k") askForLink(input);
  else if (MARKS[key]) toggleMark(input, MARKS[key]);
  else return;
  event.preventDefault();
}

// Replace the selection as typing would, so that the browser's own undo knows it.
function insert(input, text) {
  input.focus();
  if (!document.execCommand("insertText", false, text)) {
    input.setRangeText(text, input.selectionStart, input.selectionEnd, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

const selected = (input) => input.value.slice(input.selectionStart, input.selectionEnd);

function toggleMark(input, mark) {
  const { selectionStart: start, selectionEnd: end, value } = input;
  const { length } = mark;
  const words = value.slice(start, end);
  const stars = Math.min(/\**$/.exec(value.slice(0, start))[0].length, /^\**/.exec(value.slice(end))[0].length);
  if (length === 2 ? stars >= 2 : stars % 2 === 1) {
    input.setSelectionRange(start - length, end + length);
    insert(input, words);
    input.setSelectionRange(start - length, end - length);
    return;
  }
  const [, before, core, after] = /^(\s*)([\s\S]*?)(\s*)$/.exec(words);
  insert(input, `${before}${mark}${core}${mark}${after}`);
  const from = start + before.length + length;
  input.setSelectionRange(from, from + core.length);
}

function askForLink(input) {
  const { selectionStart: start, selectionEnd: end } = input;
  const words = selected(input).trim();
  const address = h("input", { id: "link-address", type: "text", inputmode: "url", required: true, autofocus: true });
  const text = h("input", { id: "link-words", type: "text", dir: "auto", required: true });
  text.value = isAddress(words) ? "" : words;
  address.value = isAddress(words) ? words : "";
  const action = async () => {
    const whole = /^[a-z]+:/i.test(address.value.trim()) ? address.value : `https://${address.value.trim()}`;
    dialog.close();
    input.setSelectionRange(start, end);
    insert(input, linkTo(text.value.trim() || whole, whole));
  };
  const field = (id, label, element) => h("div", { className: "field" }, h("label", { for: id }, label), element);
  const fields = [field("link-address", "Address", address), field("link-words", "Words", text)];
  const dialog = formDialog("Link", { submit: "Link", action }, fields);
}

function onPaste(input, event) {
  const { clipboardData: data } = event;
  if (!data || input.readOnly) return;
  const plain = data.getData("text/plain").trim();
  const words = selected(input);
  if (words.trim() && !words.includes("\n") && isAddress(plain)) {
    event.preventDefault();
    insert(input, linkTo(words.trim(), plain));
    return;
  }
  const html = data.getData("text/html");
  const text = html && markdownOf(html);
  if (!text) return;
  event.preventDefault();
  insert(input, text);
}
