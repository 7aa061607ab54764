"""Reading a story: all that it will be compared by, as hashes, so that its text is gone through once and not again.

A reading rests on the story and the alias file alone. What depends on the other stories, such as which of its sentences
its outlet repeats, is worked out from the readings.
"""

import json
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.records import UNKNOWN_LANGUAGE, Role, StoredFeatures, Story
from pipeline.stages.dedupe.signs import Aliases, Sign, default_aliases, read_signs, sign_keys, sign_kinds, simplify
from pipeline.stages.dedupe.terms import (
    CHARACTER,
    DIGITS,
    FUNCTION,
    LETTER,
    Hashes,
    Kinds,
    Mask,
    Words,
    digest,
    distinct,
    hash_all,
    normalise,
    read_words,
    sentences,
    shingle,
    terms,
    title_runs,
    title_terms,
    tokens,
)
from pipeline.text.function_words import BY_LANGUAGE
from pipeline.text.headlines import read_headline, read_summary, strip_markup
from pipeline.text.vectors import LANGUAGES, Embed, Vectors
from pipeline.text.vectors import embed as built_in

_KANA, _HANGUL = re.compile(r"[\u3041-\u30ff]"), re.compile(r"[\uac00-\ud7a3]")
# Hiragana but for one that Chinese writes in names of shops, and characters that are neither of its two scripts.
_JAPANESE = re.compile(r"[\u3041-\u306d\u306f-\u3096円気発売経済続対実県変関黒図験単広沢浜観検険駅総帰権戦労働]")
_HAN, _LATIN = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[a-zA-Z]")
_SAMPLE = 2_000  # characters looked at
_WORDS, _LEAST, _LEAD = 2, 1.0, 1.5  # words that speak for a language, their weight, and that against the next one's
# Letters that one of the languages has and the others have in names at most.
_LETTERS = {
    "de": re.compile("ß"), "fr": re.compile("[œêèùûëï]"), "es": re.compile("[ñ¿¡]"), "pt": re.compile("[ãõ]"),
    "sv": re.compile("å"), "pl": re.compile("[łąęśźżń]"), "tr": re.compile("[ğış]"), "vi": re.compile("[ơưạ-ỹ]"),
    "ru": re.compile("[ыэёй]"),
}  # fmt: skip
_SPREAD = Counter(word for words in BY_LANGUAGE.values() for word in words)  # languages that have a word


def tongue(story: Story) -> str:
    """The primary language subtag, `und` where nothing tells."""
    for said in (story.language, story.declared_language):
        if said and said != UNKNOWN_LANGUAGE:
            return said.split("-")[0].lower()
    return guess(f"{story.title}\n{story.standfirst}\n{story.text[:_SAMPLE]}"[:_SAMPLE])


def guess(text: str) -> str:
    """The language by script, else by its letters and function words, which count the less the more languages have one.

    Nothing is better than a wrong guess: a story of unknown language may join any.
    """
    kana, hangul, han = (len(script.findall(text)) for script in (_KANA, _HANGUL, _HAN))
    letters = len(_LATIN.findall(text))
    if hangul > max(kana, han) and 3 * hangul > letters:
        return "ko"
    if 3 * (kana + han) > letters and kana + han:
        return "ja" if 10 * kana > han or 20 * len(_JAPANESE.findall(text)) > han else "zh"
    words = set(tokens(normalise(text)))
    (most, best), (next_most, _) = sorted(
        ((_score(words, language), language) for language in BY_LANGUAGE), reverse=True
    )[:2]
    return best if most >= _LEAST and most >= _LEAD * next_most else UNKNOWN_LANGUAGE


def _score(words: set[str], language: str) -> float:
    letter = _LETTERS.get(language)
    own = words & BY_LANGUAGE[language]
    spelt = sum(1 for word in words - own if letter.search(word)) if letter else 0
    if len(own) + spelt < _WORDS:
        return 0.0
    return spelt + math.fsum(1.0 / _SPREAD[word] for word in own)  # the same whatever the order of the words


FEATURES_VERSION = 4  # raise it when a reading of the same story changes
_EDGE = 400  # characters at either end of a text, where it says whose it is
_SUMMARY = 300  # characters of a summary that are embedded
EMBEDDED = LANGUAGES | {UNKNOWN_LANGUAGE}
_ALIGNED = 8  # bytes

_ARRAYS = (("units", "<u8"), ("sign_keys", "<u8"), ("words", "<u4"), ("ends", "<u4"), ("headline", "<u4"),
           ("runs", "<u4"), ("kinds", "u1"), ("sign_kinds", "u1"), ("vectors", "i1"))  # fmt: skip


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
    vectors: npt.NDArray[np.int8]  # of the title, then of title and summary; empty where there are none
    rule: str  # by which the story carries no event: a digest, a listing; empty if it may carry one
    has_lead: bool  # whether the beginning of its text says what the story is about
    forms: bytes  # the signs as the story has them: packed JSON, opened where they are needed

    @property
    def is_told(self) -> bool:
        """Whether a story tells something itself: a letter does not, and a read only points to what does."""
        return self.role in ("article", "feature")

    def signs(self) -> dict[Sign, str]:
        """What the story names, each with the form it uses."""
        return {(kind, key): form for kind, key, form in json.loads(zlib.decompress(self.forms))}


def extract_features(
    story: Story, aliases: Aliases | None = None, vectors: Vectors | None = None, *, embed: Embed | None = built_in
) -> StoredFeatures:
    """Extract a story's features. `aliases` are the names that mean the same; by default those of the program.

    `vectors` are those of `texts_to_embed`, if they are known; else `embed` makes them, and None leaves them out.
    """
    names = aliases or default_aliases()
    headline = read_headline(story.title, story.outlet)
    title, plain_title = _plain(headline.text), _plain(story.title)
    standfirst, body = (_plain(strip_markup(text)) for text in (story.standfirst, story.text))
    lead, units = sentences(standfirst), sentences(body)
    unit_tokens = [tokens(unit) for unit in (*lead, *units)]
    language = tongue(story)
    words, kinds = read_words([word for unit in unit_tokens for word in unit], language)
    signs = read_signs(story, language, names)
    if vectors is None and embed is not None:
        vectors = embed(texts_to_embed(story, language))
    meta = (
        story.source, story.outlet, story.entry, story.document, story.canonical_url, story.role,
        story.dated_at.isoformat() if story.dated_at else None, len(story.text) // (2 if story.truncated else 1),
        language, " ".join(tokens(plain_title)), f"{story.text[:_EDGE]}\n{story.text[-_EDGE:]}".casefold(),
        sorted(name.name for name in names.find_plain(simplify(story.title)) if name.kind == "companies"), len(lead),
        headline.rule, not read_summary(story.standfirst or story.text[:_SUMMARY])[1],
    )  # fmt: skip
    arrays: dict[str, Any] = {
        "units": hash_all([*lead, *units]),
        "sign_keys": sign_keys(signs),
        "words": words,
        "ends": np.cumsum([len(unit) for unit in unit_tokens], dtype=np.int64),
        "headline": title_terms(title, language),
        "runs": title_runs(title, language),
        "kinds": kinds,
        "sign_kinds": sign_kinds(signs),
        "vectors": _both(vectors),
    }
    return StoredFeatures(story.id, _pack(meta, [(*sign, form) for sign, form in signs.items()], arrays))


def texts_to_embed(story: Story, language: str | None = None) -> list[str]:
    """The texts whose vectors a story is compared by: title, title with summary. Empty if unknown to the model."""
    if (language or tongue(story)) not in EMBEDDED or story.role not in ("article", "feature"):
        return []
    title = read_headline(story.title, story.outlet).text
    summary = read_summary(story.standfirst or story.text[: 4 * _SUMMARY])[0][:_SUMMARY]
    if not title:
        return []
    return [title, f"{title}. {summary}"] if summary else [title]


def _both(vectors: Vectors | None) -> npt.NDArray[np.int8]:
    """The two vectors of a story in one row; a story without a summary has its title's twice."""
    if vectors is None or not len(vectors):
        return np.empty(0, dtype=np.int8)
    return np.concatenate([vectors[0], vectors[-1]])


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
    (
        source,
        outlet,
        entry,
        document,
        address,
        role,
        dated_at,
        size,
        language,
        title,
        edges,
        companies,
        lead,
        rule,
        has_lead,
    ) = meta
    return Features(
        story, source, outlet, entry, document, address, role,
        datetime.fromisoformat(dated_at) if dated_at else None,
        size, language, title, edges, tuple(companies), lead, **arrays,
        rule=rule, has_lead=has_lead, forms=data[place + sizes[0] :],
    )  # fmt: skip


_LEAD_WORDS = 60  # of the body, from its start, where news says what happened
_LEAD_READ = 600  # words that are gone through for them
_CHARACTERS_A_WORD = 2  # of a script without spaces
_WORDS_A_SHINGLE, _CHARACTERS_A_SHINGLE, _LETTERS_A_SHINGLE = 2, 3, 8


@dataclass(frozen=True, slots=True)
class Body:
    """What copies are found by. `key` is the hash of all words of the body, 0 where it is empty."""

    key: int
    words: int
    unspaced: bool  # half of it or more is in a script without spaces
    shingles: Hashes
    figures: Words  # the numbers it names, sorted
    lead: Words  # what its beginning is compared by, see terms.py


def read_body(gist: Features, left_out: Mask | None = None) -> Body:
    """The body without the units that are left out; the mask has those of the standfirst too, none of them set."""
    before = int(gist.ends[gist.standfirst - 1]) if gist.standfirst else 0
    words, kinds = gist.words[before:], gist.kinds[before:]
    if left_out is not None and left_out.any():
        kept = np.repeat(~left_out, np.diff(gist.ends, prepend=0))[before:]
        words, kinds = words[kept], kinds[kept]
    characters = int(np.count_nonzero(kinds & CHARACTER))
    letters = int(np.count_nonzero(kinds & LETTER))
    unspaced = 2 * characters >= len(words) > 0
    width = _WORDS_A_SHINGLE
    if unspaced:
        width = _LETTERS_A_SHINGLE if 2 * letters >= characters else _CHARACTERS_A_SHINGLE
    return Body(
        key=digest(words.tobytes().hex()) if len(words) else 0,
        words=len(words),
        unspaced=unspaced,
        shingles=shingle(words, width),
        figures=distinct(words[(kinds & DIGITS) != 0]),
        lead=_lead(gist, before, words, kinds),
    )


def _lead(gist: Features, before: int, words: Words, kinds: Kinds) -> Words:
    """The standfirst and the body's beginning, as far as so many words that say something."""
    if not gist.has_lead:
        return words[:0]
    first = np.concatenate([gist.words[:before], words[:_LEAD_READ]])
    kind = np.concatenate([gist.kinds[:before], kinds[:_LEAD_READ]])
    says = np.where(kind & CHARACTER, 1.0 / _CHARACTERS_A_WORD, 1.0)
    says[(kind & FUNCTION) != 0] = 0.0
    end = int(np.searchsorted(np.cumsum(says), _LEAD_WORDS, side="right"))
    return terms(first[:end], kind[:end])
