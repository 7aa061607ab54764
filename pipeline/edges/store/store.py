"""The store's parts over one connection."""

import contextlib
import sqlite3
from collections.abc import Iterator

from pipeline.edges.store.deliveries import Deliveries
from pipeline.edges.store.entries import Entries
from pipeline.edges.store.filtered import Filtered
from pipeline.edges.store.issues import Issues
from pipeline.edges.store.ledger import Ledger
from pipeline.edges.store.responses import Responses
from pipeline.edges.store.sources import Sources
from pipeline.edges.store.stories import Stories


class Store:
    """All that is kept between commands. Reading is free; writing happens inside `transaction()`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.sources = Sources(connection)
        self.responses = Responses(connection)
        self.entries = Entries(connection)
        self.stories = Stories(connection)
        self.ledger = Ledger(connection)
        self.issues = Issues(connection)
        self.filtered = Filtered(connection)
        self.deliveries = Deliveries(connection)

    @property
    def version(self) -> int:
        """A number that changes when another connection has written; it means nothing on another one."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside is kept together or not at all. Nested ones join the outer."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # a full disk has rolled back already
                self._connection.execute("ROLLBACK")
            raise
