"""What can be wrong with a store's file: each is an error that says what to do, and nothing that was kept is lost."""

import contextlib
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.edges.store import Store, open_store
from pipeline.edges.store.schema import MIGRATIONS
from pipeline.errors import StoreError
from pipeline.records import Response, Story
from tests.disks import mounted_disk
from tests.factories import NOW, entry

NOBODY = 65534


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


def fill(path: Path, entries: int = 300) -> None:
    """A store of several pages."""
    with open_store(path) as store, store.transaction():
        for number in range(entries):
            store.entries.put(entry(f"e{number:03}", summary_html="x" * 400), seen_at=NOW, page="none")


def kept(path: Path) -> int:
    with open_store(path) as store:
        return store.entries.counts()["entries"]


def open_briefly(path: Path) -> None:
    with open_store(path, busy_seconds=0.05):
        pass


def grow(store: Store, entries: int, size: int) -> None:
    """One transaction."""
    with store.transaction():
        for number in range(entries):
            store.entries.put(entry(f"new{number}", summary_html="x" * size), seen_at=NOW, page="none")


def test_a_reading_command_makes_no_store(path: Path) -> None:
    """It says which command does."""
    with pytest.raises(StoreError, match="newsletter run"), open_store(path, create=False):
        pass
    assert not path.exists()


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    """A process that was killed before its first write leaves one."""
    path.touch()
    assert kept(path) == 0


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    """Not one byte of it changes."""
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE accounts (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program; set 'state'"):
        open_briefly(path)
    assert path.read_bytes() == before


def test_a_store_of_a_newer_version_is_left_alone(path: Path) -> None:
    """An older program does not guess at tables it does not know."""
    fill(path)
    with open_store(path, migrations=(*MIGRATIONS, "CREATE TABLE later (x);")):
        pass
    with pytest.raises(StoreError, match=rf"store version {len(MIGRATIONS) + 1}.*upgrade the program"):
        open_briefly(path)


@pytest.mark.parametrize("content", [b"sources:\n  - harbour\n" * 400, b"SQLite format 3\0" + b"\xff" * 9000])
def test_a_file_that_is_not_a_database_is_reported_as_damaged(path: Path, content: bytes) -> None:
    """The message says what to do; the file is not changed."""
    path.write_bytes(content)
    with pytest.raises(StoreError, match="restore the newest"):
        open_briefly(path)
    assert path.read_bytes() == content


def test_overwritten_pages_are_found_when_the_store_is_opened(path: Path) -> None:
    """Before a run builds on them."""
    fill(path)
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xa5" * 20_000)
    with pytest.raises(StoreError, match=r"store\.sqlite: the store is damaged"):
        open_briefly(path)


def test_a_truncated_store_is_detected(path: Path) -> None:
    """A copy onto a full disk leaves one."""
    fill(path)
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(StoreError, match="the store is damaged"):
        open_briefly(path)


def spoil(path: Path, found: bytes, put: bytes) -> None:
    """Overwrite bytes inside values, where no check of the file's structure can see it."""
    content = path.read_bytes()
    assert found in content
    path.write_bytes(content.replace(found, put))


@pytest.mark.parametrize("put", [b'{"id":[e007","source"', b'{"id":\xff\xfe07","source"'])
def test_a_record_that_cannot_be_read_is_damage_too(path: Path, put: bytes) -> None:
    """Broken JSON or UTF-8 inside a value is detected when it is read."""
    fill(path)
    spoil(path, b'{"id":"e007","source"', put)
    with pytest.raises(StoreError, match="restore the newest"), open_store(path) as store:
        store.entries.get("e007")


def test_a_body_that_cannot_be_unpacked_is_damage_too(path: Path) -> None:
    """The error names the address it came from."""
    body = os.urandom(3000)
    with open_store(path) as store, store.transaction():
        answer = Response("https://harbour.example/f", "https://harbour.example/f", 200, (), body, NOW)
        number, _ = store.responses.put(answer, source="harbour", purpose="feed")
    spoil(path, body[1000:1016], bytes(16))
    with pytest.raises(StoreError, match=r"harbour\.example/f.*restore the newest"), open_store(path) as store:
        store.responses.get(number)


def test_a_story_without_its_entry_is_refused(path: Path) -> None:
    """Tables that belong together stay together."""
    lost = Story("s1", "no such entry", "harbour", "Harbour Times", "A title", None, None, published_at=NOW)
    with pytest.raises(StoreError, match="FOREIGN KEY"), open_store(path) as store:
        store.stories.replace("no such entry", [lost])


# ── locked by another program ──────────────────────────────────────────────────────────────────────────────────────


def test_another_writer_is_waited_for_and_then_reported(path: Path) -> None:
    """Reads go on in the meantime; writes give up after the time limit."""
    fill(path, 3)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with open_store(path, busy_seconds=0.05) as reader:
            assert reader.entries.counts()["entries"] == 3
        with (
            pytest.raises(StoreError, match=r"another program has locked the store for over 0\.05 s"),
            open_store(path, busy_seconds=0.05) as store,
            store.transaction(),
        ):
            pass
        other.execute("ROLLBACK")
    fill(path, 4)
    assert kept(path) == 4


def test_a_new_store_locked_by_another_program_is_not_reported_as_damaged(path: Path) -> None:
    """Nothing is overwritten; the message asks to close the other program."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        other.execute("CREATE TABLE notes (x)")
        with pytest.raises(StoreError, match="another program has locked the store"):
            open_briefly(path)


OPEN = """
import sys
from pathlib import Path
from pipeline.edges.store import open_store
with open_store(Path(sys.argv[1])) as store:
    print(store.entries.counts()["entries"])
"""


def test_processes_that_open_a_new_store_at_once_agree(path: Path) -> None:
    """A run from cron and one by hand on the first day: one makes the tables, none fails."""
    children = [
        subprocess.Popen([sys.executable, "-c", OPEN, str(path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(5)
    ]
    outputs = [child.communicate()[0].decode() for child in children]
    assert outputs == ["0\n"] * 5


# ── not to be written ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that any user may enter, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextlib.contextmanager
def unprivileged() -> Iterator[None]:
    """Run as nobody for a while, because permissions do not restrict root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_cannot_be_written_is_named(shared: Path) -> None:
    """No store can be made there."""
    shared.chmod(0o555)
    with unprivileged(), pytest.raises(StoreError, match="check who owns"):
        open_briefly(shared / "store.sqlite")
    with unprivileged(), pytest.raises(StoreError, match="check 'state' in the config and who owns"):
        open_briefly(shared / "state" / "store.sqlite")


def test_a_folder_that_cannot_be_entered_is_named(shared: Path) -> None:
    """Whether there is a store is unknown."""
    (shared / "state").mkdir(mode=0o700)
    (shared / "state").chmod(0o000)
    with unprivileged(), pytest.raises(StoreError, match="who owns"), open_store(shared / "state/s.db", create=False):
        pass
    (shared / "state").chmod(0o700)


def test_a_file_that_cannot_be_written_is_named(shared: Path) -> None:
    """A store made by root's cron job, run by hand as somebody else."""
    path = shared / "store.sqlite"
    fill(path, 3)
    path.chmod(0o444)
    shared.chmod(0o555)
    with unprivileged(), pytest.raises(StoreError, match="check who owns the file"):
        fill(path, 4)
    shared.chmod(0o755)
    path.chmod(0o644)
    assert kept(path) == 3


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    """And a folder where the file should be."""
    (tmp_path / "state").write_text("")
    with pytest.raises(StoreError, match="check 'state' in the config"):
        open_briefly(tmp_path / "state" / "store.sqlite")
    with pytest.raises(StoreError, match="cannot be opened"):
        open_briefly(tmp_path)


# ── a full disk ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_full_disk_loses_nothing_that_was_kept(path: Path) -> None:
    """The transaction that did not fit is gone as a whole, and the same open store takes a smaller one."""
    fill(path)
    narrow = (*MIGRATIONS, "PRAGMA max_page_count = 110;")
    with open_store(path, migrations=narrow) as store:
        with pytest.raises(sqlite3.OperationalError, match="full"):
            grow(store, 200, 4000)
        assert store.entries.counts()["entries"] == 300
        grow(store, 1, 10)
        assert store.entries.counts()["entries"] == 301


def test_a_full_disk_is_reported(path: Path) -> None:
    """The message says what to do."""
    narrow = (*MIGRATIONS, "PRAGMA max_page_count = 110;")
    with pytest.raises(StoreError, match="disk is full; free some space"), open_store(path, migrations=narrow) as store:
        grow(store, 200, 4000)
    with open_store(path, migrations=narrow) as store:
        assert store.entries.counts()["entries"] == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of one megabyte."""
    with mounted_disk(tmp_path / "disk", megabytes=1) as folder:
        yield folder


def test_a_really_full_disk_is_reported(small_disk: Path) -> None:
    """When there is space again, the store is complete."""
    path = small_disk / "store.sqlite"
    fill(path, 30)
    (small_disk / "ballast").write_bytes(bytes(400_000))
    with pytest.raises(StoreError, match="full"), open_store(path) as store:
        grow(store, 300, 4000)
    (small_disk / "ballast").unlink()
    assert kept(path) == 30
