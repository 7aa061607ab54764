"""Stories, and the events that they report."""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.edges.store.codec import decode, encode, format_time, storable_text
from pipeline.edges.store.entries import CLEAN_AGAIN
from pipeline.edges.store.waiting import PAGE, waiting_rows
from pipeline.records import Event, Story

_ESCAPED = re.compile(r'["\\\x00-\x1f]')


@dataclass(frozen=True, slots=True)
class EncodedStory:
    """A story, encoded for the store."""

    id: str
    entry: str
    dated_at: str
    text: str  # JSON
    tagged_by: int | None  # the version of tag that has seen it


def encode_story(story: Story, *, tagged_by: int | None = None) -> EncodedStory:
    """Encode a story for the store; a worker does this, so that the parent process need not."""
    if story.dated_at is None:
        raise ValueError(f"story {story.id} has neither a date nor the time it was first seen")
    return EncodedStory(story.id, story.entry, format_time(story.dated_at), encode(story), tagged_by)


class StoryTable:
    """The tables `story`, `added`, `event`, `suggestion`, `learned_line` and `unlearned`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # SQLite's lower() handles ASCII only.
        connection.create_function("has_words", 2, _has_words, deterministic=True)

    def replace(self, entry_id: str, stories: Iterable[Story]) -> None:
        """Store all stories of an entry; they replace its earlier ones."""
        self.replace_encoded(entry_id, map(encode_story, stories))

    def replace_encoded(self, entry_id: str, stories: Iterable[EncodedStory]) -> None:
        """Store all stories of an entry, encoded by a worker; they replace its earlier ones."""
        self._connection.execute("DELETE FROM story WHERE entry = ?", (entry_id,))
        self._connection.executemany(
            "INSERT OR REPLACE INTO story (id, entry, dated_at, record, tagged_by) VALUES (?, ?, ?, ?, ?)",
            ((story.id, story.entry, story.dated_at, story.text, story.tagged_by) for story in stories),
        )

    def awaiting_tag(self, version: int) -> Iterator[Story]:
        """Yield the stories that this version of tag has not seen."""
        rows = waiting_rows(
            self._connection,
            "SELECT DISTINCT tagged_by FROM story WHERE tagged_by < :version OR tagged_by > :version",
            "SELECT id, record FROM story WHERE tagged_by IS :by AND id > :after ORDER BY id LIMIT :page",
            version,
            first="",
        )
        return (decode(Story, row[1]) for row in rows)

    def count_awaiting_tag(self, version: int) -> int:
        """Count the stories that `awaiting_tag` yields."""
        row = self._connection.execute(
            "SELECT count(*) FROM story WHERE tagged_by IS NULL OR tagged_by < ? OR tagged_by > ?", (version, version)
        ).fetchone()
        return int(row[0])

    def put_tagged(self, stories: Iterable[Story], version: int) -> None:
        """Store tagged stories; they replace the untagged ones, and their features are computed again."""
        for story in stories:
            self._connection.execute(
                "UPDATE story SET record = ?, tagged_by = ? WHERE id = ?", (encode(story), version, story.id)
            )
            self._connection.execute("DELETE FROM reading WHERE story = ?", (story.id,))

    def forget_tagged(self) -> None:
        """Make all stories wait for tag again: `newsletter tag --all`."""
        self._connection.execute("UPDATE story SET tagged_by = NULL")

    def ids_between(self, start: datetime, end: datetime) -> list[str]:
        """List the ids of the stories dated after `start` and not after `end`."""
        rows = self._connection.execute(
            "SELECT id FROM story WHERE dated_at > ? AND dated_at <= ? ORDER BY id",
            (format_time(start), format_time(end)),
        )
        return [row[0] for row in rows]

    def put_added(self, issue: str, story: str) -> None:
        """Record that an editor added a story to an issue."""
        self._connection.execute("INSERT OR IGNORE INTO added VALUES (?, ?)", (issue, story))

    def ids_added(self, issue: str) -> list[str]:
        """List the ids of the stories that editors added to an issue."""
        rows = self._connection.execute(
            "SELECT story FROM added WHERE issue = ? AND story IN (SELECT id FROM story) ORDER BY story", (issue,)
        )
        return [row[0] for row in rows]

    def issues_added(self, story: str) -> list[str]:
        """List the keys of the issues that an editor added a story to."""
        rows = self._connection.execute("SELECT issue FROM added WHERE story = ? ORDER BY issue", (story,))
        return [row[0] for row in rows]

    def of_entry(self, entry_id: str) -> list[Story]:
        """List the stories of an entry, ordered by id."""
        rows = self._connection.execute("SELECT record FROM story WHERE entry = ? ORDER BY id", (entry_id,))
        return [decode(Story, row[0]) for row in rows]

    def at_address(self, urls: Iterable[str]) -> list[Story]:
        """List the stories whose URL or canonical URL is one of these, the newest first."""
        rows = self._connection.execute(
            "WITH wanted AS (SELECT value FROM json_each(?)) SELECT record FROM story"
            " WHERE json_extract(record, '$.url') IN wanted OR json_extract(record, '$.canonical_url') IN wanted"
            " ORDER BY dated_at DESC, id",
            (json.dumps(list(urls)),),
        )
        return [decode(Story, row[0]) for row in rows]

    def get(self, ids: Iterable[str]) -> list[Story]:
        """List the stories with these ids, ordered by id; unknown ids are left out."""
        return list(self.iterate(ids))

    def iterate(self, ids: Iterable[str]) -> Iterator[Story]:
        """Yield the stories of `get` one at a time, to save memory. Stories may be written between two of them."""
        return (decode(Story, record) for record in self._records(ids))

    def _records(self, ids: Iterable[str]) -> Iterator[str]:
        """Yield the encoded records of the stories with these ids, ordered by id."""
        wanted = sorted(set(ids))
        for start in range(0, len(wanted), PAGE):
            rows = self._connection.execute(
                "SELECT record FROM story WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
                (json.dumps(wanted[start : start + PAGE]),),
            ).fetchall()
            yield from (row[0] for row in rows)

    def total_length(self, ids: Iterable[str]) -> int:
        """Return the total length, in characters, of the encoded records of these stories."""
        row = self._connection.execute(
            "SELECT coalesce(sum(length(record)), 0) FROM story WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        ).fetchone()
        return int(row[0])

    def newest_records(self, source: str, limit: int) -> list[str]:
        """List the newest stories of one source, encoded, among those of the `limit` entries seen last."""
        rows = self._connection.execute(
            "SELECT s.record FROM (SELECT id FROM entry WHERE source = ? ORDER BY first_seen_at DESC, id LIMIT ?) e"
            " JOIN story s ON s.entry = e.id ORDER BY s.dated_at DESC, s.id LIMIT ?",
            (source, limit, limit),
        )
        return [row[0] for row in rows]

    def find(self, wanted: str, limit: int = 20) -> list[Story]:
        """Find stories by id or its beginning, by address, or by words of the title; newest first."""
        if not wanted.strip():
            return []
        rows = self._connection.execute(
            "SELECT record FROM story WHERE substr(id, 1, length(:w)) = :w OR json_extract(record, '$.url') = :w"
            " OR json_extract(record, '$.canonical_url') = :w OR has_words(json_extract(record, '$.title'), :w)"
            " ORDER BY id <> :w, dated_at DESC, id LIMIT :limit",
            {"w": wanted.strip(), "limit": limit},
        )
        return [decode(Story, row[0]) for row in rows]

    def containing(self, ids: Iterable[str], words: Iterable[str]) -> list[tuple[str, str]]:
        """List (id, text) for those of these stories that have every word in their outlet, title or text."""
        folded = [word.casefold() for word in words]
        found = []
        for record in self._records(ids):
            # Most stories lack a word: that shows before their JSON is read, unless JSON would escape the word.
            if all(word in record.casefold() for word in folded if not _ESCAPED.search(word)):
                story = json.loads(record)
                blocks = (block["text"] for block in story["blocks"])
                text = " ".join(filter(None, (story["title"], story["outlet"], story["standfirst"], *blocks)))
                if all(word in text.casefold() for word in folded):
                    found.append((story["id"], text))
        return found

    def put_copies(self, considered: Iterable[str], copies: Mapping[str, str]) -> None:
        """Store which of the `considered` stories is folded into which; the others are not copies."""
        self._connection.executemany(
            "UPDATE story SET copy_of = ? WHERE id = ?", ((copies.get(story), story) for story in considered)
        )

    def copies(self) -> dict[str, str]:
        """Map each folded story to the story it was folded into."""
        return dict(self._connection.execute("SELECT id, copy_of FROM story WHERE copy_of IS NOT NULL ORDER BY id"))

    def copies_among(self, stories: Iterable[str]) -> dict[str, str]:
        """Map each folded one of these stories to the story it was folded into."""
        rows = self._connection.execute(
            "SELECT id, copy_of FROM story WHERE id IN (SELECT value FROM json_each(?)) AND copy_of IS NOT NULL",
            (json.dumps(list(stories)),),
        )
        return dict(rows.fetchall())

    def replace_events(self, events: Iterable[Event]) -> None:
        """Store the events of the window; they replace all earlier ones."""
        self._connection.execute("DELETE FROM event")
        self._connection.executemany(
            "INSERT INTO event (id, record) VALUES (?, ?)", ((event.id, encode(event)) for event in events)
        )

    def change_events(self, gone: Iterable[str], events: Iterable[Event]) -> None:
        """Delete the events with the ids `gone`, and store `events`; the others stay."""
        self._connection.executemany("DELETE FROM event WHERE id = ?", ((event_id,) for event_id in gone))
        self._connection.executemany(
            "INSERT OR REPLACE INTO event (id, record) VALUES (?, ?)", ((event.id, encode(event)) for event in events)
        )

    def events(self) -> list[Event]:
        """List the events of the window, ordered by id."""
        rows = self._connection.execute("SELECT record FROM event ORDER BY id")
        return [decode(Event, row[0]) for row in rows]

    def replace_suggestions(self, suggestions: Iterable[tuple[str, str, float, str]]) -> None:
        """Store (story, story, figure, evidence) for each suggested pair across languages; they replace all earlier."""
        self._connection.execute("DELETE FROM suggestion")
        self._connection.executemany("INSERT OR REPLACE INTO suggestion VALUES (?, ?, ?, ?)", suggestions)

    def suggestions(self) -> list[tuple[str, str, float, str]]:
        """List pairs of stories that may report one event in two languages, the most certain first."""
        return self._connection.execute("SELECT * FROM suggestion ORDER BY figure DESC, story, other").fetchall()

    def learned_lines(self) -> dict[str, frozenset[str]]:
        """Map each source to the lines that are its boilerplate."""
        found: dict[str, set[str]] = {}
        for source, line in self._connection.execute("SELECT source, line FROM learned_line"):
            found.setdefault(source, set()).add(line)
        return {source: frozenset(lines) for source, lines in found.items()}

    def await_learning(self, entry_id: str) -> None:
        """Have boilerplate learned of an entry's source, unless the entry waits for clean only because of that."""
        self._connection.execute(
            "INSERT OR IGNORE INTO unlearned SELECT source FROM entry WHERE id = ? AND cleaned_by IS NOT ?",
            (entry_id, CLEAN_AGAIN),
        )

    def awaiting_learning(self) -> list[str]:
        """List the sources with new stories since their boilerplate was learned, in order."""
        return [row[0] for row in self._connection.execute("SELECT source FROM unlearned ORDER BY source")]

    def mark_learned(self, source: str) -> None:
        """Record that a source's boilerplate was learned."""
        self._connection.execute("DELETE FROM unlearned WHERE source = ?", (source,))

    def add_learned_lines(self, source: str, lines: Iterable[str]) -> None:
        """Add lines to a source's boilerplate."""
        self._connection.executemany(
            "INSERT OR IGNORE INTO learned_line VALUES (?, ?)", ((source, storable_text(line)) for line in lines)
        )

    def counts(self) -> dict[str, int]:
        """Count the stories: all, those that wait for tag, and those folded into others; and the events."""
        total, untagged, folded = self._connection.execute(
            "SELECT count(*), coalesce(sum(tagged_by IS NULL), 0), coalesce(sum(copy_of IS NOT NULL), 0) FROM story"
        ).fetchone()
        events = self._connection.execute("SELECT count(*) FROM event").fetchone()[0]
        return {"stories": total, "awaiting tag": untagged, "copies": folded, "events": events}


def _has_words(title: str, wanted: str) -> bool:
    title = title.casefold()
    return all(word in title for word in wanted.casefold().split())
