"""Traditional or simplified Chinese, by the characters that only one of them uses.

National character sets define them, in their levels of common characters: a character that is common in Taiwan's Big5
and absent from China's GB 2312 is traditional, and the reverse is simplified; one that only Japan's JIS X 0208 has is
Japanese. Python has all these codecs, so no table is shipped. Exceptions are listed by hand.
"""

from collections import Counter
from functools import cache
from typing import NamedTuple

# Common in one set and absent from the other, yet used by both: names, chemistry, dialect, Hong Kong's forms.
_BOTH_SIMPLIFIED = frozenset(
    "着价哆啥掂掐搐撂撅掇捅扦挎憋忻潞炔烷砷硷酚酞酮酶醚醛胺氰硅椿椽棱枷柜滁邯郴傣僳淖酯腊粘痹毖涂侄"
)
_BOTH_TRADITIONAL = frozenset("昇祐珮璟玥瑯璘洸湣堉昉晞甦倣櫂焜煜瑋琍珪暱姪迺釐砲祕呎吋嘐")


class Evidence(NamedTuple):
    """The numbers of characters in a text that only one writing system uses."""

    traditional: int
    simplified: int
    japanese: int


def count_evidence(text: str) -> Evidence:
    """Count the characters that are only traditional, only simplified, only Japanese."""
    tally = {"Hant": 0, "Hans": 0, "Jpan": 0}
    table = _table()
    for character, count in Counter(text).items():
        script = table.get(character)
        if script:
            tally[script] += count
    return Evidence(tally["Hant"], tally["Hans"], tally["Jpan"])


@cache
def _table() -> dict[str, str]:
    han = [chr(point) for point in range(0x4E00, 0x9FA6)]
    china = {c for c in han if _encodes(c, "gb2312")}
    china_common = {c for c in china if c.encode("gb2312")[0] <= 0xD7}
    taiwan_common = {c for c in han if _encodes(c, "big5") and c.encode("big5")[0] <= 0xC6}
    hong_kong = {c for c in han if _encodes(c, "big5hkscs")}
    japan = {c for c in han if _encodes(c, "shift_jis")}
    table = dict.fromkeys(japan - china - hong_kong, "Jpan")
    table |= dict.fromkeys(china_common - taiwan_common - _BOTH_SIMPLIFIED, "Hans")
    table |= dict.fromkeys(taiwan_common - china - _BOTH_TRADITIONAL, "Hant")
    return table


def _encodes(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True
