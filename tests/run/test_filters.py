"""Filters: a user's programs may change entries but cannot break a run."""

import sys

import pytest

from tests.letters import ITEMS, LATER, Command, Letter
from tests.run.test_weekly import folder_of, titles


def script(letter: Letter, name: str, code: str) -> list[str]:
    """Write a Python script. Returns the command that runs it."""
    (letter.folder / name).write_text(f"import json, os, sys, time\n{code}", encoding="utf-8")
    return [sys.executable, name]


def changing(statement: str) -> str:
    """The code of a filter that runs a statement on each entry `e`."""
    return f"e = json.load(sys.stdin); {statement}; print(json.dumps(e))"


def test_filters_change_and_drop_entries(newsletter: Command, letter: Letter) -> None:
    """In their order. A dropped entry is listed with its filter, and a changed entry is sanitised."""
    shout = script(
        letter,
        "shout.py",
        "e = json.load(sys.stdin); e['title'] = e['title'].upper()\n"
        "e['summary_html'] += '<script>alert(1)</script>'; print(json.dumps(e))",
    )
    drop = script(letter, "drop.py", "e = json.load(sys.stdin)\nif 'ROBOTS' not in e['title']: print(json.dumps(e))")
    letter.change(filters=[{"name": "shout", "command": shout}, {"name": "no robots", "command": drop}])
    done = newsletter.on(letter, "run")
    assert (done.code, done.err) == (0, "")
    found = titles(letter)
    assert len(found) == 7
    assert all(title.isupper() for title in found)
    (rejected,) = newsletter.on(letter, "status", "--json").json["rejected"]
    assert (rejected["stage"], rejected["reason"]) == ("filter", "no robots")
    assert "ROBOTS" not in (folder_of(letter) / "issue.html").read_text()
    assert "alert(1)" not in (folder_of(letter) / "issue.eml").read_text()


def test_an_entry_passes_the_filters_once(newsletter: Command, letter: Letter) -> None:
    """Until the entry or the filters change. A dropped entry stays dropped."""
    code = "e = json.load(sys.stdin); open('seen', 'a').write(e['title'] + chr(10))\nif 'chip' not in e['title']: "
    command = script(letter, "see.py", code + "print(json.dumps(e))")
    letter.change(filters=[{"name": "see", "command": command}])
    newsletter.on(letter, "run")
    letter.write_feed("paper0", [*ITEMS[:2], LATER[0]])
    newsletter.on(letter, "run", "--force")
    seen = (letter.folder / "seen").read_text().splitlines()
    assert len(seen) == len(set(seen)) == 9
    assert not any("chip" in title for title in titles(letter))


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("sys.exit(3)", "ended with 3"),
        ("time.sleep(60)", "took longer than 0.5 s"),
        ("print('not json')", "is not an entry"),
        ("print('[1]')", "is not an entry"),
        ("print('[' * 200_000)", "is not an entry"),
        ("os.write(2, b'why ' * 1_000_000); sys.exit(1)", "why why"),
        (changing("e['url'] = 'javascript:alert(1)'"), "is not an http or https address"),
        (changing("e['title'] = 7"), "title is not text"),
        (changing("e['published_at'] = 'soon'"), "is not an entry"),
    ],
)
def test_a_filter_that_fails_is_named_and_drops_nothing(
    newsletter: Command, letter: Letter, code: str, message: str
) -> None:
    """In one line, however many entries it failed on."""
    letter.change(filters=[{"name": "mine", "command": script(letter, "mine.py", code), "timeout_seconds": 0.5}])
    done = newsletter.on(letter, "run")
    assert done.code == 0
    assert len(titles(letter)) == 8
    lines = [line for line in done.err.splitlines() if "filter 'mine' failed on 8 entries" in line]
    assert len(lines) == 1
    assert message in lines[0]


def test_a_filters_answer_has_the_limits_of_a_feed(newsletter: Command, letter: Letter) -> None:
    """An oversized answer with line ends and surrogates is shortened and sanitised."""
    more = (
        "e['title'] += chr(0) + chr(0xd800) + chr(13) + chr(10) + e['title'] * 100_000; e['outlet'] = chr(27) + '[2J'"
    )
    letter.change(filters=[{"name": "mine", "command": script(letter, "mine.py", changing(more))}])
    assert newsletter.on(letter, "run").code in (0, 5)
    found = titles(letter)
    assert len(found) == 8
    assert all(len(title) <= 1_000 and title.isprintable() for title in found)


def test_a_filter_that_hangs_on_each_entry_does_not_stop_the_run(newsletter: Command, letter: Letter) -> None:
    """After a few timeouts in a row it is not called again, with a notice. The next run calls it."""
    code = "open('seen', 'a').write('x'); time.sleep(60)"
    command = script(letter, "hang.py", code)
    letter.change(filters=[{"name": "mine", "command": command, "timeout_seconds": 0.5}])
    for number in range(4):
        letter.write_feed(f"paper{number}", [*ITEMS[2 * number : 2 * number + 2], LATER[number]])
    done = newsletter.on(letter, "run")
    assert done.code == 0
    assert "filter 'mine' failed on 12 entries" in done.err
    assert "it was not used again after 4 timeouts in a row" in done.err
    calls = len((letter.folder / "seen").read_text())
    assert 4 <= calls < 9
    newsletter.on(letter, "run", "--force")
    assert len((letter.folder / "seen").read_text()) >= calls


def test_an_unchanged_answer_changes_nothing(newsletter: Command, letter: Letter) -> None:
    """A filter may return an entry as it came."""
    newsletter.on(letter, "run")
    before = (folder_of(letter) / "issue.html").read_bytes()
    letter.change(filters=[{"name": "mine", "command": script(letter, "mine.py", "print(sys.stdin.read())")}])
    assert newsletter.on(letter, "run", "--force").code == 0
    assert (folder_of(letter) / "issue.html").read_bytes() == before
