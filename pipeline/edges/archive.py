"""The archive's index: which of all stories ever kept may be copies of a new one, by bands of MinHash in SQLite.

It holds hashes alone and can be made again from the stories, so it keeps no version and is not migrated. A look-up
costs a descent of a B-tree for each band and a bounded number of rows, whatever the size of the archive.
"""

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.errors import StoreError
from pipeline.records import Fingerprint

_NEWEST = 64  # documents of one band that are looked at: a band of more is a phrase that everyone uses
_SHARED_BANDS = 2  # strangers share one by chance
_TABLES = """
CREATE TABLE IF NOT EXISTS archived (doc INTEGER PRIMARY KEY, story TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS band (h INTEGER NOT NULL, doc INTEGER NOT NULL, PRIMARY KEY (h, doc)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS exact (h INTEGER NOT NULL, doc INTEGER NOT NULL, PRIMARY KEY (h, doc)) WITHOUT ROWID;
"""


class Archive:
    """Fingerprints by story, on a connection of its own or of the store."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        for statement in _TABLES.strip().split("\n"):
            connection.execute(statement)

    def add(self, fingerprints: Iterable[Fingerprint]) -> int:
        """Keep fingerprints of stories that have none yet, all or none of them; how many are new."""
        added = 0
        with self._transaction():
            for fingerprint in fingerprints:
                row = self._connection.execute(
                    "INSERT OR IGNORE INTO archived (story) VALUES (?) RETURNING doc", (fingerprint.story,)
                ).fetchone()
                if row is not None:
                    self._put(row[0], fingerprint)
                    added += 1
        return added

    def candidates(self, fingerprint: Fingerprint) -> tuple[str, ...]:
        """Stories that may be copies of this one, itself left out; the likeliest first. Each is to be verified."""
        shared: Counter[int] = Counter()
        for band in fingerprint.bands:
            shared.update(self._documents("band", band))
        for key in fingerprint.exact:
            shared.update(doc for doc in self._documents("exact", key) for _ in range(_SHARED_BANDS))
        likely = sorted((-count, doc) for doc, count in shared.items() if count >= _SHARED_BANDS)
        names = (self._connection.execute("SELECT story FROM archived WHERE doc = ?", (doc,)) for _, doc in likely)
        return tuple(row[0] for cursor in names for row in cursor if row[0] != fingerprint.story)

    def __len__(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM archived").fetchone()[0])

    def _put(self, doc: int, fingerprint: Fingerprint) -> None:
        self._connection.executemany("INSERT OR IGNORE INTO band VALUES (?, ?)", ((h, doc) for h in fingerprint.bands))
        self._connection.executemany("INSERT OR IGNORE INTO exact VALUES (?, ?)", ((h, doc) for h in fingerprint.exact))

    def _documents(self, table: str, key: int) -> Iterator[int]:
        query = {"band": "SELECT doc FROM band WHERE h = ?", "exact": "SELECT doc FROM exact WHERE h = ?"}[table]
        for row in self._connection.execute(f"{query} ORDER BY doc DESC LIMIT {_NEWEST}", (key,)):
            yield row[0]

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        outside = self._connection.in_transaction
        if not outside:
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if not outside:
                self._connection.execute("ROLLBACK")
            raise
        if not outside:
            self._connection.execute("COMMIT")


@contextlib.contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """The archive's index in a file of its own; a fault of SQLite is a StoreError that says what to do."""
    connection: sqlite3.Connection | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        yield Archive(connection)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(
            f"{path}: the index of past stories cannot be used ({error}); delete the file, it is made again"
        ) from error
    finally:
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()
