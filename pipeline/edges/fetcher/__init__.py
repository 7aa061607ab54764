"""Fetch addresses politely, within limits, and from public hosts only."""

from typing import Any

from pipeline.records import FetchSettings

from .exchange import Account, FetchResult, Request
from .pump import fetch_all

__all__ = ["Account", "FetchResult", "Limits", "Request", "fetch_all"]


def Limits(*, delay_seconds: float = 1.0, **limits: Any) -> FetchSettings:  # noqa: N802 - a class in version 0.1.0
    """Build fetch settings from the names that other programs used in version 0.1.0."""
    return FetchSettings(per_host_delay_seconds=delay_seconds, **limits)
