"""A weekly multilingual newsletter from feeds, pages and documents."""

__version__ = "0.2.0"
