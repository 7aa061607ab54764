"""Options that every command has, and what they become."""

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
    """What the options every command has came to."""

    config_path: Path
    now_text: str | None
    verbose: bool

    def config(self) -> "Config":
        """The config. ConfigError says what is wrong with it."""
        from pipeline.config import load_config

        return load_config(self.config_path)

    def now(self, config: "Config") -> datetime:
        """The moment the command works at; a time without a zone is the newsroom's."""
        if self.now_text is None:
            return datetime.now(UTC)
        try:
            moment = datetime.fromisoformat(self.now_text)
        except ValueError as error:
            raise UsageError(f"--now {self.now_text!r} is no time such as 2026-11-22 or 2026-11-22T08:00") from error
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:  # days before and after it have to be times, too
            raise UsageError(f"--now {self.now_text!r} is no time between the years {FIRST_YEAR} and {LAST_YEAR}")
        return moment if moment.tzinfo else moment.replace(tzinfo=config.zone)

    @contextlib.contextmanager
    def session(self, *, writes: bool = True) -> Iterator["Session"]:
        """A session over the config's store; a writing one holds the lock."""
        from pipeline.run.session import open_session

        config = self.config()
        command = click.get_current_context().info_name or "command"
        with open_session(config, now=self.now(config), track=progress, writes=writes, command=command) as session:
            yield session

    def tell(self, *reports: "Report") -> None:
        """On request, what the stages did; always, what a person has to know."""
        for report in reports:
            if self.verbose:
                counts = ", ".join(f"{number} {name}" for name, number in report.counts.items())
                click.echo(f"{report.stage}: {counts}", err=True)
            for line in (*report.notices, *(report.remarks if self.verbose else ())):
                click.echo(f"{report.stage}: {line}", err=True)


def common(function: Command) -> Command:
    """--config, --now and -v; the command takes them as a Call."""

    @click.option(
        "--config",
        "config_path",
        type=click.Path(path_type=Path),
        default=Path("config.yaml"),
        show_default=True,
        envvar="NEWSLETTER_CONFIG",
        help="The letter's config.",
    )
    @click.option("--now", "now_text", metavar="TIME", help="Work as if it were that time, such as 2026-11-22T08:00.")
    @click.option("-v", "--verbose", is_flag=True, help="Say on stderr what each stage did.")
    @functools.wraps(function)
    def wrapped(config_path: Path, now_text: str | None, verbose: bool, **options: Any) -> Any:
        return function(Call(config_path, now_text, verbose), **options)

    return wrapped  # type: ignore[return-value]


as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON.")


def progress(items: Iterable[Item], label: str, total: int | None = None) -> Iterable[Item]:
    """The items with a progress bar on a terminal; nothing is shown in a pipe."""
    if not sys.stderr.isatty() or not total:
        yield from items
        return
    with click.progressbar(items, length=total, label=label, file=sys.stderr) as shown:
        yield from shown


def write_json(value: Any, *, lines: bool = False) -> None:
    """A value as JSON on stdout: indented, or on one line."""
    text = json.dumps(value, ensure_ascii=False, indent=None if lines else 2)
    click.echo(text)


def report_json(reports: Iterable["Report"], **more: Any) -> None:
    """What stages did, for a script."""
    write_json(
        {"stages": {report.stage: {**report.counts, "notices": list(report.notices)} for report in reports}, **more}
    )
