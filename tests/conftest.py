"""What many tests share."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests.browser import browser  # noqa: F401 - one for the whole run
from tests.letters import Command, Letter, make_letter

# Time is never asserted: other work beside the tests is no fault of theirs.
settings.register_profile("here", deadline=None)
settings.load_profile("here")


@pytest.fixture
def newsletter(capsys: pytest.CaptureFixture[str]) -> Command:
    """The command `newsletter`."""
    return Command(capsys)


@pytest.fixture
def letter(tmp_path: Path) -> Letter:
    """A letter of four feeds."""
    return make_letter(tmp_path)
