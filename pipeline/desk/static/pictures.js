// A feature's picture: the story's own, another one, an upload or none; its alt text and its credit.

import { setValue } from "./changes.js";
import { CropTool } from "./crop.js";
import { button, fill, h } from "./dom.js";
import { fields, textField } from "./fields.js";
import { read, write } from "./server.js";
import { ShownPicture } from "./shown.js";
import { approved, edited, editionUrl, generated, isLead, notify, state } from "./state.js";

const ACCEPTED = "image/jpeg,image/png,image/gif,image/webp,image/avif,image/heic";

export function pictureField(story) {
  const field = new PictureField(story);
  fields.set(field.path("picture"), field);
  fields.set(field.path("crop"), field.cropField());
  field.sync();
  return field.element;
}

class PictureField {
  constructor(story) {
    this.story = story;
    this.label = "Picture";
    this.shownKey = ""; // of what the thumbnail shows
    this.cropping = false;
    this.thumbnail = h("div", { className: "thumbnail" });
    this.chooser = h("div", { className: "chooser", hidden: true });
    this.element = h(
      "div",
      { className: "field picture", role: "group", "aria-label": "Picture" },
      h("div", { className: "label" }, h("span", { text: "Picture" })),
      this.thumbnail,
      approved() ? null : this.buttons(),
      this.chooser,
      textField(this.path("alt"), "Alt text", { hint: "Describe the picture for readers who cannot see it." }),
      textField(this.path("credit"), "Picture credit"),
    );
  }

  path(name) {
    return `stories.${this.story}.${name}`;
  }

  buttons() {
    const input = h("input", {
      type: "file",
      accept: ACCEPTED,
      className: "visually-hidden",
      id: `upload-${this.story}`,
      tabIndex: -1,
      "aria-hidden": "true",
    });
    input.addEventListener("change", () => {
      if (input.files[0]) this.upload(input.files[0]);
      input.value = "";
    });
    const quiet = { className: "quiet" };
    const group = h(
      "div",
      { className: "group" },
      button("Choose…", () => this.toggleChooser(), quiet),
      button("Upload…", () => input.click(), quiet),
      button("None", () => this.use("none"), quiet),
      button("Default", () => this.use(null), quiet),
    );
    return h("div", { className: "moves" }, group, input);
  }

  use(picture) {
    setValue(this.path("crop"), null);
    setValue(this.path("picture"), picture);
    this.chooser.hidden = true;
  }

  async upload(file) {
    const limit = state.issue.max_upload_bytes;
    if (file.size > limit) return notify(`This file is larger than ${Math.round(limit / 1e6)} MB.`, "bad");
    notify("Uploading…");
    const alt = fields.get(this.path("alt"));
    const altBefore = alt?.input.value;
    try {
      const { picture } = await write(editionUrl("/api/uploads"), file);
      // The alt text described the old picture, unless it was typed during the upload.
      if (alt?.input.value === altBefore) setValue(this.path("alt"), "");
      this.use(picture);
      notify("The picture is uploaded. Describe it in the alt text.");
      fields.get(this.path("alt"))?.focus();
    } catch (error) {
      notify(error.message, "bad");
    }
  }

  async toggleChooser() {
    this.chooser.hidden = !this.chooser.hidden;
    if (this.chooser.hidden) return;
    fill(this.chooser, h("p", { className: "soft", text: "Loading pictures…" }));
    const url = `${editionUrl("/api/pictures")}/${this.story}`;
    let pictures = await read(url).catch(() => []);
    this.showChoices(pictures);
    if (pictures.some((picture) => !picture.stored)) {
      try {
        pictures = await write(url, {});
      } catch (error) {
        notify(error.message, "bad");
      }
    }
    this.showChoices(pictures);
  }

  showChoices(pictures) {
    const items = pictures.filter((picture) => picture.stored).map((picture) => h("li", {}, this.choice(picture)));
    const none = h("p", { className: "soft", text: "There is no other picture of this story." });
    fill(this.chooser, items.length ? h("ul", { className: "picture-choices" }, items) : none);
  }

  choice({ picture, from, alt }) {
    const label = `Use the picture ${alt ? `“${alt}” ` : ""}from ${from}`;
    return h(
      "button",
      { type: "button", "aria-label": label, on: { click: () => this.use(picture) } },
      h("img", { src: scaledUrl(picture), alt: "", width: "120", loading: "lazy" }),
      h("span", { className: "about", text: from, dir: "auto" }),
    );
  }

  sync() {
    const name = state.edition.current?.stories[this.story]?.picture;
    const picture = edited(this.path("picture"));
    const key = JSON.stringify([name, picture, edited(this.path("crop")), isLead(this.story)]);
    if (this.cropping || this.shownKey === key) return;
    this.shownKey = key;
    if (picture === "none" || !name) {
      fill(this.thumbnail, h("p", { className: "soft", text: "No picture." }));
      return;
    }
    const src = `${editionUrl("/preview")}/pictures/${encodeURIComponent(name)}`;
    const alt = generated(this.path("alt")) || "The picture in the issue";
    const crop = button("Crop…", () => this.crop(), { className: "quiet", data: { focus: "crop" } });
    fill(this.thumbnail, new ShownPicture(src, alt, isLead(this.story)).element, approved() ? null : crop);
  }

  async crop() {
    const source = edited(this.path("picture")) || (await this.ownPicture());
    if (!source) return notify("A generated cover cannot be cropped: choose a picture first.");
    const lead = isLead(this.story);
    const automatic = await read(`${editionUrl("/api/crops")}?picture=${encodeURIComponent(source)}`).catch(() => ({}));
    this.cropping = true;
    const start = automatic[lead ? "lead" : "square"] || [0.5, 0.5, 1];
    new CropTool(this.thumbnail, scaledUrl(source), this.path("crop"), lead, start, () => {
      this.cropping = false;
      this.shownKey = "";
      this.sync();
      this.thumbnail.querySelector('[data-focus="crop"]')?.focus();
    });
  }

  // The address of the story's own picture is not in the edits: it is the first of its stored pictures.
  async ownPicture() {
    const pictures = await read(`${editionUrl("/api/pictures")}/${this.story}`).catch(() => []);
    return pictures.find((choice) => choice.stored && !choice.picture.startsWith("uploads/"))?.picture;
  }

  focus() {
    this.element.querySelector("button")?.focus();
  }

  showConflict() {
    notify("Someone else has chosen another picture.", "bad");
  }

  showRefusal(message) {
    notify(message, "bad");
  }

  cropField() {
    return {
      label: "Crop",
      sync: () => this.sync(),
      focus: () => this.focus(),
      showConflict: () => notify("Someone else has cropped the picture.", "bad"),
      showRefusal: (message) => notify(message, "bad"),
    };
  }
}

const scaledUrl = (picture) => `${editionUrl("/pictures")}?picture=${encodeURIComponent(picture)}`;
