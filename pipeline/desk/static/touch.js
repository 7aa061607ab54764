// Drag and drop by touch: hold a story, move it, let it go. Browsers drag by mouse alone, or by touch in ways of their
// own.

const HOLD_MS = 450; // before a browser's own long press
const SLOP = 10; // pixels that a finger moves while it holds still
const EDGE = 70; // pixels from the edge of the window at which the page scrolls along
const STEP = 14;
const SCROLL_MS = 30;

let hold = null;
let start = null;
let lifted = null;
let under = null;
let finger = null;
let scrolling = null;

export function startTouch() {
  document.addEventListener("touchstart", begin, { passive: true });
  document.addEventListener("touchmove", move, { passive: false });
  document.addEventListener("touchend", end, { passive: false });
  document.addEventListener("touchcancel", cancel);
  const suppress = (event) => (lifted || hold) && event.isTrusted && event.preventDefault();
  document.addEventListener("contextmenu", suppress);
  document.addEventListener("dragstart", suppress, true);
}

function begin({ target, touches }) {
  cancel();
  const item = target.closest?.('.item[draggable="true"]');
  if (!item || touches.length !== 1) return;
  start = { x: touches[0].clientX, y: touches[0].clientY };
  hold = setTimeout(() => lift(item), HOLD_MS);
}

function lift(item) {
  hold = null;
  lifted = item;
  finger = start;
  item.classList.add("lifted");
  send(item, "dragstart");
  scrolling = setInterval(scrollAtEdge, SCROLL_MS);
}

function move(event) {
  const { clientX: x, clientY: y } = event.touches[0];
  if (!lifted) {
    if (start && Math.hypot(x - start.x, y - start.y) > SLOP) stopHolding();
    return;
  }
  event.preventDefault();
  finger = { x, y };
  over();
}

function over() {
  const element = document.elementFromPoint(finger.x, finger.y);
  if (under && under !== element) send(under, "dragleave");
  under = element;
  if (under) send(under, "dragover");
}

function scrollAtEdge() {
  const by = finger.y < EDGE ? -STEP : finger.y > innerHeight - EDGE ? STEP : 0;
  if (!by) return;
  for (let element = under; element; element = element.parentElement) element.scrollTop += by;
  scrollBy(0, by);
  over();
}

function end(event) {
  if (lifted) {
    event.preventDefault(); // no click follows
    if (under) send(under, "drop");
  }
  cancel();
}

function cancel() {
  stopHolding();
  clearInterval(scrolling);
  if (!lifted) return;
  lifted.classList.remove("lifted");
  send(lifted, "dragend");
  lifted = null;
  under = null;
}

function stopHolding() {
  clearTimeout(hold);
  hold = null;
  start = null;
}

function send(element, name) {
  const dataTransfer = new DataTransfer();
  element.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer }));
}
