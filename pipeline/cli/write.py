"""`newsletter write`: check proposed texts against their sources."""

from pathlib import Path

import click

from pipeline.cli.options import Call, as_json, common

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--check", "checked", type=_FILE, metavar="FILE", required=True, help="Passages as JSON lines.")
@as_json
@common
def write(call: Call, *, checked: Path, as_json: bool) -> int:  # noqa: ARG001 - every command takes a call
    """Check texts that a person or a model wrote against their sources; no model is asked.

    Each line of FILE (- for stdin) is {"source", "text", "language", "to"} and, if known, {"id", "date"}: `text` in the
    language `to` was written from `source` in `language`, which was published on `date`. A finding is printed for
    each figure, date, currency, quotation and sentence that the source does not bear out, and a doubt for each name
    that it may not have. The exit code is 5 if there are findings; doubts do not count. docs/writer.md says what is
    checked and what is not.
    """
    from pipeline.cli.filters import check_passages

    return check_passages(checked, as_json=as_json)
