// What comes after the approval: deliver now, at a time that the desk keeps, or export.

import { formDialog } from "./dialogs.js";
import { button, byId, fill, h, openDialog } from "./dom.js";
import { write } from "./server.js";
import { emit, notify, state } from "./state.js";

const NO_RELAY =
  "The config names no mail relay: set smtp.host and smtp.to as docs/config.md describes to deliver from here. " +
  "Until then, download each edition and send it with another program.";
const KEPT_BY_DESK =
  "The desk keeps the time: it must be running then. A delivery missed by more than an hour is not made up for; " +
  "the desk says so when it is back.";
const UNCONFIRMED =
  "The message was sent in full, but the connection broke before the relay answered. " +
  "Look in a mailbox of the list whether it arrived.";
const FIRST_HOUR = 8; // of tomorrow, the time that is proposed
const MINUTE_MS = 60_000;

export function startDelivery() {
  byId("deliver").addEventListener("click", openDelivery);
}

const editions = () => state.issue.delivery.editions;
const missing = () => editions().filter((edition) => edition.state === null);
const unconfirmed = () => editions().filter((edition) => edition.state === "ending");
export const isDelivered = () => editions().length > 0 && editions().every(({ state: done }) => done === "accepted");

export const timeOf = (time) =>
  new Date(time).toLocaleString("en", {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "numeric",
    minute: "2-digit",
  });

// Where the issue stands, in a few words for the bar.
export function stateOfIssue() {
  if (state.issue.status !== "approved") return "";
  const { planned_at: plannedAt, started } = state.issue.delivery;
  if (isDelivered()) return "delivered";
  if (unconfirmed().length) return "delivery not confirmed";
  if (plannedAt) return `goes out ${timeOf(plannedAt)}`;
  return started ? "delivered in part" : "approved";
}

export function renderDelivery() {
  const { delivery, status } = state.issue;
  byId("deliver").hidden = status !== "approved" || isDelivered();
  const { problem } = delivery;
  const text = problem && `The delivery planned for ${timeOf(problem.at)} was not made: ${problem.text}.`;
  const shown = byId("delivery-problem");
  if ((text || "") === shown.textContent) return; // a screen reader would read it again
  fill(shown, text && h("p", { className: "notice standing bad", text }));
}

async function settle(path, body) {
  try {
    const { message, issue } = await write(path, body);
    emit("issue", issue);
    return `${message}.`;
  } catch (error) {
    error.message = error.message.replace(/; 'newsletter deliver.*?' sends what is missing/, "");
    throw error;
  }
}

export function openDelivery() {
  if (byId("deliver").hidden) return;
  if (unconfirmed().length) openUnconfirmed();
  else if (!state.issue.can_send) openExport();
  else if (state.issue.delivery.planned_at) openPlanned();
  else openChoice();
}

function openChoice() {
  const time = h("input", { id: "deliver-at", type: "datetime-local", min: local(new Date()), value: proposedTime() });
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const later = h("input", { id: "deliver-later", type: "radio", name: "when", value: "later" });
  const now = h("input", {
    id: "deliver-now",
    type: "radio",
    name: "when",
    value: "now",
    checked: true,
    autofocus: true,
  });
  const laterFields = h(
    "div",
    { className: "field inset", hidden: true },
    h("label", { for: "deliver-at", text: `Time (${zone})` }),
    time,
    h("p", { className: "soft", text: KEPT_BY_DESK }),
  );
  const action = () =>
    later.checked ? settle("/api/plan", { at: new Date(time.value).toISOString() }) : settle("/api/deliver", {});
  const dialog = formDialog(
    "Deliver the issue",
    { submit: "Deliver now", cancel: "Not yet", busy: "Delivering…", action },
    listOfEditions(),
    h("div", { className: "choice" }, now, h("label", { for: "deliver-now", text: "Now" })),
    h("div", { className: "choice" }, later, h("label", { for: "deliver-later", text: "At a time" })),
    laterFields,
    exports(),
  );
  const submit = dialog.querySelector("[type=submit]");
  const onChoice = () => {
    laterFields.hidden = !later.checked;
    time.required = later.checked;
    submit.textContent = later.checked ? "Plan the delivery" : "Deliver now";
    submit.dataset.busy = later.checked ? "Planning…" : "Delivering…";
    if (later.checked) time.focus();
  };
  for (const radio of [now, later]) radio.addEventListener("change", onChoice);
}

// The form of a time that the field takes, in the browser's time zone.
function local(date) {
  return new Date(date.getTime() - date.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
}

function proposedTime() {
  const date = new Date();
  date.setDate(date.getDate() + 1);
  date.setHours(FIRST_HOUR, 0, 0, 0);
  return local(date);
}

const WORDS = { accepted: "delivered", ending: "not confirmed" };

function listOfEditions() {
  const rows = editions().map(({ edition, to, state: done, at }) => {
    const where = done
      ? `${WORDS[done]} ${timeOf(at)} to ${to}`
      : to
        ? `to ${to}`
        : "has no list: set smtp.to in the config";
    return h("li", {}, h("b", { text: edition, dir: "auto" }), ` ${where}`);
  });
  return [
    h("p", {
      text: `No. ${state.issue.number} is approved. An edition goes to its list once and cannot be called back.`,
    }),
    h("ul", { className: "plain" }, rows),
  ];
}

function exports() {
  const links = editions().flatMap(({ edition }) =>
    ["eml", "html"].map((type) => {
      const href = `/download/${encodeURIComponent(edition)}/issue.${type}`;
      return h("a", { className: "button", href, download: "", text: `${edition}: .${type}` });
    }),
  );
  return h("details", {}, h("summary", { text: "Export" }), h("div", { className: "downloads" }, links));
}

function openExport() {
  const close = button("Close", () => dialog.close(), { autofocus: true });
  const details = exports();
  details.open = true;
  const dialog = openDialog("Deliver the issue", [
    h("p", { text: NO_RELAY }),
    details,
    h("div", { className: "buttons" }, close),
  ]);
}

function openPlanned() {
  const cancelPlan = async () => {
    try {
      notify(await settle("/api/plan", { at: null }));
    } catch (error) {
      notify(error.message, "bad");
    }
    dialog.close();
  };
  const dialog = formDialog(
    `The delivery is planned for ${timeOf(state.issue.delivery.planned_at)}`,
    { submit: "Deliver now", cancel: "Keep the time", busy: "Delivering…", action: () => settle("/api/deliver", {}) },
    listOfEditions(),
    h("p", { className: "soft", text: KEPT_BY_DESK }),
    h("p", {}, button("Cancel the delivery", cancelPlan, { className: "quiet" })),
    exports(),
  );
}

function openUnconfirmed() {
  const arrived = async () => {
    try {
      notify(await settle("/api/arrived", {}));
    } catch (error) {
      notify(error.message, "bad");
    }
    dialog.close();
  };
  const action = () => settle("/api/deliver", { again: true });
  const dialog = formDialog(
    "Did it arrive?",
    { submit: "It did not: send again", cancel: "I do not know yet", busy: "Delivering…", action },
    listOfEditions(),
    h("p", { text: UNCONFIRMED }),
    h("p", {}, button("It arrived", arrived)),
    missing().length > 0 && h("p", { className: "soft", text: "Editions that were not sent yet go out with it." }),
  );
}
