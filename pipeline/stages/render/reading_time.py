"""Estimate how long a letter takes to read."""

import math
from collections.abc import Iterable, Iterator

from pipeline.records import Issue
from pipeline.stages.render.typography import is_spaced

# Words a minute in silent reading of non-fiction (Brysbaert, 2019, for English). Chinese and Japanese are counted in
# characters: about 260 words of 1.5 to 2 characters.
_WORDS = 238
_CHARACTERS = 450


def minutes_to_read(texts: Iterable[tuple[str, str]]) -> int:
    """Whole minutes for (text, language) pairs, at least one."""
    minutes = 0.0
    for text, language in texts:
        if is_spaced(language):
            minutes += len(text.split()) / _WORDS
        else:
            minutes += sum(not character.isspace() for character in text) / _CHARACTERS
    return max(1, math.ceil(minutes))


def issue_texts(issue: Issue, letter: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The (text, language) pairs that a reader of the issue reads."""
    yield from ((text, issue.letter.language) for text in letter)
    for feature in issue.features:
        yield from ((text, feature.language) for text in (feature.headline, *feature.paragraphs))
    yield from ((read.title, read.language) for read in issue.reads)
