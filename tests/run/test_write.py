"""`newsletter write` proposes translations, checks them, and changes nothing."""

import json
import sys
from typing import Any

import pytest
import yaml

from pipeline.stages.write import Finding
from tests.letters import LATER, Command, Letter

STORY = LATER[1]
RIGHT = [
    "Busan kühlt seinen Fisch mit Meerwasser",
    "Sole aus sechzig Metern Tiefe ersetzt in der Auktionshalle das Ammoniak.",
]


def with_writer(letter: Letter, code: str, **writer: Any) -> None:
    """Add a German edition and a writer that runs Python code on `task`, which logs each call."""
    body = f"import json, sys\ntask = json.load(sys.stdin)\nopen('asked', 'a').write(json.dumps(task) + '\\n')\n{code}"
    (letter.folder / "writer.py").write_text(body, encoding="utf-8")
    config = yaml.safe_load(letter.config.read_text(encoding="utf-8"))
    german = {"name": "german", "language": "de", "host": {"name": "Ada", "city": "Berlin"}}
    letter.change(
        editions=[*config["editions"], german],
        writer={"protocol": "command", "command": [sys.executable, "writer.py"], **writer},
    )


def answering(texts: list[str]) -> str:
    """Code that answers with these translations, whatever is asked."""
    sentences = [{"n": number, "text": text} for number, text in enumerate(texts, 1)]
    return f"print(json.dumps({{'sentences': {sentences!r}}}))"


def writing(letter: Letter, answer: str) -> None:
    """Let the writer log each call and answer with this text, whatever is asked."""
    code = "import json, sys\ntask = json.load(sys.stdin)\nopen('asked', 'a').write(json.dumps(task) + '\\n')\n"
    (letter.folder / "writer.py").write_text(f"{code}print({answer!r})", encoding="utf-8")


def asked(letter: Letter) -> list[dict[str, Any]]:
    """What the writer was asked."""
    log = letter.folder / "asked"
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []


@pytest.fixture
def chosen(newsletter: Command, letter: Letter) -> Letter:
    """A letter whose week is run, with one short story among the others, and without drafts."""
    letter.write_feed("paper0", [STORY])
    with_writer(letter, answering(RIGHT), translate={"to": "none"})
    assert newsletter.on(letter, "run").code == 0
    return letter


def test_a_translation_that_holds_passes(newsletter: Command, chosen: Letter) -> None:
    """The writer gets title and summary as sentences; the answer is put together by paragraph."""
    done = newsletter.on(chosen, "write", "Busan freezes", "--edition", "german", "--json")
    assert (done.code, done.err) == (0, "")
    (result,) = [done.json]
    assert (result["headline"], result["paragraphs"], result["passed"]) == (RIGHT[0], [RIGHT[1]], True)
    (task,) = asked(chosen)
    assert (task["task"], task["language"], task["to"]) == ("translate", "en", "de")
    assert [each["text"] for each in task["sentences"]] == [STORY.title, STORY.body]


def test_an_invented_figure_fails_and_is_named(newsletter: Command, chosen: Letter) -> None:
    """The story stays as it is, and the exit code is 0: nothing has gone wrong."""
    (chosen.folder / "writer.py").write_text(
        "import json, sys\n" + answering([RIGHT[0], RIGHT[1].replace("sechzig", "neunzig")]), encoding="utf-8"
    )
    done = newsletter.on(chosen, "write", "Busan freezes", "--edition", "german")
    assert done.code == 0
    assert "number: 'neunzig'" in done.out
    assert "failed" in done.out


def test_the_features_of_the_week_are_the_default(newsletter: Command, chosen: Letter) -> None:
    """Those in another language than the edition. An English letter of English stories asks for nothing."""
    newsletter.on(chosen, "write", "--edition", "german")
    assert len(asked(chosen)) >= 1
    before = len(asked(chosen))
    newsletter.on(chosen, "write")
    assert len(asked(chosen)) == before


def test_a_request_is_sent_once_and_checked_each_time(newsletter: Command, chosen: Letter) -> None:
    """A replay asks nobody; --again does, and so does a command that has changed."""
    arguments = ("write", "Busan freezes", "--edition", "german")
    first = newsletter.on(chosen, *arguments)
    assert newsletter.on(chosen, *arguments).out == first.out
    assert len(asked(chosen)) == 1
    newsletter.on(chosen, *arguments, "--again")
    assert len(asked(chosen)) == 2
    with_other = yaml.safe_load(chosen.config.read_text(encoding="utf-8"))["writer"]
    chosen.change(writer={**with_other, "command": [*with_other["command"], "--other"]})
    newsletter.on(chosen, *arguments)
    assert len(asked(chosen)) == 3


def test_explain_shows_what_a_writer_answered(newsletter: Command, chosen: Letter) -> None:
    """With the writer and what the checker says now."""
    newsletter.on(chosen, "write", "Busan freezes", "--edition", "german")
    lines = newsletter.on(chosen, "explain", "Busan freezes").out
    assert f"“{RIGHT[0]}”: passed" in lines
    assert "de by command" in lines
    (draft,) = newsletter.on(chosen, "explain", "Busan freezes", "--json").json["drafts"]
    assert (draft["to"], draft["findings"]) == ("de", [])


def test_a_dry_run_sends_nothing(newsletter: Command, chosen: Letter) -> None:
    """It prints what would be sent."""
    done = newsletter.on(chosen, "write", "Busan freezes", "--edition", "german", "--dry-run")
    assert STORY.body in done.out
    assert asked(chosen) == []


HEADLINE = "Sea water takes the place of ammonia"
BLURB = ["In Busan, brine from sixty metres down freezes the fish.", "It replaces ammonia at the auction hall."]
WRITTEN = {"kicker": "Fishing", "headline": HEADLINE, "blurb": [{"text": text, "from": [1]} for text in BLURB]}


def test_a_writer_is_asked_for_kicker_headline_and_blurb(newsletter: Command, chosen: Letter) -> None:
    """In one request with the story as data; the answer is stored with its verdict, and not asked for again."""
    writing(chosen, json.dumps(WRITTEN))
    before = len(asked(chosen))
    arguments = ("write", "--task", "write", "Busan freezes")
    result = newsletter.on(chosen, *arguments, "--json").json
    assert (result["kicker"], result["headline"], result["passed"]) == ("Fishing", HEADLINE, True)
    assert result["paragraphs"] == [" ".join(BLURB)]
    task = asked(chosen)[before]
    assert (task["task"], task["story"]["headline"]) == ("write", STORY.title)
    assert "passed" in newsletter.on(chosen, *arguments).out
    assert len(asked(chosen)) == before + 1
    assert "write en by command" in newsletter.on(chosen, "explain", "Busan freezes").out


def test_an_unreadable_answer_is_kept_and_not_asked_for_again(newsletter: Command, chosen: Letter) -> None:
    """It costs its tokens once; --again asks again."""
    writing(chosen, "Sure! Here is your headline.")
    arguments = ("write", "--task", "write", "Busan freezes")
    assert "no proposal: the writer's answer cannot be used" in newsletter.on(chosen, *arguments).out
    count = len(asked(chosen))
    assert "cannot be used" in newsletter.on(chosen, *arguments).out
    assert len(asked(chosen)) == count
    newsletter.on(chosen, *arguments, "--again")
    assert len(asked(chosen)) == count + 1


def test_another_checker_judges_stored_answers_again(
    newsletter: Command, chosen: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is asked, and the new verdict is stored with the checker's version."""
    arguments = ("write", "Busan freezes", "--edition", "german")
    newsletter.on(chosen, *arguments)
    objection = Finding("number", "sechzig", "this number is not in the source")
    monkeypatch.setattr("pipeline.stages.write.judge.check_translation", lambda *_, **__: [objection])
    assert "passed" in newsletter.on(chosen, *arguments).out
    monkeypatch.setattr("pipeline.run.write.CHECKER_VERSION", "next")
    assert "failed" in newsletter.on(chosen, *arguments).out
    monkeypatch.undo()
    monkeypatch.setattr("pipeline.run.write.CHECKER_VERSION", "next")
    assert "failed" in newsletter.on(chosen, *arguments).out  # stored, so not judged once more
    assert len(asked(chosen)) == 1


def test_a_writer_that_fails_costs_a_line_for_each_story(newsletter: Command, chosen: Letter) -> None:
    """After three failures in a row it is not asked again."""
    (chosen.folder / "writer.py").write_text("raise SystemExit(3)", encoding="utf-8")
    done = newsletter.on(chosen, "write", "--edition", "german")
    assert done.code == 0
    assert "no proposal: the writer failed" in done.out


def test_a_run_may_leave_the_writer_alone(newsletter: Command, chosen: Letter) -> None:
    """With `translate: {to: none}` only the command asks."""
    assert asked(chosen) == []


def test_without_a_writer_the_command_says_where_to_read(newsletter: Command, letter: Letter) -> None:
    """A wrong command, exit code 2."""
    done = newsletter.on(letter, "write")
    assert done.code == 2
    assert "docs/writer.md" in done.err
