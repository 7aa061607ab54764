"""The checker: what a proposed text says that its source does not bear out, found without a model that writes."""

from collections.abc import Iterator, Sequence
from datetime import date as Date  # noqa: N812 - `date` is the argument that other programs use

from pipeline.stages.write.alignment import can_align, evidence, nearest
from pipeline.stages.write.figure_checks import check_figures
from pipeline.stages.write.finding import Finding
from pipeline.stages.write.quotations import unsupported_quotations
from pipeline.stages.write.sentence_checks import find_markup, is_stranger, is_untranslated
from pipeline.text.sentences import split_sentences

CHECKER_VERSION = "1"


def check_translation(source: str, text: str, language: str, to: str, *, date: Date | None = None) -> list[Finding]:
    """Find what a text in the language `to` states and its source in `language` does not; empty: no objection.

    `date` is the day on which the source was published: it gives a bare 26日 its month.
    """
    sentences = split_sentences(source, language)
    found = [
        finding
        for sentence in split_sentences(text, to)
        for finding in _check_sentence(sentence, sentences, source, language, to, date)
    ]
    return list(dict.fromkeys(found))


def _check_sentence(
    sentence: str, sentences: Sequence[str], source: str, language: str, to: str, date: Date | None
) -> Iterator[Finding]:
    for markup in find_markup(sentence, source):
        yield Finding("markup", markup, "markup or an address that the source does not have")
    if is_untranslated(sentence, to, source, language):
        yield Finding("language", sentence, f"this sentence is not in the language {to}")
        return
    aligned = can_align(language, to)
    near = evidence(sentence, sentences) if aligned else sentences
    yield from check_figures(sentence, to, "\n".join(near), language, date)
    around = nearest(sentence, sentences) if aligned else sentences
    for quotation in unsupported_quotations(sentence, around, source):
        yield Finding("quotation", quotation, "the source has no such quotation at this place")
    if aligned and is_stranger(sentence, sentences):
        yield Finding("origin", sentence, "no sentence of the source says anything like it")
