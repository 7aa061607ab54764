"""Rules on links: where they lead, and whether their words say so."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pipeline.records import Email, Issue
from pipeline.stages.check.view import Fault, View, said, story_of
from pipeline.text.links import tracking_parameters


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An address that the HTML leads to or shows a picture from."""

    address: str
    story: str | None
    line: int | None


# Letters that are drawn as a Latin one (Unicode's confusables, those of one glyph): Cyrillic, Greek, Armenian.
_LOOKS_LATIN = dict(
    zip(
        "авсԁеёғһіїјкӏмոорԛгѕтԝхуүѵʏ" + "αβγικνορτυχωϲ" + "աօսհոցզյ",
        "abcdeefhiijklmnopqrstwxyyvy" + "abyiknoptuxwc" + "wouhngqj",
        strict=True,
    )
)
_ADDRESS = re.compile(r"(?:https?://)?((?:[\w-]+\.)+[a-z]{2,})(?:[/?#:]\S*)?", re.IGNORECASE)
_SAYS_NOTHING = frozenset({"here", "click here", "link", "this", "read", "more", "hier", "klik hier", "這裡", "こちら"})


def scheme(view: View) -> Iterator[Fault]:
    """Every link is an https or mailto address; nothing relative, nothing that runs."""
    for link, address in _links(view):
        kind = urlsplit(address).scheme.lower() if _is_sound(address) else ""
        if not address.strip():
            yield view.at(link, "a link without an address")
        elif not kind:
            yield view.at(link, f"{address[:80]!r} is no full address: it leads nowhere from a mailbox")
        elif kind == "http":
            yield view.at(link, f"{address[:80]} is not https", "warning")
        elif kind == "mailto" and not re.fullmatch(r"mailto:[^@\s]+@[^@\s?]+(?:\?\S*)?", address):
            yield view.at(link, f"{address[:80]!r} is no e-mail address")
        elif kind not in ("https", "mailto"):
            yield view.at(link, f"{address[:80]!r}: a link leads to https or mailto")


def host(view: View) -> Iterator[Fault]:
    """No address is made to look like another one."""
    for link, address in _links(view):
        if not _is_sound(address) or not address.startswith("http"):
            continue
        parts = urlsplit(address)
        name = parts.hostname or ""
        if "@" in parts.netloc:
            yield view.at(link, f"{address[:80]}: what stands before the @ hides where the link leads")
        if not name or ("." not in name and ":" not in name):
            yield view.at(link, f"{address[:80]}: {name!r} is not a host of the public web")
        if _mixes_scripts(name):
            yield view.at(link, f"{address[:80]}: the host mixes letters of two scripts, as look-alikes do")
        elif looks := _looks_like(name):
            yield view.at(link, f"{address[:80]}: the host reads {looks}, but in letters of another script")


def words(view: View) -> Iterator[Fault]:
    """The words of a link say where it leads, and do not name another place."""
    for link, address in _links(view):
        text = " ".join("".join(link.itertext()).split())
        images = " ".join(image.get("alt") or "" for image in link.iter("img")).strip()
        if not text and not images:
            yield view.at(link, f"the link to {address[:80]} has no words")
        elif text.lower().strip(".…→← ") in _SAYS_NOTHING:
            yield view.at(link, f"the words {text!r} do not say where the link leads", "warning")
        named = _ADDRESS.fullmatch(text)
        if named and _is_sound(address) and not _same_site(named[1], urlsplit(address).hostname or ""):
            yield view.at(link, f"the words name {named[1]}, the link leads to {urlsplit(address).hostname}")


def tracking(view: View) -> Iterator[Fault]:
    """No address carries parameters that follow readers."""
    for link, address in _links(view):
        if _is_sound(address):
            found = tracking_parameters(urlsplit(address).query)
            if found:
                yield view.at(link, f"{address[:80]} has the tracking parameter {found[0]}")


def leaving(view: View) -> Iterator[Fault]:
    """A reader can leave with one visible link, and finds who sends this."""
    hrefs = {address for _, address in _links(view)}
    masthead = view.issue.masthead
    if not any(_same_address(masthead.unsubscribe_url, address) for address in hrefs):
        yield Fault("no visible link to unsubscribe: mailbox providers ask for one beside the header")
    seen = said(" ".join(text for _, text in view.visible))
    if masthead.postal_address and said(masthead.postal_address) not in seen:
        yield Fault("the postal address is missing: the law of several countries asks for it")


def outgoing_links(email: Email, issue: Issue, eml: bytes) -> tuple[Outgoing, ...]:
    """Every web address of the HTML, once, where it first stands."""
    view = View(email, issue, eml)
    found: dict[str, Outgoing] = {}
    for element in view.elements("//a[@href]|//area[@href]|//img[@src]"):
        address = element.get("href") or element.get("src")
        if address.startswith(("http://", "https://")):
            found.setdefault(address, Outgoing(address, story_of(element), element.sourceline))
    return tuple(found.values())


def _links(view: View) -> Iterator[tuple[Any, str]]:
    for link in view.elements("//a|//area"):
        yield link, link.get("href") or ""


def _is_sound(address: str) -> bool:
    try:
        urlsplit(address)
    except ValueError:
        return False
    return True


def _shown(name: str) -> str | None:
    """A host as a browser shows it; None where its punycode is none."""
    try:
        return name.encode("ascii").decode("idna") if "xn--" in name else name
    except UnicodeError:
        return None


def _looks_like(name: str) -> str | None:
    """The host in Latin letters that one wholly in look-alikes of another script is taken for."""
    shown = _shown(name) or ""
    labels, disguised = shown.lower().split("."), False
    for position, label in enumerate(labels):
        letters = [char for char in label if char.isalpha()]
        if letters and not label.isascii() and all(char in _LOOKS_LATIN for char in letters):
            labels[position] = "".join(_LOOKS_LATIN.get(char, char) for char in label)
            disguised = True
    # A host all of whose parts, the last one too, are in one script is that script's own.
    return ".".join(labels) if disguised and shown.rpartition(".")[2].isascii() else None


def _mixes_scripts(name: str) -> bool:
    shown = _shown(name)
    if shown is None:
        return True
    for label in shown.split("."):
        scripts = {unicodedata.name(char, "?").split()[0] for char in label if char.isalpha()}
        if len(scripts & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}) > 1:
            return True
    return False


def _same_site(one: str, other: str) -> bool:
    a, b = (each.lower().removeprefix("www.") for each in (one, other))
    return a == b or a.endswith("." + b) or b.endswith("." + a)


def _same_address(one: str, other: str) -> bool:
    return one.rstrip("/") == other.rstrip("/")
