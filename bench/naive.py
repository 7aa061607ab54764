"""The naive script: the same week with plain loops over the same libraries.

    python bench/naive.py BASE FEEDS.json OUTPUT.html [trafilatura|newspaper]

BASE is the address of a server that answers for every host in the Host header. The script reads feeds with feedparser,
fetches each page, extracts it with trafilatura (or newspaper4k) and detects its language with langdetect. It drops
stories with equal texts and renders the newest ten with mjml and premailer. It has no store, no limits and no retries.
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
    """Fetch a URL of the made-up web."""
    parts = urlsplit(url)
    request = urllib.request.Request(base + parts.path, headers={"Host": parts.netloc})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return bytes(answer.read())


def extract_with_trafilatura(page: str, url: str) -> str:
    """Extract a page's text with trafilatura."""
    import trafilatura

    document = cast(Any, trafilatura.bare_extraction(page, url=url, with_metadata=True))
    return document.text if document else ""


def extract_with_newspaper(page: str, url: str) -> str:
    """Extract a page's text with newspaper4k."""
    import newspaper

    article = newspaper.Article(url)
    article.download(input_html=page)
    article.parse()
    return str(article.text)


EXTRACTORS: dict[str, Callable[[str, str], str]] = {
    "trafilatura": extract_with_trafilatura,
    "newspaper": extract_with_newspaper,
}


def gather(base: str, feeds: list[str], extract: Callable[[str, str], str]) -> list[dict[str, Any]]:
    """Fetch every entry of every feed, with the text and language of its page."""
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
    """Render the newest stories as an HTML email."""
    unique = list({story["text"]: story for story in stories}.values())
    unique.sort(key=lambda story: story["date"], reverse=True)
    sections = "".join(
        f'<mj-section><mj-column><mj-text css-class="story"><h2>{html.escape(story["title"])}</h2>'
        f'<p lang="{story["language"]}">{html.escape(story["text"][:600])}</p>'
        f'<a href="{html.escape(story["url"])}">Read on</a></mj-text></mj-column></mj-section>'
        for story in unique[:10]
    )
    style = "<mj-style>.story h2 {font-size: 22px; margin: 0} .story p {color: #333; line-height: 1.5}</mj-style>"
    compiled = mjml2html(f"<mjml><mj-head>{style}</mj-head><mj-body>{sections}</mj-body></mjml>", fonts={})
    return str(cast(Any, premailer).transform(compiled, allow_network=False))


def main() -> None:
    """Build the week's email."""
    base, feeds, output, *options = sys.argv[1:]
    extract = EXTRACTORS[options[0] if options else "trafilatura"]
    stories = gather(base, json.loads(Path(feeds).read_text(encoding="utf-8")), extract)
    Path(output).write_text(render(stories), encoding="utf-8")
    print(len(stories))


if __name__ == "__main__":
    main()
