"""Names: rows of capitalised words that the source may not have.

A translation spells names in ways that no table foresees, so a name is only doubted: its sentence must be more like
the source without it. What is far more like it holds words of another story.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.stages.write.alignment import likeness

DOUBTFUL_RISE = 0.03  # of the likeness to the source, without the name
FOREIGN_RISE = 0.07
_SHORTEST_REST = 3  # words
_LEAST_LETTERS = 3
_ROW = re.compile(
    r"\b[A-ZÀ-ÞĀ-Ž][\w'’.-]*(?:\s(?:(?:of|the|and|for|de|del|der|des|von|van|du|la|le|et|und|en|&)\s)*[A-ZÀ-ÞĀ-Ž][\w'’-]*)+"
)


def foreign_names(sentence: str, sentences: Sequence[str]) -> Iterator[tuple[str, float]]:
    """The names of a sentence that its source does not spell, with the rise of likeness without each."""
    spelled = _letters("\n".join(sentences))
    rows = [match for match in _ROW.finditer(sentence) if not _is_spelled(match[0], spelled)]
    if not rows or not sentences:
        return
    whole = max(likeness(sentence, sentences))
    for row in rows:
        rest = (sentence[: row.start()] + sentence[row.end() :]).strip()
        if len(rest.split()) >= max(_SHORTEST_REST, len(row[0].split())):  # else a headline
            rise = max(likeness(rest, sentences)) - whole
            if rise >= DOUBTFUL_RISE:
                yield row[0], rise


def name_spans(sentence: str) -> list[tuple[int, int]]:
    """Where a sentence has rows of capitalised words."""
    return [match.span() for match in _ROW.finditer(sentence)]


def find_name(name: str, sentence: str) -> tuple[int, int] | None:
    """Where a sentence of the source has a word of the name; all of it if it spells one in other letters."""
    for word in name.split():
        if len(word) >= _LEAST_LETTERS and (start := sentence.lower().find(word.lower())) >= 0:
            return start, start + len(word)
    return (0, len(sentence)) if _is_spelled(name, _letters(sentence)) else None


def _is_spelled(name: str, spelled: str) -> bool:
    """Whether the source has one of the words, in its own letters or in those that its characters are read as."""
    words = [letters for word in name.split() if len(letters := _letters(word)) >= _LEAST_LETTERS]
    return any(word in spelled or (len(word) > _LEAST_LETTERS + 1 and word[:-1] in spelled) for word in words)


@lru_cache(maxsize=512)
def _letters(text: str) -> str:
    """The letters of a text in ASCII, without spaces: 陈宇 as chenyu."""
    from anyascii import anyascii

    return "".join(filter(str.isalnum, anyascii(text).lower()))
