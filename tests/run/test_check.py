"""`newsletter check` on issues in the outbox, good and damaged."""

import re
import shutil
import socket
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.hosts import Answer, running_host
from tests.letters import NOW, Command, Letter, make_letter

KEY = "2026-W47"


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rendered letter, to copy."""
    folder = tmp_path_factory.mktemp("letter")
    with pytest.raises(SystemExit) as ended:
        main(["run", "--config", str(make_letter(folder).config), "--now", NOW])
    assert ended.value.code == 0
    return folder


@pytest.fixture
def letter(rendered: Path, tmp_path: Path) -> Letter:
    """The rendered letter, in a folder of this test."""
    shutil.copytree(rendered, tmp_path, dirs_exist_ok=True)
    return Letter(tmp_path)


def edit(letter: Letter, name: str, old: bytes, new: bytes) -> None:
    """Change a file of the issue behind the program's back."""
    path = letter.folder / "outbox" / KEY / name
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new))


def test_a_good_issue_has_no_findings(newsletter: Command, letter: Letter) -> None:
    """Exit code 0 and no output; with -v a line on standard error; with --json the full report."""
    done = newsletter.on(letter, "check")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert "no findings" in newsletter.on(letter, "check", "-v").err
    report = newsletter.on(letter, "check", KEY, "--json").json
    assert (report["issue"], report["passed"]) == (KEY, True)
    assert [(each["edition"], each["findings"]) for each in report["editions"]] == [("en", [])]


def test_a_finding_names_its_story_and_line(newsletter: Command, letter: Letter) -> None:
    """Exit code 5, on standard output, for people and for scripts."""
    edit(letter, "issue.html", b'class="headline first" lang="en"', b'class="headline first" lang="ja"')
    done = newsletter.on(letter, "check")
    assert done.code == 5
    (line,) = (line for line in done.out.splitlines() if ": block-language: " in line)
    page = (letter.folder / "outbox" / KEY / "issue.html").read_text(encoding="utf-8").splitlines()
    report = newsletter.on(letter, "check", "--json")
    assert report.code == 5
    finding = next(each for each in report.json["editions"][0]["findings"] if each["rule"] == "block-language")
    assert 'lang="ja"' in page[finding["line"] - 1]
    assert f"line {finding['line']} of issue.html" in line
    assert f"story {finding['story']} “" in line
    assert line.startswith("en: error: block-language: ")


def test_parts_that_no_longer_agree_are_found(newsletter: Command, letter: Letter) -> None:
    """issue.html was edited alone, so the message differs."""
    edit(letter, "issue.html", b"Suggested reads", b"Suggested Reads")
    done = newsletter.on(letter, "check")
    assert done.code == 5
    assert "round-trip" in done.out


def test_an_issue_that_is_not_there_is_exit_code_3(newsletter: Command, letter: Letter) -> None:
    """Another week, or a folder that lacks a file."""
    assert newsletter.on(letter, "check", "2026-W01").code == 3
    (letter.folder / "outbox" / KEY / "issue.eml").unlink()
    assert newsletter.on(letter, "check").code == 3


def test_links_are_requested_only_with_online(newsletter: Command, letter: Letter) -> None:
    """A page that is gone is an error with its story; a mirror keeps the test off the network."""
    web = letter.folder / "web"
    report = newsletter.on(letter, "check", "--json").json
    html = (letter.folder / "outbox" / KEY / "issue.html").read_text(encoding="utf-8")
    assert report["passed"]
    links = sorted({part.split('"')[0] for part in html.split('href="https://')[1:]})
    for link in links[1:]:
        page = web / link / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text("<p>here</p>", encoding="utf-8")
    web.mkdir(exist_ok=True)
    letter.change(fetch={"mirrors": {"*.example": "web"}, "per_host_delay_seconds": 0, "retries": 0})
    done = newsletter.on(letter, "check", "--online")
    assert done.code == 5
    (line,) = done.out.splitlines()
    assert f"link-online: https://{links[0]}"[:80] in line
    assert "404" in line


def test_dead_slow_broken_and_circular_links_are_findings_and_moved_ones_are_not(
    newsletter: Command, letter: Letter
) -> None:
    """Gone and no such host are errors; a fault that may pass is a warning; a redirect is fine."""
    html = (letter.folder / "outbox" / KEY / "issue.html").read_text(encoding="utf-8")
    links = sorted(set(re.findall(r'href="(https://paper\d\.example/[^"]*)"', html)))
    with running_host() as host, socket.create_server(("127.0.0.1", 0)) as silent:
        host.answers = {
            "/here": Answer(body=b"<p>here</p>", headers={"Content-Type": "text/html"}),
            "/moved": Answer(301, headers={"Location": "/here"}),
            "/circle": Answer(302, headers={"Location": "/circle"}),
            "/down": Answer(503),
        }
        slow = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        given = [f"{host.base}/{name}" for name in ("here", "moved", "circle", "down", "dead")]
        given += [slow, "https://nowhere.invalid/"]
        for link, other in zip(links, given, strict=False):
            edit(letter, "issue.html", f'"{link}"'.encode(), f'"{other}"'.encode())
        fetch = {"allow_private": ["127.0.0.1"], "per_host_delay_seconds": 0, "retries": 0, "deadline_seconds": 2}
        letter.change(fetch=fetch)
        done = newsletter.on(letter, "check", "--online", "--json")
    assert len(links) >= len(given)
    assert done.code == 5
    report = {
        each["message"].split()[0]: each["severity"]
        for each in done.json["editions"][0]["findings"]
        if each["rule"] == "link-online"
    }
    assert {name: report.get(name) for name in given} == {
        given[0]: None,
        given[1]: None,
        given[2]: "warning",
        given[3]: "warning",
        given[4]: "error",
        given[5]: "warning",
        given[6]: "error",
    }
