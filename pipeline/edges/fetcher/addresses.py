"""Decide which addresses may be connected to: public ones, and those that the config allows."""

import re
import socket
from collections.abc import Collection
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from yarl import URL

from pipeline.errors import FetchError

# https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast; `is_global` accepts some of them.
_REFUSED_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# Only IPv6 global unicast is public, except these blocks, which lead to an IPv4 address or nowhere.
_PUBLIC_V6 = IPv6Network("2000::/3")
_REFUSED_V6 = tuple(IPv6Network(block) for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))

_HOST = re.compile(r"[\w.:%-]{1,255}", re.ASCII)  # a name in punycode, or an address without its brackets

_Address = IPv4Address | IPv6Address


class DialAttempt:
    """The host that a request names, and the addresses of it that were refused."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.refused: list[str] = []


current_dial: ContextVar[DialAttempt] = ContextVar("current_dial")


class RefusedAddressError(OSError):
    """The address is neither public nor allowed by the config."""


class AddressPolicy:
    """Opens sockets to public addresses, and to the `allowed` hosts, addresses and networks."""

    def __init__(self, allowed: Collection[str] = ()) -> None:
        self._hosts = {name.strip("[]").rstrip(".").lower() for name in allowed}
        self._networks = [network for name in allowed if (network := _network(name)) is not None]

    def permits(self, host: str, address: str) -> bool:
        """Whether this address of this host may be connected to."""
        if host.strip("[]").rstrip(".").lower() in self._hosts:
            return True
        try:
            ip: _Address = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        return is_public(ip) or any(ip.version == network.version and ip in network for network in self._networks)

    def open_socket(self, address_info: tuple[Any, ...]) -> socket.socket:
        """Open a socket for an address, after all names are resolved (aiohttp's socket_factory)."""
        family, kind, protocol, _, target = address_info
        attempt = current_dial.get()
        if not self.permits(attempt.host, str(target[0])):
            attempt.refused.append(str(target[0]))
            raise RefusedAddressError(f"{target[0]} is not a public address")
        return socket.socket(family, kind, protocol)


def is_public(ip: _Address) -> bool:
    """Whether an address belongs to the public Internet."""
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _REFUSED_V4)
    return ip in _PUBLIC_V6 and not any(ip in network for network in _REFUSED_V6)


def check_address(text: str | URL) -> URL:
    """Parse an address. FetchError("address") unless it is http or https with a host and without a user or password."""
    try:
        url = URL(text) if isinstance(text, str) else text
        usable = url.scheme in ("http", "https") and bool(_HOST.fullmatch(url.raw_host or "")) and url.port is not None
    except (ValueError, TypeError) as error:
        raise FetchError("address", f"{str(text)[:200]!r} is not an address: {error}") from None
    if not usable:
        raise FetchError("address", f"{str(text)[:200]!r} is not an http or https address")
    if url.raw_user is not None or url.raw_password is not None:
        raise FetchError("address", f"the address at {url.raw_host} contains a user name or password; leave it out")
    return url


def _network(name: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(name.strip("[]"), strict=False)
    except ValueError:
        return None
