"""What the checker objects to."""

from dataclasses import dataclass
from typing import Literal

Rule = Literal[
    "number", "time", "date", "currency", "quotation", "language", "origin", "markup", "name", "length", "likeness"
]


@dataclass(frozen=True, slots=True)
class Finding:
    """Words of a proposal that the source does not bear out."""

    rule: Rule
    excerpt: str
    message: str
