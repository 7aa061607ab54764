"""`newsletter init`: a letter of one's own that works at once, and nothing of one's own written over."""

from pathlib import Path

import pytest

from pipeline.config import load_config
from pipeline.edges.scaffold import create_letter
from pipeline.edges.sources_file import add_source, list_sources, remove_source
from pipeline.edges.templates import default_folder, load_templates
from pipeline.errors import UsageError
from pipeline.records import Source


def test_a_new_letter_has_a_config_that_validates(tmp_path: Path) -> None:
    """The config loads as it stands, with an edition, sources, and the folders it names."""
    create_letter(tmp_path / "my-letter")
    config = load_config(tmp_path / "my-letter" / "config.yaml", environ={})
    assert config.name == "My letter"
    assert [edition.name for edition in config.editions] == ["en"]
    assert len(config.sources) >= 4
    assert config.outbox.is_dir()
    letter = config.letter_path(config.editions[0], "2026-W47")
    assert letter is not None
    assert letter.parent.is_dir()


def test_a_new_letter_has_every_template(tmp_path: Path) -> None:
    """Its templates are the program's own, and are what it renders with."""
    create_letter(tmp_path / "letter")
    config = load_config(tmp_path / "letter" / "config.yaml", environ={})
    assert config.templates == tmp_path / "letter" / "templates"
    named = {path.relative_to(default_folder()) for path in default_folder().rglob("*") if path.is_file()}
    assert {path.relative_to(config.templates) for path in config.templates.rglob("*") if path.is_file()} == named
    assert load_templates(config.templates) == load_templates()


def test_what_was_written_is_told(tmp_path: Path) -> None:
    """The paths returned are all the files there are."""
    written = create_letter(tmp_path / "letter")
    assert sorted(written) == sorted(path for path in (tmp_path / "letter").rglob("*") if path.is_file())


@pytest.mark.parametrize("name", ['Tom\'s "Weekly": #1', "東京の便り", "no", "${HOME}", "back\\slash", "{{name}}"])
def test_any_name_is_kept_as_it_is(tmp_path: Path, name: str) -> None:
    """Quotes, colons, braces and scripts in a name do no harm."""
    create_letter(tmp_path / "letter", name=name)
    assert load_config(tmp_path / "letter" / "config.yaml", environ={"HOME": "gone"}).name == name


@pytest.mark.parametrize("name", ["bell\a", "\u200b"])
def test_a_name_that_cannot_be_seen_is_refused(tmp_path: Path, name: str) -> None:
    """A name is for readers."""
    with pytest.raises(UsageError, match="printable"):
        create_letter(tmp_path / "letter", name=name)
    assert not (tmp_path / "letter").exists()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """One file in the way, and the folder stays exactly as it was; the message names the file."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "issue.mjml.j2").write_text("mine")
    with pytest.raises(UsageError, match=r"already has templates/issue\.mjml\.j2"):
        create_letter(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()] == [
        "templates/issue.mjml.j2"
    ]
    assert (tmp_path / "templates" / "issue.mjml.j2").read_text() == "mine"


def test_a_second_init_is_refused(tmp_path: Path) -> None:
    """A letter under way cannot be started again by a slip."""
    create_letter(tmp_path / "letter")
    with pytest.raises(UsageError, match=r"already has \.gitignore, config\.yaml.* and \d+ more"):
        create_letter(tmp_path / "letter")


def test_a_dangling_link_is_in_the_way_too(tmp_path: Path) -> None:
    """A link that leads nowhere is not written through."""
    (tmp_path / "config.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    with pytest.raises(UsageError, match=r"config\.yaml"):
        create_letter(tmp_path)
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_other_files_in_the_folder_stay(tmp_path: Path) -> None:
    """A folder that holds something else may become a letter's."""
    (tmp_path / "notes.txt").write_text("mine")
    create_letter(tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "config.yaml").is_file()


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    """The message says what is in the way."""
    (tmp_path / "letter").write_text("")
    with pytest.raises(UsageError, match="is a file"):
        create_letter(tmp_path / "letter")


def test_a_folder_below_a_file_leaves_nothing_behind(tmp_path: Path) -> None:
    """A fault on the way is told, and what was begun is taken away."""
    (tmp_path / "outbox").write_text("in the way")
    with pytest.raises(UsageError, match="cannot be written"):
        create_letter(tmp_path)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["outbox"]


def test_the_new_list_of_sources_can_be_edited(tmp_path: Path) -> None:
    """Every source of the starter can be removed, and one's own added, by command."""
    create_letter(tmp_path / "letter")
    path = tmp_path / "letter" / "config.yaml"
    add_source(path, Source("Mine", "feed", "https://mine.example/feed", outlet="Mine"))
    for listed in list_sources(path)[:-1]:
        remove_source(path, listed.name)
    assert [source.name for source in load_config(path, environ={}).sources] == ["Mine"]
    assert "# - {name: In the post, folder: documents}" in path.read_text(encoding="utf-8")
