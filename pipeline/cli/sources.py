"""sources list | add | remove | check | import | export."""

import sys
from pathlib import Path
from typing import Any

import click

from pipeline.cli.options import Call, as_json, common, write_json
from pipeline.errors import UsageError
from pipeline.records import SOURCE_KINDS, Source

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def sources() -> None:
    """List, add, remove, check, import and export the sources of a letter."""


@sources.command("list")
@as_json
@common
def list_(call: Call, *, as_json: bool) -> None:
    """List the sources of the config, with disabled ones."""
    from pipeline.records import to_json

    found = call.config().sources
    if as_json:
        write_json(to_json(found))
        return
    for source in found:
        notes = [source.language or "", f"weight {source.weight:g}" if source.weight != 1 else ""]
        notes += ["" if source.enabled else "disabled"]
        details = ", ".join(note for note in notes if note)
        click.echo(f"{source.name}: {source.kind} {source.location}" + (f" ({details})" if details else ""))


@sources.command()
@click.argument("location")
@click.option("--name", help="The source's name; by default the name of the host or the folder.")
@click.option(
    "--kind", type=click.Choice(list(SOURCE_KINDS)), help="By default folder where LOCATION is a folder, else feed."
)
@click.option("--outlet", help="The outlet named in the credit of its stories.")
@click.option("--language", help="The language of most of its stories, such as zh-Hant.")
@click.option("--weight", type=float, default=1.0, help="How much its stories count.")
@common
def add(call: Call, *, location: str, name: str | None, kind: str | None, **options: Any) -> None:
    """Add the source at LOCATION, an address or a path, to the config. Comments are kept."""
    from urllib.parse import urlsplit

    from pipeline.edges.sources_file import add_source

    call.config()  # reports the problems of the config before it is changed
    is_folder = "://" not in location and (call.config_path.parent / location).is_dir()
    name = name or (urlsplit(location).hostname if "://" in location else Path(location).stem) or location
    source = Source(
        name=name,
        kind=kind or ("folder" if is_folder else "feed"),
        location=location,
        outlet=options["outlet"] or name,
        language=options["language"],
        weight=options["weight"],
    )
    before = call.config_path.read_bytes()
    line = add_source(call.config_path, source)
    try:
        call.config()
    except Exception:
        call.config_path.write_bytes(before)
        raise
    click.echo(f"{call.config_path}:{line}: added {name}")


@sources.command()
@click.argument("name")
@common
def remove(call: Call, *, name: str) -> None:
    """Remove the source NAME from the config. Its stories stay in the store."""
    from pipeline.edges.sources_file import remove_source

    removed = remove_source(call.config_path, name)
    click.echo(f"{call.config_path}: removed {removed.name} ({removed.location})")


@sources.command()
@click.argument("names", nargs=-1)
@as_json
@common
def check(call: Call, *, names: tuple[str, ...], as_json: bool) -> int:
    """Request all sources, or only NAMES, and report the results; nothing is stored. Exit code 4 when too many fail."""
    config = call.config()
    from pipeline.records import to_json
    from pipeline.run.session import ISSUE, ISSUE_THIN
    from pipeline.run.sources.probe import probe_sources

    known = {source.name: source for source in config.sources}
    for name in names:
        if name not in known:
            raise UsageError(f"{call.config_path}: there is no source {name!r}; see 'newsletter sources list'")
    asked = [source for source in known.values() if (source.name in names) or (not names and source.enabled)]
    results = probe_sources(config, asked, now=call.now(config))
    if as_json:
        write_json(to_json(results))
    else:
        for result in results:
            moved = f"; has moved to {result.moved_to}" if result.moved_to else ""
            click.echo(f"{'ok  ' if result.ok else 'FAIL'} {result.source}: {result.said}{moved}")
    failed = sum(not result.ok for result in results)
    return ISSUE_THIN if failed > config.fetch.tolerance * len(results) else ISSUE


@sources.command("import")
@click.argument("file", type=_FILE)
@common
def import_(call: Call, *, file: Path) -> None:
    """Add the feeds of an OPML FILE to the config, except those it already has."""
    from pipeline.edges.opml import import_opml
    from pipeline.edges.sources_file import add_sources

    try:
        body = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror})") from error
    found = import_opml(body)
    added = add_sources(call.config_path, found)
    click.echo(f"{call.config_path}: added {len(added)} of {len(found)} sources")


@sources.command()
@click.argument("file", type=_FILE, required=False)
@common
def export(call: Call, *, file: Path | None) -> None:
    """Write the feeds of the config as OPML to FILE, or to standard output."""
    from pipeline.edges.opml import export_opml

    config = call.config()
    body = export_opml(config.sources, config.name)
    if file is None:
        sys.stdout.buffer.write(body)
        return
    try:
        file.write_bytes(body)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror})") from error
