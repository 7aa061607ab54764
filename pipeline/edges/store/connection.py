"""Open the database: check that it is ours and undamaged, and bring it to this version."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.edges.atomic import move_into_place
from pipeline.edges.store.schema import APPLICATION_ID, MIGRATIONS
from pipeline.edges.store.store import Store
from pipeline.errors import StoreError
from pipeline.text.normalise import one_line

BUSY_SECONDS = 10.0


class DamagedStoreError(StoreError):
    """The database file is damaged."""


@contextlib.contextmanager
def open_store(
    path: Path,
    *,
    create: bool = True,
    quick: bool = False,
    busy_seconds: float = BUSY_SECONDS,
    migrations: Sequence[str] = MIGRATIONS,
) -> Iterator[Store]:
    """Open the store at `path`, check it and migrate it. A SQLite error inside the block becomes a StoreError.

    `quick` skips the integrity check, for a caller that runs `Store.check` itself. `busy_seconds`: how long to wait
    for another writer. `migrations`: the steps that lead to this version.
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
            raise damaged_store_error(path, one_line(found))
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    if version < len(migrations):
        _migrate(connection, path, version, migrations)


def check_ours(connection: sqlite3.Connection, path: Path) -> tuple[int, bool]:
    """Return the store's version and whether it is empty. StoreError if the database belongs to another program."""
    connection.execute("BEGIN")  # one consistent view of all three, even if another process writes meanwhile
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
        # Another process may have migrated it first.
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
        move_into_place(half, path.with_name(f"{path.name}.v{version}.backup"))
    except OSError as error:
        raise StoreError(f"{half}: the store could not be backed up ({error.strerror or error})") from error
    finally:
        with contextlib.suppress(OSError):  # a partial backup would keep the disk full
            half.unlink(missing_ok=True)


def _statements(script: str) -> Iterator[str]:
    # executescript() commits before it starts, so that a killed migration would leave half of its steps.
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def damaged_store_error(path: Path, found: str) -> DamagedStoreError:
    """An error that says what is damaged and what to do about it."""
    return DamagedStoreError(
        f"{path}: the store is damaged ({found}); 'newsletter store repair' saves what can be read. You can also"
        f" restore the newest {path.name}.*.backup from the same folder, or delete the store: the next run fetches"
        " everything again, and the outbox keeps its issues"
    )


def store_error(error: sqlite3.Error, path: Path, busy_seconds: float = BUSY_SECONDS) -> StoreError:
    """Convert an error of SQLite into one that says what to do."""
    code = getattr(error, "sqlite_errorcode", None)
    match code if code is None else code & 0xFF:  # the low byte is the primary code, the rest extends it
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            message = f"another program has locked the store for over {busy_seconds:g} s; close it and run again"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            message = f"the store cannot be opened or written ({error}); check who owns the file and its folder"
        case sqlite3.SQLITE_FULL:
            message = "the disk is full; free some space and run again, nothing that was stored is lost"
        case sqlite3.SQLITE_IOERR:
            message = f"the disk failed to read or write ({error}); check whether it is full or failing, and run again"
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged_store_error(path, str(error))
        case None if type(error) in (sqlite3.DatabaseError, sqlite3.OperationalError):
            return damaged_store_error(path, str(error))  # raised by `decode`: the value in a column is damaged
        case _:
            message = str(error)
    return StoreError(f"{path}: {message}")
