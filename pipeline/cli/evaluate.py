"""evaluate: score past issues."""

from pathlib import Path

import click

from pipeline.cli.options import Call, as_json, common, write_json
from pipeline.errors import UsageError


@click.command()
@click.argument("issues", metavar="[ISSUE|FILE]...", nargs=-1)
@click.option(
    "--against",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="CONFIG",
    help="Choose again with another config from the same stories, and compare.",
)
@as_json
@common
def evaluate(call: Call, *, issues: tuple[str, ...], against: Path | None, as_json: bool) -> None:
    """Compare what was proposed with what the editor approved: precision at 10, what was moved, dropped and added.

    ISSUE is such as 2026-W47, by default every approved issue; FILE is an issue.json. Exit code 3 if there is nothing
    to compare.
    """
    from pipeline.run.evaluate import evaluate_files, evaluate_issues, format_evaluation, require_store

    files = [Path(name) for name in issues if name.endswith(".json")]
    keys = [name for name in issues if not name.endswith(".json")]
    if against and files:
        raise UsageError("--against needs the store: name issues such as 2026-W47, not files")
    values = evaluate_files(files) if files else []
    if keys or not files:
        require_store(call.config())
        with call.session(writes=against is not None) as session:
            values += evaluate_issues(session, keys, against=against)
    if as_json:
        write_json(values)
    else:
        click.echo("\n".join(format_evaluation(values, str(against) if against else "")))
