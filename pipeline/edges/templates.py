"""Reads a template folder into plain values."""

import re
from pathlib import Path

from pipeline.errors import ConfigError, UsageError
from pipeline.records import Templates

_PACKAGE = Path(__file__).resolve().parent.parent
_PAGE, _PLAIN = ".mjml.j2", ".txt.j2"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_TEXTS = (".j2", ".css")
_MOST_BYTES = 1_000_000  # a template is a page of text; a larger file is something else


def default_folder() -> Path:
    """The templates that come with the program: in a wheel beside the code, in a checkout at its root."""
    packaged = _PACKAGE / "_defaults" / "templates"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "templates"


def load_templates(folder: Path | None = None) -> Templates:
    """The default templates, with the files of `folder` in place of those of the same name and beside the rest.

    ConfigError names a folder that is not there and a file that is not UTF-8 text.
    """
    files = _files(default_folder())
    if folder is not None:
        if not folder.is_dir():
            raise ConfigError(f"{folder}: there is no such template folder")
        files |= _files(folder)
    texts = {name: path for name, path in files.items() if name.endswith(_TEXTS)}
    catalogues = {path.stem: path for name, path in files.items() if name.startswith("messages/")}
    return Templates(
        files=tuple((name, _text(path)) for name, path in sorted(texts.items())),
        catalogues=tuple((locale, _bytes(path)) for locale, path in sorted(catalogues.items())),
    )


def template_names(templates: Templates) -> list[str]:
    """What `template` in a config can name: each pair of NAME.mjml.j2, a whole letter, and NAME.txt.j2."""
    files = dict(templates.files)
    pages = {name.removesuffix(_PAGE): text for name, text in files.items() if name.endswith(_PAGE)}
    return sorted(
        name
        for name, text in pages.items()
        if name + _PLAIN in files and name != "frame" and ("{% extends" in text or "<mjml" in text)
    )


def copy_template(name: str, *, origin: str, folder: Path, own: Path | None) -> list[Path]:
    """Copy the pair of a template into `folder` under another name; the files made.

    `own` is the letter's template folder, where there is one. UsageError where the name cannot be one or is taken, or
    there is nothing of the origin's name.
    """
    templates = load_templates(own)
    known = template_names(templates)
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot name a template; use letters A to Z, digits, - and _")
    if origin not in known:
        raise UsageError(f"there is no template {origin!r}; there are {', '.join(known)}")
    files = dict(templates.files)
    pair = {folder / f"{name}{suffix}": files[f"{origin}{suffix}"] for suffix in (_PAGE, _PLAIN)}
    taken = [path.name for path in pair if path.name in files or path.exists()]
    if taken:
        raise UsageError(f"there is a {taken[0]} already; choose another name")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in pair.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{error.filename or folder}: cannot be written: {error.strerror}") from error
    return list(pair)


def _files(folder: Path) -> dict[str, Path]:
    found = [path for path in folder.rglob("*") if path.name.endswith((*_TEXTS, ".po")) and path.is_file()]
    named = {path.relative_to(folder).as_posix(): path for path in found}
    return {
        name: path
        for name, path in named.items()
        if name.endswith(".po") == name.startswith("messages/") and not path.name.startswith(".")
    }


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigError(f"{path}: too large for a template ({_MOST_BYTES:,} bytes at most)")
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}, line {line}: not UTF-8 text; save the file as UTF-8") from error
