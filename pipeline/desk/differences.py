"""What differs between two texts, line by line and within a line, for a page to show."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

_PIECE = re.compile(r"\w+|\s+|[^\w\s]")
_AROUND = 2  # equal lines shown beside a difference
_LIKE = 0.35  # passages less alike are another passage, not a changed one
_MOST_PIECES = 4_000  # of a passage: to compare takes the square of it


def differences(old: str, new: str) -> list[dict[str, Any]]:
    """Hunks: {"kind": "same" | "gone" | "new" | "changed" | "skipped", …}; a changed line has pieces."""
    before, after = old.splitlines(), new.splitlines()
    hunks: list[dict[str, Any]] = []
    opcodes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for position, (kind, a, b, c, d) in enumerate(opcodes):
        if kind == "equal":
            hunks += _equal(before[a:b], first=position == 0, last=position == len(opcodes) - 1)
        else:
            hunks += _replaced(before[a:b], after[c:d])
    return hunks


def _equal(lines: Sequence[str], *, first: bool, last: bool) -> Iterator[dict[str, Any]]:
    head = [] if first else lines[:_AROUND]
    tail = [] if last else lines[max(len(head), len(lines) - _AROUND) :]
    skipped = len(lines) - len(head) - len(tail)
    yield from ({"kind": "same", "text": line} for line in head)
    if skipped > 0:
        yield {"kind": "skipped", "lines": skipped}
    yield from ({"kind": "same", "text": line} for line in tail)


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[dict[str, Any]]:
    """A passage that is another: by its words where it still says much the same, however its lines now break."""
    pieces = _pieces("\n".join(old), "\n".join(new)) if old and new else None
    if pieces is not None:
        yield {"kind": "changed", "pieces": pieces}
        return
    yield from ({"kind": "gone", "text": line} for line in old)
    yield from ({"kind": "new", "text": line} for line in new)


def _pieces(old: str, new: str) -> list[list[str]] | None:
    """[["same" | "gone" | "new", text], …], or None where the two have too little in common."""
    one, other = _PIECE.findall(old), _PIECE.findall(new)
    if len(one) + len(other) > _MOST_PIECES:
        return None
    said, says = ([piece for piece in pieces if not piece.isspace()] for pieces in (one, other))
    if SequenceMatcher(None, said, says, autojunk=False).ratio() < _LIKE:
        return None
    before, after = ([" " if piece.isspace() else piece for piece in pieces] for pieces in (one, other))
    pieces = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(["same", "".join(other[c:d])])
            continue
        pieces += [["gone", "".join(one[a:b])]] if b > a else []
        pieces += [["new", "".join(other[c:d])]] if d > c else []
    return pieces
