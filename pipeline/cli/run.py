"""run: all stages in order, and the summary of the run."""

import time
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.options import Call, as_json, common, progress, reports_as_json, write_json
from pipeline.errors import NewsletterError

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.run.session import Report


@click.command()
@click.option("--force", is_flag=True, help="Poll every source, even those that are not due.")
@click.option("--dry-run", is_flag=True, help="Work on a copy of the store and print the issue that would result.")
@as_json
@common
def run(call: Call, *, force: bool, dry_run: bool, as_json: bool) -> int:
    """Run all stages in order, from the sources to an issue in the outbox. Quiet when all is well.

    With --dry-run the sources are polled, but store, outbox and log stay unchanged and on_finish is not called.
    """
    if dry_run:
        return _dry_run(call, force=force, as_json=as_json)
    config = call.config()
    reports, summary = _run_and_log(call, config, force=force)
    faults = _finish(config, summary)
    code = int(summary["exit_code"])
    if as_json:
        write_json({**reports_as_json(reports), "issue": summary["issue"], "exit_code": code, "line": summary["line"]})
        return code
    call.print_reports(reports)
    if code or summary["notices"] or faults or call.verbose:
        click.echo(f"newsletter: {summary['line']}", err=True)
    return code


def _dry_run(call: Call, *, force: bool, as_json: bool) -> int:
    from pipeline.run.dry_run import open_dry_run
    from pipeline.run.status import collect_status, format_issue
    from pipeline.run.summary import summarise_run
    from pipeline.run.weekly import run as run_week

    started = time.monotonic()
    config = call.config()
    with open_dry_run(config, now=call.now(config), track=progress) as session:
        reports, code = run_week(session, force=force, past=call.now_text is not None)
        summary = summarise_run(session, reports, code, time.monotonic() - started)
        status = collect_status(session.config, session.now)
    if as_json:
        values = {**reports_as_json(reports), "issue": summary["issue"], "exit_code": code, "holds": status["holds"]}
        write_json(values)
        return code
    call.print_reports(reports)
    click.echo("\n".join(format_issue(status)))
    click.echo(f"{summary['line']}; nothing was changed")
    return code


def _run_and_log(call: Call, config: "Config", *, force: bool) -> "tuple[list[Report], dict[str, Any]]":
    """Run the week. Returns the stages' reports and the run's summary.

    An error is also logged and passed to on_finish before it is raised.
    """
    from pipeline.run.session import open_session
    from pipeline.run.summary import begin, summarise_fault, summarise_run

    started = time.monotonic()
    try:
        with open_session(config, now=call.now(config), track=progress, command="run", all_stages=True) as session:
            _print_faults(begin(config))
            from pipeline.run.weekly import run as run_week

            reports, code = run_week(session, force=force, past=call.now_text is not None)
            return reports, summarise_run(session, reports, code, time.monotonic() - started)
    except NewsletterError as error:
        _finish(config, summarise_fault(str(error), error.exit_code, time.monotonic() - started))
        raise
    except Exception as error:
        message = f"a fault in the program: {type(error).__name__}: {error}"
        _finish(config, summarise_fault(message, 1, time.monotonic() - started))
        raise


def _finish(config: "Config", summary: "dict[str, Any]") -> list[str]:
    """Log the summary, and call on_finish and the watch. Prints and returns what went wrong with that."""
    from pipeline.run.summary import finish

    return _print_faults(finish(config, summary))


def _print_faults(faults: list[str]) -> list[str]:
    for fault in faults:
        click.echo(f"newsletter: {fault}", err=True)
    return faults
