"""Numbers written in words: twenty-five, zweihundertfünfzig, quatre-vingt-dix, 열다섯."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from pipeline.text.figures import SCALES
from pipeline.text.languages import primary_language

LARGEST_SMALL = 12  # number words up to this are used too freely to be compared

_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
_GERMAN = (
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn"
    " achtzehn neunzehn"
)
_DUTCH = (
    "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien"
    " achttien negentien"
)
_FRENCH = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit"
    " dix-neuf"
)
_SPANISH = (
    "cero un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete"
    " dieciocho diecinueve"
)
_KOREAN = "영 하나 둘 셋 넷 다섯 여섯 일곱 여덟 아홉 열"


def _table(units: str, tens: str, **others: float) -> dict[str, float]:
    """Units counted from 0, tens from 20, and words with a value of their own (`_` for a space)."""
    words: dict[str, float] = {word: value for value, word in enumerate(units.split())}
    words |= {word: 10 * place for place, word in enumerate(tens.split(), 2)}
    return words | {word.replace("_", " "): value for word, value in others.items()}


_WORDS: Mapping[str, Mapping[str, float]] = {
    "en": _table(_ENGLISH, "twenty thirty forty fifty sixty seventy eighty ninety", a=1, hundred=100, dozen=12,
                 half=0.5, half_a=0.5, first=1, second=2, third=3, fourth=4, fifth=5, sixth=6, seventh=7, eighth=8,
                 ninth=9, tenth=10, eleventh=11, twelfth=12, thirteenth=13, fifteenth=15, sixteenth=16,
                 twentieth=20, thirtieth=30, hundredth=100, once=1, twice=2, double=2, triple=3, pair=2,
                 couple=2, single=1),
    "de": _table(_GERMAN, "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig", ein=1, eine=1, zwo=2,
                 hundert=100, dutzend=12, halb=0.5, halbe=0.5, halben=0.5, eine_halbe=0.5, hälfte=0.5,
                 anderthalb=1.5, einhalb=0.5,
                 erste=1, dritte=3, siebte=7, achtelfinale=16, achtelfinal=16, doppelt=2, doppel=2),
    "nl": _table(_DUTCH, "twintig dertig veertig vijftig zestig zeventig tachtig negentig", één=1, honderd=100,
                 dozijn=12, een_half=0.5, een_halve=0.5, half=0.5, halve=0.5, helft=0.5,
                 anderhalf=1.5, anderhalve=1.5, eerste=1, derde=3,
                 dubbel=2),
    "fr": _table(_FRENCH, "vingt trente quarante cinquante soixante", une=1, cent=100, cents=100, demi=0.5,
                 moitié=0.5, premier=1, première=1, deuxième=2, second=2, troisième=3, quatrième=4, cinquième=5,
                 sixième=6, septième=7, huitième=8, neuvième=9, dixième=10, douzaine=12, vingtaine=20,
                 trentaine=30, quarantaine=40, cinquantaine=50, centaine=100, double=2, triple=3, vingts=20)
          | {"quatre-vingt": 80, "quatre-vingts": 80, "dizaine": 10},
    "es": _table(_SPANISH, "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa", una=1, uno=1,
                 cien=100, ciento=100, cientos=100, medio=0.5, media=0.5, mitad=0.5, docena=12, primero=1,
                 primera=1, veintiuno=21, veintiún=21, veintidós=22, veintitrés=23, veinticuatro=24,
                 veinticinco=25, veintiséis=26, veintisiete=27, veintiocho=28, veintinueve=29, doscientos=200,
                 trescientos=300, cuatrocientos=400, quinientos=500, seiscientos=600, setecientos=700,
                 ochocientos=800, novecientos=900, doble=2, triple=3),
    "ko": _table(_KOREAN, "스물 서른 마흔 쉰 예순 일흔 여든 아흔", 한=1, 두=2, 세=3, 네=4, 스무=20),
}  # fmt: skip
_SPOKEN_SCALES = {  # the scales of figures.py that are words rather than abbreviations
    "en": "thousand million billion trillion lakh crore",
    "de": "tausend million millionen milliarde milliarden billion billionen",
    "nl": "duizend miljoen miljard biljoen",
    "fr": "mille million millions milliard milliards",
    "es": "mil millón millones billón billones",
}
_JOINERS = {"en": "and", "de": "und", "nl": "en", "fr": "et", "es": "y", "ko": ""}
_COMPOUNDING = ("de", "nl")  # which write a number as one word
_KOREAN_COUNTERS = "명|살|개|번|가지|달|시|시간|사람|마리|대|곳|차례|배|척|편|군데|팀|건"
_ENDINGS = {
    "de": "e|er|es|em|en|te|ten|ter|tes|ste|sten|ster|mal|fach|fache|jährige?[nrs]?|prozentige?[nrs]?|tägige?[nrs]?"
          "|stündige?[nrs]?|köpfige?[nrs]?",
    "nl": "e|en|de|ste|maal|jarige?|tal|voudige?",
}  # fmt: skip


def read_number_words(text: str, language: str) -> Iterator[tuple[float, int, int]]:
    """The values of the number words in a text, with their start and end."""
    base = primary_language(language)
    if base not in _WORDS:
        return
    values = _values(base)
    for match in _run_pattern(base).finditer(text):
        start = match.start()
        parts = [(values[each[0].lower()], *each.span()) for each in _morpheme_pattern(base).finditer(match["run"])]
        numbers = _compose(parts, units_first=base in _COMPOUNDING)
        yield from ((value, start + first, start + last) for value, first, last in numbers)


def _compose(parts: list[tuple[float, int, int]], *, units_first: bool) -> Iterator[tuple[float, int, int]]:
    """Add and multiply neighbouring words as long as they make one number."""
    total = current = 0.0
    start = end = -1
    least = float("inf")  # the smallest scale so far
    for value, first, last in parts:
        if start >= 0 and not _continues(current, value, least, units_first):
            yield total + current, start, end
            total = current = 0.0
            start, least = -1, float("inf")
        start = first if start < 0 else start
        end = last
        if value >= 1_000:
            total, current, least = total + (current or 1) * value, 0.0, value
        elif value == 100:
            current = (current or 1) * 100
        else:
            current += value
    if start >= 0:
        yield total + current, start, end


def _continues(current: float, value: float, least: float, units_first: bool) -> bool:
    """Whether a word of this value belongs to the number before it."""
    if value >= 1_000:
        return value < least
    if value == 100:
        return 0 < current < 100
    rest = current % 100
    if value == 0.5:
        return 0 < current == int(current)
    if 10 <= rest < 100 and rest % 10 == 0 and 0 < value < 20:
        return value < 10 or rest in (60, 80)  # soixante-dix, quatre-vingt-dix
    return rest == 0 or (units_first and 0 < rest < 10 and 20 <= value < 100)  # fünfundzwanzig


@cache
def _values(language: str) -> dict[str, float]:
    scales = {word: SCALES[language][word] for word in _SPOKEN_SCALES.get(language, "").split()}
    return {**_WORDS[language], **scales}


@cache
def _morpheme_pattern(language: str) -> re.Pattern[str]:
    words = "|".join(map(re.escape, sorted(_values(language), key=len, reverse=True)))
    return re.compile(words if language in (*_COMPOUNDING, "ko") else rf"\b(?:{words})\b", re.IGNORECASE)


@cache
def _run_pattern(language: str) -> re.Pattern[str]:
    """Number words in a row."""
    word = _morpheme_pattern(language).pattern
    joiner = _JOINERS[language]
    if language == "ko":
        return re.compile(rf"(?<![가-힣])(?P<run>(?:{word})+)\s?(?={_KOREAN_COUNTERS})")
    if language in _COMPOUNDING:  # zwei Millionen, eine halbe
        between = rf"(?:{joiner}|ën|\s(?=mi[lj][lj]|bi[lj][lj]|hal[bv]))?"
        return re.compile(rf"\b(?P<run>(?:{word})(?:{between}(?:{word}))*)(?:{_ENDINGS[language]})?\b", re.IGNORECASE)
    between = rf"(?:[\s-]+(?:{joiner}[\s-]+)?)"
    return re.compile(rf"\b(?P<run>{word}(?:{between}{word})*)", re.IGNORECASE)
