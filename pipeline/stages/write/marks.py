"""Mark the figures and names of a proposal, each with its place in the source, for an editor to compare."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.stages.write.dates import Day, read_dates
from pipeline.stages.write.finding import Finding
from pipeline.stages.write.names import find_name, name_spans
from pipeline.stages.write.numbers import Number, is_supported, read_numbers
from pipeline.stages.write.plain import blank, plain_figures
from pipeline.stages.write.times import Time, read_times

Figure = Number | Day | Time


@dataclass(frozen=True, slots=True)
class Place:
    """A passage of the source: the number of its sentence, from 0, and the characters in it."""

    sentence: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A passage of a proposal that was checked. `found`: the source has it, at `place` if that can be shown."""

    start: int
    end: int
    state: Literal["found", "doubtful", "wrong"]
    message: str
    place: Place | None = None


def mark_proposal(
    source: Sequence[str], text: str, language: str, to: str, *, findings: Sequence[Finding], doubts: Sequence[Finding]
) -> list[Mark]:
    """Mark what the checker looked at in a text, in order and without overlaps.

    Its objections come first, then figures and names: a name that the source spells in no way is doubtful.
    """
    marks = [Mark(each.start, each.end, "wrong", each.message) for each in findings if each.start >= 0]
    marks += [Mark(each.start, each.end, "doubtful", each.message) for each in doubts if each.start >= 0]
    place = 0
    for line in text.split("\n"):
        found = [*_mark_figures(line, to, source, language), *_mark_names(line, source)]
        marks += [Mark(place + each.start, place + each.end, each.state, each.message, each.place) for each in found]
        place += len(line) + 1
    kept: list[Mark] = []
    for mark in marks:
        if not any(mark.start < other.end and other.start < mark.end for other in kept):
            kept.append(mark)
    return sorted(kept, key=lambda mark: mark.start)


def _mark_figures(line: str, to: str, source: Sequence[str], language: str) -> Iterator[Mark]:
    figures = [list(_figures(sentence, language, of_source=True)) for sentence in source]
    for figure, start, end in _figures(line, to):
        places = (
            Place(number, *span)
            for number, stated in enumerate(figures)
            for other, *span in stated
            if _is_same(figure, other)
        )
        place = next(places, None)
        yield Mark(
            start, end, "found", "the source has it" if place else "it follows from the source or its date", place
        )


def _mark_names(line: str, source: Sequence[str]) -> Iterator[Mark]:
    for start, end in name_spans(line):
        places = (
            Place(number, *span)
            for number, sentence in enumerate(source)
            if (span := find_name(line[start:end], sentence))
        )
        if place := next(places, None):
            yield Mark(start, end, "found", "the source spells it", place)
        else:
            yield Mark(start, end, "doubtful", "the source spells no such name")


def _figures(text: str, language: str, *, of_source: bool = False) -> Iterator[tuple[Figure, int, int]]:
    """The times, dates and numbers of a text, with their places in it; of a source, those within dates as well."""
    plain = plain_figures(text, language)
    read: list[Figure] = [*read_times(plain, language), *read_dates(plain, language)]
    spans = [(each.start, each.end) for each in read]
    rest = plain if of_source else blank(plain, spans)
    read += [each for each in read_numbers(rest, language) if each.asked or of_source]
    for figure in read:
        start = figure.start if len(plain) == len(text) else text.find(figure.text)
        if start >= 0:
            yield figure, start, start + figure.end - figure.start


def _is_same(figure: Figure, other: Figure) -> bool:
    match figure, other:
        case Number(), Number():
            return is_supported(figure, frozenset(other.readings))
        case Time(), Time():
            return bool(figure.minutes & other.minutes)
        case Day(), Day():
            return figure.month == other.month and (None in (figure.day, other.day) or figure.day == other.day)
    return False
