"""Points in time: aware and in UTC."""

from datetime import UTC, datetime


def as_utc(moment: datetime) -> datetime:
    """The point in time in UTC; one without a time zone counts as UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def parse_iso_time(text: str) -> datetime | None:
    """The point in time of an ISO 8601 date or time, in UTC; None for anything else."""
    try:
        return as_utc(datetime.fromisoformat(text.strip()))
    except (ValueError, OverflowError):
        return None
