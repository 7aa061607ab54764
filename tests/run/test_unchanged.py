"""A run that finds nothing new leaves the issue alone, and only then."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.letters import LATER, NOW, Command, Letter, make_letter

LATER_TODAY, EVENING = "2026-11-22T14:00", "2026-11-22T20:00"


@pytest.fixture
def letter(tmp_path: Path) -> Letter:
    return make_letter(tmp_path)


@pytest.fixture
def newsletter(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


def stages(newsletter: Command, letter: Letter, *arguments: str, now: str = NOW) -> set[str]:
    """What a run has gone through."""
    ran = newsletter.on(letter, "run", "--json", *arguments, now=now)
    assert ran.code == 0, ran.err
    return set(ran.json["stages"])


def printed(letter: Letter) -> dict[Path, tuple[int, bytes]]:
    folder = letter.folder / "outbox"
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


def test_with_nothing_new_the_issue_is_not_touched(newsletter: Command, letter: Letter) -> None:
    """No stage after fetch runs, not a file of the outbox is written, and the exit code is an issue's."""
    assert "dedupe" in stages(newsletter, letter)
    before = printed(letter)
    assert before
    for now in (NOW, LATER_TODAY):
        assert "dedupe" not in stages(newsletter, letter, now=now)
        assert printed(letter) == before


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
def test_whatever_an_issue_is_made_of_makes_it_anew(
    newsletter: Command, letter: Letter, change: Callable[[Letter], None]
) -> None:
    """The editor's word, the config, the templates, a new story, a file of the outbox that is gone."""
    stages(newsletter, letter)
    stages(newsletter, letter, now=LATER_TODAY)
    change(letter)
    assert {"dedupe", "select", "render"} <= stages(newsletter, letter, now=EVENING)


def test_a_template_that_is_changed_makes_the_issue_anew(newsletter: Command, letter: Letter) -> None:
    """A file of the newsroom's own folder, though the config says the same as before."""
    add_template(letter)
    stages(newsletter, letter)
    assert "dedupe" not in stages(newsletter, letter)
    (letter.folder / "templates" / "own.css.j2").write_text("p { color: #222 }", encoding="utf-8")
    assert "dedupe" in stages(newsletter, letter)


def test_what_another_command_wrote_makes_the_issue_anew(newsletter: Command, letter: Letter) -> None:
    """Stories that were tagged again may have become others."""
    stages(newsletter, letter)
    assert newsletter.on(letter, "tag", "--all").code == 0
    assert "dedupe" in stages(newsletter, letter)


def test_a_day_later_the_issue_is_made_anew(newsletter: Command, letter: Letter) -> None:
    """What was fresh is so no more, and the oldest stories have left the window."""
    stages(newsletter, letter, now="2026-11-21T07:00")
    assert "dedupe" in stages(newsletter, letter, now=NOW)


def test_force_makes_the_issue_anew(newsletter: Command, letter: Letter) -> None:
    """Whoever asks for everything gets everything."""
    stages(newsletter, letter)
    assert "dedupe" in stages(newsletter, letter, "--force")


def test_a_mark_that_cannot_be_read_is_none(newsletter: Command, letter: Letter) -> None:
    """Half a file, or another program's, costs a run its work and nothing else."""
    stages(newsletter, letter)
    for text in ("", "[]", '{"made_at": 1}', '{"made_at": "2026-11-22T08:00:00"}'):
        (letter.folder / ".newsletter" / "unchanged.json").write_text(text, encoding="utf-8")
        assert "dedupe" in stages(newsletter, letter)
