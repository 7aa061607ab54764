"""The two general models: py3langid, fast and asked first; langdetect, slow and asked where the first hesitates.

Both are made once for a process and never changed after, so that a text gets the same answer in any order and anywhere.
"""

import math
from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, cast

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
_BCP47 = MappingProxyType({"no": "nb", "sdh": "ckb"})
TAGS_BY_SCRIPT = MappingProxyType(
    {script: frozenset(_BCP47.get(code, code) for code in codes) for script, codes in BY_SCRIPT.items()}
)
_LANGDETECT = _codes("en de nl fr es it pt vi id tl sv da no fi pl cs hu ro hr tr ca af")
_SEED = 0
# A text shows itself within its first characters; more only costs time.
_ENOUGH = 600


def likelihoods(text: str, script: str) -> dict[str, float]:
    """py3langid's log-likelihoods, by BCP 47 tag, of the languages written in the script."""
    ranked = cast(list[tuple[str, float]], _identifier().rank(text[:_ENOUGH]))
    wanted = BY_SCRIPT[script]
    return {_BCP47.get(code, code): score for code, score in ranked if code in wanted}


def probabilities(scores: Mapping[str, float], text: str) -> dict[str, float]:
    """Log-likelihoods as probabilities, best first, tempered by length: neighbouring n-grams repeat each other."""
    temperature = math.sqrt(len(text[:_ENOUGH].encode("utf-8", "surrogatepass")) or 1)
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    weights = [math.exp((score - ranked[0][1]) / temperature) for _, score in ranked]
    total = sum(weights)
    return {language: weight / total for (language, _), weight in zip(ranked, weights, strict=True)}


def langdetect_probabilities(text: str, candidates: Collection[str]) -> dict[str, float]:
    """langdetect's probabilities, its prior limited to the candidates; empty where it knows fewer than two."""
    known = {code: 1.0 for code in sorted(_LANGDETECT) if _BCP47.get(code, code) in candidates}
    if len(known) < 2:
        return {}
    detector = _factory().create()
    detector.set_prior_map(known)
    detector.append(text[:_ENOUGH])
    try:
        return {_BCP47.get(found.lang, found.lang): found.prob for found in detector.get_probabilities()}
    except LangDetectException:  # no letters that it knows
        return {}


@cache
def _identifier() -> Any:
    identifier = cast(Any, LanguageIdentifier).from_model_file(MODEL_FILE)
    identifier.set_languages(frozenset().union(*BY_SCRIPT.values()))
    return identifier


@cache
def _factory() -> Any:
    factory = cast(Any, DetectorFactory)()
    factory.set_seed(_SEED)
    profiles = resources.files("langdetect") / "profiles"
    factory.load_json_profile([(profiles / name).read_text(encoding="utf-8") for name in sorted(_LANGDETECT)])
    return factory
