"""The outbox: an issue is complete or absent, and the editor's file survives renders and kills."""

import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.edges.outbox import Outbox, OutboxError
from tests.disks import mounted_disk

KEY = "2026-W47"
FILES = {"issue.html": b"<p>one</p>", "issue.txt": b"one", "pictures/lead.png": b"png"}


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def everything_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_an_issue_is_its_files(outbox: Outbox) -> None:
    """A missing folder is created, with the folders inside."""
    folder = outbox.publish(KEY, FILES)
    assert folder == outbox.folder / KEY
    assert contents(folder) == FILES
    assert everything_in(outbox.folder) == {KEY}


def test_a_newer_render_leaves_nothing_of_the_older(outbox: Outbox) -> None:
    """A picture that the issue no longer shows is deleted."""
    outbox.publish(KEY, FILES)
    assert contents(outbox.publish(KEY, {"issue.html": b"<p>two</p>"})) == {"issue.html": b"<p>two</p>"}
    assert everything_in(outbox.folder) == {KEY}


def test_issues_are_listed_oldest_first(outbox: Outbox) -> None:
    """Only issues are listed: no unfinished folders, no files of the archive."""
    assert outbox.issues() == []
    for key in ("2026-W47", "2025-W52", "2026-W03"):
        outbox.publish(key, FILES)
    (outbox.folder / "index.html").write_text("archive")
    (outbox.folder / ".making-2026-W48").mkdir()
    assert outbox.issues() == ["2025-W52", "2026-W03", "2026-W47"]


# ── the editor's file ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("by_edition", [False, True])
def test_the_editors_file_survives_a_render(tmp_path: Path, *, by_edition: bool) -> None:
    """Byte for byte, next to the issue or in an edition's folder; an `edits.yaml` among the rendered files loses."""
    outbox = Outbox(tmp_path / "outbox", by_edition=by_edition)
    inside = outbox.prefix("en")
    assert inside == ("en/" if by_edition else "")
    outbox.publish(KEY, {f"{inside}issue.html": b"one"})
    edits = outbox.edits_path(KEY, "en")
    edits.write_bytes("letter: 一艘船\r\n".encode())
    outbox.publish(KEY, {f"{inside}issue.html": b"two", f"{inside}edits.yaml": b"the machine's"})
    assert edits.read_bytes() == "letter: 一艘船\r\n".encode()
    assert (outbox.folder / KEY / f"{inside}issue.html").read_bytes() == b"two"


def test_the_edits_of_an_edition_that_is_gone_are_kept(tmp_path: Path) -> None:
    """The edition may come back with the next change of the config."""
    outbox = Outbox(tmp_path / "outbox", by_edition=True)
    outbox.publish(KEY, {"en/issue.html": b"one", "nl/issue.html": b"een"})
    outbox.edits_path(KEY, "nl").write_text("subject: Schepen")
    outbox.publish(KEY, {"en/issue.html": b"two"})
    assert contents(outbox.folder / KEY) == {"en/issue.html": b"two", "nl/edits.yaml": b"subject: Schepen"}


def save_in_place(path: Path, text: str) -> None:
    path.write_text(text)


def save_by_exchange(path: Path, text: str) -> None:
    new = path.with_name("edits.yaml.new")
    new.write_text(text)
    new.replace(path)


@pytest.mark.parametrize("save", [save_in_place, save_by_exchange])
def test_saves_during_renders_are_never_lost(outbox: Outbox, save: object) -> None:
    """An editor saves again and again while issues are published; each successful save is in the file."""
    assert callable(save)
    outbox.publish(KEY, FILES)
    path = outbox.edits_path(KEY, "en")
    path.write_text("save 0")
    saved: list[str] = []
    lost: list[str] = []

    def edit() -> None:
        while len(saved) < 60:
            text = f"save {len(saved)}"
            try:
                save(path, text)
            except FileNotFoundError:  # between two renames there is no folder
                time.sleep(0.001)
                continue
            saved.append(text)
            time.sleep(random.uniform(0, 0.004))
            if (found := read_when_there(path)) != text:
                lost.append(f"{text}, found {found}")

    editor = threading.Thread(target=edit, daemon=True)
    editor.start()
    while editor.is_alive():
        outbox.publish(KEY, FILES)
    assert (len(saved), lost) == (60, [])


def read_text(path: Path) -> str | None:
    try:
        return path.read_text()
    except FileNotFoundError:
        return None


def read_when_there(path: Path) -> str | None:
    deadline = time.monotonic() + 20
    while (text := read_text(path)) is None and time.monotonic() < deadline:
        time.sleep(0.001)
    return text


def test_a_save_after_a_kill_is_not_undone_by_the_next_run(outbox: Outbox) -> None:
    """A run that was killed after the renames leaves the old folder; what was saved into the new one stays."""
    outbox.publish(KEY, FILES)
    aside = outbox.folder / f".replaced-{KEY}"
    aside.mkdir()
    (aside / "edits.yaml").write_text("before")
    outbox.edits_path(KEY, "en").write_text("after")
    os.utime(outbox.edits_path(KEY, "en"), (1_700_000_000, 1_700_000_000))  # put there out of a backup
    outbox.publish(KEY, FILES)
    assert contents(outbox.folder) == {f"{KEY}/{name}": body for name, body in FILES.items()} | {
        f"{KEY}/edits.yaml": b"after"
    }


def test_an_editor_who_has_the_file_open_writes_into_the_new_issue(outbox: Outbox) -> None:
    """The file is the same one before and after a render."""
    outbox.publish(KEY, FILES)
    with outbox.edits_path(KEY, "en").open("w") as file:
        outbox.publish(KEY, FILES)
        file.write("written late")
    assert outbox.edits_path(KEY, "en").read_text() == "written late"


# ── what a killed run leaves ─────────────────────────────────────────────────────────────────────────────────────

PUBLISH = """
import hashlib, json, sys
from pathlib import Path
from pipeline.edges.outbox import Outbox
outbox, number = Outbox(Path(sys.argv[1])), int(sys.argv[2])
while True:
    for key in ("2026-W46", "2026-W47"):
        files = {f"{edition}/{name}": f"{number} {edition} {name}".encode() * 300
                 for edition in ("en", "nl") for name in ("issue.html", "issue.txt", f"pictures/{number % 7}.png")}
        sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        outbox.publish(key, {**files, "issue.json": json.dumps(sums).encode()})
    number += 1
    print(number, flush=True)
"""


def incomplete(folder: Path) -> list[str]:
    """The files of an issue that differ from its manifest."""
    import hashlib

    sums = json.loads((folder / "issue.json").read_bytes())
    there = {name: hashlib.sha256(content).hexdigest() for name, content in contents(folder).items()}
    own = {"issue.json": there["issue.json"], "en/edits.yaml": there.get("en/edits.yaml")}
    return sorted(name for name in {*sums, *there} if {**sums, **own}.get(name) != there.get(name))


def test_an_outbox_of_killed_runs_holds_whole_issues(outbox: Outbox) -> None:
    """After 25 kills at random points, each issue has the files of one render and the editor's."""
    generator = random.Random(20261120)
    number = 0
    for turn in range(25):
        child = subprocess.Popen([sys.executable, "-c", PUBLISH, str(outbox.folder), str(number)], stdout=-1)
        assert child.stdout is not None
        number = int(child.stdout.readline())  # it is at work
        time.sleep(generator.uniform(0, 0.03))
        child.kill()
        child.wait()
        child.stdout.close()
        Outbox(outbox.folder).recover()
        assert everything_in(outbox.folder) == {"2026-W46", "2026-W47"}
        assert [incomplete(outbox.folder / key) for key in outbox.issues()] == [[], []]
        edits = outbox.folder / "2026-W47" / "en" / "edits.yaml"
        assert read_text(edits) == (f"turn {turn - 1}" if turn else None)
        save_by_exchange(edits, f"turn {turn}")


def test_half_an_issue_is_not_one(outbox: Outbox) -> None:
    """An unfinished folder or file is deleted, and a replaced folder is put back."""
    half = outbox.folder / ".making-2026-W48"
    half.mkdir(parents=True)
    (half / "issue.html").write_bytes(b"<p>ha")
    aside = outbox.folder / ".replaced-2026-W47"
    aside.mkdir()
    (aside / "issue.html").write_bytes(b"<p>whole</p>")
    (outbox.folder / ".feed.xml.0a1b2c3d.tmp").write_bytes(b"<fe")
    outbox.recover()
    assert contents(outbox.folder) == {"2026-W47/issue.html": b"<p>whole</p>"}


def test_a_missing_outbox_needs_no_recovery(outbox: Outbox) -> None:
    """And none is made."""
    outbox.recover()
    assert not outbox.folder.exists()


# ── what cannot be written ───────────────────────────────────────────────────────────────────────────────────────


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
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_an_outbox_that_cannot_be_written_is_named(shared: Path) -> None:
    """The issue that was there stays."""
    outbox = Outbox(shared / "outbox")
    outbox.publish(KEY, FILES)
    (shared / "outbox").chmod(0o555)
    with unprivileged(), pytest.raises(OutboxError, match=r"outbox.*check who owns the outbox"):
        outbox.publish(KEY, {"issue.html": b"two"})
    (shared / "outbox").chmod(0o755)
    assert contents(outbox.folder / KEY) == FILES
    assert everything_in(outbox.folder) == {KEY}


def test_an_unfinished_folder_that_cannot_be_deleted_is_named(shared: Path) -> None:
    """Such as one that belongs to another user."""
    outbox = Outbox(shared / "outbox")
    (shared / "outbox" / ".making-2026-W48").mkdir(parents=True)
    (shared / "outbox").chmod(0o555)
    with unprivileged(), pytest.raises(OutboxError, match=r"\.making-2026-W48.*check who owns"):
        outbox.recover()
    (shared / "outbox").chmod(0o755)


def test_a_file_with_the_name_of_the_outbox_is_named(tmp_path: Path) -> None:
    """With the config key to change."""
    (tmp_path / "outbox").write_text("")
    with pytest.raises(OutboxError, match="set 'outbox' in the config to a folder"):
        Outbox(tmp_path / "outbox").publish(KEY, FILES)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of one megabyte."""
    with mounted_disk(tmp_path / "disk", megabytes=1) as folder:
        yield folder


def test_a_full_disk_leaves_the_issue_that_was_there(small_disk: Path) -> None:
    """Nothing of the new issue is left, and the editor's file is unchanged."""
    outbox = Outbox(small_disk / "outbox")
    outbox.publish(KEY, FILES)
    outbox.edits_path(KEY, "en").write_text("letter: mine")
    with pytest.raises(OutboxError, match="free some space and run again"):
        outbox.publish(KEY, {"issue.html": b"two", "pictures/large.png": bytes(3_000_000)})
    assert contents(outbox.folder / KEY) == {**FILES, "edits.yaml": b"letter: mine"}
    assert everything_in(outbox.folder) == {KEY}
    outbox.publish(KEY, {"issue.html": bytes(500_000)})
    assert outbox.edits_path(KEY, "en").read_text() == "letter: mine"
