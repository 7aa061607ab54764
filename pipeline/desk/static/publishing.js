// Hand the approved issue over to the publishers of the config: a button for each.

import { formDialog } from "./dialogs.js";
import { button, byId, fill, h } from "./dom.js";
import { resultsButton } from "./results.js";
import { write } from "./server.js";
import { emit, state } from "./state.js";

const AS_DRAFT = "It gets a draft: look at it and send it there. What it has already is updated.";
const AT_ONCE = "It sends the issue to its readers at once, which cannot be called back.";
const STATES = {
  started: "not confirmed: hand it over again",
  draft: "a draft",
  scheduled: "scheduled",
  sent: "sent",
};
const EDITED = "--overwrite replaces it"; // how the refusal of an edited draft ends

export function renderPublishers() {
  const { publishers, status } = state.issue;
  const shown = status === "approved" ? publishers : [];
  fill(
    byId("publishers"),
    shown.map((publisher) =>
      button(`Publish to ${publisher.name}…`, () => openPublisher(publisher.name), {
        "aria-haspopup": "dialog",
        "data-focus": publisher.name,
      }),
    ),
    status === "approved" && resultsButton(),
  );
}

function openPublisher(name) {
  const publisher = state.issue.publishers.find((each) => each.name === name);
  const overwrite = h("input", { id: "overwrite", type: "checkbox" });
  const label = h("label", { for: "overwrite", text: " Replace the draft that is there" });
  const replacing = h("p", { hidden: true }, overwrite, label);
  const action = async () => {
    try {
      const { message, issue } = await write("/api/publish", { name, overwrite: overwrite.checked });
      emit("issue", issue);
      return `${message}.`;
    } catch (error) {
      replacing.hidden = !error.message.includes(EDITED);
      error.message = error.message.replace(`; ${EDITED}`, "");
      throw error;
    }
  };
  formDialog(
    `Publish to ${name}`,
    { submit: publisher.sends ? "Publish and send" : "Publish", busy: "Publishing…", autofocus: true, action },
    h("p", { text: howItGoesOut(publisher) }),
    h("ul", { className: "plain" }, publisher.editions.map(editionRow)),
    replacing,
  );
}

function howItGoesOut({ sends, schedule }) {
  if (schedule) return `It gets a draft that goes out by itself at ${schedule}. What it has already is updated.`;
  return sends ? AT_ONCE : AS_DRAFT;
}

function editionRow({ edition, state: there, address }) {
  return h(
    "li",
    {},
    h("b", { text: edition, dir: "auto" }),
    ` ${STATES[there] || "not there yet"} `,
    address && h("a", { href: address, target: "_blank", rel: "noreferrer", text: "Open it there" }),
  );
}
