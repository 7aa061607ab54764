// Choose the visible part of a picture: drag the box, move it with the arrow keys, zoom with + and −; Enter ends it.

import { setValue } from "./changes.js";
import { button, fill, h } from "./dom.js";
import { ShownPicture } from "./shown.js";
import { edited, notify } from "./state.js";

const LEAD_RATIO = 592 / 320; // width to height; other features are square
const STEP = 0.05; // of the picture's size, for an arrow key
const ZOOM_STEP = 0.1;
const MAX_ZOOM = 4;
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
const BOX_LABEL = "Visible part: arrow keys move it, + and − zoom, Enter ends";

export class CropTool {
  // `automatic` is the part that is shown where the editor has chosen none.
  constructor(container, url, path, isLead, automatic, done) {
    this.path = path;
    this.done = done;
    this.ratio = isLead ? LEAD_RATIO : 1;
    [this.x, this.y, this.zoom] = edited(path) || automatic; // the centre, from 0 to 1
    this.shown = new ShownPicture(url, "The visible part", isLead);
    this.image = h("img", { src: url, alt: "The whole picture" });
    this.image.addEventListener("error", () => notify("The whole picture is not stored.", "bad"));
    this.image.addEventListener("load", () => this.draw());
    this.box = h("div", { className: "crop-box", tabIndex: 0, role: "group", "aria-label": BOX_LABEL });
    this.slider = h("input", { type: "range", min: "1", max: String(MAX_ZOOM), step: String(ZOOM_STEP), id: "zoom" });
    this.slider.value = this.zoom;
    this.listen();
    const quiet = { className: "quiet" };
    const reset = () => {
      setValue(path, null);
      done();
    };
    fill(
      container,
      h("div", { className: "crop-stage" }, this.image, this.box),
      h("div", { className: "label" }, h("label", { for: "zoom" }, "Zoom"), this.slider),
      h("div", { className: "group" }, button("Done", done, quiet), button("Automatic", reset, quiet)),
      this.shown.element,
    );
    this.box.focus();
  }

  listen() {
    const { box } = this;
    this.slider.addEventListener("input", () => {
      this.zoom = Number(this.slider.value);
      this.save();
    });
    box.addEventListener("keydown", (event) => this.onKey(event));
    box.addEventListener("pointerdown", (event) => {
      box.setPointerCapture(event.pointerId);
      event.preventDefault();
      box.focus();
    });
    box.addEventListener("pointermove", (event) => {
      if (!box.hasPointerCapture(event.pointerId)) return;
      this.x += event.movementX / this.image.clientWidth;
      this.y += event.movementY / this.image.clientHeight;
      this.save();
    });
  }

  onKey(event) {
    if (event.key === "Enter" || event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      return this.done();
    }
    const move = ARROWS[event.key];
    const zoom = { "+": ZOOM_STEP, "-": -ZOOM_STEP }[event.key];
    if (move) {
      this.x += move[0];
      this.y += move[1];
    } else if (zoom) {
      this.zoom = Math.min(MAX_ZOOM, Math.max(1, this.zoom + zoom));
      this.slider.value = this.zoom;
    } else return;
    event.preventDefault();
    event.stopPropagation();
    this.save();
  }

  // Keep the box inside the picture and draw it.
  draw() {
    const { clientWidth, clientHeight } = this.image;
    const width = Math.min(clientWidth, clientHeight * this.ratio) / this.zoom;
    const height = width / this.ratio;
    this.x = Math.min(Math.max(this.x, width / 2 / clientWidth), 1 - width / 2 / clientWidth);
    this.y = Math.min(Math.max(this.y, height / 2 / clientHeight), 1 - height / 2 / clientHeight);
    const left = this.x * clientWidth - width / 2;
    const top = this.y * clientHeight - height / 2;
    Object.assign(this.box.style, { width: `${width}px`, height: `${height}px`, left: `${left}px`, top: `${top}px` });
    this.shown.cut(left / clientWidth, top / clientHeight, width / clientWidth, height / clientHeight);
  }

  save() {
    this.draw();
    const rounded = [this.x, this.y, this.zoom].map((number) => Math.round(number * 1000) / 1000);
    setValue(this.path, rounded);
  }
}
