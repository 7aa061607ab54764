// What the gate finds, and the acts that depend on it: approving with reasons, taking back, sending a test.

import { button, byId, fill, h, plural } from "./dom.js";
import { unsaved } from "./changes.js";
import { read, write } from "./net.js";
import { showLine } from "./letter.js";
import { approved, say, select, state, tell, when } from "./state.js";

let asked = 0;
let asking = null;

export function startChecks() {
  when("sheet-shown", () => { clearTimeout(asking); asking = setTimeout(refresh, state.findings ? 400 : 0); });
  byId("approve").addEventListener("click", () => (approved() ? takeBack() : approve()));
  byId("send").addEventListener("click", sendTest);
}

async function refresh() {
  const mine = ++asked;
  const gate = await read("/api/gate").catch(() => null);
  if (!gate || mine !== asked) return;
  state.gate = gate;
  state.findings = gate.editions.find((each) => each.edition === state.edition)?.findings ?? [];
  const errors = state.findings.length;
  byId("checks-title").textContent = errors ? `Checks · ${errors} to see` : "Checks";
  const size = state.sheet?.size;
  const elsewhere = gate.editions.filter((each) => each.edition !== state.edition && each.findings.length);
  fill(byId("checks"), h("ul", { className: "list checks", "aria-label": "Findings" },
    state.findings.map((finding) => h("li", {}, line(finding))),
    elsewhere.map((each) => h("li", {}, button(`${plural(each.findings.length, "finding")} in ${each.edition}`, () => tell("edition", each.edition), { className: "finding warning" }))),
    size ? h("li", { className: "fine" }, `${size.html.toLocaleString("en")} bytes of ${size.clip.toLocaleString("en")}`) : null,
    state.findings.length ? null : h("li", { className: "fine" }, "Contrast, alt texts, languages, links, headers")));
  tell("checked");
}

function line(finding) {
  return h("button", { type: "button", className: `finding ${finding.severity}`, title: finding.reason, data: { focus: `finding-${finding.rule}-${finding.message}` }, on: { click: () => lead(finding) } },
    h("b", { className: "mark", "aria-hidden": "true", text: finding.severity === "error" ? "✕" : "!" }),
    h("span", { className: "unseen", text: finding.severity === "error" ? "Error: " : "Warning: " }),
    h("span", { text: finding.message, dir: "auto" }));
}

const FIELD_OF = { alt: "alt", subject: "subject", preheader: "preheader", "link-words": "blurb" };

// To the place of a finding: its story, its field, or its line of the source.
function lead(finding) {
  if (finding.story) select({ kind: "story", story: finding.story });
  else if (["subject", "preheader"].includes(finding.rule)) select({ kind: "letter" });
  if (finding.story || FIELD_OF[finding.rule]) {
    if (state.look.part !== "html") { state.look.part = "html"; tell("look"); }
    tell("show-field", FIELD_OF[finding.rule] || "headline");
  } else if (finding.line) {
    state.line = finding.line;
    state.look.part = "source";
    tell("look");
    tell("pane", "letter");
    showLine();
  } else {
    state.look.part = ["headers", "one-click", "structure", "lines", "round-trip"].includes(finding.rule) ? "headers" : "text";
    tell("look");
    tell("pane", "letter");
  }
}

function dialog(title, ...children) {
  const box = h("dialog", { "aria-labelledby": "dialog-title" }, h("h2", { id: "dialog-title", text: title }), ...children);
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}

const wrong = () => h("p", { className: "bad", role: "alert" });

async function settled() {
  for (let turn = 0; turn < 60 && unsaved(); turn += 1) await new Promise((done) => setTimeout(done, 50));
  return !unsaved();
}

async function approve() {
  if (!(await settled())) return say("Some words are not saved yet; the issue can be approved when they are.", "bad");
  const gate = await read("/api/gate").catch((error) => { say(error.message, "bad"); return null; });
  if (!gate) return;
  if (!gate.editions.length) return say("There is no issue to approve: too few stories are in.", "bad");
  const errors = gate.editions.flatMap((each) => each.findings.filter((finding) => finding.severity === "error").map((finding) => ({ ...finding, edition: each.edition })));
  const warnings = gate.editions.reduce((sum, each) => sum + each.findings.length, 0) - errors.length;
  const reasons = errors.map((finding, index) => h("textarea", { id: `reason-${index}`, rows: 2, required: true, placeholder: "Why it may stand" }));
  const said = wrong();
  const yes = h("button", { type: "submit", className: "main" }, errors.length ? "Approve with these reasons" : "Approve");
  const form = h("form", { method: "dialog" },
    h("p", { text: `No. ${state.issue.number}, week ${state.issue.key}: ${plural(gate.editions.length, "edition")}, ${gate.editions.map((each) => each.edition).join(", ")}. Its stories are spent, and it stays as it is.` }),
    gate.problems.map((problem) => h("p", { className: "bad", text: problem })),
    warnings ? h("p", { className: "soft", text: `${plural(warnings, "warning")} to see, which do not bar it.` }) : null,
    errors.length ? h("p", { text: "These checks failed. Mend them, or say for each why it may stand; the reasons are kept with the issue." }) : h("p", { className: "fine", text: "Every check has passed." }),
    errors.map((finding, index) => h("div", { className: "field" }, h("label", { for: `reason-${index}`, dir: "auto" }, `${finding.edition}: ${finding.message}`), reasons[index])),
    said,
    h("div", { className: "ends" }, button("Cancel", () => box.close()), yes));
  const box = dialog("Approve the issue", form);
  (reasons[0] || yes).focus();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    yes.disabled = true;
    try {
      const issue = await write("/api/approve", {
        revisions: Object.fromEntries(gate.editions.map((each) => [each.edition, each.revision])),
        waivers: errors.map((finding, index) => ({ edition: finding.edition, rule: finding.rule, message: finding.message, story: finding.story, reason: reasons[index].value })),
      });
      box.close();
      tell("issue", issue);
      say(`No. ${issue.number} is approved.`);
    } catch (error) {
      said.textContent = error.message;
      yes.disabled = false;
    }
  });
}

function takeBack() {
  const said = wrong();
  const yes = h("button", { type: "submit", className: "main" }, "Take the approval back");
  const form = h("form", { method: "dialog" },
    h("p", { text: `No. ${state.issue.number} can be changed again, and its stories are free for another issue until it is approved anew.` }), said,
    h("div", { className: "ends" }, button("Leave it approved", () => box.close()), yes));
  const box = dialog("Take the approval back?", form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    yes.disabled = true;
    try {
      const issue = await write("/api/withdraw", {});
      box.close();
      tell("issue", issue);
      say(`No. ${issue.number} is open again.`);
    } catch (error) {
      said.textContent = error.message;
      yes.disabled = false;
    }
  });
}

function sendTest() {
  const said = wrong();
  if (!state.issue.can_send) {
    const box = dialog("Send a test", h("p", { text: "The config names no relay: add smtp.host and the rest, as docs/config.md shows. The .eml can be downloaded and opened in any mail program." }),
      h("div", { className: "ends" }, button("Close", () => box.close())));
    return;
  }
  let known = "";
  try { known = localStorage.getItem("desk:test-to") || ""; } catch { /* then it is asked each time */ }
  const to = h("input", { id: "test-to", type: "text", value: known, required: true, autocomplete: "email", inputmode: "email" });
  const which = h("select", { id: "test-edition" }, h("option", { value: "", text: "Every edition" }), state.issue.editions.map((each) => h("option", { value: each.name, text: each.name, selected: each.name === state.edition })));
  const yes = h("button", { type: "submit", className: "main" }, "Send");
  const form = h("form", { method: "dialog" },
    h("div", { className: "field" }, h("label", { for: "test-to" }, "To (addresses, apart by commas)"), to),
    state.issue.editions.length > 1 ? h("div", { className: "field" }, h("label", { for: "test-edition" }, "Edition"), which) : null,
    said, h("div", { className: "ends" }, button("Cancel", () => box.close()), yes));
  const box = dialog("Send a test", form);
  to.focus();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    yes.disabled = true;
    said.textContent = "";
    if (!(await settled())) { said.textContent = "Some words are not saved yet."; yes.disabled = false; return; }
    try {
      const answer = await write("/api/test", { to: to.value.split(/[,;\s]+/).filter(Boolean), edition: state.issue.editions.length > 1 ? which.value || null : null });
      try { localStorage.setItem("desk:test-to", to.value); } catch { /* as above */ }
      box.close();
      say(`Sent: ${answer.said}`);
    } catch (error) {
      said.textContent = error.message;
      yes.disabled = false;
    }
  });
}
