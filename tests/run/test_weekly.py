"""A week from the sources to an issue in the outbox, and the weeks after it."""

import json
import re
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
    """The folder of an issue."""
    return letter.folder / "outbox" / key


def issue_json(letter: Letter, key: str = "2026-W47") -> Any:
    """The issue.json of an issue."""
    return json.loads((folder_of(letter, key) / "issue.json").read_text(encoding="utf-8"))


def titles(letter: Letter, key: str = "2026-W47") -> list[str]:
    """The headlines of an issue's features and the titles of its reads."""
    issue = issue_json(letter, key)
    return [feature["headline"] for feature in issue["features"]] + [read["title"] for read in issue["reads"]]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file in a folder: relative path → bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_run_puts_a_complete_issue_into_the_outbox_quietly(newsletter: Command, letter: Letter) -> None:
    """Four feeds become four features and four reads, as HTML, text, message and JSON."""
    done = newsletter.on(letter, "run")
    assert (done.code, done.out) == (0, ""), done.err
    issue = issue_json(letter)
    assert len(issue["features"]) == 4
    assert len(issue["reads"]) == 4
    assert issue["tally"]["stories"] == 8
    assert (issue["sources"]["answered"], issue["sources"]["total"]) == (4, 4)
    html = (folder_of(letter) / "issue.html").read_text(encoding="utf-8")
    text = (folder_of(letter) / "issue.txt").read_text(encoding="utf-8")
    message = message_from_bytes((folder_of(letter) / "issue.eml").read_bytes(), policy=policy.default)
    for title in titles(letter):
        assert title in html
        assert " ".join(title.split()) in " ".join(text.split())
    assert message["Subject"] == issue["subject"] == issue["features"][0]["headline"]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_same_moment_gives_the_same_bytes(newsletter: Command, letter: Letter) -> None:
    """A second run at the same --now changes no byte of the outbox."""
    newsletter.on(letter, "run")
    before = contents(letter.folder / "outbox")
    assert newsletter.on(letter, "run").code == 0
    assert contents(letter.folder / "outbox") == before


def test_a_process_pool_gives_the_same_issue_as_one_process(newsletter: Command, letter: Letter) -> None:
    """The engine does not affect the issue."""
    newsletter.on(letter, "run")
    serial = contents(letter.folder / "outbox")
    for path in sorted(letter.folder.glob(".newsletter/*")):
        path.unlink()
    letter.change(engine="processes", workers=2)
    newsletter.on(letter, "run")
    assert contents(letter.folder / "outbox") == serial


def test_each_stage_runs_alone_without_the_sources(newsletter: Command, letter: Letter) -> None:
    """After fetch every stage works on stored records, repeatedly."""
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


def test_failed_sources_are_named_and_counted_in_the_issue(newsletter: Command, letter: Letter) -> None:
    """One of four is within the tolerance, three of four are not; the issue exists in both cases."""
    (letter.folder / "paper0.xml").unlink()
    done = newsletter.on(letter, "run")
    assert done.code == 0
    assert "paper0" in done.err
    assert (issue_json(letter)["sources"]["answered"], issue_json(letter)["sources"]["total"]) == (3, 4)
    letter.change(select={"minimum": 2})
    for number in (1, 2):
        (letter.folder / f"paper{number}.xml").write_bytes(b"<html><title>Gone</title></html>")
    done = newsletter.on(letter, "run", "--force")
    assert done.code == 4
    assert "paper1" in done.err
    assert (issue_json(letter)["sources"]["answered"], issue_json(letter)["sources"]["total"]) == (1, 4)


def test_without_an_answer_from_any_source_there_is_no_issue(newsletter: Command, letter: Letter) -> None:
    """The exit code is 3."""
    for path in letter.folder.glob("paper*.xml"):
        path.unlink()
    done = newsletter.on(letter, "run")
    assert done.code == 3
    assert "no source answered" in done.err
    assert not folder_of(letter).exists()


def test_no_issue_below_the_minimum(newsletter: Command, letter: Letter) -> None:
    """Two stories make no issue if the minimum is four; the outbox stays empty."""
    letter.change(sources=[{"name": "paper0", "feed": "paper0.xml", "follow": False}])
    done = newsletter.on(letter, "run")
    assert done.code == 3
    assert "2026-W47" in done.err
    assert not folder_of(letter).exists()


def test_an_approved_issue_does_not_change_and_is_not_repeated(newsletter: Command, letter: Letter) -> None:
    """A rerun changes nothing, and the next issue has none of its stories."""
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
    assert issue_json(letter, "2026-W48")["number"] == issue_json(letter)["number"] + 1


def test_the_stories_of_an_unapproved_issue_are_not_lost(newsletter: Command, letter: Letter) -> None:
    """A rendered issue only reserves its stories; without approval the next week may use them."""
    newsletter.on(letter, "run")
    assert newsletter.on(letter, "run", now="2026-11-23T08:00").code == 0
    assert set(titles(letter, "2026-W48")) == set(titles(letter))


def test_two_issues_cannot_spend_one_story(newsletter: Command, letter: Letter) -> None:
    """After a later issue with the same stories is approved, the earlier one is refused until it is selected again."""
    newsletter.on(letter, "run")
    newsletter.on(letter, "run", now="2026-11-23T08:00")
    assert newsletter.on(letter, "approve", now="2026-11-23T08:00").code == 0
    refused = newsletter.on(letter, "approve", "2026-W47")
    assert refused.code == 2
    assert "2026-W48" in refused.err


def test_approve_auto_approves_a_checked_issue(newsletter: Command, letter: Letter) -> None:
    """At the end of the run."""
    letter.change(approve="auto")
    newsletter.on(letter, "run")
    assert newsletter.on(letter, "status", "--json").json["holds"]["status"] == "approved"


def test_the_editors_edits_survive_every_rerun(newsletter: Command, letter: Letter) -> None:
    """Pins, drops, headline, blurb, letter and subject in edits.yaml survive fetch, select and render."""
    newsletter.on(letter, "run")
    issue = issue_json(letter)
    last, first = issue["reads"][-1]["story"], issue["features"][0]["story"]
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
        issue = issue_json(letter)
        lead = issue["features"][0]
        assert (lead["story"], lead["headline"], lead["kicker"]) == (last, "The editor's headline", "Docks")
        assert lead["paragraphs"] == ["One.", "Two."]
        assert issue["subject"] == "Rain"
        assert first not in [feature["story"] for feature in issue["features"]]
        assert first not in [read["story"] for read in issue["reads"]]
        assert "<em>every</em>" in (folder_of(letter) / "issue.html").read_text(encoding="utf-8")
        assert path.read_bytes() == written


def test_sections_of_ones_own_are_in_the_language_that_they_show_or_say(newsletter: Command, letter: Letter) -> None:
    """A German text in an English letter is marked as German; a short text is the letter's, unless it says."""
    newsletter.on(letter, "run")
    text = "Die Reeperbahn öffnet am Sonntagmorgen für alle, die selbst eine Trosse schlagen möchten."
    sections = {
        "ropes": {"kind": "sponsor", "title": "Seilerei am Kai", "text": text},
        "coins": {"kind": "number", "figure": "41 %", "text": "of all coins"},
        "said": {"kind": "quote", "text": "Alles fließt.", "by": "Ada Kai", "language": "de"},
    }
    (folder_of(letter) / "edits.yaml").write_text(yaml.safe_dump({"sections": sections}), encoding="utf-8")
    done = newsletter.on(letter, "render")
    assert done.code == 0, done.err
    languages = {each["name"]: each["language"] for each in issue_json(letter)["sections"]}
    assert languages == {"ropes": "de", "coins": "en", "said": "de"}
    html = (folder_of(letter) / "issue.html").read_text(encoding="utf-8")
    for words in ("Seilerei am Kai", "Die Reeperbahn", "Alles"):
        assert re.search(rf'lang="de"[^>]*>[^/]*{words}', html), words


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("features: [x]", "edits.yaml:1: features[0]"),
        ("subjekt: Hallo", "did you mean subject"),
        ("letter: [", "edits.yaml:1"),
    ],
)
def test_a_broken_edits_file_is_reported_with_its_line(
    newsletter: Command, letter: Letter, text: str, message: str
) -> None:
    """Neither the issue in the outbox nor the file changes."""
    newsletter.on(letter, "run")
    path = folder_of(letter) / "edits.yaml"
    path.write_text(text, encoding="utf-8")
    before = contents(folder_of(letter))
    done = newsletter.on(letter, "run")
    assert done.code == 2
    assert message in done.err
    assert contents(folder_of(letter)) == before


def test_only_one_run_at_a_time(newsletter: Command, letter: Letter) -> None:
    """A second command reports that another one holds the lock, and changes nothing."""
    (letter.folder / ".newsletter").mkdir()
    with FileLock(letter.folder / ".newsletter" / "run.lock"):
        done = newsletter.on(letter, "run")
    assert done.code == 6
    assert "another newsletter command" in done.err


def test_each_edition_has_its_own_folder_and_language(newsletter: Command, letter: Letter) -> None:
    """Two editions share the stories; interface text and greeting differ."""
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


def test_a_past_week_is_rebuilt_without_later_stories(newsletter: Command, letter: Letter) -> None:
    """--now selects that week's stories only."""
    later = [replace(item, published="Fri, 27 Nov 2026 09:00:00 +0000") for item in LATER]
    newsletter.on(letter, "run")
    letter.write_feed("paper0", later)
    newsletter.on(letter, "fetch", now=NEXT_WEEK)
    for stage in ("clean", "dedupe", "tag", "select", "render"):
        assert newsletter.on(letter, stage).code == 0
    assert not {item.title for item in LATER} & set(titles(letter))


def test_undated_stories_count_from_when_they_were_first_seen(newsletter: Command, letter: Letter) -> None:
    """They belong to the week of their first fetch, and not to later weeks."""
    for number, item in enumerate(LATER):
        letter.write_feed(f"paper{number}", [replace(item, published="")])
    assert newsletter.on(letter, "run").code == 0
    assert len(titles(letter)) == 4
    newsletter.on(letter, "approve")
    assert newsletter.on(letter, "run", now="2026-12-13T08:00").code == 3


def test_news_of_a_published_event_is_a_follow_up(newsletter: Command, letter: Letter) -> None:
    """Next week's news names the published story; older stories of the same event are dropped."""
    newsletter.on(letter, "run")
    newsletter.on(letter, "approve")
    barges = ITEMS[0]
    older = replace(
        barges,
        title="River yard’s battery barges leave Lamma",
        body="Battery barges have left the river yard at Lamma, twelve hulls in one morning. | Their owner gave up"
        " diesel after thirty years. | The cells come from a shed beside the slipway.",
        published="Sat, 21 Nov 2026 20:00:00 +0000",
    )
    newer = replace(
        older,
        title="River yard’s battery barges return to Lamma with a fault",
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
    features = {feature["headline"]: feature for feature in issue_json(letter, "2026-W48")["features"]}
    assert features[newer.title]["follow_up"]["title"] == barges.title
    assert features[newer.title]["follow_up"]["issue_number"] == 1
    html = (folder_of(letter, "2026-W48") / "issue.html").read_text(encoding="utf-8")
    assert f"A follow-up to “{barges.title}” in No. 1" in html


def test_lines_that_a_sources_stories_share_are_removed(newsletter: Command, letter: Letter) -> None:
    """A line that ends every story of a source is learned as boilerplate; the ledger has the rule."""
    shared = "Our harbour column appears with kind permission of the pilots' guild."
    letter.write_feed("paper0", [replace(item, body=f"{item.body} | {shared}") for item in ITEMS[:3]])
    assert newsletter.on(letter, "run").code == 0
    for item in ITEMS[:2]:
        explanation = newsletter.on(letter, "explain", item.title, "--json").json
        assert any(shared[:30] in line["detail"] and "learned" in line["rule"] for line in explanation["decisions"])
    page = (folder_of(letter) / "issue.txt").read_text(encoding="utf-8")
    assert "pilots' guild" not in " ".join(page.split())
