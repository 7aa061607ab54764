"""Dry run: a run on copies of the store and the outbox."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pipeline.config import Config
from pipeline.edges.store.upkeep import copy_store
from pipeline.errors import StoreError
from pipeline.run.session import STORE_FILE, Session, Track, no_track, open_session


@contextlib.contextmanager
def open_dry_run(config: Config, *, now: datetime, track: Track = no_track) -> Iterator[Session]:
    """Open a session on temporary copies; all that it writes is deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="newsletter-") as folder:
        state, outbox = Path(folder) / "state", Path(folder) / "outbox"
        state.mkdir()
        try:
            if (config.state / STORE_FILE).exists():
                copy_store(config.state / STORE_FILE, state / STORE_FILE)
            if config.outbox.is_dir():
                shutil.copytree(config.outbox, outbox)
        except (OSError, shutil.Error) as error:
            raise StoreError(
                f"{folder}: the store and the outbox could not be copied to this folder ({error}); free some space on"
                " its disk, or set TMPDIR to another folder"
            ) from error
        copied = config.model_copy(update={"state": state, "outbox": outbox, "on_finish": None, "ping": None})
        with open_session(
            copied,
            now=now,
            track=track,
            command="run --dry-run",
            all_stages=True,
            asks_writer=False,  # its answers would be paid for, and be lost with the copy
        ) as session:
            yield session
