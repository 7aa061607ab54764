"""Words in titles and texts: whole words where a script has borders between them, anywhere in other scripts.

The capitals of names count. `LINE` is not found in "a production line", and `Grab` only where the text shows that it is
a name: capitals say nothing at the beginning of a sentence or in a headline that writes most words with one.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple, TypeAlias

from pipeline.records import Story, Topic
from pipeline.text.scripts import HALFWIDTH_KANA, HAN_MARKS, HANGUL, UNSPACED

TITLE_WEIGHT = 3.0
TOPIC_BLOCKS = 6  # number of blocks that are searched for topic words
COMMON = 0.1  # the share of a name's uses without capitals that makes it a common word too

# Scripts that put no spaces between words, or (Hangul) none between a word and its particles.
_UNSPACED = UNSPACED + HAN_MARKS + HALFWIDTH_KANA + HANGUL
_UNSPACED_LETTER = re.compile(f"[{_UNSPACED}]")
_TOKEN = re.compile(rf"[^\W{_UNSPACED}]+")
# Vowel signs and accents, which regular expressions do not count as word characters.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u0655\u0900-\u0dff"
_GLUES = re.compile(rf"[^\W{_UNSPACED}]|[{_MARKS}]")  # next to a word, this makes it a part of a longer one
# What comes before the first word of a sentence or quotation, and before the end of a longer name: “South China Sea”.
_SENTENCE_START = re.compile(r"(?:^|[.!?:;…|/\]】“”\"«»‘(–—]\s*|\s-\s+|\s['’])$")
_NAME_BEFORE = re.compile(r"(?<![\w-])(?=[^\W\d_])(?P<word>\w+)\s$")
_BEFORE = 40  # characters in which a neighbour is looked for
_LONG_WORD = re.compile(r"[^\W\d_]{5,}")  # short ones have no capital in any headline
_SENTENCE_SHARE = 0.2  # of the long words; a text has fewer with a small letter only if it writes headlines in capitals

Case: TypeAlias = Literal["as a name", "unclear", "as a word"]


class SearchText:
    """A text to find words in, with what its capitals tell."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lower = text.lower()
        self.is_unspaced = not self.lower.isascii() and _UNSPACED_LETTER.search(self.lower) is not None
        self.tokens = frozenset(_TOKEN.findall(self.lower))

    @cached_property
    def capitals_tell(self) -> bool:
        """Whether capitals tell names from words; not in headlines that write most words with one."""
        small = [word[0].islower() for word in _LONG_WORD.findall(self.text)]
        return bool(small) and sum(small) >= _SENTENCE_SHARE * len(small) and self.text != self.lower

    @cached_property
    def is_in_capitals(self) -> bool:
        """Whether most of the text is in capitals."""
        large = [word.isupper() for word in _LONG_WORD.findall(self.text)]
        return sum(large) > len(large) / 2 if large else self.text.isupper()

    @cached_property
    def has_caseless(self) -> bool:
        """Whether any letter is of a script without capitals."""
        if self.text.isascii():
            return False
        return self.is_unspaced or any(c.isalpha() and not c.islower() and not c.isupper() for c in self.text)


class Found(NamedTuple):
    """A word in a text."""

    word: str  # as it was given
    case: Case


class WordFinder:
    """Finds words in texts. With `names`, a capital of a word counts; without, only several, as in `AI`."""

    def __init__(self, words: Iterable[str], *, names: bool = False) -> None:
        self._words: dict[str, str] = {}  # in small letters → as it was given
        for word in (unicodedata.normalize("NFC", given) for given in words):
            lowered = word.lower()
            if lowered and (lowered not in self._words or word == lowered):
                self._words[lowered] = word
        capitals = {word: sum(character.isupper() for character in word) for word in self._words.values()}
        self._with_capitals = {word for word, count in capitals.items() if count > (0 if names else 1)}
        self._by_token: dict[str, list[str]] = {}
        self._anywhere: list[str] = []  # words that begin inside of a token
        self._symbols: list[str] = []
        for word in self._words:
            token = _TOKEN.search(word)
            if _UNSPACED_LETTER.match(word[0]):
                self._anywhere.append(word)
            elif token:
                self._by_token.setdefault(token[0], []).append(word)
            else:
                self._symbols.append(word)
        self._tokens = frozenset(self._by_token)

    def __bool__(self) -> bool:
        return bool(self._words)

    def find(self, text: SearchText) -> list[Found]:
        """The words in a text, without those inside of longer ones; each once for each case, in their order."""
        likely = self._likely(text)
        if not likely:
            return []
        spans = [(start, -len(word), word) for word in likely for start in _places_of(word, text.lower)]
        found, end = dict[Found, None](), 0
        for start, length, word in sorted(spans):
            if start >= end:
                end = start - length
                found[Found(self._words[word], self._case(text, self._words[word], start, end))] = None
        return list(found)

    def _likely(self, text: SearchText) -> list[str]:
        """The words that may be in a text: those whose first token is."""
        words = [word for word in self._symbols if word in text.lower]
        if text.is_unspaced:
            words += [word for word in self._anywhere if word in text.lower]
        if not self._tokens.isdisjoint(text.tokens):
            words += [word for token in self._tokens & text.tokens for word in self._by_token[token]]
        return words

    def _case(self, text: SearchText, word: str, start: int, end: int) -> Case:
        if word not in self._with_capitals or len(text.text) != len(text.lower) or text.has_caseless:
            return "as a name"
        written, before = text.text[start:end], text.text[max(0, start - _BEFORE) : start]
        if not any(character.isupper() for character in written):
            return "as a word" if text.text != text.lower else "unclear"
        if written != word:
            return "unclear"
        neighbour = _NAME_BEFORE.search(before)
        if any(character.isupper() for character in word[1:]):  # which no headline gives to a common word
            return "unclear" if text.is_in_capitals or (neighbour and neighbour["word"].isupper()) else "as a name"
        if not text.capitals_tell or _SENTENCE_START.search(before):
            return "unclear"
        return "unclear" if neighbour and neighbour["word"][0].isupper() else "as a name"


def common_words(found: Iterable[Iterable[Found]]) -> frozenset[str]:
    """The names that the texts of a week often write without capitals. `found`: what each text has."""
    counts = Counter(each for text in found for each in text)
    names = {each.word for each in counts if each.case == "as a word"}
    return frozenset(
        word
        for word in names
        if (small := counts[Found(word, "as a word")]) >= COMMON * (small + counts[Found(word, "as a name")])
    )


def is_meant(found: Found, texts: Iterable[Iterable[Found]], common: frozenset[str]) -> bool:
    """Whether what was found is the name and no common word; `texts`: what all texts of the same story have.

    Where its capitals do not tell, it is if another place of the story tells, or if it is no common word.
    """
    if found.word not in common:
        return found.case != "as a word" or sum(character.isupper() for character in found.word) < 2
    return found.case == "as a name" or (
        found.case == "unclear" and any(Found(found.word, "as a name") in text for text in texts)
    )


def _places_of(word: str, text: str) -> Iterator[int]:
    """Yield where a word in small letters begins in a text. `AI` is in `生成AI模型`, but not in `rain`.

    To compile a pattern for each word takes longer than to search a week's texts.
    """
    begins_freely, ends_freely = _UNSPACED_LETTER.match(word[0]), _UNSPACED_LETTER.match(word[-1])
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        glued = (not begins_freely and start and _GLUES.match(text, start - 1)) or (
            not ends_freely and _GLUES.match(text, end)
        )
        if not glued:
            yield start
        start = text.find(word, start + 1 if glued else end)


@lru_cache(maxsize=64)
def find_names(names: tuple[str, ...]) -> WordFinder:
    """A finder of the names of places or firms."""
    return WordFinder(names, names=True)


TopicWords: TypeAlias = Sequence[tuple[Topic, WordFinder]]


def topic_words(topics: Sequence[Topic]) -> TopicWords:
    """Return the topics that have words, each with a finder of its words in any language."""
    found = ((topic, WordFinder(word for words in topic.words.values() for word in words)) for topic in topics)
    return [(topic, finder) for topic, finder in found if finder]


def match_topic(story: Story, topics: TopicWords) -> tuple[str | None, float]:
    """Return a story's topic and how well it matches, from 0 to 1; a word in the title counts three times."""
    body = " ".join((story.standfirst, *story.key_points, *(block.text for block in story.blocks[:TOPIC_BLOCKS])))
    in_title, in_body = SearchText(story.title), SearchText(body)
    best: tuple[float, str | None] = (0.0, None)
    for topic, finder in topics:
        hits = TITLE_WEIGHT * count_words(finder.find(in_title)) + count_words(finder.find(in_body))
        best = max(best, (min(1.0, hits / (2 * TITLE_WEIGHT)) * topic.weight, topic.name), key=lambda pair: pair[0])
    return (best[1], min(1.0, best[0])) if best[1] and best[0] > 0 else (None, 0.0)


def count_words(found: Iterable[Found]) -> int:
    """How many different words were found; an acronym in small letters is another word."""
    return len({each.word for each in found if each.case != "as a word"})
