// Pasted HTML as Markdown: links, strong, emphasis and lists stay, everything else becomes plain paragraphs.
// The HTML is parsed into a document of its own, in which nothing runs and nothing is loaded.

const SKIPPED = new Set("SCRIPT X-STYLE HEAD TITLE TEMPLATE NOSCRIPT SVG OBJECT IFRAME TEXTAREA".split(" "));
// What the desk's content security policy would apply to the parsed document, and report as refused.
const TAGS = /<[a-z][^>]*>/gi;
const ATTRIBUTES = /\s(style|on\w+)\s*=/gi;
const ELEMENTS = /<(\/?)(base|link|meta|style)\b/gi;
const BLOCKS = new Set(
  `ADDRESS ARTICLE ASIDE BLOCKQUOTE DD DIV DL DT FIGCAPTION FIGURE FOOTER H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN NAV OL P
   PRE SECTION TABLE TR UL`.split(/\s+/),
);
const MARKS = /([\\*_[\]<])/g;
const ADDRESS = /^(https?:\/\/|mailto:)\S+$/i;

export const isAddress = (text) => /^https?:\/\/\S+$/i.test(text.trim());

// An address as it stands in the parentheses of a link.
export const linkTo = (words, address) =>
  `[${words}](${address.trim().replaceAll(" ", "%20").replaceAll("(", "%28").replaceAll(")", "%29")})`;

export function markdownOf(html) {
  const blocks = [[]];
  const inert = html.replace(TAGS, (tag) => tag.replace(ATTRIBUTES, " data-$1=")).replace(ELEMENTS, "<$1x-$2");
  collect(new DOMParser().parseFromString(inert, "text/html").body, {}, blocks);
  return blocks
    .map((runs) => blockText(runs))
    .filter(Boolean)
    .join("\n\n");
}

function collect(node, format, blocks) {
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) {
      blocks.at(-1).push({ text: child.data.replace(/[ \t\r\n\f]+/g, " "), ...format });
    } else if (child.nodeType === Node.ELEMENT_NODE) collectElement(child, format, blocks);
  }
}

function collectElement(element, format, blocks) {
  const { tagName } = element;
  if (SKIPPED.has(tagName.toUpperCase()) || isHidden(element)) return;
  if (tagName === "BR") return blocks.at(-1).push({ text: "\n" });
  if (tagName === "LI") return collectItem(element, format, blocks);
  const isBlock = BLOCKS.has(tagName);
  if (isBlock) blocks.push([]);
  collect(element, formatOf(element, format), blocks);
  if (isBlock) blocks.push([]);
  else if (tagName === "TD" || tagName === "TH") blocks.at(-1).push({ text: " " });
}

const isHidden = (element) =>
  styleOf(element, "display") === "none" || styleOf(element, "mso-hide") === "all" || element.hidden;

function styleOf(element, name) {
  const found = new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;]+)`, "i").exec(element.dataset?.style ?? "");
  return found ? found[1].trim().toLowerCase() : null;
}

// The mark stands before the first words, which may be in a paragraph of their own.
function collectItem(element, format, blocks) {
  const inside = [[]];
  collect(element, formatOf(element, format), inside);
  inside.find((runs) => runs.some((run) => run.text.trim()))?.unshift({ text: listMark(element) });
  blocks.push(...inside, []);
}

function listMark(item) {
  if (item.parentElement?.tagName !== "OL") return "• ";
  return `${[...item.parentElement.children].indexOf(item) + 1}. `;
}

// Google Docs wraps everything in a b of normal weight, and makes words bold by their style.
function formatOf(element, format) {
  const { tagName } = element;
  const weight = styleOf(element, "font-weight");
  const heavy = weight && (weight.startsWith("bold") || Number(weight) >= 600);
  const style = styleOf(element, "font-style");
  const slanted = style && style !== "normal";
  const href = tagName === "A" ? element.getAttribute("href")?.trim() : null;
  return {
    strong: heavy ?? (tagName === "B" || tagName === "STRONG" || Boolean(format.strong)),
    emphasis: slanted ?? (tagName === "I" || tagName === "EM" || Boolean(format.emphasis)),
    href: href && ADDRESS.test(href) ? href : format.href,
  };
}

function blockText(runs) {
  const merged = [];
  for (const run of runs) {
    const last = merged.at(-1);
    if (last && isAlike(last, run)) last.text += run.text;
    else merged.push({ ...run });
  }
  const text = merged.map(runText).join("");
  return text
    .replace(/ *\n */g, "\n")
    .replace(/ {2,}/g, " ")
    .trim();
}

const isAlike = (one, other) =>
  Boolean(one.strong) === Boolean(other.strong) &&
  Boolean(one.emphasis) === Boolean(other.emphasis) &&
  one.href === other.href;

// The marks stand next to the words: blanks at the ends stay outside.
function runText({ text, strong, emphasis, href }) {
  const [, before, words, after] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text);
  if (!words) return text;
  const mark = `${strong ? "**" : ""}${emphasis ? "*" : ""}`;
  const marked = `${mark}${words.replace(MARKS, "\\$1")}${mark}`;
  return `${before}${href ? linkTo(marked, href) : marked}${after}`;
}
