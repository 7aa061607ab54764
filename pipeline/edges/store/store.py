"""The store: its tables over one connection."""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime

from pipeline.edges.store.archive import PublishedTable
from pipeline.edges.store.compared import IndexTable
from pipeline.edges.store.deliveries import DeliveryTable
from pipeline.edges.store.drafts import DraftTable
from pipeline.edges.store.entries import EntryTable
from pipeline.edges.store.features import FeatureTable
from pipeline.edges.store.filtered import FilterTable
from pipeline.edges.store.grades import GradeTable
from pipeline.edges.store.issues import IssueTable
from pipeline.edges.store.later_pages import LaterPageTable
from pipeline.edges.store.ledger import LedgerTable
from pipeline.edges.store.proposals import ProposalTable
from pipeline.edges.store.publications import PublicationTable
from pipeline.edges.store.responses import ResponseTable
from pipeline.edges.store.results import ResultTable
from pipeline.edges.store.retention import prune
from pipeline.edges.store.sources import SourceTable
from pipeline.edges.store.stories import StoryTable
from pipeline.edges.store.vectors import VectorTable
from pipeline.text.normalise import one_line


class Store:
    """All that is kept between commands. Writes belong inside `transaction()`; reads need none."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.sources = SourceTable(connection)
        self.responses = ResponseTable(connection)
        self.entries = EntryTable(connection)
        self.later_pages = LaterPageTable(connection)
        self.stories = StoryTable(connection)
        self.features = FeatureTable(connection)
        self.compared = IndexTable(connection)
        self.archive = PublishedTable(connection)
        self.ledger = LedgerTable(connection)
        self.issues = IssueTable(connection)
        self.proposals = ProposalTable(connection)
        self.filtered = FilterTable(connection)
        self.deliveries = DeliveryTable(connection)
        self.publications = PublicationTable(connection)
        self.results = ResultTable(connection)
        self.vectors = VectorTable(connection)
        self.grades = GradeTable(connection)
        self.drafts = DraftTable(connection)

    @property
    def version(self) -> int:
        """A number that changes when another connection has written. Compare it with this connection's only."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def check(self) -> None:
        """Check the integrity of the file and of its references; sqlite3.DatabaseError if something is wrong."""
        found = [row[0] for row in self._connection.execute("PRAGMA integrity_check(3)")]
        found = [] if found == ["ok"] else found
        found += [f"{row[0]} without its {row[2]}" for row in self._connection.execute("PRAGMA foreign_key_check")][:3]
        if found:
            raise sqlite3.DatabaseError("; ".join(map(one_line, found)))

    def checkpoint(self) -> bool:
        """Move the write-ahead log into the store's file; False if a reader prevents it."""
        return not self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]

    def prune(self, before: datetime, pictures: Iterable[str]) -> dict[str, int]:
        """Delete what is older than `before` and not part of an issue; see `retention.prune`."""
        return prune(self._connection, before, pictures)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all writes of the block together, or none. A nested transaction joins the outer one."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # on a full disk, SQLite has already rolled back
                self._connection.execute("ROLLBACK")
            raise
