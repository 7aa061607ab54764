"""How much two short texts have in common: by longer words, or by pairs of characters in scripts without spaces."""

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
)  # and Korean, whose particles end words
_LEAST_LETTERS = 4  # a shorter word is mostly grammar
_LEAST_UNITS = 3
_SAME = 0.8  # of all units of both: one repeats the other


@lru_cache(maxsize=512)
def units(text: str) -> frozenset[str]:
    """Return what a text is compared by."""
    folded = text.casefold()
    if len(_UNSPACED.findall(folded)) * 2 > len(folded.replace(" ", "")):
        letters = "".join(_WORD.findall(folded))
        return frozenset(letters[at : at + 2] for at in range(len(letters) - 1))
    return frozenset(word for word in _WORD.findall(folded) if len(word) >= _LEAST_LETTERS or word.isdigit())


def repeats(text: str, other: str) -> bool:
    """Whether a text says nearly the same as another one, in nearly the same words."""
    one, two = units(text), units(other)
    return min(len(one), len(two)) >= _LEAST_UNITS and len(one & two) >= _SAME * len(one | two)


def share(text: str, of: str) -> float:
    """The part of the units of the second text that the first one has."""
    wanted = units(of)
    return len(units(text) & wanted) / len(wanted) if wanted else 0.0
