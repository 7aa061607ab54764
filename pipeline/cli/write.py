"""`newsletter write`: texts that are proposed by a writer, and checked against their sources."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.options import Call, as_json, common, write_json
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.records import TaskName
    from pipeline.run.write import Draft, Request

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("stories", nargs=-1, metavar="[STORY]...")
@click.option("--edition", metavar="NAME", help="The edition to write for; the first one by default.")
@click.option(
    "--task",
    type=click.Choice(["translate", "write"]),
    help="Translate title and summary (the default), or write a kicker, a headline and a blurb.",
)
@click.option("--dry-run", is_flag=True, help="Print what would be sent, and send nothing.")
@click.option("--again", is_flag=True, help="Ask again what was answered before.")
@click.option(
    "--check", "checked", type=_FILE, metavar="FILE", help="Check the passages of a file; no writer is asked."
)
@as_json
@common
def write(
    call: Call,
    *,
    stories: tuple[str, ...],
    edition: str | None,
    task: "TaskName | None",
    dry_run: bool,
    again: bool,
    checked: Path | None,
    as_json: bool,
) -> int:
    """Propose texts for STORIES, and check them; by default, translations of the week's features in other languages.

    The config's writer translates the title and the summary of each story, or, with --task write, it writes a kicker, a
    headline and a blurb from the whole story. What it proposes is printed with every figure, date, currency, quotation
    and sentence that the story does not bear out, with what is too long, and with a doubt for each name that the story
    may not have. Nothing enters the letter by itself: an editor accepts proposals at the desk. A story whose proposal
    failed stays as it is. Answers are stored: a request that was answered is not sent again.

    With --check each line of FILE (- for stdin) is {"source", "text", "language", "to"} and, if known, {"id", "date"},
    and the exit code is 5 if there are findings. docs/writer.md says what is checked and what is not.
    """
    if checked is not None:
        if stories or edition or task or dry_run or again:
            raise UsageError("--check FILE takes no story, --edition, --task, --dry-run or --again")
        from pipeline.cli.filters import check_passages

        return check_passages(checked, as_json=as_json)
    _propose(call, stories, edition, task or "translate", dry_run=dry_run, again=again, as_json=as_json)
    return 0


def _propose(
    call: Call,
    words: tuple[str, ...],
    edition: str | None,
    task: "TaskName",
    *,
    dry_run: bool,
    again: bool,
    as_json: bool,
) -> None:
    from pipeline.cli.issues import find_story

    config = call.config()
    if config.writer is None:
        raise UsageError(f"{call.config_path}: the config has no writer; docs/writer.md says how to set one up")
    chosen = config.edition(edition) if edition else config.editions[0]
    if chosen is None:
        raise UsageError(f"{call.config_path}: there is no edition {edition!r}")
    with call.session(writes=not dry_run) as session:
        from pipeline.run.write import REQUESTS, ask, features_to_write

        stories = [find_story(session, each) for each in words] or features_to_write(session, chosen, task)
        requests = [REQUESTS[task](story, chosen) for story in stories]
        if dry_run:
            _print(map(_request_json, requests), as_json=as_json)
            return
        _print(map(_draft_json, ask(session, config.writer, requests, again=again)), as_json=as_json)


def _print(results: Iterator[dict[str, Any]], *, as_json: bool) -> None:
    for result in results:
        if as_json:
            write_json(result, lines=True)
            continue
        click.echo(f"{result['story']}  {result['outlet']} · {result['language']} → {result['to']}")
        for line in _lines(result):
            click.echo(f"  {line}")
        click.echo("")


def _lines(result: dict[str, Any]) -> Iterator[str]:
    from pipeline.run.write import finding_lines

    yield from result.get("sentences", ())
    if result.get("fault"):
        yield f"no proposal: {result['fault']}"
    elif "headline" in result:
        yield from filter(None, (result["kicker"], result["headline"], *result["paragraphs"]))
        yield from finding_lines(result)
        yield (
            "passed: an editor should read it all the same" if result["passed"] else "failed: the story stays as it is"
        )


def _request_json(request: "Request") -> dict[str, Any]:
    return {**_head(request), "sentences": list(request.task.sentences)}


def _draft_json(draft: "Draft") -> dict[str, Any]:
    from pipeline.records import to_json

    verdict, answer = draft.verdict, draft.answer
    return {
        **_head(draft.request),
        "model": answer.model if answer else "",
        "tokens": answer.tokens if answer else 0,
        "kicker": verdict.kicker,
        "headline": verdict.headline,
        "paragraphs": list(draft.paragraphs),
        "findings": to_json(verdict.findings),
        "doubts": to_json(verdict.doubts),
        "fault": verdict.fault,
        "passed": verdict.passed,
    }


def _head(request: "Request") -> dict[str, Any]:
    story, task = request.story, request.task
    return {"story": story.id, "outlet": story.outlet, "language": story.language, "to": task.to, "task": task.name}
