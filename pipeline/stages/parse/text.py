"""Parse the plain values of feeds: titles, URLs, names."""

import html
import re
from collections.abc import Iterable
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from pipeline.text.normalise import one_line, strip_illegal, truncate

TITLE_CHARS = 1_000
NAME_CHARS = 200
URL_CHARS = 4_000

COMMENT, COMMENT_END = re.compile("<!--"), re.compile("-->")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TWICE = re.compile(r"&(?:amp|quot|apos|nbsp|#0?39|#8\d{3}|[lr][sd]quo|[mn]dash|hellip);")
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|del|div|em|font|h[1-6]|i|img|ins|li|mark|ol|p|q|s|script|small|span|strike"
    r"|strong|style|sub|sup|tt|u|ul|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li|/?h[1-6])\b", re.IGNORECASE)
_PLAIN_URL = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(?:/[\w%/:=&?~+!$,;@()*.#-]*)?", re.ASCII)
_NAME_BREAK = re.compile(r"\s*[;；、]\s*")
_SPACE = re.compile(r"\s+")
_MAILBOX = re.compile(r"<?(?:mailto:)?[^\s<>()@]{1,100}@[^\s<>()@]{1,100}>?")


def plain_text(value: object, *, markup: bool = True, limit: int = TITLE_CHARS) -> str:
    """Return one line of text without tags (where the value may be markup), with references decoded."""
    if not isinstance(value, str):
        return ""
    text = value[: limit * 4]
    if markup and "<" in text:
        text = drop_between(text, COMMENT, COMMENT_END)
        text = _TAG.sub(lambda tag: " " if _BREAK.match(tag[0]) else "", text)
    if "&" in text:
        text = _REFERENCE.sub(lambda found: html.unescape(found[0]), text)
        text = _TWICE.sub(lambda found: html.unescape(found[0]), text)
    return truncate(one_line(strip_illegal(text)), limit)


def drop_between(text: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> str:
    """Remove the parts between two marks in one pass. A part without an end stays."""
    pieces = []
    position = 0
    while (start := opening.search(text, position)) and (end := closing.search(text, start.end())):
        pieces.append(text[position : start.start()])
        position = end.end()
    return "".join(pieces) + text[position:]


def absolute_url(value: object, base: str) -> str | None:
    """Return an absolute http or https URL, in ASCII except for its host, or None."""
    if not isinstance(value, str):
        return None
    if len(value) <= URL_CHARS and _PLAIN_URL.fullmatch(value):
        return value
    url = re.sub(r"[\x00-\x1f\x7f]", "", strip_illegal(value)).strip()
    if not url or len(url) > URL_CHARS:
        return None
    if url.lower().startswith("www."):
        url = f"https://{url}"
    try:
        parts = urlsplit(urljoin(base, url))
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or re.search(r"[\s<>\"'`\\{}|^]", parts.netloc):
        return None
    safe = "%/:=&?~+!$,;'@()*[]-._"
    path, query, fragment = (quote(part, safe=safe) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme.lower(), parts.netloc, path, query, fragment))


def person_name(text: str) -> str:
    """Return the name in "a@b.c (Name)", "Name <a@b.c>" or "Name"."""
    name = _SPACE.sub(" ", _MAILBOX.sub("", text).replace("()", "")).strip(" ,;")
    return name[1:-1].strip() if name.startswith("(") and name.endswith(")") else name


def person_names(values: Iterable[object]) -> tuple[str, ...]:
    """Return people's names in order without repeats. A string with clear separators counts as several names."""
    found: dict[str, None] = {}
    for value in values:
        text = plain_text(value, limit=NAME_CHARS)
        for name in _NAME_BREAK.split(person_name(text)) if text else ():
            if name and not name.startswith(("http://", "https://")):
                found.setdefault(name)
    return tuple(found)[:20]


def parse_duration(value: object) -> int | None:
    """Seconds of "3605", "32:10" or "1:00:05"; None for anything else."""
    found = re.fullmatch(r"(?:(?:(\d{1,3}):)?(\d{1,5}):)?(\d{1,6})(?:\.\d+)?", str(value or "").strip(), re.ASCII)
    if not found:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds or None
