"""What the checker objects to."""

from dataclasses import dataclass, replace
from typing import Literal, Self

Rule = Literal[
    "number", "time", "date", "currency", "quotation", "language", "origin", "markup", "name", "length", "likeness"
]


@dataclass(frozen=True, slots=True)
class Finding:
    """Words of a proposal that the source does not bear out."""

    rule: Rule
    excerpt: str
    message: str
    start: int = -1  # of the excerpt in the text; -1 if the text has it in another form
    end: int = -1

    def located(self, text: str, after: int = 0) -> Self:
        """The same with the place of its excerpt in a text, the first one from `after` on if there is one."""
        start = text.find(self.excerpt, after)
        start = start if start >= 0 else text.find(self.excerpt)
        return replace(self, start=start, end=start + len(self.excerpt)) if start >= 0 and self.excerpt else self
