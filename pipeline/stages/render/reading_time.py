"""Estimate how long a letter takes to read."""

import math
from collections.abc import Iterable, Iterator

from pipeline.records import Issue
from pipeline.text.languages import script_of_language

# Words a minute in silent reading of non-fiction (Brysbaert, 2019, for English). Text without spaces between words is
# counted in characters: 260 Chinese words have 1.5 to 2 of them, 238 Thai ones have 4 to 5. Korean is written with
# spaces, but between phrases.
_WORDS = 238
_CHARACTERS = {
    **dict.fromkeys(("Hant", "Hans", "Jpan", "Kore"), 450),
    **dict.fromkeys(("Thai", "Laoo", "Khmr", "Mymr", "Tibt"), 1000),
}


def minutes_to_read(texts: Iterable[tuple[str, str]]) -> int:
    """Whole minutes for (text, language) pairs, at least one."""
    minutes = 0.0
    for text, language in texts:
        characters = _CHARACTERS.get(script_of_language(language))
        if characters:
            minutes += sum(not character.isspace() for character in text) / characters
        else:
            minutes += len(text.split()) / _WORDS
    return max(1, math.ceil(minutes))


def issue_texts(issue: Issue, letter: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The (text, language) pairs that a reader of the issue reads."""
    yield from ((text, issue.letter.language) for text in letter)
    for feature in issue.features:
        yield from ((text, feature.language) for text in (feature.headline, *feature.paragraphs))
    yield from ((read.title, read.language) for read in issue.reads)
    yield from ((text, issue.language) for section in issue.sections for text in section.paragraphs)
