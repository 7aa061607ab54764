"""`sources add` and `sources check` with an address: the feed behind a site, and what an editor needs to know of it."""

import re
from collections.abc import Iterator

import pytest

from tests.hosts import Answer, Host, running_host
from tests.letters import ITEMS, Command, Letter, Outcome, feed

LISTING = "<!DOCTYPE html><html lang='en'><head><title>Harbour News</title>{}</head><body><h1>News</h1></body></html>"
LINK = '<link rel="alternate" type="application/rss+xml" href="{}">'


@pytest.fixture
def host() -> Iterator[Host]:
    """A host with a feed of its own title."""
    with running_host() as running:
        body = feed("paper0.example", list(ITEMS)).replace("<title>paper0.example", "<title>Harbour News")
        running.answers["/hidden/news.xml"] = Answer(body=body.encode())
        yield running


@pytest.fixture
def near(letter: Letter) -> Letter:
    """A newsletter that may request hosts on loopback."""
    letter.change(fetch={"allow_private": ["127.0.0.1"], "retries": 0})
    return letter


def sources(newsletter: Command, letter: Letter, name: str, *arguments: str) -> Outcome:
    """Run a command of `newsletter sources`."""
    return newsletter("sources", name, "--config", letter.config, *arguments)


def test_add_finds_the_feed_that_a_site_declares(newsletter: Command, near: Letter, host: Host) -> None:
    """And names the source by its title."""
    host.answers["/"] = Answer(body=LISTING.format(LINK.format("/gone.xml") + LINK.format("/hidden/news.xml")).encode())
    done = sources(newsletter, near, "add", f"{host.base}/")
    assert done.code == 0, done.err
    assert f"added Harbour News, a feed: {host.base}/hidden/news.xml" in done.out
    assert "language: en" in near.config.read_text(encoding="utf-8")


def test_add_tries_the_usual_paths(newsletter: Command, near: Letter, host: Host) -> None:
    host.answers["/about"] = Answer(body=LISTING.format("").encode())
    host.answers["/rss.xml"] = host.answers["/hidden/news.xml"]
    done = sources(newsletter, near, "add", f"{host.base}/about", "--name", "The harbour")
    assert f"added The harbour, a feed: {host.base}/rss.xml" in done.out


def test_add_keeps_an_address_that_does_not_answer_now(newsletter: Command, near: Letter, host: Host) -> None:
    """With a warning; a bare name that leads nowhere is refused."""
    done = sources(newsletter, near, "add", f"{host.base}/later.xml")
    assert done.code == 0
    assert "added as it is" in done.err
    assert f'feed: "{host.base}/later.xml"' in near.config.read_text(encoding="utf-8")
    refused = sources(newsletter, near, "add", "nobody.invalid")
    assert refused.code == 2
    assert "neither a file here nor a site" in refused.err


def test_add_with_name_and_kind_requests_nothing(newsletter: Command, near: Letter, host: Host) -> None:
    done = sources(newsletter, near, "add", f"{host.base}/x", "--name", "X", "--kind", "page")
    assert "added X, a page" in done.out
    assert host.asked == []


def test_check_describes_an_address_in_ten_lines(newsletter: Command, near: Letter, host: Host) -> None:
    """Nothing is stored, and the last line makes it a source."""
    host.answers["/"] = Answer(body=LISTING.format(LINK.format("/hidden/news.xml")).encode())
    before = near.config.read_bytes()
    done = sources(newsletter, near, "check", f"{host.base}/")
    assert done.code == 0, done.err
    lines = dict(line.split(":", 1) for line in done.out.splitlines())
    assert {key: value.strip() for key, value in lines.items()} == {
        "feed": f"{host.base}/hidden/news.xml",
        "title": "Harbour News",
        "language": "en",
        "items": "8",
        "newest": "2026-11-20 09:00 UTC",
        "text": lines["text"].strip(),
        "odd": "nothing",
        "config": f'- {{name: "Harbour News", feed: "{host.base}/hidden/news.xml", language: "en"}}',
    }
    assert lines["text"].strip().startswith("summary (")
    assert near.config.read_bytes() == before


def test_check_describes_a_page_without_a_feed(newsletter: Command, near: Letter, host: Host) -> None:
    stories = "".join(f"<p>{item.body}</p>" for item in ITEMS)
    host.answers["/news"] = Answer(body=f"<html><title>A pier</title><article>{stories}</article></html>".encode())
    done = sources(newsletter, near, "check", f"{host.base}/news")
    assert done.code == 0, done.err
    assert done.out.startswith(f"page:     {host.base}/news\n")
    assert "items:    1" in done.out


def test_check_says_what_is_odd(newsletter: Command, near: Letter, host: Host) -> None:
    body = host.answers["/hidden/news.xml"].body.replace(b"Fri, 20 Nov 2026 09:00:00 +0000", b"at low tide")
    host.answers["/odd.xml"] = Answer(body=body)
    out = sources(newsletter, near, "check", f"{host.base}/odd.xml").out
    assert "newest:   none is dated" in out
    assert "8 of 8 dates cannot be read, such as 'at low tide'" in out


def test_check_takes_a_date_in_the_future_for_none(newsletter: Command, near: Letter, host: Host) -> None:
    """And counts items without a title."""
    body = host.answers["/hidden/news.xml"].body.replace(b"20 Nov 2026", b"20 Nov 2031", 1)
    host.answers["/odd.xml"] = Answer(body=re.sub(rb"<item><title>.*?</title>", b"<item>", body, count=1))
    out = sources(newsletter, near, "check", f"{host.base}/odd.xml").out
    assert "newest:   2026-11-" in out
    assert "1 of 8 items have no title" in out
    assert "1 of 8 dates are in the future" in out


def test_check_repeats_no_login(newsletter: Command, near: Letter, host: Host) -> None:
    """Of an address that has one, which is not requested either."""
    address = host.base.replace("//", "//ann:kelp-and-salt@")
    done = sources(newsletter, near, "check", f"{address}/feed")
    assert done.code == 2
    assert "sources add" in done.err
    assert "kelp-and-salt" not in done.out + done.err
    assert host.asked == []


def test_check_says_what_a_locked_feed_needs(newsletter: Command, near: Letter, host: Host) -> None:
    host.answers["/locked"] = Answer(status=401)
    assert "headers:" in sources(newsletter, near, "check", f"{host.base}/locked").err


def test_add_refuses_a_path_that_leads_nowhere(newsletter: Command, near: Letter) -> None:
    """And says how an address begins, since it may be one without its beginning."""
    before = near.config.read_bytes()
    done = sources(newsletter, near, "add", "127.0.0.1:8000/feed")
    assert done.code == 2
    assert "https://" in done.err
    assert near.config.read_bytes() == before


@pytest.mark.parametrize("command", ["add", "check"])
def test_an_address_that_is_none_is_a_wrong_command(newsletter: Command, near: Letter, command: str) -> None:
    done = sources(newsletter, near, command, "http://[::1/feed")
    assert done.code == 2
    assert "not an address" in done.err
