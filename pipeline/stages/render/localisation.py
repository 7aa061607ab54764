"""The letter's own phrases, dates, numbers and lists in one language: gettext catalogues and CLDR, through Babel."""

import functools
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from gettext import c2py
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from pipeline.errors import ConfigError
from pipeline.records import UNKNOWN_LANGUAGE
from pipeline.text.languages import catalogue_names, primary_language, script_of_language, story_language
from pipeline.text.places import date_locale

_HAN_MEETS_LATIN = re.compile(r"(?<=[A-Za-z.])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[A-Za-z])")
_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
# The templates' phrases are English; a phrase that the catalogue lacks stays English.
_SOURCE_LANGUAGE = "en"


@dataclass(frozen=True)
class Localisation:
    """Phrases and formats of one language. Phrases are Markup; values put into them are escaped unless Markup too."""

    tag: str  # BCP 47
    locale: Locale
    catalogue: Catalog

    def gettext(self, message: str, /, **values: Any) -> Markup:
        """Translate a phrase and fill its {placeholders}."""
        return _fill(_string(self.catalogue.get(message)) or message, values)

    def ngettext(self, one: str, many: str, count: int, /, **values: Any) -> Markup:
        """Translate a phrase in the plural form for a count; {count} becomes the formatted count."""
        message = self.catalogue.get(one)
        forms = message.string if message is not None and isinstance(message.string, tuple) else ()
        chosen = forms[_plural_index(self.catalogue.plural_expr, count)] if all(forms) and forms else ""
        return _fill(chosen or (one if count == 1 else many), {"count": self.number(count), **values})

    def number(self, value: int) -> str:
        """Format a whole number with the language's digits and grouping."""
        return _number(value, self.locale)

    def count_word(self, value: int) -> str:
        """A number in words, to begin a phrase with; in digits if the catalogue has no word for it."""
        return _string(self.catalogue.get(str(value), "count")) or self.number(value)

    def day(self, value: date, territory: str = "") -> str:
        """Format a date with its weekday, as the language does in a territory."""
        return str(format_date(value, format="full", locale=date_locale(self.tag, territory) or self.locale))

    def joined(self, items: Sequence[str]) -> Markup:
        """Join items as “A, B and C”."""
        parts = [str(escape(item)) for item in items]
        joined = format_list(parts, style="standard", locale=self.locale)
        return Markup(_HAN_MEETS_LATIN.sub(" ", joined))  # noqa: S704 - each part is escaped

    def language(self, tag: str) -> str:
        """The name of a language in this language, from the catalogue or CLDR; Chinese is named with its script."""
        names = self.locale.languages
        code = tag.replace("-", "_")
        language = code.split("_")[0].lower()
        if language == "zh":
            code = f"zh_{script_of_language(tag)}"
        translated = _string(self.catalogue.get(code, "language"))
        return str(translated or names.get(code) or names.get(language) or tag)

    def reads(self, tag: str) -> bool:
        """Whether readers of this language can read a text in language `tag`, so that it needs no label."""
        if tag == UNKNOWN_LANGUAGE:
            return True
        text_language, own_language = (primary_language(story_language(each) or each) for each in (tag, self.tag))
        return text_language == own_language and script_of_language(tag) == script_of_language(self.tag)


@functools.lru_cache(maxsize=32)
def load_localisation(tag: str, catalogues: tuple[tuple[str, bytes], ...]) -> Localisation:
    """The localisation of a BCP 47 language; with English phrases if there is no catalogue for it."""
    known = dict(catalogues)
    for name in (*catalogue_names(tag), _SOURCE_LANGUAGE):
        if name in known:
            return Localisation(tag=tag, locale=_locale(tag, name), catalogue=_catalogue(name, known[name]))
    return Localisation(tag=tag, locale=_locale(tag, _SOURCE_LANGUAGE), catalogue=Catalog(locale=_SOURCE_LANGUAGE))


def _locale(tag: str, fallback: str) -> Locale:
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(fallback)


def _catalogue(name: str, body: bytes) -> Catalog:
    try:
        catalogue = read_po(io.BytesIO(body), locale=name, abort_invalid=True)
    except (PoFileError, UnknownLocaleError, ValueError) as error:
        raise ConfigError(f"messages/{name}.po: not a message catalogue: {error}") from error
    for message in catalogue:
        if message.id:
            _refuse_unknown_placeholders(name, message)
    return catalogue


def _refuse_unknown_placeholders(name: str, message: Message) -> None:
    ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    strings = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    known = {found for text in ids for found in _PLACEHOLDER.findall(text)}
    for text in strings:
        unknown = set(_PLACEHOLDER.findall(text or "")) - known
        if unknown:
            raise ConfigError(
                f"messages/{name}.po, line {message.lineno}: {{{min(unknown)}}} is not in the message {ids[0]!r}"
            )


@functools.lru_cache(maxsize=1024)
def _number(value: int, locale: Locale) -> str:
    return str(format_decimal(value, locale=locale))


@functools.lru_cache(maxsize=1024)
def _plural_index(expression: str, count: int) -> int:
    return int(c2py(expression)(count))


def _string(message: Message | None) -> str:
    return message.string if message is not None and isinstance(message.string, str) else ""


def _fill(text: str, values: dict[str, Any]) -> Markup:
    filled = _PLACEHOLDER.sub(lambda found: str(escape(values[found[1]])), str(escape(text)))
    return Markup(filled)  # noqa: S704 - the text and each value are escaped
