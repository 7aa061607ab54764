"""Fixtures: the example newsroom is run once and copied for each test."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from filelock import FileLock

from tests.desk.desks import NOW, Newsroom, Served, make_newsroom, served
from tests.desk.mailbox import Mailbox
from tests.forked import warm_up


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """Return the example newsroom after a run; the test processes of one session share it."""
    shared = tmp_path_factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else None
    folder = (shared or tmp_path_factory.getbasetemp()) / "example"
    with FileLock(f"{folder}.lock"):
        if not (folder / "made").exists():
            make_newsroom(folder)
            (folder / "made").touch()
    example = Newsroom(folder)
    warm_up(example.copy(tmp_path_factory.mktemp("warm")).config, f"{NOW}+08:00")
    return example


@pytest.fixture
def newsroom(example: Newsroom, tmp_path: Path) -> Newsroom:
    """Return a copy of the example newsroom."""
    return example.copy(tmp_path / "newsroom")


@pytest.fixture
def desk(newsroom: Newsroom) -> Iterator[Served]:
    """Serve the desk of the copy."""
    with served(newsroom) as running:
        yield running


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """Run a relay on loopback; return its mailbox and its port."""
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()
