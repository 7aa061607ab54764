"""Local sources: a folder of documents, a feed or a page in a file."""

import mimetypes
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipeline.errors import FetchError
from pipeline.records import Response

MOST_NAMED = 5  # files that are not read
MEDIA_TYPES = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".eml": "message/rfc822",
}


def read_file(path: Path, *, max_bytes: int, now: datetime) -> Response:
    """Read a local file as a Response. FetchError if it is missing, unreadable or too large."""
    try:
        if not path.is_file():
            raise FetchError("no file", f"{path}: there is no such file")
        with path.open("rb") as file:
            body = file.read(max_bytes + 1)
    except OSError as error:
        raise FetchError("unreadable", f"{path}: {error.strerror}") from error
    if len(body) > max_bytes:
        raise FetchError("too large", f"{path}: more than {max_bytes:,} bytes")
    media_type = MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream")
    url = path.resolve().as_uri()
    return Response(url, url, 200, (("content-type", media_type),), body, now)


def read_folder(folder: Path, *, max_bytes: int, now: datetime) -> Iterator[Response | FetchError]:
    """Read the documents below a folder in order of name, without hidden files; an unreadable one yields its error.

    A link that leads out of the folder is not followed: what is elsewhere on the machine is not for readers. It is
    named as an error, and so are files of other kinds, except pictures.
    """
    if not folder.is_dir():
        raise FetchError("no folder", f"{folder}: there is no such folder")
    home = folder.resolve()
    others = []
    for path in sorted(folder.rglob("*")):
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        if not path.resolve().is_relative_to(home):
            yield FetchError("link", f"{path}: the link leads out of the folder, and is not followed")
        elif not path.is_file():
            continue
        elif path.suffix.lower() in MEDIA_TYPES:
            try:
                yield read_file(path, max_bytes=max_bytes, now=now)
            except FetchError as error:
                yield error
        elif not (mimetypes.guess_type(path.name)[0] or "").startswith("image/"):
            others.append(path.name)
    if others:
        named = ", ".join(others[:MOST_NAMED]) + (f" and {len(others) - MOST_NAMED} more" * (len(others) > MOST_NAMED))
        yield FetchError("file type", f"{folder}: files of other kinds are not read: {named}")


def local_path(location: str) -> Path | None:
    """The path of a source's location, or None if it is an address on the network."""
    parts = urlsplit(location)
    if parts.scheme in ("http", "https", "imaps"):
        return None
    return Path(unquote(parts.path)) if parts.scheme == "file" else Path(location)
