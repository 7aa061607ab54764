"""Estimate how long a letter takes to read."""

import math

from pipeline.records import Issue
from pipeline.stages.render.typography import is_spaced

# Words a minute in silent reading of non-fiction (Brysbaert, 2019, for English). Chinese and Japanese are counted in
# characters: about 260 words of 1.5 to 2 characters.
_WORDS = 238
_CHARACTERS = 450


def minutes_to_read(issue: Issue, letter: tuple[str, ...] = ()) -> int:
    """Whole minutes for the letter, the features and the titles of the reads, at least one."""
    texts = [(text, issue.letter.language) for text in letter or issue.letter.paragraphs]
    texts += [(text, each.language) for each in issue.features for text in (each.headline, *each.paragraphs)]
    texts += [(each.title, each.language) for each in issue.reads]
    minutes = 0.0
    for text, language in texts:
        if is_spaced(language):
            minutes += len(text.split()) / _WORDS
        else:
            minutes += sum(not character.isspace() for character in text) / _CHARACTERS
    return max(1, math.ceil(minutes))
