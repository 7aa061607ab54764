"""Fetch addresses politely, within limits, and from public hosts only."""

from .exchange import Account, FetchResult, Request
from .pump import fetch_all

__all__ = ["Account", "FetchResult", "Request", "fetch_all"]
