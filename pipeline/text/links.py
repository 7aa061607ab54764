"""Web addresses: the query parameters that track readers."""

import re
from urllib.parse import parse_qsl, urlencode

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
