"""What one writes in an afternoon: the same week by hand-written loops over the same libraries.

    python bench/naive.py BASE FEEDS.json OUTPUT.html [trafilatura|newspaper]

BASE is an address that answers for every host, told which by the Host header. Feeds are read with feedparser as it
comes, each page is fetched, put through trafilatura with its metadata (or newspaper4k) and through langdetect; stories
whose texts are equal are left out, the newest ten go through mjml and premailer into one page. No memory, no limits, no
second chance.
"""

import html
import json
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import feedparser
import langdetect
import premailer
from mjml import mjml2html


def get(base: str, url: str) -> bytes:
    """The bytes at an address of the made-up web."""
    parts = urlsplit(url)
    request = urllib.request.Request(base + parts.path, headers={"Host": parts.netloc})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return bytes(answer.read())


def by_trafilatura(page: str, url: str) -> str:
    """A page's text, as most scripts get it."""
    import trafilatura

    document = cast(Any, trafilatura.bare_extraction(page, url=url, with_metadata=True))
    return document.text if document else ""


def by_newspaper(page: str, url: str) -> str:
    """A page's text by newspaper4k."""
    import newspaper

    article = newspaper.Article(url)
    article.download(input_html=page)
    article.parse()
    return str(article.text)


EXTRACTORS: dict[str, Callable[[str, str], str]] = {"trafilatura": by_trafilatura, "newspaper": by_newspaper}


def gather(base: str, feeds: list[str], extract: Callable[[str, str], str]) -> list[dict[str, Any]]:
    """Every entry of every feed, with its page's text and language."""
    cast(Any, langdetect).DetectorFactory.seed = 0
    stories = []
    for feed in feeds:
        for entry in cast(Any, feedparser).parse(get(base, feed)).entries:
            text = extract(get(base, entry.link).decode("utf-8", "replace"), entry.link)
            if not text:
                continue
            try:
                language = cast(Any, langdetect).detect(text)
            except langdetect.lang_detect_exception.LangDetectException:
                language = ""
            stories.append(
                {
                    "title": entry.title,
                    "url": entry.link,
                    "date": entry.published_parsed,
                    "text": text,
                    "language": language,
                }
            )
    return stories


def render(stories: list[dict[str, Any]]) -> str:
    """The newest stories as one page of e-mail."""
    unique = list({story["text"]: story for story in stories}.values())
    unique.sort(key=lambda story: story["date"], reverse=True)
    sections = "".join(
        f'<mj-section><mj-column><mj-text css-class="story"><h2>{html.escape(story["title"])}</h2>'
        f'<p lang="{story["language"]}">{html.escape(story["text"][:600])}</p>'
        f'<a href="{html.escape(story["url"])}">Read on</a></mj-text></mj-column></mj-section>'
        for story in unique[:10]
    )
    style = "<mj-style>.story h2 {font-size: 22px; margin: 0} .story p {color: #333; line-height: 1.5}</mj-style>"
    made = mjml2html(f"<mjml><mj-head>{style}</mj-head><mj-body>{sections}</mj-body></mjml>", fonts={})
    return str(cast(Any, premailer).transform(made, allow_network=False))


def main() -> None:
    """Make the week's page."""
    base, feeds, output, *chosen = sys.argv[1:]
    extract = EXTRACTORS[chosen[0] if chosen else "trafilatura"]
    stories = gather(base, json.loads(Path(feeds).read_text(encoding="utf-8")), extract)
    Path(output).write_text(render(stories), encoding="utf-8")
    print(len(stories))


if __name__ == "__main__":
    main()
