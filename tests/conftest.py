"""Shared fixtures."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests.browser import browser  # noqa: F401 - a session fixture
from tests.letters import Command, Letter, make_letter

# No deadline: other load on the machine must not fail a test.
settings.register_profile("here", deadline=None)
settings.load_profile("here")


@pytest.fixture
def newsletter(capsys: pytest.CaptureFixture[str]) -> Command:
    """The command `newsletter`."""
    return Command(capsys)


@pytest.fixture
def letter(tmp_path: Path) -> Letter:
    """A newsletter with four feeds."""
    return make_letter(tmp_path)
