"""What stands around a run: the lock, the log, filters, trying without changing, retention, weeks."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.edges.lock import hold_lock
from pipeline.edges.log import Log
from pipeline.errors import LockedError
from tests.letters import ITEMS, LATER, NOW, Command, Letter
from tests.run.test_weekly import NEXT_WEEK, account, contents, folder_of, titles

RUN = [sys.executable, "-c", "from pipeline.cli import main; main()", "run"]


def script(letter: Letter, name: str, code: str) -> list[str]:
    """A command of the user's own."""
    (letter.folder / name).write_text(f"import json, os, sys, time\n{code}", encoding="utf-8")
    return [sys.executable, name]


def log(letter: Letter) -> list[Any]:
    """The log's lines."""
    return [json.loads(line) for line in (letter.folder / ".newsletter/log.jsonl").read_text().splitlines()]


def test_the_log_tells_of_a_run_while_cron_hears_nothing(newsletter: Command, letter: Letter) -> None:
    """Begin, each stage with its counts, end with the summary; on success nothing is said."""
    done = newsletter.on(letter, "run")
    assert (done.code, done.out, done.err) == (0, "", "")
    events = [line["event"] for line in log(letter)]
    assert events == ["begin", *["stage"] * 6, "end"]
    assert [line["stage"] for line in log(letter)[1:-1]] == ["fetch", "clean", "tag", "dedupe", "select", "render"]
    end = log(letter)[-1]
    assert end["line"].startswith("2026-W47: issue 1 is rendered, with 8 stories; 4 of 4 sources answered; ")
    assert (end["exit_code"], end["number"]) == (0, 1)


def test_one_line_sums_up_a_run_that_has_something_to_say(newsletter: Command, letter: Letter) -> None:
    """After the failures it names, on stderr."""
    (letter.folder / "paper3.xml").unlink()
    done = newsletter.on(letter, "run")
    lines = done.err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("fetch: paper3: no file")
    assert lines[1].startswith("newsletter: 2026-W47: issue 1 is rendered, with 6 stories; 3 of 4 sources answered; ")


def test_the_log_is_rotated(tmp_path: Path) -> None:
    """No more than five old ones are kept."""
    log = Log(tmp_path, max_bytes=2_000)
    for number in range(200):
        log.write("line", number=number, text="x" * 100)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["log.jsonl", *(f"log.jsonl.{number}" for number in range(1, 6))]
    assert all(path.stat().st_size <= 2_000 for path in tmp_path.iterdir())
    assert json.loads((tmp_path / "log.jsonl").read_text().splitlines()[-1])["number"] == 199


def test_a_log_that_cannot_be_written_stops_nothing(newsletter: Command, letter: Letter) -> None:
    """Here a folder is in its place."""
    (letter.folder / ".newsletter/log.jsonl").mkdir(parents=True)
    assert newsletter.on(letter, "run").code == 0


def test_a_second_run_says_who_holds_the_lock(newsletter: Command, letter: Letter) -> None:
    """Which command, which process, since when; exit code 6."""
    with hold_lock(letter.folder / ".newsletter", "run"):
        done = newsletter.on(letter, "run")
    assert done.code == 6
    assert f"'newsletter run', process {os.getpid()} on " in done.err
    assert newsletter.on(letter, "run").code == 0


def test_a_lock_whose_process_died_is_free_and_told_apart(newsletter: Command, letter: Letter) -> None:
    """The next run takes it, and says that the last one did not end."""
    code = (
        "import sys, time; from pathlib import Path; from pipeline.edges.lock import hold_lock\n"
        "with hold_lock(Path(sys.argv[1]), 'run'):\n    print('held', flush=True); time.sleep(60)"
    )
    state = letter.folder / ".newsletter"
    with subprocess.Popen([sys.executable, "-c", code, str(state)], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(LockedError, match=f"process {child.pid} on"), hold_lock(state):
            pass
        child.send_signal(signal.SIGKILL)
    done = newsletter.on(letter, "run")
    assert done.code == 0
    assert f"'newsletter run', process {child.pid} on" in done.err
    assert "did not end" in done.err
    assert newsletter.on(letter, "run").err == ""


def test_pages_of_the_archive_that_are_gone_come_back_with_the_next_run(newsletter: Command, letter: Letter) -> None:
    """As they would have been, also where the run before was killed."""
    letter.change(approve="auto")
    newsletter.on(letter, "run")
    before = contents(letter.folder / "outbox")
    for name in ("index.html", "feed.xml"):
        (letter.folder / "outbox" / name).unlink()
    died = {"command": "run", "pid": 2**22 + 1, "host": "here", "since": "2026-11-22T00:00:00+00:00"}
    (letter.folder / ".newsletter/run.json").write_text(json.dumps(died))
    assert newsletter.on(letter, "run").code == 0
    assert contents(letter.folder / "outbox") == before


def test_a_lock_held_although_its_process_is_gone_says_so(tmp_path: Path) -> None:
    """As over a network folder, or by a child that lives on."""
    with hold_lock(tmp_path, "run"):
        held = json.loads((tmp_path / "run.json").read_text())
        (tmp_path / "run.json").write_text(json.dumps({**held, "pid": 2**22 + 1}))
        with pytest.raises(LockedError, match="is gone"), hold_lock(tmp_path):
            pass


@pytest.mark.parametrize("pid", ["0", "-1", "1e99", "99999999999999", '"x"', "null", "[]"])
def test_a_holder_that_cannot_be_is_not_named(tmp_path: Path, pid: str) -> None:
    """Whatever has become of its file: the lock holds, and a lock that is free is free."""
    named = f'{{"command": "run", "pid": {pid}, "host": "{socket.gethostname()}", "since": "now"}}'
    with hold_lock(tmp_path, "run"):
        (tmp_path / "run.json").write_text(named)
        with pytest.raises(LockedError, match="at work here; wait for it to end"), hold_lock(tmp_path):
            pass
    (tmp_path / "run.json").write_text(named)
    with hold_lock(tmp_path) as died:
        assert died is None


def traces(folder: Path) -> dict[Path, tuple[int, bytes]]:
    """All that is there: when it was changed, and what it holds."""
    found = sorted([folder, *folder.rglob("*")])
    return {path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"") for path in found}


def test_a_dry_run_changes_nothing_at_all(newsletter: Command, letter: Letter) -> None:
    """Before the first run, and beside an issue: not a byte, not a file, not a time; it says what would be."""
    letter.change(on_finish={"command": script(letter, "tell.py", "open('told', 'w')")})
    before = traces(letter.folder)
    done = newsletter.on(letter, "run", "--dry-run")
    assert done.code == 0
    assert "Barges on batteries leave the river yard" in done.out
    assert "nothing was changed" in done.out
    assert traces(letter.folder) == before
    newsletter.on(letter, "run")
    (folder_of(letter) / "edits.yaml").write_text("subject: Mine", encoding="utf-8")
    for number, item in enumerate(LATER):
        letter.write_feed(f"paper{number}", [item])
    before = traces(letter.folder)
    done = newsletter.on(letter, "run", "--dry-run", "--force", "--json")
    assert done.json["exit_code"] == 0
    assert done.json["stages"]["fetch"]["new entries"] == 4
    assert traces(letter.folder) == before


def test_a_dry_run_beside_a_killed_one_leaves_its_log_alone(newsletter: Command, letter: Letter) -> None:
    """The store's write-ahead log is read, and not written back."""
    code = (
        "import os, sys; from pathlib import Path; from pipeline.edges.store import open_store\n"
        "with open_store(Path(sys.argv[1])) as store:\n"
        "    with store.transaction(): store.stories.add_learned_lines('paper0', ['a line'])\n"
        "    os.kill(os.getpid(), 9)"
    )
    newsletter.on(letter, "run")
    state = letter.folder / ".newsletter"
    subprocess.run([sys.executable, "-c", code, str(state / "store.sqlite")], check=False)
    assert (state / "store.sqlite-wal").stat().st_size > 0
    before = {name: body for name, body in contents(letter.folder).items() if not name.endswith("-shm")}
    assert newsletter.on(letter, "run", "--dry-run").code == 0
    after = {name: body for name, body in contents(letter.folder).items() if not name.endswith("-shm")}
    assert after == before


def test_a_missed_week_is_caught_up(newsletter: Command, letter: Letter) -> None:
    """Whether the issue before was approved or not: what came meanwhile is told once, what was told is not."""
    newsletter.on(letter, "run")
    newsletter.on(letter, "approve")
    dates = ["Tue, 24 Nov 2026 09:00:00 +0000", "Fri, 04 Dec 2026 09:00:00 +0000"] * 2
    for number, (item, published) in enumerate(zip(LATER, dates, strict=True)):
        letter.write_feed(f"paper{number}", [replace(item, published=published)])
    assert newsletter.on(letter, "run", now="2026-12-06T08:00").code == 0
    assert sorted(titles(letter, "2026-W49")) == sorted(item.title for item in LATER)


def test_a_missed_week_is_caught_up_without_any_approval(newsletter: Command, letter: Letter) -> None:
    """A letter whose issues are never approved reaches back to the last one it had."""
    newsletter.on(letter, "run")
    for number, item in enumerate(LATER):
        letter.write_feed(f"paper{number}", [replace(item, published="Tue, 24 Nov 2026 09:00:00 +0000")])
    assert newsletter.on(letter, "run", now="2026-12-06T08:00").code == 0
    assert {item.title for item in LATER} <= set(titles(letter, "2026-W49"))


@pytest.mark.parametrize(
    ("zone", "now", "key"),
    [
        ("Asia/Hong_Kong", "2027-01-01T08:00", "2026-W53"),
        ("Asia/Hong_Kong", "2027-01-03T23:59:59", "2026-W53"),
        ("Asia/Hong_Kong", "2027-01-04T00:00", "2027-W01"),
        ("Pacific/Auckland", "2026-12-27T11:00:00+00:00", "2026-W53"),  # Monday there, Sunday in Greenwich
        ("America/New_York", "2026-12-28T03:00:00+00:00", "2026-W52"),
        ("Europe/Berlin", "2026-10-25T00:30:00+00:00", "2026-W43"),  # 02:30, before the clocks go back
        ("Europe/Berlin", "2026-10-25T01:30:00+00:00", "2026-W43"),  # 02:30 again
        ("Europe/Berlin", "2026-03-29T02:30", "2026-W13"),  # a time that this day does not have
        ("Europe/Berlin", "2026-10-25T23:30:00+00:00", "2026-W44"),
        ("America/Sao_Paulo", "2025-12-29T00:00", "2026-W01"),
    ],
)
def test_the_week_is_the_newsrooms(newsletter: Command, letter: Letter, zone: str, now: str, key: str) -> None:
    """Across years, across the change of the clocks, in its own zone."""
    letter.change(timezone=zone)
    assert newsletter.on(letter, "status", "--json", now=now).json["issue"] == key


def test_a_clock_that_was_ahead_and_is_put_right_gives_this_weeks_issue(newsletter: Command, letter: Letter) -> None:
    """A run in a year that is not there finds nothing; the right one is as it would have been without it."""
    assert newsletter.on(letter, "run", now="2036-11-22T08:00").code == 3
    assert newsletter.on(letter, "run").code == 0
    assert len(titles(letter)) == 8
    assert newsletter.on(letter, "run", now="2026-11-15T08:00").code == 3
    assert newsletter.on(letter, "run").code == 0
    assert len(titles(letter)) == 8


def test_prune_keeps_what_issues_refer_to(newsletter: Command, letter: Letter) -> None:
    """The stories of an issue stay, old ones that were never chosen go, and nothing old comes again."""
    letter.change(approve="auto", select={"reads": 2})
    newsletter.on(letter, "run")
    chosen = set(titles(letter))
    before = contents(folder_of(letter))
    later = "2027-06-01T08:00"
    done = newsletter.on(letter, "prune", "--days", "100", "--json", now=later).json["stages"]["prune"]
    assert (done["stories"], done["entries"]) == (2, 2)
    assert {each.title for each in kept_stories(newsletter, letter)} == chosen
    assert newsletter.on(letter, "run", "--force", now=later).code == 3
    assert contents(folder_of(letter)) == before
    assert newsletter.on(letter, "run").code == 0
    assert newsletter("store", "check", "--config", letter.config).out.strip().endswith("not damaged")


def kept_stories(newsletter: Command, letter: Letter) -> list[Any]:
    """Every story in the store."""
    from pipeline.edges.store import open_store

    with open_store(letter.folder / ".newsletter/store.sqlite") as store:
        return store.stories.get(
            store.stories.ids_between(datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC))
        )


def test_prune_leaves_what_may_still_be_chosen(newsletter: Command, letter: Letter) -> None:
    """Fewer days than a story may be old is a wrong command."""
    newsletter.on(letter, "run")
    done = newsletter.on(letter, "prune", "--days", "21")
    assert done.code == 2
    assert "21 days" in done.err


def test_undated_entries_that_are_still_in_their_feed_do_not_come_back_after_a_prune(
    newsletter: Command, letter: Letter
) -> None:
    """Their row stays as the mark of when they were seen."""
    for number, item in enumerate(LATER):
        letter.write_feed(f"paper{number}", [replace(item, published="")])
    letter.change(approve="auto")
    assert newsletter.on(letter, "run").code == 0
    late = "2027-06-01T08:00"
    newsletter.on(letter, "prune", "--days", "100", now=late)
    letter.write_feed("paper0", [replace(LATER[0], published=""), replace(ITEMS[0], published="")])
    newsletter.on(letter, "run", "--force", now=late)
    assert LATER[0].title not in [place["title"] for place in places(newsletter, letter, late)]


def places(newsletter: Command, letter: Letter, now: str) -> list[Any]:
    """What the week's issue holds."""
    holds = newsletter.on(letter, "status", "--json", now=now).json["holds"]
    return holds["editions"]["en"] if holds else []


def test_a_later_week_is_unharmed_by_a_run_that_was_killed(letter: Letter) -> None:
    """Killed as it works, then started again: the issue is the one of a run that nobody disturbed."""
    with subprocess.Popen([*RUN, "--config", str(letter.config), "--now", NOW], stderr=subprocess.DEVNULL) as child:
        deadline = time.monotonic() + 60
        while not (letter.folder / ".newsletter/store.sqlite").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
    subprocess.run([*RUN, "--config", str(letter.config), "--now", NOW], check=True, stderr=subprocess.DEVNULL)
    assert len(account(letter)["features"]) == 4
    subprocess.run([*RUN, "--config", str(letter.config), "--now", NEXT_WEEK], check=False, stderr=subprocess.DEVNULL)
