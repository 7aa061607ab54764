// The editor's changes on their way: one request at a time, nothing lost when the server is away, each undone by a key.

import { Refused, Unreachable, write } from "./net.js";
import { edited, say, state, tell } from "./state.js";

const TOGETHER_MS = 1500; // what is typed into one field without a pause is undone at once
const waiting = []; // {edition, change, path?}
const flying = new Map(); // path → value on its way
let sent = []; // the batch on its way
let busy = false;
let undone = []; // steps: {edition, changes, path, at}
let redone = [];
let retry = null;

const keptUnder = () => `desk:unsent:${state.issue?.key}`;

// What the editor saw when they changed a word: what is on its way, or what the server said last.
function seen(edition, path) {
  const key = `${edition} ${path}`;
  return flying.has(key) ? flying.get(key) : edited(path);
}

export function typed(path, value) {
  const known = waiting.find((each) => each.path === path && each.edition === state.edition);
  if (known) known.change.value = value;
  else {
    const was = seen(state.edition, path);
    waiting.push({ edition: state.edition, path, change: { kind: "set", path, value, was } });
  }
  changed();
}

export function act(change) {
  waiting.push({ edition: state.edition, change });
  changed();
}

export const unsaved = () => waiting.length > 0 || busy;
export const isOnItsWay = (path) =>
  waiting.some((each) => each.path === path) || flying.has(`${state.edition} ${path}`);

function changed() {
  tell("saving");
  keep();
  if (!busy && !retry) flush();
}

// Words that were not sent outlive the tab.
function keep() {
  try {
    const words = [...sent, ...waiting].filter((each) => each.path);
    if (words.length) localStorage.setItem(keptUnder(), JSON.stringify(words));
    else localStorage.removeItem(keptUnder());
  } catch { /* a browser without storage still has the page */ }
}

export function restoreUnsent() {
  try {
    const words = JSON.parse(localStorage.getItem(keptUnder()) || "[]");
    if (!words.length) return;
    waiting.push(...words);
    say("Words that were not saved when the page was closed are being saved now.");
    changed();
  } catch { /* nothing that can be read */ }
}

async function flush() {
  if (busy || !waiting.length) return;
  busy = true;
  const { edition, step: kind } = waiting[0];
  let count = 0;
  while (count < waiting.length && waiting[count].edition === edition && waiting[count].step === kind) count += 1;
  const batch = waiting.splice(0, count);
  sent = batch;
  for (const each of batch) if (each.path) flying.set(`${edition} ${each.path}`, each.change.value);
  try {
    const answer = await write(`/api/changes/${encodeURIComponent(edition)}`, { changes: batch.map((each) => each.change) });
    remember(edition, batch, answer.undo);
    land(edition, batch);
    if (edition === state.edition) tell("sheet", answer.sheet);
    keep();
    tell(waiting.length ? "saving" : "saved");
  } catch (error) {
    land(edition, batch);
    failed(error, edition, batch);
  } finally {
    busy = false;
  }
  if (waiting.length && !retry) flush();
}

function land(edition, batch) {
  sent = [];
  for (const each of batch) if (each.path) flying.delete(`${edition} ${each.path}`);
}

function failed(error, edition, batch) {
  if (error instanceof Unreachable || error.login || [423, 503].includes(error.status)) {
    // Back in line, but for words that were typed over since. Nobody knows whether what was sent has arrived.
    for (const each of batch) if (each.path) each.change.tried = [...(each.change.tried || []), each.change.value];
    const over = (each) => waiting.find((other) => each.path && other.path === each.path && other.edition === each.edition);
    for (const each of batch) {
      const later = over(each);
      if (later) Object.assign(later.change, { was: each.change.was, tried: each.change.tried });
    }
    waiting.unshift(...batch.filter((each) => !over(each)));
    keep();
    tell("unsaved", error.login ? "signed-out" : error.status === 423 ? "locked" : error.status ? error.message : "unreachable");
    retry = setTimeout(() => { retry = null; flush(); }, 1000);
    return;
  }
  if (error instanceof Refused && error.conflict) {
    const clash = batch.find((each) => each.path === error.conflict.path);
    if (clash) waiting.unshift(...batch.filter((each) => each !== clash));
    keep();
    if (clash) tell("conflict", { edition, path: clash.path, mine: clash.change.value, theirs: error.conflict.current });
    else say(`${error.message}; it was not undone.`, "bad");
    return;
  }
  tell("unsaved", "refused");
  const paths = batch.map((each) => each.path).filter(Boolean);
  if (paths.length < batch.length) say(error.message, "bad");
  tell("refused", { edition, paths, message: error.message });
}

export function comeBack() {
  if (retry) clearTimeout(retry);
  retry = null;
  flush();
}

function remember(edition, batch, undo) {
  if (!undo.length) return;
  const kind = batch[0].step;
  if (kind === "undo") { redone.push({ edition, changes: undo }); tell("undo"); return; }
  const path = batch.length === 1 ? batch[0].path : null;
  const last = undone.at(-1);
  if (kind !== "redo") redone = [];
  if (path && kind !== "redo" && last?.path === path && last.edition === edition && performance.now() - last.at < TOGETHER_MS && undo.length === 1) {
    last.changes[0].was = undo[0].was;
    last.at = performance.now();
  } else undone.push({ edition, changes: undo, path, at: performance.now() });
  tell("undo");
}

export const canUndo = () => undone.length > 0;
export const canRedo = () => redone.length > 0;

export function undo() {
  step(undone, "undo");
}

export function redo() {
  step(redone, "redo");
}

function step(steps, kind) {
  const last = steps.pop();
  if (!last) return;
  tell("undo");
  for (const change of last.changes) waiting.push({ edition: last.edition, change, step: kind });
  changed();
  if (last.edition !== state.edition) say(`Undone in ${last.edition}.`);
}

addEventListener("beforeunload", (event) => {
  if (unsaved()) event.preventDefault();
});
