"""Maintain the database file: copy it, back it up, vacuum it, and repair a damaged one."""

import contextlib
import errno
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.edges.atomic import move_into_place
from pipeline.edges.store.connection import (
    BUSY_SECONDS,
    DamagedStoreError,
    check_ours,
    damaged_store_error,
    open_store,
    store_error,
)
from pipeline.errors import StoreError
from pipeline.text.normalise import one_line

_MAX_SKIPS = 40  # over unreadable rows; each skip is twice as long as the one before
# After a repair, later stages run again on what was saved, and what was lost is fetched again.
_RESETS = (
    "UPDATE response SET read_by = NULL",
    "UPDATE entry SET cleaned_by = NULL",
    "UPDATE entry SET page = 'wanted', page_tries = 0 WHERE page = 'kept' AND response IS NULL",
    "UPDATE later_page SET state = 'wanted', tries = 0 WHERE state = 'kept' AND response IS NULL",
    "UPDATE source_state SET etag = NULL, last_modified = NULL, next_poll_at = NULL",
    *(f"DELETE FROM {table}" for table in ("reading", "archived", "band", "exact", "done", "compared")),  # noqa: S608 - all ours
)


@dataclass(frozen=True, slots=True)
class RepairResult:
    """The outcome of a repair; all empty if the store was not damaged."""

    saved: dict[str, int]  # rows by table
    damaged: tuple[str, ...] = ()  # tables that could not be read completely
    aside: Path | None = None  # the damaged file
    backup: Path | None = None  # the backup that replaced it, if nothing could be read


def copy_store(path: Path, copy: Path) -> None:
    """Copy a store that may be in use, without changing it, its log or its folder. OSError if the disk is full."""
    try:
        before = _mark_if_unused(path)
        # A file without a write-ahead log is complete; read as immutable, SQLite creates no log for it.
        _copy(path, copy, "mode=ro&immutable=1" if before else "mode=ro")
        if before and _mark_if_unused(path) != before:
            copy.unlink(missing_ok=True)
            _copy(path, copy, "mode=ro" if not _mark_if_unused(path) else "mode=rw")
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN):
            raise OSError(errno.ENOSPC, f"the store could not be copied: {error}", str(copy)) from error
        raise StoreError(f"{path}: the store could not be copied ({error}); try 'newsletter store repair'") from error


def _mark_if_unused(path: Path) -> tuple[int, int] | None:
    """Return the file's modification time and size, or None if it has a write-ahead log."""
    if path.with_name(f"{path.name}-wal").exists():  # also one that a killed run left
        return None
    status = path.stat()
    return status.st_mtime_ns, status.st_size


def _copy(path: Path, copy: Path, options: str) -> None:
    with (
        contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?{options}", uri=True)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)


def back_up(path: Path, backup: Path) -> None:
    """Write a checked copy of the store to `backup`; the file is complete or absent."""
    half = backup.with_name(f"{backup.name}.half")
    try:
        half.unlink(missing_ok=True)
        with contextlib.closing(_connected(path)) as connection:
            connection.execute("VACUUM INTO ?", (str(half),))
        with contextlib.closing(sqlite3.connect(half)) as written:
            if (found := written.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
                raise StoreError(f"{path}: the store is damaged ({found}); run 'newsletter store repair'")
        move_into_place(half, backup)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(
            f"{backup}: the store could not be backed up ({error}); check whether the disk is full, and who owns the"
            " folder"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)


def _connected(path: Path) -> sqlite3.Connection:
    """Connect to a store of any version. StoreError if it is damaged or belongs to another program."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        check_ours(connection, path)
        if (found := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise damaged_store_error(path, one_line(found))
    except sqlite3.Error as error:
        connection.close()
        raise store_error(error, path) from error
    except StoreError:
        connection.close()
        raise
    return connection


def vacuum(path: Path) -> tuple[int, int]:
    """Return the space of deleted rows to the disk. Return the file's size in bytes before and after."""
    before = path.stat().st_size
    try:
        with contextlib.closing(_connected(path)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise StoreError(
            f"{path}: the store could not be vacuumed ({error}); that needs as much free space as the file has"
        ) from error
    return before, path.stat().st_size


def repair(path: Path) -> RepairResult:
    """Copy what can be read of a damaged store into a new one, and keep the damaged file under another name.

    If nothing can be read, the newest undamaged backup replaces it, or else an empty store. StoreError if the store
    cannot be used for another reason than damage.
    """
    if _is_whole(path):
        return RepairResult({})
    names = (path.with_name(f"{path.name}.damaged-{number}") for number in range(1, 10_000))
    aside = next(name for name in names if not name.exists())
    half = path.with_name(f"{path.name}.repaired")
    half.unlink(missing_ok=True)
    try:
        _set_aside(path, aside)
        with open_store(half):
            pass
        saved, damaged = _salvage(aside, half)
        backup = None if sum(saved.values()) else _newest_backup(path)
        if backup is not None:
            shutil.copyfile(backup, half)
        move_into_place(half, path)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{path}: could not be repaired ({error}); the old file is {aside}") from error
    return RepairResult(saved, tuple(damaged), aside, backup)


def _set_aside(path: Path, aside: Path) -> None:
    for suffix in ("-wal", ""):
        if (part := path.with_name(path.name + suffix)).exists():
            shutil.copyfile(part, aside.with_name(aside.name + suffix))
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _is_whole(path: Path) -> bool:
    try:
        with open_store(path, create=False) as store:
            store.check()
    except DamagedStoreError:
        return False
    return True


def _newest_backup(path: Path) -> Path | None:
    backups = path.parent.glob(f"{path.name}.*.backup")
    for backup in sorted(backups, key=lambda backup: backup.stat().st_mtime, reverse=True):
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(backup)) as connection:
            if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok":
                return backup
    return None


def _salvage(damaged: Path, new: Path) -> tuple[dict[str, int], list[str]]:
    """Copy every readable row. Return the rows saved by table, and the tables that could not be read completely."""
    saved: dict[str, int] = {}
    incomplete: list[str] = []
    with (
        contextlib.closing(sqlite3.connect(damaged, isolation_level=None)) as source,
        contextlib.closing(sqlite3.connect(new, isolation_level=None)) as target,
    ):
        source.text_factory = bytes  # a text that is not UTF-8 loses its row, not the whole table
        target.execute("BEGIN")
        tables = target.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid").fetchall()
        for table, sql in tables:
            if table.startswith("sqlite_"):
                continue
            saved[table] = 0
            for row in _rows(source, target, table, by_rowid="WITHOUT ROWID" not in sql):
                if row is None:
                    incomplete.append(table)
                else:
                    saved[table] += _insert(target, table, row)
        _drop_unusable(target, [table for table, _ in tables])
        for statement in _RESETS:
            target.execute(statement)
        target.execute("COMMIT")
    return saved, incomplete


def _rows(
    source: sqlite3.Connection, target: sqlite3.Connection, table: str, *, by_rowid: bool
) -> Iterator[dict[str, object] | None]:
    """Yield the readable rows, in the columns that both stores have, and last None if some rows are unreadable.

    Rows may come twice.
    """
    try:
        known = {row[1].decode() for row in source.execute(f"PRAGMA table_info({table})")}
        columns = [row[1] for row in target.execute(f"PRAGMA table_info({table})") if row[1] in known]
        if not columns:
            return
        names = ", ".join(columns)
        queries = (
            [f"SELECT rowid, {names} FROM {table} WHERE rowid > ? ORDER BY rowid"]  # noqa: S608 - all ours
            if by_rowid
            else [f"SELECT 0, {names} FROM {table}", f"SELECT 0, {names} FROM {table} ORDER BY 2 DESC"]  # noqa: S608
        )
    except sqlite3.Error:
        yield None
        return
    for query in queries:
        after, step, failed = -(2**62), 1, False
        for _ in range(_MAX_SKIPS if by_rowid else 1):
            try:
                for row in source.execute(query, (after,) if by_rowid else ()):
                    after, step = row[0], 1
                    yield dict(zip(columns, row[1:], strict=True))
            except sqlite3.Error:
                failed, after, step = True, max(after + step, 0), step * 2
            else:
                break
        if not failed:
            return
    yield None


def _insert(target: sqlite3.Connection, table: str, row: dict[str, object]) -> int:
    try:
        values = [
            value.decode() if isinstance(value, bytes) and name != "data" else value for name, value in row.items()
        ]
        marks = ", ".join("?" * len(values))
        return target.execute(
            f"INSERT OR IGNORE INTO {table} ({', '.join(row)}) VALUES ({marks})",  # noqa: S608 - all ours
            values,
        ).rowcount
    except (sqlite3.Error, UnicodeDecodeError):
        return 0


def _drop_unusable(target: sqlite3.Connection, tables: list[str]) -> None:
    """Delete rows whose record is not JSON; then delete or unlink, until none is left, rows whose parent is lost."""
    for table in tables:
        columns = {row[1]: row[3] for row in target.execute(f"PRAGMA table_info({table})")}
        if "record" in columns:
            target.execute(f"DELETE FROM {table} WHERE NOT json_valid(record)")  # noqa: S608 - all ours
    for _ in range(len(tables)):
        changed = 0
        for table in tables:
            needed = {row[1]: row[3] for row in target.execute(f"PRAGMA table_info({table})")}
            for link in target.execute(f"PRAGMA foreign_key_list({table})").fetchall():
                parent, column, key = link[2], link[3], link[4]
                lost = f"{column} IS NOT NULL AND {column} NOT IN (SELECT {key} FROM {parent})"  # noqa: S608 - all ours
                verb = f"DELETE FROM {table}" if needed[column] else f"UPDATE {table} SET {column} = NULL"  # noqa: S608
                changed += target.execute(f"{verb} WHERE {lost}").rowcount
        if not changed:
            return
