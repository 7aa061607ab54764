"""Finished issues, one folder each: there whole or not at all; the editor's file outlives each render."""

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import NewsletterError

EDITS = "edits.yaml"
UPLOADS = "uploads"  # pictures of the editor's own, beside it
# Folders under way and folders just replaced; a run that was killed leaves them, the next one clears them.
_MAKING = ".making-"
_REPLACED = ".replaced-"

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
    """The folder that finished issues go to."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(os.path.normpath(folder))  # without the .. of a config that lies elsewhere

    def issues(self) -> list[str]:
        """Keys of the issues that are there, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(path.name for path in self.folder.iterdir() if path.is_dir() and not path.name.startswith("."))

    def edits_path(self, key: str, edition: str | None) -> Path:
        """Where the editor's word on an issue lives; `edition` is None where a letter has just one."""
        return self.folder / key / edition / EDITS if edition else self.folder / key / EDITS

    def uploads_path(self, key: str, edition: str | None) -> Path:
        """Where the editor's own pictures for an issue live."""
        return self.edits_path(key, edition).with_name(UPLOADS)

    def publish(self, key: str, files: Mapping[str, bytes]) -> Path:
        """Put an issue in place of what was there; `files` are by path inside its folder.

        The editor's files stay; an `edits.yaml` among `files` is for where there is none.
        """
        target = self.folder / key
        making, replaced = self.folder / f"{_MAKING}{key}", self.folder / f"{_REPLACED}{key}"
        try:
            self._put_right()
            making.mkdir(parents=True)
            for name, content in files.items():
                _write(making / name, content)
            _sync_folders(making)
            if target.exists():
                target.rename(replaced)
                # Now nobody can save into it by its name, so the last save is the one that comes along.
                _keep_edits(replaced, making)
            making.rename(target)
            _sync_folders(target)
            _sync_folder(self.folder)
            self._put_right()
        except OSError as error:
            with contextlib.suppress(OSError):
                self._put_right()
            raise OutboxError(_explain(error, self.folder)) from error
        return target

    def put(self, name: str, content: bytes) -> None:
        """Write a file of the outbox itself, such as the archive's index: the old one or the new one is there."""
        with contextlib.suppress(OSError):
            if (self.folder / name).read_bytes() == content:
                return
        replace_file(self.folder / name, content)

    def recover(self) -> None:
        """Put right what a killed run left: an issue that was being exchanged comes back, halves go."""
        try:
            self._put_right()
        except OSError as error:
            raise OutboxError(_explain(error, self.folder)) from error

    def _put_right(self) -> None:
        if not self.folder.is_dir():
            return
        for half in sorted(self.folder.glob(f"{_MAKING}*")):
            shutil.rmtree(half)
        for replaced in sorted(self.folder.glob(f"{_REPLACED}*")):
            key = replaced.name.removeprefix(_REPLACED)
            target = self.folder / key
            if target.exists():  # with the editor's files in it, and what was saved since
                # Set aside it is whole, always: a half that is being deleted has the name of one.
                shutil.rmtree(replaced.rename(self.folder / f"{_MAKING}{key}"))
            else:
                replaced.rename(target)


def printed_files(folder: Path) -> dict[str, bytes] | None:
    """The files of an edition's folder by path, its pictures too; None where it holds no whole issue."""
    names = ("issue.html", "issue.txt", "issue.eml", "issue.json")
    try:
        if not all((folder / name).is_file() for name in names):
            return None
        pictures = sorted(path for path in (folder / "pictures").glob("*") if path.is_file())
        return {
            **{name: (folder / name).read_bytes() for name in names},
            **{f"pictures/{path.name}": path.read_bytes() for path in pictures},
        }
    except OSError as error:
        raise OutboxError(f"{error.filename or folder}: cannot be read ({error.strerror or error})") from error


def read_account(path: Path) -> dict[str, Any]:
    """What an issue.json says. OutboxError where it says nothing that can be read."""
    advice = "copy it from where it is published, or run 'newsletter render'"
    try:
        account = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise OutboxError(f"{path}: cannot be read ({error}); {advice}") from None
    if not isinstance(account, dict):
        raise OutboxError(f"{path}: is no account of an issue; {advice}")
    return account


def replace_file(path: Path, content: bytes) -> None:
    """Put a file's new content in place of the old: a reader sees the one or the other."""
    half = path.with_name(f".{path.name}.half")
    try:
        _write(half, content)
        half.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise OutboxError(_explain(error, path)) from error


def read_edits_text(path: Path) -> str | None:
    """The text of an edits file, or None where there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise OutboxError(f"{path}: cannot be read ({error}); it was left as it is") from error


def _keep_edits(old: Path, new: Path) -> None:
    """Bring the editor's files of the old folder to the new one."""
    for path in _edits_below(old):
        kept = new / path.relative_to(old)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.unlink(missing_ok=True)
        # A hard link is the same file: what an editor who has it open writes into it is not lost.
        try:
            os.link(path, kept)
        except OSError:
            shutil.copy2(path, kept)


def _edits_below(folder: Path) -> Iterable[Path]:
    return sorted((*folder.rglob(EDITS), *folder.rglob(f"{UPLOADS}/*"))) if folder.is_dir() else []


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folders(folder: Path) -> None:
    for each in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        _sync_folder(each)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _explain(error: OSError, folder: Path) -> str:
    where = error.filename or folder
    advice = _ADVICE.get(error.errno or 0, "see to it and run again")
    return (
        f"{where}: the issue could not be written ({error.strerror or error}): {advice}; earlier issues are untouched"
    )
