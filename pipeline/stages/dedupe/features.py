"""Reading a story: all that it will be compared by, as hashes, so that its text is gone through once and not again.

A reading rests on the story and the alias file alone. What depends on the other stories, such as which of its sentences
its outlet repeats, is worked out from the readings.
"""

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from pipeline.records import Role, StoredFeatures, Story
from pipeline.stages.dedupe.aliases import Aliases, default_aliases
from pipeline.stages.dedupe.romanise import simplify
from pipeline.stages.dedupe.shingles import Hashes, Kinds, Words, hash_all, sentences, tokens
from pipeline.stages.dedupe.signs import Sign, read_signs, sign_keys, sign_kinds
from pipeline.stages.dedupe.terms import read_words, title_runs, title_terms
from pipeline.stages.dedupe.tongue import tongue

FEATURES_VERSION = 3  # raise it when a reading of the same story changes
_EDGE = 400  # characters at either end of a text, where it says whose it is
_ALIGNED = 8  # bytes

_ARRAYS = (("units", "<u8"), ("sign_keys", "<u8"), ("words", "<u4"), ("ends", "<u4"), ("headline", "<u4"),
           ("runs", "<u4"), ("kinds", "u1"), ("sign_kinds", "u1"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Features:
    """A reading, opened. A unit is a line or sentence; the first ones are the standfirst's."""

    id: str
    source: str
    outlet: str
    entry: str
    document: str | None
    address: str | None
    role: Role
    dated_at: datetime | None
    size: int  # characters of the body, half of them where it is cut short
    language: str
    title: str  # its words
    edges: str  # beginning and end of the body, folded
    companies: tuple[str, ...]  # that the title names
    standfirst: int  # units
    units: Hashes
    ends: Words  # for each unit how many words there are up to its end
    words: Words
    kinds: Kinds  # of the words, see terms.py
    headline: Words  # what the title is compared by: its words
    runs: Words  # and the runs of characters in them
    sign_keys: Hashes
    sign_kinds: Kinds
    forms: bytes  # the signs as the story has them: packed JSON, opened where they are needed

    @property
    def is_told(self) -> bool:
        """Whether a story tells something itself: a letter does not, and a read only points to what does."""
        return self.role in ("article", "feature")

    def signs(self) -> dict[Sign, str]:
        """What the story names, each with the form it uses."""
        return {(kind, key): form for kind, key, form in json.loads(zlib.decompress(self.forms))}


def extract_features(story: Story, aliases: Aliases | None = None) -> StoredFeatures:
    """Read one story. `aliases` are the names that mean the same; by default those of the program."""
    names = aliases or default_aliases()
    title, standfirst, body = _plain(story.title), _plain(story.standfirst), _plain(story.text)
    lead, units = sentences(standfirst), sentences(body)
    told = [tokens(unit) for unit in (*lead, *units)]
    language = tongue(story)
    words, kinds = read_words([word for unit in told for word in unit], language)
    signs = read_signs(story, language, names)
    meta = (
        story.source, story.outlet, story.entry, story.document, story.canonical_url, story.role,
        story.dated_at.isoformat() if story.dated_at else None, len(story.text) // (2 if story.truncated else 1),
        language, " ".join(tokens(title)), f"{story.text[:_EDGE]}\n{story.text[-_EDGE:]}".casefold(),
        sorted(name.name for name in names.find_plain(simplify(story.title)) if name.kind == "companies"), len(lead),
    )  # fmt: skip
    arrays: dict[str, Any] = {
        "units": hash_all([*lead, *units]),
        "sign_keys": sign_keys(signs),
        "words": words,
        "ends": np.cumsum([len(unit) for unit in told], dtype=np.int64),
        "headline": title_terms(title, language),
        "runs": title_runs(title, language),
        "kinds": kinds,
        "sign_kinds": sign_kinds(signs),
    }
    return StoredFeatures(story.id, _pack(meta, [(*sign, form) for sign, form in signs.items()], arrays))


def open_features(features: Iterable[StoredFeatures]) -> list[Features]:
    """Readings opened, by story id; of two of one story the later counts."""
    latest = {reading.story: reading.data for reading in features}
    return [_unpack(story, latest[story]) for story in sorted(latest)]


def _plain(text: str) -> str:
    """Both Chinese scripts as one, so that a converted copy is a copy."""
    return simplify(text).casefold()


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()  # ASCII: half a surrogate pair is spelt out


def _pack(meta: Sequence[Any], signs: Sequence[Any], arrays: dict[str, Any]) -> bytes:
    """The lengths of all parts, then the parts, those of wide numbers first, so that each stands aligned."""
    told, forms = _json(meta), zlib.compress(_json(signs), 1)
    made = [np.asarray(arrays[name]).astype(kind).tobytes() for name, kind in _ARRAYS]
    sizes = np.array([len(told), len(forms), *map(len, made)], dtype="<u8")
    return b"".join([sizes.tobytes(), *made, told, forms])


def _unpack(story: str, data: bytes) -> Features:
    count = 2 + len(_ARRAYS)
    sizes = np.frombuffer(data, dtype="<u8", count=count).tolist()
    place = _ALIGNED * count
    arrays = {}
    for (name, kind), size in zip(_ARRAYS, sizes[2:], strict=True):
        dtype = np.dtype(kind)
        arrays[name] = np.frombuffer(data, dtype=dtype, count=size // dtype.itemsize, offset=place)
        place += size
    meta = json.loads(data[place : place + sizes[0]])
    source, outlet, entry, document, address, role, dated_at, size, language, title, edges, companies, lead = meta
    return Features(
        story, source, outlet, entry, document, address, role,
        datetime.fromisoformat(dated_at) if dated_at else None,
        size, language, title, edges, tuple(companies), lead, **arrays, forms=data[place + sizes[0] :],
    )  # fmt: skip
