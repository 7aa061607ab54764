"""Around a run: lock, log, dry run, retention, weeks."""

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
from tests.run.test_weekly import NEXT_WEEK, contents, folder_of, issue_json, titles

RUN = [sys.executable, "-c", "from pipeline.cli import main; main()", "run"]


def script(letter: Letter, name: str, code: str) -> list[str]:
    """Write a Python script. Returns the command that runs it."""
    (letter.folder / name).write_text(f"import json, os, sys, time\n{code}", encoding="utf-8")
    return [sys.executable, name]


def log(letter: Letter) -> list[Any]:
    """The lines of the log."""
    return [json.loads(line) for line in (letter.folder / ".newsletter/log.jsonl").read_text().splitlines()]


def test_a_good_run_is_logged_and_prints_nothing(newsletter: Command, letter: Letter) -> None:
    """The log has the begin, each stage with its counts, and the end with the summary."""
    done = newsletter.on(letter, "run")
    assert (done.code, done.out, done.err) == (0, "", "")
    events = [line["event"] for line in log(letter)]
    assert events == ["begin", *["stage"] * 6, "end"]
    assert [line["stage"] for line in log(letter)[1:-1]] == ["fetch", "clean", "tag", "dedupe", "select", "render"]
    end = log(letter)[-1]
    assert end["line"].startswith("2026-W47: issue 1 is rendered, with 8 stories; 4 of 4 sources answered; ")
    assert (end["exit_code"], end["number"]) == (0, 1)


def test_a_run_with_notices_ends_with_a_summary_line(newsletter: Command, letter: Letter) -> None:
    """On stderr, after the notices."""
    (letter.folder / "paper3.xml").unlink()
    done = newsletter.on(letter, "run")
    lines = done.err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("fetch: paper3: no file")
    assert lines[1].startswith("newsletter: 2026-W47: issue 1 is rendered, with 6 stories; 3 of 4 sources answered; ")


def test_the_log_is_rotated(tmp_path: Path) -> None:
    """At most five old files are kept."""
    log = Log(tmp_path, max_bytes=2_000)
    for number in range(200):
        log.write("line", number=number, text="x" * 100)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["log.jsonl", *(f"log.jsonl.{number}" for number in range(1, 6))]
    assert all(path.stat().st_size <= 2_000 for path in tmp_path.iterdir())
    assert json.loads((tmp_path / "log.jsonl").read_text().splitlines()[-1])["number"] == 199


def test_an_unwritable_log_does_not_stop_a_run(newsletter: Command, letter: Letter) -> None:
    """For example because a folder has its name."""
    (letter.folder / ".newsletter/log.jsonl").mkdir(parents=True)
    assert newsletter.on(letter, "run").code == 0


def test_a_second_run_names_the_holder_of_the_lock(newsletter: Command, letter: Letter) -> None:
    """Command, process and time; exit code 6."""
    with hold_lock(letter.folder / ".newsletter", "run"):
        done = newsletter.on(letter, "run")
    assert done.code == 6
    assert f"'newsletter run', process {os.getpid()} on " in done.err
    assert newsletter.on(letter, "run").code == 0


def test_the_lock_of_a_dead_process_is_free(newsletter: Command, letter: Letter) -> None:
    """The next run takes it and reports that the last one did not end."""
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


def test_the_next_run_restores_missing_archive_pages(newsletter: Command, letter: Letter) -> None:
    """With the same bytes, also after a killed run."""
    letter.change(approve="auto")
    newsletter.on(letter, "run")
    before = contents(letter.folder / "outbox")
    for name in ("index.html", "feed.xml"):
        (letter.folder / "outbox" / name).unlink()
    died = {"command": "run", "pid": 2**22 + 1, "host": "here", "since": "2026-11-22T00:00:00+00:00"}
    (letter.folder / ".newsletter/run.json").write_text(json.dumps(died))
    assert newsletter.on(letter, "run").code == 0
    assert contents(letter.folder / "outbox") == before


def test_a_held_lock_whose_process_is_gone_is_reported(tmp_path: Path) -> None:
    """On a network folder, or with a child process that still runs."""
    with hold_lock(tmp_path, "run"):
        held = json.loads((tmp_path / "run.json").read_text())
        (tmp_path / "run.json").write_text(json.dumps({**held, "pid": 2**22 + 1}))
        with pytest.raises(LockedError, match="is gone"), hold_lock(tmp_path):
            pass


@pytest.mark.parametrize("pid", ["0", "-1", "1e99", "99999999999999", '"x"', "null", "[]"])
def test_an_invalid_holder_is_not_named(tmp_path: Path, pid: str) -> None:
    """The lock works whatever its file contains."""
    named = f'{{"command": "run", "pid": {pid}, "host": "{socket.gethostname()}", "since": "now"}}'
    with hold_lock(tmp_path, "run"):
        (tmp_path / "run.json").write_text(named)
        with pytest.raises(LockedError, match="at work here; wait for it to end"), hold_lock(tmp_path):
            pass
    (tmp_path / "run.json").write_text(named)
    with hold_lock(tmp_path) as died:
        assert died is None


def snapshot(folder: Path) -> dict[Path, tuple[int, bytes]]:
    """Every path in a folder: time of change, and bytes."""
    found = sorted([folder, *folder.rglob("*")])
    return {path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"") for path in found}


def test_a_dry_run_changes_nothing(newsletter: Command, letter: Letter) -> None:
    """No byte, file or time, before the first run and with an issue. It prints the issue that would result."""
    letter.change(on_finish={"command": script(letter, "notify.py", "open('called', 'w')")})
    before = snapshot(letter.folder)
    done = newsletter.on(letter, "run", "--dry-run")
    assert done.code == 0
    assert "Barges on batteries leave the river yard" in done.out
    assert "nothing was changed" in done.out
    assert snapshot(letter.folder) == before
    newsletter.on(letter, "run")
    (folder_of(letter) / "edits.yaml").write_text("subject: Mine", encoding="utf-8")
    for number, item in enumerate(LATER):
        letter.write_feed(f"paper{number}", [item])
    before = snapshot(letter.folder)
    done = newsletter.on(letter, "run", "--dry-run", "--force", "--json")
    assert done.json["exit_code"] == 0
    assert done.json["stages"]["fetch"]["new entries"] == 4
    assert snapshot(letter.folder) == before


def test_a_dry_run_after_a_killed_run_keeps_the_stores_log(newsletter: Command, letter: Letter) -> None:
    """The write-ahead log is read but not written back."""
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
    """The next issue has the stories of both weeks, without those that were published."""
    newsletter.on(letter, "run")
    newsletter.on(letter, "approve")
    dates = ["Tue, 24 Nov 2026 09:00:00 +0000", "Fri, 04 Dec 2026 09:00:00 +0000"] * 2
    for number, (item, published) in enumerate(zip(LATER, dates, strict=True)):
        letter.write_feed(f"paper{number}", [replace(item, published=published)])
    assert newsletter.on(letter, "run", now="2026-12-06T08:00").code == 0
    assert sorted(titles(letter, "2026-W49")) == sorted(item.title for item in LATER)


def test_a_missed_week_is_caught_up_without_approval(newsletter: Command, letter: Letter) -> None:
    """Without approved issues a run reaches back to the last issue."""
    letter.change(select={"reads": 8, "per_source": 3})  # an issue that has room for the stories of both weeks
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
        ("Europe/Berlin", "2026-03-29T02:30", "2026-W13"),  # a time that does not exist on this day
        ("Europe/Berlin", "2026-10-25T23:30:00+00:00", "2026-W44"),
        ("America/Sao_Paulo", "2025-12-29T00:00", "2026-W01"),
    ],
)
def test_the_week_is_in_the_newsrooms_zone(newsletter: Command, letter: Letter, zone: str, now: str, key: str) -> None:
    """Across years and clock changes."""
    letter.change(timezone=zone)
    assert newsletter.on(letter, "status", "--json", now=now).json["issue"] == key


def test_after_a_wrong_clock_the_issue_is_the_same(newsletter: Command, letter: Letter) -> None:
    """A run with a wrong clock finds nothing; the next run with the right clock is not affected."""
    assert newsletter.on(letter, "run", now="2036-11-22T08:00").code == 3
    assert newsletter.on(letter, "run").code == 0
    assert len(titles(letter)) == 8
    assert newsletter.on(letter, "run", now="2026-11-15T08:00").code == 3
    assert newsletter.on(letter, "run").code == 0
    assert len(titles(letter)) == 8


def test_prune_keeps_what_issues_refer_to(newsletter: Command, letter: Letter) -> None:
    """The stories of an issue stay, other old stories are deleted, and no old story returns."""
    letter.change(approve="auto", select={"reads": 2})
    newsletter.on(letter, "run")
    chosen = set(titles(letter))
    before = contents(folder_of(letter))
    later = "2027-06-01T08:00"
    done = newsletter.on(letter, "prune", "--days", "100", "--json", now=later).json["stages"]["prune"]
    assert (done["stories"], done["entries"]) == (2, 2)
    assert {story.title for story in stored_stories(newsletter, letter)} == chosen
    assert newsletter.on(letter, "run", "--force", now=later).code == 3
    assert contents(folder_of(letter)) == before
    assert newsletter.on(letter, "run").code == 0
    assert newsletter("store", "check", "--config", letter.config).out.strip().endswith("not damaged")


def stored_stories(newsletter: Command, letter: Letter) -> list[Any]:
    """Every story in the store."""
    from pipeline.edges.store import open_store

    with open_store(letter.folder / ".newsletter/store.sqlite") as store:
        return store.stories.get(
            store.stories.ids_between(datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC))
        )


def test_prune_refuses_days_within_the_window(newsletter: Command, letter: Letter) -> None:
    """Stories that could still be selected cannot be pruned."""
    newsletter.on(letter, "run")
    done = newsletter.on(letter, "prune", "--days", "21")
    assert done.code == 2
    assert "21 days" in done.err


def test_undated_entries_still_in_their_feed_do_not_return_after_a_prune(newsletter: Command, letter: Letter) -> None:
    """Their row stays, because it has the time they were first seen."""
    for number, item in enumerate(LATER):
        letter.write_feed(f"paper{number}", [replace(item, published="")])
    letter.change(approve="auto")
    assert newsletter.on(letter, "run").code == 0
    late = "2027-06-01T08:00"
    newsletter.on(letter, "prune", "--days", "100", now=late)
    letter.write_feed("paper0", [replace(LATER[0], published=""), replace(ITEMS[0], published="")])
    newsletter.on(letter, "run", "--force", now=late)
    assert LATER[0].title not in [slot["title"] for slot in slots(newsletter, letter, late)]


def slots(newsletter: Command, letter: Letter, now: str) -> list[Any]:
    """The slots of the week's issue."""
    issue = newsletter.on(letter, "status", "--json", now=now).json["holds"]
    return issue["editions"]["en"] if issue else []


def test_a_killed_run_does_not_affect_later_weeks(letter: Letter) -> None:
    """After a kill and a new run the issue is the same as without the kill."""
    with subprocess.Popen([*RUN, "--config", str(letter.config), "--now", NOW], stderr=subprocess.DEVNULL) as child:
        deadline = time.monotonic() + 60
        while not (letter.folder / ".newsletter/store.sqlite").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
    subprocess.run([*RUN, "--config", str(letter.config), "--now", NOW], check=True, stderr=subprocess.DEVNULL)
    assert len(issue_json(letter)["features"]) == 4
    subprocess.run([*RUN, "--config", str(letter.config), "--now", NEXT_WEEK], check=False, stderr=subprocess.DEVNULL)
