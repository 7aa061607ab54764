"""publish: hand an approved issue over to a publisher as a draft."""

import click

from pipeline.cli.options import Call, as_json, common


@click.command()
@click.argument("issue", required=False)
@click.option("--to", "name", required=True, metavar="NAME", help="The publisher, by its name in the config.")
@click.option("--edition", help="Publish only this edition.")
@click.option("--overwrite", is_flag=True, help="Replace a draft also if somebody has edited it at the publisher.")
@click.option("--dry-run", is_flag=True, help="Check the issue, and say what would be handed over.")
@as_json
@common
def publish(
    call: Call, *, issue: str | None, name: str, edition: str | None, overwrite: bool, dry_run: bool, as_json: bool
) -> None:
    """Hand the approved ISSUE (this week's by default) over to a publisher of the config as a draft.

    A second call updates the draft; it refuses to replace what somebody has edited there or what has been sent. After
    an interruption the same command completes what is missing.
    """
    with call.session() as session:
        from pipeline.run.publish import publish_issue

        report = publish_issue(
            session, issue or session.key, name=name, edition=edition, overwrite=overwrite, dry_run=dry_run
        )
    call.output(report, as_json=as_json, says_done=True)
