"""The two general models: py3langid, fast and asked first; langdetect, slow and asked where py3langid hesitates.

Each process builds them once and never changes them, so that a text gets the same answer in any order and any process.
"""

import math
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from operator import itemgetter
from types import MappingProxyType
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from langdetect.detector_factory import DetectorFactory
from langdetect.lang_detect_exception import LangDetectException
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from pipeline.text.languages import RECOGNISED, RECOGNISED_BY_SCRIPT

# Scripts that several languages share. py3langid may answer with those that have newsrooms of some size: rarer ones
# would take more short texts from these than they have of their own.
TAGS_BY_SCRIPT: Mapping[str, frozenset[str]] = MappingProxyType(
    {script: RECOGNISED_BY_SCRIPT[script] for script in ("Latn", "Cyrl", "Arab", "Deva", "Beng")}
)
# Those that newsletters meet most often.
_USUAL = frozenset(("en", "de", "nl", "fr", "es", "it", "pt", "vi", "id", "ms", "fil", "hi", "ru", "ar", "bn"))
USUAL_BY_SCRIPT: Mapping[str, frozenset[str]] = MappingProxyType(
    {script: tags & _USUAL for script, tags in TAGS_BY_SCRIPT.items()}
)
# The codes of both models that are no canonical tags.
TAG_OF_CODE: Mapping[str, str] = MappingProxyType({"no": "nb", "tl": "fil", "sdh": "ckb"})
# Languages of the model that the tagger does not give, except those that are nearly one that it gives: Nigerian Pidgin,
# Bosnian, Nynorsk, Wu and Cantonese would take texts from English, Croatian, Bokmål and Chinese. "zxx" is no language.
_NEARLY_RECOGNISED = frozenset(("pcm", "bs", "nn", "wuu", "yue", "zxx"))
_LANGDETECT_CODES = (
    *("af", "ca", "cs", "da", "de", "en", "es", "fi", "fr", "hr", "hu", "id", "it", "nl", "no", "pl", "pt", "ro", "sv"),
    *("tl", "tr", "vi"),
)
_SEED = 0
_NO_GRAMS = float(np.finfo(np.float32).min)  # the score of every language for a text without n-grams
LONGEST_GRAM = 6  # bytes
# The first characters show the language; more only costs time.
_SAMPLE_CHARACTERS = 600
_SCORE = itemgetter(1)


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """py3langid's log-likelihoods of a text."""

    by_tag: dict[str, float]  # of the languages written in the text's script, by BCP 47 tag
    stranger: float  # of the likeliest language that the tagger does not give
    average: float  # over all languages of the model
    grams: float  # how many n-grams these rest on, repeated ones damped


def likelihoods_of(texts: Sequence[str], script: str) -> list[Likelihoods]:
    """The log-likelihoods of each text, all in one script."""
    return _identifier(script).score([text[:_SAMPLE_CHARACTERS] for text in texts])


def probabilities(scores: Mapping[str, float], text: str) -> dict[str, float]:
    """Log-likelihoods as probabilities, best first, tempered."""
    temperature = temperature_of(text)
    ranked = sorted(sorted(scores.items()), key=_SCORE, reverse=True)
    best = ranked[0][1]
    weights = [math.exp((score - best) / temperature) for _, score in ranked]
    total = sum(weights)
    return {tag: weight / total for (tag, _), weight in zip(ranked, weights, strict=True)}


def temperature_of(text: str) -> float:
    """The divisor of differences of log-likelihoods. It grows with length: neighbouring n-grams repeat each other."""
    text = text[:_SAMPLE_CHARACTERS]
    return math.sqrt((len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))) or 1)


def langdetect_probabilities(text: str, candidates: Collection[str]) -> dict[str, float]:
    """langdetect's probabilities by BCP 47 tag among the candidates; empty where it knows fewer than two of them."""
    prior = {code: 1.0 for code in _LANGDETECT_CODES if TAG_OF_CODE.get(code, code) in candidates}
    if len(prior) < 2:
        return {}
    detector = _factory().create()
    detector.set_prior_map(prior)
    detector.append(text[:_SAMPLE_CHARACTERS])
    try:
        return {TAG_OF_CODE.get(found.lang, found.lang): found.prob for found in detector.get_probabilities()}
    except LangDetectException:  # no letters that it knows
        return {}


class _Automaton:
    """py3langid's automaton of n-grams, which advances over all bytes of several texts at once.

    Its state after a byte is the longest n-gram that ends there, so the last LONGEST_GRAM bytes alone determine it.
    py3langid's own loop takes one byte at a time. The bytes that no n-gram contains share a column of the table.
    """

    def __init__(self, model: Any) -> None:
        table = np.asarray(model.tk_nextmove).reshape(-1, 256)
        used = table.any(axis=0)
        columns = np.append(np.flatnonzero(~used)[:1], np.flatnonzero(used))
        self._columns = np.where(used, np.cumsum(used), 0)
        self._next = table.take(columns, axis=1).ravel()
        self._rows = np.asarray(model.tk_row).astype(np.int64) * len(columns)
        self._output = np.asarray(model.tk_output).astype(np.int64)
        self._size = int(self._output.max()) + 1

    def count(self, texts: Sequence[bytes]) -> list[tuple[Any, Any]]:
        """The n-grams of each text and their counts.

        A byte that no n-gram contains separates the texts: after it the automaton is back at its start.
        """
        letters = self._columns[np.frombuffer(b"\0".join(texts), dtype=np.uint8)]
        states = np.zeros(len(letters), dtype=np.int64)
        for back in range(min(LONGEST_GRAM, len(letters)) - 1, -1, -1):
            states[back:] = self._next[self._rows[states[back:]] + letters[: len(letters) - back]]
        grams = self._output[states]
        positions = np.flatnonzero(grams >= 0)
        ends = np.cumsum([len(text) + 1 for text in texts])
        keys = np.searchsorted(ends, positions, side="right") * self._size + grams[positions]
        keys, counts = np.unique(keys, return_counts=True)
        cuts = np.searchsorted(keys, np.arange(1, len(texts)) * self._size)
        return list(zip(np.split(keys % self._size, cuts), np.split(counts, cuts), strict=True))


@dataclass(frozen=True, slots=True)
class _Model:
    """py3langid's model. `weights` and `start` have a column for each code, and one for the average of all."""

    automaton: _Automaton
    codes: Sequence[str]
    weights: npt.NDArray[np.float16]
    start: npt.NDArray[np.float32]


class _Identifier:
    """The naive Bayes model of py3langid over the languages of one script."""

    def __init__(self, model: _Model, script: str) -> None:
        self._automaton, tags = model.automaton, TAGS_BY_SCRIPT[script]
        known = [(column, TAG_OF_CODE.get(code, code)) for column, code in enumerate(model.codes)]
        columns = [column for column, tag in known if tag in tags]
        columns += [column for column, tag in known if tag not in RECOGNISED and tag not in _NEARLY_RECOGNISED]
        self._tags = [tag for _, tag in known if tag in tags]
        columns.append(len(known))
        # Most texts are Latin: single precision saves a conversion for each, and takes 19 MB more.
        precision = np.float32 if script == "Latn" else np.float16
        self._weights = model.weights.take(columns, axis=1).astype(precision, copy=False)
        self._start = model.start[columns]

    def score(self, texts: Sequence[str]) -> list[Likelihoods]:
        """The log-likelihoods of each text."""
        encoded = [_encode(text.lower() if text.isupper() else text) for text in texts]
        return [self._score(grams, counts) for grams, counts in self._automaton.count(encoded)]

    def _score(self, grams: Any, counts: Any) -> Likelihoods:
        if not len(grams):
            return Likelihoods(dict.fromkeys(self._tags, _NO_GRAMS), _NO_GRAMS, _NO_GRAMS, 0.0)
        damped = np.log1p(counts.astype(np.float32))
        *scores, average = (damped @ self._weights.take(grams, axis=0) + self._start).tolist()
        known = list(zip(self._tags, scores[: len(self._tags)], strict=True))
        best = dict(known)
        if len(best) < len(known):  # a language may have several models: the best one counts
            for tag, score in known:
                best[tag] = max(score, best[tag])
        return Likelihoods(best, max(scores[len(self._tags) :]), average, float(damped.sum()))


def _encode(text: str) -> bytes:
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).encode("utf-8", "surrogatepass")


@cache
def _identifier(script: str) -> _Identifier:
    return _Identifier(_model(), script)


@cache
def _model() -> _Model:
    model = cast(Any, LanguageIdentifier).from_model_file(MODEL_FILE)
    average = model.nb_ptc.mean(axis=1, dtype=np.float32)[:, np.newaxis].astype(model.nb_ptc.dtype)
    weights, start = np.hstack((model.nb_ptc, average)), np.append(model.nb_pc, model.nb_pc.mean())
    return _Model(_Automaton(model), model.nb_classes, weights, start)


@cache
def _factory() -> Any:
    factory = cast(Any, DetectorFactory)()
    factory.set_seed(_SEED)
    profiles = resources.files("langdetect") / "profiles"
    factory.load_json_profile([(profiles / code).read_text(encoding="utf-8") for code in _LANGDETECT_CODES])
    return factory
