"""Rules about links: their addresses, and whether their text matches them."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pipeline.records import Email, Issue
from pipeline.stages.check.view import Fault, View, as_rendered, story_of
from pipeline.text.links import tracking_parameters


@dataclass(frozen=True, slots=True)
class OutgoingLink:
    """An address that the HTML links to or loads a picture from."""

    address: str
    story: str | None
    line: int | None


# Cyrillic, Greek and Armenian letters that look like a Latin one (from Unicode's single-letter confusables).
_LATIN_LOOK_ALIKES = dict(
    zip(
        "авсԁеёғһіїјкӏмոорԛгѕтԝхуүѵʏ" + "αβγικνορτυχωϲ" + "աօսհոցզյ",
        "abcdeefhiijklmnopqrstwxyyvy" + "abyiknoptuxwc" + "wouhngqj",
        strict=True,
    )
)
_ADDRESS = re.compile(r"(?:https?://)?((?:[\w-]+\.)+[a-z]{2,})(?:[/?#:]\S*)?", re.IGNORECASE)
_EMPTY_PHRASES = frozenset(
    {"here", "click here", "link", "this", "read", "more", "hier", "klik hier", "這裡", "こちら"}
)


def link_address(view: View) -> Iterator[Fault]:
    """Every link is an absolute https or mailto address, or leads to a place in the letter."""
    places = {f"#{element.get('id')}" for element in view.elements("//body//*[@id]")}
    for link, address in _links(view):
        if address.startswith("#"):
            if address not in places:
                yield view.at(link, f"the letter has no {address[:80]!r}")
            continue
        kind = urlsplit(address).scheme.lower() if _is_parsable(address) else ""
        if not address.strip():
            yield view.at(link, "the link has no address")
        elif not kind:
            yield view.at(link, f"{address[:80]!r} is a relative address; it does not work in a mailbox")
        elif kind == "http":
            yield view.at(link, f"{address[:80]} is not https", "warning")
        elif kind == "mailto" and not re.fullmatch(r"mailto:[^@\s]+@[^@\s?]+(?:\?\S*)?", address):
            yield view.at(link, f"{address[:80]!r} is not an e-mail address")
        elif kind not in ("https", "mailto"):
            yield view.at(link, f"{address[:80]!r}: links must be https or mailto")


def link_host(view: View) -> Iterator[Fault]:
    """No host imitates another one."""
    for link, address in _links(view):
        if not _is_parsable(address) or not address.startswith("http"):
            continue
        parts = urlsplit(address)
        name = parts.hostname or ""
        if "@" in parts.netloc:
            yield view.at(link, f"{address[:80]}: the text before the @ hides the real host")
        if not name or ("." not in name and ":" not in name):
            yield view.at(link, f"{address[:80]}: {name!r} is not a public host name")
        if _mixes_scripts(name):
            yield view.at(link, f"{address[:80]}: the host mixes letters of two scripts, like a look-alike")
        elif looks := _looks_like(name):
            yield view.at(link, f"{address[:80]}: the host looks like {looks}, but uses letters of another script")


def link_text(view: View) -> Iterator[Fault]:
    """A link's text describes its target and does not name another site."""
    for link, address in _links(view):
        text = " ".join("".join(link.itertext()).split())
        images = " ".join(image.get("alt") or "" for image in link.iter("img")).strip()
        if not text and not images and link.get("aria-hidden") != "true":
            yield view.at(link, f"the link to {address[:80]} has no text")
        elif text.lower().strip(".…→← ") in _EMPTY_PHRASES:
            yield view.at(link, f"the text {text!r} does not say where the link leads", "warning")
        named = _ADDRESS.fullmatch(text)
        if named and _is_parsable(address) and not _same_site(named[1], urlsplit(address).hostname or ""):
            yield view.at(link, f"the text names {named[1]}, but the link leads to {urlsplit(address).hostname}")


def link_tracking(view: View) -> Iterator[Fault]:
    """No address has a tracking parameter."""
    for link, address in _links(view):
        if _is_parsable(address):
            found = tracking_parameters(urlsplit(address).query)
            if found:
                yield view.at(link, f"{address[:80]} has the tracking parameter {found[0]}")


def unsubscribe_link(view: View) -> Iterator[Fault]:
    """There is a visible unsubscribe link and a postal address."""
    hrefs = {address for _, address in _links(view)}
    masthead = view.issue.masthead
    if not any(_same_address(masthead.unsubscribe_url, address) for address in hrefs):
        yield Fault("there is no visible unsubscribe link; mailbox providers require one besides the header")
    visible_text = as_rendered(" ".join(text for _, text in view.visible))
    if masthead.postal_address and as_rendered(masthead.postal_address) not in visible_text:
        yield Fault("the postal address is missing; several countries require it by law")


def outgoing_links(email: Email, issue: Issue, eml: bytes) -> tuple[OutgoingLink, ...]:
    """Return every web address in the HTML once, at its first occurrence."""
    view = View(email, issue, eml)
    found: dict[str, OutgoingLink] = {}
    for element in view.elements("//a[@href]|//area[@href]|//img[@src]"):
        address = element.get("href") or element.get("src")
        if address.startswith(("http://", "https://")):
            found.setdefault(address, OutgoingLink(address, story_of(element), element.sourceline))
    return tuple(found.values())


def _links(view: View) -> Iterator[tuple[Any, str]]:
    for link in view.elements("//a|//area"):
        yield link, link.get("href") or ""


def _is_parsable(address: str) -> bool:
    try:
        urlsplit(address)
    except ValueError:
        return False
    return True


def _display_host(name: str) -> str | None:
    """Return a host as browsers display it, or None where its punycode is invalid."""
    try:
        return name.encode("ascii").decode("idna") if "xn--" in name else name
    except UnicodeError:
        return None


def _looks_like(name: str) -> str | None:
    """Return the Latin host that a host written wholly in look-alike letters imitates, or None."""
    displayed = _display_host(name) or ""
    labels, disguised = displayed.lower().split("."), False
    for position, label in enumerate(labels):
        letters = [char for char in label if char.isalpha()]
        if letters and not label.isascii() and all(char in _LATIN_LOOK_ALIKES for char in letters):
            labels[position] = "".join(_LATIN_LOOK_ALIKES.get(char, char) for char in label)
            disguised = True
    # A host whose top-level domain is also in that script is a genuine host of that script.
    return ".".join(labels) if disguised and displayed.rpartition(".")[2].isascii() else None


def _mixes_scripts(name: str) -> bool:

    displayed = _display_host(name)
    if displayed is None:
        return True
    for label in displayed.split("."):
        scripts = {unicodedata.name(char, "?").split()[0] for char in label if char.isalpha()}
        if len(scripts & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}) > 1:
            return True
    return False


def _same_site(one: str, other: str) -> bool:
    a, b = (each.lower().removeprefix("www.") for each in (one, other))
    return a == b or a.endswith("." + b) or b.endswith("." + a)


def _same_address(one: str, other: str) -> bool:
    return one.rstrip("/") == other.rstrip("/")
