"""Typographic quotation marks and apostrophes in place of a typewriter's, as each language has them.

Where a mark may be something else, such as feet, inches or code, it stays as it is: a straight mark is no mistake.
"""

import re

from pipeline.text.languages import primary_language, script_of_language
from pipeline.text.scripts import script_of_character

_ROUND, _GUILLEMETS, _LOW = ("“", "”", "‘", "’"), ("«", "»", "“", "”"), ("„", "“", "‚", "‘")
_LOW_HIGH, _RAISED = ("„", "”", "«", "»"), ("”", "”", "’", "’")
# Opening and closing marks for ", then for '.
_MARKS = {
    **dict.fromkeys(
        ("en", "nl", "pt", "tr", "vi", "id", "ms", "fil", "hi", "th", "ko", "ga", "cy", "af", "sw"), _ROUND
    ),
    **dict.fromkeys(("es", "it", "nb", "nn", "no", "el", "ca", "gl", "eu", "ar", "fa"), _GUILLEMETS),
    **dict.fromkeys(("ru", "uk", "be", "bg"), ("«", "»", "„", "“")),
    **dict.fromkeys(("de", "cs", "sk", "sl", "is", "lt", "et", "lv"), _LOW),
    **dict.fromkeys(("pl", "hu", "ro", "hr", "sr", "bs"), _LOW_HIGH),
    **dict.fromkeys(("sv", "fi"), _RAISED),
    "da": ("»", "«", "›", "‹"),
    "fr": ("«\u00a0", "\u00a0»", "“", "”"),
    "ja": ("「", "」", "『", "』"),
}
_CHINESE = {"Hant": ("「", "」", "『", "』"), "Hans": _ROUND}
_STRAIGHT = re.compile("[\"']")
_CODE = re.compile(r"`|[=\\][\"']|[\"'](?:\s*:\s*[\"'\[{\d]|[\])};]?;)|\w\([\"']|[\[{][\"']|[\"'][\]}]|</|\$\(|''|\"\"")
_BEFORE_OPENER = re.compile(r"[\s(\[{<«»„“‘‚‹›「『—–\-/…:\"']")
_AFTER_CLOSER = re.compile(r"[\s.,;:!?)\]}>…—–\-/»«”’“‘」』\"']|、|。")
# What may follow an apostrophe that stands for the beginning of a word.
_CLIPPED = re.compile(r"(?:\d0s|n|s|t|k|em|tis|twas|til)\b(?!')|n'(?=\s)", re.IGNORECASE)
_LETTERS = frozenset({"Latn", "Cyrl", "Grek", "Armn"})  # scripts with apostrophes inside words
_UNSPACED = frozenset({"Jpan", "Hant", "Hans"})


def with_quotes(text: str, tag: str) -> str:
    """Set the straight quotation marks and apostrophes of a text in a language (BCP 47) as typographic ones."""
    if not _STRAIGHT.search(text) or _CODE.search(text):
        return text
    script = script_of_language(tag)
    marks = _CHINESE.get(script) or _MARKS.get(primary_language(tag))
    characters = list(text)
    for place, character in enumerate(text):
        if character == "'" and _is_apostrophe(text, place):
            characters[place] = "’"
    if marks:
        spaced = script not in _UNSPACED
        _pair(characters, '"', marks[:2], spaced=spaced)
        _pair(characters, "'", marks[2:], spaced=spaced)
    return "".join(characters)


def _is_apostrophe(text: str, place: int) -> bool:
    """Whether a mark is inside a word, or stands for the beginning of one."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if _is_letter(after) and (_is_letter(before) or before.isdigit()):
        return True
    return not (before and (before.isalnum() or before in "'\"")) and _CLIPPED.match(text, place + 1) is not None


def _is_letter(character: str) -> bool:
    return bool(character) and script_of_character(character) in _LETTERS


def _pair(characters: list[str], mark: str, pair: tuple[str, ...], *, spaced: bool) -> None:
    """Replace a text's marks if they are pairs: all of them, or all but those after figures, which may be inches."""
    places = [place for place, character in enumerate(characters) if character == mark]
    after_figures = [place for place in places if characters[place - 1 : place] and characters[place - 1].isdigit()]
    for chosen in (places, [place for place in places if place not in after_figures]):
        if chosen and _are_pairs(characters, chosen, spaced=spaced):
            for number, place in enumerate(chosen):
                characters[place] = pair[number % 2]
            return
    if mark == "'":
        _close_words(characters, places)


def _are_pairs(characters: list[str], places: list[int], *, spaced: bool) -> bool:
    """Whether marks open and close in turn: each opener before a word, each closer after one."""
    if len(places) % 2:
        return False
    for number, place in enumerate(places):
        before, after = "".join(characters[max(0, place - 1) : place]), "".join(characters[place + 1 : place + 2])
        inside, outside = (before, after) if number % 2 else (after, before)
        allowed = _AFTER_CLOSER if number % 2 else _BEFORE_OPENER
        if not inside or inside.isspace() or (spaced and outside and not allowed.match(outside)):
            return False
    return True


def _close_words(characters: list[str], places: list[int]) -> None:
    """Set apostrophes after words that nothing has opened, as in "the dockers' union"; others stay."""
    is_open = False
    for place in places:
        before, after = "".join(characters[max(0, place - 1) : place]), "".join(characters[place + 1 : place + 2])
        if _is_letter(before) and not is_open and (not after or _AFTER_CLOSER.match(after)):
            characters[place] = "’"
        else:
            is_open = True
