"""init: create a newsletter."""

import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import progress

if TYPE_CHECKING:
    from pipeline.edges.scaffold import Description

_ADVICE = """\
Stories are chosen by how near they are to a description of the letter. A slogan does not work. A sober paragraph and
some ten headlines do, as a newspaper would print them, with names of firms, people and places in both.
Press Enter to skip a question; the config then has an example that you can change later."""
_PLACEHOLDERS = """\
  1. Replace the placeholders in config.yaml: the desk's lines with example.org, "Your name", "Your city" and "Your
     street". Readers would see them, so the checks keep an issue that has one from being approved."""
_DESCRIBE = """\
     Describe the letter under about: sober sentences and headlines with names, no slogan. Write your sources there or
     add them with 'newsletter sources add ADDRESS'."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", help="The newsletter's name; by default # and the folder's name.")
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="TAG",
    help="The language of an edition, en by default; several times.",
)
@click.option("--about", default="", help="What it is about: a paragraph in sober sentences with names, no slogan.")
@click.option("--headline", "headlines", multiple=True, help="A headline that it would like to print; several times.")
@click.option("--place", "places", multiple=True, help="A place that its stories are about; several times.")
@click.option("--firm", "firms", multiple=True, help="A firm that its stories are about; several times.")
@click.option("--source", "feeds", multiple=True, help="The address or path of a feed; several times.")
@click.option("--yes", is_flag=True, help="Ask no questions. Without a terminal none are asked either.")
@click.option(
    "--show/--no-show",
    default=None,
    help="Fetch the sources and show what would be chosen; by default if questions are asked.",
)
def init(*, folder: Path, name: str | None, yes: bool, show: bool | None, **options: str | tuple[str, ...]) -> None:
    """Create a newsletter in FOLDER: a commented config.yaml and its schema, templates/, letters/ and outbox/.

    Existing files are kept.
    """
    from pipeline.config.schema import config_schema
    from pipeline.edges.scaffold import Description, create_letter
    from pipeline.records import About

    asks = sys.stdin.isatty() and not yes
    options = {"name": name or "", **options}
    given = {key: value for key, value in options.items() if value}
    answers = {**options, **(_ask(given) if asks else {})}
    description = Description(
        About(str(answers["about"]), tuple(answers["headlines"])),
        tuple(answers["places"]),
        tuple(answers["firms"]),
        tuple(answers["feeds"]),
        tuple(answers["languages"]),
    )
    schema = json.dumps(config_schema(), ensure_ascii=False, indent=1)
    written = create_letter(folder, name=str(answers["name"]) or None, description=description, schema=schema)
    click.echo(f"{folder}: wrote {len(written)} files")
    if asks if show is None else show:
        _show_choice(folder / "config.yaml")
    _print_next_steps(folder, description)


def _ask(given: dict[str, str | tuple[str, ...]]) -> dict[str, str | tuple[str, ...]]:
    """Ask for what the options do not give."""
    questions: dict[str, Callable[[], str | tuple[str, ...]]] = {
        "name": lambda: _ask_line("Its name; by default the folder's"),
        "languages": lambda: _ask_names("The languages of its editions, with commas, such as en, de; en by default"),
        "about": lambda: _ask_line("What is the letter about?"),
        "headlines": lambda: _ask_lines("A headline it would like to print"),
        "places": lambda: _ask_names("Places its stories are about, with commas; none for anywhere"),
        "firms": lambda: _ask_names("Firms its stories are about, with commas"),
        "feeds": lambda: _ask_lines("The address of a feed"),
    }
    click.echo(_ADVICE)
    return {name: question() for name, question in questions.items() if name not in given}


def _ask_line(question: str) -> str:
    return str(click.prompt(question, default="", show_default=False)).strip()


def _ask_lines(question: str) -> tuple[str, ...]:
    lines: list[str] = []
    while line := _ask_line(f"{question} ({len(lines) + 1}; Enter to go on)"):
        lines.append(line)
    return tuple(lines)


def _ask_names(question: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in _ask_line(question).split(",") if name.strip())


def _show_choice(config_path: Path) -> None:
    """Fetch the sources and print what would be in an issue now; nothing is kept."""
    from dataclasses import replace
    from datetime import UTC, datetime

    from pipeline.config import load_config
    from pipeline.run.dry_run import open_dry_run
    from pipeline.run.fetch import answered_sources
    from pipeline.run.status import collect_status, format_issue
    from pipeline.run.weekly import propose

    config = load_config(config_path)
    minimum = config.select.minimum
    config = config.model_copy(update={"select": replace(config.select, minimum=1)})
    click.echo(f"Fetching {len(config.sources)} sources to show what would be chosen now …")
    with open_dry_run(config, now=datetime.now(UTC), track=progress) as session:
        reports = propose(session)
        answered, failed = answered_sources(session)
        status = collect_status(session.config, session.now)
        chosen = max(report.counts.get("slots", 0) for report in reports)
    if not answered:
        click.echo("No source answered: is this machine offline? 'newsletter run --dry-run' shows the choice later.")
        return
    for name in failed:
        click.echo(f"{name}: did not answer; see 'newsletter sources check'")
    for notice in reports[-1].notices:
        click.echo(notice)
    click.echo("\n".join(format_issue(status)))
    if chosen < minimum:
        click.echo(f"An issue needs {minimum} stories: add sources, or describe the letter in more words.")


def _print_next_steps(folder: Path, description: "Description") -> None:
    is_described = description.about.text or description.about.headlines
    here = "" if folder == Path() else f"cd {shlex.quote(str(folder))} && "
    click.echo(f"Next:\n{_PLACEHOLDERS}")
    if not is_described:
        click.echo(_DESCRIBE)
    click.echo(f"  2. {here}newsletter run -v      makes this week's issue")
    click.echo("  3. newsletter preview       opens the desk, where you edit and approve it")
