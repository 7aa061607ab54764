"""Faults of the machine and of what is around a run: each has its exit code and a line that says what to do.

When the fault is over, the next run makes the issue that it would have made without it.
"""

import contextlib
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

import yaml

from pipeline.edges.store.schema import MIGRATIONS
from tests.faults.rig import KEY, ROOT, letters, run, told, warm
from tests.letters import ITEMS, LATER, NOW, Letter

Prepare = Callable[[], None] | str | None  # what is done in the process of the command; as text, in a fresh one
Break = Callable[[Letter], Iterator[Prepare]]


@dataclass(frozen=True)
class Fault:
    """One fault: what it is, how it is made, the exit code of a command that meets it, and words of what is said."""

    name: str
    hold: Callable[[Letter], AbstractContextManager[Prepare]]
    code: int
    says: str
    command: tuple[str, ...] = ("run",)
    now: str = NOW
    key: str = KEY  # of the issue that is there in the end
    mend: tuple[str, ...] = ()  # a command that is needed before the next run


FAULTS: list[Fault] = []


class CannotInjectError(Exception):
    """The machine does not let us: only root may mount."""


def fault(name: str, code: int, says: str, **more: Any) -> Callable[[Break], Break]:
    """Add a fault to the table; it holds until the generator goes on."""

    def add(hold: Break) -> Break:
        FAULTS.append(Fault(name, contextlib.contextmanager(hold), code, says, **more))
        return hold

    return add


def try_one(each: Fault) -> tuple[int, str, list[str]]:
    """(exit code, what was said, what was wrong with that or with the run that came after it)."""
    with letters() as make:
        letter = make()
        with each.hold(letter) as prepare:
            code, said = (
                _fresh(letter, each, prepare)
                if isinstance(prepare, str)
                else told(letter, *each.command, now=each.now, prepare=prepare)
            )
        wrong = [] if code == each.code else [f"exit code {code} in place of {each.code}"]
        wrong += [] if each.says in said else [f"nothing said of {each.says!r}"]
        wrong += ["a traceback"] * ("Traceback" in said)
        if each.mend and run(letter, *each.mend):
            wrong.append(f"{' '.join(each.mend)} did not mend it")
        after, words = told(letter, "run", "--force", now=NOW if each.key == KEY else each.now)
        if after or not (letter.folder / "outbox" / each.key / "issue.eml").is_file():
            wrong.append(f"the next run ended with {after}: {words}")
        return code, said, wrong


def _fresh(letter: Letter, each: Fault, code: str) -> tuple[int, str]:
    words = [*each.command, "--config", str(letter.config), "--now", each.now]
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nfrom pipeline.cli import main; main()", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


# ── the disk ─────────────────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def small_disk(folder: Path, options: str) -> Iterator[None]:
    """A file system of its own in place of a folder."""
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
    "there is nowhere to rehearse",
    1,
    "free some space there, or set TMPDIR to another folder",
    command=("run", "--dry-run"),
)
def _no_room_to_rehearse(letter: Letter) -> Iterator[Prepare]:
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


@fault("what is written to cannot take it", 1, "cannot write the output", command=("run", "--json"))
def _full_output(letter: Letter) -> Iterator[Prepare]:
    yield lambda: (os.dup2(os.open("/dev/full", os.O_WRONLY), 1), None)[1]


# ── the database ─────────────────────────────────────────────────────────────────────────────────────────────────


def store_of(letter: Letter) -> Path:
    """The letter's database."""
    return letter.folder / ".newsletter" / "store.sqlite"


@fault(
    "another program holds the store", 1, "another program has locked the store for over", command=("run", "--force")
)
def _locked_store(letter: Letter) -> Iterator[Prepare]:
    run(letter, "run")
    with closing(sqlite3.connect(store_of(letter), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")

        def impatient() -> None:
            mock.patch.object(sqlite3, "connect", _hurried).start()

        yield impatient


def _hurried(path: Any, **options: Any) -> sqlite3.Connection:
    return sqlite3.Connection(path, **{**options, "timeout": 0.1})


@fault("pages of the store are overwritten", 1, "newsletter store repair", mend=("store", "repair"))
def _overwritten(letter: Letter) -> Iterator[Prepare]:
    run(letter, "run")
    with closing(sqlite3.connect(store_of(letter))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with store_of(letter).open("r+b") as file:
        file.seek(8 * 4096)
        file.write(b"\xa5" * 8 * 4096)
    yield None


@fault("the store is no database", 1, "newsletter store repair", mend=("store", "repair"))
def _no_database(letter: Letter) -> Iterator[Prepare]:
    store_of(letter).parent.mkdir()
    store_of(letter).write_bytes(b"this is no database" * 100)
    yield None


@fault("the store was cut short", 1, "newsletter store repair", mend=("store", "repair"))
def _cut_short(letter: Letter) -> Iterator[Prepare]:
    run(letter, "run")
    with closing(sqlite3.connect(store_of(letter))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.truncate(store_of(letter), store_of(letter).stat().st_size // 2)
    yield None


@fault("the store is of a newer version", 1, "upgrade the program")
def _newer(letter: Letter) -> Iterator[Prepare]:
    run(letter, "run")
    with closing(sqlite3.connect(store_of(letter))) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
        yield None
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


@fault("the store is another program's", 1, "set 'state' in the config to another folder")
def _another_programs(letter: Letter) -> Iterator[Prepare]:
    store_of(letter).parent.mkdir()
    with closing(sqlite3.connect(store_of(letter))) as connection:
        connection.execute("CREATE TABLE accounts (name TEXT)")
        connection.commit()
    yield None
    store_of(letter).unlink()


# ── other runs ───────────────────────────────────────────────────────────────────────────────────────────────────

_HOLD = """
import sys, time; from pathlib import Path; from pipeline.edges.lock import hold_lock
with hold_lock(Path(sys.argv[1]), 'run'):
    print('held', flush=True); time.sleep(60)
"""


@contextlib.contextmanager
def _holder(letter: Letter) -> "Iterator[subprocess.Popen[bytes]]":
    state = str(letter.folder / ".newsletter")
    with subprocess.Popen([sys.executable, "-c", _HOLD, state], cwd=ROOT, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        try:
            yield child
        finally:
            child.kill()


@fault("another run is at work", 6, "wait for it to end")
def _at_work(letter: Letter) -> Iterator[Prepare]:
    with _holder(letter):
        yield None


@fault("the run before was killed", 0, "did not end: this run completes its work")
def _killed_before(letter: Letter) -> Iterator[Prepare]:
    with _holder(letter) as child:
        child.send_signal(signal.SIGKILL)
    yield None


@fault("a process that is gone left another holding the lock", 6, "end that")
def _orphan(letter: Letter) -> Iterator[Prepare]:
    with _holder(letter):
        holder = letter.folder / ".newsletter" / "run.json"
        text = holder.read_text(encoding="utf-8")
        pid = yaml.safe_load(text)["pid"]
        holder.write_text(text.replace(f'"pid": {pid}', f'"pid": {2**22 + 1}'), encoding="utf-8")
        yield None


# ── the clock ────────────────────────────────────────────────────────────────────────────────────────────────────


def _dated(letter: Letter, zone: str, published: str) -> None:
    letter.change(timezone=zone)
    for number in range(4):
        items = [replace(item, published=published) for item in ITEMS[2 * number : 2 * number + 2]]
        letter.write_feed(f"paper{number}", items)


@fault("the clock is ten years ahead", 3, "no issue", now="2036-11-22T08:00")
def _clock_ahead(letter: Letter) -> Iterator[Prepare]:
    yield None


class _Earlier(datetime):
    """A clock that was set back."""

    @classmethod
    def now(cls, tz: Any = None) -> "_Earlier":
        return cls(2026, 11, 15, tzinfo=tz)


@fault("the clock was set back by a week", 3, "set the clock and run again", now="")
def _clock_back(letter: Letter) -> Iterator[Prepare]:
    run(letter, "run")

    def set_back() -> None:
        from pipeline.cli import options

        mock.patch.object(options, "datetime", _Earlier).start()

    yield set_back


@fault("the hour that the clocks skip", 0, "", now="2026-03-29T02:30", key="2026-W13")
def _skipped_hour(letter: Letter) -> Iterator[Prepare]:
    _dated(letter, "Europe/Berlin", "Fri, 27 Mar 2026 09:00:00 +0000")
    yield None


@fault("the hour that comes twice", 0, "", now="2026-10-25T01:30:00+00:00", key="2026-W43")
def _doubled_hour(letter: Letter) -> Iterator[Prepare]:
    _dated(letter, "Europe/Berlin", "Fri, 23 Oct 2026 09:00:00 +0000")
    yield None


@fault("a week 53", 0, "", now="2027-01-01T08:00", key="2026-W53")
def _week_53(letter: Letter) -> Iterator[Prepare]:
    _dated(letter, "Asia/Hong_Kong", "Wed, 30 Dec 2026 09:00:00 +0000")
    yield None


# ── the network ──────────────────────────────────────────────────────────────────────────────────────────────────


def _remote(letter: Letter, *names: str, address: str) -> dict[str, Any]:
    """Put sources on the network; the config as it was."""
    before: dict[str, Any] = yaml.safe_load(letter.config.read_text(encoding="utf-8"))
    sources = [
        {**source, "feed": address.format(name=source["name"])} if source["name"] in names else source
        for source in before["sources"]
    ]
    letter.change(sources=sources, fetch={"retries": 0, "deadline_seconds": 5, "allow_private": ["127.0.0.1"]})
    return before


def _no_names() -> None:
    """Every name server is out of reach."""

    def fail(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    mock.patch.object(socket, "getaddrinfo", fail).start()


_ALL = ("paper0", "paper1", "paper2", "paper3")


@fault("no name can be looked up", 3, "no source answered: no issue")
def _dns_down(letter: Letter) -> Iterator[Prepare]:
    before = _remote(letter, *_ALL, address="https://{name}.example/feed")
    yield _no_names
    letter.change(**before)


@fault("the name of one source cannot be looked up", 0, "fetch: paper0: dns: ")
def _one_name_down(letter: Letter) -> Iterator[Prepare]:
    before = _remote(letter, "paper0", address="https://{name}.example/feed")
    yield _no_names
    letter.change(**before)


@fault("every connection is refused", 3, "no source answered: no issue")
def _refused(letter: Letter) -> Iterator[Prepare]:
    before = _remote(letter, *_ALL, address="http://127.0.0.1:9/{name}")
    yield None
    letter.change(**before)


# ── processes ────────────────────────────────────────────────────────────────────────────────────────────────────


def die_over_paper0(unread: Any) -> Any:
    """Parse a feed, or die of it."""
    if unread.stored.source == "paper0":
        os.kill(os.getpid(), signal.SIGKILL)
    return _read(unread)


def die_over_ferries(unmade: Any, **settings: Any) -> Any:
    """Clean an entry, or die of it."""
    if "ferries" in unmade.entry.title:
        os.kill(os.getpid(), signal.SIGKILL)
    return _make(unmade, **settings)


def die_over_everything(_job: Any) -> Any:
    """Render nothing."""
    os.kill(os.getpid(), signal.SIGKILL)


def _read(unread: Any) -> Any:
    from pipeline.run.workers.parse import parse_response

    return parse_response(unread)


def _make(unmade: Any, **settings: Any) -> Any:
    from pipeline.run.workers.clean import run_clean_task

    return run_clean_task(unmade, **settings)


def _dying(letter: Letter, module: str, name: str, function: str) -> str:
    letter.change(engine="processes", workers=1)
    return (
        f"import pipeline.run.{module} as module; from tests.faults.injected import {function}\n"
        f"module.{name} = {function}"
    )


@fault("the worker that parses a feed dies", 0, "fetch: paper0: worker died")
def _parser_dies(letter: Letter) -> Iterator[Prepare]:
    yield _dying(letter, "fetch", "parse_response", "die_over_paper0")


@fault("the worker that cleans a story dies", 0, "Island ferries pay fares with faces: worker died")
def _cleaner_dies(letter: Letter) -> Iterator[Prepare]:
    yield _dying(letter, "clean", "run_clean_task", "die_over_ferries")


@fault("the worker that renders dies", 1, "look at its letter, its words and the templates, and render again")
def _renderer_dies(letter: Letter) -> Iterator[Prepare]:
    yield _dying(letter, "render", "_render", "die_over_everything")


@fault("a filter dies", 0, "filter 'mine' failed on 8 entries")
def _filter_dies(letter: Letter) -> Iterator[Prepare]:
    letter.change(filters=[{"name": "mine", "command": [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]}])
    yield None


@fault("who is told is not there", 0, "on_finish.command: no-such-program cannot be run")
def _nobody_to_tell(letter: Letter) -> Iterator[Prepare]:
    letter.change(on_finish={"command": ["no-such-program"]})
    yield None


# ── what people write ────────────────────────────────────────────────────────────────────────────────────────────


@fault("the config is cut short", 2, "config.yaml")
def _broken_config(letter: Letter) -> Iterator[Prepare]:
    text = letter.config.read_text(encoding="utf-8")
    letter.config.write_text(text[: len(text) // 2], encoding="utf-8")
    yield None
    letter.config.write_text(text, encoding="utf-8")


@fault("a template is broken", 2, "issue.mjml.j2, line 1")
def _broken_template(letter: Letter) -> Iterator[Prepare]:
    (letter.folder / "templates").mkdir()
    (letter.folder / "templates" / "issue.mjml.j2").write_text("{% if", encoding="utf-8")
    letter.change(templates="templates")
    yield None
    (letter.folder / "templates" / "issue.mjml.j2").unlink()


@fault("the editor's file is broken", 2, "edits.yaml", command=("run", "--force"))
def _broken_edits(letter: Letter) -> Iterator[Prepare]:
    run(letter, "run")
    path = letter.folder / "outbox" / KEY / "edits.yaml"
    path.write_text("features: [", encoding="utf-8")
    yield None
    path.unlink()


@fault(
    "the issue is gone from the outbox before it is approved", 3, "run 'newsletter render' first", command=("approve",)
)
def _issue_gone(letter: Letter) -> Iterator[Prepare]:
    run(letter, "run")
    (letter.folder / "outbox" / KEY / "issue.json").unlink()
    yield None


@fault(
    "the account of the issue is cut short before it is approved", 1, "run 'newsletter render'", command=("approve",)
)
def _account_cut(letter: Letter) -> Iterator[Prepare]:
    run(letter, "run")
    os.truncate(letter.folder / "outbox" / KEY / "issue.json", 200)
    yield None


@fault(
    "the account of an earlier issue is cut short", 0, "the archive does without 2026-W46", command=("run", "--force")
)
def _earlier_account_cut(letter: Letter) -> Iterator[Prepare]:
    earlier = "2026-11-15T08:00"
    _dated(letter, "Asia/Hong_Kong", "Fri, 13 Nov 2026 09:00:00 +0000")
    for command in ("run", "approve"):
        told(letter, command, now=earlier)
    os.truncate(letter.folder / "outbox" / "2026-W46" / "issue.json", 200)
    for number in range(4):
        letter.write_feed(f"paper{number}", [LATER[number]])
    yield None


if __name__ == "__main__":
    warm()
    bad, tried = 0, 0
    for each in FAULTS:
        began = time.monotonic()
        try:
            ended, heard, faults = try_one(each)
        except CannotInjectError as error:
            print(f"not tried: {each.name}: {error}")
            continue
        tried += 1
        bad += bool(faults)
        lines = heard.strip().splitlines()
        line = next((line for line in lines if each.says and each.says in line), lines[-1] if lines else "")
        print(f"{each.name}: {ended} ({time.monotonic() - began:.1f} s) {line[:300]}")
        for wrong in faults:
            print(f"    WRONG: {wrong}")
    print(f"injected faults: {bad} of {tried} without their exit code, their line or a good run afterwards")
