"""Learn a source's boilerplate: the lines that several of its stories share."""

from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.stages.clean.text import count_words
from pipeline.text.normalise import fold

_LEAST_STORIES = 2
_SIBLINGS = 0.4  # pages that share this fraction of their lines are versions of one page
_LONGEST = 80  # words; a longer line is an agency's paragraph, not a template's


def learn_lines(stories: Iterable[Sequence[str]]) -> frozenset[str]:
    """Return the folded lines that at least two stories of a source have in common.

    `stories`: the lines of each story, of one source and one language. Stories that share at least 40 % of the
    shorter one's lines are versions of one story and count once.
    """
    seen: Counter[str] = Counter()
    kept: list[frozenset[str]] = []
    for lines in stories:
        keys = frozenset(key for line in lines if (key := fold(line)) and count_words(line) <= _LONGEST)
        if not keys or any(len(keys & other) >= _SIBLINGS * min(len(keys), len(other)) for other in kept):
            continue
        kept.append(keys)
        seen.update(keys)
    return frozenset(key for key, count in seen.items() if count >= _LEAST_STORIES)
