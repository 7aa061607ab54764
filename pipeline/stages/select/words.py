"""Words in titles and texts: whole words where a script has borders between them, anywhere in other scripts."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from typing import TypeAlias

from pipeline.records import Story, Topic
from pipeline.text.scripts import HALFWIDTH_KANA, HAN_MARKS, HANGUL, UNSPACED

TITLE_WEIGHT = 3.0
TOPIC_BLOCKS = 6  # number of blocks that are searched for topic words

# Scripts that put no spaces between words, or (Hangul) none between a word and its particles.
_UNSPACED = UNSPACED + HAN_MARKS + HALFWIDTH_KANA + HANGUL
_UNSPACED_LETTER = re.compile(f"[{_UNSPACED}]")
# Vowel signs and accents, which regular expressions do not count as word characters.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u0655\u0900-\u0dff"


TopicPatterns: TypeAlias = Sequence[tuple[Topic, re.Pattern[str]]]


def topic_patterns(topics: Sequence[Topic]) -> TopicPatterns:
    """Return the topics that have words, each with the pattern of its words in any language."""
    found = ((topic, words_pattern(word for words in topic.words.values() for word in words)) for topic in topics)
    return [(topic, pattern) for topic, pattern in found if pattern is not None]


def match_topic(story: Story, topics: TopicPatterns) -> tuple[str | None, float]:
    """Return a story's topic and how well it matches, from 0 to 1; a word in the title counts three times."""
    title = story.title.lower()
    body = " ".join((story.standfirst, *story.key_points, *(block.text for block in story.blocks[:TOPIC_BLOCKS])))
    body = body.lower()
    best: tuple[float, str | None] = (0.0, None)
    for topic, pattern in topics:
        hits = TITLE_WEIGHT * len(set(pattern.findall(title))) + len(set(pattern.findall(body)))
        best = max(best, (min(1.0, hits / (2 * TITLE_WEIGHT)) * topic.weight, topic.name), key=lambda pair: pair[0])
    return (best[1], min(1.0, best[0])) if best[1] and best[0] > 0 else (None, 0.0)


def words_pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern of any of the words, to search text in lower case with; None without words."""
    return _pattern(tuple(words))


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Match any of the words, longest first."""
    lowered = sorted(
        {unicodedata.normalize("NFC", word).lower() for word in words if word}, key=lambda word: (-len(word), word)
    )
    if not lowered:
        return None
    # Neighbours with the same borders share them: a border is more expensive than all the words between.
    runs = ((borders, [re.escape(word) for word in run]) for borders, run in groupby(lowered, _borders))
    return re.compile("|".join(f"{begins}(?:{'|'.join(run)}){ends}" for (begins, ends), run in runs))


def _borders(word: str) -> tuple[str, str]:
    """Return the look-around patterns for a word. `AI` matches in `生成AI模型`, but not in `rain`."""
    begins = "" if _UNSPACED_LETTER.match(word[0]) else rf"(?<![^\W{_UNSPACED}])(?<![{_MARKS}])"
    ends = "" if _UNSPACED_LETTER.match(word[-1]) else rf"(?![^\W{_UNSPACED}]|[{_MARKS}])"
    return begins, ends
