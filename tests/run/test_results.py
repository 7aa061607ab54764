"""`results`: what readers clicked, from publishers and files, kept with the issue and learned from where wanted."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.cli import main
from tests.letters import NOW, Command, Letter, make_letter
from tests.publishers import LOGIN, Service, running_service

KEY = "2026-W47"
COUNTERS = ("ghost", "listmonk", "mailchimp")


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an approved letter."""
    letter = make_letter(tmp_path_factory.mktemp("letter"))
    for command in ("run", "approve"):
        with pytest.raises(SystemExit) as ended:
            main([command, "--config", str(letter.config), "--now", NOW])
        assert ended.value.code in (0, None)
    return letter.folder


@pytest.fixture
def letter(approved: Path, tmp_path: Path) -> Letter:
    """The approved letter, in a folder of this test."""
    shutil.copytree(approved, tmp_path, dirs_exist_ok=True)
    return Letter(tmp_path)


@pytest.fixture
def service(request: pytest.FixtureRequest, letter: Letter, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A publisher that has sent the letter."""
    monkeypatch.setattr("pipeline.edges.publishers.api.sleep", lambda _: None)
    with running_service(request.param) as running:
        monkeypatch.setenv("KEY", running.key)
        monkeypatch.setenv("LOGIN", LOGIN)
        desk = yaml.safe_load(letter.config.read_text(encoding="utf-8"))["desk"]
        letter.change(publish=[running.config], desk={**desk, "archive_url": "https://letter.example/archive"})
        with pytest.raises(SystemExit) as ended:
            main(["publish", "--to", "there", "--config", str(letter.config), "--now", NOW])
        assert ended.value.code in (0, None)
        (draft,) = running.drafts.values()
        draft["status"] = {"ghost": "sent", "listmonk": "finished", "mailchimp": "sent"}.get(running.kind, "sent")
        running.is_staff = True
        yield running


def printed(letter: Letter) -> Any:
    """The issue as it was printed."""
    return json.loads((letter.folder / "outbox" / KEY / "issue.json").read_text(encoding="utf-8"))


def clicks_of(stories: list[dict[str, Any]], title: str) -> Any:
    return next(story["clicks"] for story in stories if story["title"] == title)


@pytest.mark.parametrize("service", COUNTERS, indirect=True)
def test_a_publisher_tells_the_clicks_of_each_link(newsletter: Command, letter: Letter, service: Service) -> None:
    """Whatever the service has added to the address; a link of no story is listed too; again replaces, not adds."""
    issue = printed(letter)
    lead, read = issue["features"][0], issue["reads"][0]
    service.clicks = [(lead["url"] + "?ref=news.example", 40), (read["url"] + "/", 7), ("https://other.example/x", 2)]
    for _ in range(2):
        done = newsletter.on(letter, "results", KEY, "--json")
        assert (done.code, done.err) == (0, "")
        (edition,) = done.json["editions"]
        assert (edition["edition"], edition["clicks"], edition["origins"]) == ("en", 49, ["there"])
        assert edition["stories"][0]["section"] == "lead"
        assert clicks_of(edition["stories"], lead["headline"]) == 40
        assert clicks_of(edition["stories"], read["title"]) == 7
        assert edition["others"] == [{"url": "https://other.example/x", "clicks": 2}]
    service.faults.clear()
    shown = newsletter.on(letter, "results", "--kept").out
    assert "40  lead" in shown
    assert "2026-W47, en: 49 clicks (there)" in shown


@pytest.mark.parametrize("service", ["listmonk"], indirect=True)
@pytest.mark.parametrize("kind", ["draft", "gone", "refused", "odd"])
def test_a_publisher_that_cannot_tell_is_named(
    newsletter: Command, letter: Letter, service: Service, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line, and what it has told before stays."""
    service.clicks = [(printed(letter)["features"][0]["url"], 3)]
    assert newsletter.on(letter, "results").code == 0
    (draft,) = service.drafts.values()
    if kind == "draft":
        draft["status"] = "draft"
    elif kind == "gone":
        service.drafts.clear()
    elif kind == "odd":
        service.clicks = [("https://a.example/", "many")]  # type: ignore[list-item]
    else:
        monkeypatch.setenv("KEY", "wrong")
    done = newsletter.on(letter, "results", "-v")
    assert done.code == (0 if kind in ("draft", "gone") else 7)
    expected = {"draft": "not sent yet", "gone": "not sent yet", "refused": "check the key", "odd": "not of the form"}
    assert expected[kind] in done.err
    assert "3  lead" in newsletter.on(letter, "results", "--kept").out


@pytest.mark.parametrize("service", ["ghost"], indirect=True)
def test_ghost_tells_clicks_to_its_staff_only(newsletter: Command, letter: Letter, service: Service) -> None:
    """The key of an integration gets a hint."""
    service.is_staff = False
    done = newsletter.on(letter, "results")
    assert done.code == 7
    assert "staff access token" in done.err


@pytest.mark.parametrize("service", ["buttondown"], indirect=True)
def test_a_service_without_clicks_of_links_points_to_its_export(
    newsletter: Command, letter: Letter, service: Service
) -> None:
    """And nobody is asked."""
    before = len(service.asked)
    done = newsletter.on(letter, "results")
    assert (done.code, "--csv" in done.err, len(service.asked)) == (7, True, before)


TABLES = {
    "headings, totals and readers": "Link,Total Clicks,Unique Clicks\n{lead},90,41\n{read},9,7\n",
    "semicolons and thousands": "Adresse;Klicks\n{lead};1.041\n{read};7\n",
    "tabs, no heading": "{lead}\t41\n{read}\t7\n",
    "quotes, percent and blank lines": '\n"URL","Click rate","Clicks"\n"{lead}","4.1%","41"\n\n"{read}","","7"\n',
    "rows that repeat": "url,clicks\n{lead},40\n{lead},1\n{read},7\ntotal,48\n",
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_from_anywhere_is_read(newsletter: Command, letter: Letter, name: str, codec: str) -> None:
    """Whatever its columns, separators and charset."""
    issue = printed(letter)
    lead, read = issue["features"][0], issue["reads"][0]
    text = TABLES[name].format(lead=lead["url"], read=read["url"])
    file = letter.folder / "clicks.csv"
    file.write_bytes(text.encode(codec))
    done = newsletter.on(letter, "results", "--csv", str(file), "--json")
    assert (done.code, done.err) == (0, "")
    (edition,) = done.json["editions"]
    assert clicks_of(edition["stories"], lead["headline"]) == (1041 if "thousands" in name else 41)
    assert clicks_of(edition["stories"], read["title"]) == 7


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "no column has web addresses"),
        ("url,who\nhttps://a.example/,Ada\n", "no column has the number of clicks"),
        ("", "no column has web addresses"),
        ("\x00\x01\x02", "no column has web addresses"),
    ],
)
def test_a_table_without_clicks_is_refused(newsletter: Command, letter: Letter, text: str, said: str) -> None:
    """The message names the file and what it lacks."""
    file = letter.folder / "clicks.csv"
    file.write_text(text)
    done = newsletter.on(letter, "results", "--csv", str(file))
    assert (done.code, "clicks.csv" in done.err, said in done.err) == (2, True, True)


def test_before_an_issue_is_approved_there_are_no_results(newsletter: Command, tmp_path: Path) -> None:
    """Exit code 3; an issue that nobody has handed over says what to do."""
    letter = make_letter(tmp_path)
    assert newsletter.on(letter, "results").code == 3
    assert newsletter.on(letter, "run").code == 0
    done = newsletter.on(letter, "results", KEY)
    assert (done.code, "--csv" in done.err) == (2, True)
