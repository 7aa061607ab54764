"""Entries as a program of the user's own answers them: changed, within the bounds of a feed, or refused with a word."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.records import Entry, Picture, to_json
from pipeline.stages.parse import apply_answer

ENTRY = Entry(
    "one",
    "harbour",
    "https://harbour.example/one",
    "AT&amp;T   buys a pier",  # as no parser would leave it
    ("Ann",),
    datetime(2026, 11, 20, 9, tzinfo=UTC),
    language="x-old",
    summary_html="<p>Words</p>",
    picture=Picture("https://harbour.example/pier.jpg", "A pier"),
    topics=("ports",),
    outlet="Harbour",
)


def answered(**fields: Any) -> Entry:
    """The entry after an answer that changes these fields."""
    return apply_answer(json.loads(json.dumps({**to_json(ENTRY), **fields})), ENTRY)


def test_an_unchanged_answer_changes_nothing() -> None:
    """This holds even for fields that a parser would have normalised."""
    assert answered() == ENTRY
    assert apply_answer({}, ENTRY) == ENTRY


def test_fields_can_be_changed_and_the_identity_cannot() -> None:
    changed = answered(
        id="other",
        source="other",
        more=[1],
        title="A\u00a0new\r\n title ",
        authors=["Bo", "Bo", ""],
        language="zh-TW",
        published_at="2026-11-20T10:00:00+08:00",
        picture={"url": "https://harbour.example/new.jpg"},
        topics=[],
        outlet=None,
        url="https://harbour.example/two words",
    )
    assert (changed.id, changed.source, changed.title) == ("one", "harbour", "A new title")
    assert (changed.authors, changed.topics, changed.outlet) == (("Bo",), (), None)
    assert changed.language == "zh-Hant"
    assert changed.published_at == datetime(2026, 11, 20, 2, tzinfo=UTC)
    assert changed.picture == Picture("https://harbour.example/new.jpg")
    assert changed.url == "https://harbour.example/two%20words"
    assert changed.summary_html == ENTRY.summary_html


def test_optional_fields_can_be_removed() -> None:
    fields = ("url", "published_at", "language", "picture")
    changed = answered(**dict.fromkeys(fields))
    assert [getattr(changed, name) for name in fields] == [None] * 4


def test_markup_is_sanitised_again() -> None:
    """Its links are resolved against the answer's URL."""
    changed = answered(
        url="https://new.example/", content_html="<a href='x' onclick='y'>z</a><script>alert(1)</script>"
    )
    assert changed.content_html == '<a href="https://new.example/x">z</a>'


def test_endless_and_hostile_text_is_cut_and_cleaned() -> None:
    hostile = "\x00\ud800\x1b[2J\r\nBcc: x@y.example " + "T" * 100_000
    changed = answered(
        title=hostile, outlet=hostile, authors=[hostile] * 99, topics=[hostile + str(n) for n in range(99)]
    )
    assert len(changed.title) <= 1_000
    for text in (changed.title, changed.outlet or "", *changed.authors, *changed.topics):
        assert text.isprintable()
    assert sum(map(len, (*changed.authors, *changed.topics))) < 10_000
    assert len(answered(content_html="<div>" * 200_000).content_html) < 1_000_000


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("url", "javascript:alert(1)", "is not an http or https address"),
        ("url", "http://[bad/", "is not an http or https address"),
        ("url", "http://" + "a" * 100_000, "is not an http or https address"),
        ("url", 7, "is not an http or https address"),
        ("title", 7, "title is not text"),
        ("title", None, "title is not text"),
        ("outlet", ["x"], "outlet is not text"),
        ("authors", "Ann", "authors is not a list"),
        ("authors", {"name": "Ann"}, "authors is not a list"),
        ("topics", [7], "topics is not text"),
        ("content_html", None, "content_html is not text"),
        ("language", {}, "language is not text"),
        ("language", "no such <tag>", "is not a language tag"),
        ("picture", "x", "picture is not an object"),
        ("picture", {"alt": "x"}, "picture is not an object"),
        ("picture", {"url": "file:///etc/passwd"}, "is not an http or https address"),
        ("picture", {"url": "https://one.example/", "alt": 7}, "alt is not text"),
        ("published_at", 7, "published_at is not text"),
        ("published_at", "soon", "Invalid isoformat"),
        ("published_at", "2026-11-20T08:00:00", "has no time zone"),
        ("published_at", "0001-01-01T00:00:00+14:00", "is not a plausible time"),
        ("updated_at", "9999-12-31T23:59:59-12:00", "is not a plausible time"),
    ],
)
def test_an_invalid_value_is_refused_with_the_fields_name(field: str, value: object, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        answered(**{field: value})
