"""Quotations: words in quotation marks must stand in quotation marks in the source."""

import re
from collections.abc import Sequence

from pipeline.text.scripts import HAN_KANA

_MARKS = re.compile(
    r"“(?P<a>[^“”]*)(?:[”“]|$)|„(?P<b>[^„“”]*)(?:[“”]|$)|«(?P<c>[^«»]*)(?:»|$)|»(?P<d>[^«»]*)(?:«|$)|「(?P<e>[^「」]*)(?:」|$)"
    r"|『(?P<f>[^『』]*)(?:』|$)|(?<!\w)‘(?P<g>[^‘’]{12,}?)’(?!\w)|\"(?P<h>[^\"]*)(?:\"|$)|‚(?P<i>[^‚‘]{12,})‘",
    re.MULTILINE,
)
_CHARACTER = re.compile(f"[{HAN_KANA}\uac00-\ud7ff]")
_BRACKETED = re.compile(r"[(（][^()（）]*[)）]")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_CHARACTERS_OF_A_WORD = 1.8
SHORTEST_QUOTATION = 5  # words: less is a name or an expression
_LEAST_SHARE = 0.2  # of its length that a quotation has in the source's quotation marks
_TITLE_SHARE = 0.6


def quotations(text: str) -> list[str]:
    """The passages in quotation marks."""
    return [next(filter(None, match.groups()), "") for match in _MARKS.finditer(text)]


def length_in_words(text: str) -> float:
    """The words of a text; characters of Chinese, Japanese and Korean count as parts of words."""
    text = _BRACKETED.sub(" ", text)
    characters = len(_CHARACTER.findall(text))
    return characters / _CHARACTERS_OF_A_WORD + len(_WORD.findall(_CHARACTER.sub(" ", text)))


def _is_title(quotation: str) -> bool:
    """Whether most long words of a quotation are capitalised, as in the English title of a film."""
    words = [word for word in _WORD.findall(quotation) if len(word) > 3]
    return sum(1 for word in words if word[0].isupper()) > _TITLE_SHARE * len(words)


def unsupported_quotations(text: str, near: Sequence[str], source: str) -> list[str]:
    """The quotations of a sentence for which the source has none near by that is about as long."""
    marked = _marked_lengths(near, source)
    has_titles = any("《" in sentence for sentence in near)
    return [
        quotation
        for quotation in quotations(text)
        if (length := length_in_words(quotation)) >= SHORTEST_QUOTATION
        and max(marked, default=0) < _LEAST_SHARE * length
        and not (has_titles and _is_title(quotation))
    ]


def _marked_lengths(near: Sequence[str], source: str) -> list[float]:
    """The lengths of the quotations in these sentences; one that opens before or closes after them counts as long."""
    lengths = [length_in_words(quotation) for sentence in near for quotation in quotations(sentence)]
    for match in _MARKS.finditer(source):
        if "\n" in match[0] or match[0][-1:].isalnum():
            lengths += [length_in_words(each) for each in near if each in match[0]]
    return lengths
