"""results: what readers clicked."""

from pathlib import Path

import click

from pipeline.cli.options import Call, as_json, common, write_json
from pipeline.errors import UsageError


@click.command()
@click.argument("issue", required=False)
@click.option("--from", "name", metavar="NAME", help="Ask only this publisher of the config.")
@click.option(
    "--csv",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="Read the clicks from a table of addresses and counts.",
)
@click.option("--edition", help="Read only this edition.")
@click.option("--kept", is_flag=True, help="Show what is known, and ask nobody.")
@as_json
@common
def results(
    call: Call,
    *,
    issue: str | None,
    name: str | None,
    file: Path | None,
    edition: str | None,
    kept: bool,
    as_json: bool,
) -> None:
    """Read how often readers clicked each link of ISSUE (the newest approved one by default), keep it and show it.

    Ghost, listmonk and Mailchimp are asked; other services export a CSV file. What is read again replaces what the same
    publisher or file has told before.
    """
    if (name is not None) + (file is not None) + kept > 1:
        raise UsageError("--from, --csv and --kept exclude each other; choose one")
    with call.session(writes=not kept) as session:
        from pipeline.run.results import collect_results, format_results, import_results, latest_issue, read_results

        key = issue or latest_issue(session)
        if file is not None:
            call.print_reports([import_results(session, key, file, edition=edition)])
        elif not kept:
            call.print_reports([read_results(session, key, name=name, edition=edition)])
        editions = [each for each in collect_results(session, key) if edition in (None, each["edition"])]
    if as_json:
        write_json({"issue": key, "editions": editions})
    else:
        click.echo("\n".join(format_results(key, editions)))
