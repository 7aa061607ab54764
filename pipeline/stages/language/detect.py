"""The layers of the tagger, in their order: script, characters, words, models, the declared language."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.records import UNKNOWN_LANGUAGE
from pipeline.stages.language import han, malay, models
from pipeline.stages.language.declare import declared as normalise
from pipeline.stages.language.scripts import letters, script_weights, without_noise

# Scripts that one language writes, among those a newsroom meets.
_ONE_LANGUAGE = {
    "Thai": "th", "Hang": "ko", "Grek": "el", "Armn": "hy", "Geor": "ka", "Hebr": "he", "Laoo": "lo", "Khmr": "km",
    "Mymr": "my", "Taml": "ta", "Telu": "te", "Knda": "kn", "Mlym": "ml", "Sinh": "si", "Gujr": "gu", "Guru": "pa",
    "Orya": "or", "Tibt": "bo", "Ethi": "am", "Mong": "mn", "Thaa": "dv", "Syrc": "syr", "Bopo": "zh-Hant",
}  # fmt: skip
# In the units of py3langid's log-likelihoods.
_HOME_BONUS, _EXPECTED_BONUS, _DECLARED_BONUS = 4.0, 2.0, 2.3
_CJK = frozenset({"Hani", "Kana", "Hang", "Bopo"})


@dataclass(frozen=True, slots=True)
class Detection:
    """A BCP 47 tag, how sure it is (0 to 1), and the layer that decided."""

    tag: str
    confidence: float
    layer: str


NOTHING = Detection(UNKNOWN_LANGUAGE, 0.0, "none")


def tag_text(text: str) -> str:
    """The BCP 47 tag of a text, `und` when unsure."""
    return detect(text).tag


def detect(text: str, *, declared: str | None = None, expected: Sequence[str] = ()) -> Detection:
    """The language of a text. `declared` and `expected`, tags, weigh where the text leaves room."""
    said = normalise(declared)
    bare = without_noise(text)
    weights = script_weights(bare)
    if not weights:
        return NOTHING
    if sum(weights.get(script, 0.0) for script in _CJK) >= 0.4:
        return _east_asian(bare, weights, said)
    script = max(weights, key=lambda name: (weights[name], name))
    if script in _ONE_LANGUAGE:
        return Detection(_ONE_LANGUAGE[script], weights[script], "script")
    if script in models.BY_SCRIPT:
        return _by_model(bare, script, said, frozenset(expected))
    return NOTHING


def _east_asian(text: str, weights: dict[str, float], said: str | None) -> Detection:
    hangul, kana, chinese = (weights.get(script, 0.0) for script in ("Hang", "Kana", "Hani"))
    east = hangul + kana + chinese
    if kana >= 0.05 * east and kana >= hangul:
        return Detection("ja", min(1.0, 0.8 + kana), "script")
    if hangul >= 0.2 * east:
        return Detection("ko", min(1.0, 0.6 + hangul), "script")
    return _chinese(text, said)


def _chinese(text: str, said: str | None) -> Detection:
    found = han.evidence(text)
    if found.japanese >= max(1, found.simplified) and found.japanese * 2 >= found.traditional:
        return Detection("ja", 0.8, "characters")
    most, least = max(found.traditional, found.simplified), min(found.traditional, found.simplified)
    if said == "ja" and not found.simplified:
        return Detection("ja", 0.7, "declared")
    if most > least:
        tag = "zh-Hant" if found.traditional > found.simplified else "zh-Hans"
        return Detection(tag, (most + 1 - least) / (most + 1), "characters")
    return Detection(said, 0.5, "declared") if said in ("zh-Hant", "zh-Hans") else Detection("zh", 0.5, "script")


def _by_model(text: str, script: str, said: str | None, expected: Collection[str]) -> Detection:
    if sum(map(str.isupper, text)) > 0.5 * letters(text):
        text = text.lower()
    scores = models.likelihoods(text, script)
    for language in scores:
        scores[language] += _HOME_BONUS * (language in models.HOME) + _EXPECTED_BONUS * (language in expected)
        scores[language] += _DECLARED_BONUS * (language == said)
    best = min(scores, key=lambda language: (-scores[language], language))
    if best in ("id", "ms"):
        balance = malay.balance(text) * 3.0 + scores["ms"] - scores["id"]
        return Detection("ms" if balance > 0 else "id", 0.8, "words")
    return Detection(best, models.probabilities(scores, text)[best], "model")
