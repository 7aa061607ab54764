"""Set Chinese in the other script: Simplified in Traditional and back, character by character.

Words of computing and names of places are not exchanged for those of another region, because such tables are wrong
about as often as right in general news.
"""

import re
from collections.abc import Mapping
from functools import cache
from itertools import count
from typing import Any

from pipeline.text.languages import primary_language, script_of_language
from pipeline.text.scripts import script_of_character

_HONG_KONG = frozenset({"HK", "MO"})
_MARKS = {"Hant": ("「」", "『』"), "Hans": ("“”", "‘’")}
_OPENERS, _CLOSERS = "“‘「『", "”’」』"
_APOSTROPHE = re.compile(r"(?<=[A-Za-z0-9])’(?=[A-Za-z])|(?<![\w’])’(?=\d0s)")
_PRIVATE_USE = 0xE000
_OTHER_SCRIPT_SHARE = 0.1  # of a text's letters; right texts stay below .08, and a third of most letters differ
_FEWEST_OTHER = 2  # 台, 里 and the like are written in both scripts
# The converter cuts 被发明 after 被发, and so takes 发 for hair.
_MISREAD = {
    re.compile("髮(?=[明射表佈布展言揮達])"): "發",
    re.compile("(?<=[國方界])曆(?=史)"): "歷",
}


def needs_conversion(language: str, to: str) -> bool:
    """Whether both are Chinese, and in different scripts."""
    both = (language, to)
    if any(primary_language(tag) != "zh" for tag in both) or "zh" in both:
        return False
    return {script_of_language(tag) for tag in both} == {"Hans", "Hant"}


def is_in_other_script(text: str, to: str) -> bool:
    """Whether a Chinese text is in Simplified characters where `to` says Traditional ones, or the other way round."""
    script = script_of_language(to)
    if primary_language(to) != "zh" or to == "zh" or script not in _MARKS:
        return False
    letters = "".join(character for character in text if script_of_character(character) == "Hani")
    # What either region writes is right: 着 and 説 are Traditional in Hong Kong.
    regions = (f"zh-{script}", f"zh-{script}-HK")
    changed = min(sum(map(str.__ne__, letters, convert_chinese(letters, region))) for region in regions)
    return changed >= _FEWEST_OTHER and changed > _OTHER_SCRIPT_SHARE * len(letters)


def convert_chinese(text: str, to: str, names: Mapping[str, str] | None = None) -> str:
    """Set a text in the script of the language `to` (zh-Hant, zh-Hant-HK, zh-Hans …), with its quotation marks.

    `names` maps names to the form that they are to have, which may be the one that they have already.
    """
    kept: dict[str, str] = {}
    free = (chr(point) for point in count(_PRIVATE_USE) if chr(point) not in text)
    for name in sorted(names or {}, key=len, reverse=True):
        if name and name in text:
            mark = next(free)
            kept[mark] = (names or {})[name]
            text = text.replace(name, mark)
    script = script_of_language(to)
    text = _set_marks(str(_converter(_scheme(to, script)).convert(text)), script)
    if script == "Hant":
        for pattern, right in _MISREAD.items():
            text = pattern.sub(right, text)
    return "".join(kept.get(character, character) for character in text) if kept else text


def _scheme(to: str, script: str) -> str:
    """OpenCC's name for the conversion; Taiwan's characters unless the tag names Hong Kong or Macau."""
    region = "hk" if _HONG_KONG.intersection(part.upper() for part in to.split("-")) else "tw"
    return f"s2{region}" if script == "Hant" else f"{region}2s"


@cache
def _converter(scheme: str) -> Any:
    from opencc import OpenCC

    return OpenCC(scheme)


def _set_marks(text: str, script: str) -> str:
    """Quotation marks as the script has them, by depth. Unpaired closers and apostrophes stay."""
    apostrophes = {match.start() for match in _APOSTROPHE.finditer(text)}
    marks = _MARKS[script]
    characters = list(text)
    opened: list[str] = []
    for place, character in enumerate(text):
        if character in _OPENERS:
            pair = marks[len(opened) % 2]
            opened.append(_CLOSERS[_OPENERS.index(character)])
            characters[place] = pair[0]
        elif character in _CLOSERS and place not in apostrophes and character in opened:
            while opened.pop() != character:
                pass
            characters[place] = marks[len(opened) % 2][1]
    return "".join(characters)
