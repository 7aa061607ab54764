"""`newsletter check`: run the gate on the issue in the outbox."""

import click

from pipeline.cli.options import Call, as_json, common, progress, write_json


@click.command()
@click.argument("issue", required=False)
@click.option("--online", is_flag=True, help="Request every link too.")
@as_json
@common
def check(call: Call, *, issue: str | None, online: bool, as_json: bool) -> int:
    """Check ISSUE, such as 2026-W47 (default: this week's), in the outbox against the gate's rules.

    An error blocks approval and delivery and gives exit code 5; a warning does not. docs/checks.md gives the
    reason for each rule.
    """
    config = call.config()
    from pipeline.run.check import check as check_outbox
    from pipeline.run.check import checked_json, checked_lines, passed
    from pipeline.run.session import ISSUE, ISSUE_BAD, issue_key

    now = call.now(config)
    key = issue or issue_key(now, config)
    checked = check_outbox(config, key, now=now, online=online, track=progress)
    if as_json:
        write_json(checked_json(key, checked))
    else:
        for line in checked_lines(checked):
            click.echo(line)
        if call.verbose and not any(findings for _, findings in checked):
            click.echo(f"{key}: no findings in {len(checked)} editions", err=True)
    return ISSUE if passed(checked) else ISSUE_BAD
