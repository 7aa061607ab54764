"""What a proposed sentence is compared with."""

from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 - the field is named date

from pipeline.stages.write.dates import Day


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentences of a source that a proposed sentence is compared with, and when the source was published."""

    text: str
    language: str
    date: Date | None
    proposed: tuple[Day, ...]  # the dates of the whole proposal: what gives a bare day its month if nothing else does
