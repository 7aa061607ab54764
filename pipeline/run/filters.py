"""Filters: each entry goes through commands of the user's own, which change it or drop it.

What a filter answered is kept: an entry goes through again only when it, or the filters, have changed.
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

LATE_MOST = 4  # entries in a row that a filter takes too long for, before a run does without it


@dataclass(frozen=True, slots=True)
class Passed:
    """What the filters made of an entry: None where one of them, which is named, dropped it."""

    entry: Entry | None
    dropped_by: str = ""
    faults: tuple[tuple[str, str], ...] = ()  # (filter, what went wrong)
    late: frozenset[str] = frozenset()  # filters that took too long


class Filters:
    """The config's filters over the entries of one run."""

    def __init__(self, session: Session) -> None:
        self.dropped = 0
        self._session = session
        self._faults: Counter[str] = Counter()
        self._first: dict[str, str] = {}
        self._late: Counter[str] = Counter()  # in a row
        filters = [(each.name, *each.command) for each in session.config.filters]
        self._version = json.dumps(filters)

    def passed(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The entries as the filters leave them; those that are dropped are in the ledger. Inside a transaction."""
        if not self._session.config.filters:
            yield from entries
            return
        kept = self._session.store.filtered
        given = list(entries)
        asked = {entry.id: self._key(entry) for entry in given}
        known = {entry.id: answer for entry in given if (answer := kept.get(entry.id, asked[entry.id])) is not None}
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            unknown = [entry for entry in given if entry.id not in known]
            fresh = threads.map(lambda entry: put_through(self._session.config, entry, self._hanging), unknown)
            for entry in given:
                if entry.id in known:
                    result = known[entry.id].entry
                else:
                    found = next(fresh)
                    if not found.faults:  # what failed is tried again the next time
                        kept.put(entry.id, asked[entry.id], found.entry)
                    result = self._noted(entry, found)
                if result is not None:
                    yield result

    def notices(self) -> list[str]:
        """A line for each filter that failed."""
        return [
            f"filter {name!r} failed on {number} entries, which it let by; the first: {self._first[name]}"
            + (f"; after {LATE_MOST} of these in a row it was not asked again" if self._hanging(name) else "")
            for name, number in sorted(self._faults.items())
        ]

    def _hanging(self, name: str) -> bool:
        """Whether this run does without a filter: two thousand entries would each wait for it."""
        return self._late[name] >= LATE_MOST

    def _noted(self, entry: Entry, found: Passed) -> Entry | None:
        for name, fault in found.faults:
            self._faults[name] += 1
            self._first.setdefault(name, f"{entry.title or entry.url or entry.id}: {fault}")
        for each in self._session.config.filters:
            if each.name in found.late:
                self._late[each.name] += 1
            elif not self._hanging(each.name):
                self._late[each.name] = 0
        ledger = self._session.store.ledger
        if found.entry is None:
            self.dropped += 1
            what = f"{entry.source}: {entry.title or entry.url}"
            ledger.reject([Rejected(entry.id, "filter", found.dropped_by, what)], self._session.now)
        else:
            ledger.accept([entry.id], "filter")
        return found.entry

    def _key(self, entry: Entry) -> str:
        said = json.dumps(to_json(entry), sort_keys=True)
        return hashlib.sha256(f"{self._version}\n{said}".encode()).hexdigest()


def put_through(config: Config, entry: Entry, hanging: Callable[[str], bool]) -> Passed:
    """An entry through every filter in turn, but for those that hang. One that fails leaves it as it was."""
    faults, late = [], set()
    for each in config.filters:
        if hanging(each.name):
            faults.append((each.name, "it was not asked"))
            continue
        given = (json.dumps(to_json(entry), ensure_ascii=False) + "\n").encode("utf-8", "replace")
        answered = run_command(each.command, given, folder=config.folder, seconds=each.timeout_seconds)
        if answered.fault:
            faults.append((each.name, answered.fault))
            late |= {each.name} if answered.late else set()
        elif not answered.output.strip():
            return Passed(None, each.name, tuple(faults), frozenset(late))
        else:
            try:
                entry = _revived(answered.output, entry)
            except (ValueError, TypeError, RecursionError) as error:
                faults.append((each.name, f"its answer is no entry ({error})"))
    return Passed(entry, "", tuple(faults), frozenset(late))


def _revived(answer: bytes, before: Entry) -> Entry:
    """The entry of an answer. ValueError or TypeError where it is none."""
    from pipeline.stages.parse import apply_answer  # loads the parsers

    said: Any = json.loads(answer)
    if not isinstance(said, dict):
        raise TypeError("expected a JSON object")
    return apply_answer(said, before)
