"""A week from sources to an issue in the outbox, and what the next weeks make of it."""

import json
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import yaml
from filelock import FileLock

from tests.letters import ITEMS, LATER, Command, Item, Letter

NEXT_WEEK = "2026-11-29T08:00"


def folder_of(letter: Letter, key: str = "2026-W47") -> Path:
    """The issue's folder."""
    return letter.folder / "outbox" / key


def account(letter: Letter, key: str = "2026-W47") -> Any:
    """What issue.json says."""
    return json.loads((folder_of(letter, key) / "issue.json").read_text(encoding="utf-8"))


def titles(letter: Letter, key: str = "2026-W47") -> list[str]:
    """The headlines of an issue, then its reads."""
    said = account(letter, key)
    return [feature["headline"] for feature in said["features"]] + [read["title"] for read in said["reads"]]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_run_puts_a_whole_issue_into_the_outbox_and_says_nothing(newsletter: Command, letter: Letter) -> None:
    """Four feeds become four features and the rest as reads, in HTML, text, a message and an account of them."""
    done = newsletter.on(letter, "run")
    assert (done.code, done.out) == (0, ""), done.err
    said = account(letter)
    assert len(said["features"]) == 4
    assert len(said["reads"]) == 4
    assert said["tally"]["stories"] == 8
    assert (said["sources"]["answered"], said["sources"]["total"]) == (4, 4)
    html = (folder_of(letter) / "issue.html").read_text(encoding="utf-8")
    text = (folder_of(letter) / "issue.txt").read_text(encoding="utf-8")
    message = message_from_bytes((folder_of(letter) / "issue.eml").read_bytes(), policy=policy.default)
    for title in titles(letter):
        assert title in html
        assert " ".join(title.split()) in " ".join(text.split())
    assert message["Subject"] == said["subject"] == said["features"][0]["headline"]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_same_moment_gives_the_same_bytes(newsletter: Command, letter: Letter) -> None:
    """A second run at the same --now changes no byte of the outbox."""
    newsletter.on(letter, "run")
    before = contents(letter.folder / "outbox")
    assert newsletter.on(letter, "run").code == 0
    assert contents(letter.folder / "outbox") == before


def test_a_process_pool_gives_the_same_issue_as_one_process(newsletter: Command, letter: Letter) -> None:
    """Where the map stages ran cannot be seen in the issue."""
    newsletter.on(letter, "run")
    serial = contents(letter.folder / "outbox")
    for path in sorted(letter.folder.glob(".newsletter/*")):
        path.unlink()
    letter.change(engine="processes", workers=2)
    newsletter.on(letter, "run")
    assert contents(letter.folder / "outbox") == serial


def test_each_stage_runs_by_itself_and_needs_no_source_again(newsletter: Command, letter: Letter) -> None:
    """After fetch the feeds may vanish: every later stage works on what is stored, again and again."""
    assert newsletter.on(letter, "fetch").code == 0
    for path in letter.folder.glob("paper*.xml"):
        path.unlink()
    for stage in ("clean", "dedupe", "tag", "select", "render"):
        done = newsletter.on(letter, stage, "--json")
        assert done.code == 0, done.err
        assert stage in done.json["stages"]
    first = contents(folder_of(letter))
    for stage, options in (("clean", ["--all"]), ("dedupe", []), ("tag", ["--all"]), ("select", []), ("render", [])):
        assert newsletter.on(letter, stage, *options).code == 0
    assert contents(folder_of(letter)) == first


def test_dead_sources_are_named_and_the_issue_says_how_many_answered(newsletter: Command, letter: Letter) -> None:
    """One of four down is within the tolerance; three of four are not; the issue is there either way."""
    (letter.folder / "paper0.xml").unlink()
    done = newsletter.on(letter, "run")
    assert done.code == 0
    assert "paper0" in done.err
    assert (account(letter)["sources"]["answered"], account(letter)["sources"]["total"]) == (3, 4)
    letter.change(select={"minimum": 2})
    for number in (1, 2):
        (letter.folder / f"paper{number}.xml").write_bytes(b"<html><title>Gone</title></html>")
    done = newsletter.on(letter, "run", "--force")
    assert done.code == 4
    assert "paper1" in done.err
    assert (account(letter)["sources"]["answered"], account(letter)["sources"]["total"]) == (1, 4)


def test_no_issue_where_no_source_answers(newsletter: Command, letter: Letter) -> None:
    """With every source down there is no issue, and the exit code says so."""
    for path in letter.folder.glob("paper*.xml"):
        path.unlink()
    done = newsletter.on(letter, "run")
    assert done.code == 3
    assert "no source answered" in done.err
    assert not folder_of(letter).exists()


def test_no_issue_below_the_minimum(newsletter: Command, letter: Letter) -> None:
    """Two new stories are no issue where four are the minimum; nothing is put into the outbox."""
    letter.change(sources=[{"name": "paper0", "feed": "paper0.xml", "follow": False}])
    done = newsletter.on(letter, "run")
    assert done.code == 3
    assert "2026-W47" in done.err
    assert not folder_of(letter).exists()


def test_an_approved_issue_stays_and_is_never_repeated(newsletter: Command, letter: Letter) -> None:
    """After approval a rerun changes nothing, and the next issue has none of its stories."""
    newsletter.on(letter, "run")
    assert newsletter.on(letter, "approve").code == 0
    before = contents(folder_of(letter))
    late = Item(
        "Late news of the same week", "The harbour master of Macau resigned by telegram. | Nobody had one for years."
    )
    letter.write_feed("paper0", [late])
    assert newsletter.on(letter, "run", "--force").code == 0
    assert contents(folder_of(letter)) == before
    for number, item in enumerate(LATER):
        letter.write_feed(f"paper{number}", [replace(item, published="Fri, 27 Nov 2026 09:00:00 +0000")])
    assert newsletter.on(letter, "run", now=NEXT_WEEK).code == 0
    second = titles(letter, "2026-W48")
    assert not set(second) & set(titles(letter))
    assert {item.title for item in LATER} <= set(second)
    assert late.title in second, "a story at the edge of two weeks is in neither"
    assert account(letter, "2026-W48")["number"] == account(letter)["number"] + 1


def test_stories_of_an_issue_that_was_never_approved_are_not_lost(newsletter: Command, letter: Letter) -> None:
    """A rendered issue only reserves its stories: without approval the next week may have them."""
    newsletter.on(letter, "run")
    assert newsletter.on(letter, "run", now="2026-11-23T08:00").code == 0
    assert set(titles(letter, "2026-W48")) == set(titles(letter))


def test_two_issues_cannot_spend_one_story(newsletter: Command, letter: Letter) -> None:
    """Once a later issue with the same stories is approved, the earlier one is refused until it is chosen anew."""
    newsletter.on(letter, "run")
    newsletter.on(letter, "run", now="2026-11-23T08:00")
    assert newsletter.on(letter, "approve", now="2026-11-23T08:00").code == 0
    refused = newsletter.on(letter, "approve", "2026-W47")
    assert refused.code == 2
    assert "2026-W48" in refused.err


def test_approve_auto_approves_a_checked_issue(newsletter: Command, letter: Letter) -> None:
    """A letter nobody edits is approved at the end of its run."""
    letter.change(approve="auto")
    newsletter.on(letter, "run")
    assert newsletter.on(letter, "status", "--json").json["holds"]["status"] == "approved"


def test_the_editors_word_survives_every_rerun(newsletter: Command, letter: Letter) -> None:
    """Pins, drops, headline, blurb, letter and subject of edits.yaml stand after fetch, select and render ran again."""
    newsletter.on(letter, "run")
    said = account(letter)
    last, first = said["reads"][-1]["story"], said["features"][0]["story"]
    edits = {
        "features": [last],
        "drops": [first],
        "stories": {last: {"headline": "The editor's headline", "kicker": "Docks", "blurb": "One.\n\nTwo."}},
        "letter": "It rained on *every* pier.",
        "subject": "Rain",
    }
    path = folder_of(letter) / "edits.yaml"
    path.write_text(yaml.safe_dump(edits), encoding="utf-8")
    written = path.read_bytes()
    for _ in range(2):
        assert newsletter.on(letter, "run", "--force").code == 0
        said = account(letter)
        lead = said["features"][0]
        assert (lead["story"], lead["headline"], lead["kicker"]) == (last, "The editor's headline", "Docks")
        assert lead["paragraphs"] == ["One.", "Two."]
        assert said["subject"] == "Rain"
        assert first not in [feature["story"] for feature in said["features"]]
        assert first not in [read["story"] for read in said["reads"]]
        assert "<em>every</em>" in (folder_of(letter) / "issue.html").read_text(encoding="utf-8")
        assert path.read_bytes() == written


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("features: [x]", "edits.yaml:1: features[0]"),
        ("subjekt: Hallo", "did you mean subject"),
        ("letter: [", "edits.yaml:1"),
    ],
)
def test_a_broken_edits_file_is_named_with_its_line_and_left_alone(
    newsletter: Command, letter: Letter, text: str, said: str
) -> None:
    """The issue in the outbox stays as it was, and so does the file."""
    newsletter.on(letter, "run")
    path = folder_of(letter) / "edits.yaml"
    path.write_text(text, encoding="utf-8")
    before = contents(folder_of(letter))
    done = newsletter.on(letter, "run")
    assert done.code == 2
    assert said in done.err
    assert contents(folder_of(letter)) == before


def test_only_one_run_at_a_time(newsletter: Command, letter: Letter) -> None:
    """A second command that would write says that another is at work, and touches nothing."""
    (letter.folder / ".newsletter").mkdir()
    with FileLock(letter.folder / ".newsletter" / "run.lock"):
        done = newsletter.on(letter, "run")
    assert done.code == 6
    assert "another newsletter command" in done.err


def test_several_editions_each_have_a_folder_and_their_own_words(newsletter: Command, letter: Letter) -> None:
    """Two editions of one week share the stories; chrome and languages are their own."""
    letter.change(
        editions=[
            {"name": "en", "language": "en", "host": {"name": "Ada", "city": "Leiden"}},
            {"name": "nl", "language": "nl", "host": {"name": "Ada", "city": "Leiden"}, "greeting": "Dag allemaal"},
        ]
    )
    assert newsletter.on(letter, "run").code == 0
    english = (folder_of(letter) / "en" / "issue.html").read_text(encoding="utf-8")
    dutch = (folder_of(letter) / "nl" / "issue.html").read_text(encoding="utf-8")
    assert '<html lang="en"' in english.replace("\n", " ")
    assert 'lang="nl"' in dutch
    assert "Dag allemaal" in dutch
    assert "Dag allemaal" not in english


def test_a_dated_week_is_rebuilt_without_the_stories_that_came_later(newsletter: Command, letter: Letter) -> None:
    """--now of a past week takes that week's stories only."""
    later = [replace(item, published="Fri, 27 Nov 2026 09:00:00 +0000") for item in LATER]
    newsletter.on(letter, "run")
    letter.write_feed("paper0", later)
    newsletter.on(letter, "fetch", now=NEXT_WEEK)
    for stage in ("clean", "dedupe", "tag", "select", "render"):
        assert newsletter.on(letter, stage).code == 0
    assert not {item.title for item in LATER} & set(titles(letter))


def test_undated_stories_count_from_when_they_were_first_seen(newsletter: Command, letter: Letter) -> None:
    """A feed without dates gives to the week in which it was read, and not to the one after the next."""
    for number, item in enumerate(LATER):
        letter.write_feed(f"paper{number}", [replace(item, published="")])
    assert newsletter.on(letter, "run").code == 0
    assert len(titles(letter)) == 4
    newsletter.on(letter, "approve")
    assert newsletter.on(letter, "run", now="2026-12-13T08:00").code == 3


def test_a_new_turn_of_a_carried_event_is_a_follow_up_and_its_old_tellings_are_out(
    newsletter: Command, letter: Letter
) -> None:
    """Next week's news of the barges says what it goes on from; what others wrote of them before stays out."""
    newsletter.on(letter, "run")
    newsletter.on(letter, "approve")
    barges = ITEMS[0]
    older = replace(
        barges,
        title="River yard's battery barges leave Lamma",
        body="Battery barges have left the river yard at Lamma, twelve hulls in one morning. | Their owner gave up"
        " diesel after thirty years. | The cells come from a shed beside the slipway.",
        published="Sat, 21 Nov 2026 20:00:00 +0000",
    )
    newer = replace(
        older,
        title="River yard's battery barges return to Lamma with a fault",
        body="Three of the twelve battery barges that left the river yard came back to Lamma on Monday. | Their owner"
        " blames a relay in the cells, and diesel tugs brought the hulls to the slipway. | Repairs take a month.",
        published="Mon, 23 Nov 2026 09:00:00 +0000",
    )
    letter.write_feed("paper3", [older, newer])
    for number, item in enumerate(LATER[:3]):
        letter.write_feed(f"paper{number}", [replace(item, published="Fri, 27 Nov 2026 09:00:00 +0000")])
    done = newsletter.on(letter, "run", "--force", now=NEXT_WEEK)
    assert done.code == 0, done.err
    assert older.title not in titles(letter, "2026-W48")
    features = {feature["headline"]: feature for feature in account(letter, "2026-W48")["features"]}
    assert features[newer.title]["follow_up"]["title"] == barges.title
    assert features[newer.title]["follow_up"]["issue_number"] == 1
    html = (folder_of(letter, "2026-W48") / "issue.html").read_text(encoding="utf-8")
    assert f"A follow-up to “{barges.title}” in No. 1" in html


def test_what_stories_of_a_source_share_is_learned_and_taken_out(newsletter: Command, letter: Letter) -> None:
    """A line that each story of a paper ends with is the paper's: it goes from all, with its rule in the ledger."""
    shared = "Our harbour column appears with kind permission of the pilots' guild."
    letter.write_feed("paper0", [replace(item, body=f"{item.body} | {shared}") for item in ITEMS[:3]])
    assert newsletter.on(letter, "run").code == 0
    for item in ITEMS[:2]:
        told = newsletter.on(letter, "explain", item.title, "--json").json
        assert any(shared[:30] in line["detail"] and "learned" in line["rule"] for line in told["decisions"])
    page = (folder_of(letter) / "issue.txt").read_text(encoding="utf-8")
    assert "pilots' guild" not in " ".join(page.split())
