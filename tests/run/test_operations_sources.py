"""What becomes of sources that move, go, are busy, fail for weeks, fall silent, or are no feeds."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.run.health import unusual_silence
from tests.hosts import Host, Says, a_host
from tests.letters import ITEMS, Command, Letter, feed

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
FEED = feed("paper0.example", list(ITEMS[:2])).encode()


@pytest.fixture
def host() -> Iterator[Host]:
    with a_host() as running:
        running.answers["/feed"] = Says(body=FEED)
        yield running


@pytest.fixture
def remote(letter: Letter, host: Host) -> Letter:
    """A letter whose first source is on the host; all the others are files."""
    sources = [{"name": f"paper{n}", "feed": f"paper{n}.xml", "follow": False} for n in (1, 2, 3)]
    sources.insert(0, {"name": "paper0", "feed": f"{host.base}/feed", "follow": False})
    letter.change(sources=sources, fetch={"allow_private": ["127.0.0.1"], "retries": 0, "per_host_delay_seconds": 0})
    return letter


def fetch(newsletter: Command, letter: Letter, hours: float = 0, *options: str) -> str:
    """Fetch so long after the start; what was said."""
    done = newsletter.on(letter, "fetch", *options, now=(START + timedelta(hours=hours)).isoformat())
    assert done.code == 0, done.err
    return done.err


def source(newsletter: Command, letter: Letter, hours: float = 0, name: str = "paper0") -> Any:
    """What status says of a source."""
    said = newsletter.on(letter, "status", "--json", now=(START + timedelta(hours=hours)).isoformat())
    return next(each for each in said.json["sources"] if each["name"] == name)


def test_a_source_that_is_gone_is_reported_and_not_asked_again(newsletter: Command, remote: Letter, host: Host) -> None:
    """410 disables it; --force is a choice, and a feed that is back is back."""
    host.answers["/feed"] = Says(410)
    assert "not requested again" in fetch(newsletter, remote)
    fetch(newsletter, remote, 200)
    assert host.paths == ["/feed"]
    assert source(newsletter, remote)["health"] == "gone"
    host.answers["/feed"] = Says(body=FEED)
    fetch(newsletter, remote, 201, "--force")
    assert source(newsletter, remote, 201)["health"] == "ok"


def test_a_source_that_has_moved_for_good_is_asked_there_after_three_sightings(
    newsletter: Command, remote: Letter, host: Host
) -> None:
    """Not before, and said once; the config keeps its address, which is asked again when the new one is lost."""
    host.answers["/feed"] = Says(301, headers={"Location": "/new"})
    host.answers["/new"] = Says(body=FEED)
    said = [fetch(newsletter, remote, 2 * hour) for hour in range(5)]
    assert ["has moved for good" in each for each in said] == [False, False, True, False, False]
    assert host.paths == ["/feed", "/new"] * 3 + ["/new"] * 2
    assert source(newsletter, remote, 9)["moved_to"] == f"{host.base}/new"
    assert "put that into the config" in source(newsletter, remote, 9)["said"][0]
    host.answers["/new"] = Says(404)
    host.answers["/feed"] = Says(body=FEED)
    for hour in range(4):
        fetch(newsletter, remote, 10 + 2 * hour)
    assert host.paths[-4:] == ["/new"] * 3 + ["/feed"]
    assert source(newsletter, remote, 17)["health"] == "ok"


def test_what_is_no_feed_at_its_end_moves_nothing(newsletter: Command, remote: Letter, host: Host) -> None:
    """A parked domain that redirects for good to a page of advertisements is not adopted."""
    host.answers["/feed"] = Says(301, headers={"Location": "/parked"})
    host.answers["/parked"] = Says(body=b"<!DOCTYPE html><html><title>This domain is for sale</title></html>")
    for hour in range(5):
        assert "has moved for good" not in fetch(newsletter, remote, 2 * hour)
    assert host.paths == ["/feed", "/parked"] * 5


def test_a_page_in_place_of_a_feed_is_told_with_the_feeds_it_links_to(
    newsletter: Command, remote: Letter, host: Host
) -> None:
    """In status, and in issue.json."""
    page = b'<!DOCTYPE html><link rel="alternate" type="application/rss+xml" href="/real.xml"><title>A page</title>'
    host.answers["/feed"] = Says(body=page)
    done = newsletter.on(remote, "run", now=START.isoformat())
    assert done.code == 0, done.err
    assert source(newsletter, remote)["feeds"] == [f"{host.base}/real.xml"]
    said = json.loads((remote.folder / "outbox" / "2026-W47" / "issue.json").read_text(encoding="utf-8"))
    (health,) = said["sources"]["health"]
    assert (health["source"], health["condition"]) == ("paper0", "failing")
    assert f"{host.base}/real.xml" in " ".join(health["said"])


def test_a_charset_that_was_overruled_is_told(newsletter: Command, remote: Letter, host: Host) -> None:
    """And still is after a 304, which says nothing new."""
    wrong = feed("paper0.example", [replace(ITEMS[0], title="Ein Gerät für alle")]).encode()
    host.answers["/feed"] = Says(body=wrong, headers={"Content-Type": "text/xml; charset=iso-8859-1", "ETag": '"1"'})
    fetch(newsletter, remote)
    host.answers["/feed"] = Says(304)
    fetch(newsletter, remote, 2)
    assert "charset overruled: declared iso-8859-1, read as utf-8" in source(newsletter, remote, 2)["said"]
    assert host.asked[-1][2]["if-none-match"] == '"1"'


@pytest.mark.parametrize(
    ("says", "hours"),
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
def test_a_source_is_asked_as_soon_as_it_wants_within_the_configs_bounds(
    newsletter: Command, remote: Letter, host: Host, says: tuple[dict[str, str], str], hours: float
) -> None:
    """ttl, max-age and Expires count; never sooner than poll_seconds, never later than max_poll_seconds."""
    headers, ttl = says
    host.answers["/feed"] = Says(body=FEED.replace(b"<title>", f"{ttl}<title>".encode(), 1), headers=headers)
    fetch(newsletter, remote)
    fetch(newsletter, remote, hours - 0.1)
    assert len(host.asked) == 1
    fetch(newsletter, remote, hours)
    assert len(host.asked) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_host_is_left_alone_by_reruns_by_hand_too(
    newsletter: Command, remote: Letter, host: Host, status: int
) -> None:
    """As long as it asks; without a word from it an hour, then two, then four."""
    host.answers["/feed"] = Says(status, headers={"Retry-After": "7200"})
    fetch(newsletter, remote)
    fetch(newsletter, remote, 1.9)
    assert len(host.asked) == 1
    host.answers["/feed"] = Says(status)
    fetch(newsletter, remote, 2)
    fetch(newsletter, remote, 3.9)
    assert len(host.asked) == 2
    fetch(newsletter, remote, 4)
    fetch(newsletter, remote, 7.9)
    assert len(host.asked) == 3
    fetch(newsletter, remote, 8, "--force")
    assert len(host.asked) == 4


def test_a_clock_that_was_wrong_keeps_no_source_waiting(newsletter: Command, remote: Letter, host: Host) -> None:
    """What was noted ten years ahead, or ahead of a clock set back, does not count."""
    fetch(newsletter, remote, 24 * 3650)
    fetch(newsletter, remote)
    assert len(host.asked) == 2


def test_a_source_that_fails_for_weeks_is_proposed_for_removal_and_never_removed(
    newsletter: Command, remote: Letter, host: Host
) -> None:
    """From the third failure in a row its line says since when; after four weeks one line proposes."""
    host.answers["/feed"] = Says(404)
    said = [fetch(newsletter, remote, 24 * 7 * week) for week in range(6)]
    assert ["in a row, since 2026-11-22" in each for each in said] == [False, False, True, True, True, True]
    assert ["sources remove" in each for each in said] == [False] * 4 + [True] * 2
    assert f"{host.base}/feed" in remote.config.read_text(encoding="utf-8")


def test_a_new_address_begins_anew(newsletter: Command, remote: Letter, host: Host) -> None:
    """The validators, the failures and the 410 of the old address are not the new one's."""
    host.answers["/feed"] = Says(410)
    fetch(newsletter, remote)
    host.answers["/other"] = Says(body=FEED)
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
def test_silence_is_held_against_the_sources_own_habit(days: Any, silent: int, unusual: bool) -> None:
    """A daily misses days, one with free weekends a week, a weekly three weeks; without a habit nothing is unusual."""
    moments = [START + timedelta(days=day) for day in days]
    found = unusual_silence(moments, max(moments) + timedelta(days=silent))
    assert (found is not None) == unusual


def test_unusual_silence_is_told(newsletter: Command, remote: Letter, host: Host) -> None:
    """A feed that answers well but has had nothing for a month, where it had something each day."""
    items = [
        replace(ITEMS[0], title=f"Story {day}", published=f"{day:02} Nov 2026 09:00:00 +0000") for day in range(1, 20)
    ]
    host.answers["/feed"] = Says(body=feed("paper0.example", items).encode())
    fetch(newsletter, remote)
    assert source(newsletter, remote)["health"] == "ok"
    told = source(newsletter, remote, 24 * 30)
    assert told["health"] == "silent"
    assert told["since"].startswith("2026-11-19")


def test_one_run_reads_no_more_than_it_may(newsletter: Command, remote: Letter, host: Host) -> None:
    """Bytes in all: the rest is left for the next run, and said so."""
    paths = [f"/feed{number}" for number in range(6)]
    host.answers |= {path: Says(body=FEED) for path in paths}
    remote.change(
        sources=[{"name": path, "feed": host.base + path, "follow": False} for path in paths],
        fetch={"allow_private": ["127.0.0.1"], "max_run_bytes": 2 * len(FEED)},
    )
    assert "max_run_bytes" in fetch(newsletter, remote)
    assert source(newsletter, remote, name="/feed5")["health"] == "never asked"
    for _ in range(3):
        fetch(newsletter, remote)
    assert source(newsletter, remote, name="/feed5")["health"] == "ok"


def test_one_run_takes_no_more_entries_than_it_may(newsletter: Command, letter: Letter) -> None:
    """Entries in all: the feeds beyond wait in the store and are read the next time."""
    letter.change(fetch={"max_run_entries": 3})
    assert "max_run_entries" in fetch(newsletter, letter)
    entries = [each["entries"] for each in newsletter.on(letter, "status", "--json").json["sources"]]
    assert entries == [2, 2, 0, 0]
    fetch(newsletter, letter)
    entries = [each["entries"] for each in newsletter.on(letter, "status", "--json").json["sources"]]
    assert entries == [2, 2, 2, 2]
