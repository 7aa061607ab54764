"""Currencies: which one an amount is in. A plain dollar may be any dollar."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipeline.stages.write.numbers import Number, read_numbers
from pipeline.text.languages import primary_language

DOLLAR = "dollar"
_YUAN = "yuan"  # 元 in Traditional characters: of Taiwan, Hong Kong or the mainland
_YUANS = frozenset({_YUAN, "CNY", "TWD", "HKD"})
_DOLLARS = frozenset({DOLLAR, "USD", "HKD", "TWD", "SGD", "AUD", "CAD", "NZD"})
# Patterns of each currency, the more exact names first: what one has matched is not read again.
_NAMES: Mapping[str, str] = {
    "HKD": r"HK\$|HKD|Hong ?Kong(?:er)?[ -]?dollars?|Hongkong[ -]?Dollars?|港元|港币|港幣|香港ドル|홍콩\s?달러",
    "TWD": r"NT\$|TWD|(?:New )?Taiwan(?:ese)?[ -]dollars?|Taiwan-?Dollars?|新[台臺][币幣]|[台臺][币幣]"
           r"|(?:新)?台湾(?:ドル|元)|대만\s?달러",
    "SGD": r"S\$|SGD|Singapore(?:an)?[ -]dollars?|Singapur-?Dollars?|新加坡元|新元|新[币幣]|シンガポールドル"
           r"|싱가포르\s?달러",
    "AUD": r"A\$|AUD|Australian dollars?|australische[nr]? Dollars?|Australische dollars?|澳元|澳[币幣]|豪ドル"
           r"|호주\s?달러",
    "CAD": r"C\$|CAD|Canadian dollars?|kanadische[nr]? Dollars?|Canadese dollars?|加元|カナダドル|캐나다\s?달러",
    "NZD": r"NZ\$|NZD|New Zealand dollars?|新西兰元|紐西蘭元|ニュージーランドドル",
    "USD": r"US\$|USD|U\.?S\.?[ -]dollars?|US-Dollars?|dollars? américains?|美元|美金|米ドル|미국?\s?달러",
    DOLLAR: r"\$|dollars?(?!\w)|ドル|달러|bucks?\b",
    "EUR": r"€|EUR\b|euros?\b|欧元|歐元|ユーロ(?!圏)|유로(?!존)",
    "GBP": r"£|GBP|pounds? sterling|British pounds?|(?<=[\dn] )pounds?\b(?! of| heav)|Pfund|(?<=[\d] )pond\b"
           r"|livres? sterling|英镑|英鎊|ポンド|파운드",
    "KRW": r"₩|KRW|(?<=\d )won\b|(?<=illion )won\b|(?<=iarden )Won\b|(?<=iljard )won\b|(?<=iljoen )won\b"
           r"|(?<=Millionen )Won\b|Korean won|韩元|韓元|韓圜|韓幣|ウォン"
           r"|(?<=[\d백천만억조])\s?원(?!칙|인|래|고|유)",
    "JPY": r"JPY|JP¥|yens?\b|日元|日圆|日圓|円(?!形|滑|卓|盤|熟|満|安|高)|엔(?!진|터|지)",
    "CNY": r"CNY|RMB|CN¥|yuans?\b|renminbi|人民币|人民幣|人民元|위안",
    "INR": r"₹|INR|Rs\.?\s?(?=\d)|rupees?\b|Rupien?\b|roepie|roupies?\b|卢比|盧比|ルピー(?!ア)|루피",
    "IDR": r"IDR|Rp\.?\s?(?=\d)|rupiahs?\b|印尼盾|印度尼西亚卢比|ルピア|루피아",
    "THB": r"THB|฿|bahts?\b|泰铢|泰銖|バーツ|바트",
    "VND": r"VND|₫|dongs?\b|越南盾|ドン(?=$|[にでをのはが、。と])|동(?=$|[이을에의])",
    "MYR": r"MYR|RM\s?(?=\d)|ringgits?\b|令吉|林吉特|馬幣|リンギ(?:ット)?|링깃",
    "PHP": r"PHP|₱|pesos?\b|比索|披索|ペソ|페소",
    "RUB": r"RUB|₽|roubles?\b|rubles?\b|Rubel\b|roebel|卢布|盧布|ルーブル(?!美術)|루블",
    "CHF": r"CHF|Swiss francs?|(?:Schweizer )?Franken\b|Zwitserse frank|francs? suisses?|瑞士法郎|瑞郎"
           r"|スイス・?フラン|스위스\s?프랑",
    "BRL": r"R\$|BRL|reais\b|雷亚尔|雷亞爾|レアル(?=$|[にでをのはが、。と])|헤알",
    "TRY": r"TRY\s?(?=\d)|(?<=\d )TRY\b|liras?\b|里拉|リラ(?=$|[にでをのはが、。と])|리라",
    "SEK": r"SEK|Swedish kron[aeo]r?|schwedische Kronen|瑞典克朗|スウェーデン・?クローナ",
    "NOK": r"NOK|Norwegian kron[aeo]r?|norwegische Kronen|挪威克朗|ノルウェー・?クローネ",
    "PLN": r"PLN|zlotys?\b|złotych|Zloty|兹罗提|茲羅提|ズウォティ|즈워티",
    "SAR": r"SAR\s?(?=\d)|Saudi riyals?|里亚尔|里亞爾|サウジ・?リヤル",
}  # fmt: skip
_CASED = {"TRY", "SAR", "PHP", "KRW"}  # codes and words that small letters make into others
_BARE_YUAN = re.compile(r"(?<=[\d十百千万萬亿億兆余多])\s?元")
_NAMED_BEFORE = re.compile(r"(?:[币幣$]|RMB|CNY)\s?[\d,.十百千万萬亿億兆余多]+$")  # 新台幣2.9兆元
_PATTERN = re.compile("|".join(
    f"(?P<{code}>{names if code in _CASED else f'(?i:{names})'})" for code, names in _NAMES.items()))  # fmt: skip
_GAP = re.compile(r"[\s-]{0,2}")
_LETTER_BEFORE = re.compile(r"[A-Za-z]$")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money as a text writes it."""

    text: str
    currency: str
    number: Number | None  # None: a currency without an amount next to it


@lru_cache(maxsize=512)
def read_amounts(text: str, language: str) -> tuple[Amount, ...]:
    """The currencies of a text (as `plain_figures` returns it), each with the number that stands next to it."""
    numbers = read_numbers(text, language)
    return tuple(
        Amount(_excerpt(text, start, end, number), code, number)
        for code, start, end in _currencies(text, language)
        for number in [_neighbour(numbers, text, start, end)]
    )


def may_be(currency: str, others: frozenset[str]) -> bool:
    """Whether a currency is one of the others, or may be: dollars may be of any country."""
    vague = {DOLLAR: _DOLLARS, _YUAN: _YUANS}
    return currency in others or any(
        (currency == name and others & members) or (currency in members and name in others)
        for name, members in vague.items()
    )


def _currencies(text: str, language: str) -> list[tuple[str, int, int]]:
    found = []
    for match in _PATTERN.finditer(text):
        starts_in_word = (
            match[0][0].isascii() and match[0][0].isalpha() and _LETTER_BEFORE.search(text[: match.start()])
        )
        if match.lastgroup and not starts_in_word:
            found.append((match.lastgroup, *match.span()))
    if primary_language(language) in ("zh", "ja"):
        code = _YUAN if language.startswith("zh-Hant") else "CNY"
        taken = {place for _, start, end in found for place in range(start, end)}
        found += [
            (code, *match.span())
            for match in _BARE_YUAN.finditer(text)
            if match.end() - 1 not in taken and not _NAMED_BEFORE.search(text[: match.start()])
        ]
    return found


def _neighbour(numbers: tuple[Number, ...], text: str, start: int, end: int) -> Number | None:
    """The number before the currency, else the one after it."""
    before = [each for each in numbers if each.end <= start and _GAP.fullmatch(text[each.end : start])]
    after = [each for each in numbers if each.start >= end and _GAP.fullmatch(text[end : each.start])]
    return before[-1] if before else after[0] if after else None


def _excerpt(text: str, start: int, end: int, number: Number | None) -> str:
    return text[min(start, number.start) : max(end, number.end)] if number else text[start:end]
