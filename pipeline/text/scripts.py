"""Scripts: which one a character is written in, and which ones put no spaces between words."""

import bisect
import unicodedata
from functools import lru_cache

# Ranges for character classes of regular expressions, by Unicode block.
THAI = "\u0e00-\u0e7f"
SOUTHEAST_ASIAN = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
HAN_KANA = "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
UNSPACED = SOUTHEAST_ASIAN + HAN_KANA  # scripts without spaces between words
HAN_MARKS = "\u3005-\u3007\u3021-\u303f"  # 々〆〇 and numerals: outside the blocks of Han, and written with it
HALFWIDTH_KANA = "\uff66-\uff9f"
HANGUL = "\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff\uffa0-\uffdc"  # spaces between phrases, none before particles
RIGHT_TO_LEFT = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg", "Samr", "Mand"})

_BLOCKS = (
    (0x41, 0x24F, "Latn"), (0x250, 0x2AF, "Latn"), (0x370, 0x3FF, "Grek"), (0x400, 0x52F, "Cyrl"),
    (0x531, 0x58F, "Armn"), (0x591, 0x5FF, "Hebr"), (0x600, 0x6FF, "Arab"), (0x700, 0x74F, "Syrc"),
    (0x750, 0x77F, "Arab"), (0x780, 0x7BF, "Thaa"), (0x8A0, 0x8FF, "Arab"), (0x900, 0x97F, "Deva"),
    (0x980, 0x9FF, "Beng"), (0xA00, 0xA7F, "Guru"), (0xA80, 0xAFF, "Gujr"), (0xB00, 0xB7F, "Orya"),
    (0xB80, 0xBFF, "Taml"), (0xC00, 0xC7F, "Telu"), (0xC80, 0xCFF, "Knda"), (0xD00, 0xD7F, "Mlym"),
    (0xD80, 0xDFF, "Sinh"), (0xE00, 0xE7F, "Thai"), (0xE80, 0xEFF, "Laoo"), (0xF00, 0xFFF, "Tibt"),
    (0x1000, 0x109F, "Mymr"), (0x10A0, 0x10FF, "Geor"), (0x1100, 0x11FF, "Hang"), (0x1200, 0x139F, "Ethi"),
    (0x1780, 0x17FF, "Khmr"), (0x1800, 0x18AF, "Mong"), (0x1C90, 0x1CBF, "Geor"), (0x1E00, 0x1EFF, "Latn"),
    (0x1F00, 0x1FFF, "Grek"), (0x2D00, 0x2D2F, "Geor"), (0x3041, 0x309F, "Kana"), (0x30A1, 0x30FA, "Kana"),
    (0x30FC, 0x30FF, "Kana"), (0x3105, 0x312F, "Bopo"), (0x3131, 0x318E, "Hang"), (0x31F0, 0x31FF, "Kana"),
    (0x3400, 0x4DBF, "Hani"), (0x4E00, 0x9FFF, "Hani"), (0xA960, 0xA97F, "Hang"), (0xAA60, 0xAA7F, "Mymr"),
    (0xAC00, 0xD7FF, "Hang"), (0xF900, 0xFAFF, "Hani"), (0xFB1D, 0xFB4F, "Hebr"), (0xFB50, 0xFDFF, "Arab"),
    (0xFE70, 0xFEFC, "Arab"), (0x20000, 0x3FFFF, "Hani"),
)  # fmt: skip
_COMBINED = {"Hant": ("Hani", "Bopo"), "Hans": ("Hani",), "Jpan": ("Kana", "Hani"), "Kore": ("Hang", "Hani")}
_STARTS = tuple(start for start, _, _ in _BLOCKS)


@lru_cache(maxsize=16384)
def script_of_character(character: str) -> str:
    """The ISO 15924 code of a letter's script, Kana for both kinds of kana; "" for anything else."""
    if not character.isalpha() and unicodedata.category(character)[0] != "M":
        return ""
    point = ord(character)
    block = bisect.bisect_right(_STARTS, point) - 1
    return _BLOCKS[block][2] if block >= 0 and point <= _BLOCKS[block][1] else ""


def scripts_written(script: str) -> tuple[str, ...]:
    """The scripts of the characters that a language's script (ISO 15924) is written with: Kana and Hani for Jpan."""
    return _COMBINED.get(script, (script,))
