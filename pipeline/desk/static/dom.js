// Create and update elements. Strings become text nodes, never markup.

export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) setProperty(element, name, value);
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

function setProperty(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
  } else if (name === "data") Object.assign(element.dataset, value);
  else if (name === "text") element.textContent = value;
  else if (name in element && typeof value !== "string") element[name] = value;
  else element.setAttribute(name === "className" ? "class" : name, value === true ? "" : value);
}

export const byId = (id) => document.getElementById(id);

export function button(text, action, properties = {}) {
  return h("button", { type: "button", ...properties, on: { click: action } }, text);
}

// Replace the children of an element. The focus stays on the child with the same data-focus.
export function fill(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement.closest("[data-focus]") : null;
  const key = focused?.dataset.focus;
  const top = element.scrollTop;
  element.replaceChildren(...children.flat(Infinity).filter(Boolean));
  element.scrollTop = top;
  if (key) element.querySelector(`[data-focus="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

// A group of buttons, one of them pressed. An option is [value, text].
export function choices(label, options, current, choose) {
  const buttons = options.map(([value, text]) =>
    button(text, () => choose(value), { "aria-pressed": String(value === current), "data-value": value }),
  );
  return h("div", { className: "group", role: "group", "aria-label": label }, buttons);
}

const FIELDS = "input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]";

// Whether keys and pasted text belong to the element.
export const isTyping = (element) => Boolean(element.closest?.(FIELDS));

export function openDialog(title, ...children) {
  const dialog = h("dialog", { "aria-labelledby": "dialog-title" }, h("h2", { id: "dialog-title", text: title }));
  dialog.append(...children.flat(Infinity).filter(Boolean));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

// Put a text on the clipboard and report it.
export async function notifyCopied(text, notify) {
  try {
    await navigator.clipboard.writeText(text);
    notify("Copied.");
  } catch {
    notify("The browser did not allow copying. Select the text and copy it.", "bad");
  }
}

export function plural(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

// The age of a story at the cutoff.
export function age(datedAt, cutoffAt) {
  if (!datedAt) return "undated";
  const hours = Math.max(0, (Date.parse(cutoffAt) - Date.parse(datedAt)) / 3.6e6);
  return hours < 36 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} d`;
}

export const score = (value) => (value === null || value === undefined ? "–" : value.toFixed(2).replace(/^0/, ""));

// The lang attribute for a language tag: none if the language is unknown.
export const langOf = (tag) => (tag === "und" ? null : tag);

// Storage that may be unavailable or full: reading then returns null, writing does nothing.
export function stored(storage, key) {
  try {
    return storage().getItem(key);
  } catch {
    return null;
  }
}

export function store(storage, key, value) {
  try {
    if (value === null) storage().removeItem(key);
    else storage().setItem(key, value);
  } catch {
    // Nothing is remembered.
  }
}

export const local = () => localStorage;
export const session = () => sessionStorage;
