"""The checker: what a proposed text says that its source does not bear out, found without a model that writes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 - `date` is the argument that other programs use

from pipeline.stages.write.alignment import can_align, evidence, nearest
from pipeline.stages.write.dates import Day, read_dates
from pipeline.stages.write.evidence import Evidence
from pipeline.stages.write.figure_checks import check_figures
from pipeline.stages.write.finding import Finding
from pipeline.stages.write.names import FOREIGN_RISE, foreign_names
from pipeline.stages.write.plain import plain_figures
from pipeline.stages.write.quotations import unsupported_quotations
from pipeline.stages.write.sentence_checks import find_markup, is_stranger, is_untranslated
from pipeline.text.sentences import split_sentences

CHECKER_VERSION = "3"


def check_translation(source: str, text: str, language: str, to: str, *, date: Date | None = None) -> list[Finding]:
    """Find what a text in the language `to` states and its source in `language` does not; empty: no objection.

    `date` is the day on which the source was published: it gives a bare 26日 its month.
    """
    original = _Source(source, tuple(split_sentences(source, language)), language, date)
    days = read_dates(plain_figures(text, to), to)
    found, end = [], 0
    for sentence in split_sentences(text, to):
        start = max(end, text.find(sentence, end))
        end = start + len(sentence)
        found += [finding.located(text, start) for finding in _check_sentence(sentence, to, original, days)]
    return list(dict.fromkeys(found))


def doubtful_names(source: str, text: str, language: str, to: str) -> list[Finding]:
    """Find names that the source may not have: an editor should look at them, but they throw no proposal out."""
    if not can_align(language, to):
        return []
    sentences = split_sentences(source, language)
    return [
        Finding("name", name, "the source may not have this name").located(text)
        for sentence in split_sentences(text, to)
        for name, rise in foreign_names(sentence, sentences)
        if rise < FOREIGN_RISE
    ]


@dataclass(frozen=True, slots=True)
class _Source:
    text: str
    sentences: tuple[str, ...]
    language: str
    date: Date | None


def _check_sentence(sentence: str, to: str, source: _Source, days: tuple[Day, ...]) -> Iterator[Finding]:
    for markup in find_markup(sentence, source.text):
        yield Finding("markup", markup, "markup or an address that the source does not have")
    if is_untranslated(sentence, to, source.text, source.language):
        yield Finding("language", sentence, f"this sentence is not in the language {to}")
        return
    aligned = can_align(source.language, to)
    near = evidence(sentence, source.sentences) if aligned else source.sentences
    yield from check_figures(sentence, to, Evidence("\n".join(near), source.language, source.date, days))
    around = nearest(sentence, source.sentences) if aligned else source.sentences
    for quotation in unsupported_quotations(sentence, around, source.text):
        yield Finding("quotation", quotation, "the source has no such quotation at this place")
    if aligned:
        yield from _check_origin(sentence, source.sentences)


def _check_origin(sentence: str, sentences: Sequence[str]) -> Iterator[Finding]:
    if is_stranger(sentence, sentences):
        yield Finding("origin", sentence, "no sentence of the source says anything like it")
        return
    for name, rise in foreign_names(sentence, sentences):
        if rise >= FOREIGN_RISE:
            yield Finding("origin", name, "these words do not belong to the sentence")
