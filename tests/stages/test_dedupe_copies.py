"""Copies: which stories are folded, into which, and which are kept."""

import gzip
import itertools
import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.records import Outcome, Role, Story
from pipeline.stages.dedupe import Changes, read_stories_jsonl
from tests.deduped import deduped
from tests.factories import NOW, story

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
_WORDS = [a + b + c for a, b, c in itertools.product(("ka", "lo", "mi", "ter"), ("ran", "sel", "vu", "po"), ("d", "x"))]


def prose(seed: int, words: int = 120) -> str:
    """Sentences of invented words. Texts of two seeds share words, but few pairs of words."""
    dice = random.Random(seed)
    made = [dice.choice(_WORDS) + dice.choice(("", "a", "en", "is", "ot")) for _ in range(words)]
    return ". ".join(" ".join(made[place : place + 12]) for place in range(0, words, 12))


def edited(text: str, share: float, seed: int) -> str:
    """The text with a share of its words replaced."""
    dice = random.Random(seed)
    return " ".join("x" + str(dice.random())[2:5] if dice.random() < share else word for word in text.split(" "))


def folded(*stories: Story, **weights: float) -> dict[str, str]:
    return dict(deduped(stories, embed=None, weights=weights).copies)


@pytest.mark.parametrize("name", ["en", "zh"])
def test_planted_near_copies_are_found_and_unrelated_stories_kept(name: str) -> None:
    """On generated stories with planted copies, pairwise precision is at least .99 and recall at least .97."""
    path = SHARED / "bench" / f"near_copies_{name}.jsonl.gz"
    if not path.exists():
        pytest.skip("the benchmark data is not there")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = list(lines)
    stories, rejected = read_stories_jsonl(rows)
    copies = deduped(stories, embed=None).copies
    gold = {str(row["id"]): str(row["cluster"]) for row in map(_json, rows)}
    cluster_of = {each.id: copies.get(each.id, each.id) for each in stories}
    both = _pairs(Counter((cluster_of[key], gold[key]) for key in gold))
    assert not rejected
    assert both >= 0.99 * _pairs(Counter(cluster_of.values()))
    assert both >= 0.97 * _pairs(Counter(gold.values()))


def _json(line: str) -> dict[str, object]:
    import json

    return dict(json.loads(line))


def _pairs(sizes: Counter[object] | Counter[str] | Counter[tuple[str, str]]) -> int:
    return sum(count * (count - 1) // 2 for count in sizes.values())


def test_one_address_is_one_story() -> None:
    address = "https://daily.example/chips/2026"
    one, other = story("a", prose(1), canonical_url=address), story("b", prose(2, 90), canonical_url=address)
    assert folded(one, other) == {"b": "a"}


def test_the_address_of_a_front_page_makes_no_copies() -> None:
    stories = [story(name, prose(seed), canonical_url="https://daily.example/") for seed, name in enumerate("ab")]
    assert folded(*stories) == {}


def test_parts_of_one_roundup_share_its_address_and_stay_apart() -> None:
    address = "https://letters.example/2026-11"
    parts = [
        story(name, prose(seed), canonical_url=address, document=address, entry="roundup", role="feature")
        for seed, name in enumerate("abc")
    ]
    assert folded(*parts) == {}


def test_an_edited_copy_is_folded_under_any_headline() -> None:
    text = prose(1)
    wire, copy, stranger = story("a", text), story("b", edited(text, 0.2, 5)), story("c", prose(2))
    found = deduped([wire, copy, stranger], embed=None)
    assert dict(found.copies) == {"b": "a"}
    line = next(each for each in found.decisions if each.story == "b")
    assert (line.outcome, line.rule) == (Outcome.FOLDED, "near copy")
    assert line.figure is not None
    assert 0.26 <= line.figure < 1


def test_a_copy_with_paragraphs_dropped_is_folded() -> None:
    parts = [prose(seed, 48) for seed in range(6)]
    assert folded(story("a", "\n".join(parts)), story("b", "\n".join(parts[:2]))) == {"b": "a"}


def test_stories_without_a_body_are_never_copies_by_their_title() -> None:
    stories = [story(name, title="Morning briefing") for name in "abcd"]
    found = deduped(stories, embed=None)
    assert dict(found.copies) == {}


def test_a_paywall_notice_folds_no_stories() -> None:
    notice = "Subscribe to read this story and support our reporting from nine cities across the region every day of it"
    assert folded(*[story(name, notice, outlet="Daily") for name in "abcde"]) == {}


def test_boilerplate_of_an_outlet_does_not_make_its_stories_copies() -> None:
    footer = "\n".join(prose(seed, 60) for seed in range(100, 109))
    stories = [story(f"s{number}", f"{prose(number, 40)}\n{footer}", outlet="Daily") for number in range(12)]
    assert folded(*stories) == {}


def test_boilerplate_in_a_copy_does_not_make_it_a_copy_of_other_stories() -> None:
    """An outlet's footer under ten titles is boilerplate in other outlets too, even if they have it once or twice."""
    footer = "\n".join(prose(seed, 60) for seed in range(100, 104))
    own = [story(f"s{number:02}", f"{prose(number, 60)}\n{footer}", outlet="Daily") for number in range(12)]
    taken = [story(f"t{number:02}", f"{prose(number, 60)}\n{footer}", outlet=f"Taker {number}") for number in (1, 2)]
    assert folded(*own, *taken) == {"t01": "s01", "t02": "s02"}


def test_a_form_filled_in_with_other_numbers_is_another_story() -> None:
    form = prose(7, 90)
    one = story("a", f"{form}. Revenue 3120 million, profit 411 million, 27 shops, up 8.5")
    other = story("b", f"{form}. Revenue 998 million, profit 62 million, 140 shops, up 1.25")
    assert folded(one, other) == {}


@pytest.mark.parametrize("role", ["letter", "read"])
def test_letters_and_reads_are_no_copies(role: Role) -> None:
    text = prose(1)
    assert folded(story("a", text), story("b", text, role=role)) == {}


def test_the_credited_outlet_wins_over_an_earlier_copy() -> None:
    text = prose(1)
    original = story("b", text, outlet="Kisui Shimbun", published_at=NOW + timedelta(hours=3))
    copy = story("a", f"{text}\nOriginally published by Kisui Shimbun", outlet="Harbour Post")
    assert folded(original, copy) == {"a": "b"}


def test_winners_go_by_day_then_length_then_trust_then_time() -> None:
    text = prose(1, 240)
    late, early = story("late", text, published_at=NOW + timedelta(days=1)), story("early", edited(text, 0.1, 3))
    short = story("short", " ".join(text.split(" ")[:120]), published_at=NOW - timedelta(hours=2))
    trusted = story("trusted", edited(text, 0.1, 4), source="own", published_at=NOW + timedelta(hours=5))
    assert set(folded(late, early).values()) == {"early"}
    assert set(folded(early, short).values()) == {"early"}
    assert set(folded(early, short, trusted, late, own=2.0).values()) == {"trusted"}
    assert set(folded(early, trusted).values()) == {"early"}


def test_the_winner_stays_when_another_copy_comes_in() -> None:
    text = prose(1)
    first = [story("b", text), story("a", edited(text, 0.1, 2), published_at=NOW + timedelta(hours=1))]
    later = story("c", edited(text, 0.15, 3), published_at=NOW + timedelta(days=1))
    assert set(folded(*first).values()) == set(folded(*first, later).values()) == {"b"}


def test_each_story_has_a_line_in_the_ledger() -> None:
    text = prose(1)
    stories = [story("a", text), story("b", text), story("c", prose(2)), story("d", role="letter")]
    found: Changes = deduped(stories, embed=None)
    rules = {line.story: line.rule for line in reversed(found.decisions)}
    assert rules == {"a": "best of copies", "b": "body", "c": "no copy", "d": "not compared"}


def test_the_ledger_shows_what_a_story_that_was_kept_was_compared_with() -> None:
    """The ledger names the nearest story, the figure, and why the two are not copies."""
    form = prose(7, 90)
    stories = [
        story("a", f"{form}. Revenue 3120 million, profit 411 million, 27 shops, up 8.5"),
        story("b", f"{form}. Revenue 998 million, profit 62 million, 140 shops, up 1.25"),
        story("c", prose(8)),
    ]
    lines = {line.story: line for line in deduped(stories, embed=None).decisions if line.rule == "compared with"}
    assert lines["a"].detail.startswith("b: ")
    assert "the same words with different numbers (bounds: 26% or 42%" in lines["a"].detail
    assert lines["a"].figure == lines["b"].figure
    assert lines["c"].figure is None
    assert lines["c"].detail == "no other story: none has enough of its text"
