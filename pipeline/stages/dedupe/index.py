# mypy: allow-untyped-calls
"""The index of compared stories: an inverted index that grows by one part a round, and the state of each story.

A story is known by its number, and gets a new one if its text or boilerplate changes. Parts are immutable; they are
merged into one when there are too many, or when more than half of the stories in them are gone.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.stages.dedupe.postings import Entries, Postings, find_entries, find_keys, merge
from pipeline.stages.dedupe.terms import Hashes, Mask, Places
from pipeline.text.vectors import Vectors

_ALIGNED = 8  # bytes


def pack(arrays: Mapping[str, npt.NDArray[Any]], **metadata: Any) -> bytes:
    """Pack one-dimensional arrays and metadata as JSON."""
    head = [[name, len(array), _kind(array.dtype)] for name, array in arrays.items()]
    line = json.dumps([head, metadata], separators=(",", ":")).encode()  # ASCII: escapes half a surrogate pair
    parts = [memoryview(np.array([len(line)], dtype="<u8").tobytes())]
    for part in (memoryview(line), *(np.ascontiguousarray(array).view(np.uint8).data for array in arrays.values())):
        parts += [part, memoryview(b"\0" * (_up(len(part)) - len(part)))]
    return b"".join(parts)


def unpack(data: bytes) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """Return the arrays, as views of the bytes, and the metadata."""
    size = int(np.frombuffer(data, dtype="<u8", count=1)[0])
    place = _ALIGNED
    head, metadata = json.loads(data[place : place + size])
    place += _up(size)
    arrays = {}
    for name, length, kind in head:
        dtype = np.dtype(kind if isinstance(kind, str) else [(field, type_) for field, type_ in kind])
        arrays[name] = np.frombuffer(data, dtype=dtype, count=length, offset=place)
        place += _up(length * dtype.itemsize)
    return arrays, metadata


def _kind(dtype: np.dtype[Any]) -> Any:
    return dtype.str if dtype.names is None else [[name, dtype[name].str] for name in dtype.names]


def _up(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


Table = npt.NDArray[Any]  # of records

# units: sentences of the body. sample: shingles of the body. words: of title and lead. runs: of characters in the
# title. signs: names, amounts and dates, which need no translation.
FIELDS = ("units", "sample", "words", "runs", "signs")
EVENTLESS = ("", "digest", "listing", "repository")  # why a story reports no event; empty if it may
# The parts of a story that are left out of the comparison.
CLEANED = ("the outlet's name at the end of the title", "the series name in the title", "the fields of a link feed")
ARTICLE, READ, LETTER = 2, 1, 0  # roles

STORY = np.dtype([
    ("outlet", "<u8"), ("heading", "<u8"), ("title", "<u8"), ("whole", "<u8"),  # hashes; 0 for none
    ("address", "<u8"), ("entry", "<u8"), ("document", "<u8"), ("language", "<u8"),
    ("opening", "<u8"), ("figures", "<u8"),  # hashes of the title's beginning and figures
    ("key", "<u8"), ("dated", "<f8"), ("size", "<i8"),  # hash of the body, seconds since 1970, characters
    ("units", "<i4"), ("words", "<i4"), ("shingles", "<i4"), ("sampled", "<i4"),  # how many
    ("role", "u1"), ("rule", "u1"), ("cleaned", "u1"),  # a position in EVENTLESS, and bits by position in CLEANED
])  # fmt: skip
STATE = np.dtype([
    ("winner", "<i4"),  # the story that it is folded into; its own number if it is no copy
    ("vector", "<i4"),  # the row of its vectors, -1 for none
    ("figure", "<f8"), ("rule", "u1"),  # why it is folded: a position in RULES
    ("alive", "?"),  # it is in the window, and has no newer number
    ("sampled", "?"),  # its sample is indexed, for all stories with its body
    ("indexed", "?"),  # by its words, runs and signs, as a winner
    ("component", "<i4"),  # of stories that events may be made of; a label of the last round
    ("label", "<i4"),  # of its event: the number of one of its stories
    ("loose", "<i4"),  # of its group by the loose bounds, like `label`
    ("best", "<i4"),  # the best story of its event
    ("inside", "<i4"), ("outside", "<i4"),  # the most similar story of its event and of other events, -1 for none
    ("unused", "V4"),
])  # fmt: skip
NEAR = np.dtype([("one", "<i4"), ("other", "<i4"), ("alike", "<f8"), ("contained", "<f8"), ("flags", "u1")])
# The features of a pair of stories. Cosines are in ten-thousandths.
PAIR = np.dtype([
    ("one", "<i4"), ("other", "<i4"), ("minutes", "<i4"), ("words", "<i2"), ("runs", "<i2"), ("vectors", "<i2"),
    ("outlet", "?"), ("form", "?"), ("has_vectors", "?"), ("unused", "V3"),  # numpy is slow if rows are not aligned
])  # fmt: skip
NAMED = np.dtype([("one", "<i4"), ("other", "<i4")])
COMMON = np.dtype([("language", "<u8"), ("key", "<u8")])  # a word or run that is common in a language
# Two events in two languages, each named by its first story in the language, and their mean cosine.
ACROSS = np.dtype([("one", "<i4"), ("other", "<i4"), ("cosine", "<f8")])
RULES = ("", "address", "body", "near copy")
NEAREST = ("inside", "outside")  # columns of STATE
_EDGES = {"near": NEAR, "named": NAMED}
_IN_STATE = ("pairs", "across")  # edges that are stored with the state
_MOST_PARTS = 12


@dataclass(frozen=True, slots=True)
class Parts:
    """A packed index: its state, and the parts to store, after the earlier parts or instead of them."""

    state: bytes
    parts: tuple[bytes, ...]
    replace_all: bool


class Index:
    """An index in memory, for one round."""

    def __init__(self, state: bytes | None = None, parts: Sequence[bytes] = ()) -> None:
        """Unpack a stored index; empty by default."""
        self.names: list[str] = []
        self.sources: list[str] = []
        self.digests: list[str] = []
        self.stories: Table = np.empty(0, dtype=STORY)
        self.state: Table = np.empty(0, dtype=STATE)
        self.left_out: Mask = np.empty(0, dtype=bool)  # boilerplate, for each unit of each story in turn
        self.postings: dict[str, list[Postings]] = {name: [] for name in FIELDS}
        self.edges: dict[str, Table] = {name: np.empty(0, dtype=kind) for name, kind in _EDGES.items()}
        self.metadata: dict[str, Any] = {}
        self.pairs: Table = np.empty(0, dtype=PAIR)  # of the stories in `kept`
        self.across: Table = np.empty(0, dtype=ACROSS)
        self.common: dict[str, Table] = {name: np.empty(0, dtype=COMMON) for name in ("words", "runs")}
        self.vectors: Vectors = np.empty((0, 0), dtype=np.int8)  # two in a row
        for part in parts:
            self._load(part)
        self._parts = len(parts)
        self._first = len(self.names)
        self._vectors = len(self.vectors)
        self._edges = {name: len(table) for name, table in self.edges.items()}
        self._postings = {name: len(parts) for name, parts in self.postings.items()}
        if state is not None:
            arrays, self.metadata = unpack(state)
            self.state, self.pairs = arrays["state"].copy(), arrays["pairs"]
            self.across = arrays.get("across", self.across)  # an index of an earlier version has none
            self.common = {name: arrays.get(f"common {name}", table) for name, table in self.common.items()}

    def __len__(self) -> int:
        """The number of stories, those that are gone included."""
        return len(self.names)

    @property
    def alive(self) -> Mask:
        """The stories in the window; a view."""
        return self.state["alive"]

    @property
    def kept(self) -> Mask:
        """The winners: articles in the window that are no copies."""
        is_winner: Mask = self.state["winner"] == np.arange(len(self))
        is_article: Mask = self.stories["role"] == ARTICLE
        return self.alive & is_winner & is_article

    def mask(self, numbers: Places) -> Mask:
        """The mask of these numbers."""
        mask = np.zeros(len(self), dtype=bool)
        mask[numbers] = True
        return mask

    def numbers(self) -> dict[str, int]:
        """Map the ids of the stories in the window to their numbers."""
        return {self.names[number]: number for number in np.flatnonzero(self.alive).tolist()}

    def copies(self) -> dict[str, str]:
        """Map folded stories to their winners, by id."""
        folded = np.flatnonzero(self.alive & (self.state["winner"] != np.arange(len(self)))).tolist()
        return {self.names[number]: self.names[self.state["winner"][number]] for number in folded}

    def add(self, names: Sequence[str], sources: Sequence[str], digests: Sequence[str], stories: Table) -> Places:
        """Add stories and return their numbers."""
        numbers = np.arange(len(self), len(self) + len(names))
        self.names += names
        self.sources += sources
        self.digests += digests
        self.stories = np.concatenate([self.stories, stories])
        self.left_out = np.concatenate([self.left_out, np.zeros(int(stories["units"].sum()), dtype=bool)])
        state = np.zeros(len(names), dtype=STATE)
        state["alive"] = True
        for column in ("winner", "label", "loose", "best"):
            state[column] = numbers
        state["vector"] = state["inside"] = state["outside"] = -1
        self.state = np.concatenate([self.state, state])
        return numbers

    def put(self, field: str, postings: Postings) -> None:
        """Add postings to a field."""
        self.postings[field].append(postings)

    def put_vectors(self, numbers: Places, vectors: Sequence[Vectors]) -> None:
        """Add the vectors of stories. Vectors of another width than the index has are ignored."""
        width = self.vectors.shape[1] or next((len(vector) for vector in vectors if len(vector)), 0)
        fitting = [place for place, vector in enumerate(vectors) if len(vector) == width > 0]
        if fitting:
            added = np.stack([vectors[place] for place in fitting])
            self.state["vector"][numbers[fitting]] = np.arange(len(fitting)) + len(self.vectors)
            self.vectors = np.concatenate([self.vectors.reshape(-1, width), added])

    def link(self, name: str, edges: Table) -> None:
        """Add pairs of stories."""
        self.edges[name] = np.concatenate([self.edges[name], edges])

    def entries(self, field: str, wanted: Hashes, mask: Mask) -> Entries:
        """The stories of a mask that have a wanted key; `wanted` is sorted and distinct."""
        return find_entries(self.postings[field], wanted, mask)

    def keys(self, field: str, mask: Mask) -> tuple[Hashes, Places]:
        """The keys of the stories of a mask, each with the number of its story."""
        return find_keys(self.postings[field], mask)

    def between(self, name: str, mask: Mask) -> Table:
        """The pairs with both stories in a mask."""
        edges = getattr(self, name) if name in _IN_STATE else self.edges[name]
        return edges[mask[edges["one"]] & mask[edges["other"]]]  # type: ignore[no-any-return]

    def change_pairs(self, kept: Mask, added: Table) -> None:
        """Keep the pairs with both stories in a mask, and add others. The greater number of a pair comes first."""
        ends = added["one"], added["other"]
        added["one"], added["other"] = np.maximum(*ends), np.minimum(*ends)
        added = added[np.argsort(self._pair_keys(added["one"], added["other"]))]
        pairs = self.between("pairs", kept)
        old, new = (self._pair_keys(table["one"], table["other"]) for table in (pairs, added))
        self.pairs = np.insert(pairs, np.searchsorted(old, new), added)

    def find_pairs(self, one: Places, other: Places) -> Places:
        """The positions of pairs of stories, which must exist."""
        keys = self._pair_keys(self.pairs["one"], self.pairs["other"])
        return np.searchsorted(keys, self._pair_keys(np.maximum(one, other), np.minimum(one, other)))

    def _pair_keys(self, one: Places, other: Places) -> Places:
        return one.astype(np.int64) * len(self) + other

    def units_from(self) -> Places:
        """The position in `left_out` where the units of each story start, and the end of the last."""
        return np.concatenate([[0], np.cumsum(self.stories["units"], dtype=np.int64)])

    def pack(self, **metadata: Any) -> Parts:
        """Pack the index with additional metadata."""
        replace_all = bool(self._parts >= _MOST_PARTS or 2 * np.count_nonzero(self.alive) < len(self))
        index = self._compact() if replace_all else self
        arrays = {"state": index.state, **{name: getattr(index, name) for name in _IN_STATE}}
        arrays |= {f"common {name}": table for name, table in self.common.items()}
        state = pack(arrays, **(self.metadata | metadata))
        has_part = replace_all or len(self) > self._first or self._has_grown()
        return Parts(state, (index._part(),) if has_part else (), replace_all)

    def _has_grown(self) -> bool:
        grown = any(len(table) > self._edges[name] for name, table in self.edges.items())
        return grown or any(len(parts) > self._postings[name] for name, parts in self.postings.items())

    def _part(self) -> bytes:
        """Pack what was added since the index was unpacked."""
        first = self._first
        numbers = np.arange(len(self))
        arrays: dict[str, npt.NDArray[Any]] = {
            "stories": self.stories[first:],
            "vectors": self.vectors[self._vectors :].ravel(),
            "left_out": self.left_out[int(self.stories["units"][:first].sum()) :],
        }
        for name, parts in self.postings.items():
            added = parts[self._postings[name] :]
            one = added[0] if len(added) == 1 else merge(added, numbers)
            arrays |= {f"{name} keys": one.keys, f"{name} stories": one.docs}
        arrays |= {name: table[self._edges[name] :] for name, table in self.edges.items()}
        return pack(
            arrays,
            names=self.names[first:],
            sources=self.sources[first:],
            digests=self.digests[first:],
            width=self.vectors.shape[1],
        )

    def _load(self, part: bytes) -> None:
        arrays, metadata = unpack(part)
        self.names += metadata["names"]
        self.sources += metadata["sources"]
        self.digests += metadata["digests"]
        self.stories = np.concatenate([self.stories, arrays["stories"]])
        self.left_out = np.concatenate([self.left_out, arrays["left_out"]])
        if len(arrays["vectors"]):
            width = metadata["width"]
            self.vectors = np.concatenate([self.vectors.reshape(-1, width), arrays["vectors"].reshape(-1, width)])
        for name in FIELDS:
            self.postings[name].append(Postings(arrays[f"{name} keys"], arrays[f"{name} stories"]))
        for name in _EDGES:
            self.link(name, arrays[name])

    def _compact(self) -> "Index":
        """A copy without the stories that are gone, with everything in one part."""
        alive = self.alive
        numbers = np.where(alive, np.cumsum(alive) - 1, -1)
        whole = Index()
        for mine, theirs in ((self.names, whole.names), (self.sources, whole.sources), (self.digests, whole.digests)):
            theirs += [mine[number] for number in np.flatnonzero(alive).tolist()]
        whole.stories = self.stories[alive]
        whole.left_out = self.left_out[np.repeat(alive, self.stories["units"])]
        whole.state = self.state[alive]
        for column in ("winner", "label", "loose", "best", *NEAREST):
            old = whole.state[column]
            whole.state[column] = np.where(old >= 0, numbers[old], -1)
        has_vector = whole.state["vector"] >= 0
        whole.vectors = self.vectors[whole.state["vector"][has_vector]]
        whole.state["vector"][has_vector] = np.arange(len(whole.vectors))
        whole.postings = {name: [merge(parts, numbers)] for name, parts in self.postings.items()}
        for name in (*_EDGES, *_IN_STATE):
            edges = self.between(name, alive).copy()
            edges["one"], edges["other"] = numbers[edges["one"]], numbers[edges["other"]]
            if name in _IN_STATE:
                setattr(whole, name, edges)
            else:
                whole.edges[name] = edges
        return whole


def chunks(numbers: Places, size: int = 1_000) -> Iterator[Places]:
    """Split numbers into chunks, which bounds memory."""
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]
