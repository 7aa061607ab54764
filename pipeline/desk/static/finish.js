// Approve the issue, withdraw the approval, send a test.

import { isUnsaved } from "./changes.js";
import { openDelivery } from "./delivery.js";
import { formDialog } from "./dialogs.js";
import { button, byId, h, local, openDialog, plural, store, stored } from "./dom.js";
import { read, write } from "./server.js";
import { approved, emit, notify, state } from "./state.js";

const SAVING_MS = 3000;
const STEP_MS = 50;
const TEST_ADDRESSES = "desk:test-to";
const NO_RELAY =
  "The config has no mail relay: set smtp.host as docs/config.md describes. " +
  "You can also download the .eml and open it in a mail program.";
const FAILED =
  "These checks failed. Correct the issue, or give a reason for each; the reasons are stored with the issue.";
const CLOSES = "After the approval the issue cannot be edited, and its stories are not used again.";

export function startFinish() {
  byId("approve").addEventListener("click", () => (approved() ? withdraw() : approve()));
  byId("send").addEventListener("click", sendTest);
}

async function allSaved() {
  for (let waited = 0; waited < SAVING_MS && isUnsaved(); waited += STEP_MS) {
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  return !isUnsaved();
}

async function approve() {
  if (!(await allSaved())) return notify("Some changes are not saved yet. Approve when they are.", "bad");
  const checks = await read("/api/checks").catch((error) => notify(error.message, "bad"));
  if (!checks) return;
  if (!checks.editions.length) return notify("There is no issue to approve: too few stories.", "bad");
  const findings = checks.editions.flatMap(({ edition, findings: list }) =>
    list.map((finding) => ({ ...finding, edition })),
  );
  const errors = findings.filter((finding) => finding.severity === "error");
  const reasons = errors.map((_, index) =>
    h("textarea", { id: `reason-${index}`, rows: 2, required: true, autofocus: index === 0 }),
  );
  const action = async () => {
    const revisions = Object.fromEntries(checks.editions.map(({ edition, revision }) => [edition, revision]));
    const waivers = errors.map((finding, index) => ({ ...finding, reason: reasons[index].value }));
    emit("issue", await write("/api/approve", { revisions, waivers }));
    const text = `No. ${state.issue.number} is approved. Next: deliver it now, at a time, or export it.`;
    emit("notice", { text, action: ["Deliver…", openDelivery] });
  };
  const submit = errors.length ? "Approve with these reasons" : "Approve";
  formDialog(
    "Approve the issue",
    { submit, busy: "Approving…", autofocus: !errors.length, action },
    approvalText(checks, findings.length - errors.length),
    [
      errors.length ? h("p", { text: FAILED }) : h("p", { className: "good", text: "All checks passed." }),
      errors.map(({ edition, message }, index) => {
        const label = h("label", { for: `reason-${index}`, dir: "auto" }, `${edition}: ${message}`);
        return h("div", { className: "field" }, label, reasons[index]);
      }),
    ],
  );
}

function approvalText(checks, warnings) {
  const editions = checks.editions.map(({ edition }) => edition).join(", ");
  const title = `No. ${state.issue.number}, week ${state.issue.key}, editions: ${editions}.`;
  const warningText = `${plural(warnings, "warning")}, which do not prevent the approval.`;
  return [
    h("p", { text: `${title} ${CLOSES}` }),
    checks.problems.map((problem) => h("p", { className: "bad", text: problem })),
    warnings > 0 && h("p", { className: "soft", text: warningText }),
  ];
}

function withdraw() {
  const { number } = state.issue;
  const effect = "can be edited again, and other issues can use its stories until it is approved again.";
  const action = async () => {
    emit("issue", await write("/api/withdraw", {}));
    return `The approval of No. ${number} is withdrawn.`;
  };
  formDialog(
    "Withdraw the approval?",
    { submit: "Withdraw the approval", cancel: "Keep it approved", action },
    h("p", { text: `No. ${number} ${effect}` }),
  );
}

function sendTest() {
  if (!state.issue.can_send) {
    const close = button("Close", () => dialog.close());
    const dialog = openDialog("Send a test", h("p", { text: NO_RELAY }), h("div", { className: "buttons" }, close));
    return;
  }
  const { editions } = state.issue;
  const value = stored(local, TEST_ADDRESSES) || "";
  const to = h("input", {
    id: "test-to",
    type: "text",
    value,
    required: true,
    autocomplete: "email",
    inputmode: "email",
    autofocus: true,
  });
  const options = editions.map(({ name }) =>
    h("option", { value: name, text: name, selected: name === state.editionName }),
  );
  const which = h("select", { id: "test-edition" }, h("option", { value: "", text: "All editions" }), options);
  const action = async () => {
    if (!(await allSaved())) throw new Error("Some changes are not saved yet.");
    const edition = editions.length > 1 ? which.value || null : null;
    const answer = await write("/api/test", { to: to.value.split(/[,;\s]+/).filter(Boolean), edition });
    store(local, TEST_ADDRESSES, to.value);
    return `Done: ${answer.message}.`;
  };
  formDialog("Send a test", { submit: "Send", busy: "Sending…", action }, [
    h("div", { className: "field" }, h("label", { for: "test-to" }, "To (addresses, separated by commas)"), to),
    editions.length > 1 && h("div", { className: "field" }, h("label", { for: "test-edition" }, "Edition"), which),
  ]);
}
