"""Faults of the machine: the disk and the database."""

import contextlib
import os
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest import mock

from pipeline.edges.store.schema import MIGRATIONS
from tests.faults.fault_table import CannotInjectError, Prepare, fault, store_of
from tests.faults.rig import run
from tests.letters import Letter

# ── the disk ─────────────────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def small_disk(folder: Path, options: str) -> Iterator[None]:
    """Mount a small file system over a folder."""
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        raise CannotInjectError("only root may mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@fault("the disk of the state folder is full from the beginning", 1, "free some space")
def _full_state(letter: Letter) -> Iterator[Prepare]:
    with small_disk(letter.folder / ".newsletter", "size=4k"):
        (letter.folder / ".newsletter" / "ballast").write_bytes(b"x" * 4096)
        yield None


@fault("the disk of the state folder gets full", 1, "the disk is full; free some space and run again")
def _filling_state(letter: Letter) -> Iterator[Prepare]:
    with small_disk(letter.folder / ".newsletter", "size=300k"):
        yield None


@fault("the disk of the outbox gets full", 1, "free some space and run again; earlier issues are untouched")
def _full_outbox(letter: Letter) -> Iterator[Prepare]:
    with small_disk(letter.folder / "outbox", "size=40k"):
        yield None


@fault("a file may not grow any more", 1, "the disk")
def _file_limit(letter: Letter) -> Iterator[Prepare]:
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


@fault(
    "the state folder is on a read-only disk",
    1,
    "set 'state' in the config to another folder",
    command=("run", "--force"),
)
def _read_only_state(letter: Letter) -> Iterator[Prepare]:
    run(letter, "run")
    with _read_only(letter.folder / ".newsletter"):
        yield None


@fault("the outbox is on a read-only disk", 1, "set 'outbox' in the config to another folder")
def _read_only_outbox(letter: Letter) -> Iterator[Prepare]:
    (letter.folder / "outbox").mkdir()
    with _read_only(letter.folder / "outbox"):
        yield None


@fault("the outbox is read-only when its issue is approved", 1, "set 'outbox' in the config", command=("approve",))
def _read_only_approval(letter: Letter) -> Iterator[Prepare]:
    run(letter, "run")
    with _read_only(letter.folder / "outbox"):
        yield None


@contextlib.contextmanager
def _read_only(folder: Path) -> Iterator[None]:
    bind = ["mount", "--bind", str(folder), str(folder)]
    if os.geteuid() != 0 or subprocess.run(bind, check=False, capture_output=True).returncode:
        raise CannotInjectError("only root may mount")
    try:
        if subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=False, capture_output=True).returncode:
            raise CannotInjectError("a mount cannot be made read-only here")
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@fault("a file is where the state folder should be", 1, "set 'state' in the config to another folder")
def _state_file(letter: Letter) -> Iterator[Prepare]:
    (letter.folder / ".newsletter").write_text("")
    yield None
    (letter.folder / ".newsletter").unlink()


@fault("a file is where the outbox should be", 1, "set 'outbox' in the config to a folder")
def _outbox_file(letter: Letter) -> Iterator[Prepare]:
    (letter.folder / "outbox").write_text("")
    yield None
    (letter.folder / "outbox").unlink()


@fault(
    "there is no room for a dry run",
    1,
    "free some space on its disk, or set TMPDIR",
    command=("run", "--dry-run"),
)
def _no_room_for_a_dry_run(letter: Letter) -> Iterator[Prepare]:
    run(letter, "run")
    folder = letter.folder / "tmp"

    def prepare() -> None:
        import tempfile

        tempfile.tempdir = str(folder)

    with small_disk(folder, "size=40k"):
        yield prepare


@fault("no more files can be opened", 2, "Too many open files")
def _no_files(letter: Letter) -> Iterator[Prepare]:
    def prepare() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
        for _ in range(60):
            with contextlib.suppress(OSError):
                os.open(os.devnull, os.O_RDONLY)

    yield prepare


@fault("the output cannot be written", 1, "cannot write the output", command=("run", "--json"))
def _full_output(letter: Letter) -> Iterator[Prepare]:
    yield lambda: (os.dup2(os.open("/dev/full", os.O_WRONLY), 1), None)[1]


# ── the database ─────────────────────────────────────────────────────────────────────────────────────────────────


@fault(
    "another program holds the store", 1, "another program has locked the store for over", command=("run", "--force")
)
def _locked_store(letter: Letter) -> Iterator[Prepare]:
    run(letter, "run")
    with closing(sqlite3.connect(store_of(letter), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")

        def shorten_timeout() -> None:
            mock.patch.object(sqlite3, "connect", _connect_briefly).start()

        yield shorten_timeout


def _connect_briefly(path: Any, **options: Any) -> sqlite3.Connection:
    return sqlite3.Connection(path, **{**options, "timeout": 0.1})


@fault("pages of the store are overwritten", 1, "newsletter store repair", repair=("store", "repair"))
def _overwritten(letter: Letter) -> Iterator[Prepare]:
    run(letter, "run")
    with closing(sqlite3.connect(store_of(letter))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with store_of(letter).open("r+b") as file:
        file.seek(8 * 4096)
        file.write(b"\xa5" * 8 * 4096)
    yield None


@fault("the store is not a database", 1, "newsletter store repair", repair=("store", "repair"))
def _no_database(letter: Letter) -> Iterator[Prepare]:
    store_of(letter).parent.mkdir()
    store_of(letter).write_bytes(b"this is no database" * 100)
    yield None


@fault("the store is truncated", 1, "newsletter store repair", repair=("store", "repair"))
def _cut_short(letter: Letter) -> Iterator[Prepare]:
    run(letter, "run")
    with closing(sqlite3.connect(store_of(letter))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.truncate(store_of(letter), store_of(letter).stat().st_size // 2)
    yield None


@fault("the store has a newer version", 1, "upgrade the program")
def _newer(letter: Letter) -> Iterator[Prepare]:
    run(letter, "run")
    with closing(sqlite3.connect(store_of(letter))) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
        yield None
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


@fault("the store belongs to another program", 1, "set 'state' in the config to another folder")
def _another_programs(letter: Letter) -> Iterator[Prepare]:
    store_of(letter).parent.mkdir()
    with closing(sqlite3.connect(store_of(letter))) as connection:
        connection.execute("CREATE TABLE accounts (name TEXT)")
        connection.commit()
    yield None
    store_of(letter).unlink()
