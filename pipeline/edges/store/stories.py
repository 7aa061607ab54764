"""Stories and the events they tell of."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.edges.store.codec import decode, encode, format_time, storable_text
from pipeline.edges.store.waiting import PAGE, waiting_rows
from pipeline.records import Event, Story


@dataclass(frozen=True, slots=True)
class EncodedStory:
    """A story as it stands in the store."""

    id: str
    entry: str
    dated_at: str
    text: str
    tagged_by: int | None  # the version of the language stage that has seen it


def encode_story(story: Story, *, tagged_by: int | None = None) -> EncodedStory:
    """A story as it is kept."""
    return EncodedStory(story.id, story.entry, _date_text(story), encode(story), tagged_by)


class StoryTable:
    """The tables `story`, `event`, `suggestion` and `learned_line`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # SQLite's own lower() knows ASCII alone.
        connection.create_function("has_words", 2, _has_words, deterministic=True)

    def replace(self, entry_id: str, stories: Iterable[Story]) -> None:
        """Keep these as all the stories of that entry."""
        self.replace_encoded(entry_id, map(encode_story, stories))

    def replace_encoded(self, entry_id: str, stories: Iterable[EncodedStory]) -> None:
        """The same, for who has encoded them elsewhere."""
        self._connection.execute("DELETE FROM story WHERE entry = ?", (entry_id,))
        self._connection.executemany(
            "INSERT OR REPLACE INTO story (id, entry, dated_at, record, tagged_by) VALUES (?, ?, ?, ?, ?)",
            ((story.id, story.entry, story.dated_at, story.text, story.tagged_by) for story in stories),
        )

    def awaiting_tag(self, version: int) -> Iterator[Story]:
        """Stories that the language stage of this version has not tagged."""
        rows = waiting_rows(
            self._connection,
            "SELECT DISTINCT tagged_by FROM story WHERE tagged_by < :version OR tagged_by > :version",
            "SELECT id, record FROM story WHERE tagged_by IS :by AND id > :after ORDER BY id LIMIT :page",
            version,
            first="",
        )
        return (_story(row[1]) for row in rows)

    def count_awaiting_tag(self, version: int) -> int:
        """How many those are."""
        row = self._connection.execute(
            "SELECT count(*) FROM story WHERE tagged_by IS NULL OR tagged_by < ? OR tagged_by > ?", (version, version)
        ).fetchone()
        return int(row[0])

    def put_tagged(self, stories: Iterable[Story], version: int) -> None:
        """Keep tagged stories in place of the untagged."""
        for story in stories:
            self._connection.execute(
                "UPDATE story SET record = ?, tagged_by = ? WHERE id = ?", (encode(story), version, story.id)
            )
            self._connection.execute("DELETE FROM reading WHERE story = ?", (story.id,))  # it is of another record now

    def forget_tagged(self) -> None:
        """All stories wait for their tag again: `newsletter tag --all`."""
        self._connection.execute("UPDATE story SET tagged_by = NULL")

    def ids_between(self, start: datetime, end: datetime) -> list[str]:
        """The ids of the stories dated after `start` and not after `end`."""
        rows = self._connection.execute(
            "SELECT id FROM story WHERE dated_at > ? AND dated_at <= ? ORDER BY id",
            (format_time(start), format_time(end)),
        )
        return [row[0] for row in rows]

    def get(self, ids: Iterable[str]) -> list[Story]:
        """These stories, those that exist."""
        return list(self.iterate(ids))

    def iterate(self, ids: Iterable[str]) -> Iterator[Story]:
        """The same one by one, for who keeps little of each; they may be written while they are taken."""
        wanted = sorted(set(ids))
        for start in range(0, len(wanted), PAGE):
            rows = self._connection.execute(
                "SELECT record FROM story WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
                (json.dumps(wanted[start : start + PAGE]),),
            ).fetchall()
            yield from (_story(row[0]) for row in rows)

    def total_length(self, ids: Iterable[str]) -> int:
        """How long the records of these stories are in all."""
        row = self._connection.execute(
            "SELECT coalesce(sum(length(record)), 0) FROM story WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        ).fetchone()
        return int(row[0])

    def newest_records(self, source: str, limit: int) -> list[str]:
        """The newest stories of one source, encoded, of the entries that were seen last."""
        rows = self._connection.execute(
            "SELECT s.record FROM (SELECT id FROM entry WHERE source = ? ORDER BY first_seen_at DESC, id LIMIT ?) e"
            " JOIN story s ON s.entry = e.id ORDER BY s.dated_at DESC, s.id LIMIT ?",
            (source, limit, limit),
        )
        return [row[0] for row in rows]

    def find(self, wanted: str, limit: int = 20) -> list[Story]:
        """Stories by id or its beginning, by address, or by words of the title."""
        if not wanted.strip():
            return []
        rows = self._connection.execute(
            "SELECT record FROM story WHERE substr(id, 1, length(:w)) = :w OR json_extract(record, '$.url') = :w"
            " OR json_extract(record, '$.canonical_url') = :w OR has_words(json_extract(record, '$.title'), :w)"
            " ORDER BY id <> :w, dated_at DESC, id LIMIT :limit",
            {"w": wanted.strip(), "limit": limit},
        )
        return [_story(row[0]) for row in rows]

    def put_copies(self, considered: Iterable[str], copies: Mapping[str, str]) -> None:
        """Of the stories considered, which is folded into which; the others are no copies."""
        self._connection.executemany(
            "UPDATE story SET copy_of = ? WHERE id = ?", ((copies.get(story), story) for story in considered)
        )

    def copies(self) -> dict[str, str]:
        """Folded story → the story it was folded into."""
        return dict(self._connection.execute("SELECT id, copy_of FROM story WHERE copy_of IS NOT NULL ORDER BY id"))

    def copies_among(self, stories: Iterable[str]) -> dict[str, str]:
        """The same of these stories alone."""
        rows = self._connection.execute(
            "SELECT id, copy_of FROM story WHERE id IN (SELECT value FROM json_each(?)) AND copy_of IS NOT NULL",
            (json.dumps(list(stories)),),
        )
        return dict(rows.fetchall())

    def replace_events(self, events: Iterable[Event]) -> None:
        """Keep these as the events of the window."""
        self._connection.execute("DELETE FROM event")
        self._connection.executemany(
            "INSERT INTO event (id, record) VALUES (?, ?)", ((event.id, encode(event)) for event in events)
        )

    def change_events(self, gone: Iterable[str], events: Iterable[Event]) -> None:
        """Take out the events of those ids, and put these in; all others stay."""
        self._connection.executemany("DELETE FROM event WHERE id = ?", ((each,) for each in gone))
        self._connection.executemany(
            "INSERT OR REPLACE INTO event (id, record) VALUES (?, ?)", ((event.id, encode(event)) for event in events)
        )

    def events(self) -> list[Event]:
        """The events of the window, as dedupe left them."""
        rows = self._connection.execute("SELECT record FROM event ORDER BY id")
        return [decode(Event, row[0]) for row in rows]

    def replace_suggestions(self, suggestions: Iterable[tuple[str, str, float, str]]) -> None:
        """Keep these (story, story, figure, evidence) as the suggested pairs across languages."""
        self._connection.execute("DELETE FROM suggestion")
        self._connection.executemany("INSERT OR REPLACE INTO suggestion VALUES (?, ?, ?, ?)", suggestions)

    def suggestions(self) -> list[tuple[str, str, float, str]]:
        """Pairs of stories that may tell of one event in two languages, the surest first."""
        return self._connection.execute("SELECT * FROM suggestion ORDER BY figure DESC, story, other").fetchall()

    def learned_lines(self) -> dict[str, frozenset[str]]:
        """Lines that are a source's boilerplate, by source."""
        lines: dict[str, set[str]] = {}
        for source, line in self._connection.execute("SELECT source, line FROM learned_line"):
            lines.setdefault(source, set()).add(line)
        return {source: frozenset(kept) for source, kept in lines.items()}

    def add_learned_lines(self, source: str, lines: Iterable[str]) -> None:
        """Add to what is known of a source's boilerplate."""
        self._connection.executemany(
            "INSERT OR IGNORE INTO learned_line VALUES (?, ?)", ((source, storable_text(x)) for x in lines)
        )

    def counts(self) -> dict[str, int]:
        """How many stories there are, untagged and folded; and events."""
        total, untagged, folded = self._connection.execute(
            "SELECT count(*), coalesce(sum(tagged_by IS NULL), 0), coalesce(sum(copy_of IS NOT NULL), 0) FROM story"
        ).fetchone()
        events = self._connection.execute("SELECT count(*) FROM event").fetchone()[0]
        return {"stories": total, "awaiting tag": untagged, "copies": folded, "events": events}


def _has_words(title: str, wanted: str) -> bool:
    title = title.casefold()
    return all(word in title for word in wanted.casefold().split())


def _story(text: str) -> Story:
    return decode(Story, text)


def _date_text(story: Story) -> str:
    dated = story.dated_at
    if dated is None:
        raise ValueError(f"story {story.id} has neither a date nor the time it was first seen")
    return format_time(dated)
