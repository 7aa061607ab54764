"""Chinese in traditional or simplified characters, by the characters that only one of them has.

The sets come from the character sets that each side made for itself, in their levels of common characters: what is
common in Taiwan's Big5 and absent from China's GB 2312 is traditional, and the other way round; what only Japan's
JIS X 0208 has is Japanese. All are codecs of Python's own library, so no table is shipped. Characters that the other
side writes too are taken out by hand.
"""

from collections import Counter
from functools import cache
from typing import NamedTuple

# Common in one set, absent from the other, and yet written by both: names, chemistry, dialect, Hong Kong's forms.
_BOTH_SIMPLIFIED = frozenset(
    "着价哆啥掂掐搐撂撅掇捅扦挎憋忻潞炔烷砷硷酚酞酮酶醚醛胺氰硅椿椽棱枷柜滁邯郴傣僳淖酯腊粘痹毖涂侄"
)
_BOTH_TRADITIONAL = frozenset("昇祐珮璟玥瑯璘洸湣堉昉晞甦倣櫂焜煜瑋琍珪暱姪迺釐砲祕呎吋嘐")


class Evidence(NamedTuple):
    """How many characters of a text only one writing has."""

    traditional: int
    simplified: int
    japanese: int


def evidence(text: str) -> Evidence:
    """Count the characters that are traditional only, simplified only, Japanese only."""
    tally = {"Hant": 0, "Hans": 0, "Jpan": 0}
    table = _table()
    for character, times in Counter(text).items():
        writing = table.get(character)
        if writing:
            tally[writing] += times
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
