"""Imported by the fork server, so that all workers share what the stages load on first use.

One small story goes through the map stages, which compile their patterns and load their models. The result is
discarded.
"""

import contextlib
import gc
from datetime import UTC, datetime

from pipeline.records import Document, Entry, Source
from pipeline.stages.clean import clean_entry
from pipeline.stages.dedupe import default_aliases, extract_features
from pipeline.stages.parse import read_feed
from pipeline.stages.tag import tag_story

_TEXT = (
    "The ferry left the pier at noon, and for the first time in a hundred years nobody on board could hear its engine."
    " Its owner has sold diesel all his life."
)
_PAGE = f"<html lang='en'><title>A ferry</title><body><article><p>{_TEXT}</p><p>{_TEXT}</p></article></body></html>"
_ITEM = f"<item><title>A ferry</title><description>{_TEXT}</description></item>"
_FEED = f"<rss version='2.0'><channel><title>Pier</title>{_ITEM}</channel></rss>"
_URL = "http://pier.example/ferry.html"


def _warm_up() -> None:
    read_feed(_FEED.encode(), _URL, source="pier")
    entry, source = Entry("pier", "pier", _URL, "A quiet ferry"), Source("pier", "feed", _URL, "Pier")
    document = Document(_URL, _PAGE.encode(), "text/html", "utf-8")
    for story in clean_entry(entry, document, source=source, now=datetime(2026, 1, 1, tzinfo=UTC)).stories:
        tag_story(story)
        extract_features(story, default_aliases(), embed=None)
    gc.collect()
    gc.freeze()  # memory that the collector never touches stays shared between workers


# An error here would end the server; it is met again and reported where the stage runs.
with contextlib.suppress(Exception):
    _warm_up()
