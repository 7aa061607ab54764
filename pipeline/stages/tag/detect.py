"""The layers of the tagger: scripts, characters, models, words, and last what is declared or expected."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.records import UNKNOWN_LANGUAGE
from pipeline.stages.tag import han, malay, models
from pipeline.stages.tag.letters import count_capitals, count_letters, script_weights, without_noise
from pipeline.text.languages import RECOGNISED_BY_SCRIPT, declared_language

_CJK = ("Hani", "Kana", "Hang", "Bopo")
# Scripts that only one language uses, among those that newsrooms write in.
_ONLY_LANGUAGE = {script: min(tags) for script, tags in RECOGNISED_BY_SCRIPT.items() if len(tags) == 1}

# Added to py3langid's log-likelihoods for a language that newsletters often meet, that is expected, that is declared.
_USUAL_BONUS, _EXPECTED_BONUS, _DECLARED_BONUS = 6.0, 2.0, 2.3
# Below this probability py3langid knows no more than langdetect, which is asked too.
_HESITANT = 0.5
# Below this probability a text is `und` if the two disagree, and a single word in any case: they err too often there.
_UNSURE, _UNSURE_WORD = 0.25, 0.4

# A text is in none of the languages where a stranger is likelier than the best of them; also where a stranger comes
# this near (in units of the temperature) and the best of them is hardly likelier than the average, for each n-gram.
# Most texts in other languages lie below that, those in known ones from 3 on, headlines full of names in between.
_STRANGER_NEAR, _HARDLY_LIKELIER = -0.4, 2.5
_FEWEST_CHARACTERS = 20  # a word or two do not show that a language is unknown

_LONGEST = 20_000  # characters; more would not change the answer
_SAMPLE = 200  # characters that show whether a text is in capitals
_SMALL_WORD = re.compile(r"\b[a-zß-öø-ÿ]{2,}\b")
_CHINESE_PARTICLE = re.compile(r"[这這们們嗎吗呢吧啊很你她]")


@dataclass(frozen=True, slots=True)
class Detection:
    """A BCP 47 tag, its confidence (0 to 1), and the layer that decided."""

    tag: str
    confidence: float
    layer: str


_UNDETECTED = Detection(UNKNOWN_LANGUAGE, 0.0, "none")


@dataclass(frozen=True, slots=True)
class _Priors:
    declared: str | None
    expected: frozenset[str]
    weight: float  # higher for a title, whose own evidence is weaker than a body's

    def bonuses(self, script: str) -> Iterator[tuple[str, float]]:
        """What to add to the log-likelihoods of the script's languages."""
        for language in models.USUAL_BY_SCRIPT[script]:
            yield language, _USUAL_BONUS
        for language in self.expected & models.TAGS_BY_SCRIPT[script]:
            yield language, self.weight * _EXPECTED_BONUS
        if self.declared in models.TAGS_BY_SCRIPT[script]:
            yield self.declared, self.weight * _DECLARED_BONUS


def tag_text(text: str) -> str:
    """The BCP 47 tag of a text, `und` when unsure."""
    return detect(text).tag


def detect(text: str, *, declared: str | None = None, expected: Sequence[str] = (), title: bool = False) -> Detection:
    """The language of a text.

    `declared` and `expected` (tags) count where the text leaves room, and count more for a `title`.
    """
    return detect_all([text], declared=declared, expected=expected, title=title)[0]


def detect_all(
    texts: Sequence[str], *, declared: str | None = None, expected: Sequence[str] = (), title: bool = False
) -> list[Detection]:
    """The language of each text, as `detect` gives it; the models take the texts of one script together."""
    priors = _Priors(
        declared_language(declared), frozenset(filter(None, map(declared_language, expected))), 2.0 if title else 1.0
    )
    detections: list[Detection] = []
    for_models: dict[str, list[tuple[int, str]]] = {}  # script → texts with their indexes
    for index, text in enumerate(texts):
        bare = without_noise(text[:_LONGEST])
        weights = script_weights(bare)
        script = _main_script(bare, weights) if weights and (len(bare) >= 8 or count_letters(bare) >= 2) else ""
        if script in models.TAGS_BY_SCRIPT:
            for_models.setdefault(script, []).append((index, bare))
            detections.append(_UNDETECTED)
        else:
            detections.append(_detect_by_characters(bare, script, weights, priors))
    for script, indexed in for_models.items():
        found = _detect_by_models([bare for _, bare in indexed], script, priors)
        for (index, _), detection in zip(indexed, found, strict=True):
            detections[index] = detection
    return detections


def is_confirmed(text: str, tag: str, other: str) -> bool:
    """Whether langdetect too prefers `tag` to `other`; True where it does not know both."""
    chances = models.langdetect_probabilities(without_noise(text), {tag, other})
    return not chances or chances.get(tag, 0.0) > 0.5


def _detect_by_declaration(declared: str | None) -> Detection:
    return Detection(declared, 0.5, "declared") if declared else _UNDETECTED


def _detect_by_characters(text: str, script: str, weights: Mapping[str, float], priors: _Priors) -> Detection:
    """The language of a script that one language uses, or several that differ in their characters."""
    if not script:
        return _detect_by_declaration(priors.declared)
    if script in _CJK:
        return _detect_east_asian(text, weights, priors)
    if script in _ONLY_LANGUAGE:
        return Detection(_ONLY_LANGUAGE[script], weights[script], "script")
    return _UNDETECTED


def _main_script(text: str, weights: Mapping[str, float]) -> str:
    """The script of the sentence. Names in Latin letters do not make a Latin sentence; three small words do."""
    if len(weights) == 1 and "Latn" in weights:
        return "Latn"
    merged = {script: weight for script, weight in weights.items() if script not in _CJK}
    merged["Hani"] = sum(weights.get(script, 0.0) for script in _CJK)
    first, *rest = sorted(merged, key=lambda script: (-merged[script], script))
    if first == "Latn" and rest and merged[rest[0]] >= 0.1 and len(_SMALL_WORD.findall(text)) < 3:
        return rest[0]
    return first


def _detect_east_asian(text: str, weights: Mapping[str, float], priors: _Priors) -> Detection:
    hangul, kana = weights.get("Hang", 0.0), weights.get("Kana", 0.0)
    east = hangul + kana + weights.get("Hani", 0.0) + weights.get("Bopo", 0.0)
    if hangul >= 0.2 * east and hangul > kana:
        return Detection("ko", 0.5 + 0.5 * hangul / east, "script")
    chinese_with_kana = kana < 0.25 * east and _CHINESE_PARTICLE.search(text)
    if kana >= 0.05 * east and not chinese_with_kana:
        return Detection("ja", min(1.0, 0.8 + kana / east), "script")
    return _detect_chinese(text, priors)


def _detect_chinese(text: str, priors: _Priors) -> Detection:
    counts, declared = han.count_evidence(text), priors.declared
    if counts.japanese > counts.simplified and 2 * counts.japanese >= counts.traditional:
        return Detection("ja", 0.8, "characters")
    if declared == "ja" and counts.simplified <= counts.traditional:
        return Detection("ja", 0.6, "declared")
    hant = counts.traditional + (declared == "zh-Hant")
    hans = counts.simplified + (declared == "zh-Hans")
    if hant == hans:
        return _detect_undecided_chinese(priors)
    tag, most, least = ("zh-Hant", hant, hans) if hant > hans else ("zh-Hans", hans, hant)
    layer = "characters" if counts.traditional + counts.simplified else "declared"
    return Detection(tag, (most - least + 0.5) / (most + least + 1), layer)


def _detect_undecided_chinese(priors: _Priors) -> Detection:
    """Chinese in characters that both scripts share: what is declared or alone expected decides, else it is `zh`."""
    if priors.declared in ("zh-Hant", "zh-Hans"):
        return Detection(priors.declared, 0.5, "declared")
    chinese = sorted(priors.expected & {"zh-Hant", "zh-Hans"})
    return Detection(chinese[0], 0.4, "expected") if len(chinese) == 1 else Detection("zh", 0.5, "script")


def _detect_by_models(texts: Sequence[str], script: str, priors: _Priors) -> list[Detection]:
    texts = [_lower_capitals(text) for text in texts]
    bonuses = list(priors.bonuses(script))
    detections = []
    for text, found in zip(texts, models.likelihoods_of(texts, script), strict=True):
        scores = dict(found.by_tag)
        for language, bonus in bonuses:
            scores[language] += bonus
        unknown = _is_in_none(text, found, max(scores.values()))
        detections.append(_UNDETECTED if unknown else _detect_by_scores(text, scores, script, priors))
    return detections


def _is_in_none(text: str, found: models.Likelihoods, best: float) -> bool:
    """Whether the text is in a language that the tagger does not give. `best`: the best score, with bonuses."""
    if not found.grams or len(text) < _FEWEST_CHARACTERS:
        return False
    lead = (found.stranger - best) / models.temperature_of(text)
    hardly = max(found.by_tag.values()) - found.average < _HARDLY_LIKELIER * found.grams
    return lead > 0 or (hardly and lead > _STRANGER_NEAR)


def _lower_capitals(text: str) -> str:
    """The text in lower case if it is mostly in capitals, which the models cannot read."""
    sample = text[:_SAMPLE]
    return text.lower() if 2 * count_capitals(sample) > count_letters(sample) else text


def _detect_by_scores(text: str, scores: Mapping[str, float], script: str, priors: _Priors) -> Detection:
    chances = models.probabilities(scores, text)
    best = next(iter(chances))
    confidence, layer = chances[best], "model"
    if confidence < _HESITANT and script == "Latn":
        layer = "langdetect"
        confidence = (1 + confidence) / 2 if _second_opinion(text, best) == best else confidence
        if confidence < _UNSURE or (chances[best] < _UNSURE_WORD and len(text.split()) == 1):
            return _detect_by_declaration(priors.declared if priors.declared in chances else None)
    if best in ("id", "ms"):
        return _detect_malay_or_indonesian(text, chances, confidence)
    return Detection(best, confidence, layer)


def _second_opinion(text: str, first: str) -> str:
    """langdetect's answer among the usual languages and `first`; Indonesian stands for Malay, which it lacks."""
    chances = models.langdetect_probabilities(text, models.USUAL_BY_SCRIPT["Latn"] | {first})
    best = min(chances, key=lambda language: (-chances[language], language), default="")
    return "ms" if (best, first) == ("id", "ms") else best


def _detect_malay_or_indonesian(text: str, chances: Mapping[str, float], confidence: float) -> Detection:
    """Malay or Indonesian: the words that only one of them uses decide together with the model's preference."""
    preference = math.log(chances["ms"] / chances["id"]) + malay.word_balance(text)
    certainty = 1 / (1 + math.exp(-min(abs(preference), 30.0)))
    tag = "ms" if preference > 0 else "id"
    return Detection(tag, max(confidence, chances["ms"] + chances["id"]) * certainty, "words")
