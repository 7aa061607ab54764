"""Malay or Indonesian, by words and spellings that only one of the two uses.

General models confuse the two, which share their grammar and most of their words. malay.txt and indonesian.txt were
written by hand for news and everyday speech.
"""

import re
from functools import cache
from importlib import resources

_ENDINGS = re.compile(r"(?:nya|lah|kah|ku|mu|pun)$")
_INDONESIAN_FORM = re.compile(r"[a-z]{2,}(?:itas|isasi)")
_MALAY_FORM = re.compile(r"[a-z]{3,}(?:iti|isyen)|(?:ter|di|memper|mem)?per?isy[a-z]+")
_STRONG = 2
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


def word_balance(text: str) -> int:
    """The number of Malay words minus that of Indonesian words, strong ones counted twice."""
    return sum(map(_word_weight, _WORD.findall(text.lower())))


def _word_weight(word: str) -> int:
    weights = _word_weights()
    weight = weights.get(word) or weights.get(_ENDINGS.sub("", word)) or weights.get(word.partition("-")[0])
    if weight is None:
        return _STRONG * (bool(_MALAY_FORM.fullmatch(word)) - bool(_INDONESIAN_FORM.fullmatch(word)))
    return weight


@cache
def _word_weights() -> dict[str, int]:
    return _read_weights("malay.txt", 1) | _read_weights("indonesian.txt", -1)


def _read_weights(name: str, sign: int) -> dict[str, int]:
    """The weights of a list: the words after a line `strong` count twice, those after a line `weak` once."""
    strong, weak = (
        (resources.files(__package__) / name).read_text(encoding="utf-8").removeprefix("strong\n").split("\nweak\n")
    )
    return dict.fromkeys(weak.split(), sign) | dict.fromkeys(strong.split(), _STRONG * sign)
