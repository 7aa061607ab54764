"""Which sentences of a source a proposed sentence stems from, by sentence vectors."""

from collections.abc import Sequence
from functools import lru_cache

from pipeline.text.languages import primary_language
from pipeline.text.vectors import LANGUAGES, SCALE, Vectors, embed

_MANY = 6  # sentences of a source from which on figures are looked for around the nearest ones only
_NEAREST = 2
_FEWEST = 4  # sentences of a story that show what it is about
_LEAST_LIKENESS_WITHIN = 0.15  # leaves out .95 of planted instructions and .07 of honest sentences


def can_align(language: str, to: str) -> bool:
    """Whether the model knows both languages."""
    return {primary_language(language), primary_language(to)} <= LANGUAGES


def likeness(sentence: str, source: Sequence[str]) -> list[float]:
    """The cosine of a sentence with each sentence of the source."""
    vector = _vector(sentence).astype(int)
    return [float(vector @ _vector(other).astype(int)) / SCALE**2 for other in source]


def evidence(sentence: str, source: Sequence[str]) -> list[str]:
    """The sentences of the source whose figures count: all of a short one, else the nearest with their neighbours."""
    return list(source) if len(source) < _MANY else nearest(sentence, source)


def nearest(sentence: str, source: Sequence[str]) -> list[str]:
    """The two most similar sentences of the source and their neighbours, in order."""
    cosines = likeness(sentence, source)
    best = sorted(range(len(source)), key=lambda place: -cosines[place])[:_NEAREST]
    places = sorted({near for place in best for near in (place - 1, place, place + 1) if 0 <= near < len(source)})
    return [source[place] for place in places]


def without_strangers(sentences: Sequence[str], language: str) -> list[str]:
    """The sentences that are like another one of the story: an instruction to a model that was put there is not."""
    if len(sentences) < _FEWEST or not can_align(language, language):
        return list(sentences)
    return [
        sentence
        for place, sentence in enumerate(sentences)
        if max(likeness(sentence, [*sentences[:place], *sentences[place + 1 :]])) >= _LEAST_LIKENESS_WITHIN
    ]


@lru_cache(maxsize=4096)
def _vector(sentence: str) -> Vectors:
    vector: Vectors = embed([sentence])[0]
    return vector
