"""Find lines in a language other than their document's, by script and function words."""

from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.residue import Residue
from pipeline.stages.clean.text import count_words, is_unspaced, words_of

# Longer foreign paragraphs are quotations, and so is anything in quotation marks.
_LONGEST = 45
_SHORTEST = 4
_FUNCTION_WORDS = 3  # distinct
_SHARE_OF_DOCUMENT = 0.2
_QUOTES = "\"'“”„«»「」『』‘’‹›《"


def foreign_lines(lines: Sequence[Line], residue: Residue) -> list[int]:
    """Return the indexes of short lines that are clearly not in the document's language, if they are few."""
    if len(lines) < 4:
        return []
    languages = residue.languages
    votes = [_line_language(line, languages) for line in lines]
    weights = [count_words(line.text) for line in lines]
    total: Counter[str] = Counter()
    for vote, weight in zip(votes, weights, strict=True):
        if vote:
            total[vote] += weight
    if not total:
        return []
    language = total.most_common(1)[0][0]
    found = [
        index
        for index, (line, vote, weight) in enumerate(zip(lines, votes, weights, strict=True))
        if vote and vote != language and _SHORTEST <= weight <= _LONGEST and line.kind in {"paragraph", "heading"}
        and line.text[0] not in _QUOTES and not (_has_own_words(line, language, residue) and vote != "unspaced")
    ]  # fmt: skip
    return found if sum(weights[index] for index in found) <= _SHARE_OF_DOCUMENT * sum(weights) else []


def _line_language(line: Line, languages: Mapping[str, Sequence[str]]) -> str:
    """The language that the line's function words point to, `unspaced`, or an empty string where unclear."""
    if is_unspaced(line.text):
        return "unspaced"
    words = set(words_of(line.text))
    hits: dict[str, int] = {}
    for word in words & languages.keys():
        for language in languages[word]:
            hits[language] = hits.get(language, 0) + 1
    best = max(hits, key=hits.__getitem__, default="")
    most = hits.pop(best, 0)
    second = max(hits.values(), default=0)
    return best if most >= _FUNCTION_WORDS and most > second and most * 5 >= len(words) else ""


def _has_own_words(line: Line, language: str, residue: Residue) -> bool:
    """Whether the line also has function words of the document's own language."""
    if language == "unspaced":
        return is_unspaced(line.text)
    words = words_of(line.text)
    return sum(language in residue.languages.get(word, ()) for word in words) * 8 > len(words)
