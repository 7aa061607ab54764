"""`newsletter write --check`: passages from a file are checked, and the exit code says whether they hold."""

import io
import json
from pathlib import Path

import pytest

from pipeline.cli import main

SOURCE = "Der Bau der Brücke kostet 3 Millionen Euro und dauert bis Mai."


def passage(text: str, **more: str) -> str:
    return json.dumps({"source": SOURCE, "text": text, "language": "de", "to": "en", **more})


def check(lines: list[str], tmp_path: Path, *options: str) -> object:
    """Run the command on these lines and return its exit code."""
    file = tmp_path / "passages.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["write", "--check", str(file), *options])
    return ended.value.code


def test_passages_that_hold_print_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to object to is exit code 0."""
    assert check([passage("The bridge costs 3 million euros and will take until May to build.")], tmp_path) == 0
    assert capsys.readouterr().out == ""


def test_findings_are_printed_with_the_number_or_id_of_the_passage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A finding names the passage, the rule and the words."""
    wrong = "The bridge costs 8 million euros and will take until June to build."
    assert check([passage(wrong), "", passage(wrong, id="b", date="2026-04-02")], tmp_path) == 5
    lines = capsys.readouterr().out.splitlines()
    assert [line.rpartition(": ")[0] for line in lines] == [
        "1: date: 'June'", "1: number: '8 million'", "b: date: 'June'", "b: number: '8 million'"
    ]  # fmt: skip


def test_json_gives_findings_and_doubts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object for each passage, also for those that hold."""
    check([passage("The bridge costs 3 million euros and will take until May to build.")], tmp_path, "--json")
    assert json.loads(capsys.readouterr().out) == {"id": "1", "findings": [], "doubts": []}


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"source": "x"}', passage("Text", language="xyzzy"), passage("Text", date="May")]
)
def test_a_line_that_is_no_passage_is_named(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong file is a wrong command: exit code 2, with the line."""
    assert check([line], tmp_path) == 2
    assert "passages.jsonl:1: " in capsys.readouterr().err


def test_passages_are_read_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`-` stands for standard input."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(passage("It costs 4 million euros.").encode())))
    with pytest.raises(SystemExit) as ended:
        main(["write", "--check", "-"])
    assert ended.value.code == 5
    assert "4 million" in capsys.readouterr().out
