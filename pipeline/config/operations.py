"""What runs around the pipeline: the user's own filters, and who is told when a run has ended."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import Field

from pipeline.config.section import Section
from pipeline.config.values import Address, Line, Seconds


class Filter(Section):
    """A command that each entry goes through."""

    name: Line = Field(description="the filter's name in the ledger")
    command: tuple[Line, ...] = Field(
        min_length=1,
        description="the command and its arguments, run in the config's folder without a shell: an entry comes as JSON"
        " on its standard input; it answers the entry, changed or not, or nothing to drop it",
    )
    timeout_seconds: Seconds = Field(default=10, description="how long it may take for one entry")


class OnFinish(Section):
    """Who is told when a run has ended, with its summary as JSON."""

    command: tuple[Line, ...] = Field(
        default=(), description="a command and its arguments that get the summary on standard input"
    )
    url: Address | None = Field(default=None, description="an address that the summary is sent to, by POST")
    timeout_seconds: Seconds = Field(default=30, description="how long each of them may take")

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterable[tuple[tuple[str | int, ...], str]]:
        """Somebody is told."""
        if not given.get("command") and not given.get("url"):
            yield (), "needs a command or a url: who is told that a run has ended"
