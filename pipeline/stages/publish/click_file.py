"""A table of clicks as services export it: CSV with a column of addresses and one of counts."""

import csv
import re
from collections.abc import Mapping, Sequence

from pipeline.errors import UsageError

_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
# Headings in order of preference: the readers who clicked, then all clicks, then any other count.
_COUNTS = (
    re.compile(r"uni(?:que|ek|k|cos|ques|voci)|eindeutig|不重複|独立|ユニーク", re.IGNORECASE),
    re.compile(r"cli(?:ck|c)s?\b|klic?ks?|点击|點擊|クリック", re.IGNORECASE),
    re.compile(r"count|total|number|anzahl|aantal|nombre|número", re.IGNORECASE),
)
_THOUSANDS = re.compile(r"(?<=\d)[,.'’ \u00a0\u202f](?=\d{3}\b)")
_DELIMITERS = ",;\t|"


def parse_clicks(text: str, name: str) -> Mapping[str, int]:
    """Read address → clicks; an address in several rows gets the sum. UsageError names the file and what it lacks."""
    rows = [row for row in csv.reader(text.splitlines(), delimiter=_delimiter(text)) if any(map(str.strip, row))]
    width = max(map(len, rows), default=0)
    rows = [row + [""] * (width - len(row)) for row in rows]
    addresses = [sum(bool(_ADDRESS.match(row[column].strip())) for row in rows) for column in range(width)]
    if not any(addresses):
        raise UsageError(f"{name}: no column has web addresses; export the clicks for each link")
    address = addresses.index(max(addresses))
    linked = [row for row in rows if _ADDRESS.match(row[address].strip())]
    heading = rows[0] if rows[0] is not linked[0] else [""] * width
    column = _count_column(heading, linked, address)
    if column is None:
        raise UsageError(f"{name}: no column has the number of clicks; its heading should be 'clicks'")
    clicks: dict[str, int] = {}
    for row in linked:
        link = row[address].strip()
        clicks[link] = clicks.get(link, 0) + (_number(row[column]) or 0)
    return clicks


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=first.count)


def _count_column(heading: Sequence[str], rows: Sequence[Sequence[str]], address: int) -> int | None:
    columns = [
        column
        for column in range(len(heading))
        if column != address and all(_number(row[column]) is not None or not row[column].strip() for row in rows)
    ]
    columns = [column for column in columns if any(row[column].strip() for row in rows)]
    for words in _COUNTS:
        for column in columns:
            if words.search(heading[column]):
                return column
    return columns[0] if len(columns) == 1 else None


def _number(text: str) -> int | None:
    digits = _THOUSANDS.sub("", text.strip())
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
