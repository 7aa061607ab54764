"""The language a story is compared in: its tag, else what it declares, else its script and its function words."""

import re

from pipeline.records import UNKNOWN_LANGUAGE, Story
from pipeline.stages.dedupe.function_words import BY_LANGUAGE
from pipeline.stages.dedupe.shingles import normalise, tokens

_KANA, _HANGUL = re.compile(r"[\u3041-\u30ff]"), re.compile(r"[\uac00-\ud7a3]")
_HAN, _LATIN = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[a-zA-Z]")
_SAMPLE = 2_000  # characters looked at


def tongue(story: Story) -> str:
    """The primary language subtag, `und` where nothing tells."""
    for said in (story.language, story.declared_language):
        if said and said != UNKNOWN_LANGUAGE:
            return said.split("-")[0].lower()
    return guess(f"{story.title}\n{story.standfirst}\n{story.text[:_SAMPLE]}"[:_SAMPLE])


def guess(text: str) -> str:
    """The language by script, and for Latin script by the function words that only one language has."""
    kana, hangul, han = (len(script.findall(text)) for script in (_KANA, _HANGUL, _HAN))
    letters = len(_LATIN.findall(text))
    if hangul > max(kana, han) and 3 * hangul > letters:
        return "ko"
    if 3 * (kana + han) > letters and kana + han:
        return "ja" if 10 * kana > han else "zh"
    words = set(tokens(normalise(text)))
    scores = sorted(((len(words & own), language) for language, own in BY_LANGUAGE.items()), reverse=True)
    return scores[0][1] if scores[0][0] >= 2 and scores[0][0] > scores[1][0] else UNKNOWN_LANGUAGE
