"""Single stages on files, without a store: clean PAGE, tag FILE, dedupe --stories FILE, write --check FILE."""

import gzip
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import date as Date  # noqa: N812 - a field is named date
from pathlib import Path

import click

from pipeline.cli.options import write_json
from pipeline.edges.files import MEDIA_TYPES
from pipeline.errors import CleanError, UsageError
from pipeline.records import Document, to_json
from pipeline.text.languages import declared_language

_STDIN = Path("-")
CHECK_FAILED = 5


def clean_page(page: Path, *, url: str, why: bool, as_json: bool) -> None:
    """Print the stories of a page or document; CleanError if there are none."""
    from pipeline.stages.clean import clean_document, story_as_json
    from pipeline.stages.tag import tag_story

    media_type = MEDIA_TYPES.get(page.suffix.lower(), "text/html" if page == _STDIN else "text/plain")
    address = url or ("" if page == _STDIN else page.resolve().as_uri())
    cleaned = clean_document(Document(address, _read_bytes(page), media_type), now=datetime.now(UTC))
    stories = [tag_story(story)[0] for story in cleaned.stories]
    for story in stories:
        if as_json:
            write_json(story_as_json(story), lines=True)
        else:
            click.echo("\n\n".join(part for part in (story.title, story.standfirst, story.text) if part) + "\n")
    if why:
        for decision in cleaned.decisions:
            figure = "" if decision.figure is None else f" ({decision.figure:g})"
            click.echo(f"- {decision.rule}{figure}: {decision.detail}", err=as_json)
    if cleaned.rejected and not stories:
        rejected = cleaned.rejected[0]
        raise CleanError(rejected.reason, rejected.detail or f"{page} contains no story")


def tag_lines(file: Path, *, as_json: bool) -> None:
    """Print the language of each line of a file; an empty line is `und`."""
    from pipeline.stages.tag import detect

    for number, line in enumerate(_read_lines(file), start=1):
        found = detect(line)
        if as_json:
            values = {"line": number, "language": found.tag, "confidence": round(found.confidence, 3)}
            write_json({**values, "layer": found.layer, "text": line}, lines=True)
        else:
            click.echo(f"{found.tag}\t{line}")


def cluster_stories(stories: Path, clusters: Path | None) -> None:
    """Write {id, cluster, event} for each story of a JSON lines file, plain or gzipped. Bad lines go to stderr."""
    from pipeline.stages.dedupe import BAD_FIELD, cluster_lines, dedupe_stories, read_stories_jsonl

    found, rejected = read_stories_jsonl(_read_lines(stories))
    for bad in rejected:
        click.echo(f"newsletter: {stories}: {bad.detail or bad.reason}", err=True)
    if rejected:
        lost = sum(bad.reason != BAD_FIELD for bad in rejected)
        summary = f"{lost} lines skipped, {len(rejected) - lost} fields ignored, {len(found)} stories read"
        click.echo(f"newsletter: {stories}: {summary}", err=True)
    _write_lines(cluster_lines(found, dedupe_stories(found)), clusters)


def check_passages(file: Path, *, as_json: bool) -> int:
    """Print what the checker objects to in each passage of a file; the exit code says whether there is anything."""
    from pipeline.run.write import finding_lines
    from pipeline.stages.write import check_translation, doubtful_names

    failed = False
    for number, line in enumerate(_read_lines(file), start=1):
        if not line.strip():
            continue
        try:
            passage = read_passage(line)
        except ValueError as error:
            raise UsageError(f"{file}:{number}: {error}") from error
        texts = (passage.source, passage.text, passage.language, passage.to)
        findings = check_translation(*texts, date=passage.date)
        doubts = doubtful_names(*texts)
        failed = failed or bool(findings)
        name = passage.id or str(number)
        judged = {"id": name, "findings": to_json(findings), "doubts": to_json(doubts)}
        if as_json:
            write_json(judged, lines=True)
            continue
        for finding in finding_lines(judged):
            click.echo(f"{name}: {finding}")
    return CHECK_FAILED if failed else 0


@dataclass(frozen=True, slots=True)
class Passage:
    """A text to check, with the source that it was written from."""

    source: str
    text: str
    language: str
    to: str
    id: str = ""
    date: Date | None = None


def read_passage(line: str) -> Passage:
    """The passage of a line of JSON. ValueError says what is wrong with it."""
    values = json.loads(line)
    required = ("source", "text", "language", "to")
    if not isinstance(values, dict) or not all(isinstance(values.get(name), str) for name in required):
        raise ValueError(f"expected a JSON object with the texts {', '.join(required)}")
    language, to = (declared_language(values[name]) for name in ("language", "to"))
    if language is None or to is None:
        raise ValueError("`language` and `to` must be BCP 47 tags")
    date = values.get("date")
    published = Date.fromisoformat(str(date)[:10]) if date else None
    return Passage(values["source"], values["text"], language, to, str(values.get("id", "")), published)


def _write_lines(lines: Iterable[str], out: Path | None) -> None:
    if out is None:
        for line in lines:
            click.echo(line, nl=False)
        return
    try:
        with out.open("w", encoding="utf-8") as file:
            file.writelines(lines)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written ({error.strerror})") from error


def _read_lines(path: Path) -> list[str]:
    """The lines of a file. U+2028 and similar characters, which JSON may contain raw, do not end a line."""
    return [line.removesuffix("\r") for line in _read_text(path).removesuffix("\n").split("\n")]


def _read_text(path: Path) -> str:
    body = _read_bytes(path)
    if body[:2] == b"\x1f\x8b":
        try:
            body = gzip.decompress(body)
        except (OSError, EOFError) as error:
            raise UsageError(f"{path}: damaged gzip file ({error})") from error
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise UsageError(f"{path}:{line}: not UTF-8 text") from error


def _read_bytes(path: Path) -> bytes:
    if path == _STDIN:
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
