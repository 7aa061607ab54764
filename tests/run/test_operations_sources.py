"""Sources that move, disappear, are busy, fail for weeks, fall silent or are not feeds."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.run.health import unusual_silence
from tests.hosts import Answer, Host, running_host
from tests.letters import ITEMS, Command, Letter, feed

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
FEED = feed("paper0.example", list(ITEMS[:2])).encode()


@pytest.fixture
def host() -> Iterator[Host]:
    with running_host() as running:
        running.answers["/feed"] = Answer(body=FEED)
        yield running


@pytest.fixture
def remote(letter: Letter, host: Host) -> Letter:
    """A newsletter whose first source is on the host; the others are files."""
    sources = [{"name": f"paper{n}", "feed": f"paper{n}.xml", "follow": False} for n in (1, 2, 3)]
    sources.insert(0, {"name": "paper0", "feed": f"{host.base}/feed", "follow": False})
    letter.change(sources=sources, fetch={"allow_private": ["127.0.0.1"], "retries": 0, "per_host_delay_seconds": 0})
    return letter


def fetch(newsletter: Command, letter: Letter, hours: float = 0, *options: str) -> str:
    """Fetch `hours` after the start. Returns stderr."""
    done = newsletter.on(letter, "fetch", *options, now=(START + timedelta(hours=hours)).isoformat())
    assert done.code == 0, done.err
    return done.err


def source(newsletter: Command, letter: Letter, hours: float = 0, name: str = "paper0") -> Any:
    """The status of a source."""
    status = newsletter.on(letter, "status", "--json", now=(START + timedelta(hours=hours)).isoformat())
    return next(source for source in status.json["sources"] if source["name"] == name)


def test_a_gone_source_is_reported_and_not_polled_again(newsletter: Command, remote: Letter, host: Host) -> None:
    """410 disables it. --force polls it, and a feed that answers again is healthy again."""
    host.answers["/feed"] = Answer(410)
    assert "not requested again" in fetch(newsletter, remote)
    fetch(newsletter, remote, 200)
    assert host.paths == ["/feed"]
    assert source(newsletter, remote)["health"] == "gone"
    host.answers["/feed"] = Answer(body=FEED)
    fetch(newsletter, remote, 201, "--force")
    assert source(newsletter, remote, 201)["health"] == "ok"


def test_a_source_that_has_moved_is_polled_there_after_three_redirects(
    newsletter: Command, remote: Letter, host: Host
) -> None:
    """Reported once. The config keeps the old URL, which is polled again if the new one fails."""
    host.answers["/feed"] = Answer(301, headers={"Location": "/new"})
    host.answers["/new"] = Answer(body=FEED)
    outputs = [fetch(newsletter, remote, 2 * hour) for hour in range(5)]
    assert ["has moved for good" in output for output in outputs] == [False, False, True, False, False]
    assert host.paths == ["/feed", "/new"] * 3 + ["/new"] * 2
    assert source(newsletter, remote, 9)["moved_to"] == f"{host.base}/new"
    assert "put that in the config" in source(newsletter, remote, 9)["said"][0]
    host.answers["/new"] = Answer(404)
    host.answers["/feed"] = Answer(body=FEED)
    for hour in range(4):
        fetch(newsletter, remote, 10 + 2 * hour)
    assert host.paths[-4:] == ["/new"] * 3 + ["/feed"]
    assert source(newsletter, remote, 17)["health"] == "ok"


def test_a_redirect_to_a_page_is_not_adopted(newsletter: Command, remote: Letter, host: Host) -> None:
    """For example a parked domain that redirects permanently to an advertisement."""
    host.answers["/feed"] = Answer(301, headers={"Location": "/parked"})
    host.answers["/parked"] = Answer(body=b"<!DOCTYPE html><html><title>This domain is for sale</title></html>")
    for hour in range(5):
        assert "has moved for good" not in fetch(newsletter, remote, 2 * hour)
    assert host.paths == ["/feed", "/parked"] * 5


def test_a_page_instead_of_a_feed_is_reported_with_its_feeds(newsletter: Command, remote: Letter, host: Host) -> None:
    """In status and in issue.json."""
    page = b'<!DOCTYPE html><link rel="alternate" type="application/rss+xml" href="/real.xml"><title>A page</title>'
    host.answers["/feed"] = Answer(body=page)
    done = newsletter.on(remote, "run", now=START.isoformat())
    assert done.code == 0, done.err
    assert source(newsletter, remote)["feeds"] == [f"{host.base}/real.xml"]
    issue = json.loads((remote.folder / "outbox" / "2026-W47" / "issue.json").read_text(encoding="utf-8"))
    (health,) = issue["sources"]["health"]
    assert (health["source"], health["condition"]) == ("paper0", "failing")
    assert f"{host.base}/real.xml" in " ".join(health["said"])


def test_an_overruled_charset_is_reported(newsletter: Command, remote: Letter, host: Host) -> None:
    """Also after a 304, which has no charset."""
    wrong = feed("paper0.example", [replace(ITEMS[0], title="Ein Gerät für alle")]).encode()
    host.answers["/feed"] = Answer(body=wrong, headers={"Content-Type": "text/xml; charset=iso-8859-1", "ETag": '"1"'})
    fetch(newsletter, remote)
    host.answers["/feed"] = Answer(304)
    fetch(newsletter, remote, 2)
    assert "charset overruled: declared iso-8859-1, read as utf-8" in source(newsletter, remote, 2)["said"]
    assert host.asked[-1][2]["if-none-match"] == '"1"'


@pytest.mark.parametrize(
    ("answer", "hours"),
    [
        (({}, ""), 1),
        (({"Cache-Control": "max-age=18000"}, ""), 5),
        (({"Cache-Control": "max-age=18000"}, "<ttl>600</ttl>"), 10),
        (({"Cache-Control": "max-age=2592000"}, ""), 24),
        (({}, "<ttl>100000</ttl>"), 24),
        (({"Cache-Control": "max-age=5"}, "<ttl>1</ttl>"), 1),
        (({"Date": "Sun, 22 Nov 2026 08:00:00 GMT", "Expires": "Sun, 22 Nov 2026 11:00:00 GMT"}, ""), 3),
    ],
)
def test_a_source_sets_its_polling_interval_within_the_configs_limits(
    newsletter: Command, remote: Letter, host: Host, answer: tuple[dict[str, str], str], hours: float
) -> None:
    """By ttl, max-age or Expires; not before poll_seconds and not after max_poll_seconds."""
    headers, ttl = answer
    host.answers["/feed"] = Answer(body=FEED.replace(b"<title>", f"{ttl}<title>".encode(), 1), headers=headers)
    fetch(newsletter, remote)
    fetch(newsletter, remote, hours - 0.1)
    assert len(host.asked) == 1
    fetch(newsletter, remote, hours)
    assert len(host.asked) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_host_is_left_alone_by_manual_reruns_too(
    newsletter: Command, remote: Letter, host: Host, status: int
) -> None:
    """For its Retry-After; without one for an hour, then two, then four."""
    host.answers["/feed"] = Answer(status, headers={"Retry-After": "7200"})
    fetch(newsletter, remote)
    fetch(newsletter, remote, 1.9)
    assert len(host.asked) == 1
    host.answers["/feed"] = Answer(status)
    fetch(newsletter, remote, 2)
    fetch(newsletter, remote, 3.9)
    assert len(host.asked) == 2
    fetch(newsletter, remote, 4)
    fetch(newsletter, remote, 7.9)
    assert len(host.asked) == 3
    fetch(newsletter, remote, 8, "--force")
    assert len(host.asked) == 4


def test_a_wrong_clock_does_not_delay_a_source(newsletter: Command, remote: Letter, host: Host) -> None:
    """A due time that was set with a clock far ahead does not count."""
    fetch(newsletter, remote, 24 * 3650)
    fetch(newsletter, remote)
    assert len(host.asked) == 2


def test_a_source_that_fails_for_weeks_is_suggested_for_removal(
    newsletter: Command, remote: Letter, host: Host
) -> None:
    """After three failures the message says since when; after four weeks it suggests removal. Nothing is removed."""
    host.answers["/feed"] = Answer(404)
    outputs = [fetch(newsletter, remote, 24 * 7 * week) for week in range(6)]
    assert ["in a row, since 2026-11-22" in output for output in outputs] == [False, False, True, True, True, True]
    assert ["sources remove" in output for output in outputs] == [False] * 4 + [True] * 2
    assert f"{host.base}/feed" in remote.config.read_text(encoding="utf-8")


def test_a_new_url_starts_without_history(newsletter: Command, remote: Letter, host: Host) -> None:
    """The validators, failures and 410 of the old URL do not apply to the new one."""
    host.answers["/feed"] = Answer(410)
    fetch(newsletter, remote)
    host.answers["/other"] = Answer(body=FEED)
    remote.config.write_text(remote.config.read_text(encoding="utf-8").replace("/feed", "/other"), encoding="utf-8")
    fetch(newsletter, remote, 1)
    assert host.paths == ["/feed", "/other"]
    assert source(newsletter, remote, 1)["failures"] == 0


@pytest.mark.parametrize(
    ("days", "silent", "unusual"),
    [
        (range(20), 2, False),
        (range(20), 5, True),
        ([0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18], 8, False),
        ([0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18], 12, True),
        (range(0, 70, 7), 20, False),
        (range(0, 70, 7), 23, True),
        ([0, 1, 2], 90, False),
    ],
)
def test_silence_is_compared_with_the_sources_own_interval(days: Any, silent: int, unusual: bool) -> None:
    """Daily, weekday and weekly sources have different limits; without enough history no silence is unusual."""
    moments = [START + timedelta(days=day) for day in days]
    found = unusual_silence(moments, max(moments) + timedelta(days=silent))
    assert (found is not None) == unusual


def test_unusual_silence_is_reported(newsletter: Command, remote: Letter, host: Host) -> None:
    """A feed that answers but has no entry for a month, after one each day."""
    items = [
        replace(ITEMS[0], title=f"Story {day}", published=f"{day:02} Nov 2026 09:00:00 +0000") for day in range(1, 20)
    ]
    host.answers["/feed"] = Answer(body=feed("paper0.example", items).encode())
    fetch(newsletter, remote)
    assert source(newsletter, remote)["health"] == "ok"
    status = source(newsletter, remote, 24 * 30)
    assert status["health"] == "silent"
    assert status["since"].startswith("2026-11-19")


def test_a_run_fetches_at_most_max_run_bytes(newsletter: Command, remote: Letter, host: Host) -> None:
    """The rest is left for the next run, with a notice."""
    paths = [f"/feed{number}" for number in range(6)]
    host.answers |= {path: Answer(body=FEED) for path in paths}
    remote.change(
        sources=[{"name": path, "feed": host.base + path, "follow": False} for path in paths],
        fetch={"allow_private": ["127.0.0.1"], "max_run_bytes": 2 * len(FEED)},
    )
    assert "max_run_bytes" in fetch(newsletter, remote)
    assert source(newsletter, remote, name="/feed5")["health"] == "never asked"
    for _ in range(3):
        fetch(newsletter, remote)
    assert source(newsletter, remote, name="/feed5")["health"] == "ok"


def test_a_run_takes_at_most_max_run_entries(newsletter: Command, letter: Letter) -> None:
    """The other feeds wait in the store for the next run."""
    letter.change(fetch={"max_run_entries": 3})
    assert "max_run_entries" in fetch(newsletter, letter)
    entries = [source["entries"] for source in newsletter.on(letter, "status", "--json").json["sources"]]
    assert entries == [2, 2, 0, 0]
    fetch(newsletter, letter)
    entries = [source["entries"] for source in newsletter.on(letter, "status", "--json").json["sources"]]
    assert entries == [2, 2, 2, 2]
