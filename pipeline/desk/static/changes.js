// The queue of the editor's changes: one request at a time, retried while the server is away; undo and redo.

import { local, session, store, stored } from "./dom.js";
import { RefusedError, UnreachableError, write } from "./server.js";
import { edited, emit, notify, state } from "./state.js";

const MERGE_MS = 1500; // typing in one field without a longer pause is one step of undo
const RETRY_MS = 1000;
const RETRIED_STATUSES = [423, 503];
const MAX_STEPS = 200; // that a reload keeps

const waiting = []; // {edition, change, path?, step?}
const inFlight = new Map(); // "edition path" → value
let sent = []; // the batch that was sent last
let busy = false;
const deferred = []; // undo and redo, until what was changed before them is saved
let undoSteps = []; // {edition, changes, path, at}
let redoSteps = [];
let retryTimer = null;

const storageKey = () => `desk:unsent:${state.issue?.key}`;
const stepsKey = () => `desk:steps:${state.issue?.key}`;
const isSameField = (one, other) => one.path && one.path === other.path && one.edition === other.edition;

// The value that the editor saw when they changed a field: the one in flight, or the server's last one.
function seenValue(path) {
  const key = `${state.editionName} ${path}`;
  return inFlight.has(key) ? inFlight.get(key) : edited(path);
}

export function setValue(path, value) {
  const edition = state.editionName;
  emit("typed", path);
  const queued = waiting.find((item) => isSameField(item, { path, edition }));
  if (queued) queued.change.value = value;
  else waiting.push({ edition, path, change: { kind: "set", path, value, was: seenValue(path) } });
  enqueued();
}

export function sendChange(change) {
  waiting.push({ edition: state.editionName, change });
  enqueued();
}

// A change that survives a closed tab like a text; made twice, it is made once.
export function sendKept(path, change) {
  waiting.push({ edition: state.editionName, path, change });
  enqueued();
}

// Changes that are one step for the editor: `texts` are values by path, set together with the change.
export function sendWithTexts(change, texts) {
  const edition = state.editionName;
  waiting.push({ edition, change });
  for (const [path, value] of texts) {
    waiting.push({ edition, path, change: { kind: "set", path, value, was: seenValue(path) } });
  }
  enqueued();
}

export const isUnsaved = () => waiting.length > 0 || busy;

export const isPending = (path) =>
  waiting.some((item) => item.path === path) || inFlight.has(`${state.editionName} ${path}`);

function enqueued() {
  emit("saving");
  storeUnsent();
  if (!busy && !retryTimer) flush();
}

// Unsent texts survive a closed tab.
function storeUnsent() {
  const texts = [...sent, ...waiting].filter((item) => item.path);
  store(local, storageKey(), texts.length ? JSON.stringify(texts) : null);
}

export function restoreUnsent() {
  let texts;
  try {
    texts = JSON.parse(stored(local, storageKey()) || "[]");
  } catch {
    return;
  }
  if (!texts.length) return;
  waiting.push(...texts);
  notify("Saving the changes that were not saved when the page was closed.");
  enqueued();
}

async function flush() {
  if (busy || !waiting.length) return;
  busy = true;
  const batch = takeBatch();
  const { edition } = batch[0];
  try {
    const path = `/api/changes/${encodeURIComponent(edition)}`;
    const answer = await write(path, { changes: batch.map((item) => item.change) });
    rememberUndo(edition, batch, answer.undo);
    landed(edition, batch);
    if (edition === state.editionName) emit("edition-sent", answer.edition);
    storeUnsent();
    emit(waiting.length ? "saving" : "saved");
  } catch (error) {
    landed(edition, batch);
    failed(error, edition, batch);
  } finally {
    busy = false;
  }
  if (waiting.length && !retryTimer) flush();
  else if (!waiting.length) for (const replayNow of deferred.splice(0)) replayNow();
}

// The changes at the head of the queue that belong to one edition and one step of undo.
function takeBatch() {
  const { edition, step } = waiting[0];
  const end = waiting.findIndex((item) => item.edition !== edition || item.step !== step);
  sent = waiting.splice(0, end < 0 ? waiting.length : end);
  for (const item of sent) if (item.path) inFlight.set(`${edition} ${item.path}`, item.change.value);
  return sent;
}

function landed(edition, batch) {
  sent = [];
  for (const item of batch) if (item.path) inFlight.delete(`${edition} ${item.path}`);
}

function failed(error, edition, batch) {
  if (error instanceof UnreachableError || error.login || RETRIED_STATUSES.includes(error.status)) {
    requeue(batch);
    emit("unsaved", reasonUnsaved(error));
    retryTimer = setTimeout(retryNow, RETRY_MS);
  } else if (error instanceof RefusedError && error.conflict) {
    conflicted(error, edition, batch);
  } else {
    emit("unsaved", "refused");
    const paths = batch.map((item) => item.path).filter(Boolean);
    if (paths.length < batch.length) notify(error.message, "bad");
    emit("refused", { edition, paths, message: error.message });
  }
}

function reasonUnsaved(error) {
  if (error.login) return "signed-out";
  if (error.status === 423) return "locked";
  return error.status ? error.message : "unreachable";
}

// Put a batch back at the head of the queue, except for texts typed since. It may have arrived: `tried` says so.
function requeue(batch) {
  const kept = [];
  for (const item of batch) {
    if (item.path) item.change.tried = [...(item.change.tried || []), item.change.value];
    const later = waiting.find((other) => isSameField(item, other));
    if (later) Object.assign(later.change, { was: item.change.was, tried: item.change.tried });
    else kept.push(item);
  }
  waiting.unshift(...kept);
  storeUnsent();
}

function conflicted(error, edition, batch) {
  const conflict = batch.find((item) => item.path === error.conflict.path);
  if (conflict) waiting.unshift(...batch.filter((item) => item !== conflict));
  storeUnsent();
  if (!conflict) {
    emit(waiting.length ? "saving" : "saved");
    return notify(`Not undone: ${error.message}.`, "bad");
  }
  const { path, change } = conflict;
  emit("conflict", { edition, path, mine: change.value, theirs: error.conflict.current });
}

export function retryNow() {
  if (retryTimer) clearTimeout(retryTimer);
  retryTimer = null;
  flush();
}

function rememberUndo(edition, batch, undo) {
  if (!undo.length) return;
  const { step } = batch[0];
  if (step === "undo") redoSteps.push({ edition, changes: undo });
  else {
    if (step !== "redo") redoSteps = [];
    const path = batch.length === 1 ? batch[0].path : null;
    const last = undoSteps.at(-1);
    const recent = last && isSameField({ path, edition }, last) && performance.now() - last.at < MERGE_MS;
    if (recent && step !== "redo" && undo.length === 1) {
      last.changes[0].was = undo[0].was;
      last.at = performance.now();
    } else undoSteps.push({ edition, changes: undo, path, at: performance.now() });
  }
  stepsChanged();
}

// The steps survive a reload of this tab. A step whose texts someone has changed since is refused as a conflict.
function stepsChanged() {
  const steps = [undoSteps, redoSteps].map((list) => list.slice(-MAX_STEPS));
  store(session, stepsKey(), JSON.stringify(steps));
  emit("undo-changed");
}

export function restoreSteps() {
  try {
    [undoSteps, redoSteps] = JSON.parse(stored(session, stepsKey())) ?? [[], []];
  } catch {
    return;
  }
  for (const step of undoSteps) step.at = Number.NEGATIVE_INFINITY; // typing does not go on with a step from before
  emit("undo-changed");
}

export const canUndo = () => undoSteps.length > 0;
export const canRedo = () => redoSteps.length > 0;
export const undo = () => replay(undoSteps, "undo");
export const redo = () => replay(redoSteps, "redo");

function replay(steps, step) {
  // The step of a change is known when it has been answered: until then the newest step is another one.
  if (busy && !sent[0]?.step) return deferred.push(() => replay(steps, step));
  const last = steps.pop();
  if (!last) return;
  stepsChanged();
  emit("replayed");
  for (const change of last.changes) waiting.push({ edition: last.edition, change, step });
  enqueued();
  if (last.edition !== state.editionName) notify(`Changed in the edition ${last.edition}.`);
}

addEventListener("beforeunload", (event) => {
  if (isUnsaved()) event.preventDefault();
});
