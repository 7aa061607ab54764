"""The outbox: one folder for each finished issue, replaced as a whole; the editor's files survive each render."""

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.edges.atomic import remove_unfinished, replace_file, sync_path, write_file
from pipeline.errors import NewsletterError

EDITS = "edits.yaml"
UPLOADS = "uploads"  # the editor's own pictures, next to edits.yaml
PAGE = "index.html"
_RENDERED = ("issue.html", "issue.txt", "issue.eml", "issue.json")
# Folders being written and folders just replaced. A killed run leaves them; the next run removes them.
_NEW = ".making-"
_OLD = ".replaced-"

_ADVICE = {
    errno.ENOSPC: "free some space and run again",
    errno.EDQUOT: "free some space and run again",
    errno.EACCES: "check who owns the outbox",
    errno.EPERM: "check who owns the outbox",
    errno.EROFS: "the disk is read-only; set 'outbox' in the config to another folder",
    errno.ENOTDIR: "set 'outbox' in the config to a folder",
    errno.EEXIST: "set 'outbox' in the config to a folder",
}


class OutboxError(NewsletterError):
    """The outbox cannot be written or read."""


class Outbox:
    """The folder of finished issues, and the path of every file in it.

    With `by_edition` each edition has a folder of its own inside the issue's folder.
    """

    def __init__(self, folder: Path, *, by_edition: bool = False) -> None:
        self.folder = Path(os.path.normpath(folder))  # without the .. of a config in another folder
        self.by_edition = by_edition

    def issues(self) -> list[str]:
        """Keys of the issues in the outbox, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(path.name for path in self.folder.iterdir() if path.is_dir() and not path.name.startswith("."))

    def issue_folder(self, key: str) -> Path:
        """The folder of an issue, with all its editions."""
        return self.folder / key

    def prefix(self, edition: str) -> str:
        """The edition's folder inside an issue's folder, such as en/; "" if editions have no folders."""
        return f"{edition}/" if self.by_edition else ""

    def edition_folder(self, key: str, edition: str) -> Path:
        """The folder of one edition of an issue."""
        return self.issue_folder(key) / self.prefix(edition)

    def edits_path(self, key: str, edition: str) -> Path:
        """The editor's file."""
        return self.edition_folder(key, edition) / EDITS

    def uploads_folder(self, key: str, edition: str) -> Path:
        """The folder of the editor's own pictures."""
        return self.edition_folder(key, edition) / UPLOADS

    def json_path(self, key: str, edition: str) -> Path:
        """issue.json."""
        return self.edition_folder(key, edition) / "issue.json"

    def text_path(self, key: str, edition: str) -> Path:
        """The text part."""
        return self.edition_folder(key, edition) / "issue.txt"

    def page_path(self, key: str, edition: str) -> Path:
        """The page of the archive."""
        return self.edition_folder(key, edition) / PAGE

    def page_href(self, key: str, edition: str) -> str:
        """The address of the archive page, relative to the outbox."""
        return f"{key}/{self.prefix(edition)}{PAGE}"

    def publish(self, key: str, files: Mapping[str, bytes]) -> Path:
        """Replace an issue's folder; `files` maps paths inside it to contents.

        The editor's files are kept: an `edits.yaml` in `files` is written only if there was none.
        """
        target = self.issue_folder(key)
        new, old = self.folder / f"{_NEW}{key}", self.folder / f"{_OLD}{key}"
        try:
            self._clean_up()
            new.mkdir(parents=True)
            for name, content in files.items():
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                write_file(new / name, content)
            _sync_folders(new)
            if target.exists():
                target.rename(old)
                # From here on no save can reach the old folder, so the last save is copied too.
                _keep_edits(old, new)
            new.rename(target)
            _sync_folders(target)
            sync_path(self.folder)
            self._clean_up()
        except OSError as error:
            with contextlib.suppress(OSError):
                self._clean_up()
            raise OutboxError(_explain(error, error.filename or self.folder)) from error
        return target

    def put(self, name: str, content: bytes) -> None:
        """Replace a file of the outbox itself, such as the archive's index, unless it has that content already."""
        path = self.folder / name
        with contextlib.suppress(OSError):
            if path.read_bytes() == content:
                return
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
        save_file(path, content)

    def recover(self) -> None:
        """Undo what a killed run left: put back an issue that was being replaced, delete what is unfinished."""
        try:
            self._clean_up()
        except OSError as error:
            raise OutboxError(_explain(error, error.filename or self.folder)) from error

    def _clean_up(self) -> None:
        if not self.folder.is_dir():
            return
        remove_unfinished(self.folder)
        for new in sorted(self.folder.glob(f"{_NEW}*")):
            shutil.rmtree(new)
        for old in sorted(self.folder.glob(f"{_OLD}*")):
            key = old.name.removeprefix(_OLD)
            target = self.issue_folder(key)
            if target.exists():  # it has the editor's files, and what was saved since
                # A folder under the old name is always complete, so it gets another name before it is deleted.
                shutil.rmtree(old.rename(self.folder / f"{_NEW}{key}"))
            else:
                old.rename(target)


def read_issue_files(folder: Path) -> dict[str, bytes] | None:
    """The rendered files of an edition by path, with its pictures; None if one of them is missing. OutboxError."""
    try:
        if not all((folder / name).is_file() for name in _RENDERED):
            return None
        pictures = sorted(path for path in (folder / "pictures").glob("*") if path.is_file())
        return {
            **{name: (folder / name).read_bytes() for name in _RENDERED},
            **{f"pictures/{path.name}": path.read_bytes() for path in pictures},
        }
    except OSError as error:
        raise OutboxError(f"{error.filename or folder}: cannot be read ({error.strerror or error})") from error


def read_issue_json(path: Path) -> dict[str, Any]:
    """The content of an issue.json. OutboxError if it cannot be read or is not an object."""
    advice = "copy it from where it is published, or run 'newsletter render'"
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise OutboxError(f"{path}: cannot be read ({error}); {advice}") from None
    if not isinstance(content, dict):
        raise OutboxError(f"{path}: is not an issue.json; {advice}")
    return content


def encode_issue_json(content: Mapping[str, Any]) -> bytes:
    """The bytes of an issue.json."""
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def save_file(path: Path, content: bytes) -> None:
    """Replace a file atomically. OutboxError says what to do."""
    try:
        replace_file(path, content)
    except OSError as error:
        raise OutboxError(_explain(error, path)) from error


def _keep_edits(old: Path, new: Path) -> None:
    """Link the editor's files of the old folder into the new one."""
    for path in _editor_files(old):
        kept = new / path.relative_to(old)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.unlink(missing_ok=True)
        # A hard link is the same file: an editor that has it open still writes into it.
        try:
            os.link(path, kept)
        except OSError:
            shutil.copy2(path, kept)


def _editor_files(folder: Path) -> Iterable[Path]:
    return sorted((*folder.rglob(EDITS), *folder.rglob(f"{UPLOADS}/*"))) if folder.is_dir() else []


def _sync_folders(folder: Path) -> None:
    for path in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        sync_path(path)


def _explain(error: OSError, where: Path | str) -> str:
    advice = _ADVICE.get(error.errno or 0, "correct that and run again")
    return (
        f"{where}: the issue could not be written ({error.strerror or error}): {advice}; earlier issues are untouched"
    )
