"""Where an edition comes from, and how dates are written there."""

from datetime import date

import pytest
from babel.dates import format_date

from pipeline.text.places import date_locale, territory_of


@pytest.mark.parametrize(
    ("city", "zone", "language", "territory"),
    [
        ("Hong Kong", "UTC", "en", "HK"),
        ("Hongkong", "UTC", "nl", "HK"),
        ("香港", "UTC", "zh-Hant", "HK"),
        ("New York", "Europe/Paris", "en", "US"),
        ("Penang", "Asia/Kuala_Lumpur", "en", "MY"),
        ("", "US/Eastern", "en", "US"),
        ("Nowhere", "UTC", "en", ""),
    ],
)
def test_a_city_gives_its_territory_or_else_the_time_zone_does(
    city: str, zone: str, language: str, territory: str
) -> None:
    """By its name in English or in the edition's language."""
    assert territory_of(city, zone, language) == territory


@pytest.mark.parametrize(
    ("language", "territory", "written"),
    [
        ("en", "HK", "22 November 2026"),
        ("en", "US", "November 22, 2026"),
        ("en", "", "November 22, 2026"),
        ("en-GB", "US", "22 November 2026"),
        ("zh-Hant", "HK", "2026年11月22日"),
        ("ar", "LB", "22 تشرين الثاني 2026"),
        ("nl", "HK", "22 november 2026"),
    ],
)
def test_dates_are_written_as_in_the_territory(language: str, territory: str, written: str) -> None:
    """Unless the tag names its own; a pair that CLDR lacks writes as the language does."""
    assert format_date(date(2026, 11, 22), format="long", locale=date_locale(language, territory)) == written


def test_a_language_that_cldr_lacks_has_no_locale() -> None:
    """The caller decides what to write."""
    assert date_locale("qaa", "HK") is None
