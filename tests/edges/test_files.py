"""A folder of documents: what is read, and what is named instead."""

from datetime import UTC, datetime
from pathlib import Path

from pipeline.edges.files import read_folder
from pipeline.errors import FetchError

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def read(folder: Path) -> tuple[list[str], list[str]]:
    """The names of the documents, and the errors."""
    items = list(read_folder(folder, max_bytes=1_000, now=NOW))
    documents = [Path(item.url).name for item in items if not isinstance(item, FetchError)]
    return documents, [str(item) for item in items if isinstance(item, FetchError)]


def test_no_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    """Neither to a file nor to a folder; a link inside is followed."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.md").write_text("secret")
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "own.md").write_text("own")
    (folder / "again.md").symlink_to("own.md")
    (folder / "link.md").symlink_to("../outside/secret.md")
    (folder / "sub").symlink_to("../outside")
    documents, errors = read(folder)
    assert documents == ["own.md", "own.md"]
    assert [error.split(":")[1].rpartition("/")[2] for error in errors] == ["link.md", "sub"]
    assert all("leads out of the folder" in error for error in errors)


def test_files_of_other_kinds_are_named(tmp_path: Path) -> None:
    """Pictures are not: they belong to the documents beside them."""
    for name in ("a.txt", "b.docx", "c.pdf", "d.jpg", ".hidden.docx"):
        (tmp_path / name).write_text("words")
    documents, errors = read(tmp_path)
    assert documents == ["a.txt"]
    assert errors == [f"file type: {tmp_path}: files of other kinds are not read: b.docx, c.pdf"]
