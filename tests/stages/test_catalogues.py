"""The message catalogues: complete in each language, with the plural forms that CLDR has."""

import io
import re
from collections.abc import Iterator
from gettext import c2py
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from pipeline.edges.templates import default_folder, load_templates
from pipeline.text.languages import EDITION_LANGUAGES, catalogue_names

FILES = dict(load_templates().catalogues)
PLACEHOLDER = re.compile(r"\{[a-z]+\}")
NUMBERS = range(2001)
SOURCES = [*default_folder().rglob("*.j2"), *Path("pipeline/stages/render").glob("*.py")]


def catalogue_of(tag: str) -> Catalog:
    """The catalogue of an edition language."""
    name = tag.replace("-", "_")
    return read_po(io.BytesIO(FILES[name]), locale=name, abort_invalid=True)


def messages_of(tag: str) -> dict[str, Message]:
    """The phrases of a catalogue by their English form; without number words and names of languages."""
    return {str(each.id and forms(each.id)[0]): each for each in catalogue_of(tag) if each.id and not each.context}


def forms(text: object) -> tuple[str, ...]:
    """The plural forms of a message, or its only form."""
    return (text,) if isinstance(text, str) else tuple(str(form) for form in text)  # type: ignore[attr-defined]


def extracted() -> Iterator[str]:
    """The phrases that the templates and the code translate."""
    for path in SOURCES:
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        for _, found, _, _ in extract_from_file(method, path, keywords={"gettext": None, "ngettext": (1, 2)}):
            yield forms(found)[0]


def test_the_languages_of_editions_are_those_with_a_catalogue() -> None:
    """The config's list and the folder agree."""
    assert {tag.replace("-", "_") for tag in EDITION_LANGUAGES} == set(FILES)


def test_the_english_catalogue_has_the_phrases_that_are_printed() -> None:
    """All of them, and none that is printed no more."""
    known = set(messages_of("en"))
    sources = "".join(path.read_text("utf-8") for path in SOURCES)
    assert set(extracted()) <= known
    assert [phrase for phrase in known if phrase not in sources] == []


@pytest.mark.parametrize("tag", EDITION_LANGUAGES)
def test_no_message_and_no_plural_form_is_missing(tag: str) -> None:
    """Every phrase of the English catalogue is translated, with its placeholders."""
    messages, catalogue = messages_of(tag), catalogue_of(tag)
    assert set(messages) == set(messages_of("en"))
    for phrase, message in messages.items():
        translated = forms(message.string)
        assert all(translated), phrase
        assert len(translated) == (catalogue.num_plurals if message.pluralizable else 1), phrase
        if not message.pluralizable:
            assert set(PLACEHOLDER.findall(translated[0])) == set(PLACEHOLDER.findall(phrase)), phrase


@pytest.mark.parametrize("tag", EDITION_LANGUAGES)
def test_plural_forms_are_those_of_cldr(tag: str) -> None:
    """Numbers with different forms in CLDR have different ones; a form of several numbers prints the number."""
    catalogue = catalogue_of(tag)
    index, category = c2py(catalogue.plural_expr), Locale.parse(tag, sep="-").plural_form
    numbers: dict[int, set[int]] = {}
    categories: dict[str, set[int]] = {}
    for number in NUMBERS:
        numbers.setdefault(index(number), set()).add(number)
        categories.setdefault(category(number), set()).add(number)
    several = {form for form, found in numbers.items() if len(found) > 1}
    assert len(numbers) == catalogue.num_plurals
    if catalogue.num_plurals > 1:
        assert all(len({index(number) for number in same}) == 1 for same in categories.values())
    assert len(numbers) == len(categories)
    for phrase, message in messages_of(tag).items():
        if message.pluralizable:
            for form in several:
                assert set(PLACEHOLDER.findall(forms(message.string)[form])) == set(PLACEHOLDER.findall(phrase)), phrase


@pytest.mark.parametrize("tag", EDITION_LANGUAGES)
def test_number_words_are_complete_or_left_out(tag: str) -> None:
    """One to twelve: a letter does not mix words and digits."""
    words = [message.string for message in catalogue_of(tag) if message.context == "count"]
    assert len(words) in (0, 12)
    assert all(words)


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("pt-BR", "pt"), ("en-GB", "en"), ("de-AT", "de"), ("es-419", "es"), ("zh-HK", "zh_Hant"), ("zh-SG", "zh_Hans"),
        ("zh-Hant-HK", "zh_Hant"), ("no", "nb"), ("fr-CA", "fr"),
    ],
)  # fmt: skip
def test_a_regional_variant_has_the_catalogue_of_its_language(tag: str, name: str) -> None:
    """The first name that there is a catalogue for."""
    assert next(each for each in catalogue_names(tag) if each in FILES) == name
