"""newsletter store check, backup, repair and vacuum, and faults of the database."""

import os
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.edges.store.schema import MIGRATIONS
from tests.disks import mounted_disk
from tests.letters import Command, Letter, Outcome, make_letter
from tests.run.test_weekly import contents, folder_of, titles


def store_of(letter: Letter) -> Path:
    """The newsletter's database."""
    return letter.folder / ".newsletter/store.sqlite"


def on_store(newsletter: Command, letter: Letter, *arguments: str | Path) -> Outcome:
    """Run a `newsletter store` command."""
    return newsletter("store", *arguments[:1], "--config", letter.config, *arguments[1:])


def overwrite(path: Path, page: int, *, pages: int = 1) -> None:
    """Overwrite pages of a database, after checkpointing its log."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with path.open("r+b") as file:
        file.seek(page * size)
        file.write(b"\xa5" * size * pages)


def root_of(path: Path, table: str) -> int:
    """The first page of a table, counted from 0."""
    with closing(sqlite3.connect(path)) as connection:
        row = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        return int(row[0]) - 1


def test_an_undamaged_store_is_not_changed(newsletter: Command, letter: Letter) -> None:
    newsletter.on(letter, "run")
    assert on_store(newsletter, letter, "check").code == 0
    assert "nothing was changed" in on_store(newsletter, letter, "repair").out
    assert not list(store_of(letter).parent.glob("*damaged*"))


@pytest.mark.parametrize("table", ["event", "decision", "story", "entry", "body", "source_state", "rejected"])
def test_repair_recovers_the_undamaged_tables(newsletter: Command, letter: Letter, table: str) -> None:
    """Whichever table is damaged, the others survive, the old file is kept and the next run succeeds."""
    newsletter.on(letter, "run")
    newsletter.on(letter, "approve")
    overwrite(store_of(letter), root_of(store_of(letter), table))
    failed = newsletter.on(letter, "run")
    assert failed.code == 1
    assert "store repair" in failed.err
    done = on_store(newsletter, letter, "repair")
    assert done.code == 0, done.err
    assert table in done.out
    assert (letter.folder / ".newsletter/store.sqlite.damaged-1").is_file()
    assert on_store(newsletter, letter, "check").code == 0
    assert newsletter.on(letter, "status", "--json").json["holds"]["status"] == "approved"
    before = contents(folder_of(letter))
    assert newsletter.on(letter, "run", "--force").code == 0
    assert contents(folder_of(letter)) == before, "an approved issue does not change"


@pytest.mark.parametrize("table", ["entry", "story", "response", "source_state"])
def test_a_repaired_store_gives_the_same_issue(newsletter: Command, letter: Letter, table: str) -> None:
    """Lost records are rebuilt from others or fetched again, though no source has anything new."""
    newsletter.on(letter, "run")
    first = titles(letter)
    overwrite(store_of(letter), root_of(store_of(letter), table))
    assert on_store(newsletter, letter, "repair").code == 0
    done = newsletter.on(letter, "run")
    assert (done.code, sorted(titles(letter))) == (0, sorted(first)), done.err


def test_repair_does_not_touch_an_undamaged_store(newsletter: Command, letter: Letter) -> None:
    """A store with a newer version, or in use by another program, is not changed. The message says what to do."""
    newsletter.on(letter, "run")
    with closing(sqlite3.connect(store_of(letter), isolation_level=None)) as other:
        other.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
        done = on_store(newsletter, letter, "repair")
        assert (done.code, "upgrade the program" in done.err) == (1, True)
        other.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        other.execute("BEGIN EXCLUSIVE")
        assert "nothing was changed" in on_store(newsletter, letter, "repair").out
    assert on_store(newsletter, letter, "check").code == 0
    assert not list(store_of(letter).parent.glob("*damaged*"))


def test_repair_restores_the_newest_backup_of_an_unreadable_store(newsletter: Command, letter: Letter) -> None:
    newsletter.on(letter, "run")
    newsletter.on(letter, "approve")
    assert on_store(newsletter, letter, "backup", "--now", "2026-11-22").code == 0
    assert store_of(letter).with_name("store.sqlite.2026-11-22.backup").is_file()
    store_of(letter).write_bytes(os.urandom(50_000))
    done = on_store(newsletter, letter, "repair")
    assert re.search(r"restored from .*2026-11-22\.backup", done.out)
    assert newsletter.on(letter, "status", "--json").json["holds"]["status"] == "approved"


def test_without_a_backup_the_next_run_starts_over(newsletter: Command, letter: Letter) -> None:
    newsletter.on(letter, "run")
    first = titles(letter)
    store_of(letter).write_bytes(b"no database at all")
    assert "the next run fetches everything" in on_store(newsletter, letter, "repair").out
    assert newsletter.on(letter, "run").code == 0
    assert titles(letter) == first


def test_a_backup_is_complete_during_a_run(newsletter: Command, letter: Letter, tmp_path: Path) -> None:
    """Another connection is writing. An existing file is not overwritten."""
    newsletter.on(letter, "run")
    with closing(sqlite3.connect(store_of(letter))) as writer:
        writer.execute("DELETE FROM entry")
        copy = tmp_path / "copy.sqlite"
        assert on_store(newsletter, letter, "backup", copy).code == 0
        writer.rollback()
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM entry").fetchone() == (8,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert on_store(newsletter, letter, "backup", copy).code == 2


def test_vacuum_shrinks_the_file(newsletter: Command, letter: Letter) -> None:
    newsletter.on(letter, "run")
    with closing(sqlite3.connect(store_of(letter))) as connection:
        connection.execute("CREATE TABLE ballast AS SELECT zeroblob(2000000)")
        connection.execute("DROP TABLE ballast")
        connection.commit()
    done = on_store(newsletter, letter, "vacuum")
    before, after = (int(word.replace(",", "")) for word in done.out.split() if word.replace(",", "").isdigit())
    assert before > 2_000_000 > after
    assert on_store(newsletter, letter, "check").code == 0


def test_there_is_no_store_before_the_first_run(newsletter: Command, letter: Letter) -> None:
    for command in ("backup", "repair", "vacuum"):
        done = on_store(newsletter, letter, command)
        assert (done.code, "newsletter run" in done.err) == (2, True)


def test_a_store_locked_by_another_program_is_an_error(newsletter: Command, letter: Letter) -> None:
    """After the timeout."""
    newsletter.on(letter, "run")
    with closing(sqlite3.connect(store_of(letter), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        done = newsletter.on(letter, "run", "--force")
    assert done.code == 1
    assert "another program has locked the store" in done.err


def test_a_store_with_a_newer_version_is_an_error(newsletter: Command, letter: Letter) -> None:
    newsletter.on(letter, "run")
    with closing(sqlite3.connect(store_of(letter))) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    done = newsletter.on(letter, "run")
    assert (done.code, "upgrade the program" in done.err) == (1, True)


@pytest.mark.parametrize("command", ["backup", "vacuum"])
def test_backup_and_vacuum_refuse_a_foreign_or_damaged_store(newsletter: Command, letter: Letter, command: str) -> None:
    """Another program's database is not changed, and a damaged store is reported with what to do."""
    path = store_of(letter)
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE accounts (name TEXT)")
        other.commit()
    before = path.read_bytes()
    done = on_store(newsletter, letter, command)
    assert (done.code, "another program" in done.err) == (1, True)
    assert path.read_bytes() == before
    path.write_bytes(b"this is no database" * 1_000)
    done = on_store(newsletter, letter, command)
    assert (done.code, "store repair" in done.err) == (1, True)
    path.unlink()
    newsletter.on(letter, "run")
    overwrite(path, root_of(path, "story"))
    done = on_store(newsletter, letter, command)
    assert (done.code, "store repair" in done.err) == (1, True)
    assert list(path.parent.glob("*.backup*")) == []


def test_an_unwritable_store_is_an_error(newsletter: Command, letter: Letter) -> None:
    """The file is immutable, so that even root cannot write it."""
    newsletter.on(letter, "run")
    for path in store_of(letter).parent.glob("store.sqlite*"):
        if subprocess.run(["chattr", "+i", str(path)], check=False, capture_output=True).returncode:
            pytest.skip("chattr +i does not work here")
    try:
        done = newsletter.on(letter, "run", "--force")
    finally:
        for path in store_of(letter).parent.glob("store.sqlite*"):
            subprocess.run(["chattr", "-i", str(path)], check=True)
    assert done.code == 1
    assert "check who owns the file" in done.err


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Letter]:
    """A newsletter on a file system of three megabytes."""
    with mounted_disk(tmp_path / "disk", megabytes=3) as folder:
        yield make_letter(folder)


@pytest.mark.parametrize("free", [0, 100_000, 400_000])
def test_a_full_disk_loses_nothing(newsletter: Command, small_disk: Letter, free: int) -> None:
    """Exit code 1, a message and no partial issue; with free space the next run makes the same issue."""
    ballast = small_disk.folder / "ballast"
    stat = os.statvfs(small_disk.folder)
    ballast.write_bytes(bytes(max(0, stat.f_bavail * stat.f_frsize - free)))
    done = newsletter.on(small_disk, "run")
    assert done.code == 1
    assert any(word in done.err for word in ("disk is full", "No space left", "free some space")), done.err
    assert not folder_of(small_disk).exists()
    ballast.unlink()
    assert newsletter.on(small_disk, "run").code == 0
    assert len(titles(small_disk)) == 8
