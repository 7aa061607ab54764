# mypy: allow-untyped-calls
"""What dedupe knows of the stories it compares: an inverted index that grows by a part a round, and what was decided.

A story has a number for as long as it is compared; one whose text, or whose outlet's boilerplate, has changed comes in
anew under another number. Parts are never changed; when half of what they hold is gone they are made one.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.stages.dedupe.postings import Entries, Postings, entries_of, keys_of, renumbered
from pipeline.stages.dedupe.terms import Hashes, Mask, Places
from pipeline.text.vectors import Vectors

_ALIGNED = 8  # bytes


def pack(arrays: Mapping[str, npt.NDArray[Any]], **told: Any) -> bytes:
    """One-dimensional arrays, and whatever else JSON can tell."""
    head = [[name, len(array), _kind(array.dtype)] for name, array in arrays.items()]
    line = json.dumps([head, told], separators=(",", ":")).encode()  # ASCII: half a surrogate pair is spelt out
    parts = [memoryview(np.array([len(line)], dtype="<u8").tobytes())]
    for part in (memoryview(line), *(np.ascontiguousarray(array).view(np.uint8).data for array in arrays.values())):
        parts += [part, memoryview(b"\0" * (_up(len(part)) - len(part)))]
    return b"".join(parts)


def unpack(data: bytes) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """The arrays, which are views of the bytes, and what was told beside them."""
    size = int(np.frombuffer(data, dtype="<u8", count=1)[0])
    place = _ALIGNED
    head, told = json.loads(data[place : place + size])
    place += _up(size)
    arrays = {}
    for name, length, kind in head:
        dtype = np.dtype(kind if isinstance(kind, str) else [(field, each) for field, each in kind])
        arrays[name] = np.frombuffer(data, dtype=dtype, count=length, offset=place)
        place += _up(length * dtype.itemsize)
    return arrays, told


def _kind(dtype: np.dtype[Any]) -> Any:
    return dtype.str if dtype.names is None else [[name, dtype[name].str] for name in dtype.names]


def _up(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


Table = npt.NDArray[Any]  # of records

# units: sentences of the body. sample: of its shingles. words: of title and lead. runs: of characters in the title.
# signs: what needs no translation.
FIELDS = ("units", "sample", "words", "runs", "signs")
EVENTLESS = ("", "digest", "listing", "repository")  # rules by which a story carries no event; the first: it may
TOLD, READ, LETTER = 2, 1, 0  # roles

STORY = np.dtype([
    ("outlet", "<u8"), ("heading", "<u8"), ("title", "<u8"), ("whole", "<u8"),  # hashes; 0 for none
    ("address", "<u8"), ("entry", "<u8"), ("document", "<u8"), ("language", "<u8"),
    ("key", "<u8"), ("dated", "<f8"), ("size", "<i8"),  # of the body: hash, seconds since 1970, characters
    ("units", "<i4"), ("words", "<i4"), ("shingles", "<i4"), ("sampled", "<i4"),  # how many
    ("role", "u1"), ("rule", "u1"),  # the second as a place in EVENTLESS
])  # fmt: skip
STATE = np.dtype([
    ("alive", "?"),  # it is compared; else it is of no window any more, or has come in anew
    ("sampled", "?"),  # it stands for all that have its body
    ("indexed", "?"),  # by its words, as what is no copy
    ("winner", "<i4"),  # the number of what it is folded into, its own where it is no copy
    ("rule", "u1"), ("figure", "<f8"),  # by which it is folded, as a place in RULES
    ("vector", "<i4"),  # the place of its vectors, -1 for none
    ("loose", "<i4"),  # its group under the loose bounds, as `label`
    ("label", "<i4"),  # of its event: the number of one of its stories
])  # fmt: skip
NEAR = np.dtype([("one", "<i4"), ("other", "<i4"), ("alike", "<f8"), ("contained", "<f8"), ("flags", "u1")])
# What two stories share. Cosines are in ten-thousandths; a pair without vectors is weighed without them.
PAIR = np.dtype([
    ("one", "<i4"), ("other", "<i4"), ("words", "<i2"), ("runs", "<i2"), ("vectors", "<i2"), ("minutes", "<i4"),
    ("outlet", "?"), ("has_vectors", "?"),
])  # fmt: skip
NAMED = np.dtype([("one", "<i4"), ("other", "<i4")])
RULES = ("", "address", "body", "near copy")
_EDGES = {"near": NEAR, "named": NAMED}
_MOST_PARTS = 12


@dataclass(frozen=True, slots=True)
class Parts:
    """An index as it is kept: what was decided, and the parts to keep; in place of all earlier ones, or beside them."""

    state: bytes
    parts: tuple[bytes, ...]
    anew: bool


class Index:
    """An index in memory, which one round adds to."""

    def __init__(self, state: bytes | None = None, parts: Sequence[bytes] = ()) -> None:
        """An empty one, or one that was kept."""
        self.names: list[str] = []
        self.sources: list[str] = []
        self.digests: list[str] = []
        self.stories: Table = np.empty(0, dtype=STORY)
        self.state: Table = np.empty(0, dtype=STATE)
        self.left_out: Mask = np.empty(0, dtype=bool)  # for each unit of each story in turn
        self.postings: dict[str, list[Postings]] = {name: [] for name in FIELDS}
        self.edges: dict[str, Table] = {name: np.empty(0, dtype=kind) for name, kind in _EDGES.items()}
        self.told: dict[str, Any] = {}
        self.pairs: Table = np.empty(0, dtype=PAIR)  # of the stories that are kept, as the last round compared them
        self.vectors: Vectors = np.empty((0, 0), dtype=np.int8)  # two to a row
        for part in parts:
            self._read(part)
        self._parts = len(parts)
        self._first = len(self.names)
        self._vectors = len(self.vectors)
        self._edges = {name: len(table) for name, table in self.edges.items()}
        self._postings = {name: len(each) for name, each in self.postings.items()}
        if state is not None:
            arrays, self.told = unpack(state)
            self.state, self.pairs = arrays["state"].copy(), arrays["pairs"]

    def __len__(self) -> int:
        """How many numbers were given out."""
        return len(self.names)

    @property
    def alive(self) -> Mask:
        """Which stories are compared; a view."""
        return self.state["alive"]

    @property
    def kept(self) -> Mask:
        """Which of them tell something and are no copies."""
        is_winner: Mask = self.state["winner"] == np.arange(len(self))
        told: Mask = self.stories["role"] == TOLD
        return self.alive & is_winner & told

    def mask(self, numbers: Places) -> Mask:
        """These stories among all."""
        mask = np.zeros(len(self), dtype=bool)
        mask[numbers] = True
        return mask

    def numbers(self) -> dict[str, int]:
        """The stories that are compared, each with its number."""
        return {self.names[number]: number for number in np.flatnonzero(self.alive).tolist()}

    def copies(self) -> dict[str, str]:
        """Folded stories, each with its winner."""
        folded = self.alive & (self.state["winner"] != np.arange(len(self)))
        return {
            self.names[number]: self.names[self.state["winner"][number]] for number in np.flatnonzero(folded).tolist()
        }

    def add(self, names: Sequence[str], sources: Sequence[str], digests: Sequence[str], stories: Table) -> Places:
        """Take in stories; their numbers."""
        numbers = np.arange(len(self), len(self) + len(names))
        self.names += names
        self.sources += sources
        self.digests += digests
        self.stories = np.concatenate([self.stories, stories])
        self.left_out = np.concatenate([self.left_out, np.zeros(int(stories["units"].sum()), dtype=bool)])
        state = np.zeros(len(names), dtype=STATE)
        state["alive"], state["winner"], state["label"], state["loose"] = True, numbers, numbers, numbers
        state["vector"] = -1
        self.state = np.concatenate([self.state, state])
        return numbers

    def put(self, field: str, postings: Postings) -> None:
        """Add a part to a field."""
        self.postings[field].append(postings)

    def put_vectors(self, numbers: Places, vectors: Sequence[Vectors]) -> None:
        """Add the vectors of stories. Those of another width than the index has are left out."""
        width = self.vectors.shape[1] or next((len(each) for each in vectors if len(each)), 0)
        fitting = [place for place, each in enumerate(vectors) if len(each) == width > 0]
        if fitting:
            added = np.stack([vectors[place] for place in fitting])
            self.state["vector"][numbers[fitting]] = np.arange(len(fitting)) + len(self.vectors)
            self.vectors = np.concatenate([self.vectors.reshape(-1, width), added])

    def link(self, name: str, edges: Table) -> None:
        """Add pairs of stories."""
        self.edges[name] = np.concatenate([self.edges[name], edges])

    def entries(self, field: str, wanted: Hashes, mask: Mask) -> Entries:
        """Who of the mask has one of these keys, which are distinct and in order."""
        return entries_of(self.postings[field], wanted, mask)

    def keys(self, field: str, mask: Mask) -> tuple[Hashes, Places]:
        """The keys of the stories in the mask, with the number of the story."""
        return keys_of(self.postings[field], mask)

    def between(self, name: str, mask: Mask) -> Table:
        """The pairs whose stories both are in the mask."""
        edges = self.pairs if name == "pairs" else self.edges[name]
        return edges[mask[edges["one"]] & mask[edges["other"]]]  # type: ignore[no-any-return]

    def units_from(self) -> Places:
        """Where the units of each story begin in `left_out`."""
        return np.concatenate([[0], np.cumsum(self.stories["units"], dtype=np.int64)])

    def pack(self, **told: Any) -> Parts:
        """The index as it is to be kept after this round, and what is to be told beside it."""
        told = self.told | told
        if self._parts >= _MOST_PARTS or 2 * np.count_nonzero(self.alive) < len(self):
            whole = self._compacted()
            return Parts(pack({"state": whole.state, "pairs": whole.pairs}, **told), (whole._part(),), anew=True)
        parts = (self._part(),) if len(self) > self._first or self._has_grown() else ()
        return Parts(pack({"state": self.state, "pairs": self.pairs}, **told), parts, anew=False)

    def _has_grown(self) -> bool:
        grown = any(len(table) > self._edges[name] for name, table in self.edges.items())
        return grown or any(len(each) > self._postings[name] for name, each in self.postings.items())

    def _part(self) -> bytes:
        """What this round has added."""
        first = self._first
        numbers = np.arange(len(self))
        arrays: dict[str, npt.NDArray[Any]] = {
            "stories": self.stories[first:],
            "vectors": self.vectors[self._vectors :].ravel(),
            "left_out": self.left_out[int(self.stories["units"][:first].sum()) :],
        }
        for name, parts in self.postings.items():
            added = parts[self._postings[name] :]
            one = added[0] if len(added) == 1 else renumbered(added, numbers)
            arrays |= {f"{name} keys": one.keys, f"{name} stories": one.docs}
        arrays |= {name: table[self._edges[name] :] for name, table in self.edges.items()}
        return pack(
            arrays,
            names=self.names[first:],
            sources=self.sources[first:],
            digests=self.digests[first:],
            width=self.vectors.shape[1],
        )

    def _read(self, part: bytes) -> None:
        arrays, told = unpack(part)
        self.names += told["names"]
        self.sources += told["sources"]
        self.digests += told["digests"]
        self.stories = np.concatenate([self.stories, arrays["stories"]])
        self.left_out = np.concatenate([self.left_out, arrays["left_out"]])
        if len(arrays["vectors"]):
            width = told["width"]
            self.vectors = np.concatenate([self.vectors.reshape(-1, width), arrays["vectors"].reshape(-1, width)])
        for name in FIELDS:
            self.postings[name].append(Postings(arrays[f"{name} keys"], arrays[f"{name} stories"]))
        for name in _EDGES:
            self.link(name, arrays[name])

    def _compacted(self) -> "Index":
        """The same without what is gone, as one part."""
        alive = self.alive
        numbers = np.where(alive, np.cumsum(alive) - 1, -1)
        whole = Index()
        for mine, theirs in ((self.names, whole.names), (self.sources, whole.sources), (self.digests, whole.digests)):
            theirs += [mine[number] for number in np.flatnonzero(alive).tolist()]
        whole.stories = self.stories[alive]
        whole.left_out = self.left_out[np.repeat(alive, self.stories["units"])]
        whole.state = self.state[alive]
        for column in ("winner", "label", "loose"):
            whole.state[column] = numbers[whole.state[column]]
        held = whole.state["vector"] >= 0
        whole.vectors = self.vectors[whole.state["vector"][held]]
        whole.state["vector"][held] = np.arange(len(whole.vectors))
        whole.postings = {name: [renumbered(parts, numbers)] for name, parts in self.postings.items()}
        for name in (*_EDGES, "pairs"):
            edges = self.between(name, alive).copy()
            edges["one"], edges["other"] = numbers[edges["one"]], numbers[edges["other"]]
            if name == "pairs":
                whole.pairs = edges
            else:
                whole.edges[name] = edges
        return whole


def chunks(numbers: Places, size: int = 1_000) -> Iterator[Places]:
    """The numbers, so many at a time: memory does not follow how many there are."""
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]
