// A feature's picture: another of its story's, an upload, none; what it shows, and which part of it is shown.

import { typed } from "./changes.js";
import { button, fill, h } from "./dom.js";
import { read, write } from "./net.js";
import { approved, edited, machine, say, section, state } from "./state.js";
import { word } from "./words.js";

const RATIO = { lead: 592 / 320, square: 1 };
const STEP = 0.05;

export function pictureField(story, fields) {
  const path = (name) => `stories.${story}.${name}`;
  const preview = h("div", { className: "preview" });
  const chooser = h("div", { className: "chooser", hidden: true });
  const off = approved();
  const upload = h("input", { type: "file", accept: "image/jpeg,image/png,image/gif,image/webp", className: "unseen", id: `upload-${story}`, tabIndex: -1, "aria-hidden": "true",
    on: { change: () => { if (upload.files[0]) send(upload.files[0]); upload.value = ""; } } });
  const set = (picture) => { typed(path("crop"), null); typed(path("picture"), picture); chooser.hidden = true; };

  async function send(file) {
    const most = state.issue.most_upload_bytes;
    if (file.size > most) return say(`That file is too large: ${Math.round(most / 1e6)} MB are the most.`, "bad");
    say("Uploading…");
    const alt = fields.get(path("alt"));
    const before = alt?.value();
    try {
      const { picture } = await write(`/api/uploads/${encodeURIComponent(state.edition)}`, file);
      // The alt text was the old picture's, but for one that was typed meanwhile.
      if (alt?.value() === before) typed(path("alt"), "");
      set(picture);
      say("The picture is in. Say what it shows, for those who do not see it.");
      fields.get(path("alt"))?.focus();
    } catch (error) {
      say(error.message, "bad");
    }
  }

  async function choose() {
    chooser.hidden = !chooser.hidden;
    if (chooser.hidden) return;
    fill(chooser, h("p", { className: "soft", text: "Looking for the story's pictures…" }));
    let found = await read(`/api/pictures/${encodeURIComponent(state.edition)}/${story}`).catch(() => []);
    show(found.filter((each) => each.here));
    if (found.some((each) => !each.here)) {
      try {
        found = await write(`/api/pictures/${encodeURIComponent(state.edition)}/${story}`, {});
      } catch (error) { say(error.message, "bad"); }
    }
    show(found.filter((each) => each.here));
  }

  function show(found) {
    fill(chooser, found.length ? h("ul", { className: "shelf" }, found.map((each) => h("li", {}, h("button", {
      type: "button", "aria-label": `Use the picture ${each.alt ? `“${each.alt}” ` : ""}from ${each.from}`, on: { click: () => set(each.picture) },
    }, h("img", { src: shown(each.picture), alt: "", width: "120", loading: "lazy" }), h("span", { className: "about", text: each.from, dir: "auto" })))))
      : h("p", { className: "soft", text: "There is no other picture of this story." }));
  }

  const element = h("div", { className: "field picture", role: "group", "aria-label": "Picture" },
    h("div", { className: "label" }, h("span", { text: "Picture" })), preview,
    off ? null : h("div", { className: "moves" }, h("div", { className: "group" },
      button("Another…", choose, { className: "quiet" }), button("Upload…", () => upload.click(), { className: "quiet" }),
      button("None", () => set("none"), { className: "quiet" }), button("Its own", () => set(null), { className: "quiet" })), upload),
    chooser,
    word(path("alt"), "What it shows (alt text)", { lang: null }),
    word(path("credit"), "Picture credit", {}));
  fields.set(`${path("picture")}`, { sync: () => paint(story, preview, path), focus: () => element.querySelector("button")?.focus(), clash: () => say("Someone else has chosen another picture meanwhile.", "bad"), refuse: (message) => say(message, "bad") });
  fields.set(`${path("crop")}`, { sync() {}, focus() {}, clash: () => say("Someone else has cropped the picture meanwhile.", "bad"), refuse: (message) => say(message, "bad") });
  paint(story, preview, path);
  return element;
}

const shown = (picture) => `/shown/${encodeURIComponent(state.edition)}?picture=${encodeURIComponent(picture)}`;

function paint(story, preview, path) {
  const name = state.sheet.shown?.stories[story]?.picture;
  const picture = edited(path("picture"));
  const key = JSON.stringify([name, picture, edited(path("crop")), section("features")[0]?.story === story]);
  if (preview.dataset.key === key || preview.dataset.key === "cropping") return;
  preview.dataset.key = key;
  if (picture === "none" || !name) return fill(preview, h("p", { className: "soft", text: "No picture." }));
  const address = `/proof/${encodeURIComponent(state.edition)}/pictures/${encodeURIComponent(name)}`;
  fill(preview, h("img", { src: address, alt: machine(path("alt")) || "The picture as it is shown", className: "as-shown" }),
    approved() ? null : button("Crop…", () => crop(story, preview, path, picture), { className: "quiet", data: { focus: "crop" } }));
}

async function crop(story, preview, path, picture) {
  const lead = section("features")[0]?.story === story;
  let source = picture;
  if (!source) { // the story's own has no address in the edits: it is the first of its pictures
    const found = await read(`/api/pictures/${encodeURIComponent(state.edition)}/${story}`).catch(() => []);
    source = found.find((each) => each.here && !each.picture.startsWith("uploads/"))?.picture;
  }
  if (!source) return say("A drawn cover has nothing to crop: give the story a picture first.");
  const image = h("img", { src: shown(source), alt: "The whole picture" });
  image.addEventListener("error", () => say("The whole picture is not kept here.", "bad"));
  const box = h("div", { className: "crop-box", tabIndex: 0, role: "group", "aria-label": "What is shown: arrow keys move it, + and − enlarge" });
  const zoom = h("input", { type: "range", min: "1", max: "4", step: "0.1", id: "zoom" });
  let [across, down, enlarged] = edited(path("crop")) || [0.5, 0.5, 1];
  zoom.value = enlarged;
  const stage = h("div", { className: "crop-stage" }, image, box);
  const put = (save = true) => {
    const ratio = lead ? RATIO.lead : RATIO.square;
    const { clientWidth: width, clientHeight: height } = image;
    const wide = Math.min(width, height * ratio) / enlarged;
    const high = wide / ratio;
    across = Math.min(Math.max(across, wide / 2 / width), 1 - wide / 2 / width);
    down = Math.min(Math.max(down, high / 2 / height), 1 - high / 2 / height);
    Object.assign(box.style, { width: `${wide}px`, height: `${high}px`, left: `${across * width - wide / 2}px`, top: `${down * height - high / 2}px` });
    if (save) typed(path("crop"), [across, down, enlarged].map((each) => Math.round(each * 1000) / 1000));
  };
  image.addEventListener("load", () => put(false));
  zoom.addEventListener("input", () => { enlarged = Number(zoom.value); put(); });
  box.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
    if (by) { across += by[0]; down += by[1]; } else if (event.key === "+" || event.key === "-") {
      enlarged = Math.min(4, Math.max(1, enlarged + (event.key === "+" ? 0.1 : -0.1)));
      zoom.value = enlarged;
    } else return;
    event.preventDefault();
    event.stopPropagation();
    put();
  });
  box.addEventListener("pointerdown", (event) => { box.setPointerCapture(event.pointerId); event.preventDefault(); box.focus(); });
  box.addEventListener("pointermove", (event) => {
    if (!box.hasPointerCapture(event.pointerId)) return;
    across += event.movementX / image.clientWidth;
    down += event.movementY / image.clientHeight;
    put();
  });
  fill(preview, stage, h("div", { className: "label" }, h("label", { for: "zoom" }, "Enlarge"), zoom),
    h("div", { className: "group" }, button("Done", () => { preview.dataset.key = ""; paint(story, preview, path); }, { className: "quiet" }),
      button("Automatic", () => { typed(path("crop"), null); preview.dataset.key = ""; paint(story, preview, path); }, { className: "quiet" })));
  preview.dataset.key = "cropping";
  box.focus();
}
