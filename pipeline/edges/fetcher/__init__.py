"""Fetch addresses politely, within limits, and from public hosts only."""

from pipeline.records import FetchSettings as Limits  # the name that other programs import

from .exchange import Account, FetchResult, Request
from .pump import fetch_all

__all__ = ["Account", "FetchResult", "Limits", "Request", "fetch_all"]
