"""Read a Maildir, the folder in which mail servers and synchronisers keep messages. Nothing in it is changed."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pipeline.edges.files import read_file
from pipeline.edges.mail import as_response
from pipeline.errors import FetchError
from pipeline.records import Response

_DELIVERED = ("new", "cur")  # tmp has messages that are still being written


def list_maildir(folder: Path) -> list[Path]:
    """The files of the messages, oldest name first. FetchError where the folder is no Maildir."""
    try:
        if not any((folder / name).is_dir() for name in _DELIVERED):
            raise FetchError("no mailbox", f"{folder}: there is no Maildir, which has the folders new and cur")
        files = [path for name in _DELIVERED if (folder / name).is_dir() for path in (folder / name).iterdir()]
    except OSError as error:
        raise FetchError("unreadable", f"{folder}: {error.strerror}") from error
    home = folder.resolve()
    own = (path for path in files if not path.name.startswith(".") and path.resolve().is_relative_to(home))
    return sorted((path for path in own if path.is_file()), key=lambda path: path.name)


def read_maildir(folder: Path, *, max_bytes: int, now: datetime) -> Iterator[Response | FetchError]:
    """Yield the messages, and an error for each one that cannot be read."""
    for path in list_maildir(folder):
        try:
            file = read_file(path, max_bytes=max_bytes, now=now)
        except FetchError as error:
            yield error
        else:
            yield as_response(file.body, now)
