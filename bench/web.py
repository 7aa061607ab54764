"""A generated web of feeds and article pages, the same in every run.

Pages have navigation, scripts, styles, residue inside the text, related stories and a footer. One story in twenty is a
slightly reworded copy of another outlet's. The languages alternate from feed to feed.
"""

import functools
import itertools
import random
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
COPIES = 0.05
_SYLLABLES = ("ka", "lo", "mi", "ter", "ran", "sel", "vu", "po", "den", "shi", "qua", "ber", "tol", "nis", "ga", "fre")
# Language → words to build sentences from.
_WORDS = {
    "en": (
        "the a of to in and that with from for its on by was were has have said after before between under against"
        " harbour factory engineers minister workers battery market board ferry contract price report river island"
        " builds sells opens closes tests buys repairs plans expects delays shares weeks months years people quarter"
        " new large small first second late early quiet heavy cheap public private northern coastal"
    ),
    "de": (
        "der die das ein eine und mit von für nach vor zwischen unter gegen ist war waren hat haben sagte nicht auch"
        " Hafen Fabrik Ingenieure Ministerin Arbeiter Batterie Markt Vorstand Fähre Vertrag Preis Bericht Fluss Insel"
        " baut verkauft öffnet schließt prüft kauft plant erwartet verzögert Wochen Monate Jahre Menschen Quartal"
        " neue große kleine erste zweite späte frühe ruhige schwere günstige öffentliche nördliche"
    ),
    "nl": (
        "de het een en met van voor na tussen onder tegen is was waren heeft hebben zei niet ook over bij naar"
        " haven fabriek ingenieurs minister arbeiders batterij markt bestuur veerboot contract prijs rapport rivier"
        " bouwt verkoopt opent sluit test koopt herstelt plant verwacht vertraagt weken maanden jaren mensen kwartaal"
        " nieuwe grote kleine eerste tweede late vroege stille zware goedkope openbare noordelijke"
    ),
    "fr": (
        "le la les un une et avec de pour après avant entre sous contre est était ont avait dit ne pas aussi dans"
        " port usine ingénieurs ministre ouvriers batterie marché conseil traversier contrat prix rapport fleuve île"
        " construit vend ouvre ferme essaie achète répare prévoit attend retarde semaines mois années gens trimestre"
        " nouvelle grande petite première seconde tardive calme lourde publique côtière"
    ),
}
LANGUAGES = tuple(_WORDS)
_RESIDUE = {
    "en": "Read more: {title}",
    "de": "Lesen Sie auch: {title}",
    "nl": "Lees ook: {title}",
    "fr": "À lire aussi : {title}",
}


@dataclass(frozen=True)
class Article:
    """An article of the generated web."""

    host: str
    number: int
    language: str
    title: str
    paragraphs: tuple[str, ...]
    published_at: datetime

    @property
    def url(self) -> str:
        return f"http://{self.host}/{self.number}.html"


def host_of(feed: int) -> str:
    """The host of a feed."""
    return f"paper{feed:05}.example"


def make_articles(feed: int, entries: int, *, first: int = 0) -> list[Article]:
    """The articles of one feed, newest first."""
    language = LANGUAGES[feed % len(LANGUAGES)]
    articles = []
    for number in range(first, first + entries):
        dice = random.Random(f"{feed}/{number}")
        origin = dice.randrange(feed) if feed and dice.random() < COPIES else feed
        origin -= (origin - feed) % len(LANGUAGES) if origin != feed else 0  # a feed in the same language
        words = random.Random(f"{max(origin, feed % len(LANGUAGES))}/{number}")
        title, paragraphs = _title_and_paragraphs(words, language)
        if origin != feed:
            paragraphs = tuple(_reword(text, dice, language) for text in paragraphs)
        age = timedelta(minutes=dice.randrange(6 * 24 * 60))
        articles.append(Article(host_of(feed), number, language, title, paragraphs, NOW - age))
    return sorted(articles, key=lambda article: article.published_at, reverse=True)


def write_web(folder: Path, feeds: int, entries: int) -> list[str]:
    """Write the web into a folder of hosts. Returns the feeds' URLs."""
    shutil.rmtree(folder, ignore_errors=True)
    addresses = []
    for feed in range(feeds):
        articles = make_articles(feed, entries)
        home = folder / host_of(feed)
        home.mkdir(parents=True)
        for article in articles:
            (home / f"{article.number}.html").write_text(page_of(article, articles), encoding="utf-8")
        write_feed(folder, feed, articles)
        addresses.append(f"http://{host_of(feed)}/feed.xml")
    return addresses


def write_feed(folder: Path, feed: int, articles: list[Article]) -> None:
    """Write the feed of a host, with a summary of each entry."""
    items = "".join(
        f"<item><title>{article.title}</title><link>{article.url}</link><guid>{article.url}</guid>"
        f"<pubDate>{format_datetime(article.published_at)}</pubDate>"
        f"<description>&lt;p&gt;{article.paragraphs[0]}&lt;/p&gt;</description></item>"
        for article in articles
    )
    head = f"<title>Paper {feed}</title><link>http://{host_of(feed)}/</link><description>News</description>"
    text = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'
    (folder / host_of(feed) / "feed.xml").write_text(text, encoding="utf-8")


def page_of(article: Article, others: list[Article]) -> str:
    """The page of an article: about 40 kB, of which a tenth is the story."""
    dice = random.Random(article.url)
    neighbours = dice.sample(others, min(8, len(others)))
    links = "".join(f'<li><a href="/topic/{index}">{_name(dice)}</a></li>' for index in range(60))
    related = "".join(
        f'<article class="card"><a href="{other.url}"><h3>{other.title}</h3></a>'
        f"<p>{other.paragraphs[0][:120]}…</p></article>"
        for other in neighbours
    )
    body = [f"<p>{text}</p>" for text in article.paragraphs]
    body.insert(
        len(body) // 2,
        f"<p><a href='{neighbours[0].url}'>{_RESIDUE[article.language].format(title=neighbours[0].title)}</a></p>",
    )
    script = "".join(f"window.q=window.q||[];q.push(['{_name(dice)}',{dice.random()}]);" for _ in range(220))
    style = "".join(f".{_name(dice).lower()}{index}{{margin:{index}px;color:#333}}" for index in range(180))
    return (
        f'<!doctype html><html lang="{article.language}"><head><meta charset="utf-8">'
        f"<title>{article.title} | Paper</title>"
        f'<meta property="og:type" content="article"><meta property="og:title" content="{article.title}">'
        f'<meta property="article:published_time" content="{article.published_at.isoformat()}">'
        f'<meta name="author" content="{_name(dice)} {_name(dice)}"><link rel="canonical" href="{article.url}">'
        f"<style>{style}</style><script>{script}</script></head><body><header><nav><ul>{links}</ul></nav></header>"
        f'<main><article><h1>{article.title}</h1><div class="byline">{_name(dice)} {_name(dice)}</div>'
        f'<div class="body">{"".join(body)}</div></article><aside>{related}</aside></main>'
        f"<footer><ul>{links}</ul><p>© Paper. All rights reserved.</p></footer></body></html>"
    )


@functools.cache
def _lexicon(language: str) -> tuple[list[str], list[float]]:
    """Real and invented words of a language, with cumulative Zipf weights."""
    real = _WORDS[language].split()
    dice = random.Random(language)
    pieces = sorted({word[at : at + 3].lower() for word in real for at in range(0, len(word) - 2, 2)})
    made = sorted({"".join(dice.choices(pieces, k=dice.randint(1, 4))) for _ in range(20_000)})
    dice.shuffle(made)
    words = real + made[:12_000]
    return words, list(itertools.accumulate(1 / (rank + 3) for rank in range(len(words))))


def _title_and_paragraphs(dice: random.Random, language: str) -> tuple[str, tuple[str, ...]]:
    words, weights = _lexicon(language)
    names = [_name(dice) for _ in range(10)]
    title = " ".join([names[0], *dice.choices(words, cum_weights=weights, k=6), names[1]])
    return title, tuple(_paragraph(dice, language, names) for _ in range(dice.randint(8, 22)))


def _paragraph(dice: random.Random, language: str, names: list[str]) -> str:
    words, weights = _lexicon(language)
    sentences = []
    for _ in range(dice.randint(2, 5)):
        sentence = dice.choices(words, cum_weights=weights, k=dice.randint(8, 22))
        sentence.insert(dice.randrange(len(sentence)), dice.choice(names))
        sentences.append(" ".join(sentence).capitalize() + ".")
    return " ".join(sentences)


def _reword(text: str, dice: random.Random, language: str) -> str:
    words, _ = _lexicon(language)
    return " ".join(dice.choice(words) if dice.random() < 0.05 else word for word in text.split(" "))


def _name(dice: random.Random) -> str:
    return "".join(dice.choices(_SYLLABLES, k=dice.randint(2, 4))).capitalize()
