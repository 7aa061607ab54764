"""What one writes in an afternoon: the same week by hand-written loops over the same libraries.

    python bench/naive.py BASE FEEDS.json OUTPUT.html

BASE is an address that answers for every host, told which by the Host header. Feeds are read with feedparser as it
comes, each page is fetched, put through trafilatura with its metadata and through langdetect; stories whose texts are
equal are left out, the newest ten go through mjml and premailer into one page. No memory, no limits, no second chance.
"""

import html
import json
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import langdetect
import trafilatura
from mjml import mjml2html
from premailer import transform


def get(base: str, url: str) -> bytes:
    """The bytes at an address of the made-up web."""
    parts = urlsplit(url)
    request = urllib.request.Request(base + parts.path, headers={"Host": parts.netloc})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return bytes(answer.read())


def gather(base: str, feeds: list[str]) -> list[dict[str, str]]:
    """Every entry of every feed, with its page's text and language."""
    langdetect.DetectorFactory.seed = 0
    stories = []
    for feed in feeds:
        for entry in feedparser.parse(get(base, feed)).entries:
            page = get(base, entry.link).decode("utf-8", "replace")
            document = trafilatura.bare_extraction(page, url=entry.link, with_metadata=True)
            if document is None or not document.text:
                continue
            try:
                language = langdetect.detect(document.text)
            except langdetect.lang_detect_exception.LangDetectException:
                language = ""
            stories.append(
                {
                    "title": entry.title,
                    "url": entry.link,
                    "date": entry.published,
                    "text": document.text,
                    "language": language,
                }
            )
    return stories


def render(stories: list[dict[str, str]]) -> str:
    """The newest stories as one page of e-mail."""
    unique = list({story["text"]: story for story in stories}.values())
    unique.sort(key=lambda story: str(feedparser.datetimes._parse_date(story["date"])), reverse=True)
    sections = "".join(
        f'<mj-section><mj-column><mj-text css-class="story"><h2>{html.escape(story["title"])}</h2>'
        f'<p lang="{story["language"]}">{html.escape(story["text"][:600])}</p>'
        f'<a href="{html.escape(story["url"])}">Read on</a></mj-text></mj-column></mj-section>'
        for story in unique[:10]
    )
    style = "<mj-style>.story h2 {font-size: 22px; margin: 0} .story p {color: #333; line-height: 1.5}</mj-style>"
    made = mjml2html(f"<mjml><mj-head>{style}</mj-head><mj-body>{sections}</mj-body></mjml>")
    return str(transform(made, allow_network=False))


def main() -> None:
    """Make the week's page."""
    base, feeds, output = sys.argv[1:4]
    stories = gather(base, json.loads(Path(feeds).read_text(encoding="utf-8")))
    Path(output).write_text(render(stories), encoding="utf-8")
    print(len(stories))


if __name__ == "__main__":
    main()
