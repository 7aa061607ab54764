"""send, deliver: a test to anyone, and the approved issue to its list."""

import click

from pipeline.cli.options import Call, as_json, common, report_json
from pipeline.errors import UsageError


@click.command()
@click.argument("issue", required=False)
@click.option("--to", "to", multiple=True, required=True, metavar="ADDRESS", help="Who gets it; can be given again.")
@click.option("--edition", help="Send only this edition.")
@as_json
@common
def send(call: Call, *, issue: str | None, to: tuple[str, ...], edition: str | None, as_json: bool) -> None:
    """Send ISSUE (this week's by default) to ADDRESS as a test, with [PREVIEW] before its subject."""
    with call.session() as session:
        from pipeline.run.deliver import send as send_issue

        report = send_issue(session, issue or session.key, to=to, edition=edition)
    report_json([report]) if as_json else call.tell(report)


@click.command()
@click.argument("issue", required=False)
@click.option("--again", is_flag=True, help="Send again what the relay never answered for: it has not arrived.")
@click.option("--arrived", is_flag=True, help="Record that what the relay never answered for has arrived.")
@as_json
@common
def deliver(call: Call, *, issue: str | None, again: bool, arrived: bool, as_json: bool) -> None:
    """Hand the approved ISSUE (this week's by default) to the list of the config, once.

    An edition that a relay has taken is never sent again; after a break the same command sends what is missing.
    """
    if again and arrived:
        raise UsageError("--again and --arrived say opposite things; give one")
    with call.session() as session:
        from pipeline.run.deliver import deliver as deliver_issue
        from pipeline.run.deliver import mark_arrived

        key = issue or session.key
        report = mark_arrived(session, key) if arrived else deliver_issue(session, key, again=again)
    report_json([report]) if as_json else call.tell(report)
