"""`newsletter evaluate` and `newsletter status --taste`: what was proposed against what the editor approved."""

import json
from typing import Any

import pytest
import yaml

from tests.letters import ITEMS, LATER, Command, Letter

SIZES = {"features": 2, "reads": 2, "minimum": 1}


@pytest.fixture
def week(newsletter: Command, letter: Letter) -> Letter:
    """A week's issue of two features and two reads."""
    letter.change(select=SIZES, approve="editor")
    assert newsletter.on(letter, "run").code == 0
    return letter


def edit(letter: Letter, **edits: Any) -> None:
    """Write the editor's edits of the week."""
    path = letter.folder / "outbox" / "2026-W47" / "edits.yaml"
    path.write_text(yaml.safe_dump(edits), encoding="utf-8")


def slots(newsletter: Command, letter: Letter) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = newsletter.on(letter, "status", "--json").json["holds"]["editions"]["en"]
    return found


def approve_edited(newsletter: Command, letter: Letter) -> dict[str, Any]:
    """Drop the lead, pin the second read as the last feature, and approve; return the evaluation."""
    lead, feature, _, read = slots(newsletter, letter)
    edit(letter, features=[feature["story"], read["story"]], drops=[lead["story"]])
    assert newsletter.on(letter, "run", "--force").code == 0
    assert newsletter.on(letter, "approve").code == 0
    (found,) = newsletter.on(letter, "evaluate", "--json").json
    assert found["dropped"][0]["story"] == lead["story"]
    return dict(found)


def test_an_empty_store_says_that_there_is_nothing(newsletter: Command, letter: Letter) -> None:
    """Before the first run and before the first approval the exit code is 3."""
    before = newsletter.on(letter, "evaluate")
    assert (before.code, "nothing to compare" in before.err) == (3, True)
    newsletter.on(letter, "run")
    after = newsletter.on(letter, "evaluate")
    assert (after.code, "no issue is approved yet" in after.err) == (3, True)


def test_untouched_proposals_have_a_precision_of_one(newsletter: Command, week: Letter) -> None:
    """Nothing is moved, dropped or added."""
    assert newsletter.on(week, "approve").code == 0
    (found,) = newsletter.on(week, "evaluate", "--json").json
    assert (found["proposed"], found["kept"], found["precision_at_10"]) == (4, 4, 1.0)
    assert found["moved"] == found["dropped"] == found["added"] == found["filled"] == []


def test_what_the_editor_changed_is_listed(newsletter: Command, week: Letter) -> None:
    """The dropped lead, the read that became a feature, and the story that filled the gap; in words too."""
    found = approve_edited(newsletter, week)
    assert (found["kept"], found["precision_at_10"]) == (3, 0.75)
    assert [(row["proposed"], row["place"]) for row in found["moved"]] == [("feature", "lead"), ("read", "feature")]
    assert len(found["filled"]) == 1
    shown = newsletter.on(week, "evaluate", "2026-W47").out
    assert "3 of 4 proposals kept, precision at 10 .75" in shown
    assert f"dropped  lead: {found['dropped'][0]['title']}" in shown


def test_an_issue_json_is_evaluated_without_a_store(newsletter: Command, week: Letter) -> None:
    """The file in the outbox has all that is needed."""
    found = approve_edited(newsletter, week)
    path = week.folder / "outbox" / "2026-W47" / "issue.json"
    (from_file,) = newsletter("evaluate", path, "--json").json
    assert (from_file["kept"], from_file["precision_at_10"]) == (found["kept"], found["precision_at_10"])
    path.write_text(json.dumps({"key": "2026-W47"}), encoding="utf-8")
    refused = newsletter("evaluate", path)
    assert refused.code != 0
    assert "proposals" in refused.err


def test_another_config_is_judged_on_the_same_stories(newsletter: Command, week: Letter) -> None:
    """The same config proposes the same again; one for a shorter letter is shown next to it."""
    found = approve_edited(newsletter, week)
    (same,) = newsletter.on(week, "evaluate", "--against", week.config, "--json").json
    assert same["against"]["kept"] == found["kept"]
    config = yaml.safe_load(week.config.read_text(encoding="utf-8"))
    config["select"] = {"features": 1, "reads": 1, "minimum": 1}
    other = week.folder / "other.yaml"
    other.write_text(yaml.safe_dump(config), encoding="utf-8")
    shown = newsletter.on(week, "evaluate", "--against", other)
    assert shown.code == 0, shown.err
    assert f"{other}: 1 of 2 proposals kept, precision at 10 .50" in shown.out
    assert "lower bound" in shown.out


def test_a_wrong_issue_or_file_is_named(newsletter: Command, week: Letter) -> None:
    """Exit code 3 for an unknown week, 2 for a missing file."""
    assert newsletter.on(week, "evaluate", "2026-W01").code == 3
    missing = newsletter.on(week, "evaluate", "gone.json")
    assert (missing.code, "gone.json" in missing.err) == (2, True)


def test_what_was_kept_is_counted_for_later_issues(newsletter: Command, week: Letter) -> None:
    """The tally has the source of the dropped story; the next week's stories have reasons, and scores do not change."""
    found = approve_edited(newsletter, week)
    for number in range(4):
        week.write_feed(f"paper{number}", [ITEMS[2 * number], ITEMS[2 * number + 1], LATER[number]])
    later = "2026-11-28T08:00"
    assert newsletter.on(week, "run", "--force", now=later).code in (0, 3)
    taste = newsletter.on(week, "status", "--taste", "--json", now=later).json
    dropped = next(row for row in taste["sources"] if row["name"] == found["dropped"][0]["source"])
    assert dropped["kept"] < dropped["proposed"]
    assert (taste["issues"], taste["active"]) == (1, False)
    shown = newsletter.on(week, "status", "--taste", now=later).out
    assert "1 approved issue with proposals; from 8 on" in shown


def test_examples_of_the_desk_are_offered_for_the_config(newsletter: Command, week: Letter) -> None:
    """`status --taste` prints YAML lines for the headlines that the config does not have."""
    edit(week, examples=["A port “without cranes”: ${first} berth"])
    shown = newsletter.on(week, "status", "--taste").out
    lines = yaml.safe_load(shown[shown.index("about:") :])
    assert lines == {"about": {"headlines": ["A port “without cranes”: $${first} berth"]}}
