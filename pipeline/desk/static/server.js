// Requests to the desk's server.

import { withProgress } from "./progress.js";

let token = document.querySelector('meta[name="desk-token"]').content;

export class RefusedError extends Error {
  constructor(status, answer) {
    super(answer.error || `The desk answered ${status}.`);
    this.status = status;
    this.conflict = answer.conflict || null;
    this.login = Boolean(answer.login);
    this.tokenExpired = Boolean(answer.token);
  }
}

export class UnreachableError extends Error {}

async function request(path, options) {
  let response;
  try {
    response = await withProgress(fetch(path, { credentials: "same-origin", ...options }));
  } catch {
    throw new UnreachableError("The desk's server does not respond.");
  }
  if (response.ok) return response;
  throw new RefusedError(response.status, await response.json().catch(() => ({})));
}

export async function read(path) {
  return (await request(path)).json();
}

export async function readText(path) {
  return (await request(path)).text();
}

// Send JSON or a file. A restarted server has a new token, which is fetched once.
export async function write(path, body) {
  const isFile = body instanceof Blob;
  const send = () =>
    request(path, {
      method: "POST",
      headers: { "x-desk-token": token, "content-type": isFile ? "application/octet-stream" : "application/json" },
      body: isFile ? body : JSON.stringify(body),
    });
  try {
    return await (await send()).json();
  } catch (error) {
    if (!error.tokenExpired) throw error;
    token = (await read("/api/token")).token;
    return (await send()).json();
  }
}

// Call `onVersion` for each version of the issue, `onLost` when the connection breaks and `onBack` when it is back.
export function listen({ onVersion, onLost, onBack }) {
  let source;
  let broken = false;
  const open = () => {
    source = new EventSource("/api/versions");
    source.onopen = () => {
      if (broken) onBack();
      broken = false;
    };
    source.onmessage = (event) => onVersion(Number(event.data));
    source.onerror = () => {
      if (!broken) onLost();
      broken = true;
      // After some responses the browser stops reconnecting by itself.
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 1000);
    };
  };
  open();
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    source.close();
    open();
  });
}
