"""Properties of dedupe for every set of stories, and hostile sets."""

import os
import random
import string
import subprocess
import sys
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.records import Role, StoredFeatures, Story
from pipeline.stages.dedupe import Changes, dedupe_features, extract_features
from tests.deduped import deduped, embed_words
from tests.factories import NOW, story

MANY = int(os.environ.get("HOSTILE_STORIES", "1000"))  # set it to 10000 for the full test
_LEXICON = [f"{first}{second}" for first in ("ban", "cor", "del", "fim", "gus") for second in ("da", "le", "mi", "to")]


def text(seed: int, words: int) -> str:
    dice = random.Random(seed)
    return " ".join(dice.choice(_LEXICON) + dice.choice(string.ascii_lowercase) for _ in range(words))


@st.composite
def some_stories(draw: st.DrawFn) -> list[Story]:
    """Up to twelve stories from few texts, some of them cut or edited, so that there are copies and events."""
    count = draw(st.integers(0, 12))
    made = []
    for number in range(count):
        words = text(draw(st.integers(0, 3)), 100).split(" ")[: draw(st.sampled_from([0, 8, 40, 100]))]
        for place in draw(st.lists(st.integers(0, 99), max_size=12)):
            if place < len(words):
                words[place] = f"edit{place}"
        title = text(draw(st.integers(0, 3)), draw(st.integers(0, 6)))
        hours = draw(st.none() | st.integers(0, 200))
        role: Role = draw(st.sampled_from(["article", "article", "article", "feature", "read", "letter"]))
        made.append(
            story(
                f"s{number}",
                " ".join(words),
                title=title,
                outlet=draw(st.sampled_from(["", "A", "B"])),
                published_at=None if hours is None else NOW + timedelta(hours=hours),
                role=role,
            )
        )
    return made


def sets(found: Changes, names: set[str]) -> set[tuple[frozenset[str], frozenset[str]]]:
    """For each event that has one of the names, its winners, and these with all their copies."""
    clusters = {winner: {winner} for event in found.events for winner in event.stories}
    for copy, winner in found.copies.items():
        clusters[winner].add(copy)
    return {
        (frozenset(event.stories), frozenset().union(*(clusters[winner] for winner in event.stories)))
        for event in found.events
        if names & set(event.stories)
    }


calm = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@calm
@given(some_stories(), st.randoms(use_true_random=False))
def test_the_order_of_the_stories_changes_nothing(stories: list[Story], dice: random.Random) -> None:
    shuffled = list(stories)
    dice.shuffle(shuffled)
    assert deduped(shuffled, embed=embed_words) == deduped(stories, embed=embed_words)


@calm
@given(some_stories())
def test_winners_are_no_copies_of_each_other(stories: list[Story]) -> None:
    """Idempotence: a second dedupe keeps all winners."""
    winners = [each for each in stories if each.id not in deduped(stories, embed=embed_words).copies]
    assert dict(deduped(winners, embed=embed_words).copies) == {}


@calm
@given(some_stories())
def test_each_story_is_folded_once_or_in_exactly_one_event(stories: list[Story]) -> None:
    found = deduped(stories, embed=embed_words)
    placed = [name for event in found.events for name in event.stories] + list(found.copies)
    assert sorted(placed) == sorted(each.id for each in stories)
    assert not set(found.copies.values()) & set(found.copies)
    assert all(event.best == event.stories[0] for event in found.events)
    assert {line.story for line in found.decisions} == {each.id for each in stories}


@calm
@given(some_stories(), st.integers(0, 200))
def test_an_unrelated_story_changes_nothing(stories: list[Story], hours: int) -> None:
    apart = story(
        "unrelated",
        "Sphinx quartz wyvern hymn. " * 9,
        title="Quartz vexing jumbo phlox",
        published_at=NOW + timedelta(hours=hours),
    )
    names = {each.id for each in stories}
    before, after = deduped(stories, embed=embed_words), deduped([*stories, apart], embed=embed_words)
    assert before.copies == after.copies
    assert sets(before, names) == sets(after, names)
    assert {event.id for event in before.events} < {event.id for event in after.events}


def test_another_process_gives_the_same_result() -> None:
    """Nothing depends on Python's hash of strings, which differs between processes."""
    program = (
        "import random\n"
        "from pipeline.records import Block, Story\n"
        "from pipeline.stages.dedupe import dedupe_stories, extract_features, fingerprint_features\n"
        "dice = random.Random(4)\n"
        "words = [f'w{n}' for n in range(400)]\n"
        "bodies = [' '.join(dice.choices(words, k=90)) for _ in range(6)]\n"
        "stories = [Story(id=f's{n}', entry='', source='', outlet='', title=bodies[n % 6][:40], url=None,"
        " canonical_url=None, blocks=(Block('paragraph', bodies[n % 6] + f' tail{n}'),)) for n in range(18)]\n"
        "found = dedupe_stories(stories)\n"
        "print(found.copies, found.events, found.suggestions, found.resembling, found.decisions)\n"
        "print(fingerprint_features(map(extract_features, stories)))\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, text=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert "s12" in outputs.pop()


def test_a_hundred_thousand_equal_stories_are_one() -> None:
    """Features are extracted once, since the test is about the comparison."""
    data = extract_features(story("s", text(1, 60))).data
    found = dedupe_features(StoredFeatures(f"s{number:06}", data) for number in range(100_000))
    assert len(found.copies) == 99_999
    assert set(found.copies.values()) == {"s000000"}
    assert len(found.events) == 1


@pytest.mark.parametrize("in_lines", [True, False])
def test_stories_that_are_nine_tenths_boilerplate_stay_apart(in_lines: bool) -> None:
    """With and without line breaks, which some scrapers drop. The stories name no outlet."""
    end = "\n" if in_lines else " "
    lines = end.join(text(500 + number, 30) for number in range(9))
    dice = random.Random(3)
    stories = [
        story(f"s{number:05}", f"{' '.join(f'own{dice.random()}'[:9] for _ in range(30))}{end}{lines}", outlet="")
        for number in range(MANY)
    ]
    assert dict(deduped(stories, embed=None).copies) == {}


def test_a_story_of_five_megabytes_finds_its_copy_and_no_other() -> None:
    long = " ".join(text(number, 1000) for number in range(720))
    assert len(long) > 5_000_000
    stories = [story("long", long), story("copy", long + " and more")]
    stories += [story(f"s{number}", text(5000 + number, 100)) for number in range(20)]
    assert deduped(stories, embed=None).copies == {"long": "copy"}


def test_empty_bodies_titles_and_lists_raise_no_error() -> None:
    nothing = deduped([])
    assert (nothing.copies, nothing.events, nothing.decisions) == ({}, (), ())
    stories = [story(f"s{number}", blocks=(), title="", outlet="", published_at=None) for number in range(200)]
    found = deduped(stories)
    assert dict(found.copies) == {}
    assert len(found.events) == 200


def test_a_read_joins_the_event_of_the_story_it_names() -> None:
    report = story("a", text(1, 60), title="Kisui opens its harbour line")
    points, apart = (
        story("b", blocks=(), title="Kisui opens its harbour line", role="read"),
        story("c", blocks=(), title="Other news", role="read"),
    )
    found = deduped([report, points, apart])
    assert [event.stories for event in found.events if "a" in event.stories] == [("a", "b")]
    assert any(event.stories == ("c",) for event in found.events)


def test_half_a_surrogate_pair_next_to_han_characters_raises_no_error() -> None:
    """JSON can escape what UTF-8 cannot encode."""
    found = deduped([story("a", "新聞 \udfff 社", title="漢字 \ud800"), story("b", blocks=(), title="\ud800")])
    assert len(found.events) == 2
