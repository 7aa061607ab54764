"""Builds the made-up web: stories/*.md, poured into skins/, become the feeds and pages of web/.

A file of stories/ is one outlet: `key: value` lines about the outlet, then its stories, each opened by a line
`=== slug`, with its own `key: value` lines, an empty line and the body in Markdown. A paragraph that starts with `~ `
is residue: words that stand in the body of the page but are not the story's.

    python examples/build_web.py
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

HERE = Path(__file__).resolve().parent
ISSUE_DAY = datetime.fromisoformat("2026-11-22T08:00:00+08:00")
MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "de": [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    "nl": [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
}
MARKDOWN = MarkdownIt("commonmark")


@dataclass(frozen=True)
class Shot:
    """A picture as a page shows it; `name` is a scene of draw_pictures.py, `place` its file in web/."""

    name: str
    alt: str
    caption: str
    credit: str
    place: str

    @property
    def url(self) -> str:
        return f"https://{self.place}"

    @property
    def maker(self) -> str:
        """Who is credited, without the word that says what for."""
        return re.split("[:：] ?", self.credit)[-1]

    @property
    def media_type(self) -> str:
        return "image/jpeg" if self.place.endswith(".jpg") else "image/png"


@dataclass(frozen=True)
class Article:
    """One story of one outlet."""

    slug: str
    about: dict[str, str]
    body: str
    place: str  # of its page in web/
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
        return self.about.get("link") or "https://" + self.place.removesuffix("index.html")

    @cached_property
    def blocks(self) -> list[Markup]:
        """The body, a piece of HTML a block, residue and all."""
        pieces = (piece.strip().removeprefix("~ ") for piece in re.split(r"\n{2,}", self.body))
        return [Markup(MARKDOWN.render(piece).strip()) for piece in pieces if piece]  # noqa: S704 (our own words)

    @property
    def lines(self) -> list[Markup]:
        """The blocks without their paragraph tags, for pages that set text with line breaks."""
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
    """One file of stories/."""

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
        return max((one for one in self.articles if one.date < ISSUE_DAY), key=lambda one: one.date)

    def has(self, key: str, value: str) -> bool:
        return self.about.get(key) == value

    def tracked(self, article: Article) -> str:
        """The article's address as the feed gives it, with the outlet's tracking parameters."""
        utm = self.about.get("utm", "").format(slug=article.slug)
        return f"{article.url}?{utm}" if utm and article.url.startswith("https:") else article.url

    def others(self, article: Article) -> list[Article]:
        """Three other stories of the outlet that have a page: the ones after this one, going round."""
        at = self.articles.index(article)
        ring = self.articles[at + 1 :] + self.articles[:at]
        return [one for one in ring if not one.about.get("link")][:3]

    def day(self, article: Article) -> str:
        """The date as the outlet's language writes it."""
        date, language = article.date, self.language[:2]
        if language in ("zh", "ja"):
            return f"{date.year}年{date.month}月{date.day}日"
        if language == "ko":
            return f"{date.year}년 {date.month}월 {date.day}일"
        stop = "." if language == "de" else ""
        return f"{date.day}{stop} {MONTHS[language][date.month - 1]} {date.year}"


def read_pairs(lines: list[str]) -> dict[str, str]:
    """`key: value` lines as a dict."""
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
    """One file of stories/."""
    head, *parts = re.split(r"^=== ", path.read_text("utf-8"), flags=re.MULTILINE)
    about = read_pairs(head.splitlines())
    return Outlet(path.stem, about, [read_article(part, about) for part in parts])


def read_outlets() -> list[Outlet]:
    """All outlets, with the bodies that one takes over from another word for word filled in."""
    outlets = [read_outlet(path) for path in sorted((HERE / "stories").glob("*.md"))]
    bodies = {f"{outlet.stem}/{one.slug}": one.body for outlet in outlets for one in outlet.articles}
    for outlet in outlets:
        for at, one in enumerate(outlet.articles):
            if source := one.about.get("body_of"):
                body = bodies[source] + one.body
                outlet.articles[at] = Article(one.slug, one.about, body, one.place, one.date, one.picture)
    return outlets


def json_feed(outlet: Outlet) -> str:
    """JSON Feed 1.1."""
    items = [
        {
            "id": one.url,
            "url": outlet.tracked(one),
            "title": one.title,
            "summary": one.about["summary"],
            **({"content_html": str(one.html)} if outlet.has("carry", "full") else {}),
            **({"image": one.picture.url} if one.picture else {}),
            "date_published": one.iso,
            "authors": [{"name": name} for name in one.authors],
            "tags": one.tags,
        }
        for one in outlet.articles
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
    """The outlet's files: their place in web/ and their bytes."""
    if "feed" in outlet.about:
        kind, encoding = outlet.about["format"], outlet.about.get("encoding", "utf-8")
        feed = json_feed(outlet) if kind == "json" else skins.get_template(f"feeds/{kind}.xml").render(outlet=outlet)
        yield outlet.host + outlet.about["feed"], feed.encode(encoding, "xmlcharrefreplace")
    skin = skins.get_template(outlet.about.get("skin", outlet.stem) + ".html")
    if "listing" in outlet.about:
        yield outlet.host + outlet.about["listing"], skin.render(outlet=outlet).encode()
        return
    for one in outlet.articles:
        if "link" not in one.about:
            page = skin.render(outlet=outlet, article=one)
            yield one.place, page.encode(one.charset, "xmlcharrefreplace")


def build() -> dict[str, bytes]:
    """Every file that is made from the stories: its place in web/, its bytes."""
    skins = Environment(
        loader=FileSystemLoader(HERE / "skins"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return {place: body for outlet in read_outlets() for place, body in build_outlet(outlet, skins)}


def main() -> None:
    for place, body in build().items():
        path = HERE / "web" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)


if __name__ == "__main__":
    main()
