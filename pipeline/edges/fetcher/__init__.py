"""Fetch addresses politely, within limits, and from public hosts only."""

from .exchange import FetchResult, Request
from .pump import fetch_all

__all__ = ["FetchResult", "Request", "fetch_all"]
