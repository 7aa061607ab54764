"""How much one run may read of the network, and for how long."""

import time

from pipeline.records import FetchSettings


class Budget:
    """What one run has spent; `exceeded` says which limit it has met, "" while it has met none."""

    def __init__(self, limits: FetchSettings) -> None:
        self._limits = limits
        self._ends_at = time.monotonic() + limits.max_run_seconds
        self._bytes = 0

    def spend(self, size: int) -> None:
        """So many bytes more have come."""
        self._bytes += size

    @property
    def exceeded(self) -> str:
        """The limit that is used up."""
        if self._bytes >= self._limits.max_run_bytes:
            return f"read as many bytes as fetch.max_run_bytes allows ({self._limits.max_run_bytes:,})"
        if time.monotonic() >= self._ends_at:
            return f"asked for as long as fetch.max_run_seconds allows ({self._limits.max_run_seconds:g})"
        return ""
