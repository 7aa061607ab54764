"""Faults around a run: other runs, the clock, the network, child processes, and files that people write."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from unittest import mock

import yaml

from tests.faults.fault_table import Prepare, fault
from tests.faults.rig import KEY, ROOT, run, run_with_stderr
from tests.letters import ITEMS, LATER, Letter

# ── other runs ───────────────────────────────────────────────────────────────────────────────────────────────────

_HOLD = """
import sys, time; from pathlib import Path; from pipeline.edges.lock import hold_lock
with hold_lock(Path(sys.argv[1]), 'run'):
    print('held', flush=True); time.sleep(60)
"""


@contextlib.contextmanager
def _holder(letter: Letter) -> "Iterator[subprocess.Popen[bytes]]":
    state = str(letter.folder / ".newsletter")
    with subprocess.Popen([sys.executable, "-c", _HOLD, state], cwd=ROOT, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        try:
            yield child
        finally:
            child.kill()


@fault("another run holds the lock", 6, "wait for it to end")
def _at_work(letter: Letter) -> Iterator[Prepare]:
    with _holder(letter):
        yield None


@fault("the previous run was killed", 0, "did not end: this run completes its work")
def _killed_before(letter: Letter) -> Iterator[Prepare]:
    with _holder(letter) as child:
        child.send_signal(signal.SIGKILL)
    yield None


@fault("a dead process left a child that holds the lock", 6, "end that")
def _orphan(letter: Letter) -> Iterator[Prepare]:
    with _holder(letter):
        holder = letter.folder / ".newsletter" / "run.json"
        text = holder.read_text(encoding="utf-8")
        pid = yaml.safe_load(text)["pid"]
        holder.write_text(text.replace(f'"pid": {pid}', f'"pid": {2**22 + 1}'), encoding="utf-8")
        yield None


# ── the clock ────────────────────────────────────────────────────────────────────────────────────────────────────


def _dated(letter: Letter, zone: str, published: str) -> None:
    letter.change(timezone=zone)
    for number in range(4):
        items = [replace(item, published=published) for item in ITEMS[2 * number : 2 * number + 2]]
        letter.write_feed(f"paper{number}", items)


@fault("the clock is ten years ahead", 3, "no issue", now="2036-11-22T08:00")
def _clock_ahead(letter: Letter) -> Iterator[Prepare]:
    yield None


class _Earlier(datetime):
    """A clock that is set back."""

    @classmethod
    def now(cls, tz: Any = None) -> "_Earlier":
        return cls(2026, 11, 15, tzinfo=tz)


@fault("the clock was set back by a week", 3, "set the clock and run again", now="")
def _clock_back(letter: Letter) -> Iterator[Prepare]:
    run(letter, "run")

    def set_back() -> None:
        from pipeline.cli import options

        mock.patch.object(options, "datetime", _Earlier).start()

    yield set_back


@fault("the hour that the clocks skip", 0, "", now="2026-03-29T02:30", key="2026-W13")
def _skipped_hour(letter: Letter) -> Iterator[Prepare]:
    _dated(letter, "Europe/Berlin", "Fri, 27 Mar 2026 09:00:00 +0000")
    yield None


@fault("the hour that the clocks repeat", 0, "", now="2026-10-25T01:30:00+00:00", key="2026-W43")
def _doubled_hour(letter: Letter) -> Iterator[Prepare]:
    _dated(letter, "Europe/Berlin", "Fri, 23 Oct 2026 09:00:00 +0000")
    yield None


@fault("a week 53", 0, "", now="2027-01-01T08:00", key="2026-W53")
def _week_53(letter: Letter) -> Iterator[Prepare]:
    _dated(letter, "Asia/Hong_Kong", "Wed, 30 Dec 2026 09:00:00 +0000")
    yield None


# ── the network ──────────────────────────────────────────────────────────────────────────────────────────────────


def _remote(letter: Letter, *names: str, address: str) -> dict[str, Any]:
    """Give sources a network address. Returns the config from before."""
    before: dict[str, Any] = yaml.safe_load(letter.config.read_text(encoding="utf-8"))
    sources = [
        {**source, "feed": address.format(name=source["name"])} if source["name"] in names else source
        for source in before["sources"]
    ]
    letter.change(sources=sources, fetch={"retries": 0, "deadline_seconds": 5, "allow_private": ["127.0.0.1"]})
    return before


def _no_names() -> None:
    """Make every DNS lookup fail."""

    def fail(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    mock.patch.object(socket, "getaddrinfo", fail).start()


_ALL = ("paper0", "paper1", "paper2", "paper3")


@fault("no name can be looked up", 3, "no source answered: no issue")
def _dns_down(letter: Letter) -> Iterator[Prepare]:
    before = _remote(letter, *_ALL, address="https://{name}.example/feed")
    yield _no_names
    letter.change(**before)


@fault("the name of one source cannot be looked up", 0, "fetch: paper0: dns: ")
def _one_name_down(letter: Letter) -> Iterator[Prepare]:
    before = _remote(letter, "paper0", address="https://{name}.example/feed")
    yield _no_names
    letter.change(**before)


@fault("every connection is refused", 3, "no source answered: no issue")
def _refused(letter: Letter) -> Iterator[Prepare]:
    before = _remote(letter, *_ALL, address="http://127.0.0.1:9/{name}")
    yield None
    letter.change(**before)


# ── processes ────────────────────────────────────────────────────────────────────────────────────────────────────


def die_over_paper0(task: Any) -> Any:
    """Parse a feed, but die on paper0."""
    if task.stored.source == "paper0":
        os.kill(os.getpid(), signal.SIGKILL)
    return _parse_response(task)


def die_over_ferries(task: Any, **settings: Any) -> Any:
    """Clean an entry, but die on the one about ferries."""
    if "ferries" in task.entry.title:
        os.kill(os.getpid(), signal.SIGKILL)
    return _run_clean_task(task, **settings)


def die_over_everything(_issue: Any, **_settings: Any) -> Any:
    """Die instead of rendering."""
    os.kill(os.getpid(), signal.SIGKILL)


def _parse_response(task: Any) -> Any:
    from pipeline.run.workers.parse import parse_response

    return parse_response(task)


def _run_clean_task(task: Any, **settings: Any) -> Any:
    from pipeline.run.workers.clean import run_clean_task

    return run_clean_task(task, **settings)


def _dying(letter: Letter, module: str, name: str, function: str) -> str:
    letter.change(engine="processes", workers=1)
    return (
        f"import pipeline.run.{module} as module; from tests.faults.injected_around import {function}\n"
        f"module.{name}; module.{name} = {function}"
    )


@fault("the worker that parses a feed dies", 0, "fetch: paper0: worker died")
def _parser_dies(letter: Letter) -> Iterator[Prepare]:
    yield _dying(letter, "fetch", "parse_response", "die_over_paper0")


@fault("the worker that cleans a story dies", 0, "Island ferries pay fares with faces: worker died")
def _cleaner_dies(letter: Letter) -> Iterator[Prepare]:
    yield _dying(letter, "clean", "run_clean_task", "die_over_ferries")


@fault("the worker that renders dies", 1, "look at its letter, its edits and the templates, and render again")
def _renderer_dies(letter: Letter) -> Iterator[Prepare]:
    yield _dying(letter, "edition", "_render_or_error", "die_over_everything")


@fault("a filter dies", 0, "filter 'mine' failed on 8 entries")
def _filter_dies(letter: Letter) -> Iterator[Prepare]:
    letter.change(filters=[{"name": "mine", "command": [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]}])
    yield None


@fault("the on_finish command is missing", 0, "on_finish.command: no-such-program cannot be run")
def _missing_on_finish_command(letter: Letter) -> Iterator[Prepare]:
    letter.change(on_finish={"command": ["no-such-program"]})
    yield None


# ── what people write ────────────────────────────────────────────────────────────────────────────────────────────


@fault("the config is cut short", 2, "config.yaml")
def _broken_config(letter: Letter) -> Iterator[Prepare]:
    text = letter.config.read_text(encoding="utf-8")
    letter.config.write_text(text[: len(text) // 2], encoding="utf-8")
    yield None
    letter.config.write_text(text, encoding="utf-8")


@fault("a template is broken", 2, "issue.mjml.j2, line 1")
def _broken_template(letter: Letter) -> Iterator[Prepare]:
    (letter.folder / "templates").mkdir()
    (letter.folder / "templates" / "issue.mjml.j2").write_text("{% if", encoding="utf-8")
    letter.change(templates="templates")
    yield None
    (letter.folder / "templates" / "issue.mjml.j2").unlink()


@fault("the editor's file is broken", 2, "edits.yaml", command=("run", "--force"))
def _broken_edits(letter: Letter) -> Iterator[Prepare]:
    run(letter, "run")
    path = letter.folder / "outbox" / KEY / "edits.yaml"
    path.write_text("features: [", encoding="utf-8")
    yield None
    path.unlink()


@fault("the issue is missing from the outbox before approval", 3, "run 'newsletter render' first", command=("approve",))
def _issue_gone(letter: Letter) -> Iterator[Prepare]:
    run(letter, "run")
    (letter.folder / "outbox" / KEY / "issue.json").unlink()
    yield None


@fault("issue.json is truncated before approval", 1, "run 'newsletter render'", command=("approve",))
def _truncated_issue_json(letter: Letter) -> Iterator[Prepare]:
    run(letter, "run")
    os.truncate(letter.folder / "outbox" / KEY / "issue.json", 200)
    yield None


@fault(
    "issue.json of an earlier issue is truncated", 0, "2026-W46 is left out of the archive", command=("run", "--force")
)
def _truncated_earlier_issue_json(letter: Letter) -> Iterator[Prepare]:
    earlier = "2026-11-15T08:00"
    _dated(letter, "Asia/Hong_Kong", "Fri, 13 Nov 2026 09:00:00 +0000")
    for command in ("run", "approve"):
        run_with_stderr(letter, command, now=earlier)
    os.truncate(letter.folder / "outbox" / "2026-W46" / "issue.json", 200)
    for number in range(4):
        letter.write_feed(f"paper{number}", [LATER[number]])
    yield None
