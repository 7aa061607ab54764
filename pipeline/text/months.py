"""The numbers of months by their names, in every language that stories are read in (CLDR, through Babel)."""

import unicodedata
from functools import cache, lru_cache

from pipeline.text.languages import RECOGNISED, RECOGNISED_BY_SCRIPT
from pipeline.text.scripts import script_of_character

SHORTEST_START = 3  # letters: a shorter beginning of a month's name is no abbreviation


@lru_cache(maxsize=1024)
def month_number(word: str, language: str | None = None) -> int | None:
    """The month that a word names, 1 to 12; None for another word, and where languages disagree.

    The feed's language decides, then English, then what all other languages agree on: listopad is
    October in Croatian and November in Polish.
    """
    name = _plain(word)
    own = [tag for tag in (language, "en") if tag in RECOGNISED]
    for tag in own:
        if number := month_names(tag).get(name) or _by_start(tag, name):
            return number
    script = script_of_character(name[:1]) if name else ""  # so that few languages are loaded
    others = sorted(RECOGNISED_BY_SCRIPT.get(script, frozenset()) - {"en"})
    for found in ({month_names(tag).get(name) for tag in others}, {_by_start(tag, name) for tag in others}):
        numbers = found - {None}
        if numbers:
            return numbers.pop() if len(numbers) == 1 else None
    return None


def _by_start(language: str, name: str) -> int | None:
    """The month whose names alone begin so: publishers abbreviate in their own ways."""
    if len(name) < SHORTEST_START:
        return None
    numbers = {number for known, number in month_names(language).items() if known.startswith(name)}
    return numbers.pop() if len(numbers) == 1 else None


@cache
def month_names(language: str) -> dict[str, int]:
    """The names of the months, whole and abbreviated, alone and in dates."""
    from babel import Locale, UnknownLocaleError

    try:
        months = Locale.parse(language, sep="-").months
    except (UnknownLocaleError, ValueError):
        return {}
    return {
        _plain(name): number
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in months[context][width].items()
        if not any(map(str.isdigit, name))
    }


def _plain(name: str) -> str:
    """The name without case, its article and its full stop."""
    name = unicodedata.normalize("NFC", name).casefold().replace("’", "'")
    return name.removeprefix("de ").removeprefix("d'").rpartition(" ")[2].strip(".,")
