"""run: all the stages in their order; and the word of how it went."""

import time
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.options import Call, as_json, common, progress, report_json
from pipeline.errors import NewsletterError

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.run.session import Report


@click.command()
@click.option("--force", is_flag=True, help="Ask every source, even those that are not due.")
@click.option("--dry-run", is_flag=True, help="Try it on a copy of the store, and say what would come of it.")
@as_json
@common
def run(call: Call, *, force: bool, dry_run: bool, as_json: bool) -> int:
    """All the stages in their order: from the sources to an issue in the outbox. Quiet when all is well.

    With --dry-run the sources are asked, and nothing at all is changed: no store, no outbox, no log; on_finish is not
    told.
    """
    config, began = call.config(), time.monotonic()
    if dry_run:
        from pipeline.run.dry_run import open_dry_run

        with open_dry_run(config, now=call.now(config), track=progress) as session:
            from pipeline.run.status import account_of, issue_lines
            from pipeline.run.summary import summary_of
            from pipeline.run.weekly import run as run_week

            reports, code = run_week(session, force=force, past=call.now_text is not None)
            summary, account = (
                summary_of(session, reports, code, time.monotonic() - began),
                account_of(session.config, session.now),
            )
        if as_json:
            report_json(reports, issue=summary["issue"], exit_code=code, holds=account["holds"])
        else:
            call.tell(*reports)
            for line in issue_lines(account):
                click.echo(line)
            click.echo(f"{summary['line']}; nothing was changed")
        return code
    reports, summary = _run(call, config, force=force)
    faults = _finish(config, summary)
    if as_json:
        report_json(reports, issue=summary["issue"], exit_code=summary["exit_code"], line=summary["line"])
    else:
        call.tell(*reports)
        if summary["exit_code"] or summary["notices"] or faults or call.verbose:
            click.echo(f"newsletter: {summary['line']}", err=True)
    return int(summary["exit_code"])


def _run(call: Call, config: "Config", *, force: bool) -> "tuple[list[Report], dict[str, Any]]":
    """What the stages did, and the summary; who is told of an end is told of a fault too."""
    from pipeline.run.session import open_session
    from pipeline.run.summary import fault_summary, summary_of

    began = time.monotonic()
    try:
        with open_session(config, now=call.now(config), track=progress, command="run", all_stages=True) as session:
            from pipeline.run.weekly import run as run_week

            reports, code = run_week(session, force=force, past=call.now_text is not None)
            return reports, summary_of(session, reports, code, time.monotonic() - began)
    except NewsletterError as error:
        _finish(config, fault_summary(str(error), error.exit_code, time.monotonic() - began))
        raise
    except Exception as error:
        said = f"a fault of the program: {type(error).__name__}: {error}"
        _finish(config, fault_summary(said, 1, time.monotonic() - began))
        raise


def _finish(config: "Config", summary: "dict[str, Any]") -> list[str]:
    from pipeline.run.summary import finish

    faults = finish(config, summary)
    for fault in faults:
        click.echo(f"newsletter: {fault}", err=True)
    return faults
