"""Extract author names from lists, bylines, agency credits and handles."""

import re
from collections.abc import Iterable, Iterator

from pipeline.stages.clean.text import count_words, is_han
from pipeline.text.normalise import fold, normalise

_LONGEST_NAME = 6  # words
_LONGEST_HAN_NAME = 8  # characters
_LONGEST_ACRONYM = 5  # letters
# What comes before a name: labels, and words that end in a preposition that no name has in it.
_LEAD = re.compile(
    r"^\s*(?:(?:(?:[\w'’-]+ ){0,5}?(?:by|par|por|door|av)"
    r"|(?:(?:ein(?:e|en)? )?(?:\w*(?:kommentar|kolumne|interview|analyse|beitrag|bericht|reportage|essay|rezension"
    r"|porträt|glosse|kritik)|geschrieben|text|protokoll) )?von"
    r"|(?:une? )?(?:enquête|chronique|interview|entretien|reportage|tribune|analyse|récit|portrait) d[e’']"
    r"|autorin/autor|di|de|af"
    r"|przez|autor[ea]?s?|auteurs?|autori|authors?|oleh|penulis|ditulis oleh|bởi|tác giả|theo|ni|โดย|लेखक"
    r"|द्वारा|written|words|text|texte|texto|testo|tekst|yazan|автор|текст"
    r"|文|撰文|作者|記者|记者|編輯|编辑|責任編輯|责任编辑|责编|撰稿|報導|文字|글|기자|執筆|著者|文責|取材)"
    r"(?:[・、]?(?:写真|摄影|攝影|撮影))?(?:\s*[:：／/＝=●◎]\s*|\s+|$))+",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s*(?:[;；、|•·]|,(?!\s*(?:jr|sr|phd|md|ii|iii)\b)|，|&|＆"
    r"|\b(?:and|und|en|et|y|e|i|och|og|ja|dan|và|at|и|ve|with|mit|avec|con)\b"
    r"|(?<=[a-zà-ÿ]{2})\s*/\s*(?=[A-ZÀ-Þ])"
    r"|และ|และ|および|및|與|与|和|(?<=[\u4e00-\u9fff])と(?=[\u4e00-\u9fff])|(?<=[가-힣])[와과](?=\s))\s*",
    re.IGNORECASE,
)
_EAST_ASIAN = re.compile(r"[\u3040-\u9fff\uac00-\ud7a3]")
_HAN_PLACE = re.compile(r"[／/].*$|[（(].*$|(?:綜合|综合)?(?:報導|报道|報道)$")
# Whose part is another one's: what follows names a translator, an editor or a photographer.
_OTHERS = re.compile(
    r"\s*[(（|/／,、・]?\s*(?:翻訳者?|訳者?|翻译|译者|编译|写真|攝影|摄影|撮影|사진)\s*[:：／/＝=●◎].*$"
    r"|\s*[(（|/／,、・]?\s*(?:翻訳者?|訳者?|翻译|译者|编译)(?:\s.*)?$"
    r"|\s*[(（|/／,;]?\s*(?:with )?\b(?:translat(?:ed|ion)|edit(?:ed|ing)|additional reporting|photograph(?:s|y|ed)"
    r"|photos?|pictures|illustrat(?:ed|ions?)|videos?|graphics|fact-?check(?:ed|ing)|produced)(?: by\b|\s*:).*$"
    r"|\s*[(（|/／,]?\s*\b(?:übersetz(?:t|ung)|fotos?|bilder|illustrationen)(?: von\b|\s*:).*$"
    r"|\s*[(（|/／,]?\s*\b(?:traduit par|photos? (?:par|de)|traducido por|fotos? de)\b.*$",
    re.IGNORECASE,
)
# "and 2 others"
_MORE = re.compile(
    r"(?:\s*,?\s+(?:and|und|et|y|e|en|og|och|i|ve|&)\s+|\s*\+\s*)"
    r"(?:(?:\d+|one|two|three|several|many|eine?|zwei|drei"
    r"|un[ae]?|deux|dos|een)\s+)?(?:more|others?|weiterer?n?|weitere[ns]?|andere[nr]?|autres?|otr[oa]s?|altr[io]|outr[oa]s?"
    r"|andra|andre|flere)(?:\s+(?:autor\w*|person\w*|contributors?|writers?|\d+))?\s*$"
    r"|\s*[、,]?\s*(?:\b외|外|他|ほか)\s*\d+\s*[名人명]\s*$|\s*(?:ほか|\b等)\s*$|(?<=[\u4e00-\u9fff])等$",
    re.IGNORECASE,
)
# Buttons, reading times and ages of the page; no name has a digit in it.
_CHROME = re.compile(
    r"^\d+\s+\w+\s+ago\b|\s*[·•|,(–—-]?\s*(?:(?:\b(?:on|am|le|el|em|il|den)\s+)?\d.*|see full bio"
    r"|view (?:profile|bio).*|(?:\+\s*)?follow(?:ing)?"
    r"|folgen|plusfölj|följ|seguir|suivre|关注|關注|フォロー(?:する)?|min(?:ute)? read)$",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s+(?:\bin\b|\baus\b|\bfrom\b|\ba\b(?= [A-Z])|\bà\b|–|—|\||-)\s+.*$|\s*\(.*\)\s*$")
_POST = (
    r"(?:correspondents?|reporters?|editors?|writers?|contributors?|columnists?|journalist(?:in|e|a)?|redakteur(?:in)?"
    r"|корреспондент|редактор)"
)
_AND_POST = re.compile(
    r"(?<=\S)\s+(?:(?:senior|staff|chief|deputy|associate|assistant|managing|guest|special|freelance|political|foreign"
    r"|diplomatic|parliamentary|business|economics?|science|health|tech(?:nology)?|sports?|crime|education|environment"
    r"|climate|court|city|local|national|world|news|features?|digital|data|travel|culture|arts|food|opinion)\s+)"
    rf"{{0,3}}{_POST}$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"^(?:(?:web|super|guest|site)?[ -]?(?:user|admin(?:istrator)?)|staff"
    r"|editor(?:s|ial)?(?: team| staff| desk| board)?|(?:the )?editorial board"
    r"|[\w-]*redaktion(?:sbüro)?|redactie|(?:la )?rédaction|(?:la )?redacción(?: \w+)?"
    r"|redazione|redakcja|toimitus|agenturen|agencies|agencias?|agences?|agenzie"
    r"|(?:the )?[\w ]*\b(?:desk|newsroom)(?: staff)?|web ?team|guest(?: author| writer)?|contributor"
    r"|unknown|anonymous"
    r"|by|von|par|por|di|corresponsal|journalist(?:in|e)?|redakteur(?:in)?|reporter|kommentar von|online"
    r"|author|none|null|webmaster|root"
    r"|[\w ]*\b(?:staff|staff writers?|staff reporters?|correspondent|editors?|writers?|reporters?|news service"
    r"|bureau|team)"
    r"|編集部|編輯部|编辑部|本報訊|小編|小编|편집부|기자)$",
    re.IGNORECASE,
)
# Agencies and outlets, which are credited only where no person is.
_ORGANISATION = re.compile(
    r"\b(?:news|press|media|agency|agentur|agence|agencia|ajansı|tv|radio|online|magazine|newspaper|zeitung|nachrichten|shimbun"
    r"|reuters|bloomberg|presse)\b|(?:社|通信|新聞|新闻|통신|뉴스)$",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"https?:|www\.|@|\.(?:com|org|net|co|io|tv|de|jp|cn|kr|tw)\b|\d{2}|[<>{}=_#]", re.IGNORECASE)
_ADDRESS = re.compile(r"https?:|www\.", re.IGNORECASE)
_HANDLE = re.compile(r"(?<=\S)\s+[(<]?(?:\S+@\S+|@\w+)[)>]?")
_HAN_REPORTER = re.compile(r"^[\u4e00-\u9fff]{0,5}(?:記者|记者|特派員|特约记者)\s*|^編譯\s*")
_HAN_SUFFIX = re.compile(r"\s*(?:記者|记者|기자|特派員|編譯|編集委員)$")
_HAN_NAMES = re.compile(r"[\u4e00-\u9fff]{2,4}(?:\s+[\u4e00-\u9fff]{2,4})+")


def author_names(values: Iterable[str], site: str = "") -> tuple[str, ...]:
    """Return the names in order without repeats, sites, addresses, handles and roles.

    Agencies count where no person is named.
    """
    names: dict[str, str] = {}
    for value in values:
        if _ADDRESS.search(value):
            continue
        for name in _split_names(normalise(value)):
            key = fold(name)
            if _is_name(name, key, site):
                names.setdefault(key, name)
    # Beside whole names or an agency, a single word is the place that a report was sent from.
    whole = [name for name in names.values() if " " in name or is_han(name)]
    people = [name for name in whole if not _ORGANISATION.search(name)]
    agencies = [name for name in names.values() if name.isupper() and len(name) <= _LONGEST_ACRONYM]
    return tuple(people or whole or agencies or names.values())


def _split_names(text: str) -> Iterator[str]:
    text = _MORE.sub("", _HANDLE.sub("", text))
    for credit in re.split(r"\s*[;；]\s*", text):
        rest = _LEAD.sub("", _OTHERS.sub("", credit))
        for part in _SEPARATOR.split(rest):
            yield from _clean_names(part)


def _clean_names(part: str) -> Iterator[str]:
    """The name in a part of a byline; several where spaces separate those of Chinese reporters."""
    name = _LEAD.sub("", _CHROME.sub("", part.strip(" .,:：／/-–—*")))
    is_list = _HAN_REPORTER.match(name) is not None
    if _EAST_ASIAN.search(name):
        name = _HAN_SUFFIX.sub("", _HAN_PLACE.sub("", _HAN_REPORTER.sub("", name)))
    else:
        name = _TAIL.sub("", name)
        name = shorter if " " in (shorter := _AND_POST.sub("", name)) else name
    name = name.strip(" .,:：／/-–—*")
    name += "." if name.endswith((" Jr", " Sr")) else ""
    for each in name.split() if is_list and _HAN_NAMES.fullmatch(name) else [name]:
        if each:
            yield each.title() if each.isupper() and len(each) > _LONGEST_ACRONYM - 1 and each.isascii() else each


def _is_name(name: str, key: str, site: str) -> bool:
    if len(key) < 2 or _NO_NAME.search(name) or _ROLE.match(name):
        return False
    owner = fold(site)
    if owner and (key == owner or (len(key) > 5 and key in owner) or (len(owner) > 5 and owner in key)):
        return False
    if is_han(name):
        return len(key) <= _LONGEST_HAN_NAME or not name.isalpha()
    return count_words(name) <= _LONGEST_NAME and any(ch.isupper() or not ch.islower() for ch in name if ch.isalpha())
