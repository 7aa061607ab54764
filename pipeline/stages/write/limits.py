"""How long a proposed kicker, headline and blurb may be, in words or display columns."""

from dataclasses import dataclass

from pipeline.text.languages import primary_language

# Written without spaces between words.
UNSPACED = frozenset({"zh", "ja", "th", "lo", "km", "my", "bo"})


@dataclass(frozen=True, slots=True)
class Limits:
    """The longest kicker, headline and blurb. A CJK character has two columns."""

    kicker_words: int | None = 3
    kicker_columns: int | None = None
    headline_columns: int = 70
    blurb_sentences: tuple[int, int] = (2, 3)
    blurb_columns: int = 400


def limits_of(to: str) -> Limits:
    """The limits for texts in a language: without spaces, a kicker has eight wide characters in place of words."""
    return Limits(kicker_words=None, kicker_columns=16) if primary_language(to) in UNSPACED else Limits()
