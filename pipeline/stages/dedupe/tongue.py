"""The language a story is compared in: its tag, else what it declares, else its script, letters and function words."""

import math
import re
from collections import Counter

from pipeline.records import UNKNOWN_LANGUAGE, Story
from pipeline.stages.dedupe.shingles import normalise, tokens
from pipeline.text.function_words import BY_LANGUAGE

_KANA, _HANGUL = re.compile(r"[\u3041-\u30ff]"), re.compile(r"[\uac00-\ud7a3]")
# Hiragana but for one that Chinese writes in names of shops, and characters that are neither of its two scripts.
_JAPANESE = re.compile(r"[\u3041-\u306d\u306f-\u3096円気発売経済続対実県変関黒図験単広沢浜観検険駅総帰権戦労働]")
_HAN, _LATIN = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[a-zA-Z]")
_SAMPLE = 2_000  # characters looked at
_WORDS, _LEAST, _LEAD = 2, 1.0, 1.5  # words that speak for a language, their weight, and that against the next one's
# Letters that one of the languages has and the others have in names at most.
_LETTERS = {
    "de": re.compile("ß"), "fr": re.compile("[œêèùûëï]"), "es": re.compile("[ñ¿¡]"), "pt": re.compile("[ãõ]"),
    "sv": re.compile("å"), "pl": re.compile("[łąęśźżń]"), "tr": re.compile("[ğış]"), "vi": re.compile("[ơưạ-ỹ]"),
    "ru": re.compile("[ыэёй]"),
}  # fmt: skip
_SPREAD = Counter(word for words in BY_LANGUAGE.values() for word in words)  # languages that have a word


def tongue(story: Story) -> str:
    """The primary language subtag, `und` where nothing tells."""
    for said in (story.language, story.declared_language):
        if said and said != UNKNOWN_LANGUAGE:
            return said.split("-")[0].lower()
    return guess(f"{story.title}\n{story.standfirst}\n{story.text[:_SAMPLE]}"[:_SAMPLE])


def guess(text: str) -> str:
    """The language by script, else by its letters and function words, which count the less the more languages have one.

    Nothing is better than a wrong guess: a story of unknown language may join any.
    """
    kana, hangul, han = (len(script.findall(text)) for script in (_KANA, _HANGUL, _HAN))
    letters = len(_LATIN.findall(text))
    if hangul > max(kana, han) and 3 * hangul > letters:
        return "ko"
    if 3 * (kana + han) > letters and kana + han:
        return "ja" if 10 * kana > han or 20 * len(_JAPANESE.findall(text)) > han else "zh"
    words = set(tokens(normalise(text)))
    (most, best), (next_most, _) = sorted(
        ((_score(words, language), language) for language in BY_LANGUAGE), reverse=True
    )[:2]
    return best if most >= _LEAST and most >= _LEAD * next_most else UNKNOWN_LANGUAGE


def _score(words: set[str], language: str) -> float:
    letter = _LETTERS.get(language)
    own = words & BY_LANGUAGE[language]
    spelt = sum(1 for word in words - own if letter.search(word)) if letter else 0
    if len(own) + spelt < _WORDS:
        return 0.0
    return spelt + math.fsum(1.0 / _SPREAD[word] for word in own)  # the same whatever the order of the words
