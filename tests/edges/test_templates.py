"""Templates from a folder."""

from pathlib import Path

import pytest

from pipeline.edges.templates import default_folder, load_templates
from pipeline.errors import ConfigError


def test_the_default_templates_are_complete() -> None:
    """HTML and text of the issue, style sheets, and a catalogue for each language of the project."""
    templates = load_templates()
    assert {"issue.mjml.j2", "issue.txt.j2", "inline.css.j2", "head.css.j2"} <= set(dict(templates.files))
    assert {"en", "nl", "de", "zh_Hant", "zh_Hans", "ja"} <= set(dict(templates.catalogues))
    assert load_templates() == templates


def test_a_folder_overrides_the_defaults(tmp_path: Path) -> None:
    """One file replaces one, a new one is added, the rest stays."""
    (tmp_path / "messages").mkdir()
    (tmp_path / "parts").mkdir()
    (tmp_path / "reads.mjml.j2").write_text("<!-- mine -->", "utf-8")
    (tmp_path / "parts" / "extra.html.j2").write_text("extra", "utf-8")
    (tmp_path / "brand.css").write_text("p { color: red }", "utf-8")
    (tmp_path / "messages" / "el.po").write_bytes(b'msgid ""\nmsgstr ""\n')
    own, default = load_templates(tmp_path), load_templates()
    assert dict(own.files)["reads.mjml.j2"] == "<!-- mine -->"
    assert dict(own.files)["parts/extra.html.j2"] == "extra"
    assert dict(own.files)["brand.css"] == "p { color: red }"
    assert dict(own.files)["issue.mjml.j2"] == dict(default.files)["issue.mjml.j2"]
    assert dict(own.catalogues)["el"] == b'msgid ""\nmsgstr ""\n'
    assert set(dict(default.catalogues)) < set(dict(own.catalogues))


def test_other_files_of_the_folder_are_left_alone(tmp_path: Path) -> None:
    """Drafts, backups, pictures and temporary files are not templates."""
    (tmp_path / "messages").mkdir()
    for name in ("notes.md", "logo.png", ".issue.mjml.j2.swp", ".hidden.mjml.j2", "messages/fr.mo", "stray.po"):
        (tmp_path / name).write_bytes(b"\xff\xfe")
    assert load_templates(tmp_path) == load_templates()


def test_line_ends_and_a_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    """A template saved by any editor is the same template."""
    (tmp_path / "a.html.j2").write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\n")
    assert dict(load_templates(tmp_path).files)["a.html.j2"] == "one\ntwo\n"


def test_a_file_that_is_not_utf_8_is_named_with_its_line(tmp_path: Path) -> None:
    """The error has path and line."""
    (tmp_path / "a.html.j2").write_bytes(b"one\ntwo \xe9t\xe9\n")
    with pytest.raises(ConfigError, match=r"a\.html\.j2, line 2: not UTF-8"):
        load_templates(tmp_path)


def test_a_file_that_is_too_large_for_a_template_is_refused(tmp_path: Path) -> None:
    """A template is a page of text."""
    (tmp_path / "a.html.j2").write_bytes(b"x" * 1_000_001)
    with pytest.raises(ConfigError, match=r"a\.html\.j2: too large"):
        load_templates(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """A mistake in the config gives one sentence."""
    with pytest.raises(ConfigError, match="no such template folder"):
        load_templates(tmp_path / "gone")


def test_the_default_folder_is_next_to_the_code() -> None:
    """At the root of a checkout, inside the package in a wheel."""
    assert (default_folder() / "issue.mjml.j2").is_file()
