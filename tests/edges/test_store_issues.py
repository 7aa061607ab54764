"""What issues reserve and spend, and which number each gets."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.edges.store import Store, open_store
from pipeline.errors import UsageError
from pipeline.records import Tally
from tests.factories import NOW, slot

TALLY = Tally(stories=40, outlets=9, languages=4, copies=6, sources_answered=8, sources_total=9)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store.sqlite") as opened:
        yield opened


def propose(store: Store, key: str, *stories: str, first_number: int = 1) -> int:
    """An issue of one edition; its number."""
    issue = store.issues.propose(
        key, cutoff_at=NOW, tally=TALLY, first_number=first_number, slots={"en": [slot(name) for name in stories]}
    )
    return issue.number


def approve(store: Store, *keys: str) -> None:
    for key in keys:
        store.issues.mark_rendered(key)
        store.issues.approve(key, NOW)


def test_a_proposal_is_kept_edition_by_edition(tmp_path: Path) -> None:
    """Slots come back in their order, features before reads."""
    english = [slot("b"), slot("pinned", pinned=True), slot("z", "reads"), slot("a", "reads")]
    dutch = [slot("a")]
    with open_store(tmp_path / "store.sqlite") as store, store.transaction():
        store.issues.propose(
            "2026-W47", cutoff_at=NOW, tally=TALLY, first_number=12, slots={"en": english, "nl": dutch}
        )
    with open_store(tmp_path / "store.sqlite") as store:
        kept = store.issues.get("2026-W47")
        assert kept is not None
        assert (kept.number, kept.status, kept.cutoff_at, kept.approved_at, kept.tally) == (
            12,
            "proposed",
            NOW,
            None,
            TALLY,
        )
        assert store.issues.slots("2026-W47", "en") == english
        assert store.issues.slots("2026-W47", "nl") == dutch
        assert store.issues.slots("2026-W47", "de") == []
        assert store.issues.get("2026-W48") is None


def test_a_newer_proposal_replaces_the_older_one(store: Store) -> None:
    """It replaces all editions; the number and the status stay."""
    store.issues.propose(
        "2026-W47", cutoff_at=NOW, tally=TALLY, first_number=3, slots={"en": [slot("a")], "nl": [slot("a")]}
    )
    store.issues.mark_rendered("2026-W47")
    later = store.issues.propose(
        "2026-W47", cutoff_at=NOW + timedelta(hours=1), tally=TALLY, first_number=9, slots={"en": [slot("b")]}
    )
    assert (later.number, later.status, later.cutoff_at) == (3, "rendered", NOW + timedelta(hours=1))
    assert store.issues.slots("2026-W47", "en") == [slot("b")]
    assert store.issues.slots("2026-W47", "nl") == []


def test_an_approved_issue_does_not_change(store: Store) -> None:
    """No later proposal, rendering or approval changes it."""
    propose(store, "2026-W47", "a")
    approve(store, "2026-W47")
    with pytest.raises(UsageError, match="2026-W47 is approved"):
        propose(store, "2026-W47", "b")
    store.issues.mark_rendered("2026-W47")
    store.issues.approve("2026-W47", NOW + timedelta(days=1))
    kept = store.issues.get("2026-W47")
    assert kept is not None
    assert (kept.status, kept.approved_at) == ("approved", NOW)
    assert store.issues.slots("2026-W47", "en") == [slot("a")]


def test_only_a_rendered_issue_reserves_its_stories(store: Store) -> None:
    """A proposal reserves nothing, a rendered issue reserves, an approved one has spent; never against itself."""
    propose(store, "2026-W47", "a", "b")

    def held(status: str, but: str = "2026-W48") -> dict[str, str]:
        return store.issues.containing(["a", "c"], status=status, but=but)

    assert (held("rendered"), held("approved")) == ({}, {})
    store.issues.mark_rendered("2026-W47")
    assert (held("rendered"), held("approved")) == ({"a": "2026-W47"}, {})
    assert held("rendered", but="2026-W47") == {}
    store.issues.approve("2026-W47", NOW)
    assert (held("rendered"), held("approved")) == ({}, {"a": "2026-W47"})


def test_a_story_of_two_issues_belongs_to_the_later_one(store: Store) -> None:
    """An editor may run a story again; the newest issue is the one to name."""
    propose(store, "2026-W46", "a")
    propose(store, "2026-W47", "a")
    approve(store, "2026-W46", "2026-W47")
    assert store.issues.containing(["a"], status="approved", but="2026-W48") == {"a": "2026-W47"}
    assert store.issues.published_before("2026-W48", 20) == {"a": ("2026-W47", 2)}


def test_published_stories_of_the_last_issues_are_listed(store: Store) -> None:
    """Only approved issues of earlier weeks count, however long ago they were."""
    for key, name in (("2025-W51", "old"), ("2026-W02", "a"), ("2026-W46", "b"), ("2026-W47", "c"), ("2026-W50", "d")):
        propose(store, key, name)
    approve(store, "2025-W51", "2026-W02", "2026-W46", "2026-W50")
    assert store.issues.published_before("2026-W48", 2) == {"a": ("2026-W02", 2), "b": ("2026-W46", 3)}
    assert store.issues.published_before("2025-W51", 2) == {}


def test_the_last_approved_issue_is_that_of_an_earlier_week(store: Store) -> None:
    """Not this week's, not a later one, and not one that is only rendered."""
    for key in ("2025-W52", "2026-W01", "2026-W02", "2026-W03"):
        propose(store, key, key)
    approve(store, "2025-W52", "2026-W02", "2026-W03")

    def last(before: str) -> str | None:
        found = store.issues.last_approved(before)
        return found.key if found else None

    assert last("2026-W02") == "2025-W52"
    assert last("2026-W03") == "2026-W02"
    assert last("2025-W52") is None


def test_all_issues_are_listed_oldest_first(store: Store) -> None:
    """The order is that of their weeks, not of their creation."""
    for key in ("2026-W47", "2025-W52", "2026-W01"):
        propose(store, key)
    assert [issue.key for issue in store.issues.all()] == ["2025-W52", "2026-W01", "2026-W47"]


@pytest.mark.parametrize(
    ("order", "first", "numbers"),
    [
        (["2026-W47", "2026-W48", "2026-W49"], 1, [1, 2, 3]),
        (["2026-W47", "2026-W48"], 100, [100, 101]),
        (["2025-W52", "2026-W01"], 7, [7, 8]),
        (["2026-W47", "2026-W46"], 10, [10, 9]),  # the week before, made late
        (["2026-W47", "2026-W46"], 1, [1, 2]),  # there is no number before 1
        (["2026-W46", "2026-W48", "2026-W47"], 1, [1, 2, 3]),  # and none between 1 and 2
        (["2026-W47", "2026-W46", "2026-W48"], 1, [1, 2, 3]),
    ],
)
def test_no_two_issues_have_one_number(store: Store, order: Sequence[str], first: int, numbers: list[int]) -> None:
    """Numbers go up with the weeks; a week made late gets the one that fits, or else one that no issue has."""
    assert [propose(store, key, first_number=first) for key in order] == numbers
    assert [propose(store, key, first_number=first) for key in order] == numbers
