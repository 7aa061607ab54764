"""Names of other scripts as an English text may spell them: by pinyin, by the consonants of kana and hangul."""

import re
from functools import cache, lru_cache
from operator import add
from typing import Any

from anyascii import anyascii

from pipeline.stages.dedupe.shingles import compatible

_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
_SOUND_RUN = re.compile(r"[\u30a1-\u30fa\u30fc]{3,}|[\uac00-\ud7a3]{3,}")
_HALF = re.compile("[\ud800-\udfff]")  # of a surrogate pair: no UTF-8 has it
_HAS_HAN = re.compile(r"[\u3400-\u9fff]")
_LEAST_PINYIN = 8  # letters: shorter runs of syllables meet English words by chance
_LEAST_CONSONANTS = 4
# What kana and hangul cannot tell apart, and how English spells it. In this order.
_SPELLINGS = (
    (re.compile(r"ph"), "f"), (re.compile(r"th"), "s"), (re.compile(r"c(?=[eiy])"), "s"), (re.compile(r"ck|c|q"), "k"),
    (re.compile(r"x"), "ks"), (re.compile(r"l"), "r"), (re.compile(r"v"), "b"), (re.compile(r"f"), "h"),
    (re.compile(r"m(?=[pb])"), "n"), (re.compile(r"z"), "j"), (re.compile(r"dj|ji"), "j"),
    (re.compile(r"[^bcdghjkmnprst]"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)  # fmt: skip


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def simplify(text: str) -> str:
    """Compatibility forms folded, and Han characters in their Simplified form, so that both Chinese scripts meet."""
    plain = compatible(text)
    return str(_converter().convert(_HALF.sub("\ufffd", plain))) if _HAS_HAN.search(plain) else plain


def pinyin_names(text: str) -> dict[str, str]:
    """Runs of two to four Han characters as joined pinyin, each with its characters: names among much else."""
    found: dict[str, str] = {}
    for run in _HAN_RUN.findall(text):
        syllables = list(map(_syllable, run))
        joined = syllables
        for size in (2, 3, 4):
            joined = list(map(add, joined, syllables[size - 1 :]))
            for start, spelt in enumerate(joined):
                if len(spelt) >= _LEAST_PINYIN and spelt not in found:
                    found[spelt] = run[start : start + size]
    return found


@lru_cache(maxsize=1 << 15)
def _syllable(character: str) -> str:
    return str(anyascii(character)).lower()


def sound_names(text: str) -> dict[str, str]:
    """Words of katakana or hangul as their consonants, each with the word."""
    found: dict[str, str] = {}
    for run in () if text.isascii() else _SOUND_RUN.findall(text):
        spelt = consonants(anyascii(run))
        if len(spelt) >= _LEAST_CONSONANTS:
            found.setdefault(spelt, run)
    return found


@lru_cache(maxsize=1 << 14)
def consonants(word: str) -> str:
    """A Latin word as the consonants that survive kana and hangul: mistral and misutoraru are both `mstr`."""
    spelt = word.lower()
    for pattern, replacement in _SPELLINGS:
        spelt = pattern.sub(replacement, spelt)
    return spelt
