"""Texts as an editor may type them: without control characters, of a bounded length."""

import re
from typing import Any

from pipeline.errors import UsageError

MAX_CHARACTERS = {"letter": 40_000, "blurb": 20_000, "text": 20_000}  # these have several paragraphs
MAX_LINE_CHARACTERS = 2_000  # of every other text
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def clean_text(path: str, value: Any) -> str:
    """Return the text for a path, whose last part says whether it may have several lines. UsageError."""
    name = path.rpartition(".")[2]
    limit = MAX_CHARACTERS.get(name, MAX_LINE_CHARACTERS)
    if not isinstance(value, str) or len(value) > limit:
        raise UsageError(f"{path}: expected a text of at most {limit:,} characters")
    text = CONTROLS.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return text if name in MAX_CHARACTERS else " ".join(text.split("\n"))
