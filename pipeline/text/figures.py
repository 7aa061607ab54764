"""Numbers of a text made plain: 1.2億, 120 Millionen and 120m are one amount."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

SCALES = {
    "en": {"hundred": 1e2, "thousand": 1e3, "lakh": 1e5, "million": 1e6, "mn": 1e6, "m": 1e6, "crore": 1e7,
           "billion": 1e9, "bn": 1e9, "b": 1e9, "trillion": 1e12, "tn": 1e12, "lakh crore": 1e12},
    "de": {"tausend": 1e3, "millionen": 1e6, "million": 1e6, "mio": 1e6, "milliarden": 1e9, "milliarde": 1e9,
           "mrd": 1e9, "billionen": 1e12, "billion": 1e12, "bio": 1e12},
    "nl": {"duizend": 1e3, "miljoen": 1e6, "mln": 1e6, "mio": 1e6, "miljard": 1e9, "mrd": 1e9, "mld": 1e9,
           "biljoen": 1e12},
    "fr": {"mille": 1e3, "million": 1e6, "millions": 1e6, "milliard": 1e9, "milliards": 1e9, "mds": 1e9, "md": 1e9},
    "es": {"mil": 1e3, "millón": 1e6, "millones": 1e6, "mil millones": 1e9, "billón": 1e12, "billones": 1e12},
    "pt": {"mil": 1e3, "milhão": 1e6, "milhões": 1e6, "mi": 1e6, "mil milhões": 1e9, "bilhão": 1e9, "bilhões": 1e9,
           "bi": 1e9, "trilhão": 1e12, "trilhões": 1e12},
    "it": {"mila": 1e3, "milione": 1e6, "milioni": 1e6, "mln": 1e6, "miliardo": 1e9, "miliardi": 1e9, "mld": 1e9},
}  # fmt: skip
_COUNTS: dict[str, dict[str, float]] = {
    "en": {"half a": 0.5, "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
           "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "twenty": 20, "thirty": 30},
    "de": {"eine halbe": 0.5, "eine": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7,
           "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "zwanzig": 20},
    "nl": {"een half": 0.5, "een": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8,
           "negen": 9, "tien": 10, "elf": 11, "twaalf": 12, "twintig": 20},
    "fr": {"un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "dix": 10},
    "es": {"un": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "diez": 10},
    "pt": {"um": 1, "dois": 2, "duas": 2, "três": 3, "quatro": 4, "cinco": 5, "seis": 6, "sete": 7, "oito": 8,
           "dez": 10},
    "it": {"un": 1, "due": 2, "tre": 3, "quattro": 4, "cinque": 5, "sei": 6, "sette": 7, "otto": 8, "dieci": 10},
}  # fmt: skip
_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
}
_SHORT_MONTHS = {name[:3]: number for number, name in enumerate(_MONTHS["en"].split(), 1)}
# What a text must have for its patterns to be worth a try: they go through it from end to end.
_OF_HUNDRED = re.compile(r"[%百成パ퍼프個个]|ci?ent|pro[cz]ent", re.IGNORECASE)
_EAST_SCALE = re.compile(r"[万萬만億亿억兆조]")
_NUMBER = r"(?<!\d)(?:\d{1,3}(?:[,.]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?)"  # never from within a row of digits
_PERCENT = re.compile(
    rf"({_NUMBER})\s*(?:%|p(?:er|our|or) ?c(?:ent|ento|iento)\b|pro[cz]ent\b|パーセント|퍼센트|프로\b|個百分|个百分)"
    r"|百分之([零〇一二兩两三四五六七八九十百]+|\d+(?:\.\d+)?)|([一二三四五六七八九\d])成(?![不立為为員员功長长果本交])",
    re.IGNORECASE,
)
EAST_SCALES = {"十": 1e1, "百": 1e2, "千": 1e3, "천": 1e3, "백": 1e2, "万": 1e4, "萬": 1e4, "만": 1e4, "億": 1e8,
                "亿": 1e8, "억": 1e8, "兆": 1e12, "조": 1e12}  # fmt: skip
_EAST = re.compile(
    r"(?:(?:(?<!\d)\d[\d,]*(?:\.\d+)?|[零〇一二兩两三四五六七八九]+)?[十百千천백]{0,3}\s?[万萬만億亿억兆조]+\s?)+(?:\d{1,4}(?![\d.,]))?"
)
_EAST_PART = re.compile(
    r"(\d[\d,]*(?:\.\d+)?)?([零〇一二兩两三四五六七八九十百千]*)([천백]*)\s?([万萬만億亿억兆조]+)?\s?"
)
HAN_DIGITS = {
    digit: value
    for value, digits in enumerate(("零〇", "一", "二兩两", "三", "四", "五", "六", "七", "八", "九"))
    for digit in digits
}
_EAST_DATE = re.compile(r"(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日号號일]")
_CODE = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z]+-?\d+[A-Za-z0-9-]*|\d+(?:\.\d+)?[A-Za-z]+\d*)(?![A-Za-z0-9])")
_NANOMETRES = re.compile(
    r"(?<!\d)(\d+(?:\.\d+)?)[\s-]?(?:nm\b|nanomet\w+|納米|纳米|奈米|ナノ(?:メートル)?|나노(?:미터)?)", re.IGNORECASE
)
_PLAIN = re.compile(rf"(?<![A-Za-z0-9_.,])({_NUMBER})(?![A-Za-z0-9_%])")
_SPACED = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")  # within a number, where spaces part its thousands
_SPACING = ("fr", "pl", "ru", "sv")
_LEAST_PLAIN = 12  # whole numbers up to this mean little
_EASTERN = ("zh", "ja", "ko")
_WORDS_BEFORE = 4  # as many as a figure may have before its digit or scale, and more: each but the last is whole
_WORDS_AFTER = re.compile(r"(\S*)(?:\s+\S+){0,3}")  # and behind it
_APART = " | "  # which no figure reaches over
_YEARS = range(1990, 2041)


def figures(text: str, language: str) -> dict[str, str]:
    """What a text counts, each figure as a plain key and as the text has it.

    Keys are `amount 1.2e+08`, `percent 6`, `date 11-18`, `number 2700`, `code p800`.
    """
    found: dict[str, str] = {}
    left = unicodedata.normalize("NFKC", text)
    if language in _SPACING:
        left = _SPACED.sub("", left)
    left = _near_figures(left, language)
    if not left:
        return found
    for reader in (_dates, _percents, _nanometres, _east_amounts, _west_amounts, _codes, _plain):
        spans = []
        for key, start, end in reader(left, language):
            found.setdefault(key, left[start:end].strip())
            spans.append((start, end))
        for start, end in spans:
            left = left[:start] + " " * (end - start) + left[end:]
    return found


def _near_figures(text: str, language: str) -> str:
    """A text without what stands three words and more from all that counts: most of a text, and no figure is in it."""
    if language in _EASTERN:
        return text  # short, and all of it may count
    pieces: list[str] = []
    start = word = end = 0
    for mark in _counting(language if language in SCALES else "en").finditer(text):
        if mark.end() <= word:
            continue
        if mark.start() > end and len(before := text[end : mark.start()].rsplit(None, _WORDS_BEFORE)) > _WORDS_BEFORE:
            pieces.append(text[start:end])
            start = end + len(before[0])
        if after := _WORDS_AFTER.match(text, mark.end()):
            word, end = after.end(1), after.end()
    pieces.append(text[start:end])
    return _APART.join(filter(None, pieces))


@cache
def _counting(language: str) -> re.Pattern[str]:
    """What every figure has: a digit, a character of the East, or a scale that is told in words: `two million`."""
    scales = sorted(f"[{scale[0]}{scale[0].upper()}](?i:{re.escape(scale[1:])})" for scale in SCALES[language])
    return re.compile(rf"[\d\u2e80-\U0010ffff\s-](?:(?<![\s-])|(?=(?:{'|'.join(scales)})\b))")


Hit = tuple[str, int, int]


def number(text: str, language: str) -> float:
    """The value of digits with marks: the comma is decimal in German and Dutch, else unless three digits follow.

    So is the point in languages whose countries do not agree on it.
    """
    plain = text.replace(" ", "")
    if language in ("de", "nl"):
        if "," in plain:
            english = plain.count(",") > 1  # no number has two decimal marks
            return _value(plain.replace(",", "") if english else plain.replace(".", "").replace(",", "."))
        return _value(plain.replace(".", "") if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", plain) else plain)
    marks = "[,.]" if language in ("es", "fr", "it", "pt") else ","
    whole = re.sub(rf"(?<=\d){marks}(?=\d{{3}}(?!\d))", "", plain)
    return _value(whole.replace(",", ".") if whole.count(",") == 1 else whole.replace(",", ""))


def _value(digits: str) -> float:
    """Digits with points, the last one decimal: those of an address or of another country's way are more than one."""
    whole, point, rest = digits.rpartition(".")
    return float(whole.replace(".", "") + point + rest)


def _lower(word: str) -> str:
    """A word in small letters, the Turkish i with and without its dot as any other: patterns take them for one."""
    return word.lower().replace("i\u0307", "i").replace("\u0131", "i")


def _amount(value: float) -> str:
    return f"amount {value:.3g}"


def _percents(text: str, language: str) -> Iterator[Hit]:
    if not _OF_HUNDRED.search(text):
        return
    for match in _PERCENT.finditer(text):
        if match[1]:
            value = number(match[1], language)
        elif match[2]:
            value = float(match[2]) if match[2][0].isdigit() else _han(match[2])
        else:
            value = 10 * (float(match[3]) if match[3].isdigit() else _han(match[3]))
        yield f"percent {value:g}", match.start(), match.end()


def _han(digits: str) -> float:
    """A number in Han digits below ten thousand: 三百二十."""
    total, current = 0.0, 0.0
    for character in digits:
        if character in HAN_DIGITS:
            current = HAN_DIGITS[character] if current == 0 else current * 10 + HAN_DIGITS[character]
        else:
            total += (current or 1.0) * EAST_SCALES[character]
            current = 0.0
    return total + current


def _east_amounts(text: str, _language: str) -> Iterator[Hit]:
    if not _EAST_SCALE.search(text):
        return
    for match in _EAST.finditer(text):
        total = 0.0
        for part in _EAST_PART.finditer(match[0]):
            if not part[0].strip():
                continue
            digits = float(part[1].replace(",", "")) if part[1] else 0.0
            small = part[2] or ""
            if digits:
                value = digits
                for character in small + (part[3] or ""):
                    value *= EAST_SCALES.get(character, 1.0)
            else:
                value = _han(small) if small else 1.0
                for character in part[3] or "":
                    value *= EAST_SCALES[character]
            for character in part[4] or "":
                value *= EAST_SCALES[character]
            total += value
        if any(character.isdigit() or character in HAN_DIGITS or character in "十百千" for character in match[0]):
            yield _amount(total), match.start(), match.end()


def _west_amounts(text: str, language: str) -> Iterator[Hit]:
    scales = SCALES.get(language, SCALES["en"])
    counts = _COUNTS.get(language, _COUNTS["en"])
    for match in _amount_pattern(language if language in SCALES else "en").finditer(text):
        if match[1]:
            value = number(match[1], language)
            if language not in ("de", "nl") and re.fullmatch(r"\d+,\d{3}", match[1]):
                value = float(match[1].replace(",", ""))
        else:
            value = float(counts[_lower(match[2])])
        yield _amount(value * scales[_lower(match[3])]), match.start(), match.end()


@cache
def _amount_pattern(language: str) -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, SCALES[language]), key=len, reverse=True))
    words = "|".join(sorted(map(re.escape, _COUNTS[language]), key=len, reverse=True))
    return re.compile(rf"(?:({_NUMBER})[\s-]?|\b({words})[\s-])({names})\b\.?", re.IGNORECASE)


def _dates(text: str, language: str) -> Iterator[Hit]:
    for match in _EAST_DATE.finditer(text):
        yield f"date {int(match[1])}-{int(match[2])}", match.start(), match.end()
    months = _months(language if language in _MONTHS else "en")
    for match in _date_pattern(language if language in _MONTHS else "en").finditer(text):
        month, day = (match[2], match[1]) if match[2] else (match[3], match[4])
        yield f"date {months[_lower(month)]}-{int(day)}", match.start(), match.end()


@cache
def _months(language: str) -> dict[str, int]:
    months = {name: place for place, name in enumerate(_MONTHS[language].split(), 1)}
    return months | _SHORT_MONTHS if language == "en" else months


@cache
def _date_pattern(language: str) -> re.Pattern[str]:
    names = "|".join(sorted(_months(language), key=len, reverse=True))
    before = rf"(\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s+(?:de\s+)?({names})"
    return re.compile(rf"\b(?:{before}|({names})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?)\b(?!\d)", re.IGNORECASE)


def _nanometres(text: str, _language: str) -> Iterator[Hit]:
    for match in _NANOMETRES.finditer(text):
        yield f"code {match[1]}nm", match.start(), match.end()


def _codes(text: str, _language: str) -> Iterator[Hit]:
    for match in _CODE.finditer(text):
        yield f"code {match[0].lower().replace('-', '')}", match.start(), match.end()


def _plain(text: str, language: str) -> Iterator[Hit]:
    for match in _PLAIN.finditer(text):
        value = number(match[1], language)
        if (value > _LEAST_PLAIN or not value.is_integer()) and not (
            value in _YEARS and "," not in match[1] and "." not in match[1]
        ):
            yield (_amount(value) if value >= 10_000 else f"number {value:g}"), match.start(), match.end()
