"""schedule: print a crontab line and systemd units."""

import os
import shlex
import shutil
import sys
from datetime import time
from pathlib import Path

import click

from pipeline.cli.options import Call, common
from pipeline.errors import UsageError

_DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")


@click.command()
@click.option("--day", type=click.Choice(_DAYS), default="Sun", show_default=True, help="The day of the week.")
@click.option("--time", "at", default="07:30", show_default=True, help="The time of day in the newsroom's time zone.")
@click.option("--kind", type=click.Choice(["all", "cron", "systemd"]), default="all", help="Print only this.")
@common
def schedule(call: Call, *, day: str, at: str, kind: str) -> None:
    """Print a crontab line, and a systemd service and timer, for a weekly run. Nothing is installed."""
    config = call.config()
    try:
        moment = time.fromisoformat(at)
    except ValueError as error:
        raise UsageError(f"--time {at!r} is not a time of day; write it as 07:30") from error
    words = [_program(), "run", "--config", str(call.config_path.resolve())]
    if kind in ("all", "cron"):
        click.echo("# crontab -e")
        click.echo("# Debian's cron ignores CRON_TZ and uses the machine's time zone; the systemd timer has its own.")
        click.echo(f"CRON_TZ={config.timezone}")
        # An unescaped percent sign ends the command in a crontab.
        command = " ".join(shlex.quote(word) for word in words).replace("%", "\\%")
        click.echo(f"{moment.minute} {moment.hour} * * {_DAYS.index(day)} {command}")
    if kind == "all":
        click.echo()
    if kind in ("all", "systemd"):
        _systemd(
            config.name, config.timezone, words, call.config_path.resolve().parent, f"{day} *-*-* {moment:%H:%M}:00"
        )


def _program() -> str:
    """The absolute path of the command, as called or next to the Python interpreter. cron and systemd need it."""
    for path in (Path(sys.argv[0]).absolute(), Path(sys.executable).with_name("newsletter")):
        if path.name == "newsletter" and os.access(path, os.X_OK):
            return str(path)
    return shutil.which("newsletter") or "newsletter"


def _systemd(name: str, zone: str, words: list[str], folder: Path, when: str) -> None:
    title = name.replace("%", "%%")
    command = " ".join(_quote(word) for word in words)
    click.echo(f"""# /etc/systemd/system/newsletter.service
[Unit]
Description=The newsletter {title}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory={str(folder).replace("%", "%%")}
ExecStart={command}
# another run holds the lock
SuccessExitStatus=6
TimeoutStartSec=3h

# /etc/systemd/system/newsletter.timer
[Unit]
Description=The newsletter {title}, each week

[Timer]
OnCalendar={when} {zone}
# Run at start-up if the machine was off at the time.
Persistent=true

[Install]
WantedBy=timers.target

# systemctl enable --now newsletter.timer""")


def _quote(word: str) -> str:
    """Quote a word of ExecStart, with % and $ as literals."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if escaped != word or " " in word else word
