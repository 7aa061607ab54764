// The server: reading, writing with the token, and hearing of changes.

let token = document.querySelector('meta[name="desk-token"]').content;

export class Refused extends Error {
  constructor(status, answer) {
    super(answer.error || `The desk answered ${status}.`);
    this.status = status;
    this.conflict = answer.conflict || null;
    this.login = Boolean(answer.login);
  }
}

export class Unreachable extends Error {}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...options });
  } catch {
    throw new Unreachable("The desk's server does not answer.");
  }
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  throw Object.assign(new Refused(answer.status, said), { renew: Boolean(said.token) });
}

export async function read(path) {
  return (await ask(path)).json();
}

export async function readText(path) {
  return (await ask(path)).text();
}

// A write. The server has another token after it was started anew: it is asked for once.
export async function write(path, body) {
  const raw = body instanceof Blob;
  const send = () => ask(path, {
    method: "POST",
    headers: { "x-desk-token": token, "content-type": raw ? "application/octet-stream" : "application/json" },
    body: raw ? body : JSON.stringify(body),
  });
  try {
    return await (await send()).json();
  } catch (error) {
    if (!error.renew) throw error;
    token = (await read("/api/token")).token;
    return (await send()).json();
  }
}

// Calls `heard` for each version of the desk, `lost` when the line breaks and `back` when it is there again.
export function listen({ heard, lost, back }) {
  let source;
  let broken = false;
  const open = () => {
    source = new EventSource("/api/events");
    source.onopen = () => {
      if (broken) back();
      broken = false;
    };
    source.onmessage = (event) => heard(Number(event.data));
    source.onerror = () => {
      if (!broken) lost();
      broken = true;
      // A browser gives up on some answers; the desk does not.
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 1000);
    };
  };
  open();
  addEventListener("pageshow", (event) => {
    if (event.persisted) { source.close(); open(); }
  });
}
