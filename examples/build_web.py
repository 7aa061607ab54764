"""Build the made-up web: render stories/*.md through the templates in skins/ into the feeds and pages of web/.

A file in stories/ describes one outlet: `key: value` lines about the outlet, then its stories. A story starts with a
line `=== slug`, followed by its own `key: value` lines, an empty line and the body in Markdown. A paragraph that starts
with `~ ` is residue: text in the body of the page that does not belong to the story.

    python examples/build_web.py
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property
from operator import attrgetter
from pathlib import Path

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

HERE = Path(__file__).resolve().parent
ISSUE_DAY = datetime.fromisoformat("2026-11-22T08:00:00+08:00")
DATE_PATTERNS = {  # CLDR patterns
    "de": "d. MMMM y",
    "en": "d MMMM y",
    "nl": "d MMMM y",
    "ja": "y年M月d日",
    "ko": "y년 M월 d일",
    "zh": "y年M月d日",
}
MARKDOWN = MarkdownIt("commonmark")


@dataclass(frozen=True)
class Shot:
    """A picture as a page shows it. `path`: its file in web/."""

    name: str
    alt: str
    caption: str
    credit: str
    path: str

    @property
    def url(self) -> str:
        return f"https://{self.path}"

    @property
    def maker(self) -> str:
        """The name in the credit, without the word before the colon."""
        return re.split("[:：] ?", self.credit)[-1]

    @property
    def media_type(self) -> str:
        return "image/jpeg" if self.path.endswith(".jpg") else "image/png"


@dataclass(frozen=True)
class Article:
    """A story of one outlet."""

    slug: str
    about: dict[str, str]
    body: str
    path: str  # of its page, in web/
    date: datetime
    picture: Shot | None

    @property
    def title(self) -> str:
        return self.about["title"]

    @property
    def authors(self) -> list[str]:
        return [name.strip() for name in self.about.get("by", "").split("|") if name.strip()]

    @property
    def tags(self) -> list[str]:
        return [tag.strip() for tag in self.about.get("tags", "").split("|") if tag.strip()]

    @property
    def points(self) -> list[str]:
        return [point.strip() for point in self.about.get("points", "").split("|") if point.strip()]

    @property
    def charset(self) -> str:
        return self.about.get("charset", "utf-8")

    @property
    def url(self) -> str:
        return self.about.get("link") or "https://" + self.path.removesuffix("index.html")

    @cached_property
    def blocks(self) -> list[Markup]:
        """The body, residue included: one piece of HTML per block."""
        pieces = (piece.strip().removeprefix("~ ") for piece in re.split(r"\n{2,}", self.body))
        return [Markup(MARKDOWN.render(piece).strip()) for piece in pieces if piece]  # noqa: S704 (our own text)

    @property
    def lines(self) -> list[Markup]:
        """The blocks without paragraph tags, for pages that separate paragraphs with line breaks."""
        return [Markup(re.sub(r"</?p>", "", block)) for block in self.blocks]  # noqa: S704

    @property
    def html(self) -> Markup:
        return Markup("\n").join(self.blocks)

    @property
    def rfc822(self) -> str:
        return format_datetime(self.date)

    @property
    def iso(self) -> str:
        return self.date.isoformat()


@dataclass(frozen=True)
class Outlet:
    """An outlet: one file in stories/."""

    stem: str
    about: dict[str, str]
    articles: list[Article] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.about["outlet"]

    @property
    def host(self) -> str:
        return self.about["host"]

    @property
    def language(self) -> str:
        return self.about["language"]

    @property
    def home(self) -> str:
        return f"https://{self.host}/"

    @property
    def feed_url(self) -> str:
        return f"https://{self.host}{self.about['feed']}"

    @property
    def latest(self) -> Article:
        return max((article for article in self.articles if article.date < ISSUE_DAY), key=attrgetter("date"))

    def has(self, key: str, value: str) -> bool:
        return self.about.get(key) == value

    def tracked(self, article: Article) -> str:
        """The article's address in the feed, with the outlet's tracking parameters."""
        utm = self.about.get("utm", "").format(slug=article.slug)
        return f"{article.url}?{utm}" if utm and article.url.startswith("https:") else article.url

    def others(self, article: Article) -> list[Article]:
        """The next three stories of the outlet that have a page; after the last one comes the first."""
        at = self.articles.index(article)
        others = self.articles[at + 1 :] + self.articles[:at]
        return [article for article in others if not article.about.get("link")][:3]

    def day(self, article: Article) -> str:
        """The article's date in the outlet's language."""
        language = self.language[:2]
        return format_date(article.date, DATE_PATTERNS[language], locale=language)


def read_pairs(lines: list[str]) -> dict[str, str]:
    """Parse `key: value` lines."""
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines if line.strip())}


def read_article(text: str, outlet: dict[str, str]) -> Article:
    head, _, body = text.strip().partition("\n\n")
    slug, *lines = head.splitlines()
    about = read_pairs(lines)
    date = datetime.fromisoformat(about["date"] + outlet.get("zone", "+08:00"))
    folder = outlet["page"].format(year=date.year, month=f"{date.month:02}", day=f"{date.day:02}", slug=slug.strip())
    shot = None
    if "pic" in about:
        name, alt, caption, credit = (part.strip() for part in about["pic"].split("|"))
        shot = Shot(name, alt, caption, credit, outlet["pictures"].format(name=name))
    return Article(slug.strip(), about, body, outlet["host"] + folder, date, shot)


def read_outlet(path: Path) -> Outlet:
    """Read a file in stories/."""
    head, *parts = re.split(r"^=== ", path.read_text("utf-8"), flags=re.MULTILINE)
    about = read_pairs(head.splitlines())
    return Outlet(path.stem, about, [read_article(part, about) for part in parts])


def read_outlets() -> list[Outlet]:
    """Read all outlets and fill in the bodies that one outlet copies from another."""
    outlets = [read_outlet(path) for path in sorted((HERE / "stories").glob("*.md"))]
    bodies = {f"{outlet.stem}/{article.slug}": article.body for outlet in outlets for article in outlet.articles}
    for outlet in outlets:
        for at, article in enumerate(outlet.articles):
            if source := article.about.get("body_of"):
                outlet.articles[at] = replace(article, body=bodies[source] + article.body)
    return outlets


def json_feed(outlet: Outlet) -> str:
    """Render the outlet's feed as JSON Feed 1.1."""
    items = [
        {
            "id": article.url,
            "url": outlet.tracked(article),
            "title": article.title,
            "summary": article.about["summary"],
            **({"content_html": str(article.html)} if outlet.has("carry", "full") else {}),
            **({"image": article.picture.url} if article.picture else {}),
            "date_published": article.iso,
            "authors": [{"name": name} for name in article.authors],
            "tags": article.tags,
        }
        for article in outlet.articles
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": outlet.home,
        "feed_url": outlet.feed_url,
        "language": outlet.language,
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=2) + "\n"


def build_outlet(outlet: Outlet, skins: Environment) -> Iterator[tuple[str, bytes]]:
    """Yield the outlet's files as (path in web/, bytes)."""
    if "feed" in outlet.about:
        kind, encoding = outlet.about["format"], outlet.about.get("encoding", "utf-8")
        feed = json_feed(outlet) if kind == "json" else skins.get_template(f"feeds/{kind}.xml").render(outlet=outlet)
        yield outlet.host + outlet.about["feed"], feed.encode(encoding, "xmlcharrefreplace")
    skin = skins.get_template(outlet.about.get("skin", outlet.stem) + ".html")
    if "listing" in outlet.about:
        yield outlet.host + outlet.about["listing"], skin.render(outlet=outlet).encode()
        return
    for article in outlet.articles:
        if "link" not in article.about:
            page = skin.render(outlet=outlet, article=article)
            yield article.path, page.encode(article.charset, "xmlcharrefreplace")


def build() -> dict[str, bytes]:
    """Every generated file: path in web/ → bytes."""
    skins = Environment(
        loader=FileSystemLoader(HERE / "skins"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return {path: body for outlet in read_outlets() for path, body in build_outlet(outlet, skins)}


def main() -> None:
    for path, body in build().items():
        file = HERE / "web" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)


if __name__ == "__main__":
    main()
