"""Short versions of the scripts in tests/faults. `make faults` runs them in full."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import page_at
from tests.faults import injected  # noqa: F401 - fills the table
from tests.faults.addresses import try_all
from tests.faults.bombs import LIMITS, PATHS, try_bomb
from tests.faults.failing import run_with_failing
from tests.faults.fault_table import FAULTS, CannotInjectError, Fault, try_one
from tests.faults.killed import kill_at_moments, kill_at_writes
from tests.faults.mutated import fuzz
from tests.faults.payloads import html_of, live, messages
from tests.faults.rig import warm
from tests.faults.shaped import try_shapes
from tests.faults.subjects import extra_headers
from tests.faults.together import pairs


def test_mutated_feeds_give_entries_or_a_feed_error() -> None:
    outcomes, longest = fuzz(1_000)
    assert [outcome for outcome in outcomes if outcome.startswith("UNCAUGHT")] == []
    assert outcomes["entries"] > 100
    assert longest < 10


def test_feeds_of_every_shape_give_entries_or_a_feed_error() -> None:
    """Within ten seconds and 512 MB."""
    outcomes, longest = try_shapes(13)
    assert set(outcomes) <= {"entries", "no entries", "FeedError"}
    assert outcomes["entries"] > 100
    assert longest < 10


@pytest.mark.parametrize(("kill", "count"), [(kill_at_writes, 10), (kill_at_moments, 4)])
def test_a_run_killed_at_any_point_is_completed_by_the_next(kill: Callable[[int], Counter[str]], count: int) -> None:
    """Nothing is torn or wrongly approved, and issue and store are those of an undisturbed run."""
    warm()
    problems = kill(count)
    assert problems.pop("killed") >= count
    assert problems.total() == 0, problems


def test_two_runs_at_once_make_one_issue() -> None:
    warm()
    found = pairs(5)
    assert (found["one issue"], found["faults"]) == (5, 0)


@pytest.mark.parametrize(
    ("percentage", "expected"), [(10, (0, "18 of 20")), (50, (4, "10 of 20")), (90, (4, "2 of 20")), (100, (3, ""))]
)
def test_the_issue_states_how_many_sources_answered(percentage: int, expected: tuple[int, str]) -> None:
    assert run_with_failing(percentage) == expected


def test_no_private_address_is_reached() -> None:
    hits, tried = try_all()
    assert (hits, tried >= 125) == (0, True)


def test_there_are_thirty_injected_faults() -> None:
    assert len({fault.name for fault in FAULTS}) >= 30


# Every third: other tests cover the rest, or they need a process each.
@pytest.mark.parametrize("fault", FAULTS[::3], ids=lambda fault: fault.name)
def test_an_injected_fault_has_its_exit_code_and_message_and_a_good_run_afterwards(fault: Fault) -> None:
    warm()
    try:
        _, output, problems = try_one(fault)
    except CannotInjectError as error:
        pytest.skip(str(error))
    assert problems == [], output


def test_no_hostile_subject_adds_a_header() -> None:
    assert extra_headers() == (0, 50)


@pytest.mark.chromium
def test_no_payload_is_live_in_the_message(browser: Browser, tmp_path: Path) -> None:
    """Nearly two hundred in stories and as many in edits: none can run in the HTML, and none runs in Chromium."""
    warm()
    for name, message, tried in messages():
        html = html_of(message)
        assert live(html) == []
        assert tried > 150  # a story that repeats another one is left out
        (tmp_path / f"{name}.html").write_text(html, encoding="utf-8")
        with page_at(browser, tmp_path / f"{name}.html", width=600) as page:
            assert not page.evaluate("window.ran")


@pytest.mark.parametrize("path", PATHS)
def test_a_bomb_ends_in_time_and_memory(path: str) -> None:
    outcome, over, grown = try_bomb(path)
    assert outcome in ("too large", "encoding", "timeout")
    assert over < 1
    assert grown <= 64, LIMITS
