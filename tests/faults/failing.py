"""Runs with 10, 50, 90 and 100 per cent of twenty sources failing."""

import json

from tests.faults.rig import KEY, letters, run, warm
from tests.letters import make_letter


def run_with_failing(percentage: int) -> tuple[int, str]:
    """Run with a share of failing sources. Returns the exit code and "N of M" from the issue, "" without an issue."""
    with letters() as make:
        letter = make_letter(make().folder, sources=20)
        letter.change(select={"minimum": 1})
        for number in range(20 * percentage // 100):
            (letter.folder / f"paper{number}.xml").unlink()
        code = run(letter, "run")
        path = letter.folder / "outbox" / KEY / "issue.json"
        if not path.exists():
            return code, ""
        sources = json.loads(path.read_text(encoding="utf-8"))["sources"]
        return code, f"{sources['answered']} of {sources['total']}"


if __name__ == "__main__":
    warm()
    for percent in (10, 50, 90, 100):
        exit_code, answered = run_with_failing(percent)
        print(f"{percent} % of 20 sources failing: exit code {exit_code}, {answered or 'no issue'}")
