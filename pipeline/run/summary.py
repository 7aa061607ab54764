"""The summary of a run: one line and JSON values, for the log and for on_finish."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.config import Config
from pipeline.edges.commands import run_command
from pipeline.edges.hooks import ping, post_json, post_message
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


def begin(config: Config) -> list[str]:
    """Tell the watch that a run begins. Returns what went wrong with that, which fails no run."""
    fault = ping(config.ping, "/start") if config.ping else ""
    return [f"ping: {fault}"] * bool(fault)


def finish(config: Config, summary: dict[str, Any]) -> list[str]:
    """Log the summary and pass it to on_finish and the watch. Returns what went wrong with them: it fails no run."""
    log = Log(config.state)
    log.write("end", **summary)
    faults = list(_tell(config, summary))
    for fault in faults:
        log.write("fault", said=fault)
    return faults


def _tell(config: Config, summary: dict[str, Any]) -> Iterator[str]:
    hook = config.on_finish
    if hook and hook.command:
        body = (json.dumps(summary, ensure_ascii=False, default=str) + "\n").encode("utf-8", "replace")
        result = run_command(hook.command, body, folder=config.folder, seconds=hook.timeout_seconds)
        if result.fault:
            yield f"on_finish.command: {result.fault}"
    if hook and hook.url:
        if hook.chat:
            text = "\n".join((f"{config.name}: {summary['line']}", *summary.get("notices", ())))
            fault = post_message(hook.chat, hook.url, text, token=hook.token, seconds=hook.timeout_seconds)
        else:
            fault = post_json(hook.url, summary, seconds=hook.timeout_seconds)
        if fault:
            yield f"on_finish.url: {fault}"
    if config.ping:
        ending = "" if summary["exit_code"] == ISSUE else "/fail"
        if fault := ping(config.ping, ending, summary["line"]):
            yield f"ping: {fault}"
