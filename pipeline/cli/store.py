"""store check | backup | repair | vacuum, and prune: the care of what is kept."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import Call, as_json, common, report_json
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.config import Config


@click.group()
def store() -> None:
    """Check, back up, repair and shrink the store."""


def _path(config: "Config") -> Path:
    from pipeline.run.session import STORE_FILE

    path = config.state / STORE_FILE
    if not path.exists():
        raise UsageError(f"{path}: there is no store yet; 'newsletter run' makes it")
    return path


@store.command()
@common
def check(call: Call) -> None:
    """Hold every page, index and reference of the store against each other. Exit code 1 where it is damaged."""
    with call.session(writes=False) as session:
        session.store.check()
        click.echo(f"{_path(session.config)}: whole")


@store.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@common
def backup(call: Call, *, file: Path | None) -> None:
    """Write a whole copy of the store to FILE (by default beside it, with the date); a run may be at work."""
    config = call.config()
    from pipeline.edges.store.upkeep import back_up

    path = _path(config)
    day = call.now(config).astimezone(config.zone).date()
    target = file or path.with_name(f"{path.name}.{day}.backup")
    if file and file.exists():
        raise UsageError(f"{file}: is there already; give another name")
    back_up(path, target)
    click.echo(f"{target}: {target.stat().st_size:,} bytes")


@store.command()
@common
def repair(call: Call) -> None:
    """Save what a damaged store holds into a new one; the old file is put aside."""
    config = call.config()
    from pipeline.edges.lock import hold_lock
    from pipeline.edges.store.upkeep import repair as repair_store

    path = _path(config)
    with hold_lock(config.state, "store repair"):
        repaired = repair_store(path)
    if repaired.aside is None:
        click.echo(f"{path}: whole; nothing was changed")
        return
    if repaired.backup:
        click.echo(f"{path}: nothing of it could be read; {repaired.backup} stands in its place")
    else:
        rows = ", ".join(f"{number:,} {name}" for name, number in repaired.saved.items() if number)
        click.echo(f"{path}: saved {rows or 'nothing; it is empty now, and the next run fetches anew'}")
    if repaired.damaged:
        click.echo(f"  not read to their end: {', '.join(repaired.damaged)}")
    click.echo(f"  the damaged file is {repaired.aside}")


@store.command()
@common
def vacuum(call: Call) -> None:
    """Give the space of what was deleted back to the disk."""
    config = call.config()
    from pipeline.edges.lock import hold_lock
    from pipeline.edges.store.upkeep import vacuum as vacuum_store

    path = _path(config)
    with hold_lock(config.state, "store vacuum"):
        before, after = vacuum_store(path)
    click.echo(f"{path}: {before:,} bytes before, {after:,} after")


@click.command()
@click.option("--days", type=click.IntRange(min=1), help="How many days are kept; by default keep_days of the config.")
@as_json
@common
def prune(call: Call, *, days: int | None, as_json: bool) -> None:
    """Delete from the store what is old; never what an issue refers to."""
    with call.session() as session:
        from pipeline.run.prune import prune as prune_store

        report = prune_store(session, days or session.config.keep_days)
    report_json([report]) if as_json else call.tell(report)
