"""Fetch addresses: politely, within limits, from public hosts."""

from .exchange import Fetched, Limits, Purpose, Request
from .pump import fetch_all

__all__ = ["Fetched", "Limits", "Purpose", "Request", "fetch_all"]
