// Elements from plain values. Text only ever becomes text: nothing here makes markup of a string.

export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "text") element.textContent = value;
    else if (name in element && typeof value !== "string" && name !== "list") element[name] = value;
    else element.setAttribute(name === "className" ? "class" : name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

// A button that does one thing.
export function button(text, act, properties = {}) {
  return h("button", { type: "button", ...properties, on: { click: act } }, text);
}

// Puts children in place of an element's own, and the focus back on the one with the same data-focus.
export function fill(element, ...children) {
  const key = element.contains(document.activeElement) ? document.activeElement.closest("[data-focus]")?.dataset.focus : null;
  const top = element.scrollTop;
  element.replaceChildren(...children.flat(Infinity).filter(Boolean));
  element.scrollTop = top;
  if (key) element.querySelector(`[data-focus="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

// A choice of several, one at a time.
export function choices(label, options, current, choose) {
  return h("div", { className: "group", role: "group", "aria-label": label },
    options.map(([value, text, lang]) => button(text, () => choose(value), {
      "aria-pressed": String(value === current), "data-value": value, lang,
    })));
}

export function plural(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

// How old a story was when the issue was chosen.
export function age(datedAt, cutoffAt) {
  if (!datedAt) return "undated";
  const hours = Math.max(0, (Date.parse(cutoffAt) - Date.parse(datedAt)) / 3.6e6);
  return hours < 36 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} d`;
}

export const score = (value) => (value === null || value === undefined ? "–" : value.toFixed(2).replace(/^0/, ""));
