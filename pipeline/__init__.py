"""Feeds, pages and documents in; a weekly multilingual newsletter out."""

__version__ = "0.1.0"
