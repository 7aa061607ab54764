"""The scripts of tests/faults, shortened: `make faults` runs them in full."""

import pytest

from tests.faults.addresses import try_all
from tests.faults.bombs import LIMITS, PATHS, try_one
from tests.faults.failing import failing
from tests.faults.killed import kill_points
from tests.faults.mutated import fuzz
from tests.faults.rig import warm
from tests.faults.together import pairs


def test_mutated_feeds_give_entries_or_a_feed_error() -> None:
    outcomes, longest = fuzz(1_000)
    assert [said for said in outcomes if said.startswith("UNCAUGHT")] == []
    assert outcomes["entries"] > 100
    assert longest < 10


def test_a_run_killed_at_any_point_is_completed_by_the_next() -> None:
    """Nothing torn, nothing approved that is not there, the same bytes."""
    warm()
    found = kill_points(25)
    assert found.pop("killed") >= 15
    assert set(found.values()) == {0}, found


def test_two_runs_at_once_make_one_issue() -> None:
    warm()
    found = pairs(5)
    assert (found["one issue"], found["faults"]) == (5, 0)


@pytest.mark.parametrize(
    ("share", "said"), [(10, (0, "18 of 20")), (50, (4, "10 of 20")), (90, (4, "2 of 20")), (100, (3, ""))]
)
def test_the_issue_says_how_many_sources_answered(share: int, said: tuple[int, str]) -> None:
    assert failing(share) == said


def test_no_private_address_is_reached() -> None:
    hits, tried = try_all()
    assert (hits, tried >= 125) == (0, True)


@pytest.mark.parametrize("path", PATHS)
def test_bombs_end_in_time_and_small(path: str) -> None:
    said, over, grown = try_one(path)
    assert said in ("too large", "encoding", "timeout")
    assert over < 1
    assert grown <= 64, LIMITS
