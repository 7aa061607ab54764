"""The summary of a run: one line and JSON values, for the log and for on_finish."""

import json
from collections.abc import Sequence
from typing import Any

from pipeline.config import Config
from pipeline.edges.commands import post_json, run_command
from pipeline.edges.log import Log
from pipeline.records import to_json
from pipeline.run.fetch import answered_sources
from pipeline.run.health import ailing
from pipeline.run.session import ISSUE, ISSUE_BAD, ISSUE_THIN, NO_ISSUE, Report, Session

_OUTCOMES = {
    ISSUE: "issue {number} is {status}, with {slots} stories",
    NO_ISSUE: "no issue",
    ISSUE_THIN: "issue {number} is {status}, with {slots} stories, but more sources failed than tolerated",
    ISSUE_BAD: "issue {number} is rendered, but its checks failed: it cannot be approved",
}


def summarise_run(session: Session, reports: Sequence[Report], code: int, seconds: float) -> dict[str, Any]:
    """The summary of a completed run as JSON values; `line` is the one-line form."""
    stored = session.store.issues.get(session.key)
    answered, failed = answered_sources(session)
    slots = sum(len(session.store.issues.slots(session.key, edition.name)) for edition in session.config.editions)
    total = len(answered) + len(failed)
    outcome = _OUTCOMES[code].format(
        number=stored.number if stored else "", status=stored.status if stored else "", slots=slots
    )
    return {
        "line": f"{session.key}: {outcome}; {len(answered)} of {total} sources answered; {seconds:.0f} s",
        "issue": session.key,
        "number": stored.number if stored and code != NO_ISSUE else None,
        "status": stored.status if stored and code != NO_ISSUE else None,
        "exit_code": code,
        "folder": str(session.outbox.issue_folder(session.key)) if code != NO_ISSUE else None,
        "sources": {"answered": len(answered), "total": total, "failed": failed, "health": to_json(ailing(session))},
        "stages": {report.stage: dict(report.counts) for report in reports},
        "notices": [f"{report.stage}: {notice}" for report in reports for notice in report.notices],
        "now": session.now.isoformat(),
        "seconds": round(seconds, 1),
    }


def summarise_fault(message: str, code: int, seconds: float) -> dict[str, Any]:
    """The summary of a run that an error ended."""
    return {"line": message, "exit_code": code, "seconds": round(seconds, 1)}


def finish(config: Config, summary: dict[str, Any]) -> list[str]:
    """Log the summary and pass it to on_finish. Returns what went wrong with on_finish, which fails no run."""
    log = Log(config.state)
    log.write("end", **summary)
    hook = config.on_finish
    if hook is None:
        return []
    body = (json.dumps(summary, ensure_ascii=False, default=str) + "\n").encode("utf-8", "replace")
    faults = []
    if hook.command:
        result = run_command(hook.command, body, folder=config.folder, seconds=hook.timeout_seconds)
        faults += [f"on_finish.command: {result.fault}"] * bool(result.fault)
    if hook.url:
        fault = post_json(hook.url, body, seconds=hook.timeout_seconds)
        faults += [f"on_finish.url: {fault}"] * bool(fault)
    for fault in faults:
        log.write("fault", said=fault)
    return faults
