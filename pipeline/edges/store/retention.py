"""Delete what is old; keep what an issue refers to."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime

from pipeline.edges.store.codec import format_time
from pipeline.records import ADDED

# Stories that are kept whatever their age: those of an issue, and those that a story of an issue or a recent story was
# folded into.
_KEPT_STORIES = """
    SELECT story FROM slot
    UNION SELECT copy_of FROM story WHERE copy_of IS NOT NULL AND id IN (SELECT story FROM slot)
    UNION SELECT copy_of FROM story WHERE copy_of IS NOT NULL AND dated_at >= :before
"""
_STEPS = (
    ("stories", f"DELETE FROM story WHERE dated_at < :before AND id NOT IN ({_KEPT_STORIES})"),  # noqa: S608 - all ours
    # An undated entry that is still in its feed would come back as new: it is kept. A page that was added is in none.
    (
        "entries",
        "DELETE FROM entry WHERE first_seen_at < :before AND cleaned_by IS NOT NULL"
        " AND (json_extract(record, '$.published_at') < :before OR source = :added)"
        " AND id NOT IN (SELECT entry FROM story)",
    ),
    (
        "responses",
        "DELETE FROM response WHERE fetched_at < :before AND read_by IS NOT NULL AND purpose = 'feed'"
        " AND id NOT IN (SELECT max(id) FROM response GROUP BY url, purpose, source)"
        " AND id NOT IN (SELECT response FROM entry WHERE response IS NOT NULL)",
    ),
    (
        "responses",
        "DELETE FROM response WHERE fetched_at < :before AND purpose IN ('page', 'document')"
        " AND id NOT IN (SELECT response FROM entry WHERE response IS NOT NULL"
        " UNION SELECT response FROM later_page WHERE response IS NOT NULL)",
    ),
    (
        "responses",
        "DELETE FROM response WHERE fetched_at < :before AND purpose = 'picture' AND url NOT IN"
        " (SELECT value FROM json_each(:pictures) UNION SELECT json_extract(record, '$.picture.url') FROM story"
        " WHERE json_extract(record, '$.picture.url') IS NOT NULL)",
    ),
    (
        "pictures",
        "DELETE FROM picture WHERE CASE WHEN instr(url, ' ') THEN substr(url, 1, instr(url, ' ') - 1) ELSE url END"
        " NOT IN (SELECT url FROM response WHERE purpose = 'picture')",
    ),
    ("bodies", "DELETE FROM body WHERE hash NOT IN (SELECT body_hash FROM response)"),
    ("entries", "DELETE FROM filtered WHERE answer IS NOT NULL AND entry NOT IN (SELECT id FROM entry)"),
    ("decisions", "DELETE FROM added WHERE story NOT IN (SELECT id FROM story)"),
    ("drafts", "DELETE FROM draft WHERE story NOT IN (SELECT id FROM story)"),
    ("decisions", "DELETE FROM decision WHERE story NOT IN (SELECT id FROM story)"),
    ("rejected", "DELETE FROM rejected WHERE rejected_at < :before AND stage <> 'filter'"),
)


def prune(connection: sqlite3.Connection, before: datetime, pictures: Iterable[str]) -> dict[str, int]:
    """Delete what is older than `before` and not part of an issue, except these pictures; return counts by kind."""
    values = {"before": format_time(before), "pictures": json.dumps(sorted(pictures)), "added": ADDED.name}
    counts: dict[str, int] = {}
    for kind, statement in _STEPS:
        used = {key: value for key, value in values.items() if f":{key}" in statement}
        counts[kind] = counts.get(kind, 0) + connection.execute(statement, used).rowcount
    return counts
