"""Addresses that count who clicks: whether an address is one, and where it leads."""

import base64
import re
import zlib
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from pipeline.text.links import untracked

# First labels of hosts that may redirect, and services that do nothing else.
_HOST = re.compile(
    r"^(?:clicks?|track(?:ing|er)?|trk|trck|links?|lnks?|ct|el|elink|e-?mail\d*|em\d+|mailtrack|url\d+|go|r\d*|t|e|c)\.",
    re.IGNORECASE,
)
_SERVICE = re.compile(
    r"(?:^|\.)(?:list-manage\d*\.com|sendgrid\.net|awstrack\.me|klclick\d*\.com|rs6\.net|exct\.net|hubspotlinks?(?:starter)?\.com"
    r"|hubspotemail\.net|convertkit-mail\d*\.com|kit-mail\d*\.com|mlsend\d*\.com|acemln[a-z]\.com|mjt\.lu|sendib[a-z]\d*\.com"
    r"|cmail\d+\.com|createsend\d*\.com|customeriomail\.com|protection\.outlook\.com|urldefense\.(?:com|proofpoint\.com)"
    r"|mailanyone\.net|emltrk\.com|mandrillapp\.com|pstmrk\.it"
    r"|anrdoezrs\.net|dpbolvw\.net|jdoqocy\.com|kqzyfj\.com|tkqlhce\.com|linksynergy\.com|skimresources\.com|viglink\.com"
    r"|tradedoubler\.com|digidip\.net|effiliation\.com|exactag\.com|doubleclick\.net|googleadservices\.com|srvtrck\.com)$",
    re.IGNORECASE,
)
# Hosts of redirects that say in their address where they lead, and which without that may be anybody's.
_TELLING_HOST = re.compile(
    r"^(?:l|lm|out|outgoing|away|exit|redir(?:ect)?s?|jump|leave)\.|(?:^|\.)slack-redir\.net$", re.IGNORECASE
)
_TELLING_PATH = re.compile(
    r"^/(?:l|l\.php|away(?:\.php)?|linkfilter|outgoing|linkout|leave|exit|jump|ck/a|news/apiclick\.aspx|cread\.php|rd|redir)(?:/|$)",
    re.IGNORECASE,
)
# Services that count clicks on addresses that anybody may open; most of them do not say where they lead.
_COUNTER = re.compile(
    r"^(?:feedproxy\.google\.com|[\w-]*\.?lnk\.to|t\.co|bit\.ly|j\.mp|ow\.ly|buff\.ly|dlvr\.it|trib\.al|lnkd\.in|goo\.gl|tinyurl\.com"
    r"|is\.gd|ift\.tt|fb\.me|flip\.it|hubs\.(?:ly|li|la)|eepurl\.com|smarturl\.it|cutt\.ly|rebrand\.ly|t\.ly|shorturl\.at|rb\.gy|adf\.ly)$",
    re.IGNORECASE,
)
_FEED_COUNTER = re.compile(
    r"^(?:feeds?\d?\.feedburner\.com/~|news\.google\.com/(?:rss/|__i/rss/)?(?:articles|read)/)", re.IGNORECASE
)

_PATH = re.compile(
    r"^/(?:track/(?:click|open)|ls/click|wf/(?:click|open)|ss/c|f/a|CL0|L0|tn\.jsp|redirect|app-link|Ctc|e/c|x/c|a/click|lt\.php|linktrack"
    r"|clicks?|c|r|t|v3/__|api/mailings/click|api/v\d/click|url)(?:/|$)",
    re.IGNORECASE,
)
_REDIRECT_HOST = re.compile(r"^(?:www\.)?google\.[a-z.]{2,6}$")
_TARGET = re.compile(r"https?:/{1,2}[^\s\"'<>\\\x00-\x1f]{4,}")
_TARGET_BYTES = re.compile(rb"https?://[^\s\"'<>\\\x00-\x20\x7f-\xff]{4,}")
_ESCAPED = re.compile(r"(?<![^=:])https?(?::|%3a).*", re.IGNORECASE)  # a whole part of a path, or its value
_PARTS = re.compile(r"[/.&=~]")
_LEAST_TOKEN = 16  # characters
_HEX = re.compile(r"[0-9a-f-]{20,}", re.IGNORECASE)
_MIXED = re.compile(r"(?=[^A-Z]*[A-Z])(?=\D*\d)[\w+%=]+")
# Parameters whose values name the subscriber.
_PERSONAL = re.compile(
    r"(?:ck_)?subscriber(?:_?id)?|(?:user_?|recipient_?|contact_?)?e?mail|e?mail_?(?:id|hash)|uniqid|_kx|_bhlid|jwt(?:_token)?|token"
    r"|user_?id|recipient(?:_?id)?|contact_?id|_?ref_?id|vgo_ee|sc_eid|eid|uid",
    re.IGNORECASE,
)
_MOST_HOPS = 3


def readable_address(url: str) -> str | None:
    """Return the address without anything that tells who follows it; None where it is known to the tracker alone.

    An address of a tracker that has its target in it, plain, escaped or in base64, gives the target.
    """
    for _ in range(_MOST_HOPS):
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        if not is_tracker(parts):
            return _without_person(parts)
        target = _target_of(parts)
        if target is None:
            return None
        url = target
    return None


def direct_address(url: str, opened: str = "") -> str:
    """The address that one which counts clicks leads to; the address itself if it does not say so.

    `opened` is the page at which a request for it ended: where the address does not say where it leads, that does.
    """
    for _ in range(_MOST_HOPS):
        target = _target_of(urlsplit(url)) if counts_clicks(url) else None
        if target is None:
            break
        url = target
    is_page = opened.startswith(("https://", "http://")) and not counts_clicks(opened)
    return opened if is_page and counts_clicks(url) and urlsplit(opened).path.strip("/") else url


def counts_clicks(url: str) -> bool:
    """Whether an address is one of a tracker, or of a service that shortens addresses and counts who opens them."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return False
    if _COUNTER.match(host):
        return parts.path.strip("/") != ""
    return is_tracker(parts) or bool(_FEED_COUNTER.match(host + parts.path))


def is_tracker(parts: SplitResult) -> bool:
    """Whether an address redirects to another one and counts who follows it."""
    host = (parts.hostname or "").lower()
    if _REDIRECT_HOST.match(host):
        return parts.path == "/url" or parts.path.startswith("/amp/s/")
    if _SERVICE.search(host):
        return parts.path.strip("/") != "" or parts.query != ""
    if _TELLING_HOST.search(host) or _TELLING_PATH.match(parts.path):
        return _target_of(parts) is not None
    if not (_HOST.match(host) or _PATH.match(parts.path)):
        return False
    rest = f"{parts.path}?{parts.query}"
    return bool(_TARGET.search(unquote(rest))) or any(map(_is_token, re.split(r"[/?&=]", rest)))


def _is_token(text: str) -> bool:
    """Whether the text is an identifier rather than words: hexadecimal, or of letters in both cases and digits."""
    if _HEX.fullmatch(text) and any(map(str.isdigit, text)):
        return True
    return any(len(part) >= _LEAST_TOKEN and _MIXED.fullmatch(part) for part in re.split(r"[-.~]", text))


def _target_of(parts: SplitResult) -> str | None:
    """The target of a redirect: a parameter, or else a part of the path, plain or in base64."""
    values = [value for _, value in parse_qsl(parts.query)]
    for value in values:
        if re.match(r"https?://", value):
            return value
    if parts.path.startswith("/amp/s/"):
        return "https://" + parts.path.removeprefix("/amp/s/")
    for segment in parts.path.split("/"):
        if (escaped := _ESCAPED.search(segment)) and "%" in segment:
            return unquote(escaped[0])
    if plain := _TARGET.search(unquote(parts.path)):
        return re.sub(r"^(https?:)/+", r"\1//", plain[0].split("__;")[0]).rstrip("_")
    for value in (*values, *_PARTS.split(parts.path)):
        if len(value) >= _LEAST_TOKEN and (found := _decoded_target(value)):
            return found
    return None


def _decoded_target(token: str) -> str | None:
    try:
        data = base64.urlsafe_b64decode(unquote(token).replace("+", "-").replace("/", "_") + "=" * (-len(token) % 4))
    except ValueError:
        return None
    if data[:1] == b"\x78":
        try:
            data = zlib.decompressobj().decompress(data, 10_000)
        except zlib.error:
            return None
    found = _TARGET_BYTES.search(data.replace(b"\\/", b"/"))
    return found[0].decode("ascii") if found else None


def _without_person(parts: SplitResult) -> str:
    parts = untracked(parts)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _PERSONAL.fullmatch(name) and "@" not in value]
    return (parts if len(kept) == len(pairs) else parts._replace(query=urlencode(kept))).geturl()
