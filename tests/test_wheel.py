"""The wheel stands alone: built and installed into an empty environment, it makes a letter."""

import re
import subprocess
import sys
import sysconfig
import urllib.request
import venv
from pathlib import Path

import pytest
import yaml

from tests.letters import ITEMS, NOW, feed

ROOT = Path(__file__).resolve().parents[1]
FILL_IN = re.compile("placeholder|fill it in")  # what the starter leaves to its editor


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a fresh shell does."""
    return subprocess.run([*map(str, command)], cwd=cwd, env=environ(cwd), capture_output=True, text=True, check=False)


def environ(home: Path) -> dict[str, str]:
    """The environment of a fresh shell: no PYTHONPATH leads to the checkout."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8"}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command in an environment that has the wheel, and beside it the packages that are installed here."""
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    assert built.returncode == 0, built.stderr
    venv.create(folder / "env", with_pip=False, symlinks=True)
    packages = next((folder / "env" / "lib").glob("python*/site-packages"))
    pip = (sys.executable, "-m", "pip", "--python", folder / "env" / "bin" / "python")
    done = run(*pip, "install", "--no-deps", "--no-index", *folder.glob("*.whl"), cwd=folder)
    assert done.returncode == 0, done.stderr
    # Only paths: the .pth file of the editable install, which adds the checkout, is not read.
    (packages / "shared.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "env" / "bin" / "newsletter"


def test_an_installed_wheel_makes_a_letter(program: Path, tmp_path: Path) -> None:
    """`init`, a run on a local feed, the gate and the desk work without the checkout."""
    where = run(program.with_name("python"), "-c", "import pipeline; print(pipeline.__file__)", cwd=tmp_path)
    assert Path(where.stdout.strip()).is_relative_to(program.parents[1])
    options = []
    for number, item in enumerate(ITEMS):
        path = tmp_path / f"{number}.xml"
        path.write_text(feed(f"outlet{number}.example", [item]), encoding="utf-8")
        options += ["--source", str(path)]
    letter = tmp_path / "letter"
    created = run(program, "init", letter, "--yes", *options, cwd=tmp_path)
    assert created.returncode == 0, created.stderr
    config = yaml.safe_load((letter / "config.yaml").read_text(encoding="utf-8"))
    kept = {key: value for key, value in config.items() if key not in ("about", "topics")}  # any subject
    (letter / "config.yaml").write_text(yaml.safe_dump(kept), encoding="utf-8")
    made = run(program, "run", "--now", NOW, cwd=letter)
    gate = run(program, "check", "--now", NOW, cwd=letter)
    assert (made.returncode, gate.returncode) == (5, 5), made.stderr + gate.stderr
    errors = [line for line in made.stderr.splitlines() if " error: " in line]
    assert errors
    assert [line for line in errors if not FILL_IN.search(line)] == []
    assert b"<html" in desk_page(program, letter)


def desk_page(program: Path, letter: Path) -> bytes:
    """Start the desk on a free port and return the page at the address that it prints."""
    command = [str(program), "preview", "--no-open", "--port", "0", "--now", NOW]
    with subprocess.Popen(command, cwd=letter, env=environ(letter), stdout=subprocess.PIPE, text=True) as desk:
        try:
            assert desk.stdout is not None
            address = next(word for line in desk.stdout for word in line.split() if word.startswith("http://"))
            with urllib.request.urlopen(address.rstrip("."), timeout=20) as answer:
                return answer.read()  # type: ignore[no-any-return]
        finally:
            desk.terminate()
