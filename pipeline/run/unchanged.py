"""Skip dedupe, select and render when a run finds nothing new.

The state folder has a digest of all inputs of the last issue: the store's file, the program, the config and every file
that it names, the templates, and the issue's folder with the editor's edits. If any of them changes, or the issue is a
day old, the issue is made again.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pipeline
from pipeline.edges.outbox import save_file
from pipeline.edges.templates import load_templates
from pipeline.run.fetch import answered_sources
from pipeline.run.session import STORE_FILE, Report, Session

FILE = "unchanged.json"
VALID_FOR = timedelta(days=1)  # later, freshness and the window change the result
_NOT_INPUTS = {"sources", "state", "outbox"}  # keys of the config: what fetch reads, and where output goes


def inputs_digest(session: Session) -> str:
    """Return a digest of all that an issue is made from. Call it before this run writes anything."""
    config = session.config
    values = config.model_dump()
    texts = load_templates(config.templates)
    parts = [
        pipeline.__version__,
        session.key,
        repr([(str(path), *_stat(path)) for path in sorted(Path(pipeline.__file__).parent.rglob("*.py"))]),
        repr(values),
        repr((texts.files, texts.catalogues)),
        *map(repr, _file_stats(_paths({name: value for name, value in values.items() if name not in _NOT_INPUTS}))),
        *map(repr, _file_stats(_letters(session))),
        *map(repr, _file_stats([session.outbox.issue_folder(session.key)])),
        *map(repr, (_stat(path) for path in sorted(session.outbox.folder.glob("*")) if path.is_file())),
        repr(_stat(config.state / STORE_FILE)),
        repr(_stat(config.state / f"{STORE_FILE}-wal")[1:]),  # the size only: an empty log equals none
    ]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def is_unchanged(session: Session, digest: str, fetched: Report) -> bool:
    """Whether the run would make the same issue again. `digest`: of the inputs before the run."""
    last = _read_state(session)
    if last is None or last["mark"] != digest or fetched.counts["new entries"] or fetched.counts["pages"]:
        return False
    age = session.now - datetime.fromisoformat(last["made_at"])
    return timedelta(0) <= age < VALID_FOR and last["held"] == _fetch_state(session)


def remember_inputs(session: Session, *, made: bool) -> None:
    """Store the digest of the inputs after this run. `made`: this run made the issue, rather than keep it."""
    last = _read_state(session)
    made_at = session.now.isoformat() if made or last is None else last["made_at"]
    # A later checkpoint would change the store's file, and with it the digest.
    if session.store.checkpoint():
        state = {"mark": inputs_digest(session), "made_at": made_at, "held": _fetch_state(session)}
        save_file(session.config.state / FILE, json.dumps(state).encode())


def _read_state(session: Session) -> Mapping[str, Any] | None:
    try:
        state = json.loads((session.config.state / FILE).read_text(encoding="utf-8"))
        datetime.fromisoformat(state["made_at"]) - session.now
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return state if {"mark", "held"} <= state.keys() else None


def _fetch_state(session: Session) -> dict[str, Any]:
    """Return what a fetch can change without a new entry: how many entries wait, and which sources answered."""
    return {"entries": session.store.entries.counts(), "answered": sorted(answered_sources(session)[0])}


def _paths(value: Any) -> Iterator[Path]:
    """Yield every path among a config's values."""
    if isinstance(value, Path):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _paths(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _paths(item)


def _letters(session: Session) -> Iterator[Path]:
    for edition in session.config.editions:
        if path := session.config.letter_path(edition, session.key):
            yield path


def _file_stats(paths: Iterable[Path]) -> Iterator[tuple[object, ...]]:
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            yield (str(file), *_stat(file))


def _stat(path: Path) -> tuple[int, int]:
    """Return a file's modification time, in nanoseconds, and its size; zeros if there is no file."""
    try:
        status = path.stat()
    except OSError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_size)
