"""Where an edition comes from: the territory of a city, and the locale in which it writes dates. From CLDR."""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale


@lru_cache(maxsize=64)
def territory_of(city: str, zone: str, language: str) -> str:
    """The ISO 3166 code of a city that names a time zone, in English or the language, else of `zone`; "" for none."""
    from babel.core import get_global

    territories = get_global("zone_territories")
    code = str(territories.get(_zone_of(city, language) or get_global("zone_aliases").get(zone, zone), ""))
    return code if len(code) == 2 and code != "ZZ" else ""


def date_locale(language: str, territory: str) -> "Locale | None":
    """The locale of a BCP 47 language in a territory, unless the tag names its own; None if CLDR lacks the language."""
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
    if not territory or locale.territory:
        return locale
    try:
        return Locale(locale.language, territory, locale.script)
    except UnknownLocaleError:
        return locale


def _zone_of(city: str, language: str) -> str | None:
    from babel.core import get_global

    if not city:
        return None
    locale = date_locale(language, "")
    names = locale.time_zones if locale else {}
    for zone in get_global("zone_territories"):
        english = zone.rpartition("/")[2].replace("_", " ")
        if city.casefold() in (english.casefold(), str(names.get(zone, {}).get("city", "")).casefold()):
            return str(zone)
    return None
