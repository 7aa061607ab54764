"""The desk's fixtures: the examples are run once, and copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.desks import Newsroom, Served, make_newsroom, served


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """The newsroom of the examples, run once."""
    return make_newsroom(tmp_path_factory.mktemp("example"))


@pytest.fixture
def newsroom(example: Newsroom, tmp_path: Path) -> Newsroom:
    """A copy of it."""
    return example.copy(tmp_path / "newsroom")


@pytest.fixture
def desk(newsroom: Newsroom) -> Iterator[Served]:
    """Its desk."""
    with served(newsroom) as running:
        yield running
