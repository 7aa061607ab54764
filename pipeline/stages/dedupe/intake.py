# mypy: allow-untyped-calls
"""What comes into the index in a round: stories that are new, have changed, or whose outlet's boilerplate has."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np

from pipeline.records import StoredFeatures
from pipeline.stages.dedupe.features import Body, Features, open_features, read_body
from pipeline.stages.dedupe.index import EVENTLESS, LETTER, READ, STORY, TOLD, Index, Table, chunks
from pipeline.stages.dedupe.postings import invert
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.terms import Hashes, Mask, Places, changes, digest, distinct
from pipeline.text.vectors import Vectors

_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Sentences of single outlets, as one hash of both, and those that are boilerplate everywhere."""

    own: Hashes
    everywhere: Hashes

    def mask(self, units: Hashes, outlets: Hashes) -> Mask:
        """Which of these units, each of an outlet, are left out."""
        return np.isin(_both(units, outlets), self.own) | np.isin(units, self.everywhere)


def boilerplate(index: Index, units: Hashes, among: Mask, settings: Settings) -> Boilerplate:
    """Of these units, which are distinct and in order, those that are boilerplate among so many stories."""
    places, stories = index.entries("units", units, among)
    outlets, titles = index.stories["outlet"][stories], _titles(index, among)[stories]
    order = np.lexsort((titles, outlets, places))
    places, outlets, titles = places[order], outlets[order], titles[order]
    first = changes(places, outlets)  # of each unit in each outlet
    counts = np.bincount(np.cumsum(first) - 1, weights=first | changes(titles), minlength=int(first.sum()))
    units, outlets = units[places[first]], outlets[first]
    least = np.where(outlets == 0, settings.boilerplate_everywhere, settings.boilerplate_titles)
    own = counts >= least
    # What one outlet has under very many titles is no part of a story elsewhere either: a copy may bring it along.
    often = counts >= settings.boilerplate_everywhere
    return Boilerplate(distinct(_both(units[own], outlets[own])), distinct(units[often]))


def changed(index: Index, units: Hashes, before: Boilerplate, after: Boilerplate, among: Mask) -> Places:
    """The stories that have one of these units, which was boilerplate and is not, or was not and is."""
    places, stories = index.entries("units", units, among)
    told, outlets = units[places], index.stories["outlet"][stories]
    return distinct(stories[before.mask(told, outlets) != after.mask(told, outlets)])


def _titles(index: Index, among: Mask) -> Hashes:
    """What each story's title counts as: the same body of one outlet under several titles counts once.

    It counts as the least of its titles, so that it makes no difference which came first.
    """
    titles = index.stories["heading"].copy()
    stories = np.flatnonzero(among)
    outlets, bodies, own = (index.stories[name][stories] for name in ("outlet", "whole", "heading"))
    order = np.lexsort((own, bodies, outlets))
    first = changes(outlets[order], bodies[order])
    titles[stories[order]] = own[order][np.flatnonzero(first)[np.cumsum(first) - 1]]
    return titles


def _both(units: Hashes, outlets: Hashes) -> Hashes:
    return (units ^ (outlets * _ODD)) * _ODD


# A sample holds the shingles of least hash: a quarter of them all, within bounds. Whether two bodies have a shingle of
# that quarter both, or how many bodies do, the samples tell exactly.
_QUARTER = np.uint64(1 << 62)
_LEAST_SAMPLED, _MOST_SAMPLED = 32, 256
_KINDS = np.uint64(15)  # the bits of a sign's key that tell its kind


@dataclass(frozen=True, slots=True)
class IndexFields:
    """What a story is found and compared by."""

    sample: Hashes
    words: Hashes
    runs: Hashes
    signs: Hashes
    vectors: Vectors


def trace(gist: Features, body: Body, settings: Settings) -> IndexFields:
    """What a story with that body, boilerplate left out, is found by."""
    return IndexFields(
        sample=_sample(body.shingles) if len(body.shingles) >= settings.least_shingles else body.shingles[:0],
        words=distinct(np.concatenate([gist.headline, body.lead])).astype(np.uint64),
        runs=gist.runs.astype(np.uint64),
        signs=distinct((gist.sign_keys & ~_KINDS) | gist.sign_kinds),
        vectors=gist.vectors,
    )


def kinds_of(signs: Hashes) -> Hashes:
    """The kind of each sign, as its place among SIGN_KINDS."""
    return signs & _KINDS


def columns(gists: Sequence[Features]) -> Table:
    """The stories as rows of the index, without what their traces tell."""
    table = np.zeros(len(gists), dtype=STORY)
    for row, gist in enumerate(gists):
        whole = gist.units[gist.standfirst :].tobytes()
        title = digest(gist.title) if gist.title else 0
        table[row] = (
            _hash(gist.outlet), title or (digest(whole.hex()) if whole else 0), title, digest(whole.hex()),
            _hash(_address(gist)), _hash(gist.entry), _hash(gist.document),
            0 if gist.language == "und" else _hash(gist.language),
            0, gist.dated_at.timestamp() if gist.dated_at else np.nan, gist.size,
            len(gist.units), 0, 0, 0,
            TOLD if gist.is_told else READ if gist.role == "read" else LETTER, EVENTLESS.index(gist.rule),
        )  # fmt: skip
    return table


def _address(gist: Features) -> str | None:
    """Where only this story is; a front page is no story's address."""
    parts = urlsplit(gist.address or "")
    return gist.address if parts.path.strip("/") or parts.query else None


def _hash(text: str | None) -> int:
    return digest(text) if text else 0


def _sample(shingles: Hashes) -> Hashes:
    quarter = int(np.searchsorted(shingles, _QUARTER))
    return shingles[: max(_LEAST_SAMPLED, min(quarter, _MOST_SAMPLED))].copy()  # all others are let go


Read = Callable[[Collection[str]], Iterable[StoredFeatures]]  # the readings of some stories, by id

_TOGETHER = 1_000  # stories whose readings are open at a time
_UNFOLDED = ("words", "runs", "signs")


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
        self._index.put_vectors(numbers, [each.vectors for each in traces])
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
        return made
