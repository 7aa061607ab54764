"""Options and output that the commands share."""

import contextlib
import functools
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.run.session import Report, Session

FIRST_YEAR, LAST_YEAR = 1970, 9000

Item = TypeVar("Item")
Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Call:
    """The values of the options that every command takes."""

    config_path: Path
    now_text: str | None
    verbose: bool

    def config(self) -> "Config":
        """Load the config, or raise ConfigError."""
        from pipeline.config import load_config

        return load_config(self.config_path)

    def now(self, config: "Config") -> datetime:
        """The time the command works at. A time without a zone is in the newsroom's time zone."""
        if self.now_text is None:
            return datetime.now(UTC)
        try:
            moment = datetime.fromisoformat(self.now_text)
        except ValueError as error:
            raise UsageError(
                f"--now {self.now_text!r} is not a time; write it as 2026-11-22 or 2026-11-22T08:00"
            ) from error
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:  # leaves room to add and subtract days
            raise UsageError(f"--now {self.now_text!r} is not between the years {FIRST_YEAR} and {LAST_YEAR}")
        return moment if moment.tzinfo else moment.replace(tzinfo=config.zone)

    @contextlib.contextmanager
    def session(self, *, writes: bool = True) -> Iterator["Session"]:
        """Open a session over the config's store. With `writes` it holds the lock."""
        from pipeline.run.session import open_session

        config = self.config()
        command = click.get_current_context().info_name or "command"
        with open_session(config, now=self.now(config), track=progress, writes=writes, command=command) as session:
            yield session

    def output(self, report: "Report", *, as_json: bool = False, says_done: bool = False) -> None:
        """Print a stage's report: as JSON on stdout, or as text on stderr.

        `says_done`: print its remarks on stdout also without --verbose, for a command that is called by hand.
        """
        if as_json:
            write_json(reports_as_json([report]))
            return
        self.print_reports([report])
        for line in report.remarks if says_done and not self.verbose else ():
            click.echo(line)

    def print_reports(self, reports: Iterable["Report"]) -> None:
        """Print the notices of the reports on stderr, and with --verbose their counts and remarks."""
        for report in reports:
            if self.verbose:
                counts = ", ".join(f"{number} {name}" for name, number in report.counts.items())
                click.echo(f"{report.stage}: {counts}", err=True)
            for line in (*report.notices, *(report.remarks if self.verbose else ())):
                click.echo(f"{report.stage}: {line}", err=True)


def common(function: Command) -> Command:
    """Add --config, --now and -v to a command, which receives them as a Call."""

    @click.option(
        "--config",
        "config_path",
        type=click.Path(path_type=Path),
        default=Path("config.yaml"),
        show_default=True,
        envvar="NEWSLETTER_CONFIG",
        help="The config file.",
    )
    @click.option("--now", "now_text", metavar="TIME", help="Work as if it were TIME, such as 2026-11-22T08:00.")
    @click.option("-v", "--verbose", is_flag=True, help="Print on stderr what each stage did.")
    @functools.wraps(function)
    def wrapped(config_path: Path, now_text: str | None, verbose: bool, **options: Any) -> Any:
        return function(Call(config_path, now_text, verbose), **options)

    return wrapped  # type: ignore[return-value]


as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON.")


def progress(items: Iterable[Item], label: str, total: int | None = None) -> Iterable[Item]:
    """Yield the items and show a progress bar if stderr is a terminal."""
    if not sys.stderr.isatty() or not total:
        yield from items
        return
    with click.progressbar(items, length=total, label=label, file=sys.stderr) as shown:
        yield from shown


def write_json(value: Any, *, lines: bool = False) -> None:
    """Print a value as JSON on stdout: indented, or with `lines` on one line."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=None if lines else 2))


def reports_as_json(reports: Iterable["Report"]) -> dict[str, Any]:
    """The counts and notices of each stage."""
    return {"stages": {report.stage: {**report.counts, "notices": list(report.notices)} for report in reports}}
