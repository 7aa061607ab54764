"""Points in time."""

from datetime import UTC, datetime

import pytest

from pipeline.text.dates import parse_iso_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-18", datetime(2026, 11, 18, tzinfo=UTC)),
        (" 2026-11-18T09:30:00+08:00 ", datetime(2026, 11, 18, 1, 30, tzinfo=UTC)),
        ("2026-11-18T09:30:00Z", datetime(2026, 11, 18, 9, 30, tzinfo=UTC)),
        ("18 November 2026", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("", None),
    ],
)
def test_an_iso_time_is_brought_to_utc(text: str, expected: datetime | None) -> None:
    """A time without a zone counts as UTC; a time before the calendar is none."""
    assert parse_iso_time(text) == expected
