"""A real model, whose translations are poor, changes nothing in the demo's letter."""

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from pipeline.config import load_config
from pipeline.run.session import open_session
from pipeline.run.write import ask, drafts_of, translation_request
from tests.letters import Command
from tests.smollm import running_model

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NOW = "2026-11-22T08:00:00+08:00"
ASKED = 3  # stories in other languages that the German edition has or may take


@pytest.fixture(scope="module")
def model() -> Iterator[str]:
    with running_model() as address:
        yield address


def test_what_a_small_model_proposes_is_stopped(newsletter: Command, model: str, tmp_path: Path) -> None:
    """It repeats headlines instead of translating them: none passes, and asked again it says the same."""
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    path = tmp_path / "examples" / "config.yaml"
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    values["editions"] = [each for each in values["editions"] if each["name"] == "de"]  # the others take time only
    path.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    assert newsletter("run", "--config", path, "--now", NOW).code == 0
    before = files_of(tmp_path / "outbox")
    settings = {"protocol": "openai", "address": f"{model}/v1", "model": "smollm2", "parallel": 1}
    values["writer"] = {**settings, "translate": {"fields": ["headline"]}}
    path.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    done = newsletter("run", "--json", "--force", "--config", path, "--now", NOW)
    counts = done.json["stages"]["write"]
    assert (counts["asked"], counts["passed"], counts["failed"], counts["notices"]) == (ASKED, 0, ASKED, [])
    assert files_of(tmp_path / "outbox") == before
    check_drafts(path)


def files_of(outbox: Path) -> dict[str, bytes]:
    """The bytes of all files."""
    return {str(path.relative_to(outbox)): path.read_bytes() for path in sorted(outbox.rglob("*")) if path.is_file()}


def check_drafts(path: Path) -> None:
    """Each stored draft has findings, and the model answers the same when it is asked again."""
    config = load_config(path)
    edition = config.edition("de")
    assert config.writer is not None
    assert edition is not None
    with sqlite3.connect(config.state / "store.sqlite") as store:
        names = [row[0] for row in store.execute("SELECT story FROM draft ORDER BY story")]
    with open_session(config, now=datetime.fromisoformat(NOW)) as session:
        stories = session.store.stories.get(names)
        assert len(stories) == ASKED
        for story in stories:
            (draft,) = drafts_of(session, story)
            assert {finding["rule"] for finding in draft["findings"]} == {"language"}, draft
        answers = {story.id: session.store.drafts.of(story.id)[0].answer.content for story in stories}
        requests = [translation_request(story, edition, blurb=False) for story in stories]
        again = {each.request.story.id: each.answer for each in ask(session, config.writer, requests, again=True)}
        assert {story: answer and answer.content for story, answer in again.items()} == answers
