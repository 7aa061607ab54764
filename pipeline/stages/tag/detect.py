"""The layers of the tagger in their order: scripts, characters, models, words; declarations where those leave room."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.records import UNKNOWN_LANGUAGE
from pipeline.stages.tag import han, malay, models
from pipeline.stages.tag.declare import declared as normalise
from pipeline.stages.tag.scripts import capitals, letters, script_weights, without_noise

# Scripts that one language writes, among those a newsroom meets.
_ONE_LANGUAGE = {
    "Thai": "th", "Grek": "el", "Armn": "hy", "Geor": "ka", "Hebr": "he", "Laoo": "lo", "Khmr": "km", "Mymr": "my",
    "Taml": "ta", "Telu": "te", "Knda": "kn", "Mlym": "ml", "Sinh": "si", "Gujr": "gu", "Guru": "pa", "Orya": "or",
    "Tibt": "bo", "Ethi": "am", "Mong": "mn", "Thaa": "dv", "Syrc": "syr",
}  # fmt: skip
_CJK = ("Hani", "Kana", "Hang", "Bopo")

# What a language gains for being usual in letters, expected by the config, declared: in py3langid's log-likelihoods.
_HOME_BONUS, _EXPECTED_BONUS, _DECLARED_BONUS = 6.0, 2.0, 2.3
# Below this py3langid's probability is no better than what langdetect knows, and it is asked too.
_HESITANT = 0.5
# Below this a text is `und` where the two disagree, and a single word in any case: they are wrong too often there.
_UNSURE, _UNSURE_WORD = 0.25, 0.4

_LONGEST = 20_000  # characters; a story has said what it is written in long before
_SAMPLE = 200  # characters that show whether a text is in capitals
_SMALL_WORD = re.compile(r"\b[a-zß-öø-ÿ]{2,}\b")
_CHINESE_PARTICLE = re.compile(r"[這这們们嗎吗呢吧啊很你她]")


@dataclass(frozen=True, slots=True)
class Detection:
    """A BCP 47 tag, how sure it is (0 to 1), and the layer that decided."""

    tag: str
    confidence: float
    layer: str


_NOTHING = Detection(UNKNOWN_LANGUAGE, 0.0, "none")


@dataclass(frozen=True, slots=True)
class _Priors:
    declared: str | None
    expected: frozenset[str]
    weight: float  # a headline says less of itself than a body

    def bonuses(self, script: str) -> Iterator[tuple[str, float]]:
        """What is added to the log-likelihoods of the script's languages."""
        for language in models.HOME_BY_SCRIPT[script]:
            yield language, _HOME_BONUS
        for language in self.expected & models.TAGS_BY_SCRIPT[script]:
            yield language, self.weight * _EXPECTED_BONUS
        if self.declared in models.TAGS_BY_SCRIPT[script]:
            yield self.declared, self.weight * _DECLARED_BONUS


def tag_text(text: str) -> str:
    """The BCP 47 tag of a text, `und` when unsure."""
    return detect(text).tag


def detect(text: str, *, declared: str | None = None, expected: Sequence[str] = (), title: bool = False) -> Detection:
    """The language of a text. `declared` and `expected` (tags) weigh where it leaves room, and more in a `title`."""
    return detect_all([text], declared=declared, expected=expected, title=title)[0]


def detect_all(
    texts: Sequence[str], *, declared: str | None = None, expected: Sequence[str] = (), title: bool = False
) -> list[Detection]:
    """The languages of several texts, each as by itself: what goes to one model goes there together."""
    priors = _Priors(normalise(declared), frozenset(filter(None, map(normalise, expected))), 2.0 if title else 1.0)
    found: list[Detection] = []
    asked: dict[str, list[tuple[int, str]]] = {}  # script → what its model is to tell
    for place, text in enumerate(texts):
        bare = without_noise(text[:_LONGEST])
        weights = script_weights(bare)
        script = _main_script(bare, weights) if weights and (len(bare) >= 8 or letters(bare) >= 2) else ""
        if script in models.BY_SCRIPT:
            asked.setdefault(script, []).append((place, bare))
            found.append(_NOTHING)
        else:
            found.append(_by_characters(bare, script, weights, priors))
    for script, these in asked.items():
        told = _by_models([bare for _, bare in these], script, priors)
        for (place, _), detection in zip(these, told, strict=True):
            found[place] = detection
    return found


def confirmed(text: str, tag: str, other: str) -> bool:
    """Whether langdetect, asked for one of the two, says the first as well; True where it does not know both."""
    found = models.langdetect_probabilities(without_noise(text), {tag, other})
    return not found or found.get(tag, 0.0) > 0.5


def _by_declaration(said: str | None) -> Detection:
    return Detection(said, 0.5, "declared") if said else _NOTHING


def _by_characters(text: str, script: str, weights: Mapping[str, float], priors: _Priors) -> Detection:
    """What a script tells that one language writes, or two that differ by their characters."""
    if not script:
        return _by_declaration(priors.declared)
    if script in _CJK:
        return _east_asian(text, weights, priors)
    if script in _ONE_LANGUAGE:
        return Detection(_ONE_LANGUAGE[script], weights[script], "script")
    return _NOTHING


def _main_script(text: str, weights: Mapping[str, float]) -> str:
    """The script of the sentence. Names in Latin letters do not make a sentence, small words in Latin letters do."""
    if len(weights) == 1 and "Latn" in weights:
        return "Latn"
    together = {script: weight for script, weight in weights.items() if script not in _CJK}
    together["Hani"] = sum(weights.get(script, 0.0) for script in _CJK)
    first, *rest = sorted(together, key=lambda script: (-together[script], script))
    if first == "Latn" and rest and together[rest[0]] >= 0.1 and len(_SMALL_WORD.findall(text)) < 3:
        return rest[0]
    return first


def _east_asian(text: str, weights: Mapping[str, float], priors: _Priors) -> Detection:
    hangul, kana = weights.get("Hang", 0.0), weights.get("Kana", 0.0)
    east = hangul + kana + weights.get("Hani", 0.0) + weights.get("Bopo", 0.0)
    if hangul >= 0.2 * east and hangul > kana:
        return Detection("ko", 0.5 + 0.5 * hangul / east, "script")
    quoted = kana < 0.25 * east and _CHINESE_PARTICLE.search(text)
    if kana >= 0.05 * east and not quoted:
        return Detection("ja", min(1.0, 0.8 + kana / east), "script")
    return _chinese(text, priors)


def _chinese(text: str, priors: _Priors) -> Detection:
    found, said = han.evidence(text), priors.declared
    if found.japanese > found.simplified and 2 * found.japanese >= found.traditional:
        return Detection("ja", 0.8, "characters")
    if said == "ja" and found.simplified <= found.traditional:
        return Detection("ja", 0.6, "declared")
    hant, hans = found.traditional + (said == "zh-Hant"), found.simplified + (said == "zh-Hans")
    if hant == hans:
        return _undecided_chinese(priors)
    tag, most, least = ("zh-Hant", hant, hans) if hant > hans else ("zh-Hans", hans, hant)
    layer = "characters" if found.traditional + found.simplified else "declared"
    return Detection(tag, (most - least + 0.5) / (most + least + 1), layer)


def _undecided_chinese(priors: _Priors) -> Detection:
    """Characters that both sides write: what is declared or alone expected decides, or `zh` is the honest answer."""
    if priors.declared in ("zh-Hant", "zh-Hans"):
        return Detection(priors.declared, 0.5, "declared")
    chinese = sorted(priors.expected & {"zh-Hant", "zh-Hans"})
    return Detection(chinese[0], 0.4, "expected") if len(chinese) == 1 else Detection("zh", 0.5, "script")


def _by_models(texts: Sequence[str], script: str, priors: _Priors) -> list[Detection]:
    texts = [_lowered(text) for text in texts]
    bonuses = list(priors.bonuses(script))
    found = []
    for text, scores in zip(texts, models.likelihoods_of(texts, script), strict=True):
        for language, bonus in bonuses:
            scores[language] += bonus
        found.append(_by_scores(text, scores, script, priors))
    return found


def _lowered(text: str) -> str:
    """A text that is mostly in capitals in small letters: a headline in capitals looks like no language at all."""
    sample = text[:_SAMPLE]
    return text.lower() if 2 * capitals(sample) > letters(sample) else text


def _by_scores(text: str, scores: Mapping[str, float], script: str, priors: _Priors) -> Detection:
    chances = models.probabilities(scores, text)
    best = next(iter(chances))
    sure, layer = chances[best], "model"
    if sure < _HESITANT and script == "Latn":
        second = _second_opinion(text, best)
        layer = "langdetect"
        sure = (1 + sure) / 2 if second == best else sure
        if sure < _UNSURE or (chances[best] < _UNSURE_WORD and len(text.split()) == 1):
            return _by_declaration(priors.declared if priors.declared in chances else None)
    if best in ("id", "ms"):
        return _malay_or_indonesian(text, chances, sure)
    return Detection(best, sure, layer)


def _second_opinion(text: str, first: str) -> str:
    """What langdetect says, among the usual languages and the first model's; Malay, which it lacks, as Indonesian."""
    found = models.langdetect_probabilities(text, models.HOME_BY_SCRIPT["Latn"] | {first})
    said = min(found, key=lambda language: (-found[language], language), default="")
    return "ms" if (said, first) == ("id", "ms") else said


def _malay_or_indonesian(text: str, chances: Mapping[str, float], sure: float) -> Detection:
    """One of the two it is: their words decide together with how far the model is from indifferent."""
    leaning = math.log(chances["ms"] / chances["id"]) + malay.balance(text)
    right = 1 / (1 + math.exp(-min(abs(leaning), 30.0)))
    return Detection("ms" if leaning > 0 else "id", max(sure, chances["ms"] + chances["id"]) * right, "words")
