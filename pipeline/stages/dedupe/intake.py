# mypy: allow-untyped-calls
"""What comes into the index in a round: stories that are new, have changed, or whose outlet's boilerplate has."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import numpy as np

from pipeline.records import StoredFeatures
from pipeline.stages.dedupe.bodies import Body, read_body
from pipeline.stages.dedupe.boilerplate import boilerplate, changed
from pipeline.stages.dedupe.features import Features, open_features
from pipeline.stages.dedupe.index import TOLD, Index, chunks
from pipeline.stages.dedupe.index_fields import IndexFields, columns, trace
from pipeline.stages.dedupe.postings import invert
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.shingles import Hashes, Mask, Places, distinct

Read = Callable[[Collection[str]], Iterable[StoredFeatures]]  # the readings of some stories, by id

_TOGETHER = 1_000  # stories whose readings are open at a time
_UNFOLDED = ("words", "runs", "figures", "signs", "companies")


class Intake:
    """Takes stories into an index and makes their traces; what was read lately is kept open."""

    def __init__(self, index: Index, read: Read, settings: Settings) -> None:
        """Read stories by `read`."""
        self._index, self._read, self._settings = index, read, settings
        self._open: dict[str, Features] = {}
        self._rows: dict[int, IndexFields] = {}  # of new stories, until it is known which are no copies

    def gists(self, numbers: Iterable[int]) -> dict[int, Features]:
        """The readings of these stories, by number."""
        names = {self._index.names[number]: number for number in numbers}
        missing = sorted(names.keys() - self._open.keys())
        read = {gist.id: gist for gist in open_features(self._read(missing))} if missing else {}
        if len(self._open) + len(read) > 2 * _TOGETHER:
            found = {names[name]: self._open[name] for name in names.keys() & self._open.keys()}
            self._open = {}
        else:
            self._open |= read
            found = {names[name]: self._open[name] for name in names.keys() & self._open.keys()}
        return found | {names[name]: gist for name, gist in read.items()}

    def bodies(self, numbers: Iterable[int]) -> dict[int, Body]:
        """Their bodies without boilerplate, by number."""
        return {number: read_body(gist, self._left_out(number)) for number, gist in self.gists(numbers).items()}

    def take_in(self, wanted: Mapping[str, str], again: Collection[str]) -> Places:
        """Let the stories that are wanted, each with the digest of its reading, be those that are alive.

        Those of `again` come in anew whatever their digest. Returns the numbers of all that came in.
        """
        index = self._index
        numbers = index.numbers()
        fresh = [
            name
            for name, digest in wanted.items()
            if name not in numbers or name in again or index.digests[numbers[name]] != digest
        ]
        gone = [number for name, number in numbers.items() if name not in wanted]
        gone += [numbers[name] for name in fresh if name in numbers]
        earlier = index.alive.copy()
        first = len(index)
        self._add(sorted(fresh), wanted)
        index.alive[gone] = False
        earlier = np.concatenate([earlier, np.zeros(len(index) - first, dtype=bool)])
        self._bring_back(earlier, first, gone, wanted)
        new = np.arange(first, len(index))
        self._leave_out(new)
        return new

    def trace(self, new: Places) -> None:
        """Make the traces of new stories, and let one of all that have a body stand for them."""
        told = new[self._index.stories["role"][new] == TOLD]
        for some in chunks(told, _TOGETHER):
            for number, gist in self.gists(some.tolist()).items():
                self._rows[number] = self._trace(number, gist)

    def sample(self, new: Places, ranks: Places) -> Places:
        """Put samples into the index, of one story for each body that has none there; the numbers of those."""
        index = self._index
        stories = index.stories
        stand_for = set(stories["key"][index.alive & index.state["sampled"]].tolist())
        orphans = stories["key"][~index.alive & index.state["sampled"]]
        waiting = index.alive & ~index.state["sampled"] & np.isin(stories["key"], orphans)
        waiting[new] = index.alive[new]
        waiting &= stories["shingles"] >= self._settings.least_shingles
        chosen: list[int] = []
        candidates = np.flatnonzero(waiting)
        for number in candidates[np.argsort(ranks[candidates])].tolist():
            key = int(stories["key"][number])
            if key not in stand_for:
                stand_for.add(key)
                chosen.append(number)
        numbers = np.array(sorted(chosen), dtype=np.int64)
        index.put("sample", invert([row.sample for row in self._traces(numbers)], numbers))
        index.state["sampled"][numbers] = True
        return numbers

    def index_words(self, numbers: Places) -> None:
        """Put what events are found by into the index."""
        traces = self._traces(numbers)
        for field in _UNFOLDED:
            self._index.put(field, invert([getattr(each, field) for each in traces], numbers))
        self._index.state["indexed"][numbers] = True
        self._rows.clear()

    def _add(self, names: Sequence[str], digests: Mapping[str, str]) -> None:
        for start in range(0, len(names), _TOGETHER):
            gists = open_features(self._read(names[start : start + _TOGETHER]))
            if len(self._open) + len(gists) <= 2 * _TOGETHER:
                self._open |= {gist.id: gist for gist in gists}
            numbers = self._index.add(
                [gist.id for gist in gists],
                [gist.source for gist in gists],
                [digests[gist.id] for gist in gists],
                columns(gists),
            )
            units = [distinct(gist.units[gist.standfirst :]) if gist.is_told else gist.units[:0] for gist in gists]
            self._index.put("units", invert(units, numbers))

    def _bring_back(self, earlier: Mask, first: int, gone: Sequence[int], wanted: Mapping[str, str]) -> None:
        """Let those stories come in anew of which something is boilerplate now, or no longer."""
        index = self._index
        touched = index.mask(np.array(gone, dtype=np.int64))
        touched[first:] = True
        units = distinct(index.keys("units", touched)[0])
        before = boilerplate(index, units, earlier, self._settings)
        after = boilerplate(index, units, index.alive, self._settings)
        other = changed(index, units, before, after, index.alive & earlier)
        names = [index.names[number] for number in other.tolist()]
        self._add(sorted(names), wanted)
        index.alive[other] = False

    def _leave_out(self, new: Places) -> None:
        """Mark the boilerplate of new stories."""
        index = self._index
        units: Hashes = distinct(index.keys("units", index.mask(new))[0])
        known = boilerplate(index, units, index.alive, self._settings)
        ends = index.units_from()
        for some in chunks(new, _TOGETHER):
            gists = self.gists(some.tolist())
            told = np.concatenate([gists[number].units for number in some.tolist()])
            outlets = np.repeat(index.stories["outlet"][some], index.stories["units"][some])
            index.left_out[ends[some[0]] : ends[some[-1] + 1]] = known.mask(told, outlets)
            for number, gist in gists.items():
                index.left_out[ends[number] : ends[number] + gist.standfirst] = False
        self._ends = ends

    def _left_out(self, number: int) -> Mask:
        return self._index.left_out[self._ends[number] : self._ends[number + 1]]

    def _traces(self, numbers: Places) -> list[IndexFields]:
        """The traces of these stories, made anew where they are no longer at hand."""
        missing = [number for number in numbers.tolist() if number not in self._rows]
        for number, gist in self.gists(missing).items():
            self._rows[number] = self._trace(number, gist)
        return [self._rows[number] for number in numbers.tolist()]

    def _trace(self, number: int, gist: Features) -> IndexFields:
        body = read_body(gist, self._left_out(number))
        made = trace(gist, body, self._settings)
        row = self._index.stories[number]
        row["key"], row["words"], row["shingles"] = body.key, body.words, len(body.shingles)
        row["sampled"] = len(made.sample)
        row["word_weight"], row["run_weight"], row["figure_weight"] = made.weights
        return made
