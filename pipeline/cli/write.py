"""`newsletter write`: translations that are proposed by a writer, and checked against their sources."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.options import Call, as_json, common, write_json
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.run.write import Request, Translation

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("stories", nargs=-1, metavar="[STORY]...")
@click.option("--edition", metavar="NAME", help="The edition to translate for; the first one by default.")
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
    dry_run: bool,
    again: bool,
    checked: Path | None,
    as_json: bool,
) -> int:
    """Propose translations of STORIES (default: the week's features in other languages), and check them.

    The config's writer gets the title and the summary of each story. Its translation is printed with every figure,
    date, currency, quotation and sentence that the story does not bear out, and with a doubt for each name that it
    may not have. Nothing enters the letter: copy what you accept to the desk. A story whose translation failed stays as
    it is. The store keeps each answer: the writer is not asked for it again, but it is checked again each time.

    With --check each line of FILE (- for stdin) is {"source", "text", "language", "to"} and, if known, {"id", "date"},
    and the exit code is 5 if there are findings. docs/writer.md says what is checked and what is not.
    """
    if checked is not None:
        if stories or edition or dry_run or again:
            raise UsageError("--check FILE takes no story, --edition, --dry-run or --again")
        from pipeline.cli.filters import check_passages

        return check_passages(checked, as_json=as_json)
    _propose(call, stories, edition, dry_run=dry_run, again=again, as_json=as_json)
    return 0


def _propose(
    call: Call, words: tuple[str, ...], edition: str | None, *, dry_run: bool, again: bool, as_json: bool
) -> None:
    from pipeline.cli.issues import find_story

    config = call.config()
    if config.writer is None:
        raise UsageError(f"{call.config_path}: the config has no writer; docs/writer.md says how to set one up")
    chosen = config.edition(edition) if edition else config.editions[0]
    if chosen is None:
        raise UsageError(f"{call.config_path}: there is no edition {edition!r}")
    with call.session(writes=not dry_run) as session:
        from pipeline.run.write import request_for, stories_to_translate, translate

        stories = [find_story(session, each) for each in words] or stories_to_translate(session, chosen)
        requests = [request_for(story, chosen) for story in stories]
        if dry_run:
            _print(map(_request_json, requests), as_json=as_json)
            return
        _print(map(_translation_json, translate(session, config.writer, requests, again=again)), as_json=as_json)


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
    yield from result.get("sentences", ())
    if result.get("fault"):
        yield f"no translation: {result['fault']}"
    elif "headline" in result:
        yield from (result["headline"], *result["paragraphs"])
        for kind in ("finding", "doubt"):
            yield from (
                f"{kind}: {each['rule']}: {each['excerpt']!r}: {each['message']}" for each in result[f"{kind}s"]
            )
        yield (
            "passed: an editor should read it all the same" if result["passed"] else "failed: the story stays as it is"
        )


def _request_json(request: "Request") -> dict[str, Any]:
    story = request.story
    head = {"story": story.id, "outlet": story.outlet, "language": story.language, "to": request.to}
    return {**head, "sentences": list(request.sentences)}


def _translation_json(translation: "Translation") -> dict[str, Any]:
    from pipeline.records import to_json

    head = _request_json(translation.request)
    del head["sentences"]
    return {
        **head,
        "headline": translation.headline,
        "paragraphs": list(translation.paragraphs),
        "findings": to_json(translation.findings),
        "doubts": to_json(translation.doubts),
        "fault": translation.fault,
        "passed": translation.passed,
    }
