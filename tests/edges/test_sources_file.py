"""Editing the list of sources inside a config that people write by hand."""

from pathlib import Path

import pytest
import yaml

from pipeline.config import load_config
from pipeline.edges.sources_file import Listed, add_source, add_sources, list_sources, remove_source
from pipeline.errors import ConfigError, UsageError
from tests.factories import source

HEAD = """\
# The harbour letter
name:   "Harbour"   # three spaces, kept
desk:
  name: Desk
  email: desk@harbour.example
  postal_address: 1 Pier
  subscribe_url: https://harbour.example/in
  unsubscribe_url: https://harbour.example/out
editions:
- {name: en, language: en, host: {name: Ada, city: Macau}}
"""

SOURCES = """\

sources:
  # English
  - {name: Tide,   feed: "https://tide.example/rss"}   # the first

  - name: Quay   # with a comment
    # and one inside
    page: https://quay.example/
    weight: 1.50

  # Japanese
  - name: 港の便り
    feed: https://minato.example/feed
    section: >-
      East
      Asia

# Last words
select:
  features: 3
"""


def config(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_bytes(text.encode())
    return path


def test_sources_are_listed_with_their_lines(tmp_path: Path) -> None:
    """Each source is told with its kind, place and line, whichever way it is written."""
    assert list_sources(config(tmp_path, HEAD + SOURCES)) == (
        Listed("Tide", "feed", "https://tide.example/rss", 14),
        Listed("Quay", "page", "https://quay.example/", 16),
        Listed("港の便り", "feed", "https://minato.example/feed", 22),
    )


def test_adding_changes_no_other_byte(tmp_path: Path) -> None:
    """A new source stands behind the last one; every line that was there stays, in its order."""
    path = config(tmp_path, HEAD + SOURCES)
    line = add_source(path, source("Rip: current", weight=0.5, language="zh-Hant", follow=False))
    added = [
        '  - name: "Rip: current"',
        "    feed: https://harbour.example/feed",
        "    weight: 0.5",
        "    language: zh-Hant",
        "    follow: false",
    ]
    before, after = (HEAD + SOURCES).splitlines(), path.read_text(encoding="utf-8").splitlines()
    assert after[line - 1 : line + 4] == added
    assert after[: line - 1] + after[line + 4 :] == before
    assert before[line - 2] == "      Asia"


def test_an_added_source_is_read_back_by_the_config(tmp_path: Path) -> None:
    """What goes in through `add` comes out of `load_config` as the same record."""
    path = config(tmp_path, HEAD + SOURCES)
    names = [
        "no",
        "1984",
        "- dash",
        "#tag",
        "a: b",
        "“quoted” 'and'",
        '"',
        "back\\slash",
        "港 🚢",
        "null",
        "~",
        "[x]",
        "1e3",
    ]
    wanted = [source(name, f"https://host{place}.example/?a=b&c=%20#d") for place, name in enumerate(names)]
    assert add_sources(path, wanted) == tuple(wanted)
    assert load_config(path, environ={}).sources[3:] == tuple(wanted)


def test_an_address_cannot_read_the_environment(tmp_path: Path) -> None:
    """`${NAME}` in an address that comes from elsewhere stays those letters."""
    path = config(tmp_path, HEAD + SOURCES)
    add_source(path, source("Leak", "https://leak.example/?p=${SMTP_PASSWORD}"))
    added = load_config(path, environ={"SMTP_PASSWORD": "secret"}).sources[-1]
    assert added.location == "https://leak.example/?p=${SMTP_PASSWORD}"
    assert list_sources(path)[-1].location == added.location


@pytest.mark.parametrize("name", ["Tide", "Quay", "港の便り"])
def test_removing_takes_the_source_and_nothing_else(tmp_path: Path, name: str) -> None:
    """Comments around a removed source stay; the rest of the config says what it said."""
    path = config(tmp_path, HEAD + SOURCES)
    remove_source(path, name)
    text = path.read_text(encoding="utf-8")
    assert [item.name for item in list_sources(path)] == [each for each in ("Tide", "Quay", "港の便り") if each != name]
    kept = ["# English", "# Japanese", "# Last words", 'name:   "Harbour"   # three spaces, kept']
    assert all(comment in text for comment in kept)
    assert len((HEAD + SOURCES).splitlines()) - len(text.splitlines()) == {"Tide": 1, "Quay": 4, "港の便り": 5}[name]


def test_adding_and_removing_is_as_if_nothing_had_been(tmp_path: Path) -> None:
    """The file is the same bytes afterwards."""
    path = config(tmp_path, HEAD + SOURCES)
    add_source(path, source("New"))
    remove_source(path, "new")
    assert path.read_text(encoding="utf-8") == HEAD + SOURCES


EMPTY = ["", "sources:\n", "sources: []\n", "sources: []  # none yet\n", "sources: null\n", "sources: ~\n"]


@pytest.mark.parametrize("empty", EMPTY)
def test_a_list_can_begin_and_end_empty(tmp_path: Path, empty: str) -> None:
    """The first source starts the list, and taking out the last one leaves an empty list that is still a config."""
    path = config(tmp_path, HEAD + empty + "# the end")
    add_source(path, source("New"))
    assert [source.name for source in load_config(path, environ={}).sources] == ["New"]
    remove_source(path, "New")
    assert load_config(path, environ={}).sources == ()
    assert "# the end" in path.read_text(encoding="utf-8")


def test_windows_line_ends_and_a_byte_order_mark_stay(tmp_path: Path) -> None:
    """A file written elsewhere keeps its form."""
    path = config(tmp_path, "\ufeff" + (HEAD + SOURCES).replace("\n", "\r\n"))
    add_source(path, source("New"))
    body = path.read_bytes()
    assert body.startswith(b"\xef\xbb\xbf")
    assert body.count(b"\n") == body.count(b"\r\n")
    assert load_config(path, environ={}).sources[-1].name == "New"


def test_permissions_and_a_symbolic_link_stay(tmp_path: Path) -> None:
    """The file is replaced in its place, behind a link too, with the rights it had, and nothing else is left there."""
    path = config(tmp_path, HEAD + SOURCES)
    path.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    add_source(link, source("New"))
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(each.name for each in tmp_path.iterdir()) == ["config.yaml", "link.yaml"]


def test_a_source_is_not_added_twice(tmp_path: Path) -> None:
    """A name, capitals aside, or an address that is there is refused with its line, and the file stays."""
    path = config(tmp_path, HEAD + SOURCES)
    with pytest.raises(UsageError, match=r"config\.yaml:14: there is already a source Tide"):
        add_source(path, source("TIDE"))
    with pytest.raises(UsageError, match=r"config\.yaml:16: https://quay\.example/ is already in the list, as Quay"):
        add_source(path, source("Other", "https://quay.example/"))
    assert path.read_text(encoding="utf-8") == HEAD + SOURCES


def test_many_are_added_at_once_under_free_names(tmp_path: Path) -> None:
    """An import passes over known addresses and numbers the names that are taken."""
    path = config(tmp_path, HEAD + SOURCES)
    wanted = [
        source("Tide"),
        source("tide", "https://b.example/"),
        source("Known", "https://tide.example/rss"),
        source("x"),
    ]
    assert [source.name for source in add_sources(path, wanted)] == ["Tide (2)", "tide (3)"]
    assert len(load_config(path, environ={}).sources) == 5


def test_removing_what_is_not_there_names_the_near_one(tmp_path: Path) -> None:
    """A slip of the pen is met with the right name."""
    path = config(tmp_path, HEAD + SOURCES)
    with pytest.raises(UsageError, match=r"there is no source Quai; did you mean Quay\?"):
        remove_source(path, "Quai")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sources: [{name: a, feed: https://a.example/}]\n", "the sources are in"),
        ("sources: nothing\n", "expected a list"),
        ("sources:\n  -\n    name: a\n    feed: https://a.example/\n", "edit the file by hand"),
        ("a: [\n", "config.yaml:2: this YAML cannot be edited"),
        ("- a\n", "this is not a config"),
    ],
)
def test_what_cannot_be_edited_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """A form that cannot be edited without guessing is named, and left alone."""
    path = config(tmp_path, text)
    with pytest.raises(ConfigError, match=said):
        add_source(path, source("New"))
    assert path.read_text(encoding="utf-8") == text


def test_an_edit_that_would_change_more_is_refused(tmp_path: Path) -> None:
    """Where the file says the list twice the edit is not what it seems; nothing is written."""
    text = HEAD + SOURCES + "\nsources:\n  - {name: Other, feed: https://other.example/}\n"
    path = config(tmp_path, text)
    with pytest.raises(UsageError, match="edit the file by hand"):
        add_source(path, source("New"))
    assert path.read_text(encoding="utf-8") == text


def test_an_address_of_hidden_characters_is_refused(tmp_path: Path) -> None:
    """A line break in an address cannot write lines of its own into the config."""
    path = config(tmp_path, HEAD + SOURCES)
    with pytest.raises(UsageError, match="printable characters"):
        add_source(path, source("Break", "https://a.example/\nname: Mine"))
    add_source(path, source("Line\nbreak: yes", "https://a.example/"))
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["sources"][-1]["name"] == "Line break: yes"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """No traceback for a wrong path."""
    with pytest.raises(ConfigError, match="No such file"):
        list_sources(tmp_path / "none.yaml")
