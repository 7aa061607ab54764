"""Lines in another language than their document, told by script and by function words."""

from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.residue import Residue
from pipeline.stages.clean.text import count_words, is_unspaced, words_of

# Longer foreign paragraphs are what the story quotes; so is anything in quotation marks.
_LONGEST = 45
_SHORTEST = 4
_FUNCTION_WORDS = 3  # different ones
_SHARE_OF_DOCUMENT = 0.2
_QUOTES = "\"'“”„«»「」『』‘’‹›《"


def foreign_lines(lines: Sequence[Line], residue: Residue) -> list[int]:
    """The indexes of short lines, seldom among many, whose language is plainly not the document's."""
    if len(lines) < 4:
        return []
    languages = residue.languages
    votes = [_vote(line, languages) for line in lines]
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
        and line.text[0] not in _QUOTES and not (_shared(line, language, residue) and vote != "unspaced")
    ]  # fmt: skip
    return found if sum(weights[index] for index in found) <= _SHARE_OF_DOCUMENT * sum(weights) else []


def _vote(line: Line, languages: Mapping[str, Sequence[str]]) -> str:
    """The language whose function words the line is made of, `unspaced`, or nothing where it does not show."""
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


def _shared(line: Line, language: str, residue: Residue) -> bool:
    """Whether the line has a function word of the document's own language too."""
    if language == "unspaced":
        return is_unspaced(line.text)
    words = words_of(line.text)
    return sum(language in residue.languages.get(word, ()) for word in words) * 8 > len(words)
