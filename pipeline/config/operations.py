"""Commands around the pipeline: the user's own filters, and notifications at the end of a run."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import Field

from pipeline.config.section import Section
from pipeline.config.values import Address, Line, Seconds
from pipeline.records.keys import Secret


class Filter(Section):
    """A command that gets each entry, and can change or drop it."""

    name: Line = Field(description="the filter's name in the ledger")
    command: tuple[Line, ...] = Field(
        min_length=1,
        description="the command and its arguments; it runs without a shell in the config's folder, gets an entry as"
        " JSON on standard input, and prints the entry, changed or not, or nothing to drop it",
    )
    timeout_seconds: Seconds = Field(default=10, description="how long it may take for one entry")


class OnFinish(Section):
    """Who gets the summary of a run, as JSON, when the run has ended."""

    command: tuple[Line, ...] = Field(
        default=(), description="a command and its arguments; it gets the summary on standard input"
    )
    url: Address | None = Field(default=None, description="an address that gets the summary by POST")
    chat: Literal["slack", "teams", "discord", "feishu", "matrix"] | None = Field(
        default=None,
        description="slack, teams, discord, feishu or matrix: the url is one of these, which gets the line and the"
        " notices of the summary as a message",
    )
    token: Secret | None = Field(default=None, repr=False, description="the account's access token, for matrix")
    timeout_seconds: Seconds = Field(default=30, description="how long each of the two may take")

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterable[tuple[tuple[str | int, ...], str]]:
        """At least one of the two is needed."""
        if not given.get("command") and not given.get("url"):
            yield (), "needs a command or a url, which gets the summary of a run"
        if given.get("chat") and not given.get("url"):
            yield ("chat",), "needs url, the address of the chat's webhook"
        if given.get("chat") == "matrix" and given.get("token", "") == "":
            yield ("chat",), "matrix needs token, the access token of an account in the room"
