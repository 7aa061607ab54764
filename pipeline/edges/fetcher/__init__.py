"""Fetch addresses: politely, within limits, from public hosts."""

from .exchange import FetchResult, Limits, Purpose, Request
from .pump import fetch_all

__all__ = ["FetchResult", "Limits", "Purpose", "Request", "fetch_all"]
