"""Create a new letter: a folder with a config, templates, and folders for letters and issues."""

import json
from importlib.resources import files
from pathlib import Path

from pipeline.edges.templates import default_folder
from pipeline.errors import UsageError

_LETTERS = """\
# The host's letters

One Markdown file for each issue, named after its week: `2026-W47.md`. An empty line separates paragraphs.
Without a file the letter is only the greeting and the week's figures.
"""
_IGNORED = ".newsletter/\noutbox/*\n!outbox/.gitkeep\n"


def create_letter(folder: Path, *, name: str | None = None) -> list[Path]:
    """Write the files of a new letter into a folder, and return their paths.

    Existing files are never overwritten: UsageError names them, and nothing is changed.
    """
    name = " ".join((name or _default_name(folder)).split())
    if not name or not name.isprintable():
        raise UsageError("the name of a letter must be one line of printable characters")
    made = {folder / path: content for path, content in _contents(name).items()}
    _refuse_taken(folder, made)
    written: list[Path] = []
    try:
        for path, content in sorted(made.items()):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                written.append(path)
                file.write(content)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise UsageError(f"{error.filename or folder}: cannot be written: {error.strerror}") from error
    return written


def _contents(name: str) -> dict[str, bytes]:
    """The files of a letter, by their path in its folder."""
    starter = (files("pipeline.edges") / "starter.yaml").read_text(encoding="utf-8")
    quoted = json.dumps(name.replace("${", "$${"), ensure_ascii=False)  # JSON's strings are YAML's too
    contents = {
        "config.yaml": starter.replace("{{name}}", quoted).encode(),
        "letters/README.md": _LETTERS.encode(),
        "outbox/.gitkeep": b"",
        ".gitignore": _IGNORED.encode(),
    }
    templates = default_folder()
    for path in sorted(templates.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(templates).parts):
            contents[f"templates/{path.relative_to(templates).as_posix()}"] = path.read_bytes()
    return contents


def _refuse_taken(folder: Path, made: dict[Path, bytes]) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a new folder")
    taken = [path.relative_to(folder).as_posix() for path in sorted(made) if path.exists() or path.is_symlink()]
    if taken:
        more = f" and {len(taken) - 3} more" if len(taken) > 3 else ""
        raise UsageError(f"{folder} already has {', '.join(taken[:3])}{more}; name a new folder, or move the files")


def _default_name(folder: Path) -> str:
    return folder.resolve().name.replace("-", " ").replace("_", " ").strip().capitalize() or "My letter"
