"""The command line: output and exit codes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import COMMANDS
from tests.letters import Command, Letter

ROOT = Path(__file__).resolve().parents[2]
NEWSLETTER = [sys.executable, "-c", "from pipeline.cli import main; main()"]
WITHOUT_OPTIONS = {
    "completion",
    "config",
    "init",
    "man",
    "sources",
    "store",
    "templates",
}  # groups, or without a config
STORED = ("fetch", "clean", "dedupe", "tag", "select", "render", "run", "approve", "status")


def run_script(*arguments: str, **options: object) -> "subprocess.CompletedProcess[bytes]":
    """Run `newsletter` in a new process."""
    return subprocess.run([*NEWSLETTER, *arguments], check=False, timeout=120, **options)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_a_row_in_the_readme(newsletter: Command, name: str) -> None:
    """`--help` describes each command, and the README's table lists it."""
    done = newsletter(name, "--help")
    assert done.code == 0
    assert len(done.out.splitlines()) > 4
    assert f"`newsletter {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - WITHOUT_OPTIONS))
def test_every_command_has_the_common_options(newsletter: Command, name: str) -> None:
    """--config, --now and -v."""
    text = newsletter(name, "--help").out
    assert "--config" in text
    assert "--now" in text
    assert "--verbose" in text


def test_help_loads_no_library_that_it_does_not_need() -> None:
    """`newsletter --help` does not import lxml, numpy or pydantic."""
    code = (
        "import sys\nfrom pipeline.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    loaded = set(done.stderr.replace("'", "").strip("[]\n").split(", "))
    assert "click" in loaded
    heavy = {"aiohttp", "babel", "jinja2", "lxml", "numpy", "PIL", "pebble", "pydantic", "scipy", "trafilatura", "yaml"}
    assert not loaded & heavy


@pytest.mark.parametrize("now", ["0001-01-01", "1969-12-31", "9999-12-31T23:59:59-14:00", "2026-11-22T25:00", "soon"])
@pytest.mark.parametrize("name", ["run", "status"])
def test_a_time_out_of_range_is_a_wrong_command(newsletter: Command, letter: Letter, name: str, now: str) -> None:
    """The week before and the week after must exist too."""
    done = newsletter.on(letter, name, now=now)
    assert (done.code, repr(now) in done.err) == (2, True)


def test_a_mistyped_command_gets_a_suggestion(newsletter: Command) -> None:
    """`newsletter fech` is a wrong command, and the message suggests fetch."""
    done = newsletter("fech")
    assert done.code == 2
    assert "'fetch'" in done.err


@pytest.mark.parametrize("name", STORED)
def test_a_missing_config_is_named(newsletter: Command, tmp_path: Path, name: str) -> None:
    """Every command that needs a config names the missing file and how to create one."""
    done = newsletter(name, "--config", tmp_path / "none.yaml")
    assert done.code == 2
    assert "none.yaml" in done.err
    assert "newsletter init" in done.err


@pytest.mark.parametrize("name", STORED)
def test_a_wrong_key_is_reported_with_its_line(newsletter: Command, letter: Letter, name: str) -> None:
    """The message has file, line, key and the likely key, and nothing else happens."""
    with letter.config.open("a", encoding="utf-8") as file:
        file.write("timezoen: UTC\n")
    lines = len(letter.config.read_text(encoding="utf-8").splitlines())
    done = newsletter.on(letter, name)
    assert done.code == 2
    assert f"config.yaml:{lines}: timezoen: unknown key; did you mean timezone?" in done.err
    assert not (letter.folder / ".newsletter").exists()


@pytest.mark.parametrize("moment", ["yesterday", "2026-13-01", "2026-11-22T25:00"])
def test_an_invalid_time_is_refused(newsletter: Command, letter: Letter, moment: str) -> None:
    """--now takes ISO 8601."""
    done = newsletter.on(letter, "run", now=moment)
    assert done.code == 2
    assert moment in done.err


def test_a_time_without_a_zone_is_in_the_newsrooms_zone(newsletter: Command, letter: Letter) -> None:
    """Sunday 23:30 in Hong Kong is in week 47 and Monday 00:30 in week 48, whatever the machine's zone."""
    assert newsletter.on(letter, "status", "--json", now="2026-11-22T23:30").json["issue"] == "2026-W47"
    assert newsletter.on(letter, "status", "--json", now="2026-11-23T00:30").json["issue"] == "2026-W48"
    assert newsletter.on(letter, "status", "--json", now="2026-11-22T16:30+00:00").json["issue"] == "2026-W48"
    assert newsletter.on(letter, "status", "--json", now="2027-01-01T12:00").json["issue"] == "2026-W53"


def test_status_before_the_first_run_explains_what_to_do(newsletter: Command, letter: Letter) -> None:
    """A new newsletter has sources that were never polled and no issue; status creates no store."""
    done = newsletter.on(letter, "status")
    assert done.code == 0
    assert "newsletter run" in done.out
    assert done.out.count("never asked") == 4
    assert not (letter.folder / ".newsletter").exists()


@pytest.mark.parametrize(("name", "hint"), [("render", "newsletter select"), ("approve", "newsletter run")])
def test_there_is_no_issue_to_work_on_yet(newsletter: Command, letter: Letter, name: str, hint: str) -> None:
    """An empty outbox is exit code 3, and the message names the command to run first."""
    done = newsletter.on(letter, name)
    assert done.code == 3
    assert hint in done.err


def test_status_counts_what_a_run_did(newsletter: Command, letter: Letter) -> None:
    """Entries, stories, sources with their health, and the slots of the issue."""
    (letter.folder / "paper3.xml").unlink()
    newsletter.on(letter, "run")
    status = newsletter.on(letter, "status", "--json").json
    assert status["stages"]["entries"] == 6
    assert status["stages"]["stories"] == 6
    health = {source["name"]: source["health"] for source in status["sources"]}
    assert health == {"paper0": "ok", "paper1": "ok", "paper2": "ok", "paper3": "failing"}
    sections = [slot["section"] for slot in status["holds"]["editions"]["en"]]
    assert sections == ["features"] * 4 + ["reads"] * 2
    text = newsletter.on(letter, "status").out
    assert "paper3: failing since 2026-11-22; no file" in text
    assert "Barges on batteries leave the river yard" in text


def test_explain_shows_the_decisions_of_every_stage(newsletter: Command, letter: Letter) -> None:
    """A story that is found by words of its title shows the parts of its score and the reason for its slot."""
    newsletter.on(letter, "run")
    done = newsletter.on(letter, "explain", "barges on batteries", "--json")
    rules = {decision["rule"] for decision in done.json["decisions"]}
    assert {"rank/coverage", "rank/freshness", "rank/score"} <= rules
    assert any(rule.startswith("chosen/") for rule in rules)
    assert {decision["stage"] for decision in done.json["decisions"]} >= {"dedupe", "tag", "select/en"}
    assert done.json["issues"] == [
        {"issue": "2026-W47", "status": "rendered", "edition": "en", "section": "features"}
    ] or (done.json["issues"][0]["section"] == "reads")
    by_id = newsletter.on(letter, "explain", done.json["id"])
    assert by_id.code == 0
    assert "rank/score" in by_id.out


def test_explain_with_two_stories_shows_why_they_are_one_event_or_two(newsletter: Command, letter: Letter) -> None:
    newsletter.on(letter, "run")
    first, second = re.findall(r"^ +(s[0-9a-f]{15}) ", newsletter.on(letter, "explain", "the").err, re.MULTILINE)[:2]
    assert "event: " in newsletter.on(letter, "explain", first, second).out.replace("events: ", "event: ")
    assert newsletter.on(letter, "explain", first, first, "--json").json["explanation"].startswith("one story")
    assert newsletter.on(letter, "explain", first, "no such story").code == 2


def test_explain_lists_the_stories_that_match(newsletter: Command, letter: Letter) -> None:
    """Words in several titles list the stories; words in no title are an error. Both are exit code 2."""
    newsletter.on(letter, "run")
    several = newsletter.on(letter, "explain", "the")
    assert several.code == 2
    assert several.err.count("(Paper") > 1
    none = newsletter.on(letter, "explain", "no such story")
    assert none.code == 2
    assert "no such story" in none.err


def test_a_closed_pipe_is_not_an_error(letter: Letter) -> None:
    """`newsletter status | head -1` ends quietly."""
    reading, writing = os.pipe()
    os.close(reading)
    done = run_script("status", "--config", str(letter.config), stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_output_to_a_full_disk_is_an_error(letter: Letter) -> None:
    """The message has the system's reason, and no traceback."""
    with Path("/dev/full").open("wb") as full:
        done = run_script("status", "--config", str(letter.config), stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr


def test_clean_is_a_filter_on_a_page(newsletter: Command, tmp_path: Path) -> None:
    """Its stories come as JSON lines with their language, and no store is created."""
    page = tmp_path / "page.html"
    paragraphs = "".join(
        f"<p>Die Werft am Fluss hat im {month} neue Aufträge bekommen, und die Belegschaft rechnet mit weiteren.</p>"
        for month in ("März", "April", "Mai", "Juni")
    )
    page.write_text(
        "<html lang=de><title>Die Werft wächst</title><body><nav><a href=/>Start</a></nav>"
        f"<article><h1>Die Werft wächst</h1>{paragraphs}<p>Lesen Sie auch: Der Hafen schrumpft</p>"
        "</article></body></html>",
        encoding="utf-8",
    )
    done = newsletter("clean", page, "--url", "https://werft.example/a", "--json")
    assert done.code == 0, done.err
    (story,) = done.lines
    assert story["title"] == "Die Werft wächst"
    assert story["language"] == "de"
    assert story["role"] == "article"
    assert story["url"] == "https://werft.example/a"
    assert [block["kind"] for block in story["blocks"]] == ["paragraph"] * 4
    why = newsletter("clean", page, "--url", "https://werft.example/a", "--why")
    assert "Der Hafen schrumpft" in why.out
    assert "residue" in why.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.html"]


def test_tag_is_a_filter_on_lines(newsletter: Command, tmp_path: Path) -> None:
    """Each line of a file gets a tag; a line without language is `und`."""
    lines = ["The ferry leaves the island at seven every morning.", "渡輪每天早上七時離開這個島嶼。", "12345"]
    file = tmp_path / "lines.txt"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert newsletter("tag", file).out == f"en\t{lines[0]}\nzh-Hant\t{lines[1]}\nund\t12345\n"
    assert [line["language"] for line in newsletter("tag", file, "--json").lines] == ["en", "zh-Hant", "und"]


def test_dedupe_is_a_filter_on_stories(newsletter: Command, tmp_path: Path) -> None:
    """Copies share a cluster; a bad line is named and the others are read."""
    body = "The yard has taken orders for twelve battery barges since spring. " * 8
    rows = [
        {"id": "a", "title": "Barges", "body": body, "published": "2026-11-20T08:00:00Z"},
        {"id": "b", "title": "Barges", "body": body, "published": "2026-11-20T09:00:00Z"},
        {"id": "c", "title": "A bank opens", "body": "A bank without tellers opened on Monday. " * 8},
    ]
    stories, clusters = tmp_path / "stories.jsonl", tmp_path / "clusters.jsonl"
    stories.write_text("\n".join([*map(json.dumps, rows), "{not json"]), encoding="utf-8")
    done = newsletter("dedupe", "--stories", stories, "--clusters", clusters)
    assert done.code == 0
    assert "line 4" in done.err
    assert "1 lines skipped, 0 fields ignored, 3 stories read" in done.err
    found = {row["id"]: row["cluster"] for row in map(json.loads, clusters.read_text(encoding="utf-8").splitlines())}
    assert found["a"] == found["b"] != found["c"]


def test_dedupe_keeps_a_story_with_an_unusable_field(newsletter: Command, tmp_path: Path) -> None:
    """Every field except the id may be missing or broken. Each story has its output line; the problem is named."""
    rows = [
        {"id": "a"},
        {"id": 7, "title": 5, "body": None, "url": "no address", "source": ["x"]},
        {"id": "b", "title": "Barges", "published": "Fri, 20 Nov 2026 08:00:00 +0800"},
        {"id": "c", "title": "Barges", "published": "the day before yesterday", "language": "xx"},
    ]
    stories = tmp_path / "stories.jsonl"
    stories.write_text("\n".join([*map(json.dumps, rows), "", '["id"]', '{"title": "nobody"}']), encoding="utf-8")
    done = newsletter("dedupe", "--stories", stories)
    assert done.code == 0
    assert [row["id"] for row in done.lines] == ["a", "7", "b", "c"]
    for message in (
        "line 2: `title` is int",
        "line 2: `source` is list",
        "line 4: `published` 'the day",
        "line 6: ",
        "line 7: ",
    ):
        assert message in done.err
    assert "2 lines skipped, 3 fields ignored, 4 stories read" in done.err


@pytest.mark.parametrize(
    "arguments", [["clean", "none.html"], ["tag", "none.txt"], ["dedupe", "--stories", "none.jsonl"]]
)
def test_a_missing_file_is_named(newsletter: Command, arguments: list[str]) -> None:
    """clean, tag and dedupe name a missing file."""
    done = newsletter(*arguments)
    assert done.code == 2
    assert arguments[-1] in done.err


def test_config_check_says_whether_the_config_is_right(newsletter: Command, letter: Letter) -> None:
    """One line for a right config; every mistake with its line, and exit code 2."""
    done = newsletter("config", "check", "--config", letter.config)
    assert (done.code, done.out) == (0, f"{letter.config}: right: 4 sources; editions en\n")
    letter.change(first_number=0, selct={})
    wrong = newsletter("config", "check", "--config", letter.config)
    assert wrong.code == 2
    assert "first_number: must be 1 or more" in wrong.err
    assert "did you mean select?" in wrong.err


def test_config_show_gives_the_values_in_force_without_secrets(
    newsletter: Command, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file's own values; with --effective the defaults too; a key alone; secrets by their variables."""
    monkeypatch.setenv("RELAY_PASSWORD", "0badc0de")
    monkeypatch.setenv("TOKEN", "Bearer 0badc0de")
    sources = [{"name": "a", "feed": "https://a.example/feed", "headers": {"Authorization": "${TOKEN}"}}]
    smtp = {"host": "mx.example", "login": "${RELAY_PASSWORD}", "password": "${RELAY_PASSWORD}"}
    letter.change(smtp=smtp, sources=sources, theme={"dark_accent": "#abc"})

    def show(*options: str) -> Any:
        done = newsletter("config", "show", "--config", letter.config, "--json", *options)
        assert (done.code, "0badc0de" in done.out) == (0, False), done.err
        return done.json

    assert show()["smtp"] == smtp
    everything = show("--effective")
    assert everything["smtp"] == {**everything["smtp"], **smtp, "port": 587}
    assert everything["sources"][0]["headers"] == {"Authorization": "${TOKEN}"}
    assert everything["sources"][0]["feed"] == "https://a.example/feed"
    assert everything["theme"]["dark_accent"] == "#aabbcc"
    assert show("select.features", "--effective") == 4
    missing = newsletter("config", "show", "select.features", "--config", letter.config)
    assert (missing.code, "--effective" in missing.err) == (2, True)
    text = newsletter("config", "show", "sources.0.name", "--config", letter.config)
    assert text.out == "a\n"


def test_secrets_from_source_defaults_are_not_shown_either(
    newsletter: Command, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A source that has a value only by default shows no secret."""
    monkeypatch.setenv("TOKEN", "Bearer 0badc0de")
    letter.change(source_defaults={"headers": {"Authorization": "${TOKEN}"}})
    done = newsletter("config", "show", "--effective", "--config", letter.config)
    assert done.code in (0, 2)
    assert "0badc0de" not in done.out + done.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_names_commands_and_options(newsletter: Command, shell: str) -> None:
    """The script asks the program, which answers what may follow."""
    done = newsletter("completion", shell)
    assert (done.code, "_NEWSLETTER_COMPLETE" in done.out) == (0, True)
    words = ("newsletter status", "--hea") if shell == "fish" else ("newsletter status --hea", "2")
    environ = dict(zip(("COMP_WORDS", "COMP_CWORD"), words, strict=True))
    environ = {**os.environ, **environ, "_NEWSLETTER_COMPLETE": f"{shell}_complete"}
    answered = subprocess.run(NEWSLETTER, env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert "--health" in answered.stdout


def test_the_manual_has_every_command(newsletter: Command) -> None:
    """With its options, and no line that roff would take for a command of its own."""
    done = newsletter("man")
    assert done.code == 0
    for name in COMMANDS:
        assert f"\\fBnewsletter {name}\\fR" in done.out.replace("\\-", "-")
    known = {".TH", ".SH", ".SS", ".PP", ".TP", ".B"}
    assert {line.split()[0] for line in done.out.splitlines() if line.startswith(".")} <= known


def test_metrics_and_health_of_a_run(newsletter: Command, letter: Letter) -> None:
    """Prometheus's text, with escaped labels; well after a good run, and not after one that an error ended."""
    letter.change(name='#a "b" \\ c')
    assert newsletter.on(letter, "status", "--health").out == "well\n"
    assert newsletter.on(letter, "run").code == 0
    text = newsletter.on(letter, "status", "--metrics").out
    label = r'letter="#a \"b\" \\ c"'
    assert f'newsletter_sources{{{label},health="ok"}} 4' in text
    assert f"newsletter_run_exit_code{{{label}}} 0" in text
    assert re.search(r"newsletter_run_duration_seconds\{.*\} \d", text)
    for line in text.splitlines():
        assert re.fullmatch(
            r'# (HELP|TYPE) newsletter_\w+ .+|newsletter_\w+\{(\w+="(\\.|[^"\\])*",?)*\} -?[\d.e+]+', line
        )
    (letter.folder / ".newsletter" / "store.sqlite").write_bytes(b"this is no database" * 100)
    assert newsletter.on(letter, "run").code == 1
    broken = newsletter.on(letter, "status", "--health")
    assert broken.code == 1
    assert newsletter.on(letter, "status", "--health", "--json").code == 2


def test_init_gives_editors_the_schema(newsletter: Command, tmp_path: Path) -> None:
    """The config's first line names the file next to it, which is what `config schema` prints."""
    assert newsletter("init", tmp_path / "letter", "--yes").code == 0
    first = (tmp_path / "letter" / "config.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=config.schema.json"
    written = json.loads((tmp_path / "letter" / "config.schema.json").read_text())
    assert written == newsletter("config", "schema").json
