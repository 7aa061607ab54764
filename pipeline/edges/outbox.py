"""Finished issues, one folder each: a folder is there whole or not at all, and the editor's file outlives each render."""

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.errors import NewsletterError

EDITS = "edits.yaml"
# Folders under way and folders just replaced; a run that was killed leaves them, the next one clears them.
_MAKING = ".making-"
_REPLACED = ".replaced-"


class OutboxError(NewsletterError):
    """The outbox cannot be written or read."""


class Outbox:
    """The folder that finished issues go to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def issues(self) -> list[str]:
        """Keys of the issues that are there, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(path.name for path in self.folder.iterdir() if path.is_dir() and not path.name.startswith("."))

    def edits_path(self, key: str, edition: str | None) -> Path:
        """Where the editor's word on an issue lives; `edition` is None where a letter has just one."""
        return self.folder / key / edition / EDITS if edition else self.folder / key / EDITS

    def publish(self, key: str, files: Mapping[str, bytes]) -> Path:
        """Put an issue in place of what was there; `files` are by path inside its folder. The editor's files stay."""
        target = self.folder / key
        making, replaced = self.folder / f"{_MAKING}{key}", self.folder / f"{_REPLACED}{key}"
        try:
            self.recover()
            making.mkdir(parents=True)
            for name, content in files.items():
                _write(making / name, content)
            _keep_edits(target, making)
            for folder in {(making / name).parent for name in files} | {making}:
                _sync_folder(folder)
            if target.exists():
                target.rename(replaced)
            making.rename(target)
            _sync_folder(self.folder)
            if replaced.exists():
                _keep_edits(replaced, target)  # a save that fell between the copy and the exchange
                shutil.rmtree(replaced)
        except OSError as error:
            shutil.rmtree(making, ignore_errors=True)
            raise OutboxError(_explain(error, self.folder)) from error
        return target

    def recover(self) -> None:
        """Put right what a killed run left: an issue that was being exchanged comes back, halves go."""
        if not self.folder.is_dir():
            return
        for replaced in sorted(self.folder.glob(f"{_REPLACED}*")):
            target = self.folder / replaced.name.removeprefix(_REPLACED)
            if target.exists():
                _keep_edits(replaced, target)
                shutil.rmtree(replaced)
            else:
                replaced.rename(target)
        for half in sorted(self.folder.glob(f"{_MAKING}*")):
            shutil.rmtree(half)


def read_edits_text(path: Path) -> str | None:
    """The text of an edits file, or None where there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise OutboxError(f"{path}: cannot be read ({error}); it was left as it is") from error


def _keep_edits(old: Path, new: Path) -> None:
    """Bring the editor's files of the old folder to the new one, where they are not the very same files."""
    for path in _edits_below(old):
        kept = new / path.relative_to(old)
        kept.parent.mkdir(parents=True, exist_ok=True)
        if kept.exists() and kept.samefile(path):
            continue
        kept.unlink(missing_ok=True)
        # A hard link is the same file: a save into it while the issue is exchanged is not lost.
        try:
            os.link(path, kept)
        except OSError:
            shutil.copy2(path, kept)


def _edits_below(folder: Path) -> Iterable[Path]:
    return sorted(folder.rglob(EDITS)) if folder.is_dir() else []


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _explain(error: OSError, folder: Path) -> str:
    where = error.filename or folder
    return f"{where}: the issue could not be written ({error.strerror or error}); what was in the outbox is untouched"
