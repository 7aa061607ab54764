"""Runs killed at points spread over their whole length, then run again."""

import sqlite3
import time
from contextlib import closing

from tests.faults.rig import KEY, files, killed, letters, run, tries, warm
from tests.letters import Letter

GOLDEN = (5**0.5 - 1) / 2
WHOLE = {"issue.html", "issue.txt", "issue.eml", "issue.json"}


def status(letter: Letter) -> str:
    """What the store says of the issue."""
    path = letter.folder / ".newsletter/store.sqlite"
    if not path.exists():
        return ""
    with closing(sqlite3.connect(path)) as connection:
        try:
            row = connection.execute("SELECT status FROM issue").fetchone()
        except sqlite3.OperationalError:  # killed before its tables were made
            return ""
        return row[0] if row else ""


def kill_points(count: int) -> dict[str, int]:
    """Kill so many runs of a letter that approves itself; what went wrong, by kind."""
    found = {"killed": 0, "torn": 0, "falsely approved": 0, "other bytes": 0, "not completed": 0}
    with letters() as make:
        letter = make()
        letter.change(approve="auto")
        began = time.monotonic()
        assert run(letter, "run") == 0
        length = time.monotonic() - began
        expected = files(letter.folder / "outbox")
        number = 0
        while found["killed"] < count and number < 4 * count:
            number += 1
            letter = make()
            letter.change(approve="auto")
            # The golden ratio spreads any number of points evenly; a run that ends before its point is none.
            found["killed"] += killed(letter, length * (number * GOLDEN % 1), "run")
            issue = letter.folder / "outbox" / KEY
            torn = issue.exists() and not set(files(issue)) >= WHOLE
            found["torn"] += torn
            found["falsely approved"] += status(letter) == "approved" and (torn or not issue.exists())
            found["not completed"] += run(letter, "run") != 0 or status(letter) != "approved"
            found["other bytes"] += files(letter.folder / "outbox") != expected
    return found


if __name__ == "__main__":
    warm()
    points = tries(500)
    said = kill_points(points)
    print(f"kill -9 at {points} points: " + ", ".join(f"{number} {name}" for name, number in said.items()))
