"""What many tests share."""

from pathlib import Path

import pytest

from tests.browser import browser  # noqa: F401 - one for the whole run
from tests.letters import Command, Letter, make_letter


@pytest.fixture
def newsletter(capsys: pytest.CaptureFixture[str]) -> Command:
    """The command `newsletter`."""
    return Command(capsys)


@pytest.fixture
def letter(tmp_path: Path) -> Letter:
    """A letter of four feeds."""
    return make_letter(tmp_path)
