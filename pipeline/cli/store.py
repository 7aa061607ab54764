"""store check | backup | repair | vacuum, and prune."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import Call, as_json, common
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.config import Config


@click.group()
def store() -> None:
    """Check, back up, repair and shrink the store."""


def _store_path(config: "Config") -> Path:
    """The store's file; UsageError if there is none."""
    from pipeline.run.session import STORE_FILE

    path = config.state / STORE_FILE
    if not path.exists():
        raise UsageError(f"{path}: there is no store yet; 'newsletter run' creates it")
    return path


@store.command()
@common
def check(call: Call) -> None:
    """Verify every page, index and reference of the store. Exit code 1 if it is damaged."""
    with call.session(writes=False) as session:
        session.store.check()
        click.echo(f"{_store_path(session.config)}: not damaged")


@store.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@common
def backup(call: Call, *, file: Path | None) -> None:
    """Copy the store to FILE, by default next to it with the date in its name. This is safe during a run."""
    config = call.config()
    from pipeline.edges.store.upkeep import back_up

    path = _store_path(config)
    day = call.now(config).astimezone(config.zone).date()
    target = file or path.with_name(f"{path.name}.{day}.backup")
    if file and file.exists():
        raise UsageError(f"{file} exists already; give another name")
    back_up(path, target)
    click.echo(f"{target}: {target.stat().st_size:,} bytes")


@store.command()
@common
def repair(call: Call) -> None:
    """Recover the records of a damaged store into a new one and keep the damaged file."""
    config = call.config()
    from pipeline.edges.lock import hold_lock
    from pipeline.edges.store.upkeep import repair as repair_store

    path = _store_path(config)
    with hold_lock(config.state, "store repair"):
        repaired = repair_store(path)
    if repaired.aside is None:
        click.echo(f"{path}: not damaged; nothing was changed")
        return
    if repaired.backup:
        click.echo(f"{path}: unreadable; restored from {repaired.backup}")
    else:
        rows = ", ".join(f"{number:,} {name}" for name, number in repaired.saved.items() if number)
        click.echo(f"{path}: recovered {rows or 'nothing; it is now empty, and the next run fetches everything'}")
    if repaired.damaged:
        click.echo(f"  recovered in part: {', '.join(repaired.damaged)}")
    click.echo(f"  the damaged file is now {repaired.aside}")


@store.command()
@common
def vacuum(call: Call) -> None:
    """Return the space of deleted records to the disk."""
    config = call.config()
    from pipeline.edges.lock import hold_lock
    from pipeline.edges.store.upkeep import vacuum as vacuum_store

    path = _store_path(config)
    with hold_lock(config.state, "store vacuum"):
        before, after = vacuum_store(path)
    click.echo(f"{path}: {before:,} bytes before, {after:,} after")


@click.command()
@click.option("--days", type=click.IntRange(min=1), help="How many days to keep; by default keep_days in the config.")
@as_json
@common
def prune(call: Call, *, days: int | None, as_json: bool) -> None:
    """Delete old records from the store, except those that an issue refers to."""
    with call.session() as session:
        from pipeline.run.prune import prune as prune_store

        report = prune_store(session, days or session.config.keep_days)
    call.output(report, as_json=as_json)
