"""The container, compose and workflow files of examples/ fit the project."""

import json
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from pipeline.cli import newsletter
from tests.programs import skip_or_fail

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "examples" / "container"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
WORKFLOW: dict[Any, Any] = yaml.safe_load((FOLDER / "workflow.yaml").read_text(encoding="utf-8"))


def instructions() -> list[tuple[str, str]]:
    """The Containerfile's instructions with their arguments."""
    text = re.sub(r"^#.*\n", "", (FOLDER / "Containerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines) if name]


def arguments(name: str) -> list[str]:
    """The arguments of each instruction of this name."""
    return [rest for found, rest in instructions() if found == name]


def assert_runs(command: list[str]) -> None:
    """The command line is one that the program takes."""
    group: click.Command = newsletter
    context = click.Context(newsletter, info_name="newsletter")
    while isinstance(group, click.Group):
        found = group.get_command(context, command[0])
        assert found is not None, command
        context, group, command = click.Context(found, parent=context), found, command[1:]
    group.make_context("newsletter", command)


def test_what_the_containerfile_copies_exists() -> None:
    """Each source of a COPY out of the checkout exists, and the parts of the package are among them."""
    copied = [source for rest in arguments("COPY") if "--from" not in rest for source in rest.split()[:-1]]
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert {"pyproject.toml", "constraints.txt", "README.md", "LICENSE", "pipeline", "templates"} <= set(copied)


def test_the_container_runs_as_a_user_with_volumes_and_a_health_check() -> None:
    """The last user is not root, owns what the volumes cover, and health is what `newsletter status --health` says."""
    assert arguments("USER") == ["$UID"]
    assert arguments("ARG") == ["UID=1000"]
    made = next(rest for rest in arguments("RUN") if "useradd" in rest)
    for volume in json.loads(arguments("VOLUME")[0]):
        assert volume in made
    command = json.loads(arguments("HEALTHCHECK")[0].partition("CMD ")[2])
    assert command == ["newsletter", "status", "--health"]
    assert_runs(command[1:])
    assert_runs(json.loads(arguments("CMD")[0]))


@pytest.mark.parametrize(
    "command",
    [
        ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"],
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", "workflow.yaml"],
        ["hadolint", "--failure-threshold", "style", "Containerfile"],
    ],
    ids=lambda command: command[-1],
)
def test_a_linter_finds_nothing(command: list[str]) -> None:
    """The schemas of compose files and of workflows, and hadolint's rules."""
    linter = Path(sys.executable).with_name(command[0])
    if not linter.exists():
        skip_or_fail(command[0], "pip install --editable '.[test]'")
    done = subprocess.run([linter, *command[1:]], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) in ((0, ""), (0, "ok -- validation done\n"))


def test_the_compose_file_starts_the_desk_and_a_weekly_run() -> None:
    """Both services build the Containerfile, keep state and outbox, and the desk is reached from this machine only."""
    desk, weekly = COMPOSE["services"]["desk"], COMPOSE["services"]["weekly"]
    for service in (desk, weekly):
        assert (FOLDER / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
        mounts = dict(mount.split(":") for mount in service["volumes"])
        assert set(COMPOSE["volumes"]) < set(mounts)
        assert set(json.loads(arguments("VOLUME")[0])) < set(mounts.values())
    assert_runs(desk["command"])
    assert desk["ports"] == ["127.0.0.1:8470:8470"]
    assert any(rest.endswith(f"/usr/local/bin/{weekly['entrypoint'][0]}") for rest in arguments("COPY"))


def test_the_workflow_runs_commands_that_exist() -> None:
    """Each step is an action with a version or a command; those of the newsletter are ones that the program takes."""
    steps = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
    for step in steps:
        assert ("uses" in step) != ("run" in step)
        assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step.get("uses", "actions/any@v1"))
    commands = [shlex.split(step["run"].partition(" ||")[0]) for step in steps if "run" in step]
    ours = [command[1:] for command in commands if command[0] == "newsletter"]
    assert [command[0] for command in ours] == ["fetch", "run", "store"]
    for command in ours:
        assert_runs(command)


def test_each_time_of_the_workflow_is_known_to_its_condition() -> None:
    """The weekly build asks for one of the times that start the workflow."""
    times = [entry["cron"] for entry in WORKFLOW[True]["schedule"]]  # YAML 1.1 reads `on` as true
    asked = re.findall(r"schedule == '([^']+)'", WORKFLOW["jobs"]["build"]["env"]["WEEKLY"])
    assert len(asked) == 1
    assert asked[0] in times


@pytest.mark.parametrize("ahead", [timedelta(hours=-2), timedelta(hours=2)], ids=["time over", "time ahead"])
def test_the_weekly_script_sleeps_until_the_next_day_and_time(ahead: timedelta, tmp_path: Path) -> None:
    """It sleeps until the day and time come next, runs the newsletter, and goes on after a failure."""
    calls = tmp_path / "calls"
    now = datetime.now(UTC)
    target = (now + ahead).replace(second=0, microsecond=0)
    for name, lines in {
        "sleep": f'echo "sleep $1" >> {calls}; [ $(grep -c sleep {calls}) -lt 2 ]',
        "newsletter": f'echo "newsletter $*" >> {calls}; exit 5',
    }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        ["sh", FOLDER / "weekly.sh", f"{target:%A}", f"{target:%H:%M}"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    first, second, third = calls.read_text(encoding="utf-8").splitlines()
    expected = target if target > now else target + timedelta(days=7)
    assert abs((now + timedelta(seconds=int(first.split()[1]))) - expected) < timedelta(minutes=1)
    assert (second, third.split()[0]) == ("newsletter run", "sleep")
    assert "exit code 5" in done.stderr
