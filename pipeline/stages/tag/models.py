"""The two general models: py3langid, fast and asked first; langdetect, slow and asked where the first hesitates.

Both are made once for a process and never changed after, so that a text gets the same answer in any order and anywhere.
"""

import math
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib import resources
from operator import itemgetter
from types import MappingProxyType
from typing import Any, cast

import numpy as np
from langdetect.detector_factory import DetectorFactory
from langdetect.lang_detect_exception import LangDetectException
from py3langid.langid import MODEL_FILE, LanguageIdentifier


def _codes(line: str) -> frozenset[str]:
    return frozenset(line.split())


# The languages a letter most often holds that share a script with others.
_HOME = _codes("en de nl fr es it pt vi id ms tl hi ru ar bn")
# For each script what py3langid may answer: the languages with newsrooms of some size. Rarer ones would take more short
# texts from these than they have of their own.
_LATIN = _codes(
    "en de nl fr es it pt vi id ms tl sv da no fi is pl cs sk hu ro hr sl sq et lv lt tr az ca gl eu cy ga mt af sw so"
)
BY_SCRIPT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "Latn": _LATIN,
        "Cyrl": _codes("ru uk bg mk sr be kk ky mn tg tt"),
        "Arab": _codes("ar fa ur ps ug sdh"),
        "Deva": _codes("hi mr ne"),
        "Beng": _codes("bn as"),
    }
)
HOME_BY_SCRIPT = MappingProxyType({script: codes & _HOME for script, codes in BY_SCRIPT.items()})
TAG_OF = MappingProxyType({"no": "nb", "sdh": "ckb"})
TAGS_BY_SCRIPT = MappingProxyType(
    {script: frozenset(TAG_OF.get(code, code) for code in codes) for script, codes in BY_SCRIPT.items()}
)
_LANGDETECT = _codes("en de nl fr es it pt vi id tl sv da no fi pl cs hu ro hr tr ca af")
_SEED = 0
_NO_GRAMS = float(np.finfo(np.float32).min)  # the score of every language where a text shows nothing
LONGEST_GRAM = 6  # bytes
# A text shows itself within its first characters; more only costs time.
_ENOUGH = 600
_SCORE = itemgetter(1)


def likelihoods(text: str, script: str) -> dict[str, float]:
    """py3langid's log-likelihoods, by BCP 47 tag, of the languages written in the script."""
    return likelihoods_of([text], script)[0]


def likelihoods_of(texts: Sequence[str], script: str) -> list[dict[str, float]]:
    """The same of several texts."""
    return _identifier(script).score([text[:_ENOUGH] for text in texts])


def probabilities(scores: Mapping[str, float], text: str) -> dict[str, float]:
    """Log-likelihoods as probabilities, best first, tempered by length: neighbouring n-grams repeat each other."""
    text = text[:_ENOUGH]
    temperature = math.sqrt((len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))) or 1)
    ranked = sorted(sorted(scores.items()), key=_SCORE, reverse=True)
    most = ranked[0][1]
    weights = [math.exp((score - most) / temperature) for _, score in ranked]
    total = sum(weights)
    return {each[0]: weight / total for each, weight in zip(ranked, weights, strict=True)}


def langdetect_probabilities(text: str, candidates: Collection[str]) -> dict[str, float]:
    """langdetect's probabilities, its prior limited to the candidates; empty where it knows fewer than two."""
    known = {code: 1.0 for code in sorted(_LANGDETECT) if TAG_OF.get(code, code) in candidates}
    if len(known) < 2:
        return {}
    detector = _factory().create()
    detector.set_prior_map(known)
    detector.append(text[:_ENOUGH])
    try:
        return {TAG_OF.get(found.lang, found.lang): found.prob for found in detector.get_probabilities()}
    except LangDetectException:  # no letters that it knows
        return {}


class _Automaton:
    """py3langid's automaton of n-grams, all steps of a text taken at once.

    Its state after a byte is the longest n-gram that ends there, so that it follows from the last few bytes alone: from
    as many as the longest n-gram has, whatever came before. py3langid's own loop takes a byte at a time.
    """

    def __init__(self, model: Any) -> None:
        self._next = np.asarray(model.tk_nextmove)
        self._rows = np.asarray(model.tk_row).astype(np.int64) << 8
        self._output = np.asarray(model.tk_output).astype(np.int64)
        self._size = int(self._output.max()) + 1

    def count(self, texts: Sequence[bytes]) -> list[tuple[Any, Any]]:
        """The n-grams of each text, and how often each is there. Between two texts stands a byte that is in no n-gram:
        after it nothing of the one is left.
        """
        letters = np.frombuffer(b"\0".join(texts), dtype=np.uint8)
        states = np.zeros(len(letters), dtype=np.int64)
        for back in range(min(LONGEST_GRAM, len(letters)) - 1, -1, -1):
            states[back:] = self._next[self._rows[states[back:]] + letters[: len(letters) - back]]
        found = self._output[states]
        places = np.flatnonzero(found >= 0)
        ends = np.cumsum([len(text) + 1 for text in texts])
        keys = np.searchsorted(ends, places, side="right") * self._size + found[places]
        keys, counts = np.unique(keys, return_counts=True)
        cuts = np.searchsorted(keys, np.arange(1, len(texts)) * self._size)
        return list(zip(np.split(keys % self._size, cuts), np.split(counts, cuts), strict=True))


class _Identifier:
    """The naive Bayes model of py3langid over the languages of one script."""

    def __init__(self, automaton: _Automaton, model: Any, codes: Collection[str]) -> None:
        self._automaton = automaton
        columns = [column for column, code in enumerate(model.nb_classes) if code in codes]
        self._tags = [TAG_OF.get(model.nb_classes[column], model.nb_classes[column]) for column in columns]
        self._weights = np.ascontiguousarray(model.nb_ptc[:, columns])
        self._start = model.nb_pc[columns]

    def score(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """The log-likelihood of each language, text by text."""
        data = [_as_bytes(text.lower() if text.isupper() else text) for text in texts]
        return [self._score(grams, counts) for grams, counts in self._automaton.count(data)]

    def _score(self, grams: Any, counts: Any) -> dict[str, float]:
        if not len(grams):
            return dict.fromkeys(self._tags, _NO_GRAMS)
        scores = np.log1p(counts.astype(np.float32)) @ self._weights.take(grams, axis=0) + self._start
        found = dict(zip(self._tags, scores.tolist(), strict=True))
        if len(found) < len(self._tags):  # of a code that has several models the best
            for tag, score in zip(self._tags, scores.tolist(), strict=True):
                found[tag] = max(score, found[tag])
        return found


def _as_bytes(text: str) -> bytes:
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).encode("utf-8", "surrogatepass")


@cache
def _identifier(script: str) -> _Identifier:
    automaton, model = _model()
    return _Identifier(automaton, model, BY_SCRIPT[script])


@cache
def _model() -> tuple[_Automaton, Any]:
    model = cast(Any, LanguageIdentifier).from_model_file(MODEL_FILE)
    return _Automaton(model), model


@cache
def _factory() -> Any:
    factory = cast(Any, DetectorFactory)()
    factory.set_seed(_SEED)
    profiles = resources.files("langdetect") / "profiles"
    factory.load_json_profile([(profiles / name).read_text(encoding="utf-8") for name in sorted(_LANGDETECT)])
    return factory
