"""What the keys of the writer need of each other."""

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from pipeline.config.section import Contradiction

NEEDS: Mapping[str, tuple[str, ...]] = {
    "openai": ("address", "model"),
    "libretranslate": ("address",),
    "deepl": ("address", "api_key"),
    "command": ("command",),
}


def writer_conflicts(given: Mapping[str, Any]) -> Iterable[Contradiction]:
    """Each protocol needs its keys, and texts leave the network only over HTTPS."""
    protocol, address = given.get("protocol"), given.get("address")
    for name in NEEDS.get(str(protocol), ()):
        if not given.get(name):
            yield (), f"the protocol {protocol} needs {name}"
    if given.get("write_for") and protocol in ("libretranslate", "deepl"):
        yield ("write_for",), f"{protocol} only translates; this also needs the protocol openai or command"
    if isinstance(address, str) and not is_private_or_https(address):
        yield ("address",), "write https://; http:// is for a service on this machine or in your network"


def is_private_or_https(address: str) -> bool:
    """Whether an address is HTTPS, or HTTP to a host that only this network knows."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme != "http":
        return parts.scheme == "https"
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal", ".lan"))
