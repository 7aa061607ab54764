"""Compare two texts line by line, and changed passages word by word, as JSON values for the page."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_CONTEXT_LINES = 2  # equal lines shown before and after a difference
_MIN_RATIO = 0.35  # passages less similar than this are shown as removed and added, not word by word
_MAX_TOKENS = 4_000  # of two passages together: the comparison takes quadratic time


def differences(old: str, new: str) -> list[dict[str, Any]]:
    """Return hunks: {"kind": "same" | "removed" | "added", "text"}, {"kind": "changed", "pieces"}, {"kind": "skipped"}.

    A piece is a pair of "same", "removed" or "added" and the text. A skipped hunk has the number of its `lines`.
    """
    before, after = old.splitlines(), new.splitlines()
    hunks: list[dict[str, Any]] = []
    opcodes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for position, (kind, a, b, c, d) in enumerate(opcodes):
        if kind == "equal":
            hunks += _equal_hunks(before[a:b], first=position == 0, last=position == len(opcodes) - 1)
        else:
            hunks += _changed_hunks(before[a:b], after[c:d])
    return hunks


def _equal_hunks(lines: Sequence[str], *, first: bool, last: bool) -> Iterator[dict[str, Any]]:
    head = [] if first else lines[:_CONTEXT_LINES]
    tail = [] if last else lines[max(len(head), len(lines) - _CONTEXT_LINES) :]
    skipped = len(lines) - len(head) - len(tail)
    yield from ({"kind": "same", "text": line} for line in head)
    if skipped > 0:
        yield {"kind": "skipped", "lines": skipped}
    yield from ({"kind": "same", "text": line} for line in tail)


def _changed_hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Compare the passage as one text, so that a new line break does not count as a difference in its words."""
    pieces = _word_pieces("\n".join(old), "\n".join(new)) if old and new else None
    if pieces is not None:
        yield {"kind": "changed", "pieces": pieces}
        return
    yield from ({"kind": "removed", "text": line} for line in old)
    yield from ({"kind": "added", "text": line} for line in new)


def _word_pieces(old: str, new: str) -> list[list[str]] | None:
    """Return [["same" | "removed" | "added", text], …], or None if the two texts have too little in common."""
    old_tokens, new_tokens = _TOKEN.findall(old), _TOKEN.findall(new)
    if len(old_tokens) + len(new_tokens) > _MAX_TOKENS:
        return None
    old_words, new_words = ([token for token in tokens if not token.isspace()] for tokens in (old_tokens, new_tokens))
    if SequenceMatcher(None, old_words, new_words, autojunk=False).ratio() < _MIN_RATIO:
        return None
    before, after = ([" " if token.isspace() else token for token in tokens] for tokens in (old_tokens, new_tokens))
    pieces: list[list[str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(["same", "".join(new_tokens[c:d])])
            continue
        pieces += [["removed", "".join(old_tokens[a:b])]] if b > a else []
        pieces += [["added", "".join(new_tokens[c:d])]] if d > c else []
    return pieces
