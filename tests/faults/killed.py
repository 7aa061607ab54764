"""Runs that are killed at evenly spread moments, then run again."""

import sqlite3
import time
from contextlib import closing

from tests.faults.rig import KEY, files, letters, run, run_and_kill, tries, warm
from tests.letters import Letter

GOLDEN = (5**0.5 - 1) / 2
ISSUE_FILES = {"issue.html", "issue.txt", "issue.eml", "issue.json"}


def status(letter: Letter) -> str:
    """The status of the issue in the store, "" without one."""
    path = letter.folder / ".newsletter/store.sqlite"
    if not path.exists():
        return ""
    with closing(sqlite3.connect(path)) as connection:
        try:
            row = connection.execute("SELECT status FROM issue").fetchone()
        except sqlite3.OperationalError:  # killed before the tables existed
            return ""
        return row[0] if row else ""


def kill_points(count: int) -> dict[str, int]:
    """Kill `count` runs with `approve: auto`. Returns the number of problems by kind."""
    counts = {"killed": 0, "torn": 0, "falsely approved": 0, "other bytes": 0, "not completed": 0}
    with letters() as make:
        letter = make()
        letter.change(approve="auto")
        started = time.monotonic()
        assert run(letter, "run") == 0
        length = time.monotonic() - started
        expected = files(letter.folder / "outbox")
        number = 0
        while counts["killed"] < count and number < 4 * count:
            number += 1
            letter = make()
            letter.change(approve="auto")
            # Multiples of the golden ratio spread evenly. A run that ends before its moment does not count.
            counts["killed"] += run_and_kill(letter, length * (number * GOLDEN % 1), "run")
            issue = letter.folder / "outbox" / KEY
            torn = issue.exists() and not set(files(issue)) >= ISSUE_FILES
            counts["torn"] += torn
            counts["falsely approved"] += status(letter) == "approved" and (torn or not issue.exists())
            counts["not completed"] += run(letter, "run") != 0 or status(letter) != "approved"
            counts["other bytes"] += files(letter.folder / "outbox") != expected
    return counts


if __name__ == "__main__":
    warm()
    points = tries(500)
    counts = kill_points(points)
    print(f"kill -9 at {points} moments: " + ", ".join(f"{number} {name}" for name, number in counts.items()))
