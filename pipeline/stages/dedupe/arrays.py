"""Named arrays as bytes and back: a length, a line of JSON that says what they are, then each, aligned."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

_ALIGNED = 8  # bytes


def pack(arrays: Mapping[str, npt.NDArray[Any]], **told: Any) -> bytes:
    """One-dimensional arrays, and whatever else JSON can tell."""
    head = [[name, len(array), _kind(array.dtype)] for name, array in arrays.items()]
    line = json.dumps([head, told], separators=(",", ":")).encode()  # ASCII: half a surrogate pair is spelt out
    parts = [memoryview(np.array([len(line)], dtype="<u8").tobytes())]
    for part in (memoryview(line), *(np.ascontiguousarray(array).view(np.uint8).data for array in arrays.values())):
        parts += [part, memoryview(b"\0" * (_up(len(part)) - len(part)))]
    return b"".join(parts)


def unpack(data: bytes) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """The arrays, which are views of the bytes, and what was told beside them."""
    size = int(np.frombuffer(data, dtype="<u8", count=1)[0])
    place = _ALIGNED
    head, told = json.loads(data[place : place + size])
    place += _up(size)
    arrays = {}
    for name, length, kind in head:
        dtype = np.dtype(kind if isinstance(kind, str) else [(field, each) for field, each in kind])
        arrays[name] = np.frombuffer(data, dtype=dtype, count=length, offset=place)
        place += _up(length * dtype.itemsize)
    return arrays, told


def _kind(dtype: np.dtype[Any]) -> Any:
    return dtype.str if dtype.names is None else [[name, dtype[name].str] for name in dtype.names]


def _up(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED
