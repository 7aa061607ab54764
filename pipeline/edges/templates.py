"""Read a template folder into a Templates record, and copy a template."""

import re
from pathlib import Path

from pipeline.errors import ConfigError, UsageError
from pipeline.records import Templates

_PACKAGE = Path(__file__).resolve().parent.parent
_HTML_SUFFIX, _TEXT_SUFFIX = ".mjml.j2", ".txt.j2"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_TEXTS = (".j2", ".css")
_MAX_BYTES = 1_000_000  # a larger file is not a template


def default_folder() -> Path:
    """The templates that come with the program: next to the code in a wheel, at the root of a checkout."""
    packaged = _PACKAGE / "_defaults" / "templates"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "templates"


def load_templates(folder: Path | None = None) -> Templates:
    """The default templates, overridden and extended by the files of `folder`.

    ConfigError names a folder that does not exist and a file that is not UTF-8 text.
    """
    files = _files(default_folder())
    if folder is not None:
        if not folder.is_dir():
            raise ConfigError(f"{folder}: there is no such template folder")
        files |= _files(folder)
    texts = {name: path for name, path in files.items() if name.endswith(_TEXTS)}
    catalogues = {path.stem: path for name, path in files.items() if name.startswith("messages/")}
    return Templates(
        files=tuple((name, _read_text(path)) for name, path in sorted(texts.items())),
        catalogues=tuple((locale, _read_bytes(path)) for locale, path in sorted(catalogues.items())),
    )


def template_names(templates: Templates) -> list[str]:
    """The values that `template` in a config may have: each NAME with NAME.mjml.j2, a whole letter, and NAME.txt.j2."""
    files = dict(templates.files)
    pages = {name.removesuffix(_HTML_SUFFIX): text for name, text in files.items() if name.endswith(_HTML_SUFFIX)}
    return sorted(
        name
        for name, text in pages.items()
        if name + _TEXT_SUFFIX in files and name != "frame" and ("{% extends" in text or "<mjml" in text)
    )


def copy_template(name: str, *, original: str, folder: Path, own: Path | None) -> list[Path]:
    """Copy the two files of a template into `folder` under another name; returns the new files.

    `own` is the config's template folder. UsageError if the name is invalid or taken, or the original does not exist.
    """
    templates = load_templates(own)
    known = template_names(templates)
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot name a template; use letters A to Z, digits, - and _")
    if original not in known:
        raise UsageError(f"there is no template {original!r}; there are {', '.join(known)}")
    files = dict(templates.files)
    pair = {folder / f"{name}{suffix}": files[f"{original}{suffix}"] for suffix in (_HTML_SUFFIX, _TEXT_SUFFIX)}
    taken = [path.name for path in pair if path.name in files or path.exists()]
    if taken:
        raise UsageError(f"{taken[0]} exists already; choose another name")
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


def _read_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ConfigError(f"{path}: too large for a template ({_MAX_BYTES:,} bytes at most)")
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error


def _read_text(path: Path) -> str:
    try:
        return _read_bytes(path).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}, line {line}: not UTF-8 text; save the file as UTF-8") from error
