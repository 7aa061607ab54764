"""Figures of the last run for monitoring: Prometheus text, and whether all is well."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.config import Config
from pipeline.edges.log import FILE
from pipeline.run.session import ISSUE, ISSUE_BAD, ISSUE_THIN, NO_ISSUE

_WELL = (ISSUE, ISSUE_THIN, ISSUE_BAD, NO_ISSUE)  # codes of runs that reached their end
_PREFIX = "newsletter_"
_STATES = ("ok", "failing", "other")


def format_metrics(config: Config, status: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of Prometheus's text format (version 0.0.4)."""
    run = last_run(config.state) or {}
    letter = {"letter": config.name}
    conditions = [source["health"] for source in status["sources"]]
    sources = {"ok": conditions.count("ok"), "failing": conditions.count("failing")}
    sources["other"] = len(conditions) - sum(sources.values())
    yield from _metric(
        "sources", "gauge", "Sources by health.", [({**letter, "health": name}, sources[name]) for name in _STATES]
    )
    counts = [({**letter, "kind": name}, number) for name, number in status["stages"].items()]
    yield from _metric("records", "gauge", "Records in the store, by kind.", counts)
    issue = status["holds"]
    if issue:
        state = {**letter, "issue": status["issue"], "status": issue["status"]}
        yield from _metric("issue_number", "gauge", "The number of this week's issue.", [(state, issue["number"])])
        cutoff = datetime.fromisoformat(issue["cutoff_at"]).timestamp()
        yield from _metric("issue_cutoff_seconds", "gauge", "When this week's issue was made.", [(letter, cutoff)])
    if run:
        ended = datetime.fromisoformat(run["at"]).timestamp()
        yield from _metric("run_end_seconds", "gauge", "When the last run ended.", [(letter, ended)])
        yield from _metric("run_duration_seconds", "gauge", "How long it took.", [(letter, run["seconds"])])
        yield from _metric("run_exit_code", "gauge", "Its exit code.", [(letter, run["exit_code"])])


def _metric(name: str, kind: str, meaning: str, values: Sequence[tuple[Mapping[str, str], float]]) -> Iterator[str]:
    if values:
        yield f"# HELP {_PREFIX}{name} {meaning}"
        yield f"# TYPE {_PREFIX}{name} {kind}"
    for labels, value in values:
        inside = ",".join(f'{label}="{_escape(text)}"' for label, text in labels.items())
        yield f"{_PREFIX}{name}{{{inside}}} {value:g}" if value < 1e6 else f"{_PREFIX}{name}{{{inside}}} {value:.0f}"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def ailments(config: Config) -> list[str]:
    """What is not well; nothing before the first run."""
    run = last_run(config.state)
    if run is None or run["exit_code"] in _WELL:
        return []
    return [f"the last run ended with exit code {run['exit_code']}: {run['line']}"]


def last_run(state: Path) -> Mapping[str, Any] | None:
    """The summary of the last run, from the log; None if there is none."""
    for name in (FILE, f"{FILE}.1"):
        try:
            lines = (state / name).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        for line in reversed(lines):
            try:
                value = json.loads(line) if '"event": "end"' in line else None
            except ValueError:  # a line that a kill cut short
                continue
            if isinstance(value, dict) and {"at", "exit_code", "seconds", "line"} <= value.keys():
                return value
    return None
