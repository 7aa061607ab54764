"""What is old enough goes; what an issue refers to stays."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime

from pipeline.edges.store.codec import format_time

# Stories that stay: those of an issue, those that others were folded into, and the new ones.
_STAYS = """
    SELECT story FROM slot
    UNION SELECT copy_of FROM story WHERE copy_of IS NOT NULL AND id IN (SELECT story FROM slot)
    UNION SELECT copy_of FROM story WHERE copy_of IS NOT NULL AND dated_at >= :before
"""
_STEPS = (
    ("stories", f"DELETE FROM story WHERE dated_at < :before AND id NOT IN ({_STAYS})"),  # noqa: S608 - all ours
    # An entry without a date of its own would come back from its feed as if it were new: its row stays.
    (
        "entries",
        "DELETE FROM entry WHERE first_seen_at < :before AND cleaned_by IS NOT NULL"
        " AND json_extract(record, '$.published_at') < :before AND id NOT IN (SELECT entry FROM story)",
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
        " AND id NOT IN (SELECT response FROM entry WHERE response IS NOT NULL)",
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
    ("decisions", "DELETE FROM decision WHERE story NOT IN (SELECT id FROM story)"),
    ("rejected", "DELETE FROM rejected WHERE rejected_at < :before AND stage <> 'filter'"),
)


def prune(connection: sqlite3.Connection, before: datetime, pictures: Iterable[str]) -> dict[str, int]:
    """Delete what is older than that and no issue refers to, but for these pictures; how much, by kind."""
    values = {"before": format_time(before), "pictures": json.dumps(sorted(pictures))}
    gone: dict[str, int] = {}
    for name, statement in _STEPS:
        wanted = {key: value for key, value in values.items() if f":{key}" in statement}
        gone[name] = gone.get(name, 0) + connection.execute(statement, wanted).rowcount
    return gone
