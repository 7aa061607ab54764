"""Rounds over a stored index give the same result as all stories at once."""

import itertools
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.records import Block, Decision, Event, Role, StoredFeatures, Story
from pipeline.stages.dedupe import Changes, DedupeInputs, Index, Settings, extract_features, run_round
from pipeline.text.vectors import Embed
from tests.deduped import embed_words

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
_WORDS = [first + last for first in ("ban", "cor", "del", "fim", "gus") for last in ("da", "le", "mi", "to", "ra")]
DEFAULTS = Settings()
SMALL_WINDOW = replace(DEFAULTS, common_window=4, common_share=2)  # words become common and rare from round to round
_NAMES = ("Nvidia", "TSMC", "Sony", "Grab")


def prose(seed: int, words: int) -> str:
    dice = random.Random(seed)
    return " ".join(dice.choice(_WORDS) + dice.choice("abcdefgh") for _ in range(words))


@st.composite
def some_story(draw: st.DrawFn, name: str) -> Story:
    """One of a few texts, edited, cut or with a footer: there are copies, boilerplate, events and suggestions."""
    words = prose(draw(st.integers(0, 3)), 80).split(" ")[: draw(st.sampled_from([0, 10, 40, 80, 80]))]
    for place in draw(st.lists(st.integers(0, 79), max_size=15)):
        if place < len(words):
            words[place] = f"edit{place}"
    footer = draw(st.sampled_from(["", prose(90, 30), prose(91, 30)]))
    names = draw(st.sampled_from(["", *_NAMES])), draw(st.sampled_from(["", "120 million", "8.4 %"]))
    role: Role = draw(st.sampled_from(["article", "article", "article", "feature", "read", "letter"]))
    hours = draw(st.none() | st.integers(0, 150))
    outlet = draw(st.sampled_from(["", "A", "A", "B", "C"]))
    address = draw(st.sampled_from([None, None, "https://a.example/1", "https://a.example/2", "https://a.example/"]))
    return Story(
        id=name,
        entry=f"entry {draw(st.integers(0, 4))}",
        source=outlet,
        outlet=outlet,
        title=f"{names[0]} {prose(draw(st.integers(10, 13)), 5)}".strip(),
        url=address,
        canonical_url=address,
        published_at=None if hours is None else MONDAY + timedelta(hours=hours),
        language=draw(st.sampled_from(["en", "en", "de", "und"])),
        role=role,
        blocks=tuple(Block("paragraph", line) for line in (" ".join((*words, *names)), footer) if line.strip()),
    )


@st.composite
def some_weeks(draw: st.DrawFn) -> list[list[Story]]:
    """The stories of each round: some stay, some change, some go, some come back."""
    weeks: list[list[Story]] = []
    now: dict[str, Story] = {}
    for _ in range(draw(st.integers(2, 5))):
        for name in draw(st.lists(st.sampled_from([f"s{number:02}" for number in range(14)]), max_size=8)):
            if name in now and draw(st.booleans()):
                del now[name]
            else:
                now[name] = draw(some_story(name))
        weeks.append(list(now.values()))
    return weeks


@dataclass
class Kept:
    """The results that a store keeps."""

    copies: dict[str, str] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    ledger: dict[str, list[Decision]] = field(default_factory=dict)
    suggestions: Any = ()
    resembling: Any = ()

    def take(self, changes: Changes, alive: Collection[str]) -> None:
        """Apply changes and drop the stories that are no longer compared."""
        for name in changes.decided:
            self.copies.pop(name, None)
            self.ledger[name] = []
        self.copies |= changes.copies
        for line in changes.decisions:
            self.ledger[line.story].append(line)
        for name in changes.gone:
            del self.events[name]
        self.events |= {event.id: event for event in changes.events}
        self.suggestions, self.resembling = changes.suggestions, changes.resembling
        self.copies = {name: self.copies[name] for name in sorted(self.copies) if name in alive}
        self.ledger = {name: self.ledger[name] for name in sorted(self.ledger) if name in alive}
        self.events = dict(sorted(self.events.items()))


def features_of(stories: Sequence[Story], use: Embed | None = embed_words) -> dict[str, StoredFeatures]:
    return {story.id: extract_features(story, embed=use) for story in stories}


def reader(features: Mapping[str, StoredFeatures]) -> Any:
    def read(names: Collection[str]) -> Iterator[StoredFeatures]:
        return (features[name] for name in sorted(names))

    return read


def after(weeks: Sequence[Sequence[Story]], rules: Sequence[DedupeInputs]) -> tuple[Kept, Mapping[str, int]]:
    """The results and the last counts after rounds, with the index packed and opened again between them."""
    kept, packed = Kept(), None
    parts: list[bytes] = []
    for week, rule in zip(weeks, rules, strict=True):
        features = features_of(week)
        index = Index(packed, parts)
        digests = {name: str(hash(stored.data)) for name, stored in features.items()}
        changes = run_round(index, reader(features), rule, digests)
        kept.take(changes, features)
        made = index.pack()
        packed, parts = made.state, [*([] if made.replace_all else parts), *made.parts]
    return kept, changes.counts


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(weeks=some_weeks(), dice=st.randoms(use_true_random=False), rule=st.sampled_from([DEFAULTS, SMALL_WINDOW]))
def test_rounds_give_the_same_result_as_all_stories_at_once(
    weeks: list[list[Story]], dice: random.Random, rule: Settings
) -> None:
    """The same copies, events, follow-ups, suggestions, pairs that may be one event, and ledger lines."""
    rules = [
        DedupeInputs({"A": 2.0}, dict.fromkeys(dice.sample([f"s{n:02}" for n in range(14)], 2), "2026-W01"), rule)
        for _ in weeks
    ]
    many, counts = after(weeks, rules)
    once, counts_at_once = after(weeks[-1:], rules[-1:])
    assert many == once
    assert counts == counts_at_once


def test_the_parts_of_an_index_are_merged_without_the_stories_that_are_gone() -> None:
    """After many rounds there are few parts, and the size stays bounded."""
    names = itertools.count()
    base = Story("", "", "A", "A", "", None, None, published_at=MONDAY, language="en")

    def some() -> list[Story]:
        fresh = [next(names) for _ in range(5)]
        return [
            replace(base, id=f"s{n:04}", title=prose(n, 6), blocks=(Block("paragraph", prose(n, 60)),)) for n in fresh
        ]

    packed, parts, sizes = None, list[bytes](), []
    rules = DedupeInputs({}, {}, Settings())
    week: list[Story] = []
    for _ in range(40):
        week = [*week[-10:], *some()]
        index = Index(packed, parts)
        run_round(index, reader(features_of(week)), rules, dict.fromkeys(features_of(week), ""))
        made = index.pack()
        packed, parts = made.state, [*([] if made.replace_all else parts), *made.parts]
        sizes.append(len(packed) + sum(map(len, parts)))
    assert len(parts) <= 13
    assert max(sizes[20:]) <= 1.2 * max(sizes[:20])


def test_a_new_story_changes_only_the_decisions_it_affects() -> None:
    """An unrelated story changes none; a copy changes those of its winner. The stories have no vectors."""
    base = Story("", "", "A", "", "", None, None, published_at=MONDAY, language="en")
    week = []
    for n in range(6):
        body = " ".join(f"{word}{n}" for word in prose(n, 80).split(" "))
        title = " ".join("rstuvw"[n] * times for times in range(4, 9))
        week.append(replace(base, id=f"s{n}", outlet=f"O{n}", title=title, blocks=(Block("paragraph", body),)))
    index, rules = Index(), DedupeInputs({}, {}, Settings())
    run_round(index, reader(features_of(week, None)), rules, dict.fromkeys(features_of(week, None), ""))
    unrelated = replace(
        base, id="t", title="Quartz vexing phlox", blocks=(Block("paragraph", "Sphinx quartz hymn. " * 9),)
    )
    week.append(unrelated)
    changes = run_round(index, reader(features_of(week, None)), rules, dict.fromkeys(features_of(week, None), ""))
    assert changes.decided == {"t"}
    copy = replace(week[3], id="u", outlet="Elsewhere", published_at=MONDAY + timedelta(hours=3))
    week.append(copy)
    changes = run_round(index, reader(features_of(week, None)), rules, dict.fromkeys(features_of(week, None), ""))
    assert changes.decided == {"s3", "u"}
    assert changes.copies == {"u": "s3"}
