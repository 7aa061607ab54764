"""The desk's scripts: formatted, linted, without import cycles, with short functions, files and lines."""

import subprocess

import pytest

from tests.desk.desks import ROOT
from tests.programs import package

SCRIPTS = sorted((ROOT / "pipeline" / "desk" / "static").glob("*.js"))
MAX_LINE = 120
MAX_LINES = 400


@pytest.mark.node
def test_biome_finds_nothing() -> None:
    """biome.json has the rules; `tests/node/node_modules/.bin/biome check --write` fixes what it can."""
    biome = package("@biomejs/biome") / "bin" / "biome"
    done = subprocess.run(
        ["node", biome, "ci", "--error-on-warnings", "--colors=off", "--reporter=github"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_lines_and_files_are_short() -> None:
    """The formatter does not break long texts, and no rule counts a file's lines."""
    assert SCRIPTS
    for script in SCRIPTS:
        lines = script.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= MAX_LINES, script.name
        too_long = [number for number, line in enumerate(lines, 1) if len(line) > MAX_LINE]
        assert not too_long, f"{script.name}: lines {too_long}"
