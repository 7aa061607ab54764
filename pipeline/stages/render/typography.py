"""Typography by script: fonts, leading, direction, and whether there are capitals and italics."""

import functools
import unicodedata
from dataclasses import dataclass

from pipeline.records import Theme
from pipeline.text.languages import script_of_language
from pipeline.text.scripts import RIGHT_TO_LEFT

# Scripts that the theme's fonts cover, and the only ones with letter case.
_CASED = frozenset({"Latn", "Cyrl", "Grek", "Armn"})
_SLANTED = frozenset({"Latn", "Cyrl", "Grek"})  # italics exist as a typeface; elsewhere letters would only be slanted
_FALLBACK = "Arial,sans-serif"

# Fonts of Apple, Windows, Android and Linux, in this order; unquoted, so that they are safe in a style attribute.
_FONTS = {
    "Hant": "PingFang TC,Microsoft JhengHei,Noto Sans TC,Noto Sans CJK TC,sans-serif",
    "Hans": "PingFang SC,Microsoft YaHei,Noto Sans SC,Noto Sans CJK SC,sans-serif",
    "Jpan": "Hiragino Sans,Yu Gothic,Meiryo,Noto Sans JP,Noto Sans CJK JP,sans-serif",
    "Kore": "Apple SD Gothic Neo,Malgun Gothic,Noto Sans KR,Noto Sans CJK KR,sans-serif",
    "Arab": "Geeza Pro,Segoe UI,Noto Naskh Arabic,Tahoma,sans-serif",
    "Hebr": "Arial Hebrew,Segoe UI,Noto Sans Hebrew,Arial,sans-serif",
    "Thai": "Thonburi,Leelawadee UI,Noto Sans Thai,Tahoma,sans-serif",
    "Deva": "Kohinoor Devanagari,Nirmala UI,Noto Sans Devanagari,sans-serif",
    "Khmr": "Khmer Sangam MN,Leelawadee UI,Noto Sans Khmer,sans-serif",
    "Laoo": "Lao Sangam MN,Leelawadee UI,Noto Sans Lao,sans-serif",
    "Mymr": "Myanmar Sangam MN,Myanmar Text,Noto Sans Myanmar,sans-serif",
    "Beng": "Kohinoor Bangla,Nirmala UI,Noto Sans Bengali,sans-serif",
    "Taml": "Tamil Sangam MN,Nirmala UI,Noto Sans Tamil,sans-serif",
}
# The height of a line, where letters are denser than Latin ones or have marks above and below.
_LEADING = {
    **dict.fromkeys(("Hant", "Hans", "Jpan", "Kore", "Thai", "Deva", "Beng", "Taml", "Laoo"), "1.75"),
    "Arab": "1.8",
    "Hebr": "1.65",
    **dict.fromkeys(("Khmr", "Mymr"), "1.9"),
}
_WITHOUT_SPACES = frozenset({"Hant", "Hans", "Jpan"})  # Korean has them between words; Thai, between sentences


@dataclass(frozen=True, slots=True)
class Face:
    """The typography of one language; `text` and `interface` are CSS font-family values."""

    tag: str  # BCP 47, for the lang attribute
    script: str  # ISO 15924
    direction: str  # ltr or rtl
    text: str  # headlines and paragraphs
    interface: str  # kickers, credits, labels
    leading: str
    capitals: bool
    italics: bool

    @property
    def spaced(self) -> bool:
        """Whether there is a space between sentences."""
        return is_spaced(self.tag)

    @property
    def cjk(self) -> bool:
        """Whether it is Chinese, Japanese or Korean, where a line may break between any two characters."""
        return self.script in _WITHOUT_SPACES or self.script == "Kore"

    @property
    def start(self) -> str:
        """The side where lines begin."""
        return "right" if self.direction == "rtl" else "left"

    @property
    def end(self) -> str:
        """The side where lines end."""
        return "left" if self.direction == "rtl" else "right"


def is_spaced(tag: str) -> bool:
    """Whether a language is written with spaces between sentences."""
    return script_of_language(tag) not in _WITHOUT_SPACES


def direction_of(text: str) -> str:
    """ltr or rtl: the direction of the first letter that has one."""
    strong = next((kind for char in text if (kind := unicodedata.bidirectional(char)) in ("L", "R", "AL")), "L")
    return "ltr" if strong == "L" else "rtl"


@functools.lru_cache(maxsize=256)
def face_of(tag: str, theme: Theme) -> Face:
    """The typography of a language in a theme."""
    script = script_of_language(tag)
    stack = _FONTS.get(script)
    cased = script in _CASED
    return Face(
        tag=tag,
        script=script,
        direction="rtl" if script in RIGHT_TO_LEFT else "ltr",
        text=stack or (theme.font_serif if cased else _FALLBACK),
        interface=stack or (theme.font_sans if cased else _FALLBACK),
        leading=_LEADING.get(script, "1.58"),
        capitals=cased,
        italics=script in _SLANTED,
    )
