"""Dedupe in memory for tests, which spend most of their time on sentence vectors unless they save it."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from zlib import crc32

import numpy as np

from pipeline.records import Story
from pipeline.stages.dedupe import Changes, dedupe_features, extract_features
from pipeline.text.vectors import Embed, Vectors, embed, quantise


def embed_once(texts: Sequence[str]) -> Vectors:
    """The model's vectors of a story's texts, as computed when they first came."""
    return _embedded(tuple(texts))


def embed_words(texts: Sequence[str]) -> Vectors:
    """Vectors of texts without the model: the sum of a random vector for each word."""
    return quantise(np.array([sum(map(_word_vector, text.split()), np.zeros(512)) for text in texts]).reshape(-1, 512))


def deduped(stories: Iterable[Story], *, embed: Embed | None = embed_once, **settings: Any) -> Changes:
    """What dedupe finds among stories. Copies are the same without vectors."""
    return dedupe_features((extract_features(story, embed=embed) for story in stories), **settings)


@cache
def _embedded(texts: tuple[str, ...]) -> Vectors:
    return embed(texts)


@cache
def _word_vector(word: str) -> Any:
    return np.random.default_rng(crc32(word.encode("utf-8", "surrogatepass"))).standard_normal(512)
