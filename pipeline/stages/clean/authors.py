"""Extract author names from lists, bylines, agency credits and handles."""

import re
from collections.abc import Iterable

from pipeline.stages.clean.text import count_words, is_han
from pipeline.text.normalise import fold, normalise

_LONGEST_NAME = 6  # words
_LONGEST_HAN_NAME = 8  # characters
_LEAD = re.compile(
    r"^\s*(?:(?:(?:written |reported |posted |words |text |story |article |published |edited )?by"
    r"|(?:(?:eine? )?(?:kommentar|kolumne|interview|analyse|gastbeitrag|bericht|geschrieben|text) )?von"
    r"|autorin/autor"
    r"|door|par|por|di|de|av|af"
    r"|przez|autor[ea]?s?|auteurs?|autori|authors?|oleh|penulis|ditulis oleh|bởi|tác giả|theo|ni|โดย|लेखक"
    r"|द्वारा|written|text"
    r"|texte|texto|testo|tekst|yazan|автор|текст"
    r"|文|撰文|作者|記者|记者|編輯|编辑|責任編輯|责任编辑|责编|撰稿|報導|文字|글|기자|執筆|著者|文責|取材)"
    r"(?:[・、]?(?:写真|摄影|攝影|撮影))?(?:\s*[:：/／＝=●◎]\s*|\s+|$))+",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s*(?:[;；、|•·]|,(?!\s*(?:jr|sr|phd|md|ii|iii)\b)|，|&|＆|\b(?:and|und|en|et|y|e|i|och|og|ja|dan|và|at|и|ve)\b"
    r"|และ|और|および|및|與|与|和|(?<=[\u4e00-\u9fff])と(?=[\u4e00-\u9fff])|(?<=[가-힣])[와과](?=\s))\s*",
    re.IGNORECASE,
)
_EAST_ASIAN = re.compile(r"[\u3040-\u9fff\uac00-\ud7a3]")
_HAN_PLACE = re.compile(r"[／/].*$|[（(].*$|(?:綜合|综合)?(?:報導|报道|報道)$")
# Whose part is another one's: what follows names a translator or a photographer.
_OTHERS = re.compile(
    r"\s*[(（|/／,、・]?\s*(?:翻訳者?|訳者?|翻译|译者|编译|translat(?:ed|ion) by|übersetz(?:t|ung) von"
    r"|traduit par|traducido por|photos? by|fotos? von)(?:[\s:：].*)?$",
    re.IGNORECASE,
)
# Buttons, reading times and ages of the page; no name has a digit in it.
_CHROME = re.compile(
    r"^\d+\s+\w+\s+ago\b|\s*[·•|,(–—-]?\s*(?:\d.*|see full bio|view (?:profile|bio).*|(?:\+\s*)?follow(?:ing)?"
    r"|folgen|plusfölj|följ|seguir|suivre|关注|關注|フォロー(?:する)?|min(?:ute)? read)$",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s+(?:\bin\b|\baus\b|\bfrom\b|\ba\b(?= [A-Z])|\bà\b|–|—|\||-)\s+.*$|\s*\(.*\)\s*$")
_ROLE = re.compile(
    r"^(?:staff|admin(?:istrator)?|editor(?:s|ial)?(?: team| staff| desk)?|redaktion|redactie|rédaction|redacción"
    r"|redazione"
    r"|redakcja|toimitus|(?:the )?(?:news)?desk|newsroom|web ?team|guest(?: author| writer)?|contributor"
    r"|unknown|anonymous"
    r"|by|von|par|por|di|corresponsal|journalist(?:in|e)?|redakteur(?:in)?|reporter|kommentar von|online"
    r"|user|author|none|null|webmaster|root"
    r"|[\w ]*\b(?:staff|staff writers?|staff reporters?|correspondent|editors?|writers?|reporters?|news service"
    r"|bureau|team)"
    r"|編集部|編輯部|编辑部|本報訊|小編|小编|편집부|기자)$",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"https?:|www\.|@|\.(?:com|org|net|co|io|tv|de|jp|cn|kr|tw)\b|\d{2}|[<>{}=_#]", re.IGNORECASE)
_ADDRESS = re.compile(r"https?:|www\.", re.IGNORECASE)
_HAN_REPORTER = re.compile(r"^(?:本報|本报)?(?:記者|记者|特派員|特约记者|編譯)\s*")
_HAN_SUFFIX = re.compile(r"\s*(?:記者|记者|기자|特派員|編譯|編集委員)$")


def author_names(values: Iterable[str], site: str = "") -> tuple[str, ...]:
    """Return the names in order without repeats, sites, addresses, handles and roles."""
    names: dict[str, str] = {}
    for value in values:
        if _ADDRESS.search(value):
            continue
        for name in _split_names(normalise(value)):
            key = fold(name)
            if _is_name(name, key, site):
                names.setdefault(key, name)
    whole = [name for name in names.values() if " " in name or is_han(name)]
    # Beside whole names, a single word is the place that a report was sent from.
    return tuple(whole or names.values())


def _split_names(text: str) -> Iterable[str]:
    text = _LEAD.sub("", _OTHERS.sub("", text))
    for part in _SEPARATOR.split(text):
        name = _LEAD.sub("", _CHROME.sub("", part.strip(" .,:：／/-–—*")))
        if _EAST_ASIAN.search(name):
            name = _HAN_SUFFIX.sub("", _HAN_PLACE.sub("", _HAN_REPORTER.sub("", name)))
        else:
            name = _TAIL.sub("", name)
        if name := name.strip(" .,:：／/-–—*"):
            yield name.title() if name.isupper() and len(name) > 4 and name.isascii() else name


def _is_name(name: str, key: str, site: str) -> bool:
    if len(key) < 2 or _NO_NAME.search(name) or _ROLE.match(name):
        return False
    owner = fold(site)
    if owner and (key == owner or (len(key) > 5 and key in owner) or (len(owner) > 5 and owner in key)):
        return False
    if is_han(name):
        return len(key) <= _LONGEST_HAN_NAME or not name.isalpha()
    return count_words(name) <= _LONGEST_NAME and any(ch.isupper() or not ch.islower() for ch in name if ch.isalpha())
