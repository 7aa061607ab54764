"""Opening the database: is it ours, is it whole, is it of this version."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from pipeline.edges.schema import APPLICATION_ID, MIGRATIONS
from pipeline.edges.store.store import Store
from pipeline.errors import StoreError

BUSY_SECONDS = 10.0


@contextlib.contextmanager
def open_store(path: Path, *, create: bool = True) -> Iterator[Store]:
    """The store at `path`, checked and brought to this version; every SQLite fault inside becomes a StoreError."""
    if not create and not path.exists():
        raise StoreError(f"{path}: there is no store yet; run 'newsletter fetch' or 'newsletter run' first")
    connection: sqlite3.Connection | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        _prepare(connection, path)
        yield Store(connection)
    except (sqlite3.Error, OSError) as error:
        if isinstance(error, OSError) and not _concerns(error, path):
            raise
        raise StoreError(_explain(error, path)) from error
    finally:
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()


def _concerns(error: OSError, path: Path) -> bool:
    named = error.filename
    return isinstance(named, str | Path) and Path(named) in (path, path.parent, *path.parents)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if owner != APPLICATION_ID and not (empty and owner == 0):
        raise StoreError(f"{path}: this is a database of another program; set 'state' in the config to another folder")
    if version > len(MIGRATIONS):
        raise StoreError(
            f"{path}: written by a newer newsletter-pipeline (store version {version}; this one knows"
            f" {len(MIGRATIONS)}): upgrade the program"
        )
    if not empty and (found := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
        raise StoreError(_damaged(path, found))
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    if version < len(MIGRATIONS):
        _migrate(connection, path, version)


def _migrate(connection: sqlite3.Connection, path: Path, version: int) -> None:
    if version:
        backup = path.with_name(f"{path.name}.v{version}.backup")
        backup.unlink(missing_ok=True)
        connection.execute("VACUUM INTO ?", (str(backup),))
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have got here first.
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for step in MIGRATIONS[version:]:
            for statement in _statements(step):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _statements(script: str) -> Iterator[str]:
    # executescript() would commit before it starts, and a killed migration would be half there.
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _damaged(path: Path, found: str) -> str:
    return (
        f"{path}: the store is damaged ({found}); put it aside and restore the newest "
        f"{path.name}.*.backup beside it, or delete it: the next run fetches anew, and the outbox keeps its issues"
    )


def _explain(error: Exception, path: Path) -> str:
    said = str(error)
    if "locked" in said or "busy" in said:
        return f"{path}: the store is held by another program for over {BUSY_SECONDS:g} s; close it and run again"
    if "readonly" in said or "read-only" in said or isinstance(error, PermissionError):
        return f"{path}: the store cannot be written; check who owns the file and its folder"
    if "full" in said or "No space" in said:
        return f"{path}: the disk is full; free some space and run again, nothing that was stored is lost"
    if "malformed" in said or "not a database" in said:
        return _damaged(path, said)
    return f"{path}: {said}"
