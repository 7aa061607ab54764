# mypy: allow-untyped-calls
"""Adding stories to an index: those that are new or changed, or whose boilerplate is found or lost."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np

from pipeline.records import StoredFeatures
from pipeline.stages.dedupe.features import Body, Features, open_features, read_body
from pipeline.stages.dedupe.index import ARTICLE, EVENTLESS, LETTER, READ, STORY, Index, Table, chunks
from pipeline.stages.dedupe.postings import invert
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.terms import Hashes, Mask, Places, changes, digest, distinct
from pipeline.text.vectors import Vectors

_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Sentences that are boilerplate in one outlet (hashes of both), and those that are so in every outlet."""

    own: Hashes
    everywhere: Hashes

    def mask(self, units: Hashes, outlets: Hashes) -> Mask:
        """Which units, each with its outlet, are boilerplate."""
        return np.isin(_mix(units, outlets), self.own) | np.isin(units, self.everywhere)


def find_boilerplate(index: Index, units: Hashes, among: Mask, settings: Settings) -> Boilerplate:
    """Find the boilerplate of the stories `among`. `units`: the sentences to look at, sorted and distinct."""
    places, stories = index.entries("units", units, among)
    outlets, titles = index.stories["outlet"][stories], _titles(index, among)[stories]
    order = np.lexsort((titles, outlets, places))
    places, outlets, titles = places[order], outlets[order], titles[order]
    first = changes(places, outlets)  # of each unit in each outlet
    counts = np.bincount(np.cumsum(first) - 1, weights=first | changes(titles), minlength=int(first.sum()))
    units, outlets = units[places[first]], outlets[first]
    least = np.where(outlets == 0, settings.boilerplate_everywhere, settings.boilerplate_titles)
    own = counts >= least
    # A sentence under very many titles of one outlet is boilerplate in other outlets too: copies bring it along.
    frequent = counts >= settings.boilerplate_everywhere
    return Boilerplate(distinct(_mix(units[own], outlets[own])), distinct(units[frequent]))


def _titles(index: Index, among: Mask) -> Hashes:
    """The title that each story counts under. Equal bodies of one outlet count once, under the least of their titles.

    The least title does not depend on the order of the stories.
    """
    titles = index.stories["heading"].copy()
    stories = np.flatnonzero(among)
    outlets, bodies, own = (index.stories[name][stories] for name in ("outlet", "whole", "heading"))
    order = np.lexsort((own, bodies, outlets))
    first = changes(outlets[order], bodies[order])
    titles[stories[order]] = own[order][np.flatnonzero(first)[np.cumsum(first) - 1]]
    return titles


def _mix(units: Hashes, outlets: Hashes) -> Hashes:
    return (units ^ (outlets * _ODD)) * _ODD


# A sample is the shingles of least hash: a quarter of all, within bounds. Samples give exact answers about shingles
# in that quarter: whether two bodies share one, and how many bodies have it.
_QUARTER = np.uint64(1 << 62)
_LEAST_SAMPLED, _MOST_SAMPLED = 32, 256
_KINDS = np.uint64(15)  # the bits of a sign's key that hold its kind


@dataclass(frozen=True, slots=True)
class IndexFields:
    """The fields that a story is indexed by."""

    sample: Hashes
    words: Hashes
    runs: Hashes
    signs: Hashes
    vectors: Vectors


def index_fields(features: Features, body: Body, settings: Settings) -> IndexFields:
    """Return the index fields of a story; `body` is without boilerplate."""
    return IndexFields(
        sample=_sample(body.shingles) if len(body.shingles) >= settings.least_shingles else body.shingles[:0],
        words=distinct(np.concatenate([features.headline, body.lead])).astype(np.uint64),
        runs=features.runs.astype(np.uint64),
        signs=distinct((features.sign_keys & ~_KINDS) | features.sign_kinds),
        vectors=features.vectors,
    )


def kinds_of(signs: Hashes) -> Hashes:
    """The kind of each sign, as its position in SIGN_KINDS."""
    return signs & _KINDS


def story_rows(stories: Sequence[Features]) -> Table:
    """Return stories as rows of STORY; the columns that depend on the body without boilerplate are 0."""
    table = np.zeros(len(stories), dtype=STORY)
    for row, story in enumerate(stories):
        whole = story.units[story.standfirst :].tobytes()
        title = digest(story.title) if story.title else 0
        table[row] = (
            _hash(story.outlet), title or (digest(whole.hex()) if whole else 0), title, digest(whole.hex()),
            _hash(_own_address(story)), _hash(story.entry), _hash(story.document),
            0 if story.language == "und" else _hash(story.language),
            story.opening, story.figures, 0, story.dated_at.timestamp() if story.dated_at else np.nan, story.size,
            len(story.units), 0, 0, 0,
            ARTICLE if story.is_told else READ if story.role == "read" else LETTER, EVENTLESS.index(story.rule),
            story.cleaned,
        )  # fmt: skip
    return table


def _own_address(story: Features) -> str | None:
    """The story's address; None if it is a front page, which many stories share."""
    parts = urlsplit(story.address or "")
    return story.address if parts.path.strip("/") or parts.query else None


def _hash(text: str | None) -> int:
    return digest(text) if text else 0


def _sample(shingles: Hashes) -> Hashes:
    quarter = int(np.searchsorted(shingles, _QUARTER))
    return shingles[: max(_LEAST_SAMPLED, min(quarter, _MOST_SAMPLED))].copy()  # a view would keep all in memory


Read = Callable[[Collection[str]], Iterable[StoredFeatures]]  # reads the features of stories by id

_CHUNK = 1_000  # stories whose features are opened at a time
_WINNER_FIELDS = ("words", "runs", "signs")


class Intake:
    """Adds stories to an index and computes their index fields. Recently read features are cached."""

    def __init__(self, index: Index, read: Read, settings: Settings) -> None:
        """`read` returns the stored features of stories by id."""
        self._index, self._read, self._settings = index, read, settings
        self._unit_starts = index.units_from()
        self._features: dict[str, Features] = {}
        self._fields: dict[int, IndexFields] = {}  # of new stories, until copies are folded

    def features(self, numbers: Iterable[int]) -> dict[int, Features]:
        """The features of stories, by number."""
        names = {self._index.names[number]: number for number in numbers}
        found = {name: self._features[name] for name in names if name in self._features}
        missing = sorted(names.keys() - found.keys())
        read = {story.id: story for story in open_features(self._read(missing))} if missing else {}
        if not self._cache(read):
            self._features.clear()
        return {names[name]: story for name, story in (found | read).items()}

    def bodies(self, numbers: Iterable[int]) -> dict[int, Body]:
        """The bodies of stories without boilerplate, by number."""
        return {number: self._body(number, story) for number, story in self.features(numbers).items()}

    def update(self, wanted: Mapping[str, str], recomputed: Collection[str]) -> Places:
        """Make `wanted` (id → digest of the features) the stories that are alive, and return the numbers of new ones.

        Stories in `recomputed`, and those whose digest or boilerplate has changed, get new numbers.
        """
        index = self._index
        numbers = index.numbers()
        fresh = [
            name
            for name, digest in wanted.items()
            if name not in numbers or name in recomputed or index.digests[numbers[name]] != digest
        ]
        gone = [number for name, number in numbers.items() if name not in wanted]
        gone += [numbers[name] for name in fresh if name in numbers]
        was_alive = index.alive.copy()
        first = len(index)
        self._add(sorted(fresh), wanted)
        index.alive[gone] = False
        was_alive = np.concatenate([was_alive, np.zeros(len(index) - first, dtype=bool)])
        self._update_boilerplate(was_alive, first, gone, wanted)
        new = np.arange(first, len(index))
        self._mask_boilerplate(new)
        return new

    def compute_fields(self, new: Places) -> None:
        """Compute the index fields of new articles."""
        for some in chunks(new[self._index.stories["role"][new] == ARTICLE], _CHUNK):
            self._fields_of(some)

    def index_samples(self, new: Places, ranks: Places) -> Places:
        """Index the sample of one story for each body that has none in the index; return the numbers of the stories."""
        index = self._index
        stories = index.stories
        indexed = set(stories["key"][index.alive & index.state["sampled"]].tolist())
        orphans = stories["key"][~index.alive & index.state["sampled"]]
        waiting = index.alive & ~index.state["sampled"] & np.isin(stories["key"], orphans)
        waiting[new] = index.alive[new]
        waiting &= stories["shingles"] >= self._settings.least_shingles
        chosen: list[int] = []
        candidates = np.flatnonzero(waiting)
        for number in candidates[np.argsort(ranks[candidates])].tolist():
            key = int(stories["key"][number])
            if key not in indexed:
                indexed.add(key)
                chosen.append(number)
        numbers = np.array(sorted(chosen), dtype=np.int64)
        index.put("sample", invert([fields.sample for fields in self._fields_of(numbers)], numbers))
        index.state["sampled"][numbers] = True
        return numbers

    def index_fields(self, numbers: Places) -> None:
        """Index the fields that winners are compared by."""
        rows = self._fields_of(numbers)
        for name in _WINNER_FIELDS:
            self._index.put(name, invert([getattr(fields, name) for fields in rows], numbers))
        self._index.put_vectors(numbers, [fields.vectors for fields in rows])
        self._index.state["indexed"][numbers] = True
        self._fields.clear()

    def _cache(self, stories: Mapping[str, Features]) -> bool:
        """Cache the features of stories unless they are too many."""
        if len(self._features) + len(stories) > 2 * _CHUNK:
            return False
        self._features |= stories
        return True

    def _add(self, names: Sequence[str], digests: Mapping[str, str]) -> None:
        for start in range(0, len(names), _CHUNK):
            stories = open_features(self._read(names[start : start + _CHUNK]))
            self._cache({story.id: story for story in stories})
            ids = [story.id for story in stories]
            sources, own_digests = [story.source for story in stories], [digests[name] for name in ids]
            numbers = self._index.add(ids, sources, own_digests, story_rows(stories))
            units = [
                distinct(story.units[story.standfirst if story.is_told else len(story.units) :]) for story in stories
            ]
            self._index.put("units", invert(units, numbers))

    def _update_boilerplate(self, was_alive: Mask, first: int, gone: Sequence[int], wanted: Mapping[str, str]) -> None:
        """Add the stories again that have a sentence which has become boilerplate or no longer is."""
        index = self._index
        touched = index.mask(np.array(gone, dtype=np.int64))
        touched[first:] = True
        units = distinct(index.keys("units", touched)[0])
        before = find_boilerplate(index, units, was_alive, self._settings)
        after = find_boilerplate(index, units, index.alive, self._settings)
        places, stories = index.entries("units", units, index.alive & was_alive)
        units, outlets = units[places], index.stories["outlet"][stories]
        changed = distinct(stories[before.mask(units, outlets) != after.mask(units, outlets)])
        self._add(sorted(index.names[number] for number in changed.tolist()), wanted)
        index.alive[changed] = False

    def _mask_boilerplate(self, new: Places) -> None:
        """Mark the boilerplate of new stories; a standfirst has none."""
        index = self._index
        units: Hashes = distinct(index.keys("units", index.mask(new))[0])
        boilerplate = find_boilerplate(index, units, index.alive, self._settings)
        self._unit_starts = starts = index.units_from()
        for some in chunks(new, _CHUNK):
            features = self.features(some.tolist())
            units = np.concatenate([features[number].units for number in some.tolist()])
            outlets = np.repeat(index.stories["outlet"][some], index.stories["units"][some])
            index.left_out[starts[some[0]] : starts[some[-1] + 1]] = boilerplate.mask(units, outlets)
            for number, story in features.items():
                index.left_out[starts[number] : starts[number] + story.standfirst] = False

    def _body(self, number: int, story: Features) -> Body:
        start, end = self._unit_starts[number : number + 2]
        return read_body(story, self._index.left_out[start:end])

    def _fields_of(self, numbers: Places) -> list[IndexFields]:
        """The index fields of stories, computed if they are not cached."""
        missing = [number for number in numbers.tolist() if number not in self._fields]
        for number, story in self.features(missing).items():
            self._fields[number] = self._compute_fields(number, story)
        return [self._fields[number] for number in numbers.tolist()]

    def _compute_fields(self, number: int, story: Features) -> IndexFields:
        body = self._body(number, story)
        fields = index_fields(story, body, self._settings)
        row = self._index.stories[number]
        row["key"], row["words"], row["shingles"] = body.key, body.words, len(body.shingles)
        row["sampled"] = len(fields.sample)
        return fields
