"""Malay or Indonesian, by words and spellings that only one of the two uses.

No general model tells the two apart well: they share their grammar and most of their words. The two lists, malay.txt
and indonesian.txt, were written by hand for news and everyday speech.
"""

import re
from functools import cache
from importlib import resources

_ENDINGS = re.compile(r"(?:nya|lah|kah|ku|mu|pun)$")
_INDONESIAN_FORM = re.compile(r"[a-z]{2,}(?:itas|isasi)")
_MALAY_FORM = re.compile(r"[a-z]{3,}(?:iti|isyen)|(?:ter|di|memper|mem)?per?isy[a-z]+")
_STRONG = 2
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


def balance(text: str) -> int:
    """Words that Malay prefers less words that Indonesian prefers, strong ones twice: above 0 for Malay."""
    return sum(map(_side, _WORD.findall(text.lower())))


def _side(word: str) -> int:
    table = _table()
    side = table.get(word) or table.get(_ENDINGS.sub("", word)) or table.get(word.partition("-")[0])
    if side is None:
        return _STRONG * (bool(_MALAY_FORM.fullmatch(word)) - bool(_INDONESIAN_FORM.fullmatch(word)))
    return side


@cache
def _table() -> dict[str, int]:
    return _weighted("malay.txt", 1) | _weighted("indonesian.txt", -1)


def _weighted(name: str, sign: int) -> dict[str, int]:
    """A list of this package: words after a line `strong` and after a line `weak`."""
    strong, weak = (
        (resources.files(__package__) / name).read_text(encoding="utf-8").removeprefix("strong\n").split("\nweak\n")
    )
    return dict.fromkeys(weak.split(), sign) | dict.fromkeys(strong.split(), _STRONG * sign)
