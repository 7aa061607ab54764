"""Rules about links: their addresses, and whether their text matches them."""

import re
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

from pipeline.records import Email, Issue
from pipeline.stages.check.addresses import malformed, secret, split_address, unreachable
from pipeline.stages.check.view import Fault, Node, Severity, View, as_rendered, story_of
from pipeline.text.links import tracking_in
from pipeline.text.tracked import counts_clicks


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
    {
        *("here", "click here", "click", "link", "this", "this link", "read", "more", "read more", "learn more", "go"),
        *(
            "hier",
            "hier klicken",
            "hier klikken",
            "klik hier",
            "mehr",
            "weiterlesen",
            "meer",
            "lees meer",
            "lees verder",
        ),
        *("ici", "cliquez ici", "lire", "lire la suite", "en savoir plus", "aquí", "aqui", "haz clic aquí", "leer más"),
        *("clique aqui", "leia mais", "qui", "clicca qui", "leggi", "kliknij tutaj", "tutaj", "więcej", "tady", "zde"),
        *("här", "her", "klicka här", "läs mer", "læs mere", "les mer", "tästä", "buraya", "devamı", "здесь", "тут"),
        *("читать далее", "подробнее", "тут", "اضغط هنا", "هنا", "לחצו כאן", "כאן", "यहाँ", "คลิกที่นี่", "ที่นี่"),
        *("tại đây", "di sini", "klik di sini", "ここ", "こちら", "続きを読む", "여기", "여기를 클릭", "더보기"),
        *("這裡", "点击这里", "這里", "點此", "點擊這裡", "更多", "阅读更多", "閱讀更多", "查看更多"),
    }
)


def link_address(view: View) -> Iterator[Fault]:
    """Every link is an absolute https or mailto address, well formed, and leads to a place that is there."""
    anchors = {name for node in view.nodes for name in (node.element.get("id"), node.element.get("name")) if name}
    for node, address in view.links:
        message, severity = _address_fault(address, anchors)
        if message:
            yield view.at(node, message, severity)


def _address_fault(address: str, anchors: Container[str]) -> tuple[str | None, Severity]:
    shown = f"{address[:80]!r}"
    parts = split_address(address)
    kind = parts.scheme.lower() if parts else ""
    if not address.strip():
        return "the link has no address", "error"
    if address.startswith("#"):
        return (None if address[1:] in anchors else f"{shown} leads to no place in the letter"), "error"
    if kind in ("http", "https") and (reason := malformed(address)):
        return f"{shown} {reason}", "error"
    if not kind:
        return f"{shown} is a relative address; it does not work in a mailbox", "error"
    if kind == "http":
        return f"{address[:80]} is not https", "warning"
    if kind == "mailto" and not re.fullmatch(r"mailto:[^@\s]+@[^@\s?]+(?:\?\S*)?", address):
        return f"{shown} is not an e-mail address", "error"
    if kind not in ("https", "mailto"):
        return f"{shown}: links must be https or mailto", "error"
    return None, "error"


def link_host(view: View) -> Iterator[Fault]:
    """No host imitates another one, is nobody's, or can be reached inside a network only."""
    for where, address in _web_addresses(view):
        parts = split_address(address)
        if parts is None or malformed(address):
            continue  # `link_address` and `text_links` report this
        name = parts.hostname or ""
        if "@" in parts.netloc:
            yield _at(view, where, f"{address[:80]}: the text before the @ hides the real host")
        if "." not in name and ":" not in name:
            yield _at(view, where, f"{address[:80]}: {name!r} is not a public host name")
        elif reason := unreachable(address):
            yield _at(view, where, f"{address[:80]}: {reason}")
        if _mixes_scripts(name):
            yield _at(view, where, f"{address[:80]}: the host mixes letters of two scripts, like a look-alike")
        elif looks := _looks_like(name):
            yield _at(view, where, f"{address[:80]}: the host looks like {looks}, but uses letters of another script")


def _has_name(char: str) -> bool:
    """Whether a screen reader says something for a character: a letter, a digit or an emoji, and no arrow or box."""
    return char.isalnum() or (unicodedata.category(char) == "So" and not "\u2190" <= char <= "\u25ff")


def link_text(view: View) -> Iterator[Fault]:
    """A link's text describes its target and does not name another site."""
    spoken = {address for node, address in view.links if node.element.get("aria-hidden") != "true"}
    for node, address in view.links:
        text = as_rendered("".join(node.element.itertext()))
        images = " ".join(image.get("alt") or "" for image in node.element.iter("img")).strip()
        if not address:
            continue  # `link_address` reports this, and a place to jump to needs no text
        # A picture next to its headline may lead to the story too.
        is_second = node.element.get("aria-hidden") == "true" and address in spoken
        if not is_second and not any(map(_has_name, text + images)):
            yield view.at(node, f"the link to {address[:80]} has no words")
        elif text.lower().strip(".…→← ") in _EMPTY_PHRASES:
            yield view.at(node, f"the text {text!r} does not say where the link leads", "warning")
        # A headline may be called ASP.NET, and an outlet heise.de: what the issue brings in is not a disguise.
        named = _ADDRESS.fullmatch(text) if text not in view.wording.names else None
        parts = split_address(address)
        if named and parts and not _same_site(named[1], parts.hostname or ""):
            yield view.at(node, f"the text names {named[1]}, but the link leads to {parts.hostname}")


def link_tracking(view: View) -> Iterator[Fault]:
    """No address follows readers or has anybody's key or mail address in it."""
    masthead = view.issue.masthead
    own = {masthead.unsubscribe_url, masthead.subscribe_url, masthead.browser_url}
    kept = {unquote(address) for address in view.issue.kept_links}
    for where, address in _web_addresses(view):
        if unquote(address) in kept:
            continue
        found = tracking_in(address)
        if found:
            yield _at(view, where, f"{address[:80]} has the tracking parameter {found}")
        if address not in own and counts_clicks(address):
            message = f"{address[:80]} counts who follows it: link to the page that it leads to"
            yield replace(_at(view, where, message), severity="warning")
        reason = secret(address) if address not in own else None
        if reason:
            yield _at(view, where, f"{address[:80]} has {reason}: it is one person's, and every reader would get it")


def unsubscribe_link(view: View) -> Iterator[Fault]:
    """There is a visible unsubscribe link with words, and a postal address that the config's author filled in."""
    masthead = view.issue.masthead
    links = [node for node, address in view.links if _same_address(masthead.unsubscribe_url, address)]
    if not links:
        yield Fault("there is no visible unsubscribe link; mailbox providers require one besides the header")
    elif not any(_is_readable(node) for node in links):
        yield view.at(links[0], "the unsubscribe link has no words that a reader can see")
    visible_text = as_rendered(" ".join(text for _, text in view.visible))
    if masthead.postal_address and as_rendered(masthead.postal_address) not in visible_text:
        yield Fault("the postal address is missing; several countries require it by law")


def _is_readable(link: Node) -> bool:
    letters = sum(char.isalpha() for char in "".join(link.element.itertext()))
    return link.hidden is None and letters >= 2


def _web_addresses(view: View) -> Iterator[tuple[Node | None, str]]:
    """Yield (node, address) for the web addresses of the HTML, then those that only the text part has."""
    found = [(node, address) for node, address in view.links if address.startswith(("http://", "https://"))]
    yield from found
    linked = {address for _, address in found}
    yield from ((None, address) for address in view.plain_addresses if address not in linked)


def _at(view: View, node: Node | None, message: str) -> Fault:
    return view.at(node, message) if node is not None else Fault(f"text part: {message}")


def outgoing_links(email: Email, issue: Issue, eml: bytes) -> tuple[OutgoingLink, ...]:
    """Return every web address in the HTML once, at its first occurrence."""
    view = View(email, issue, eml)
    found: dict[str, OutgoingLink] = {}
    for element in view.elements("//a[@href]|//area[@href]|//img[@src]"):
        address = element.get("href") or element.get("src")
        if address.startswith(("http://", "https://")):
            found.setdefault(address, OutgoingLink(address, story_of(element), element.sourceline))
    return tuple(found.values())


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
