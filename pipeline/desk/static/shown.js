// How a picture is shown: the cut one as it stands in the letter on a computer and on a phone, to scale.

import { h } from "./dom.js";

const SCALE = 0.27; // both fit beside each other in the form
const SHEETS = [
  { name: "On a computer", width: 640, lead: [592, 320], next: [176, 176] },
  { name: "On a phone", width: 375, lead: [339, 183], next: [339, 339] },
];

export class ShownPicture {
  constructor(src, alt, isLead) {
    this.images = SHEETS.map(() => h("img", { src, alt: "" }));
    this.images[0].alt = alt;
    const sheets = SHEETS.map((sheet, at) => this.sheet(sheet, sheet[isLead ? "lead" : "next"], this.images[at]));
    this.element = h("div", { className: "shown" }, sheets);
  }

  sheet({ name, width }, [across, down], image) {
    const cut = h("div", { className: "cut" }, image);
    Object.assign(cut.style, { width: `${across * SCALE}px`, height: `${down * SCALE}px` });
    const page = h(
      "div",
      { className: across < width / 2 ? "sheet beside" : "sheet" },
      cut,
      h("div", { className: "words" }),
    );
    page.style.width = `${width * SCALE}px`;
    return h("figure", {}, page, h("figcaption", { className: "soft", text: name }));
  }

  // Show a part of the whole picture: its left, top, width and height as shares of the picture's.
  cut(left, top, width, height) {
    for (const image of this.images) {
      Object.assign(image.style, {
        width: `${100 / width}%`,
        height: `${100 / height}%`,
        left: `${(-100 * left) / width}%`,
        top: `${(-100 * top) / height}%`,
      });
    }
  }
}
