"""Fetch addresses: politely, within limits, from public hosts."""

from .exchange import FetchResult, Request
from .pump import fetch_all

__all__ = ["FetchResult", "Request", "fetch_all"]
