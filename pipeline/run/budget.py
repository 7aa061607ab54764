"""The bytes and the time that one run may spend on the network."""

import time

from pipeline.records import FetchSettings


class Budget:
    """What one run has spent."""

    def __init__(self, limits: FetchSettings) -> None:
        self._limits = limits
        self._ends_at = time.monotonic() + limits.max_run_seconds
        self._bytes = 0

    def spend(self, size: int) -> None:
        """Count `size` received bytes."""
        self._bytes += size

    @property
    def exceeded(self) -> str:
        """The limit that is reached, as a message; empty while there is none."""
        if self._bytes >= self._limits.max_run_bytes:
            return f"the run received as many bytes as fetch.max_run_bytes allows ({self._limits.max_run_bytes:,})"
        if time.monotonic() >= self._ends_at:
            return f"the run took as long as fetch.max_run_seconds allows ({self._limits.max_run_seconds:g})"
        return ""
