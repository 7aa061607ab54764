"""newsletter schedule: cron and systemd accept its output."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.letters import Command, Letter


def test_schedule_prints_a_crontab_line_and_systemd_units(newsletter: Command, letter: Letter) -> None:
    """In the newsroom's time zone, with absolute paths and escaped special characters."""
    odd = letter.folder / "a 100% $letter"
    odd.mkdir()
    config = odd / "config.yaml"
    config.write_bytes(letter.config.read_bytes())
    done = newsletter("schedule", "--config", config, "--day", "Fri", "--time", "18:05")
    assert done.code == 0
    lines = done.out.splitlines()
    assert "CRON_TZ=Asia/Hong_Kong" in lines
    (cron,) = [line for line in lines if line.startswith("5 18 * * 5 ")]
    assert cron.endswith(f"run --config '{str(config).replace('%', chr(92) + '%')}'")
    assert "OnCalendar=Fri *-*-* 18:05:00 Asia/Hong_Kong" in lines
    assert "Persistent=true" in lines
    (start,) = [line for line in lines if line.startswith("ExecStart=")]
    assert start.endswith(f'run --config "{str(config).replace("%", "%%").replace("$", "$$")}"')
    assert newsletter("schedule", "--config", config, "--time", "noon").code == 2


def units(newsletter: Command, config: Path, folder: Path) -> list[Path]:
    """Write the printed units to files."""
    output = newsletter("schedule", "--config", config, "--kind", "systemd").out
    parts = re.split(r"^# /etc/systemd/system/(\S+)$", output, flags=re.MULTILINE)
    found = [folder / name for name in parts[1::2]]
    for path, text in zip(found, parts[2::2], strict=True):
        path.write_text(text, encoding="utf-8")
    return found


def test_systemd_accepts_the_units(newsletter: Command, letter: Letter, tmp_path: Path) -> None:
    """systemd-analyze finds no fault, even if the folder's name has spaces and systemd's special characters."""
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is missing")
    folder = tmp_path / "a 100% $letter"
    folder.mkdir()
    shutil.copy(letter.config, folder / "config.yaml")
    found = units(newsletter, folder / "config.yaml", tmp_path)
    assert [path.name for path in found] == ["newsletter.service", "newsletter.timer"]
    done = subprocess.run([verify, "verify", *map(str, found)], capture_output=True, text=True, check=False)
    if "Failed to initialize manager" in done.stderr:
        pytest.skip("systemd-analyze does not work here")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_printed_command_runs(newsletter: Command, letter: Letter) -> None:
    """cron's shell splits the crontab line into a command that accepts the config."""
    output = newsletter("schedule", "--config", letter.config, "--kind", "cron").out
    line = output.splitlines()[-1].replace("\\%", "%")
    command = line.split(None, 5)[5]
    words = subprocess.run(
        ["sh", "-c", f"printf '%s\\n' {command}"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert words[1:] == ["run", "--config", str(letter.config)]
    assert newsletter(*words[1:], "--now", "2026-11-22T08:00").code == 0
