"""Answers that browsers and curl take although they are odd, and guards that no program passes."""

import asyncio
import gzip
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from backports import zstd

from pipeline.edges.fetcher import Account, FetchResult, Request, fetch_all
from pipeline.records import FetchSettings, Purpose
from tests.edges.bad_hosts import BEHAVIOURS, FEED, Asked, Host, answer, bad_hosts, behaviour
from tests.edges.test_fetcher import AGENT, NOW

LIMITS = FetchSettings(max_feed_bytes=1_000_000, deadline_seconds=3, retries=0, per_host_delay_seconds=0)
RULES = {
    "mark": b"\xef\xbb\xbfUser-agent: *\nDisallow: /page",
    "old-mac": b"User-agent: *\rDisallow: /page\r",
    "windows": b"# words\r\nUser-agent: *\r\n\r\nDisallow: /page\r\n",
    "long": b"User-agent: *\nDisallow: /page\n" + b"# words\n" * 80_000,
    "named": b"User-agent: *\nDisallow:\n\nUser-agent: letter\nDisallow: /page\n",
    "cut": b"User-agent: *\n" + b"#" * (500 * 1024 - 14 - 11) + b"\nDisallow: /elsewhere",
}
_TITLE = "<html><head><title>{}</title></head><body>Please wait</body></html>"
GUARDS = {
    "cloudflare": ("403 Forbidden", _TITLE.format("Just a moment...").encode(), "Cloudflare"),
    "anubis": ("200 OK", _TITLE.format("Making sure you&#39;re not a bot!").encode(), "Anubis"),
    "datadome": (
        "403 Forbidden",
        b"<html><script src='https://geo.captcha-delivery.com/x'></script></html>",
        "DataDome",
    ),
    "packed": ("503 Service Unavailable", gzip.compress(_TITLE.format("DDoS-Guard").encode()), "DDoS-Guard"),
}


@behaviour("/coded")
async def _coded(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=FEED, Content_Encoding=urlsplit(asked.path).query)


@behaviour("/zstd")
async def _zstd(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    body = zstd.compress(bytes(60_000_000)) if "bomb" in asked.path else zstd.compress(FEED) + zstd.compress(b"<!---->")
    answer(writer, body=body[:-9] if "cut" in asked.path else body, Content_Encoding="zstd")


@behaviour("/long-field")
async def _long_field(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=FEED, Content_Security_Policy="x" * 60_000)


@behaviour("/304-with-body")
async def _with_body(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, "304 Not Modified", FEED, ETag='"x"')


@behaviour("/304-in-chunks")
async def _in_chunks(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n")
    writer.close()


@behaviour("/status")
async def _status(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, f"{urlsplit(asked.path).query} Fine", FEED)


@behaviour("/guard")
async def _guard(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    status, body, _ = GUARDS[urlsplit(asked.path).query]
    coding = {"Content_Encoding": "gzip"} if body.startswith(b"\x1f") else {}
    answer(writer, status, body, Content_Type="text/html", **coding)


@behaviour("/guarded-page")
async def _guarded_page(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    script = b"<script src='/_Incapsula_Resource?SWJIYLWA=1'></script>"
    answer(writer, body=b"<html><title>The quay</title>" + b"<p>Words of a story.</p>" * 400 + script)


@behaviour("/page")
async def _page(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=b"<html>A page</html>")


@pytest.fixture
def host() -> Iterator[Host]:
    """A new server for each test."""
    with bad_hosts() as running:
        yield running


def fetch(url: str, purpose: Purpose = "feed", *, agent: str = AGENT, **request: Any) -> FetchResult:
    """Fetch one address from loopback, which is allowed here."""
    (fetched,) = fetch_all(
        [Request(url, "a source", purpose, **request)],
        limits=LIMITS,
        user_agent=agent,
        allow_private=["127.0.0.1", "localhost"],
        now=lambda: NOW,
    )
    return fetched


@pytest.mark.parametrize(
    "path",
    ["/coded?UTF-8", "/coded?binary", "/coded?none", "/zstd", "/long-field", "/status?203", "/status?226"],
)
def test_an_odd_answer_is_an_answer(host: Host, path: str) -> None:
    """An unknown coding is none; zstd is unpacked; 203 and 226 have the content."""
    fetched = fetch(f"{host.base}{path}")
    assert fetched.error is None
    assert fetched.response is not None
    assert fetched.response.body.startswith(FEED)


@pytest.mark.parametrize(
    ("path", "reason"), [("/zstd?bomb", "too large"), ("/zstd?cut", "connection"), ("/coded?zstd", "encoding")]
)
def test_zstd_has_the_limits_of_gzip(host: Host, path: str, reason: str) -> None:
    error = fetch(f"{host.base}{path}").error
    assert error is not None
    assert error.reason == reason


@pytest.mark.parametrize("path", ["/304-with-body", "/304-in-chunks"])
def test_a_304_ends_with_its_header(host: Host, path: str) -> None:
    """Whatever a broken host sends behind it."""
    fetched = fetch(f"{host.base}{path}", etag='"x"')
    assert fetched.error is None
    assert fetched.not_modified


@pytest.mark.parametrize("guard", sorted(GUARDS))
def test_a_guard_is_named_with_what_an_editor_can_do(host: Host, guard: str) -> None:
    error = fetch(f"{host.base}/guard?{guard}").error
    assert error is not None
    assert error.reason == "challenge"
    assert GUARDS[guard][2] in error.message
    assert "ask the publisher" in error.message


def test_a_page_with_a_guards_script_beside_its_content_is_a_page(host: Host) -> None:
    fetched = fetch(f"{host.base}/guarded-page")
    assert fetched.error is None
    assert fetched.response is not None


def test_a_validator_is_not_sent_to_another_host(host: Host) -> None:
    other = host.base.replace("127.0.0.1", "localhost")
    fetch(f"{host.base}/to?url={other}/feed", etag='"x"', last_modified="yesterday")
    first, second = host.asked
    assert first.headers["if-none-match"] == '"x"'
    assert not {"if-none-match", "if-modified-since"} & set(second.headers)


def test_an_account_is_shown_to_its_host_alone(host: Host) -> None:
    """Not after a redirect to another host, and not to the address that has taken the source's place."""
    other = host.base.replace("127.0.0.1", "localhost")
    account = Account(f"{host.base}/feed", (("Authorization", "Basic secret"), ("Cookie", "id=secret")))
    fetch(f"{host.base}/to?url=/feed", account=account)
    fetch(f"{host.base}/to?url={other}/feed", account=account)
    fetch(f"{other}/feed", account=account)
    shown = [(asked.headers.get("authorization"), asked.headers.get("cookie")) for asked in host.asked]
    assert shown == [("Basic secret", "id=secret")] * 3 + [(None, None)] * 2
    assert "secret" not in repr(account)


@pytest.mark.parametrize("rules", sorted(RULES))
def test_robots_txt_is_read_as_rfc_9309_says(host: Host, rules: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a byte order mark, any line ends, and of a long file the first 500 KB, without a line that is cut."""

    async def robots(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
        answer(writer, body=RULES[rules])

    monkeypatch.setitem(BEHAVIOURS, "/robots.txt", robots)
    fetched = fetch(
        f"{host.base}/page", "page", agent="Letter-1 (+mailto:desk@letter.example)" if rules != "named" else AGENT
    )
    if rules == "cut":
        assert fetched.response is not None
    else:
        assert fetched.error is not None
        assert fetched.error.reason == "robots"
