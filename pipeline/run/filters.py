"""Filters: each entry is passed to the user's own commands, which can change it or drop it.

The results are stored: an entry is filtered again only when it or the filters have changed.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from pipeline.config import Config
from pipeline.edges.commands import run_command
from pipeline.records import Entry, Rejected, to_json
from pipeline.run.session import Session

MAX_TIMEOUTS = 4  # in a row, before a run stops using a filter


@dataclass(frozen=True, slots=True)
class FilterResult:
    """An entry after the filters; None where a filter dropped it."""

    entry: Entry | None
    dropped_by: str = ""
    faults: tuple[tuple[str, str], ...] = ()  # (filter, what went wrong)
    late: frozenset[str] = frozenset()  # names of filters that took too long


class Filters:
    """The config's filters, for the entries of one run."""

    def __init__(self, session: Session) -> None:
        self.dropped = 0
        self._session = session
        self._faults: Counter[str] = Counter()
        self._first: dict[str, str] = {}
        self._late: Counter[str] = Counter()  # in a row
        filters = [(filter_.name, *filter_.command) for filter_ in session.config.filters]
        self._version = json.dumps(filters)

    def passed(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Filter the entries; dropped ones are recorded in the ledger. Call it inside a transaction."""
        if not self._session.config.filters:
            yield from entries
            return
        kept = self._session.store.filtered
        entries = list(entries)
        asked = {entry.id: self._key(entry) for entry in entries}
        known = {entry.id: answer for entry in entries if (answer := kept.get(entry.id, asked[entry.id])) is not None}
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            unknown = [entry for entry in entries if entry.id not in known]
            fresh = threads.map(lambda entry: apply_filters(self._session.config, entry, self._is_hanging), unknown)
            for entry in entries:
                if entry.id in known:
                    result = known[entry.id].entry
                else:
                    found = next(fresh)
                    if not found.faults:  # the next run tries again after a failure
                        kept.put(entry.id, asked[entry.id], found.entry)
                    result = self._record(entry, found)
                if result is not None:
                    yield result

    def notices(self) -> list[str]:
        """A line for each filter that failed."""
        return [
            f"filter {name!r} failed on {number} entries, which were kept as they were; the first: {self._first[name]}"
            + (f"; it was not used again after {MAX_TIMEOUTS} timeouts in a row" if self._is_hanging(name) else "")
            for name, number in sorted(self._faults.items())
        ]

    def _is_hanging(self, name: str) -> bool:
        """Whether a filter timed out too often: every further entry would wait for it."""
        return self._late[name] >= MAX_TIMEOUTS

    def _record(self, entry: Entry, found: FilterResult) -> Entry | None:
        for name, fault in found.faults:
            self._faults[name] += 1
            self._first.setdefault(name, f"{entry.title or entry.url or entry.id}: {fault}")
        for filter_ in self._session.config.filters:
            if filter_.name in found.late:
                self._late[filter_.name] += 1
            elif not self._is_hanging(filter_.name):
                self._late[filter_.name] = 0
        ledger = self._session.store.ledger
        if found.entry is None:
            self.dropped += 1
            detail = f"{entry.source}: {entry.title or entry.url}"
            ledger.reject([Rejected(entry.id, "filter", found.dropped_by, detail)], self._session.now)
        else:
            ledger.accept([entry.id], "filter")
        return found.entry

    def _key(self, entry: Entry) -> str:
        text = json.dumps(to_json(entry), sort_keys=True)
        return hashlib.sha256(f"{self._version}\n{text}".encode()).hexdigest()


def apply_filters(config: Config, entry: Entry, is_hanging: Callable[[str], bool]) -> FilterResult:
    """Pass an entry through every filter in turn, except those that hang. A filter that fails changes nothing."""
    faults, late = [], set()
    for filter_ in config.filters:
        if is_hanging(filter_.name):
            faults.append((filter_.name, "it was not used"))
            continue
        text = (json.dumps(to_json(entry), ensure_ascii=False) + "\n").encode("utf-8", "replace")
        answered = run_command(filter_.command, text, folder=config.folder, seconds=filter_.timeout_seconds)
        if answered.fault:
            faults.append((filter_.name, answered.fault))
            late |= {filter_.name} if answered.late else set()
        elif not answered.output.strip():
            return FilterResult(None, filter_.name, tuple(faults), frozenset(late))
        else:
            try:
                entry = _parse_output(answered.output, entry)
            except (ValueError, TypeError, RecursionError) as error:
                faults.append((filter_.name, f"its output is not an entry ({error})"))
    return FilterResult(entry, "", tuple(faults), frozenset(late))


def _parse_output(answer: bytes, before: Entry) -> Entry:
    """The entry of a filter's output. ValueError or TypeError where it is not an entry."""
    from pipeline.stages.parse import apply_answer  # loads the parsers

    values: Any = json.loads(answer)
    if not isinstance(values, dict):
        raise TypeError("expected a JSON object")
    return apply_answer(values, before)
