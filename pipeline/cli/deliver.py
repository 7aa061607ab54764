"""send, deliver: mail an issue as a test, and deliver it to its mailing list."""

import click

from pipeline.cli.options import Call, as_json, common
from pipeline.errors import UsageError


@click.command()
@click.argument("issue", required=False)
@click.option("--to", "to", multiple=True, required=True, metavar="ADDRESS", help="The recipient; can be repeated.")
@click.option("--edition", help="Send only this edition.")
@as_json
@common
def send(call: Call, *, issue: str | None, to: tuple[str, ...], edition: str | None, as_json: bool) -> None:
    """Send ISSUE (this week's by default) to ADDRESS as a test, with [PREVIEW] in front of its subject."""
    with call.session() as session:
        from pipeline.run.deliver import send as send_issue

        report = send_issue(session, issue or session.key, to=to, edition=edition)
    call.output(report, as_json=as_json, says_done=True)


@click.command()
@click.argument("issue", required=False)
@click.option("--again", is_flag=True, help="Send again what the relay never confirmed: it has not arrived.")
@click.option("--arrived", is_flag=True, help="Record that what the relay never confirmed has arrived.")
@as_json
@common
def deliver(call: Call, *, issue: str | None, again: bool, arrived: bool, as_json: bool) -> None:
    """Deliver the approved ISSUE (this week's by default) to the mailing list in the config, once.

    An edition that a relay has accepted is never sent again. After an interruption the same command sends the rest.
    """
    if again and arrived:
        raise UsageError("--again and --arrived contradict each other; give one of them")
    with call.session() as session:
        from pipeline.run.deliver import deliver as deliver_issue
        from pipeline.run.deliver import mark_arrived

        key = issue or session.key
        report = mark_arrived(session, key) if arrived else deliver_issue(session, key, again=again)
    call.output(report, as_json=as_json, says_done=True)
