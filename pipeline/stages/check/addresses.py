"""What is wrong with a web address: malformed, reachable from inside a network only, or with somebody's secret."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

_BROKEN = re.compile(r"[\s<>\"\\`\x00-\x1f\x7f]")
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?|_[\w-]{0,62}")
_INSIDE = re.compile(
    r"(?:^|\.)(?:localhost|local|localdomain|internal|intranet|private|corp|home|lan|home\.arpa|invalid|onion|test)$"
)
_NOBODY = re.compile(r"(?:^|\.)example\.(?:org|com|net)$")  # RFC 2606: the placeholders of configs and manuals
_SECRET = re.compile(
    r"(?:(?:access|auth|id|refresh|session|login|preview|reset|user|csrf|xsrf)[_-]?)?token|api[_-]?key|"
    r"(?:php|j|asp)?sess(?:ion)?[_-]?(?:id|key)?|passw(?:or)?d|pwd|passwd|secret|client[_-]?secret|otp|"
    r"(?:x-amz-)?signature|x-amz-credential|awsaccesskeyid|subscriber(?:[_-]?(?:id|hash|key))?|e-?mail(?:[_-]?(?:address|hash))?",
    re.IGNORECASE,
)
_JWT = re.compile(r"\beyJ[\w-]{6,}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", re.IGNORECASE)


def split_address(address: str) -> SplitResult | None:
    """Return the parts of an address; None if it cannot be split."""
    try:
        parts = urlsplit(address)
        _ = parts.port  # is read, and can be wrong, only here
    except ValueError:
        return None
    return parts


def malformed(address: str) -> str | None:
    """Say why a web address does not work anywhere; None if it may."""
    found = _BROKEN.search(address)
    if found:
        return "has a blank" if found[0].isspace() else f"has {found[0]!r}, which addresses cannot have"
    parts = split_address(address)
    if parts is None:
        return "cannot be read as an address"
    host = (parts.hostname or "").removesuffix(".")
    if not host:
        return "has no host"
    if ":" not in host and not all(_LABEL.fullmatch(label) for label in host.split(".")):
        return f"has the host {host!r}, which no host can be called"
    if re.search(r"^https?:/*(?:https?:|//)", address.partition("://")[2]):
        return "has two addresses in one"
    return None


def unreachable(address: str) -> str | None:
    """Say why readers outside a network cannot open a web address; None if they may."""
    parts = split_address(address)
    host = ((parts.hostname if parts else "") or "").removesuffix(".").lower()
    try:
        number = ip_address(host)
    except ValueError:
        if _INSIDE.search(host):
            return f"{host} can only be reached inside a network"
        if _NOBODY.search(host):
            return f"{host} belongs to nobody: it is the placeholder of a config or a manual"
        # 127.1, 0x7f.1 and 2130706433 are ways to write a number.
        if host and re.fullmatch(r"\d+|0x[0-9a-f]+", host.rpartition(".")[2]):
            return f"{host} is a number written so that its host is hidden"
        return None
    if not number.is_global or number.is_multicast:
        return f"{host} can only be reached inside a network"
    return f"{host} is a number in place of a host, which filters penalise"


def secret(address: str) -> str | None:
    """Say which part of an address is one person's: a key, a session, a mail address; None if there is none."""
    parts = split_address(address)
    if parts is None:
        return None
    if parts.username or parts.password:
        return "a login"
    for name, value in parse_qsl(parts.query):
        if _SECRET.fullmatch(name):
            return f"the parameter {name}"
        if _JWT.search(value) or _MAIL.fullmatch(value):
            return f"the value of {name}"
    path = unquote(parts.path)
    if _JWT.search(path) or re.search(r";jsessionid=", path, re.IGNORECASE):
        return "a key in its path"
    return None
