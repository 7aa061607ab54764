"""What is loaded where: memory and seconds that a thousand sources would each pay for."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.letters import NOW, Letter, make_letter

PARSERS = {"feedparser", "lxml", "nh3", "charset_normalizer"}


def loaded_by(code: str, *arguments: str) -> set[str]:
    """The packages that a fresh process holds when it has run this."""
    told = "\nimport sys; print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    command = [sys.executable, "-c", code + told, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return set(done.stderr.split("\n")[-2].split())


@pytest.fixture
def letter(tmp_path: Path) -> Letter:
    return make_letter(tmp_path)


def test_a_worker_that_reads_feeds_loads_neither_the_config_nor_the_client() -> None:
    """Each of them would hold its own copy: 11 MB a worker."""
    loaded = loaded_by("import pipeline.run.workers.parse, pipeline.stages.parse")
    assert loaded >= PARSERS
    assert not loaded & {"pydantic", "yaml", "aiohttp", "asyncio"}


def test_a_fetch_that_finds_nothing_new_loads_no_parser(letter: Letter) -> None:
    """Most polls of most sources are that."""
    run = "import sys\nfrom pipeline.cli import main\ntry:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass"
    command = ("fetch", "--config", str(letter.config), "--now", NOW, "--force")
    assert loaded_by(run, *command) >= PARSERS
    assert not loaded_by(run, *command) & PARSERS
