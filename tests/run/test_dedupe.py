"""Dedupe over the store: batches give the same result as all stories at once, and old published stories are known."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.config import load_config
from pipeline.edges.store import Store, open_store
from pipeline.errors import EmbeddingError
from pipeline.records import Entry, Slot, Story, Tally, to_json
from pipeline.run.dedupe import dedupe
from pipeline.run.explain import explain_story, explain_two_stories, format_explanation
from pipeline.run.select import build_pool
from pipeline.run.session import Report, Session
from tests.factories import NOW, days_ago, story
from tests.letters import make_letter

_WORDS = [
    first + last for first in ("ban", "cor", "del", "fim", "gus", "hol") for last in ("da", "le", "mi", "to", "ra")
]


def prose(seed: int, words: int = 80) -> str:
    dice = random.Random(seed)
    return " ".join(dice.choice(_WORDS) + dice.choice("abcdefgh") for _ in range(words))


def keep(store: Store, *stories: Story) -> None:
    with store.transaction():
        for each in stories:
            store.entries.put(Entry(each.entry, each.source, None, each.title), seen_at=NOW, page="none")
            store.stories.replace(each.entry, [each])


def publish(store: Store, key: str, *names: str) -> None:
    """An approved issue of that week that published these stories."""
    with store.transaction():
        slots = [Slot(name, f"event of {name}", "features", 1.0) for name in names]
        cutoff = datetime.fromisocalendar(int(key[:4]), int(key[6:]), 5).replace(tzinfo=UTC)
        store.issues.propose(key, cutoff_at=cutoff, tally=Tally(0, 0, 0, 0, 0, 0), first_number=1, slots={"en": slots})
        store.issues.approve(key, cutoff)


def outcome(store: Store) -> dict[str, Any]:
    """All results of dedupe in the store."""
    names = [row.id for row in store.stories.find("s", limit=10_000)]
    return {
        "copies": store.stories.copies(),
        "events": to_json(store.stories.events()),
        "suggestions": store.stories.suggestions(),
        "ledger": {name: to_json(store.ledger.of(name)) for name in sorted(names)},
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_letter(tmp_path_factory.mktemp("letter")).folder


@pytest.fixture
def session(folder: Path, tmp_path: Path) -> Iterator[Session]:
    with open_store(tmp_path / "store.sqlite") as store:
        yield Session(load_config(folder / "config.yaml"), store, NOW)


def counts(report: Report) -> tuple[int, int]:
    """The number of stories whose features were extracted, and 1 if anything was compared."""
    return report.counts["read"], int(not report.remarks)


def in_batches(folder: Path, batches: list[list[Story]]) -> dict[str, Any]:
    """The results of dedupe for stories that come in batches, with a run after each."""
    with open_store(Path(":memory:")) as store:
        for batch in batches:
            keep(store, *batch)
            dedupe(Session(load_config(folder / "config.yaml"), store, NOW))
        return outcome(store)


@st.composite
def some_stories(draw: st.DrawFn) -> list[Story]:
    """Stories from few texts, edited, cut or with a footer, so that there are copies, boilerplate and events."""
    made = []
    for number in range(draw(st.integers(1, 10))):
        words = prose(draw(st.integers(0, 2))).split(" ")[: draw(st.sampled_from([30, 80, 80]))]
        for slot in draw(st.lists(st.integers(0, 79), max_size=15)):
            if slot < len(words):
                words[slot] = f"edit{slot}"
        footer = draw(st.sampled_from(["", prose(90, 30)]))
        title = prose(draw(st.integers(10, 13)), 5)
        outlet = draw(st.sampled_from(["A", "A", "B", "C"]))
        language = draw(st.sampled_from(["en", "en", "de"]))
        days = draw(st.integers(0, 4))
        body = f"{' '.join(words)}\n{footer}"
        fields = {"title": title, "published_at": days_ago(days), "outlet": outlet, "language": language}
        made.append(story(f"s{number}", body, **fields))
    return made


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(stories=some_stories(), cuts=st.lists(st.integers(0, 10), max_size=3), dice=st.randoms(use_true_random=False))
def test_stories_in_batches_give_the_same_result_as_all_at_once(
    folder: Path, stories: list[Story], cuts: list[int], dice: random.Random
) -> None:
    """Copies, winners, events, suggestions and ledger are the same for every order and division."""
    shuffled = list(stories)
    dice.shuffle(shuffled)
    edges = [0, *sorted(cuts), len(shuffled)]
    batches = [shuffled[start:end] for start, end in itertools.pairwise(edges)]
    assert in_batches(folder, batches) == in_batches(folder, [stories])


def test_features_are_extracted_once_and_nothing_is_compared_without_new_stories(session: Session) -> None:
    keep(session.store, story("s1", prose(1)), story("s2", prose(2)))
    assert counts(dedupe(session)) == (2, 1)
    left = outcome(session.store)
    assert counts(dedupe(session)) == (0, 0)
    keep(session.store, story("s3", prose(1)))
    assert counts(dedupe(session)) == (1, 1)
    assert session.store.stories.copies() == {"s3": "s1"}
    assert left["copies"] == {}


def test_a_story_whose_text_changed_is_compared_again(session: Session) -> None:
    keep(session.store, story("s1", prose(1)), story("s2", prose(1)))
    dedupe(session)
    assert session.store.stories.copies() == {"s2": "s1"}
    keep(session.store, story("s2", prose(2)))
    assert counts(dedupe(session)) == (1, 1)
    assert session.store.stories.copies() == {}


def test_a_story_that_is_cleaned_again_without_a_change_is_still_folded(session: Session) -> None:
    """Cleaning removes the mark of a copy; the next dedupe restores it."""
    both = story("s1", prose(1)), story("s2", prose(1))
    keep(session.store, *both)
    dedupe(session)
    left = outcome(session.store)
    keep(session.store, *both)
    dedupe(session)
    assert outcome(session.store) == left


def test_another_version_alias_file_weight_or_window_is_taken_up(session: Session, tmp_path: Path) -> None:
    """A change to any input causes a new comparison; one to the alias file a new extraction too."""
    keep(session.store, story("s1", prose(1)), story("s2", prose(1)))
    dedupe(session)
    aliases = tmp_path / "aliases.yaml"
    aliases.write_text("companies:\n  - [Bandale Works, 半田工業]\n", encoding="utf-8")
    config = session.config
    renamed = config.model_copy(update={"dedupe": replace(config.dedupe, aliases=aliases)})
    assert counts(dedupe(replace(session, config=renamed))) == (2, 1)
    wider = config.model_copy(update={"dedupe": replace(config.dedupe, event_days=2.0)})
    assert counts(dedupe(replace(session, config=wider))) == (2, 1)
    assert counts(dedupe(replace(session, config=wider))) == (0, 0)
    later = replace(session, config=wider, now=NOW + timedelta(days=10))
    assert dedupe(later).counts["stories"] == 0


def test_the_winner_stays_when_later_copies_come_in(session: Session) -> None:
    text = prose(1)
    keep(
        session.store,
        story("s5", text, published_at=days_ago(2)),
        story("s4", text + " more", published_at=days_ago(2)),
    )
    dedupe(session)
    first = session.store.stories.copies()
    for number, days in ((3, 1.0), (2, 0.5), (1, 0.1)):
        keep(session.store, story(f"s{number}", f"{text} tail{number}", published_at=days_ago(days)))
        dedupe(session)
    assert set(session.store.stories.copies().values()) == set(first.values())


def test_a_copy_of_an_old_published_story_is_dropped_and_the_issue_is_named(session: Session) -> None:
    """Many issues came since, and the old story is outside the window."""
    old = story("s0ld", prose(1), title="Lamps go on at the pier", published_at=days_ago(500))
    fillers = [
        story(f"sf{number}", prose(100 + number), published_at=days_ago(400 - 7 * number)) for number in range(30)
    ]
    keep(session.store, old, *fillers)
    publish(session.store, "2025-W27", "s0ld")
    for number, filler in enumerate(fillers):
        year, week, _ = (days_ago(390 - 7 * number)).isocalendar()
        publish(session.store, f"{year}-W{week:02}", filler.id)
    dedupe(session)
    words = prose(1).split(" ")
    words[3:8] = ["edited"] * 5
    keep(session.store, story("scopy", " ".join(words), title="The pier is lit"), story("sother", prose(3)))
    dedupe(session)
    assert session.store.stories.copies() == {"scopy": "s0ld"}
    pool = build_pool(session)
    assert pool.published_before["scopy"] == "published in 2025-W27"
    assert "sother" not in pool.published_before
    text = "\n".join(format_explanation(explain_story(session, session.store.stories.get(["scopy"])[0])))
    assert "a copy of s0ld, which 2025-W27 published" in text
    assert counts(dedupe(session)) == (0, 0)


def test_an_issue_that_is_approved_later_is_searched_too(session: Session) -> None:
    keep(
        session.store,
        story("s0ld", prose(1), published_at=days_ago(90)),
        story("scopy", prose(1), title="Another headline"),
    )
    dedupe(session)
    assert session.store.stories.copies() == {}
    publish(session.store, "2026-W08", "s0ld")
    for number in range(25):
        publish(session.store, f"2026-W{10 + number}", f"no such story {number}")
    dedupe(session)
    assert session.store.stories.copies() == {"scopy": "s0ld"}
    with session.store.transaction():
        session.store.issues.withdraw("2026-W08")
    dedupe(session)
    assert "scopy" not in build_pool(session).published_before


def test_explain_shows_what_a_story_was_compared_with(session: Session) -> None:
    """The most similar stories with figures and bounds, or that there were none, or that it was not compared."""
    text = prose(1)
    near = " ".join([*text.split(" ")[:24], *prose(7, 56).split(" ")])
    keep(
        session.store,
        story("s0000000000000a1", text, title="Lamps go on at the pier"),
        story("s0000000000000a2", near, title="Kites over the bay"),
        story("s0000000000000a3", prose(9), title="Quiet", language="de"),
        story("s0000000000000a4", prose(11), published_at=days_ago(300)),
    )

    def explanation(name: str) -> str:
        return "\n".join(format_explanation(explain_story(session, session.store.stories.get([name])[0])))

    assert "not compared yet: 'newsletter dedupe' has not run" in explanation("s0000000000000a1")
    dedupe(session)
    assert "no copy: of 2 other stories" in explanation("s0000000000000a1")
    assert "compared with 0.1" in explanation("s0000000000000a1")
    assert "s0000000000000a2 “Kites over the bay (Outlet of s0000000000000a2)”" in explanation("s0000000000000a1")
    assert "too little in common (bounds: 26% or 42%" in explanation("s0000000000000a1")
    assert "no other story: none has enough of its text" in explanation("s0000000000000a3")
    assert "event of its own" in explanation("s0000000000000a3")
    assert "not compared: its date is outside the window, 2026-11-1" in explanation("s0000000000000a4")


def test_explain_shows_why_two_stories_are_one_event_or_two(session: Session) -> None:
    """The features of the pair, whatever the two stories are nearest to; or the rule that parts them."""
    made = (
        story("s0000000000000b1", "", title="Kisui harbour bridge closes for repairs"),
        story("s0000000000000b2", "", title="Repairs close Kisui harbour bridge"),
        story("s0000000000000b3", "", title="Kisui harbour bridge opens after repairs", published_at=days_ago(2)),
        story("s0000000000000b4", "", title="Hafenbrücke wegen Reparaturen gesperrt", language="de"),
        story("s0000000000000b5", "", title="Bridge closes; ferry starts; fishers strike"),
        story("s0000000000000b6", "", title="Ferry", published_at=days_ago(300)),
    )
    keep(session.store, *made)
    dedupe(session)

    def explanation(number: int) -> str:
        return explain_two_stories(session, made[0], made[number - 1])

    assert explanation(2).startswith("one event: s0000000000000b2 “Repairs close Kisui harbour bridge (Outlet of")
    assert "words in common" in explanation(2)
    assert explanation(3).startswith(("perhaps one event: ", "two events: "))
    assert "2.0 days apart" in explanation(3)
    assert "two languages" in explanation(4)
    assert "a digest" in explanation(5)
    assert "its date is outside the window" in explanation(6)


class _Service:
    """A fake service: three numbers for each text, by its length; raises an error if `fails` is set."""

    asked: ClassVar[list[str]] = []
    fails: ClassVar[bool] = False

    def __init__(self, address: str, key: str | None = None) -> None:
        self.address, self.key = address, key

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        if self.fails:
            raise EmbeddingError("the service cannot be reached")
        self.asked.extend(texts)
        return [[len(text), 1.0, 0.5] for text in texts]


def test_a_service_is_asked_once_for_each_text(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.edges.embeddings.Embeddings", _Service)
    monkeypatch.setattr(_Service, "asked", [])
    config = session.config.model_copy(update={"vectors": "openai://localhost:1/small"})
    asking = replace(session, config=config)
    keep(session.store, story("s1", prose(1), title="Harbour bridge closes"))
    assert dedupe(asking).notices == ()
    assert _Service.asked[0].startswith("Harbour bridge closes")
    count = len(_Service.asked)
    dedupe(session)
    dedupe(asking)
    assert len(_Service.asked) == count


def test_stories_are_compared_by_words_until_the_service_is_back(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.edges.embeddings.Embeddings", _Service)
    monkeypatch.setattr(_Service, "asked", [])
    monkeypatch.setattr(_Service, "fails", True)
    asking = replace(session, config=session.config.model_copy(update={"vectors": "openai://localhost:1/small"}))
    keep(session.store, story("s1", prose(1), title="Harbour bridge closes"))
    report = dedupe(asking)
    assert "compared by their words" in report.notices[0]
    assert report.counts["events"] == 1
    monkeypatch.setattr(_Service, "fails", False)
    assert dedupe(asking).counts["read"] == 1
    assert _Service.asked
