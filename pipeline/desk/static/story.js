// What is known of the selected story: the event's other stories, the copies, the original text, the decisions.

import { byId, fill, h, langOf } from "./dom.js";
import { draftsPanel } from "./drafts.js";
import { eventPanel } from "./events.js";
import { syncFields } from "./fields.js";
import { read } from "./server.js";
import { editionUrl, state } from "./state.js";

const TAGS = { heading: "h4", quote: "blockquote", code: "pre" };
const stories = new Map(); // id → as /api/stories sends it

let focusKey = null; // of the button here that has the focus; a rebuilt form gives it back

document.addEventListener("focusin", (event) => {
  focusKey = event.target.closest?.("#story [data-focus]")?.dataset.focus ?? null;
});

export const forgetStories = () => stories.clear();
export const summaryOf = (story) => stories.get(story)?.summary;

export async function showStory(id) {
  if (!stories.has(id)) {
    try {
      stories.set(id, await read(`${editionUrl("/api/stories")}/${id}`));
    } catch {
      return;
    }
  }
  if (state.selected.story !== id) return;
  syncFields(); // the summary is a field's fallback
  const story = stories.get(id);
  fill(
    byId("story"),
    draftsPanel(id),
    eventPanel(id, story.event),
    story.copies.length &&
      h("p", { className: "soft", text: `Copies: ${story.copies.map((copy) => copy.outlet).join(", ")}` }),
    originalText(story),
    decisions(story.decisions),
  );
  if (focusKey && document.activeElement === document.body) {
    byId("story")
      .querySelector(`[data-focus="${CSS.escape(focusKey)}"]`)
      ?.focus();
  }
}

function originalText(story) {
  const lang = langOf(story.language);
  const about = [story.outlet, story.authors.join(", "), story.published_at?.slice(0, 10)].filter(Boolean).join(" · ");
  const link = { href: story.url, target: "_blank", rel: "noopener noreferrer", text: "Open the story" };
  return h(
    "details",
    { className: "original", open: true },
    h("summary", { text: "Original text" }),
    h("p", { className: "soft" }, about, " ", /^https?:\/\//.test(story.url || "") && h("a", link)),
    h("p", { className: "title", lang, dir: "auto", text: story.title }),
    story.standfirst && h("p", { className: "standfirst", lang, dir: "auto", text: story.standfirst }),
    story.blocks.map(block),
    story.truncated && h("p", { className: "soft", text: "The source provides no more of the text." }),
  );
}

function block([kind, text, language]) {
  const content = kind === "item" ? `• ${text}` : text;
  return h(TAGS[kind] ?? "p", { lang: langOf(language), dir: "auto", text: content });
}

function decisions(list) {
  const items = list.map(({ stage, outcome, rule, figure, detail }) => {
    const number = figure === null ? "" : ` ${Number(figure).toPrecision(3)}`;
    return h("li", { text: `${stage}: ${outcome} ${rule}${number}${detail ? `: ${detail}` : ""}` });
  });
  return h("details", { className: "ledger" }, h("summary", { text: "Decisions" }), h("ul", {}, items));
}
