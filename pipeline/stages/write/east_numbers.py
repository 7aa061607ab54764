"""Numbers in Han and Korean: 3亿5000万, 二〇二〇, 五六百, 250余万, 1억2천만."""

import re
from collections.abc import Iterator

from pipeline.text.figures import EAST_SCALES, HAN_DIGITS

_BIG = "万萬만億亿억兆조"
_SMALL = "十百千십백천"
_ABOUT = "余餘多数數几幾来來여"  # 250余万: and some more
_HAN = "".join(HAN_DIGITS)
_SINO_KOREAN = {digit: value for value, digit in enumerate("영일이삼사오육칠팔구")}
_SCALE_VALUES = {**EAST_SCALES, "십": 10.0}
_DIGITS = r"\d[\d,]*(?:\.\d+)?"
_UNITS = "瓦米克卡伏帕赫"  # 千瓦 and 兆帕 are units, not thousands
_SPACE = (  # 1억 2000만: Korean parts its scales with spaces
    r"(?:(?<=조)\s(?=[\d,]+\s?[천백]?억)|(?<=억)\s(?=[\d,]+\s?[천백]?만)"
    r"|(?<=만)\s(?=\d{1,4}(?![\d,]|\s?[천백]?[만억조])))"
)
_TOKEN = re.compile(
    rf"(?:{_DIGITS}|[{_HAN}十百千]|(?<=[近逾上过過约約超达達])[{_BIG}]|[일이삼사오육칠팔구](?=[십백천만억조]))"
    rf"(?:\s?[{_BIG}]|[{_HAN}]|[{_SMALL}]|[{_ABOUT}](?=[{_BIG}{_SMALL}])"
    rf"|(?:(?<=[{_BIG}{_SMALL}])|{_SPACE})(?:{_DIGITS}|[일이삼사오육칠팔구](?=[십백천만억조])))*"
)
_PIECE = re.compile(rf"{_DIGITS}|[{_HAN}]+|[일이삼사오육칠팔구]|[{_SMALL}]|[{_BIG}]")
_PAIR = re.compile(rf"[{_HAN}]{{2}}(?![{_HAN}])")


def read_east_numbers(text: str) -> Iterator[tuple[tuple[float, ...], int, int]]:
    """The readings of each number, with its start and end: 五六百 is 500 and 600."""
    for match in _TOKEN.finditer(text):
        token = match[0].rstrip(" ,")
        readings = [_value(variant) for variant in _variants(token)]
        if token[-1] in "千兆" and text[match.end() : match.end() + 1] in _UNITS:
            readings.append(_value(token[:-1]))
        yield tuple(dict.fromkeys(readings)), match.start(), match.start() + len(token)


def _variants(token: str) -> list[str]:
    """The token, and where it names two neighbouring digits (两三天, 五六百) one for each of them."""
    for pair in _PAIR.finditer(token):
        first, second = pair[0][0], pair[0][1]
        if HAN_DIGITS[second] - HAN_DIGITS[first] == 1 and (pair.start() == 0 or token[pair.start() - 1] not in _HAN):
            around = (token[: pair.start()], token[pair.end() :])
            return [first.join(around), second.join(around), token]
    return [token]


def _value(token: str) -> float:
    """The value of digits and scales: each large scale multiplies what stands before it."""
    total = section = 0.0
    current: float | None = None
    for piece in _PIECE.findall(token):
        if piece in _BIG:
            section += current or 0.0
            total = total + (section or 1.0) * _SCALE_VALUES[piece] if total == 0 or section else (
                total * _SCALE_VALUES[piece])  # fmt: skip
            section, current = 0.0, None
        elif piece in _SMALL:
            section += (1.0 if current is None else current) * _SCALE_VALUES[piece]
            current = None
        else:
            current = _digits(piece)
    return total + section + (current or 0.0)


def _digits(piece: str) -> float:
    if piece[0] in HAN_DIGITS:
        return float("".join(str(HAN_DIGITS[digit]) for digit in piece))
    if piece in _SINO_KOREAN:
        return float(_SINO_KOREAN[piece])
    return float(piece.replace(",", ""))
