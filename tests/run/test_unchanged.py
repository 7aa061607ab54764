"""A run leaves the issue unchanged if and only if nothing is new."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.letters import LATER, NOW, Command, Letter

LATER_TODAY, EVENING = "2026-11-22T14:00", "2026-11-22T20:00"


def stages(newsletter: Command, letter: Letter, *arguments: str, now: str = NOW) -> set[str]:
    """Run and return the stages that ran."""
    ran = newsletter.on(letter, "run", "--json", *arguments, now=now)
    assert ran.code == 0, ran.err
    return set(ran.json["stages"])


def outbox_files(letter: Letter) -> dict[Path, tuple[int, bytes]]:
    """Every file in the outbox: path → time of change, bytes."""
    folder = letter.folder / "outbox"
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


def test_with_nothing_new_the_issue_is_not_touched(newsletter: Command, letter: Letter) -> None:
    """No stage after fetch runs, no file of the outbox is written, and the exit code is 0."""
    assert "dedupe" in stages(newsletter, letter)
    before = outbox_files(letter)
    assert before
    for now in (NOW, LATER_TODAY):
        assert "dedupe" not in stages(newsletter, letter, now=now)
        assert outbox_files(letter) == before


def change_edits(letter: Letter) -> None:
    path = next((letter.folder / "outbox").rglob("edits.yaml"), letter.folder / "outbox" / "2026-W47" / "edits.yaml")
    path.write_text("subject: The editor's own words\n", encoding="utf-8")


def change_config(letter: Letter) -> None:
    letter.change(select={"reads": 3})


def add_template(letter: Letter) -> None:
    (letter.folder / "templates").mkdir()
    letter.change(templates="templates")


def add_story(letter: Letter) -> None:
    letter.write_feed("paper0", [LATER[0]])


def lose_issue(letter: Letter) -> None:
    next((letter.folder / "outbox").rglob("issue.html")).unlink()


@pytest.mark.parametrize("change", [change_edits, change_config, add_template, add_story, lose_issue])
def test_a_change_to_any_input_rebuilds_the_issue(
    newsletter: Command, letter: Letter, change: Callable[[Letter], None]
) -> None:
    """Edits, config, templates, a new story, a file missing from the outbox."""
    stages(newsletter, letter)
    stages(newsletter, letter, now=LATER_TODAY)
    change(letter)
    assert {"dedupe", "select", "render"} <= stages(newsletter, letter, now=EVENING)


def test_a_changed_template_rebuilds_the_issue(newsletter: Command, letter: Letter) -> None:
    """A new file in the newsletter's template folder counts, though the config is unchanged."""
    add_template(letter)
    stages(newsletter, letter)
    assert "dedupe" not in stages(newsletter, letter)
    (letter.folder / "templates" / "own.css.j2").write_text("p { color: #222 }", encoding="utf-8")
    assert "dedupe" in stages(newsletter, letter)


def test_another_commands_results_rebuild_the_issue(newsletter: Command, letter: Letter) -> None:
    """Tagging again may change the stories."""
    stages(newsletter, letter)
    assert newsletter.on(letter, "tag", "--all").code == 0
    assert "dedupe" in stages(newsletter, letter)


def test_a_day_later_the_issue_is_rebuilt(newsletter: Command, letter: Letter) -> None:
    """Stories are less fresh, and the oldest have left the window."""
    stages(newsletter, letter, now="2026-11-21T07:00")
    assert "dedupe" in stages(newsletter, letter, now=NOW)


def test_force_rebuilds_the_issue(newsletter: Command, letter: Letter) -> None:
    """--force runs every stage."""
    stages(newsletter, letter)
    assert "dedupe" in stages(newsletter, letter, "--force")


def test_an_unreadable_digest_file_is_ignored(newsletter: Command, letter: Letter) -> None:
    """With a truncated or foreign file the run rebuilds the issue."""
    stages(newsletter, letter)
    for text in ("", "[]", '{"made_at": 1}', '{"made_at": "2026-11-22T08:00:00"}'):
        (letter.folder / ".newsletter" / "unchanged.json").write_text(text, encoding="utf-8")
        assert "dedupe" in stages(newsletter, letter)
