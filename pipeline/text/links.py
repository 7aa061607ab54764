"""Web addresses: the query parameters that track readers, and logins."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

_TRACKING = re.compile(
    r"(?:utm|mtm|pk|hsa|mc|mkt|oly|vero|itm)_\w+|(?:fb|g|y|dc|msc|tw|ig)clid|msclkid|gbraid|wbraid|igshid|_hs(?:enc|mi)",
    re.IGNORECASE,
)


def tracking_parameters(query: str) -> list[str]:
    """The names of the query's parameters that track readers."""
    return [name for name, _ in parse_qsl(query, keep_blank_values=True) if _TRACKING.fullmatch(name)]


def without_tracking(query: str) -> str:
    """The query without the parameters that track readers; unchanged where it has none."""
    if not tracking_parameters(query):
        return query
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, value) for name, value in pairs if not _TRACKING.fullmatch(name)])


def split_login(url: str) -> tuple[str, str]:
    """The address without its user and password, and those two as the address has them; "" where it has none.

    ValueError for what is no address.
    """
    parts = urlsplit(url)
    login, at, host = parts.netloc.rpartition("@")
    return (parts._replace(netloc=host).geturl(), login) if at else (url, "")


def login_variable(url: str, what: str = "login") -> str:
    """The name of an environment variable for the login at an address: NEWS_EXAMPLE_LOGIN."""
    host = urlsplit(url).hostname or ""
    return re.sub(r"[^A-Z0-9]+", "_", f"{'' if host[:1].isalpha() else 'HOST_'}{host}_{what}".upper())


def login_header(url: str, login: str, variable: str = "") -> dict[str, str]:
    """The header for an address with a login, whose value is a variable: the login itself is in no file."""
    return {"Authorization": f"Basic ${{{variable or login_variable(url)}:-}}"} if login else {}
