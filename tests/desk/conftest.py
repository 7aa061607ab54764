"""Fixtures: the example newsroom is run once and copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.desks import Newsroom, Served, make_newsroom, served


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """Return the example newsroom after a run."""
    return make_newsroom(tmp_path_factory.mktemp("example"))


@pytest.fixture
def newsroom(example: Newsroom, tmp_path: Path) -> Newsroom:
    """Return a copy of the example newsroom."""
    return example.copy(tmp_path / "newsroom")


@pytest.fixture
def desk(newsroom: Newsroom) -> Iterator[Served]:
    """Serve the desk of the copy."""
    with served(newsroom) as running:
        yield running
