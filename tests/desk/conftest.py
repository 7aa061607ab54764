"""Fixtures: the example newsroom is run once and copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.desks import NOW, Newsroom, Served, make_newsroom, served
from tests.forked import warm_up


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """Return the example newsroom after a run."""
    made = make_newsroom(tmp_path_factory.mktemp("example"))
    warm_up(made.config, f"{NOW}+08:00")
    return made


@pytest.fixture
def newsroom(example: Newsroom, tmp_path: Path) -> Newsroom:
    """Return a copy of the example newsroom."""
    return example.copy(tmp_path / "newsroom")


@pytest.fixture
def desk(newsroom: Newsroom) -> Iterator[Served]:
    """Serve the desk of the copy."""
    with served(newsroom) as running:
        yield running
