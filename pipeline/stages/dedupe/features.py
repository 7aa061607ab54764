"""Extract the features of a story, as hashes, so that its text is read only once.

Features depend on the story, the alias file and the vectors only. What depends on other stories, such as boilerplate,
is computed from the features.
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
    opening_and_figures,
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
# Hiragana except one that Chinese shop names use, and characters of neither Chinese script.
_JAPANESE = re.compile(r"[\u3041-\u306d\u306f-\u3096円気発売経済続対実県変関黒図験単広沢浜観検険駅総帰権戦労働]")
_HAN, _LATIN = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[a-zA-Z]")
_SAMPLE = 2_000  # characters that the language is guessed from
_WORDS, _LEAST, _LEAD = 2, 1.0, 1.5  # least number of known words, their least weight, its least ratio to the next
# Letters of one of the languages, which the others use in names at most.
_LETTERS = {
    "de": re.compile("ß"), "fr": re.compile("[œêèùûëï]"), "es": re.compile("[ñ¿¡]"), "pt": re.compile("[ãõ]"),
    "sv": re.compile("å"), "pl": re.compile("[łąęśźżń]"), "tr": re.compile("[ğış]"), "vi": re.compile("[ơưạ-ỹ]"),
    "ru": re.compile("[ыэёй]"),
}  # fmt: skip
_LANGUAGES_WITH = Counter(word for words in BY_LANGUAGE.values() for word in words)


def primary_language(story: Story) -> str:
    """The primary language subtag of a story: tagged, declared or guessed; `und` if unknown."""
    for tag in (story.language, story.declared_language):
        if tag and tag != UNKNOWN_LANGUAGE:
            return tag.split("-")[0].lower()
    return guess_language(f"{story.title}\n{story.standfirst}\n{story.text[:_SAMPLE]}"[:_SAMPLE])


def guess_language(text: str) -> str:
    """Guess the language by script, else by letters and function words; a word that many languages have counts less.

    An unknown language is better than a wrong one: a story of unknown language is compared with all.
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
    return spelt + math.fsum(1.0 / _LANGUAGES_WITH[word] for word in own)  # exact in any order


FEATURES_VERSION = 5  # increase it when the features of the same story change
_LINK_FEED = 4
_EDGE = 400  # characters at either end of a text, where it credits its source
_OPENING = 600  # characters of a text that may be its summary
_SUMMARY = 150  # characters of a summary that are embedded: more cost time and order pairs no better
EMBEDDED = LANGUAGES | {UNKNOWN_LANGUAGE}
_ALIGNED = 8  # bytes

_ARRAYS = (("units", "<u8"), ("sign_keys", "<u8"), ("words", "<u4"), ("ends", "<u4"), ("headline", "<u4"),
           ("runs", "<u4"), ("kinds", "u1"), ("sign_kinds", "u1"), ("vectors", "i1"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Features:
    """The features of a story, unpacked. A unit is a line or sentence; the standfirst's units come first."""

    id: str
    source: str
    outlet: str
    entry: str
    document: str | None
    address: str | None
    role: Role
    dated_at: datetime | None
    size: int  # characters of the body, halved if it is truncated
    language: str
    title: str  # the words of the title
    edges: str  # beginning and end of the body, folded
    opening: int  # hashes of the title's first run of characters and of its figures; 0 for none
    figures: int
    standfirst: int  # number of its units
    units: Hashes
    ends: Words  # for each unit the number of words up to its end
    words: Words
    kinds: Kinds  # of the words, see terms.py
    headline: Words  # terms of the title
    runs: Words  # runs of characters in the title
    sign_keys: Hashes
    sign_kinds: Kinds
    vectors: npt.NDArray[np.int8]  # of the title, then of title with summary; may be empty
    rule: str  # why the story reports no single event: a digest, a listing; empty if it may report one
    cleaned: int  # bits: the title had its outlet's name, or that of a series; the text is the fields of a link feed
    forms: bytes  # the signs as the story writes them: compressed JSON

    @property
    def is_told(self) -> bool:
        """Whether the story reports something itself. A letter does not; a read only points to a report."""
        return self.role in ("article", "feature")

    @property
    def body_start(self) -> int:
        """The number of words before the body."""
        return int(self.ends[self.standfirst - 1]) if self.standfirst else 0

    def signs(self) -> dict[Sign, str]:
        """The signs that the story names, each as it writes it."""
        return {(kind, key): form for kind, key, form in json.loads(zlib.decompress(self.forms))}


def extract_features(
    story: Story, aliases: Aliases | None = None, vectors: Vectors | None = None, *, embed: Embed | None = built_in
) -> StoredFeatures:
    """Extract a story's features. `aliases`: the names that mean the same; by default the built-in ones.

    `vectors`: those of `texts_to_embed`, if known. Else `embed` computes them; without it there are none.
    """
    names = aliases or default_aliases()
    headline = read_headline(story.title, story.outlet)
    title, plain_title = _plain(headline.text), _plain(story.title)
    standfirst, body = (_plain(strip_markup(text)) for text in (story.standfirst, story.text))
    lead, units = sentences(standfirst), sentences(body)
    unit_tokens = [tokens(unit) for unit in (*lead, *units)]
    language = primary_language(story)
    words, kinds = read_words([word for unit in unit_tokens for word in unit], language)
    signs = read_signs(story, language, names)
    if vectors is None and embed is not None:
        vectors = embed(texts_to_embed(story, language))
    is_link_feed = read_summary(story.standfirst or story.text[:_OPENING])[1]
    opening, title_figures = opening_and_figures(title, language)
    meta = (
        story.source, story.outlet, story.entry, story.document, story.canonical_url, story.role,
        story.dated_at.isoformat() if story.dated_at else None, len(story.text) // (2 if story.truncated else 1),
        language, " ".join(tokens(plain_title)), f"{story.text[:_EDGE]}\n{story.text[-_EDGE:]}".casefold(),
        opening, title_figures, len(lead),
        headline.rule, headline.had_outlet | headline.had_series << 1 | _LINK_FEED * is_link_feed,
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
        "vectors": _pair_vectors(vectors),
    }
    return StoredFeatures(story.id, _pack(meta, [(*sign, form) for sign, form in signs.items()], arrays))


def texts_to_embed(story: Story, language: str | None = None) -> list[str]:
    """The texts to embed: title, title with summary. None of a language that the model does not know."""
    if (language or primary_language(story)) not in EMBEDDED or story.role not in ("article", "feature"):
        return []
    title = read_headline(story.title, story.outlet).text
    summary = read_summary(story.standfirst or story.text[:_OPENING])[0][:_SUMMARY]
    if not title:
        return []
    return [title, f"{title}. {summary}"] if summary else [title]


def _pair_vectors(vectors: Vectors | None) -> npt.NDArray[np.int8]:
    """The two vectors of a story in one row. Without a summary it is the title's twice."""
    if vectors is None or not len(vectors):
        return np.empty(0, dtype=np.int8)
    return np.concatenate([vectors[0], vectors[-1]])


def open_features(stored: Iterable[StoredFeatures]) -> list[Features]:
    """Unpack features, in the order of story ids; the last of a story counts."""
    latest = {features.story: features.data for features in stored}
    return [_unpack(story, latest[story]) for story in sorted(latest)]


def _plain(text: str) -> str:
    """Fold case and both Chinese scripts, so that a converted copy is found."""
    return simplify(text).casefold()


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()  # ASCII, so that half a surrogate pair is escaped


def _pack(meta: Sequence[Any], signs: Sequence[Any], arrays: dict[str, Any]) -> bytes:
    """Pack the lengths of all parts, then the parts; wide numbers come first, so that all are aligned."""
    head, forms = _json(meta), zlib.compress(_json(signs), 1)
    packed = [np.asarray(arrays[name]).astype(kind).tobytes() for name, kind in _ARRAYS]
    sizes = np.array([len(head), len(forms), *map(len, packed)], dtype="<u8")
    return b"".join([sizes.tobytes(), *packed, head, forms])


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
    source, outlet, entry, document, address, role, dated_at, *others = meta
    size, language, title, edges, opening, title_figures, standfirst, rule, cleaned = others
    return Features(
        story, source, outlet, entry, document, address, role,
        datetime.fromisoformat(dated_at) if dated_at else None, size, language, title, edges,
        opening, title_figures, standfirst, **arrays, rule=rule, cleaned=cleaned, forms=data[place + sizes[0] :],
    )  # fmt: skip


_LEAD_WORDS = 60  # content words of the lead, where news reports what happened
_LEAD_SEARCHED = 600  # words of the body in which they are found
_CHARACTERS_A_WORD = 2  # of a script without spaces
_WORDS_A_SHINGLE, _CHARACTERS_A_SHINGLE, _LETTERS_A_SHINGLE = 2, 3, 8


@dataclass(frozen=True, slots=True)
class Body:
    """What a body is compared by. `key` is the hash of all its words, 0 if it is empty."""

    key: int
    words: int
    unspaced: bool  # at least half of it is in a script without spaces
    shingles: Hashes
    figures: Words  # its numbers, sorted
    lead: Words  # terms of the standfirst and the beginning


def read_body(features: Features, left_out: Mask | None = None) -> Body:
    """The body without the units of the mask `left_out`, which covers all units and sets none of the standfirst's."""
    start = features.body_start
    words, kinds = features.words[start:], features.kinds[start:]
    if left_out is not None and left_out.any():
        kept = np.repeat(~left_out, np.diff(features.ends, prepend=0))[start:]
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
        lead=_lead(features, words, kinds),
    )


def _lead(features: Features, words: Words, kinds: Kinds) -> Words:
    """The terms of the standfirst and the body's beginning, up to a number of content words."""
    if features.cleaned & _LINK_FEED:
        return words[:0]
    start = features.body_start
    first = np.concatenate([features.words[:start], words[:_LEAD_SEARCHED]])
    kind = np.concatenate([features.kinds[:start], kinds[:_LEAD_SEARCHED]])
    counts = np.where(kind & CHARACTER, 1.0 / _CHARACTERS_A_WORD, 1.0)
    counts[(kind & FUNCTION) != 0] = 0.0
    end = int(np.searchsorted(np.cumsum(counts), _LEAD_WORDS, side="right"))
    return terms(first[:end], kind[:end])
