"""Runs that are killed, then run again: before each of their writes, and at evenly spread moments.

The completed issue has the bytes of an undisturbed run, and the store has the same stories, events and decisions.
"""

import itertools
import json
import os
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import yaml
from PIL import Image

from tests.faults.rig import KEY, files, letters, run, run_and_kill, start, tries, wait_for, warm
from tests.letters import ITEMS, LATER, Letter, feed

GOLDEN = (5**0.5 - 1) / 2
ISSUE_FILES = {"issue.html", "issue.txt", "issue.eml", "issue.json"}
SHARED = "Our harbour column appears with kind permission of the pilots' guild."
CHANGES = {"os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir"}  # audit events
# Tables with the address of the folder or of the server on loopback, and those that only save work.
OTHER_TABLES = {"body", "response", "source_state", "sqlite_sequence", "sqlite_stat1", "done"}


def make_rich_letter(make: Callable[[], Letter], drops: tuple[str, ...] = ()) -> Letter:
    """A newsletter with boilerplate to learn, pages, pictures and an editor's file; it approves itself."""
    letter = make()
    web = letter.folder / "web/paper9.example"
    web.mkdir(parents=True)
    picture = BytesIO()
    Image.linear_gradient("L").resize((800, 450)).save(picture, "PNG")
    (web / "boat.png").write_bytes(picture.getvalue())
    (web / "feed.xml").write_text(feed("paper9.example", [replace(item, body="") for item in LATER]), encoding="utf-8")
    for item in LATER:
        head = f"<title>{item.title}</title><meta property='og:image' content='/boat.png'>"
        (web / item.slug).write_text(f"<html><head>{head}</head><body>{item.html * 3}</body></html>", encoding="utf-8")
    for name, items in {"paper0": ITEMS[:3], "paper1": ITEMS[3:6]}.items():
        letter.write_feed(name, [replace(item, body=f"{item.body} | {SHARED}") for item in items])
    sources = [{"name": name, "feed": f"{name}.xml", "follow": False} for name in ("paper0", "paper1", "paper3")]
    letter.change(
        approve="auto",
        sources=[*sources, {"name": "paper9", "feed": "https://paper9.example/feed.xml"}],
        fetch={"mirrors": {"*.example": "web"}, "allow_private": ["127.0.0.1"], "per_host_delay_seconds": 0},
    )
    if drops:
        (letter.folder / "outbox" / KEY).mkdir(parents=True)
        edits = yaml.safe_dump({"drops": list(drops)})
        (letter.folder / "outbox" / KEY / "edits.yaml").write_text(edits, encoding="utf-8")
    return letter


def rows(letter: Letter) -> dict[str, list[Any]]:
    """The rows of each table that a later week depends on; empty if the store has no tables yet."""
    path = letter.folder / ".newsletter/store.sqlite"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        found = {table: connection.execute(f"SELECT * FROM {table}") for table in sorted(tables - OTHER_TABLES)}
        return {table: sorted(rows, key=repr) for table, rows in found.items()}


def status(letter: Letter) -> str:
    """The status of the issue in the store, "" without one."""
    if not (letter.folder / ".newsletter/store.sqlite").exists():
        return ""
    issues = rows(letter).get("issue", [])  # a run may be killed before the tables exist
    return issues[0][2] if issues else ""


def watch_writes(folder: Path, write: Callable[[], object]) -> None:
    """Call `write` before each change of a file in a folder, and before each commit of a database, until the end."""

    def is_change(event: str, arguments: tuple[Any, ...]) -> bool:
        if event not in CHANGES and event != "open":
            return False
        path = str(arguments[0])
        if not path.startswith(str(folder)) or path.endswith("log.jsonl"):
            return False
        if event == "open":
            return bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))
        return event not in ("os.mkdir", "os.remove") or Path(path).exists() == (event == "os.remove")

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if is_change(event, arguments):
            write()

    class Connection(sqlite3.Connection):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self.set_trace_callback(lambda sql: write() if sql == "COMMIT" else None)

    sys.addaudithook(audit)
    sqlite3.connect = partial(sqlite3.connect, factory=Connection)  # type: ignore[assignment]


def kill_before_write(folder: Path, number: int) -> None:
    """Kill this process before its write of this number."""
    numbers = itertools.count(1)
    watch_writes(folder, lambda: os.kill(os.getpid(), signal.SIGKILL) if next(numbers) == number else None)


def count_writes(letter: Letter) -> int:
    """Run a newsletter undisturbed. Returns the number of its writes."""
    with TemporaryFile() as file:
        write = partial(os.write, file.fileno(), b".")
        assert wait_for(start(letter, "run", prepare=lambda: watch_writes(letter.folder, write))) == 0
        return file.seek(0, os.SEEK_END)


@dataclass(frozen=True)
class Kept:
    """What a run leaves."""

    outbox: dict[str, bytes]
    rows: dict[str, list[Any]]

    @classmethod
    def of(cls, letter: Letter) -> "Kept":
        """What the runs of a newsletter have left."""
        return cls(files(letter.folder / "outbox"), rows(letter))


def complete(letter: Letter, expected: Kept) -> Counter[str]:
    """Run a newsletter again after a kill. Returns the number of problems by kind."""
    problems = Counter[str]()
    rendered = set(files(letter.folder / "outbox" / KEY)) - {"edits.yaml"}
    torn = bool(rendered) and not rendered >= ISSUE_FILES
    problems["torn"] += torn
    problems["falsely approved"] += status(letter) == "approved" and (torn or not rendered)
    problems["not completed"] += run(letter, "run") != 0 or status(letter) != "approved"
    kept = Kept.of(letter)
    problems["other bytes"] += kept.outbox != expected.outbox
    problems["other rows"] += kept.rows != expected.rows
    return problems


def kill_at_writes(points: int | None = None) -> Counter[str]:
    """Kill runs before each of their writes, or before `points` of them. Returns the number of problems by kind."""
    problems = Counter[str](killed=0)
    with letters() as make:
        letter = make_rich_letter(make)
        assert run(letter, "run") == 0
        dropped = json.loads((letter.folder / "outbox" / KEY / "issue.json").read_bytes())["features"][0]["story"]
        prepare = partial(make_rich_letter, make, drops=(dropped,))
        letter = prepare()
        writes = count_writes(letter)
        expected = Kept.of(letter)
        chosen = range(1, writes + 1)
        for number in chosen[:: max(1, writes // points)] if points else chosen:
            letter = prepare()
            killed = wait_for(start(letter, "run", prepare=partial(kill_before_write, letter.folder, number)))
            problems["killed"] += killed == -signal.SIGKILL
            found = complete(letter, expected)
            if found.total():
                print(f"killed before write {number} of {writes}: {', '.join(sorted(+found))}", file=sys.stderr)
            problems.update(found)
    return problems


def kill_at_moments(count: int) -> Counter[str]:
    """Kill `count` runs at evenly spread moments. Returns the number of problems by kind."""
    problems = Counter[str](killed=0)
    with letters() as make:
        letter = make()
        letter.change(approve="auto")
        started = time.monotonic()
        assert run(letter, "run") == 0
        length = time.monotonic() - started
        expected = Kept.of(letter)
        number = 0
        while problems["killed"] < count and number < 4 * count:
            number += 1
            letter = make()
            letter.change(approve="auto")
            # Multiples of the golden ratio spread evenly. A run that ends before its moment does not count.
            problems["killed"] += run_and_kill(letter, length * (number * GOLDEN % 1), "run")
            problems.update(complete(letter, expected))
    return problems


if __name__ == "__main__":
    warm()
    points = tries(500)
    for name, problems in {"writes": kill_at_writes(), "moments": kill_at_moments(points)}.items():
        print(f"kill -9 at {name}: " + ", ".join(f"{number} {kind}" for kind, number in problems.items()))
