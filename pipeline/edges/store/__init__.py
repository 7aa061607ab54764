"""The store: a SQLite file with all that later stages need. Only the parent process writes to it."""

from pipeline.edges.store.connection import open_store
from pipeline.edges.store.store import Store

__all__ = ["Store", "open_store"]
