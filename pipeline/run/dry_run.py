"""A run that changes nothing: on a copy of the store, with a copy of the outbox."""

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
    """A session that a run can be tried on; all it writes is gone afterwards."""
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
                f"{folder}: store and outbox could not be copied there to work on ({error}); free some space there, or"
                " set TMPDIR to another folder"
            ) from error
        tried = config.model_copy(update={"state": state, "outbox": outbox, "on_finish": None})
        with open_session(tried, now=now, track=track, command="run --dry-run", all_stages=True) as session:
            yield session
