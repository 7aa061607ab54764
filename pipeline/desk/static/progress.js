// A bar at the top of the page while something takes longer than half a second.

import { byId } from "./dom.js";

const SLOW_MS = 500;
let slow = 0;

function change(by) {
  slow += by;
  byId("progress").hidden = slow === 0;
}

export async function withProgress(work) {
  let isSlow = false;
  const timer = setTimeout(() => {
    isSlow = true;
    change(1);
  }, SLOW_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    if (isSlow) change(-1);
  }
}
