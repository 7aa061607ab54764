"""A run that finds nothing new leaves the issue as it is: nothing is grouped, chosen or rendered again.

Of what the last run made its issue from a mark is kept in the state folder: of the store's file, the program, the
config, every file that the config names, the templates and the issue's own folder, with the editor's word in it. Where
any of them is no longer the same, or the issue is a day old, it is made anew.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pipeline
from pipeline.edges.outbox import replace_file
from pipeline.edges.templates import load_templates
from pipeline.run.fetch import answered_sources
from pipeline.run.session import STORE_FILE, Report, Session

FILE = "unchanged.json"
HOLDS = timedelta(days=1)  # after that stories are old that were new, and others have left the window
_ELSEWHERE = {"sources", "state", "outbox"}  # of the config: what fetch reads, and where things go


def inputs_digest(session: Session) -> str:
    """A digest of all that an issue is made from, before this run has written anything."""
    config = session.config
    values = config.model_dump()
    texts = load_templates(config.templates)
    parts = [
        pipeline.__version__,
        session.key,
        repr([(str(path), *_seen(path)) for path in sorted(Path(pipeline.__file__).parent.rglob("*.py"))]),
        repr(values),
        repr((texts.files, texts.catalogues)),
        *map(repr, _files(_paths({name: value for name, value in values.items() if name not in _ELSEWHERE}))),
        *map(repr, _files(_letters(session))),
        *map(repr, _files([config.outbox / session.key])),
        *map(repr, (_seen(path) for path in sorted(config.outbox.glob("*")) if path.is_file())),
        repr(_seen(config.state / STORE_FILE)),
        repr(_seen(config.state / f"{STORE_FILE}-wal")[1:]),  # an empty one is as good as none
    ]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def is_unchanged(session: Session, mark: str, fetched: Report) -> bool:
    """Whether the week's issue is what would be made again: `mark` is of before the run, `fetched` what it brought."""
    kept = _read(session)
    if kept is None or kept["mark"] != mark or fetched.counts["new entries"] or fetched.counts["pages"]:
        return False
    age = session.now - datetime.fromisoformat(kept["made_at"])
    return timedelta(0) <= age < HOLDS and kept["held"] == _held(session)


def remember_inputs(session: Session, *, made: bool) -> None:
    """Keep the mark of what this run has left behind; with `made` it has made the issue, else it left it as it was."""
    before = _read(session)
    at = session.now.isoformat() if made or before is None else before["made_at"]
    # What is still in the log is written to the file now: later nobody has to.
    if session.store.checkpoint():
        kept = {"mark": inputs_digest(session), "made_at": at, "held": _held(session)}
        replace_file(session.config.state / FILE, json.dumps(kept).encode())


def _read(session: Session) -> Mapping[str, Any] | None:
    try:
        kept = json.loads((session.config.state / FILE).read_text(encoding="utf-8"))
        datetime.fromisoformat(kept["made_at"]) - session.now
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return kept if {"mark", "held"} <= kept.keys() else None


def _held(session: Session) -> dict[str, Any]:
    """What a fetch may change that no entry tells: documents that wait, and which sources have answered."""
    return {"entries": session.store.entries.counts(), "answered": sorted(answered_sources(session)[0])}


def _paths(value: Any) -> Iterator[Path]:
    """Every path among a config's values."""
    if isinstance(value, Path):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _paths(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _paths(each)


def _letters(session: Session) -> Iterator[Path]:
    for edition in session.config.editions:
        if path := session.config.letter_path(edition, session.key):
            yield path


def _files(paths: Iterable[Path]) -> Iterator[tuple[object, ...]]:
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            yield (str(file), *_seen(file))


def _seen(path: Path) -> tuple[int, int]:
    """When a file was changed, in nanoseconds, and its size; zeros where there is none."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)
