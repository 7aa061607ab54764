"""sources list | add | remove | check | import | export."""

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.options import Call, as_json, common, write_json
from pipeline.errors import RecordError, UsageError
from pipeline.records import SOURCE_KINDS, Source

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.run.sources.inspect import Inspection

_FILE = click.Path(path_type=Path, dir_okay=False)
_SITE = re.compile(r"(?:[\w-]+\.)+[^\W\d_][\w-]+(?::\d+)?(?:/\S*)?")  # techcrunch.com, or a page of it


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
@click.option("--name", help="The source's name; by default the title of the feed, or the name of the folder.")
@click.option(
    "--kind",
    type=click.Choice(list(SOURCE_KINDS)),
    help="By default mailbox for imaps:// and a Maildir, folder for another folder, else feed.",
)
@click.option("--outlet", help="The outlet named in the credit of its stories.")
@click.option("--language", help="The language of most of its stories, such as zh-Hant.")
@click.option("--weight", type=float, default=1.0, help="How much its stories count.")
@common
def add(call: Call, *, location: str, name: str | None, kind: str | None, **options: Any) -> None:
    """Add the source at LOCATION, an address, a site or a path, to the config. Comments are kept.

    An address is requested, to find the feed of a site and the title of the feed; --name and --kind together keep it
    as it is.
    """
    from pipeline.edges.sources_file import add_source

    config = call.config()  # reports the problems of the config before it is changed
    source = _new_source(call, config, location, name, kind)
    source = replace(
        source,
        outlet=options["outlet"] or source.name,
        language=options["language"] or source.language,
        weight=options["weight"],
    )
    before = call.config_path.read_bytes()
    line = add_source(call.config_path, source)
    try:
        call.config()
    except Exception:
        call.config_path.write_bytes(before)
        raise
    click.echo(f"{call.config_path}:{line}: added {source.name}, a {source.kind}: {source.location}")
    _ask_for_login(source)


def _new_source(call: Call, config: "Config", location: str, name: str | None, kind: str | None) -> Source:
    """The source at a location: a path, or an address with what is found there."""
    path = call.config_path.parent / location
    is_local = path.exists() or kind in ("folder", "mailbox", "warc") or not _SITE.fullmatch(location)
    if "://" not in location and is_local:
        if kind is None and not path.exists():
            raise UsageError(f"{location} is no file or folder here; an address begins with https:// or http://")
        name = name or Path(location).stem or location
        return Source(name, kind or _kind_of_path(path), location, outlet=name)
    from urllib.parse import urlsplit

    from pipeline.text.links import login_header, login_variable

    location, login = _without_login(location)
    if kind == "mailbox" or location.lower().startswith("imaps://"):
        name = name or urlsplit(location).hostname or location
        account = [f"${{{login_variable(location, what)}:-}}" for what in ("login", "password")]
        return Source(name, "mailbox", location, outlet=name, login=account[0], password=account[1])
    found = None if login or (name and kind) else _look(call, config, location)
    if found is not None and kind in (None, found.kind):
        name = name or found.title
        kind, location = found.kind, found.location
    name = name or urlsplit(location).hostname or location
    language = found.language if found else None
    return Source(name, kind or "feed", location, outlet=name, language=language, headers=login_header(location, login))


def _without_login(address: str) -> tuple[str, str]:
    """The address, and the user and password in it. UsageError for what is no address."""
    from pipeline.text.links import split_login

    try:
        return split_login(address)
    except ValueError as error:
        raise UsageError("the location is not an address: its host cannot be read") from error


def _kind_of_path(path: Path) -> str:
    if (path / "cur").is_dir() and (path / "new").is_dir():
        return "mailbox"
    return "folder" if path.is_dir() else "feed"


def _look(call: Call, config: "Config", location: str) -> "Inspection | None":
    """What is at the address; None, with a warning, for a whole address that does not answer now."""
    from pipeline.run.sources.inspect import inspect_address

    try:
        return inspect_address(config, location, now=call.now(config))
    except RecordError as error:
        if "://" not in location:
            raise UsageError(f"{location} is neither a file here nor a site that answers: {error}") from error
        click.echo(f"{location}: added as it is, for it could not be read: {error}", err=True)
        return None


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
    """Request all sources, or only NAMES, and report the results; nothing is stored. Exit code 4 when too many fail.

    A name may be an address or a site: its feed is described, with the line that makes it a source.
    """
    config = call.config()
    from pipeline.records import to_json
    from pipeline.run.session import ISSUE, ISSUE_THIN
    from pipeline.run.sources.probe import probe_sources

    known = {source.name: source for source in config.sources}
    addresses = [name for name in names if name not in known and ("://" in name or _SITE.fullmatch(name))]
    for address in addresses:
        _describe(call, config, address, as_json=as_json)
    names = tuple(name for name in names if name not in addresses)
    if addresses and not names:
        return ISSUE
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


def _describe(call: Call, config: "Config", address: str, *, as_json: bool) -> None:
    """Print what an editor needs to know of an address."""
    from pipeline.records import to_json
    from pipeline.run.sources.inspect import config_line, inspect_address

    address, login = _without_login(address)
    if login:
        raise UsageError(f"{address} was given with a login: add it with 'newsletter sources add', and check its name")
    try:
        found = inspect_address(config, address, now=call.now(config))
    except RecordError as error:
        hint = "; give it as a source with headers:, and check the source's name" if "401" in error.reason else ""
        raise UsageError(f"{address} cannot be read: {error}{hint}") from error
    if as_json:
        write_json(to_json(found))
        return
    click.echo(f"{found.kind + ':':<10}{found.location}")
    click.echo(f"title:    {found.title or 'none'}")
    click.echo(f"language: {found.language or 'unknown'}")
    click.echo(f"items:    {found.items:,}")
    click.echo(f"newest:   {found.newest:%Y-%m-%d %H:%M} UTC" if found.newest else "newest:   none is dated")
    click.echo(f"text:     {found.text}")
    click.echo(f"odd:      {'; '.join(found.notes) or 'nothing'}")
    click.echo(f"config:   {config_line(found)}")


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
    for source in added:
        _ask_for_login(source)


def _ask_for_login(source: Source) -> None:
    """Say which variable has to have the login of a source; the login itself is in no file."""
    asked = [(value, "user:password") for value in source.headers.values()]
    asked += [(source.login or "", "the account"), (source.password or "", "its password")]
    for value, meaning in asked:
        if variable := value.partition("${")[2].partition(":")[0]:
            click.echo(f"{source.name}: set {variable} to {meaning} in the environment; the config does not hold it")


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
