"""Opening the database: is it ours, is it whole, is it of this version."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.edges.store.schema import APPLICATION_ID, MIGRATIONS
from pipeline.edges.store.store import Store
from pipeline.errors import StoreError

BUSY_SECONDS = 10.0


class DamagedStoreError(StoreError):
    """The file is no database any more, or not a whole one."""


@contextlib.contextmanager
def open_store(
    path: Path,
    *,
    create: bool = True,
    quick: bool = False,
    busy_seconds: float = BUSY_SECONDS,
    migrations: Sequence[str] = MIGRATIONS,
) -> Iterator[Store]:
    """The store at `path`, checked and brought to this version; every SQLite fault inside becomes a StoreError.

    `quick` is for who holds it whole with `Store.check` anyway. `busy_seconds` is how long another writer is waited
    for; `migrations` are the steps up to this version.
    """
    connection: sqlite3.Connection | None = None
    try:
        _prepare_folder(path, create=create)
        connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
        _prepare(connection, path, migrations, quick=quick)
        yield Store(connection)
    except sqlite3.Error as error:
        raise store_error(error, path, busy_seconds) from error
    finally:
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()


def _prepare_folder(path: Path, *, create: bool) -> None:
    try:
        if not create and not path.exists():
            raise StoreError(f"{path}: there is no store yet; run 'newsletter fetch' or 'newsletter run' first")
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{path}: the store's folder cannot be used ({error.strerror or error}); check 'state' in the config and"
            f" who owns {path.parent}"
        ) from error


def _prepare(connection: sqlite3.Connection, path: Path, migrations: Sequence[str], *, quick: bool) -> None:
    version, empty = check_ours(connection, path)
    if version > len(migrations):
        raise StoreError(
            f"{path}: written by a newer newsletter-pipeline (store version {version}; this one knows"
            f" {len(migrations)}): upgrade the program"
        )
    if not empty and not (quick and version == len(migrations)):
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise damaged_store_error(path, " ".join(found.split()))
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    if version < len(migrations):
        _migrate(connection, path, version, migrations)


def check_ours(connection: sqlite3.Connection, path: Path) -> tuple[int, bool]:
    """The store's version, and whether it is empty. StoreError where the database is another program's."""
    connection.execute("BEGIN")  # one view of all three, whatever another process does meanwhile
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    connection.execute("COMMIT")
    if owner != APPLICATION_ID and not (empty and owner == 0):
        raise StoreError(f"{path}: this is a database of another program; set 'state' in the config to another folder")
    return version, empty


def _migrate(connection: sqlite3.Connection, path: Path, version: int, migrations: Sequence[str]) -> None:
    if version:
        _back_up(connection, path, version)
    with Store(connection).transaction():
        # Another process may have got here first.
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version >= len(migrations):
            return
        for step in migrations[version:]:
            for statement in _statements(step):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(migrations)}")


def _back_up(connection: sqlite3.Connection, path: Path, version: int) -> None:
    half = path.with_name(f"{path.name}.v{version}.half")
    try:
        half.unlink(missing_ok=True)
        connection.execute("VACUUM INTO ?", (str(half),))
        put_in_place(half, path.with_name(f"{path.name}.v{version}.backup"))
    except OSError as error:
        raise StoreError(f"{half}: the store could not be backed up ({error.strerror or error})") from error
    finally:
        with contextlib.suppress(OSError):  # a half one would keep the disk full
            half.unlink(missing_ok=True)


def put_in_place(half: Path, whole: Path) -> None:
    """Give a file that is written its name, when the disk has it."""
    _sync(half)
    half.replace(whole)
    _sync(whole.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _statements(script: str) -> Iterator[str]:
    # executescript() would commit before it starts, and a killed migration would be half there.
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def damaged_store_error(path: Path, found: str) -> DamagedStoreError:
    """That a store is damaged, and what to do."""
    return DamagedStoreError(
        f"{path}: the store is damaged ({found}); 'newsletter store repair' saves what can be read; or put it aside and"
        f" restore the newest {path.name}.*.backup beside it, or delete it: the next run fetches anew, and the outbox"
        " keeps its issues"
    )


def store_error(error: sqlite3.Error, path: Path, busy_seconds: float = BUSY_SECONDS) -> StoreError:
    """A fault of SQLite as an error that says what to do."""
    code = getattr(error, "sqlite_errorcode", None)
    match code if code is None else code & 0xFF:  # the low byte is the kind, the others say more of it
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            said = f"{path}: the store is held by another program for over {busy_seconds:g} s; close it and run again"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            said = f"{path}: the store cannot be opened or written ({error}); check who owns the file and its folder"
        case sqlite3.SQLITE_FULL:
            said = f"{path}: the disk is full; free some space and run again, nothing that was stored is lost"
        case sqlite3.SQLITE_IOERR:
            said = f"{path}: the disk failed to read or write ({error}); see whether it is full or failing, run again"
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged_store_error(path, str(error))
        case None if type(error) in (sqlite3.DatabaseError, sqlite3.OperationalError):
            return damaged_store_error(path, str(error))  # a value that cannot be read
        case _:
            said = f"{path}: {error}"
    return StoreError(said)
