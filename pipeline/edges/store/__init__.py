"""The store: one SQLite file that holds all a later stage needs, written by the parent process alone."""

from pipeline.edges.store.connection import open_store
from pipeline.edges.store.store import Store

__all__ = ["Store", "open_store"]
