"""Feeds of every shape: charsets, declarations, dialects, extensions, truncation, bombs, JSON with wrong types.

Each is parsed in a process that may use 512 MB, and must give entries or a FeedError within ten seconds.
"""

# ruff: noqa: SIM905 - long lists are easier to read as text

import functools
import itertools
import json
import multiprocessing
import random
import resource
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from gzip import compress
from multiprocessing.connection import Connection
from typing import Any

from pipeline.errors import FeedError

MAX_SECONDS, MAX_BYTES = 10.0, 512 * 1024 * 1024
URL = "https://one.example/feed"
TEN_MB = 9_990_000
ATOM = "http://www.w3.org/2005/Atom"
ITEM = "<item><title>T</title><link>https://one.example/1</link><description>D</description></item>"
SPACES = {
    "cc": "http://web.resource.org/cc/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "georss": "http://www.georss.org/georss",
    "gml": "http://www.opengis.net/gml",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "psc": "http://podlove.org/simple-chapters",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
}
DECLARED = "".join(f' xmlns:{prefix}="{space}"' for prefix, space in SPACES.items())


CHARSETS = (
    "utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be utf-7 cp037 cp500 cp1026 cp1140"
    " latin-1 cp1251 koi8-r mac-roman shift_jis euc-jp iso2022_jp gb18030 hz big5"
).split()
LABELS = ("utf-8 utf-16 utf-32 ascii bogus undefined idna punycode unicode_escape rot13 zlib hex base64 mbcs").split()
SPLICES: tuple[bytes, ...] = (
    *(b"&", b"<", b">", b"&nbsp;", b"&bogus;", b"&#0;", b"&#xD800;", b"<!--", b"<![CDATA[", b"]]>", b"<?pi", b"<b:c>"),
    *(b"<!DOCTYPE x [", b"</item>", b"\xff\xfe", b"\xed\xa0\x80", b"\x0b", b"&#" + b"9" * 5_000 + b";"),
    *(b"&#x" + b"f" * 5_000 + b";", b"<a " + b"x='1' " * 5_000 + b"/>", b"<a x='" + b"y" * 2_000_000 + b"'/>"),
)
ELEMENTS = (
    "media:content url='{}' width='{}' type='{}'|media:thumbnail url='{}' width='{}'|media:group"
    "|media:credit role='{}'|media:description type='{}'|itunes:duration|itunes:image href='{}'"
    "|itunes:category text='{}'|itunes:new-feed-url|georss:point|georss:polygon|georss:box|georss:where"
    "|gml:pos srsDimension='{}'|gml:Point|gml:exterior|gml:posList srsDimension='{}'|psc:chapters"
    "|psc:chapter start='{}'|cc:license|thr:in-reply-to ref='{}'|content:encoded|podcast:transcript url='{}'"
    "|dc:date|dc:creator|sy:updateFrequency|sy:updatePeriod|ttl|guid isPermaLink='{}'"
    "|enclosure url='{}' length='{}' type='{}'|category domain='{}' term='{}'|source url='{}'"
    "|cloud domain='{}' port='{}'|textInput|image|author|skipHours|pubDate|updated"
    "|content type='{}' mode='{}' src='{}'|summary type='{}'|title type='{}' mode='{}'"
    "|link rel='{}' href='{}' type='{}'|language|expirationDate|id"
).split("|")
VALUES = (
    *(
        "",
        "x",
        "-1",
        "9" * 400,
        "NaN",
        "1 2",
        "a, b",
        "<x/>",
        "&#xD800;",
        "javascript:alert(1)",
        "http://[::1",
        "base64",
    ),
    *("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "Thu, 31 Dec 2026 24:00:00 GMT", "2026-02-30", "1e309"),
)
JSON_FIELDS = (
    "id url external_url title content_html content_text summary image banner_image date_published"
    " date_modified author authors tags language attachments"
).split()
JSON_VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 1e308, 10**300, "", "x", "\ud800", "\x00", [], {}, [[]], [None], ["a", 1, None, {}]),
    *({"name": []}, [{"name": 1, "url": [], "mime_type": {}}], "9999-12-31T23:59:59-12:00", "javascript:alert(1)"),
)


def rss(inner: str) -> bytes:
    """An RSS feed with `inner` in its channel."""
    text = f'<rss version="2.0"{DECLARED}><channel><title>C</title>{inner}</channel></rss>'
    return text.encode("utf-8", "surrogatepass")


GOOD = rss(ITEM * 3)


def well_formed() -> Iterator[bytes]:
    """Charsets with every label, dialects, and each element with each value, in a feed and in an entry."""
    for charset, label in itertools.product(CHARSETS, (None, *LABELS)):
        yield f'<?xml version="1.0" encoding="{label or charset}"?>'.encode(charset) + GOOD.decode().encode(charset)
    for version in ("0.90", "0.91", "0.92", "1.0", "2.0", "99", ""):
        yield f'<rss version="{version}"><channel><title>C</title>{ITEM}</channel></rss>'.encode()
    for space in (
        ATOM,
        "http://purl.org/atom/ns#",
        "http://purl.org/rss/1.0/",
        "http://purl.org/net/rss1.1#",
        "urn:x",
        "",
    ):
        yield f'<feed xmlns="{space}" version="0.3"><entry><title>T</title><link href="x"/></entry></feed>'.encode()
        yield f'<rss xmlns="{space}"><channel><title>C</title>{ITEM}</channel></rss>'.encode()
    for element, value in itertools.product(ELEMENTS, VALUES):
        name = element.split()[0]
        part = f"<{element.format(*[value.replace('<', '&lt;')] * 3)}>{value}</{name}>"
        yield rss(f"<item><title>T</title>{part * 2}</item>")
        yield rss(part + ITEM)
        yield f'<feed xmlns="{ATOM}"{DECLARED} xml:base="{value[:1]}">{part}<entry>{part}</entry></feed>'.encode()


def ill_formed() -> Iterator[bytes]:
    """Truncated feeds, and bytes that do not belong there."""
    yield from (b"", bytes(1_000), b" \n", b"\xff\xfe", b"\xff\xfe\0\0", compress(GOOD), zlib.compress(GOOD))
    yield from (GOOD[:cut] for cut in range(0, len(GOOD), 9))
    yield from (random.Random(number).randbytes(100_000) for number in range(3))
    for splice in SPLICES:
        yield splice + GOOD
        for place in (b"T</title>", b"https://one.example/1", b"D</desc", b"<channel>", b"</channel>"):
            yield GOOD.replace(place, splice + place)
    yield rss("<item><title>\ud800</title></item>").decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass")


def bombs() -> Iterator[bytes]:
    """Ten megabytes of one construct, deep nesting, expanding entities."""
    for part in ("<item/>", ITEM, "<a>", "<!--x-->", "<!--", "<?x?>", "<![CDATA[", "&amp;", "&#233;", "x ", "<", "]]>"):
        yield (b"<rss><channel>" + part.encode() * (TEN_MB // len(part)))[:TEN_MB]
        yield (part.encode() * (TEN_MB // len(part)))[: TEN_MB - len(GOOD)] + GOOD
    for part in ("a@b ", "<p>", "&lt;div&gt;", "&eacute;", "http://x/../", "Mon, ", "1", "1.5 "):
        for name in ("title", "link", "description", "author", "pubDate", "category", "guid", "georss:polygon"):
            yield rss(f"<item><{name}>" + part * (2_000_000 // len(part)) + f"</{name}></item>")
    for name in ("category", "author", "link", "dc:creator", "media:content", "enclosure", "x"):
        yield rss("<item>" + f"<{name}>y</{name}>" * 200_000 + "</item>")[:TEN_MB]
    for depth in (1_000, 100_000, 400_000):
        for tag in ("a", "channel", "item", "entry", "description", "title", "rss"):
            yield f"<rss><channel><item>{f'<{tag}>' * depth}{f'</{tag}>' * depth}</item></channel></rss>".encode()
    for tag in ("<div>", "<b>", "<table><tr><td>", "<ul><li>", "<svg>", "<style>"):
        yield rss(f"<item><description><![CDATA[{tag * 200_000}]]></description></item>")
    entity = '<!DOCTYPE x [<!ENTITY a0 "a">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    for doctype in (
        entity,
        f'<!DOCTYPE x [<!ENTITY a11 "{"a" * 60}">',
        f'<!DOCTYPE x [<!ENTITY a11 "{"a" * 100_000}">',
    ):
        yield (doctype + "]>").encode() + rss("<item><title>" + "&a11;" * 100_000 + "</title></item>")
    yield ("<rss " + "".join(f"xmlns:n{n}='u{n}' " for n in range(300_000))).encode()[:TEN_MB] + b"><channel/></rss>"
    yield ("<rss><channel><item>" + "".join(f"<n{n}:a/>" for n in range(600_000))).encode()[:TEN_MB]
    yield b"<!doctype html><html><body>" + b"<p>words <b>and</b> <a href='y'>words</a></p>\n" * 210_000


def json_feeds() -> Iterator[bytes]:
    """JSON Feed with each field of each type, and oversized JSON."""
    for version, value in itertools.product(("https://jsonfeed.org/version/1", 1, None), JSON_VALUES):
        about = dict.fromkeys(("title", "home_page_url", "feed_url", "language", "authors", "author", "hubs"), value)
        every = dict.fromkeys(JSON_FIELDS, value)
        yield json.dumps({"version": version, **about, "items": [every, value]}).encode()
        yield json.dumps({"version": version, "items": value}).encode()
    for field, value in itertools.product(JSON_FIELDS, JSON_VALUES):
        yield json.dumps({"version": "1.1", "items": [{"id": "1", "title": "T", field: value}]}).encode()
    for inner in (
        "[" * 4_000_000,
        "{}," * 3_000_000 + "{}]}",
        '{"id":' + "9" * 5_000 + "}]}",
        '{"id":NaN}]}',
        "] more",
    ):
        yield b'{"items":[' + inner.encode()
    for field, value in {"content_html": "<div>" * 1_500_000, "content_text": "<\n\n" * 2_000_000}.items():
        yield json.dumps({"items": [{"id": "1", field: value}]}).encode()
    for field, item in {"tags": "t", "authors": {"name": "a;b"}, "attachments": {"url": "x"}}.items():
        yield json.dumps({"items": [{"id": "1", field: [item] * 400_000}]}).encode()
    yield json.dumps({"items": [{"id": "1", "title": "T"}]}).encode("utf-16")


def shapes() -> Iterator[bytes]:
    """All feeds, in a stable order."""
    return itertools.chain(well_formed(), ill_formed(), bombs(), json_feeds())


def _parse(pipe: "Connection[tuple[str, float], bytes]") -> None:
    from pipeline.stages.parse import parse_feed

    resource.setrlimit(resource.RLIMIT_AS, (MAX_BYTES, MAX_BYTES))
    while True:
        body, started = pipe.recv(), time.monotonic()
        try:
            result = "entries" if parse_feed(body, URL) else "no entries"
        except FeedError:
            result = "FeedError"
        except BaseException as error:  # noqa: BLE001 - the test looks for any exception
            result = f"UNCAUGHT {type(error).__name__}"
        pipe.send((result, time.monotonic() - started))


class Parser:
    """A process that parses feeds. It is replaced when it dies or hangs."""

    def __init__(self) -> None:
        self._open()

    def _open(self) -> None:
        self._pipe, child_pipe = multiprocessing.Pipe()
        work = functools.partial(_parse, child_pipe)
        # Not by the fork server: what another test preloads there would count as memory of the parser.
        self._process = multiprocessing.get_context("spawn").Process(target=work, daemon=True)
        self._process.start()

    def outcome(self, body: bytes) -> tuple[str, float]:
        """Parse a feed. Returns the outcome and the seconds."""
        try:
            self._pipe.send(body)
            if self._pipe.poll(6 * MAX_SECONDS):
                found: tuple[str, float] = self._pipe.recv()
                return found
            result = "HUNG"
        except (EOFError, OSError):
            result = "DIED"
        self.close()
        self._open()
        return result, 6 * MAX_SECONDS

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()


def try_shapes(step: int = 1) -> tuple[Counter[str], float]:
    """Parse every `step`th feed. Returns the outcomes and the longest time."""
    found: Counter[str] = Counter()
    longest, parser = 0.0, Parser()
    for number, body in enumerate(itertools.islice(shapes(), 0, None, step)):
        result, seconds = parser.outcome(body)
        plain = result in ("entries", "no entries", "FeedError")
        found[result if plain else f"{result} (number {number * step}, {body[:60]!r})"] += 1
        longest = max(longest, seconds)
    parser.close()
    return found, longest


if __name__ == "__main__":
    outcomes, worst = try_shapes()
    good = sum(outcomes[name] for name in ("entries", "no entries", "FeedError"))
    print(
        f"feeds of every shape: {outcomes.total() - good} of {outcomes.total()} gave neither entries nor a FeedError;"
        f" the longest took {worst:.2f} s; {dict(outcomes)}"
    )
