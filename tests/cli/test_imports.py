"""Imports that would cost each worker or poll memory and time."""

import subprocess
import sys

from tests.letters import NOW, Letter

PARSERS = {"feedparser", "lxml", "nh3", "charset_normalizer"}


def loaded_by(code: str, *arguments: str) -> set[str]:
    """The packages that a new process has imported after running `code`."""
    report = "\nimport sys; print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    command = [sys.executable, "-c", code + report, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return set(done.stderr.split("\n")[-2].split())


def test_a_worker_that_parses_feeds_imports_neither_config_nor_client() -> None:
    """They would cost 11 MB per worker."""
    loaded = loaded_by("import pipeline.run.workers.parse, pipeline.stages.parse")
    assert loaded >= PARSERS
    assert not loaded & {"pydantic", "yaml", "aiohttp", "asyncio"}


def test_a_fetch_with_nothing_new_imports_no_parser(letter: Letter) -> None:
    """Most polls find nothing new."""
    run = "import sys\nfrom pipeline.cli import main\ntry:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass"
    command = ("fetch", "--config", str(letter.config), "--now", NOW, "--force")
    assert loaded_by(run, *command) >= PARSERS
    assert not loaded_by(run, *command) & PARSERS
