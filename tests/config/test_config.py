"""config.yaml becomes a typed, frozen Config, or every fault in it is reported with file, line and key."""

import dataclasses
import os
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from pipeline.config import Config, load_config
from pipeline.config.document import read_document
from pipeline.config.fill import keys_of
from pipeline.errors import ConfigError
from pipeline.records import SOURCE_KINDS, Source, Theme, Topic

ROOT = Path(__file__).resolve().parents[2]

DESK = """\
name: Harbour
desk:
  name: Desk
  email: desk@harbour.example
  postal_address: 1 Pier
  subscribe_url: https://harbour.example/in
  unsubscribe_url: https://harbour.example/out
"""
EDITIONS = """\
editions:
  - {name: en, language: en, host: {name: Ada, city: Macau}}
"""
SOURCES = """\
sources:
  - {name: Tide, feed: https://tide.example/rss}
"""
WHOLE = DESK + EDITIONS + SOURCES  # 11 lines


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "config.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def load(folder: Path, text: str | bytes, **environ: str) -> Config:
    return load_config(write(folder, text), environ=environ)


def faults(folder: Path, text: str | bytes, **environ: str) -> list[str]:
    """The lines of the ConfigError, without the folder in front."""
    with pytest.raises(ConfigError) as caught:
        load(folder, text, **environ)
    assert caught.value.exit_code == 2
    return [line.removeprefix(f"{folder}/") for line in str(caught.value).splitlines()]


def test_the_least_config_has_a_default_for_everything_else(tmp_path: Path) -> None:
    """A name, a desk, an edition and a source are enough."""
    config = load(tmp_path, WHOLE)
    assert (config.timezone, config.approve, config.engine, config.template) == ("UTC", "editor", "processes", "issue")
    assert (config.select.features, config.select.reads, config.select.minimum) == (4, 6, 4)
    assert config.state == tmp_path / ".newsletter"
    assert config.outbox == tmp_path / "outbox"
    assert config.desk.list_id == "newsletter.harbour.example"
    assert config.contact == "desk@harbour.example"
    assert config.title(config.editions[0]) == "Harbour"
    assert config.smtp is None


def test_the_newsroom_config_of_the_project_is_whole() -> None:
    """The committed config loads: twenty feeds or more, in seven languages, with ten topics named in each."""
    config = load_config(ROOT / "config.yaml", environ={})
    sources = config.sources
    assert len(sources) >= 20
    assert all(source.kind == "feed" and source.location.startswith("https://") for source in sources)
    languages = {source.language for source in sources}
    assert languages == {"en", "de", "nl", "zh-Hant", "zh-Hans", "ja", "ko"} == set(config.language.expected)
    assert len(config.topics) == 10
    assert all(set(topic.names) == languages == set(topic.words) for topic in config.topics)
    assert config.fetch.contact is not None
    assert config.fetch.contact.endswith("@example.org")


def test_the_editions_offered_in_the_newsroom_config_are_right() -> None:
    """The three editions that stand there as comments load once the marks are taken away."""
    lines = (ROOT / "config.yaml").read_text(encoding="utf-8").splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("  # - name: de"))
    end = next(place for place, line in enumerate(lines[start:], start) if not line.startswith("  #"))
    lines[start:end] = ["  " + line.removeprefix("  # ") for line in lines[start:end]]
    config = Config.model_validate(yaml.safe_load("\n".join(lines)))
    assert [edition.language for edition in config.editions] == ["en", "de", "nl", "zh-Hant"]


def test_a_config_cannot_be_changed_and_travels_to_a_worker(tmp_path: Path) -> None:
    """It is frozen in all its parts, and comes out of a pickle equal."""
    config = load(tmp_path, WHOLE)
    for part, name in ((config, "name"), (config.editions[0].host, "city")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(part, name, "other")
    for record, name in ((config.select, "features"), (config.theme, "light"), (config.fetch, "retries")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(record, name, "other")
    copy = pickle.loads(pickle.dumps(config))
    assert copy == config
    assert copy.folder == tmp_path


def test_paths_are_seen_from_the_folder_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the command is run from, also where the config is named by a relative path."""
    (tmp_path / "letter").mkdir()
    (tmp_path / "letter" / "own").mkdir()
    (tmp_path / "letter" / "residue.txt").write_text("")
    extra = "state: ../state\noutbox: /absolute\ntemplates: own\nclean: {residue: residue.txt}\n"
    extra += "fetch: {mirrors: {'*.example': web}}\n"
    sources = "sources: [{name: a, feed: a.xml}, {name: b, page: ../b.html}, {name: c, folder: in}]\n"
    write(tmp_path / "letter", DESK + EDITIONS + sources + extra)
    monkeypatch.chdir(tmp_path)
    config = load_config(Path("letter/config.yaml"), environ={})
    here = tmp_path / "letter"
    assert config.folder == here
    assert config.state.resolve() == tmp_path / "state"
    assert config.outbox == Path("/absolute")
    assert config.templates == here / "own"
    assert config.clean.residue == here / "residue.txt"
    assert config.fetch.mirrors == {"*.example": str(here / "web")}
    found = [(source.kind, Path(source.location).resolve()) for source in config.sources]
    assert found == [("feed", here / "a.xml"), ("page", tmp_path / "b.html"), ("folder", here / "in")]


def test_sources_take_what_they_leave_out_from_the_defaults(tmp_path: Path) -> None:
    """A source's own value comes first, then source_defaults, then the built-in default; null is a value."""
    text = """\
source_defaults: {weight: 2, language: ja, follow: false, max_entries: 7}
fetch: {poll_seconds: 60}
sources:
  - {name: A, feed: https://a.example/, weight: 0.5, language: null, outlet: The A}
  - {name: B, page: https://b.example/, follow: true, section: East, enabled: false, poll_seconds: 5}
"""
    first, second = load(tmp_path, DESK + EDITIONS + text).sources
    assert first == Source("A", "feed", "https://a.example/", "The A", 0.5, None, None, True, False, 7, 60)
    assert second == Source("B", "page", "https://b.example/", "B", 2.0, "ja", "East", False, True, 7, 5)


def test_source_records_have_a_value_for_every_field() -> None:
    """No field of the record is out of reach of the config."""
    reachable = {key.name for key in keys_of(Source)} - SOURCE_KINDS.keys() | {"kind", "location"}
    assert reachable == {field.name for field in dataclasses.fields(Source)}


def test_editions_say_which_stories_they_take(tmp_path: Path) -> None:
    """A list, a list with limits, or all."""
    text = """\
editions:
  - {name: all, language: en, host: {name: A, city: B}}
  - {name: some, language: de, host: {name: A, city: B}, languages: [de, zh-hant]}
  - {name: few, language: nl, host: {name: A, city: B}, languages: {nl: 4, ja: 1}, letter: "l/{issue}-{edition}.md"}
"""
    config = load(tmp_path, DESK + text + SOURCES)
    every, some, few = config.editions
    assert (every.languages, some.languages, few.languages) == (None, ("de", "zh-Hant"), {"nl": 4, "ja": 1})
    assert [every.most("ja"), some.most("de"), few.most("ja"), few.most("en")] == [None, None, 1, None]
    assert config.letter_path(few, "2026-W47") == tmp_path / "l" / "2026-W47-few.md"
    assert config.letter_path(every, "2026-W47") is None
    assert config.edition("some") is some
    assert config.edition("none") is None


def test_a_folder_with_braces_in_its_name_is_no_pattern(tmp_path: Path) -> None:
    """Only what the config says is filled in, not where it happens to lie."""
    folder = tmp_path / "{odd}"
    folder.mkdir()
    text = DESK + EDITIONS.replace("}}", "}, letter: '{issue}.md'}") + SOURCES
    config = load(folder, text)
    assert config.letter_path(config.editions[0], "2026-W01") == folder / "2026-W01.md"


@pytest.mark.parametrize(
    ("written", "language"),
    [("pt-br", "pt-BR"), ("zh-HK", "zh-Hant-HK"), ("no", "nb"), ("de-AT", "de-AT"), ("zh-hant-tw", "zh-Hant-TW")],
)
def test_an_edition_may_be_in_a_regional_form_of_its_language(tmp_path: Path, written: str, language: str) -> None:
    """The region stays, the language has its usual code, and the desk's texts are those of the language."""
    text = WHOLE.replace("language: en,", f"language: {written},")
    desk = "postal_address: {en: One, zh-Hant: Two, pt: Three, nb: Four, de: Five}"
    config = load(tmp_path, text.replace("postal_address: 1 Pier", desk))
    assert config.editions[0].language == language
    assert config.desk.address(language) != "One"


def test_an_edition_may_be_in_a_language_with_a_catalogue_of_its_own(tmp_path: Path) -> None:
    """A catalogue in the newsletter's own templates folder adds a language."""
    (tmp_path / "mine" / "messages").mkdir(parents=True)
    (tmp_path / "mine" / "messages" / "el.po").touch()
    text = WHOLE.replace("language: en,", "language: el-CY,") + "templates: mine\n"
    assert load(tmp_path, text).editions[0].language == "el-CY"


def test_sentences_and_topics_have_one_text_for_each_language(tmp_path: Path) -> None:
    """The sentence of the language, else the first; topics keep their names by language."""
    extra = """\
topics: [{name: chips, names: {de: Halbleiter}}]
"""
    desk = DESK + "  coordinated_by: {en: By us., nl: Door ons.}\n"
    config = load(tmp_path, desk + EDITIONS + SOURCES + extra)
    assert [config.desk.coordinated(tag) for tag in ("nl", "en", "ja")] == ["Door ons.", "By us.", "By us."]
    assert config.topics == (Topic("chips", names={"de": "Halbleiter"}),)
    assert load(tmp_path, DESK + "  coordinated_by: By us.\n" + EDITIONS + SOURCES).desk.coordinated("ja") == "By us."
    assert load(tmp_path, WHOLE).desk.coordinated("en") == ""


def test_the_theme_has_the_values_of_the_config(tmp_path: Path) -> None:
    """Colours in their long form and lower case, fonts without quotes, defaults for the rest."""
    extra = (
        "theme: {accent: '#C0a', dark_paper: '#0F1014', font_serif: \"Georgia, 'Noto Serif CJK', serif\", radius: 0}\n"
    )
    default = Theme()
    assert load(tmp_path, WHOLE + extra).theme == Theme(
        light=dataclasses.replace(default.light, accent="#cc00aa"),
        dark=dataclasses.replace(default.dark, paper="#0f1014"),
        font_serif="Georgia,Noto Serif CJK,serif",
        radius=0,
    )
    assert load(tmp_path, WHOLE).theme == default


@pytest.mark.parametrize(
    ("written", "environ", "value"),
    [
        ("${CITY}", {"CITY": "Penang"}, "Penang"),
        ("Port of ${CITY}, ${LAND:-somewhere}", {"CITY": "Kochi"}, "Port of Kochi, somewhere"),
        ("${CITY:-Hue}", {"CITY": ""}, "Hue"),
        ("${CITY:-Hue}", {"CITY": "a: b # c"}, "a: b # c"),
        ("$${CITY} and $CITY", {"CITY": "x"}, "${CITY} and $CITY"),
        ("${CITY}", {"CITY": "${OTHER}", "OTHER": "y"}, "${OTHER}"),
    ],
)
def test_the_environment_is_put_in_as_plain_text(
    tmp_path: Path, written: str, environ: Mapping[str, str], value: str
) -> None:
    """A variable is text, never YAML and never read for variables in its turn."""
    text = WHOLE.replace("city: Macau", f"city: '{written}'")
    assert load(tmp_path, text, **environ).editions[0].host.city == value


def test_numbers_and_switches_may_come_from_the_environment(tmp_path: Path) -> None:
    """A number written ${NAME} is read as a number."""
    extra = "select: {features: '${N}'}\nfetch: {robots: '${R}', tolerance: '${T:-0.5}'}\n"
    config = load(tmp_path, WHOLE + extra, N="3", R="false")
    assert (config.select.features, config.fetch.robots, config.fetch.tolerance) == (3, False, 0.5)
    assert faults(tmp_path, WHOLE + extra, N="three", R="false") == [
        "config.yaml:12: select.features: expected a whole number, found text"
    ]


def test_the_environment_is_the_process_own_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default variables are those of the process."""
    monkeypatch.setitem(os.environ, "HARBOUR_CITY", "Busan")
    path = write(tmp_path, WHOLE.replace("Macau", "'${HARBOUR_CITY}'"))
    assert load_config(path).editions[0].host.city == "Busan"


def test_secrets_are_hidden_when_shown(tmp_path: Path) -> None:
    """A secret from the environment can be had, but does not show up in logs and tracebacks."""
    extra = "smtp: {host: smtp.harbour.example, login: '${WHO}', password: '${WORD}'}\n"
    config = load(tmp_path, WHOLE + extra, WHO="ada", WORD="open sesame")
    assert config.smtp is not None
    assert config.smtp.password is not None
    assert config.smtp.password == "open sesame"
    assert "sesame" not in repr(config)


def test_yaml_is_read_by_the_rules_of_the_core_schema(tmp_path: Path) -> None:
    """`no` is Norwegian, a time is text, and a date is text."""
    extra = "language: {expected: [no, en]}\ntopics: [{name: 2026-11-22}, {name: 12:30}, {name: on}, {name: 0x1F}]\n"
    config = load(tmp_path, WHOLE + extra)
    assert config.language.expected == ("nb", "en")
    assert [topic.name for topic in config.topics] == ["2026-11-22", "12:30", "on", "0x1F"]


def test_a_config_can_be_made_from_values() -> None:
    """Without a file the same rules hold, and paths are seen from the working folder."""
    values: dict[str, Any] = yaml.safe_load(WHOLE)
    assert Config.model_validate(values).outbox == Path.cwd() / "outbox"
    with pytest.raises(ValidationError, match="did you mean approve"):
        Config.model_validate({**values, "aprove": "auto"})


@pytest.mark.parametrize("name", ["config.yaml", "examples/config.yaml", "pipeline/edges/starter.yaml"])
def test_a_file_reads_the_same_whichever_way_it_is_composed(name: str, tmp_path: Path) -> None:
    """What may be an alias, here in a comment, has the file composed by the way that looks for aliases."""
    whole = (Path(__file__).resolve().parents[2] / name).read_text(encoding="utf-8")
    (tmp_path / "plain.yaml").write_text(whole, encoding="utf-8")
    (tmp_path / "looked-into.yaml").write_text(f"{whole}# *\n", encoding="utf-8")
    plain, looked_into = (read_document(tmp_path / each, {}) for each in ("plain.yaml", "looked-into.yaml"))
    assert plain.data == looked_into.data
    assert plain.lines == looked_into.lines
    assert plain.problems == looked_into.problems


def test_a_letter_says_what_it_is_about(tmp_path: Path) -> None:
    """In a paragraph and headlines; places and firms as a list or by language."""
    config = load(
        tmp_path,
        WHOLE
        + """\
about:
  text: A letter on ferries. It follows Penang.
  headlines: [Star Ferry orders twelve boats]
places: {en: [Penang, Macau], zh-Hant: [檳城], de: [Macau]}
firms: [Star Ferry]
select: {fill: true, kinds: [story, video]}
topics:
  - {name: ferries, sentence: Ferries get batteries.}
""",
    )
    assert config.about.headlines == ("Star Ferry orders twelve boats",)
    assert config.place_names == ("Penang", "Macau", "檳城")
    assert config.firm_names == ("Star Ferry",)
    assert (config.select.fill, config.select.kinds) == (True, ("story", "video"))
    assert config.topics[0].sentence == "Ferries get batteries."
    least = load(tmp_path, WHOLE)
    assert (least.about.text, least.about.headlines, least.place_names) == ("", (), ())
    assert "video" not in least.select.kinds


def test_an_unknown_kind_of_story_is_a_fault(tmp_path: Path) -> None:
    """With the place in the file."""
    (fault,) = faults(tmp_path, WHOLE + "select: {kinds: [story, films]}\n")
    assert "config.yaml:12" in fault
    assert "kinds" in fault
