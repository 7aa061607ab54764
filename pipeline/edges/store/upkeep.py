"""Care of the database file: copies, backups, space given back, and saving what a damaged one still holds."""

import contextlib
import errno
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.edges.store.connection import (
    BUSY_SECONDS,
    DamagedStoreError,
    check_ours,
    damaged_store_error,
    open_store,
    put_in_place,
    store_error,
)
from pipeline.errors import StoreError

_LEAPS = 40  # doublings of the step over rows that cannot be read
# What was derived is derived again from what was saved, and what was lost is asked for again.
_ANEW = (
    "UPDATE response SET read_by = NULL",
    "UPDATE entry SET cleaned_by = NULL",
    "UPDATE entry SET page = 'wanted', page_tries = 0 WHERE page = 'kept' AND response IS NULL",
    "UPDATE source_state SET etag = NULL, last_modified = NULL, next_poll_at = NULL",
    *(f"DELETE FROM {table}" for table in ("reading", "archived", "band", "exact", "done", "compared")),  # noqa: S608 - all ours
)


@dataclass(frozen=True, slots=True)
class RepairResult:
    """What became of a store: rows saved by table, and where the old file is. None of that where it was whole."""

    saved: dict[str, int]
    damaged: tuple[str, ...] = ()  # tables that could not be read to their end
    aside: Path | None = None
    backup: Path | None = None  # the backup that took its place, where nothing could be read


def copy_store(path: Path, copy: Path) -> None:
    """Copy a store that may be in use; neither it, its log nor its folder changes. OSError where it does not fit."""
    try:
        before = _unused(path)
        # Without a log it is whole as it lies there: as a mere file it is read without one being made beside it.
        _copy(path, copy, "mode=ro&immutable=1" if before else "mode=ro")
        if before and _unused(path) != before:
            copy.unlink(missing_ok=True)
            _copy(path, copy, "mode=ro" if not _unused(path) else "mode=rw")
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN):
            raise OSError(errno.ENOSPC, f"the store could not be copied: {error}", str(copy)) from error
        raise StoreError(f"{path}: the store could not be copied ({error}); see 'newsletter store repair'") from error


def _unused(path: Path) -> tuple[int, int] | None:
    """When the file was written and how large it is, where no log stands beside it; else None."""
    if path.with_name(f"{path.name}-wal").exists():  # a log that a killed run left is read, and not written back
        return None
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def _copy(path: Path, copy: Path, how: str) -> None:
    with (
        contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)


def back_up(path: Path, backup: Path) -> None:
    """A whole copy of the store at `backup`, there at once or not at all."""
    half = backup.with_name(f"{backup.name}.half")
    try:
        half.unlink(missing_ok=True)
        with contextlib.closing(_connected(path)) as connection:
            connection.execute("VACUUM INTO ?", (str(half),))
        with contextlib.closing(sqlite3.connect(half)) as written:
            if (found := written.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
                raise StoreError(f"{path}: the store is damaged ({found}); see 'newsletter store repair'")
        put_in_place(half, backup)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(
            f"{backup}: the store could not be backed up ({error}); see whether its disk is full and who owns it"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)


def _connected(path: Path) -> sqlite3.Connection:
    """A connection to a store that is ours and can be read, of whatever version. StoreError says what it is instead."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        check_ours(connection, path)
        if (found := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise damaged_store_error(path, " ".join(found.split()))
    except sqlite3.Error as error:
        connection.close()
        raise store_error(error, path) from error
    except StoreError:
        connection.close()
        raise
    return connection


def vacuum(path: Path) -> tuple[int, int]:
    """Give back the space of what was deleted: bytes before and after."""
    before = path.stat().st_size
    try:
        with contextlib.closing(_connected(path)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise StoreError(f"{path}: no space could be given back ({error}); it needs as much free as it has") from error
    return before, path.stat().st_size


def repair(path: Path) -> RepairResult:
    """Save what a damaged store holds into a new one; the old file is put aside. Where nothing can be read, the
    newest backup that is whole takes its place, or an empty store. StoreError where what is wrong is no damage."""
    if _is_whole(path):
        return RepairResult({})
    aside = next(
        free for number in range(1, 10_000) if not (free := path.with_name(f"{path.name}.damaged-{number}")).exists()
    )
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
        put_in_place(half, path)
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
    found = sorted(path.parent.glob(f"{path.name}.*.backup"), key=lambda each: each.stat().st_mtime, reverse=True)
    for backup in found:
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(backup)) as connection:
            if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok":
                return backup
    return None


def _salvage(damaged: Path, new: Path) -> tuple[dict[str, int], list[str]]:
    saved: dict[str, int] = {}
    broken: list[str] = []
    with (
        contextlib.closing(sqlite3.connect(damaged, isolation_level=None)) as source,
        contextlib.closing(sqlite3.connect(new, isolation_level=None)) as target,
    ):
        source.text_factory = bytes  # a text that is no UTF-8 is a row to leave out, not an end
        target.execute("BEGIN")
        tables = target.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid").fetchall()
        for table, sql in tables:
            if table.startswith("sqlite_"):
                continue
            there, whole = 0, True
            for row in _rows(source, target, table, by_rowid="WITHOUT ROWID" not in sql):
                if row is None:
                    whole = False
                else:
                    there += _insert(target, table, row)
            saved[table] = there
            if not whole:
                broken.append(table)
        _drop_unreadable(target, [table for table, _ in tables])
        for statement in _ANEW:
            target.execute(statement)
        target.execute("COMMIT")
    return saved, broken


def _rows(
    source: sqlite3.Connection, target: sqlite3.Connection, table: str, *, by_rowid: bool
) -> Iterator[dict[str, object] | None]:
    """The rows that can be read, as columns of both; None once where some cannot. Rows may come twice."""
    here = [row[1] for row in target.execute(f"PRAGMA table_info({table})")]
    try:
        there = [row[1].decode() for row in source.execute(f"PRAGMA table_info({table})")]
        columns = [name for name in here if name in there]
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
        reached, step, broke = -(2**62), 1, False
        for _ in range(_LEAPS if by_rowid else 1):
            try:
                for row in source.execute(query, (reached,) if by_rowid else ()):
                    reached, step = row[0], 1
                    yield dict(zip(columns, row[1:], strict=True))
            except sqlite3.Error:
                broke, reached, step = True, reached + step, step * 2
                reached = max(reached, 0)
            else:
                break
        if not broke:
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


def _drop_unreadable(target: sqlite3.Connection, tables: list[str]) -> None:
    """Records that are no JSON go; then, until none is left, rows whose parent is gone, or only their word of it."""
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
