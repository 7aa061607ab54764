"""`newsletter add`: one page by its address becomes a candidate of the week, and stays one."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.desk.editor import IssueEditor
from tests.hosts import Answer, Host, running_host
from tests.letters import ITEMS, NOW, Command, Item, Letter, Outcome

STORY = Item(
    "A lighthouse in Donghae is run by its keeper’s daughter",
    "The lamp above Donghae has been lit by one family since it ran on whale oil. | Ines Okada took the keys from her"
    " father in spring, and she climbs the ninety steps before every dusk to wipe salt off the glass. | The coast guard"
    " wanted a camera instead, until a fog in June blinded every camera between two capes.",
)
CAPE = "https://cape.example"
PAGE = f"{CAPE}/lamp"
OLD = "2026-09-02T08:00:00+00:00"  # long before the week


def page(item: Item = STORY, published: str = "2026-11-19T08:00:00+00:00", head: str = "") -> Answer:
    """An article's page."""
    body = (
        f"<!DOCTYPE html><html lang='en'><head><title>{item.title}</title><meta property='og:site_name' content='Cape'>"
        f"<meta property='article:published_time' content='{published}'><meta name='author' content='Ines Okada'>{head}"
        f"</head><body><article><h1>{item.title}</h1>{item.html}</article></body></html>"
    )
    return Answer(body=body.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


@pytest.fixture
def host() -> Iterator[Host]:
    """A host with the page of a story."""
    with running_host() as running:
        running.answers["/lamp"] = page()
        yield running


@pytest.fixture
def near(letter: Letter, host: Host) -> Letter:
    """A newsletter for which the host on loopback answers in place of another."""
    letter.change(fetch={"mirrors": {"cape.example": host.base}, "retries": 0, "per_host_delay_seconds": 0})
    return letter


def add(newsletter: Command, letter: Letter, url: str, *arguments: str, code: int = 0) -> Outcome:
    """Add a page."""
    done = newsletter.on(letter, "add", url, *arguments)
    assert done.code == code, done.err
    return done


def added(newsletter: Command, letter: Letter, url: str, *arguments: str) -> dict[str, Any]:
    """Add a page; what the command says of it."""
    values: dict[str, Any] = add(newsletter, letter, url, "--json", *arguments).json
    return values


def status(newsletter: Command, letter: Letter) -> dict[str, Any]:
    """The status as JSON values."""
    values: dict[str, Any] = newsletter.on(letter, "status", "--json").json
    return values


def slots(newsletter: Command, letter: Letter, edition: str = "en") -> dict[str, tuple[str, bool]]:
    """Story → section and whether it is pinned, of this week's issue."""
    chosen = status(newsletter, letter)["holds"]["editions"][edition]
    return {slot["story"]: (slot["section"], slot["pinned"]) for slot in chosen}


def edits(letter: Letter, folder: str = "") -> dict[str, Any]:
    """The content of edits.yaml."""
    path = letter.folder / "outbox" / "2026-W47" / folder / "edits.yaml"
    values: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return values


def test_a_page_becomes_a_story_of_the_week(newsletter: Command, near: Letter, host: Host) -> None:
    """With its title, author, outlet, date and language; status and explain show it."""
    done = add(newsletter, near, f"{CAPE}/lamp?utm_source=mail#top")
    (found,) = status(newsletter, near)["added"]
    assert f"added {found['story']}: {STORY.title} (Cape, Ines Okada, en, 2026-11-19)" in done.out
    assert found["url"] == PAGE
    assert STORY.title in newsletter.on(near, "status").out
    explained = newsletter.on(near, "explain", found["story"])
    assert "added by an editor to 2026-W47" in explained.out
    assert "no copy" in explained.out


def test_a_page_older_than_the_window_is_a_candidate(newsletter: Command, near: Letter, host: Host) -> None:
    """The editor's choice counts; the story keeps its date."""
    host.answers["/lamp"] = page(published=OLD)
    story = added(newsletter, near, PAGE, "--feature")
    assert story["published_at"] == OLD
    assert newsletter.on(near, "run").code == 0
    assert slots(newsletter, near)[story["id"]] == ("features", True)


@pytest.mark.parametrize(("option", "section"), [("--feature", "features"), ("--read", "reads")])
def test_a_pinned_page_is_in_the_issue(
    newsletter: Command, near: Letter, host: Host, option: str, section: str
) -> None:
    """Through edits.yaml, before the first run of the week and after."""
    story = added(newsletter, near, PAGE, option)["id"]
    assert edits(near) == {section: [story]}
    assert newsletter.on(near, "run").code == 0
    assert slots(newsletter, near)[story] == (section, True)
    assert STORY.title in (near.folder / "outbox" / "2026-W47" / "issue.txt").read_text(encoding="utf-8")


def test_an_edition_alone_gets_the_pin(newsletter: Command, near: Letter, host: Host) -> None:
    """The other edition has the story as a candidate."""
    editions = [{"name": name, "language": "en", "host": {"name": "Ada", "city": "Hue"}} for name in ("east", "west")]
    near.change(editions=editions)
    assert newsletter.on(near, "run").code == 0
    story = added(newsletter, near, PAGE, "--read", "--edition", "west")
    assert story["pinned"] == ["west"]
    assert edits(near, "west") == {"reads": [story["id"]]}
    assert not (near.folder / "outbox" / "2026-W47" / "east" / "edits.yaml").exists()
    assert newsletter.on(near, "run").code == 0
    assert slots(newsletter, near, "west")[story["id"]] == ("reads", True)


def test_adding_a_page_again_changes_nothing(newsletter: Command, near: Letter, host: Host) -> None:
    """It is requested once, and pinned once; another section moves it."""
    first = added(newsletter, near, PAGE, "--feature")
    second = added(newsletter, near, f"{CAPE}/lamp?utm_medium=social", "--feature")
    assert (first["known"], second["known"]) == (False, True)
    assert second["id"] == first["id"]
    assert host.paths.count("/lamp") == 1
    assert edits(near) == {"features": [first["id"]]}
    added(newsletter, near, PAGE, "--read")
    assert edits(near) == {"reads": [first["id"]]}
    assert len(status(newsletter, near)["added"]) == 1


def test_the_comments_of_an_editor_stay(newsletter: Command, near: Letter, host: Host) -> None:
    """As when the desk writes the file."""
    folder = near.folder / "outbox" / "2026-W47"
    folder.mkdir(parents=True)
    (folder / "edits.yaml").write_text("# ask Ines\ngreeting: Hello\n", encoding="utf-8")
    added(newsletter, near, PAGE, "--feature")
    assert (folder / "edits.yaml").read_text(encoding="utf-8").startswith("# ask Ines\ngreeting: Hello\n")


def test_a_story_of_a_source_is_used(newsletter: Command, near: Letter, host: Host) -> None:
    """Nothing is requested, and there is no second story."""
    assert newsletter.on(near, "fetch").code == 0
    assert newsletter.on(near, "clean").code == 0
    stories = status(newsletter, near)["stages"]["stories"]
    story = added(newsletter, near, f"https://paper0.example/{ITEMS[0].slug}", "--feature")
    assert (story["known"], story["title"]) == (True, ITEMS[0].title)
    assert host.paths == []
    assert newsletter.on(near, "run").code == 0
    assert slots(newsletter, near)[story["id"]] == ("features", True)
    assert status(newsletter, near)["stages"]["stories"] == stories


def test_an_old_story_of_a_source_is_a_candidate_again(newsletter: Command, near: Letter) -> None:
    near.write_feed("paper0", [Item(STORY.title, STORY.body, "Wed, 02 Sep 2026 08:00:00 +0000"), ITEMS[0]])
    assert newsletter.on(near, "run").code == 0
    story = added(newsletter, near, f"https://paper0.example/{STORY.slug}", "--read")
    assert newsletter.on(near, "run").code == 0
    assert slots(newsletter, near)[story["id"]] == ("reads", True)


def test_a_short_address_leads_to_the_story_that_is_known(newsletter: Command, near: Letter, host: Host) -> None:
    host.answers["/s"] = Answer(302, headers={"Location": "/lamp"})
    first = added(newsletter, near, PAGE)
    second = added(newsletter, near, f"{CAPE}/s")
    assert second["id"] == first["id"]


def test_a_page_survives_reruns_of_every_stage(newsletter: Command, near: Letter, host: Host) -> None:
    """Though it belongs to no source."""
    story = added(newsletter, near, PAGE, "--feature")["id"]
    near.write_feed("paper1", [ITEMS[2]])
    for command in (["run"], ["fetch", "--force"], ["clean", "--all"], ["tag", "--all"], ["dedupe"], ["select"]):
        assert newsletter.on(near, *command).code == 0
    assert newsletter.on(near, "render").code == 0
    assert slots(newsletter, near)[story] == ("features", True)
    assert newsletter.on(near, "prune").code == 0
    assert [each["story"] for each in status(newsletter, near)["added"]] == [story]


def test_the_desk_has_the_page_among_its_candidates(newsletter: Command, near: Letter, host: Host) -> None:
    """Also one that is added while the desk is open, after the issue's cutoff."""
    assert newsletter.on(near, "run").code == 0
    editor = IssueEditor(near.config, key="2026-W47", now=None)
    try:
        done = newsletter.on(near, "add", PAGE, "--json", now="2026-11-22T20:00")
        story = done.json["id"]
        assert editor.poll()
        assert story in {each for candidate in editor.pool().candidates for each in candidate.event.stories}
        editor.change("en", [{"kind": "place", "story": story, "section": "features", "index": 0}])
        assert next(iter(editor.choice("en").slots)).story == story
        preview = editor.preview("en")
        assert preview is not None
        assert STORY.title in preview.email.text
    finally:
        editor.close()


@pytest.mark.parametrize(
    "case",
    [
        ("/none", Answer(404), "status 404"),
        ("/private/x", page(), "robots"),
        ("/huge", Answer(body=b"x" * 3_000_000, headers={"Content-Type": "text/html"}), "too large"),
        ("/file", Answer(body=b"%PDF-1.7", headers={"Content-Type": "application/pdf"}), "not a page"),
        ("/empty", Answer(body=b"<html><title>Cape</title><body></body></html>"), "no text"),
        ("/away", Answer(302, headers={"Location": "http://10.0.0.1/x"}), "refused address"),
    ],
)
def test_a_page_that_is_refused_is_named(
    newsletter: Command, near: Letter, host: Host, case: tuple[str, Answer, str]
) -> None:
    """With the reason and exit code 2; it is listed as rejected, and nothing is pinned."""
    path, answer, reason = case
    near.change(fetch={"mirrors": {"cape.example": host.base}, "retries": 0, "max_page_bytes": 1_000_000})
    host.answers["/robots.txt"] = Answer(body=b"User-agent: *\nDisallow: /private/")
    host.answers[path] = answer
    done = add(newsletter, near, f"{CAPE}{path}", "--feature", code=2)
    assert f"{CAPE}{path} cannot be added: {reason}" in done.err
    assert reason in [item["reason"] for item in status(newsletter, near)["rejected"]]
    assert status(newsletter, near)["added"] == []
    assert not (near.folder / "outbox" / "2026-W47" / "edits.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("http://169.254.169.254/latest",), "refused address"),
        (("file:///etc/passwd",), "has to begin with https:// or http://"),
        (("https://ann:kelp@cape.example/x",), "has a login"),
        (("https://[::1/x",), "is not an address"),
        (("https://cape.example/x", "--edition", "en"), "add --feature or --read"),
        (("https://paper0.example/" + ITEMS[0].slug, "--read", "--edition", "fr"), "there is no edition 'fr'"),
    ],
)
def test_a_wrong_address_or_option_is_refused(
    newsletter: Command, letter: Letter, arguments: tuple[str, ...], message: str
) -> None:
    assert newsletter.on(letter, "run").code == 0
    done = newsletter.on(letter, "add", *arguments)
    assert done.code == 2
    assert message in done.err


def test_an_approved_issue_takes_no_page(newsletter: Command, near: Letter, host: Host) -> None:
    near.change(approve="auto")
    assert newsletter.on(near, "run").code == 0
    done = add(newsletter, near, PAGE, code=2)
    assert "2026-W47 is approved" in done.err


def test_a_mistake_in_the_edits_is_named(newsletter: Command, near: Letter, host: Host) -> None:
    """The story is a candidate; the file stays as it is."""
    path = near.folder / "outbox" / "2026-W47" / "edits.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("featurs: []\n", encoding="utf-8")
    assert "featurs" in add(newsletter, near, PAGE, "--feature", code=2).err
    assert path.read_text(encoding="utf-8") == "featurs: []\n"


KILL = """
import os, sys
import {module} as module
module.{name} = lambda *_, **__: os.kill(os.getpid(), 9)
from pipeline.cli import main
main(sys.argv[1:])
"""


def start(letter: Letter, code: str, *arguments: str) -> "subprocess.Popen[bytes]":
    """Start `newsletter add` in a process of its own."""
    command = [sys.executable, "-c", code, "add", *arguments, "--config", str(letter.config), "--now", NOW]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize(
    "function",
    [
        "pipeline.run.add.fetch_page",
        "pipeline.run.add.Cleaning",
        "pipeline.run.clean.run_clean_task",
        "pipeline.run.add.dedupe",
        "pipeline.run.edits_file.write_edits",
    ],
)
def test_a_killed_command_leaves_nothing_torn(newsletter: Command, near: Letter, host: Host, function: str) -> None:
    """The store is whole, a run works, and the command completes when it is given again."""
    module, _, name = function.rpartition(".")
    child = start(near, KILL.format(module=module, name=name), PAGE, "--feature")
    assert child.wait(60) == -signal.SIGKILL
    assert newsletter.on(near, "run").code == 0
    assert newsletter("store", "check", "--config", near.config).code == 0
    story = added(newsletter, near, PAGE, "--feature")["id"]
    assert newsletter.on(near, "run").code == 0
    assert slots(newsletter, near)[story] == ("features", True)
    assert edits(near)["features"] == [story]


def test_two_commands_at_once_add_a_page_once(newsletter: Command, near: Letter, host: Host) -> None:
    """The second one names the first, or finds its story."""
    plain = "import sys\nfrom pipeline.cli import main\nmain(sys.argv[1:])"
    children = [start(near, plain, PAGE, "--feature") for _ in range(2)]
    codes = sorted(child.wait(60) for child in children)
    assert codes in ([0, 0], [0, 6])
    assert len(status(newsletter, near)["added"]) == 1
    assert len(edits(near)["features"]) == 1
