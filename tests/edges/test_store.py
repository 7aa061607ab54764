"""The store: what is put into it comes back, and comes back from the file, for each of its parts."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.edges.store import Store, open_store
from pipeline.edges.store.sources import SourceState
from pipeline.records import Event, Response, Story
from tests.factories import NOW, days_ago, entry, story

TAIPEI_MORNING = datetime.fromisoformat("2026-11-20T16:00:00+08:00")  # the same moment


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "store.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with open_store(path) as opened:
        yield opened


def response(body: bytes = b"<rss/>", url: str = "https://harbour.example/feed", **given: object) -> Response:
    values: dict[str, object] = {
        "url": url,
        "final_url": url + "/",
        "status": 200,
        "headers": (("content-type", "text/xml"), ("vary", "accept"), ("vary", "cookie")),
        "body": body,
        "fetched_at": NOW,
    }
    return Response(**{**values, **given})  # type: ignore[arg-type]


def keep(store: Store, *stories: Story) -> None:
    """Stories need their entries."""
    for of in {each.entry for each in stories}:
        store.entries.put(entry(of), seen_at=NOW, page="none")
        store.stories.replace(of, [each for each in stories if each.entry == of])


# ── sources ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_source_state_survives_the_process(path: Path) -> None:
    """Validators come back byte for byte, times as the same moments."""
    first = SourceState("harbour", 'W/"é-1"', "Fri, 20 Nov 2026 08:00:00 GMT", NOW, NOW, NOW + timedelta(hours=1))
    second = SourceState("quay", failures=3, error="timeout", moved_to="https://q.example/f", moved_seen=2, entries=7)
    with open_store(path) as store, store.transaction():
        store.sources.put([first, second])
    with open_store(path) as store:
        assert store.sources.states() == {"harbour": first, "quay": second}


def test_a_later_state_replaces_the_earlier_one(store: Store) -> None:
    """Nothing of the earlier state is left: an error that is over is gone."""
    store.sources.put([SourceState("harbour", etag='"a"', failures=3, error="timeout")])
    store.sources.put([SourceState("harbour", polled_at=TAIPEI_MORNING)])
    assert store.sources.states() == {"harbour": SourceState("harbour", polled_at=NOW)}


# ── responses ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_response_comes_back_as_stored(path: Path) -> None:
    """Bytes, repeated headers and the address after redirects are all there for a replay without the network."""
    came = response(b"\x00\xff caf\xc3\xa9" * 500)
    with open_store(path) as store, store.transaction():
        number, fresh = store.responses.put(came, source="harbour", purpose="feed")
    with open_store(path) as store:
        assert fresh
        assert store.responses.get(number).response == came
        assert store.responses.get(number).source == "harbour"


def test_a_header_that_is_not_utf_8_is_stored(store: Store) -> None:
    """A server that sends Latin-1 in a header, which arrives as half a surrogate pair, does not end the run."""
    came = response(headers=(("server", "caf\udce9"),))
    number, _ = store.responses.put(came, source="harbour", purpose="feed")
    assert store.responses.get(number).response == came


def test_an_unchanged_response_is_stored_once(store: Store) -> None:
    """An unchanged body is not new, a changed one is, and so is one that changed back."""
    assert store.responses.put(response(b"a"), source="harbour", purpose="feed") == (1, True)
    assert store.responses.put(response(b"a"), source="harbour", purpose="feed") == (1, False)
    assert store.responses.put(response(b"b"), source="harbour", purpose="feed") == (2, True)
    assert store.responses.put(response(b"a"), source="harbour", purpose="feed") == (3, True)
    assert store.responses.put(response(b"a"), source="quay", purpose="feed") == (4, True)
    assert store.responses.put(response(b"a"), source="quay", purpose="page") == (5, True)


def test_the_latest_response_is_the_newest_of_its_purpose(store: Store) -> None:
    """The same address fetched as a page and as a feed gives two responses."""
    store.responses.put(response(b"a"), source="harbour", purpose="page")
    store.responses.put(response(b"b"), source="harbour", purpose="page")
    store.responses.put(response(b"c"), source="harbour", purpose="feed")
    found = store.responses.latest("https://harbour.example/feed", "page")
    assert found is not None
    assert found.response.body == b"b"
    assert store.responses.latest("https://harbour.example/other", "page") is None


def test_responses_wait_until_this_version_of_the_parser_has_read_them(store: Store) -> None:
    """A newer parser reads everything again; pages do not wait for the feed parser."""
    first, _ = store.responses.put(response(b"a"), source="harbour", purpose="feed")
    second, _ = store.responses.put(response(b"b"), source="harbour", purpose="feed")
    store.responses.put(response(b"c"), source="harbour", purpose="page")
    store.responses.mark_read([first], 1)
    assert [waiting.id for waiting in store.responses.awaiting("feed", 1)] == [second]
    assert [waiting.id for waiting in store.responses.awaiting("feed", 2)] == [first, second]


def test_responses_can_be_marked_while_they_are_read(store: Store) -> None:
    """Marking responses inside the loop skips none."""
    for body in (b"a", b"b", b"c"):
        store.responses.put(response(body), source="harbour", purpose="feed")
    seen = []
    for waiting in store.responses.awaiting("feed", 1):
        store.responses.mark_read([waiting.id], 1)
        seen.append(waiting.response.body)
    assert seen == [b"a", b"b", b"c"]


def test_a_picture_belongs_to_its_size_and_version(store: Store) -> None:
    """Another size is another picture; a newer version replaces it."""
    store.responses.put_picture("https://harbour.example/p.png", 600, 400, 1, b"png")
    assert store.responses.picture("https://harbour.example/p.png", 600, 400, 1) == b"png"
    assert store.responses.picture("https://harbour.example/p.png", 300, 200, 1) is None
    assert store.responses.picture("https://harbour.example/p.png", 600, 400, 2) is None
    store.responses.put_picture("https://harbour.example/p.png", 600, 400, 2, b"new")
    assert store.responses.picture("https://harbour.example/p.png", 600, 400, 2) == b"new"


# ── entries ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_entry_is_new_once(path: Path) -> None:
    """Seen again, it counts as unchanged and keeps the time it was first seen."""
    with open_store(path) as store, store.transaction():
        assert store.entries.put(entry(), seen_at=TAIPEI_MORNING, page="none")
        assert not store.entries.put(entry(), seen_at=NOW + timedelta(days=1), page="none")
    with open_store(path) as store:
        kept = store.entries.get("e1")
        assert (kept.entry, kept.first_seen_at, kept.response) == (entry(), NOW, None)


def test_a_changed_entry_waits_for_clean_again(store: Store) -> None:
    """An entry with a corrected title is cleaned again, with the page that it has."""
    number, _ = store.responses.put(response(), source="harbour", purpose="page")
    store.entries.put(entry(), seen_at=NOW, page="wanted")
    store.entries.page_fetched("e1", number)
    store.entries.mark_cleaned(["e1"], 1)
    assert list(store.entries.awaiting_clean(1)) == []
    assert store.entries.put(entry(title="五萬噸電池"), seen_at=NOW, page="wanted")
    (waiting,) = store.entries.awaiting_clean(1)
    assert (waiting.entry.title, waiting.response) == ("五萬噸電池", number)
    assert store.entries.awaiting_page() == []


def test_a_document_with_new_bytes_waits_for_clean_again(store: Store) -> None:
    """The entry of a file is unchanged, but the file has changed."""
    first, _ = store.responses.put(response(b"a"), source="harbour", purpose="document")
    second, _ = store.responses.put(response(b"b"), source="harbour", purpose="document")
    store.entries.put(entry(), seen_at=NOW, page="none", response=first)
    store.entries.mark_cleaned(["e1"], 1)
    assert not store.entries.put(entry(), seen_at=NOW, page="none", response=first)
    assert store.entries.put(entry(), seen_at=NOW, page="none", response=second)
    assert [waiting.response for waiting in store.entries.awaiting_clean(1)] == [second]


def test_pages_are_wanted_until_they_come_or_fail(store: Store) -> None:
    """Oldest first; an entry with no address wants none; a page that came sends its entry to clean."""
    number, _ = store.responses.put(response(), source="harbour", purpose="page")
    store.entries.put(entry("late"), seen_at=NOW + timedelta(hours=1), page="wanted")
    store.entries.put(entry("early"), seen_at=NOW, page="wanted")
    store.entries.put(entry("nowhere", url=None), seen_at=NOW, page="wanted")
    store.entries.put(entry("settled"), seen_at=NOW, page="none")
    assert store.entries.awaiting_page() == [
        ("early", "harbour", "https://harbour.example/early"),
        ("late", "harbour", "https://harbour.example/late"),
    ]
    store.entries.mark_cleaned(["early", "late"], 1)
    store.entries.page_fetched("early", number)
    store.entries.page_failed("late", again=False)
    assert store.entries.awaiting_page() == []
    assert {waiting.entry.id: waiting.response for waiting in store.entries.awaiting_clean(1)} == {
        "early": number,
        "nowhere": None,
        "settled": None,
    }


def test_entries_are_counted(store: Store) -> None:
    """The figures of `newsletter status` are those of the tables."""
    store.entries.put(entry("a"), seen_at=NOW, page="wanted")
    store.entries.put(entry("b", source="quay"), seen_at=NOW, page="wanted")
    store.entries.put(entry("c"), seen_at=NOW, page="none")
    store.entries.page_failed("b", again=False)
    store.entries.mark_cleaned(["c"], 1)
    assert store.entries.counts() == {"entries": 3, "awaiting clean": 2, "awaiting page": 1, "page failed": 1}
    assert store.entries.count_by_source() == {"harbour": 2, "quay": 1}
    store.entries.forget_cleaned()
    assert store.entries.counts()["awaiting clean"] == 3


def test_an_empty_store_counts_zero(store: Store) -> None:
    """Sums over no rows are zero, not NULL."""
    assert set(store.entries.counts().values()) == {0}
    assert set(store.stories.counts().values()) == {0}


def test_entries_wait_for_a_newer_version_of_clean(store: Store) -> None:
    """A new version of clean goes over all entries."""
    store.entries.put(entry(), seen_at=NOW, page="none")
    store.entries.mark_cleaned(["e1"], 1)
    assert [waiting.entry.id for waiting in store.entries.awaiting_clean(2)] == ["e1"]


def test_a_missing_record_is_named(store: Store) -> None:
    """The KeyError has the id that does not exist."""
    with pytest.raises(KeyError, match="e9"):
        store.entries.get("e9")
    with pytest.raises(KeyError, match="9"):
        store.responses.get(9)


# ── stories ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_story_is_read_back_whole(path: Path) -> None:
    """Blocks, picture, times and languages are those that were put in."""
    with open_store(path) as store, store.transaction():
        keep(store, story(), story("s2", title="half a pair: \ud83d"))
    with open_store(path) as store:
        assert store.stories.get(["s2", "s1", "s9"]) == [story(), story("s2", title="half a pair: \ud83d")]


def test_an_entry_cleaned_again_has_only_its_new_stories(store: Store) -> None:
    """A roundup that lost an item loses that story, other entries keep theirs, and the new ones wait for a tag."""
    keep(store, story("s1", entry="e1"), story("s2", entry="e1"), story("other", entry="e2"))
    store.stories.put_tagged(store.stories.get(["s1", "s2", "other"]), 1)
    store.stories.replace("e1", [story("s2", entry="e1")])
    assert [kept.id for kept in store.stories.get(["s1", "s2", "other"])] == ["other", "s2"]
    assert [waiting.id for waiting in store.stories.awaiting_tag(1)] == ["s2"]


def test_a_story_without_any_date_is_refused(store: Store) -> None:
    """No window could ever find it again."""
    store.entries.put(entry(), seen_at=NOW, page="none")
    with pytest.raises(ValueError, match="s1"):
        store.stories.replace("e1", [story(published_at=None)])


def test_tagged_stories_no_longer_wait(store: Store) -> None:
    """They wait again for a newer tagger, or after `forget_tagged`."""
    keep(store, story("s1"), story("s2"))
    store.stories.put_tagged([story("s1", language="en", language_confidence=0.98)], 1)
    assert [waiting.id for waiting in store.stories.awaiting_tag(1)] == ["s2"]
    assert [waiting.id for waiting in store.stories.awaiting_tag(2)] == ["s1", "s2"]
    assert store.stories.get(["s1"])[0].language == "en"
    store.stories.forget_tagged()
    assert [waiting.id for waiting in store.stories.awaiting_tag(1)] == ["s1", "s2"]


def test_the_window_excludes_its_start_and_includes_its_end(store: Store) -> None:
    """Two adjacent windows share no story and lose none, in whatever time zone their bounds are."""
    keep(
        store,
        story("start", published_at=NOW),
        story("end", published_at=NOW + timedelta(days=7)),
        story("after", published_at=NOW + timedelta(days=7, microseconds=1)),
        story("undated", published_at=None, first_seen_at=NOW + timedelta(days=3)),
    )
    week = store.stories.get(store.stories.ids_between(TAIPEI_MORNING, TAIPEI_MORNING + timedelta(days=7)))
    assert [found.id for found in week] == ["end", "undated"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("ab12", ["ab12", "ab12f"]),
        ("ab", ["ab12f", "ab12"]),
        ("https://harbour.example/ab12", ["ab12"]),
        ("https://harbour.example/original", ["cd"]),
        ("electric ÉLAN", ["cd"]),
        ("cảng đà nẵng", ["ef"]),
        ("電池", ["ab12f"]),
        ("%", []),
        ("a_12", []),
        (" ", []),
        ("battery élan", []),
    ],
)
def test_a_story_is_found_by_id_address_or_title(store: Store, wanted: str, found: list[str]) -> None:
    """An id or its beginning, an address, words of the title in any order and case; the exact id first, then newest."""
    keep(
        store,
        story("ab12", title="One battery", url="https://harbour.example/ab12", published_at=days_ago(1)),
        story("ab12f", title="三萬噸電池"),
        story("cd", title="Élan goes electric", canonical_url="https://harbour.example/original"),
        story("ef", title="Đà Nẵng mở cảng mới"),
    )
    assert [match.id for match in store.stories.find(wanted)] == found


def test_a_search_stops_at_its_limit(store: Store) -> None:
    """The newest come first."""
    keep(store, *(story(f"s{day}", title="A battery", published_at=NOW + timedelta(days=day)) for day in range(5)))
    assert [match.id for match in store.stories.find("battery", limit=2)] == ["s4", "s3"]


def test_only_considered_stories_change_their_copies(store: Store) -> None:
    """A story that is no longer a copy is free again; one outside the window keeps its result."""
    keep(store, *(story(name) for name in ("a", "b", "c", "old")))
    store.stories.put_copies(["a", "b", "c", "old"], {"b": "a", "old": "a"})
    store.stories.put_copies(["a", "b", "c"], {"c": "a"})
    assert store.stories.copies() == {"c": "a", "old": "a"}


def test_events_replace_earlier_events(store: Store) -> None:
    """Events of an earlier window are gone; an event keeps the story that it follows."""
    first, second = Event("v1", "a", ("a", "b")), Event("v2", "c", ("c",), follows="a")
    store.stories.replace_events([first])
    store.stories.replace_events([second])
    assert store.stories.events() == [second]


def test_the_most_certain_suggestions_come_first(store: Store) -> None:
    """They replace the earlier ones."""
    store.stories.replace_suggestions([("x", "y", 0.9, "gone by the next run")])
    store.stories.replace_suggestions([("a", "b", 0.4, "same day"), ("c", "d", 0.8, "three names")])
    assert store.stories.suggestions() == [("c", "d", 0.8, "three names"), ("a", "b", 0.4, "same day")]


def test_lines_learned_add_up(store: Store) -> None:
    """A line that is learned twice is stored once."""
    store.stories.add_learned_lines("harbour", ["Subscribe now", "閱讀更多"])
    store.stories.add_learned_lines("harbour", ["Subscribe now", "Share this"])
    store.stories.add_learned_lines("quay", ["Share this"])
    assert store.stories.learned_lines() == {
        "harbour": {"Subscribe now", "閱讀更多", "Share this"},
        "quay": {"Share this"},
    }


def test_stories_are_counted(store: Store) -> None:
    """The figures of `newsletter status` are those of the tables."""
    keep(store, story("a"), story("b"), story("c"))
    store.stories.put_tagged([story("a")], 1)
    store.stories.put_copies(["a", "b"], {"b": "a"})
    store.stories.replace_events([Event("v1", "a", ("a",))])
    assert store.stories.counts() == {"stories": 3, "awaiting tag": 2, "copies": 1, "events": 1}


def test_a_page_is_wanted_until_its_third_passing_failure(store: Store) -> None:
    """A timeout is tried again by later runs, three times in all; a permanent failure is final."""
    with store.transaction():
        for name in ("slow", "gone"):
            store.entries.put(entry(name), seen_at=NOW, page="wanted")
        store.entries.page_failed("gone", again=False)
    for left in (["slow"], ["slow"], []):
        with store.transaction():
            store.entries.page_failed("slow", again=True)
        assert [found[0] for found in store.entries.awaiting_page()] == left
