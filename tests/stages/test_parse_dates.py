"""Dates as publishers write them: other zones, languages, orders and clocks, and values that mean no date."""

import json
from datetime import UTC, datetime

import pytest

from pipeline.stages.parse import read_feed
from tests.stages.test_parse import URL, rss


def dates(*texts: str, head: str = "") -> list[datetime | None]:
    """The publication times of items with these dates."""
    items = "".join(f"<item><title>Item {n}</title><pubDate>{text}</pubDate></item>" for n, text in enumerate(texts))
    return [entry.published_at for entry in read_feed(rss(items, head), URL).entries]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Mon, 23 Nov 2026 08:30:00 +08:00", "2026-11-23T00:30"),
        ("Mon, 23 Nov 2026 08:30:00 GMT+7", "2026-11-23T01:30"),
        ("Mon, 23 Nov 2026 08:30:00 UTC-03:30", "2026-11-23T12:00"),
        ("Mon, 23 Nov 2026 08:30:00 -03", "2026-11-23T11:30"),
        ("Mon, 23 Nov 2026 08:30:00UTC", "2026-11-23T08:30"),
        ("Mon, 23 Nov 2026 08:30:00 ACST", "2026-11-22T23:00"),
        ("Mon, 23 Nov 2026 08:30:00 PKT", "2026-11-23T03:30"),
        ("Mon, 23 Nov 2026 08:30 PM PST", "2026-11-24T04:30"),
        ("Mon, 23 Nov 2026 12:05 am GMT", "2026-11-23T00:05"),
        ("Mon Nov 23 2026 08:30:00 GMT+0100 (Central European Standard Time)", "2026-11-23T07:30"),
        ("Mon Nov 23 08:30:00 UTC 2026", "2026-11-23T08:30"),
        ("Monday, November 23rd, 2026 8:30 AM", "2026-11-23T08:30"),
        ("Mon, 23 Nov 2026 24:10:00 GMT", "2026-11-24T00:10"),
        ("2026-11-23T24:00:00Z", "2026-11-24T00:00"),
        ("2026-11-23 08:30:00.123456 -03", "2026-11-23T11:30"),
        ("20261123T083000Z", "2026-11-23T08:30"),
        ("1795422600", "2026-11-23T08:30"),
        ("1795422600123", "2026-11-23T08:30"),
        ("11/23/2026 8:30:15 AM", "2026-11-23T08:30"),
        ("3/4/2026 8:30 AM", "2026-03-04T08:30"),
        ("23/11/2026 08:30", "2026-11-23T08:30"),
        ("3.4.2026 klo 8.30", "2026-04-03T08:30"),
        ("Lu, 23 Mär 2026 08:30:00 +0100", "2026-03-23T07:30"),
        ("lunedì 23 novembre 2026 08:30", "2026-11-23T08:30"),
        ("23. marraskuuta 2026 klo 8.30", "2026-11-23T08:30"),
        ("mar, 24 nov 2026 08:30:00 +0000", "2026-11-24T08:30"),
        ("23 de noviembre de 2026", "2026-11-23T00:00"),
        ("Пн, 23 ноя 2026 08:30:00 +0300", "2026-11-23T05:30"),
        ("23 ноября 2026 г. 08:30", "2026-11-23T08:30"),
        ("2026. november 23. 8:30", "2026-11-23T08:30"),
        ("23 tháng 11, 2026", "2026-11-23T00:00"),
        ("23 พ.ย. 2569", "2026-11-23T00:00"),
        ("Δευ, 23 Νοε 2026 08:30:00 +0200", "2026-11-23T06:30"),
    ],
)
def test_a_sloppy_date_is_read(text: str, moment: str) -> None:
    (published,) = dates(text)
    assert published is not None
    assert published.replace(second=0) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 01 Jan 0001 00:00:00 +0000",
        "0001-01-01T00:00:00Z",
        "-0001-11-30T00:00:00+00:00",
        "Mon, 23 Nov 2026 08:30:00 QQT",
        "Mon, 23 Nov 2026 08:30:00 Harbour Standard Time",
        "3/4/2026 08:30",
        "23 listopada 2026",
        "by 3 people in 2026",
        "31 Feb 2026",
    ],
)
def test_an_unclear_date_is_no_date(text: str) -> None:
    """A default year, a zone that nobody knows, two numbers that may both be the month, a name of two months."""
    assert dates(text) == [None]


def test_a_feeds_other_dates_show_which_number_is_the_day() -> None:
    assert dates("3/4/2026", "25/4/2026")[0] == datetime(2026, 4, 3, tzinfo=UTC)
    assert dates("3/4/2026", "4/25/2026")[0] == datetime(2026, 3, 4, tzinfo=UTC)
    assert dates("3/4/2026", "4/25/2026", "25/4/2026")[0] is None


def test_a_months_name_is_of_the_feeds_language() -> None:
    """Listopad is November in Polish and October in Croatian."""
    assert dates("23 listopada 2026", head="<language>pl</language>") == [datetime(2026, 11, 23, tzinfo=UTC)]
    assert dates("23 listopada 2026", head="<language>hr</language>") == [datetime(2026, 10, 23, tzinfo=UTC)]


def test_dates_that_cannot_be_read_are_noted() -> None:
    items = "<item><title>A</title><pubDate>soon</pubDate></item><item><title>B</title></item>"
    assert read_feed(rss(items), URL).notes == (
        "1 of 2 dates cannot be read, such as 'soon'; the first sight counts instead",
    )
    assert read_feed(rss("<item><title>B</title></item>"), URL).notes == ()


def test_a_json_feed_may_have_dates_as_numbers() -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "date_published": 1795422600000}]}
    (entry,) = read_feed(json.dumps(feed).encode(), URL).entries
    assert entry.published_at == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
