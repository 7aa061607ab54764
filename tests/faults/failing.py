"""Sources failing: 10, 50, 90 and 100 per cent of twenty."""

import json

from tests.faults.rig import KEY, letters, run, warm
from tests.letters import make_letter


def failing(share: int) -> tuple[int, str]:
    """The exit code of a run with so many per cent of its sources failing, and what its issue says, "" for none."""
    with letters() as make:
        letter = make_letter(make().folder, sources=20)
        letter.change(select={"minimum": 1})
        for number in range(20 * share // 100):
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
        ended, says = failing(percent)
        print(f"{percent} % of 20 sources failing: exit code {ended}, {says or 'no issue'}")
