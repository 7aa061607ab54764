"""The ledger and the transactions: what was decided can be read back, and what belongs together is kept together."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.edges.store import Store, open_store
from pipeline.records import Decision, Outcome, Rejected
from tests.factories import NOW, entry


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "store.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with open_store(path) as opened:
        yield opened


def test_decisions_read_in_the_order_they_were_made(store: Store) -> None:
    """Clean before dedupe before select, and within a stage line by line."""
    chosen = [
        Decision("a", "select/en", Outcome.RANKED, "rank/score", 0.7),
        Decision("a", "select/en", Outcome.CHOSEN, "x"),
    ]
    folded = [Decision("a", "dedupe", Outcome.KEPT, "winner", 0.97, "before b")]
    cleaned = [Decision("a", "clean", Outcome.CHANGED, "lines", 2, "2 lines of boilerplate")]
    store.ledger.record("select/en", ["a"], chosen)
    store.ledger.record("dedupe", ["a"], folded)
    store.ledger.record("clean", ["a"], cleaned)
    assert store.ledger.of("a") == [*cleaned, *folded, *chosen]
    assert store.ledger.of("b") == []


def test_a_stage_that_runs_again_replaces_its_decisions(store: Store) -> None:
    """Also about stories without a new decision, and about others that it names; other stages keep theirs."""
    store.ledger.record("clean", ["a"], [Decision("a", "clean", Outcome.KEPT, "whole")])
    for name in ("a", "b", "c"):
        lines = [
            Decision(name, "dedupe", Outcome.KEPT, "winner"),
            Decision(name, "dedupe", Outcome.KEPT, "second line"),
        ]
        store.ledger.record("dedupe", [name], lines)
    folded = Decision("b", "dedupe", Outcome.FOLDED, "copy/body", 0.9, "into c")
    store.ledger.record("dedupe", ["a"], [folded])
    assert [line.stage for line in store.ledger.of("a")] == ["clean"]
    assert store.ledger.of("b") == [folded]
    assert len(store.ledger.of("c")) == 2


def test_rejected_records_are_listed_until_they_are_accepted(store: Store) -> None:
    """One line for each record and stage, with the latest reason, whatever bytes it quotes."""
    store.ledger.reject([Rejected("e1", "clean", "timeout"), Rejected("e2", "clean", "no story", "tag \udce9")], NOW)
    store.ledger.reject([Rejected("e1", "clean", "memory"), Rejected("e1", "parse", "not a feed")], NOW)
    assert store.ledger.rejected() == [
        Rejected("e1", "clean", "memory"),
        Rejected("e2", "clean", "no story", "tag ?"),
        Rejected("e1", "parse", "not a feed"),
    ]
    store.ledger.accept(["e1"], "clean")
    assert [(item.id, item.stage) for item in store.ledger.rejected()] == [("e2", "clean"), ("e1", "parse")]


# ── transactions ─────────────────────────────────────────────────────────────────────────────────────────────────


def fail_midway(store: Store) -> None:
    """Two writes and an error."""
    with store.transaction():
        store.entries.put(entry("a"), seen_at=NOW, page="none")
        with store.transaction():
            store.entries.put(entry("b"), seen_at=NOW, page="none")
        raise RuntimeError("midway")


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    """Not even what a nested one had finished; and the next transaction works."""
    with pytest.raises(RuntimeError, match="midway"):
        fail_midway(store)
    assert store.entries.counts()["entries"] == 0
    with store.transaction():
        store.entries.put(entry("a"), seen_at=NOW, page="none")
    assert store.entries.counts()["entries"] == 1


def test_uncommitted_writes_are_invisible_to_others(path: Path) -> None:
    """Another connection sees the state before the commit, then the state after it."""
    with open_store(path) as writer, open_store(path) as reader:
        with writer.transaction():
            writer.entries.put(entry("a"), seen_at=NOW, page="none")
            assert reader.entries.counts()["entries"] == 0
        assert reader.entries.counts()["entries"] == 1
