"""Rows that wait for a stage, read a page at a time, so that memory does not grow with their number."""

import sqlite3
from collections.abc import Iterator
from typing import Any

PAGE = 256


def waiting_rows(
    connection: sqlite3.Connection, others: str, page: str, version: int, *, first: Any, **values: Any
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows that this version of a stage has not seen; rows that no version has seen come last.

    `others` selects the other versions that have seen rows. `page` selects rows of version :by whose first column is
    greater than :after, in the order of that column; :after starts with `first`. Rows may be changed between pages.
    """
    found = connection.execute(others, {**values, "version": version}).fetchall()
    # New rows come last: of two responses from a source, the later one must win.
    for by in (*sorted((row[0] for row in found), reverse=True), None):
        after = first
        while rows := connection.execute(page, {**values, "by": by, "after": after, "page": PAGE}).fetchall():
            yield from rows
            after = rows[-1][0]
