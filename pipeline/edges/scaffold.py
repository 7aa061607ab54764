"""Create a new letter: a folder with a config, templates, and folders for letters and issues."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from textwrap import TextWrapper
from urllib.parse import urlsplit

from pipeline.edges.templates import default_folder
from pipeline.errors import UsageError
from pipeline.records import About
from pipeline.text.languages import EDITION_LANGUAGES, catalogue_names, declared_language, edition_language

_WIDTH = 116  # columns of a line of the config
_SLOTS, _MINIMUM, _PER_SOURCE = 10, 4, 3  # of the starter
_LETTERS = """\
# The host's letters

One Markdown file for each issue, named after its week: `2026-W47.md`, or with several editions `2026-W47.en.md`.
An empty line separates paragraphs.
Without a file the letter is only the greeting and the week's figures.
"""
_IGNORED = ".newsletter/\noutbox/*\n!outbox/.gitkeep\n"


@dataclass(frozen=True, slots=True)
class Description:
    """What a new letter is about and where its stories come from. What is empty keeps the starter's example."""

    about: About = field(default_factory=About)
    places: Sequence[str] = ()
    firms: Sequence[str] = ()
    feeds: Sequence[str] = ()  # addresses or paths
    languages: Sequence[str] = ()  # an edition in each: tags, or names such as German


SCHEMA_FILE = "config.schema.json"
_CONFIG_FILE = "config.yaml"


def create_letter(
    folder: Path, *, name: str | None = None, description: Description | None = None, schema: str = ""
) -> list[Path]:
    """Write the files of a new letter into a folder, and return their paths.

    `schema`: the JSON Schema of the config, which editors find by the config's first line. Existing files are never
    overwritten: UsageError names them, and nothing is changed.
    """
    name = " ".join((name or _default_name(folder)).split())
    if not name or not name.isprintable():
        raise UsageError("the name of a letter must be one line of printable characters")
    contents = _contents(name, description or Description())
    if schema:
        contents[SCHEMA_FILE] = schema.encode()
        contents[_CONFIG_FILE] = f"# yaml-language-server: $schema={SCHEMA_FILE}\n".encode() + contents[_CONFIG_FILE]
    made = {folder / path: content for path, content in contents.items()}
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


def _contents(name: str, description: Description) -> dict[str, bytes]:
    """The files of a letter, by their path in its folder."""
    starter = (files("pipeline.edges") / "starter.yaml").read_text(encoding="utf-8")
    contents = {
        _CONFIG_FILE: _described(starter, description).replace("{{name}}", _quoted(name)).encode(),
        "letters/README.md": _LETTERS.encode(),
        "outbox/.gitkeep": b"",
        ".gitignore": _IGNORED.encode(),
    }
    templates = default_folder()
    for path in sorted(templates.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(templates).parts):
            contents[f"templates/{path.relative_to(templates).as_posix()}"] = path.read_bytes()
    return contents


def _described(starter: str, description: Description) -> str:
    """The starter with a letter's own description and feeds in place of the examples."""
    about, places, firms = description.about, description.places, description.firms
    if about.text or about.headlines or places or firms:
        lines = _about_lines(about)
        lines += [
            f"{key}: [{', '.join(map(_quoted, names))}]"
            for key, names in (("places", places), ("firms", firms))
            if names
        ]
        starter = _with_block(starter, "about", lambda _: lines)
        # Words of another letter's topics would put its stories on the subject.
        starter = _with_block(starter, "topics", lambda example: [f"# {line}" for line in example])
    if description.languages:
        editions = _edition_lines(description.languages)
        starter = _with_block(starter, "editions", lambda example: [example[0], *editions])
    if description.feeds:
        feeds = _source_lines(description.feeds)
        starter = _with_block(starter, "sources", lambda example: [example[0], *feeds])
        starter = _with_limits(starter, len(feeds))
    return starter


def _edition_lines(languages: Sequence[str]) -> list[str]:
    tags = list(dict.fromkeys(map(_edition_tag, languages)))
    letter = "letters/{issue}.md" if len(tags) == 1 else "letters/{issue}.{edition}.md"
    lines = []
    for tag in tags:
        lines += [
            f"  - name: {tag}",
            f"    language: {tag}",
            "    host: {name: Your name, role: editor, city: Your city}",
            f"    letter: {letter}   # in Markdown; without the file the letter is short",
        ]
    return lines


def _edition_tag(text: str) -> str:
    """The language of an edition as a tag. UsageError where no message catalogue serves it."""
    catalogues = {language.replace("-", "_") for language in EDITION_LANGUAGES}
    for tag in (edition_language(text.strip()), declared_language(text)):
        if tag is not None and any(name in catalogues for name in catalogue_names(tag)):
            return tag
    raise UsageError(f"{text!r}: an edition can be in {', '.join(EDITION_LANGUAGES)}")


def _with_limits(starter: str, feeds: int) -> str:
    """The starter with limits that let a letter of few sources have an issue."""
    limits = {"minimum": min(feeds, _MINIMUM), "per_source": max(_PER_SOURCE, -(-_SLOTS // feeds))}
    for name, limit in limits.items():
        line = f"  {name}: {limit}".ljust(20)
        starter = re.sub(rf"^  {name}: \d+ *", line, starter, flags=re.MULTILINE)
    return starter


def _with_block(text: str, name: str, change: Callable[[list[str]], list[str]]) -> str:
    """The text with the lines of a key, up to an empty line or the end, changed."""
    lines = text.split("\n")
    first = lines.index(f"{name}:")
    last = next((number for number in range(first, len(lines)) if not lines[number].strip()), len(lines))
    return "\n".join((*lines[:first], *change(lines[first:last]), *lines[last:]))


def _about_lines(about: About) -> list[str]:
    if not (about.text or about.headlines):
        return []
    lines = ["about:"]
    if about.text:
        lines += ["  text: >-", *_wrapped(_printable(about.text).replace("${", "$${"))]
    if about.headlines:
        lines += ["  headlines:", *(f"    - {_quoted(headline)}" for headline in about.headlines)]
    return lines


def _wrapped(text: str) -> list[str]:
    wrapper = TextWrapper(
        _WIDTH, initial_indent="    ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )
    return wrapper.wrap(text)


def _source_lines(feeds: Sequence[str]) -> list[str]:
    """A source for each feed, named after its host or file."""
    names: list[str] = []
    for feed in feeds:
        name = urlsplit(feed).hostname or Path(feed).stem
        count = sum(known == name or known.startswith(f"{name} ") for known in names)
        names.append(f"{name} {count + 1}" if count else name)
    return [f"  - {{name: {_quoted(name)}, feed: {_quoted(feed)}}}" for name, feed in zip(names, feeds, strict=True)]


def _quoted(text: str) -> str:
    """A text in double quotes: JSON's strings are YAML's too."""
    return json.dumps(_printable(text).replace("${", "$${"), ensure_ascii=False)


def _printable(text: str) -> str:
    line = " ".join(text.split())
    if not line or not line.isprintable():
        raise UsageError(f"{text!r}: expected printable characters")
    return line


def _refuse_taken(folder: Path, made: dict[Path, bytes]) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a new folder")
    taken = [path.relative_to(folder).as_posix() for path in sorted(made) if path.exists() or path.is_symlink()]
    if taken:
        more = f" and {len(taken) - 3} more" if len(taken) > 3 else ""
        raise UsageError(f"{folder} already has {', '.join(taken[:3])}{more}; name a new folder, or move the files")


def _default_name(folder: Path) -> str:
    return folder.resolve().name.replace("-", " ").replace("_", " ").strip().capitalize() or "My letter"
