"""Rows that wait for a stage, a page at a time: memory does not follow how many there are."""

import sqlite3
from collections.abc import Iterator
from typing import Any

PAGE = 256


def waiting_rows(
    connection: sqlite3.Connection, others: str, page: str, version: int, *, first: Any, **values: Any
) -> Iterator[tuple[Any, ...]]:
    """The rows that no stage of this version has seen, in the order of their first column, those of no version last.

    `others` gives the other versions that rows have been seen by; `page` gives rows of the version :by whose first
    column is above :after, which starts with `first`. Rows may be changed while they are read.
    """
    found = connection.execute(others, {**values, "version": version}).fetchall()
    # What is new comes after what was read before: of two answers of a source the later one has the last word.
    for by in (*sorted((row[0] for row in found), reverse=True), None):
        after = first
        while rows := connection.execute(page, {**values, "by": by, "after": after, "page": PAGE}).fetchall():
            yield from rows
            after = rows[-1][0]
