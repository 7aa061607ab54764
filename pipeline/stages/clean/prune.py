"""Remove from a parsed page what its readers do not see, and the parts of other stories."""

import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urljoin

from lxml import etree

from pipeline.stages.clean.markup import has_no_size
from pipeline.stages.clean.opening import split_names
from pipeline.stages.clean.pager import same_host
from pipeline.stages.clean.text import count_words

_XPath = Callable[[Any], Any]
_MARKED: _XPath = etree.XPath("descendant::*[@class or @style or @hidden or @aria-modal or @id or @role]")
_TAILED = ("blockquote", "ul", "ol", "table", "pre")
_LONG_TAIL = 40  # characters
_WITHIN_PAGE: _XPath = etree.XPath("//a[starts-with(@href, '#')]")
_FOOTNOTE = re.compile(r"\[(?:\d{1,3}|[a-z])\]")
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:left|top|text-indent)\s*:\s*-\d{4,}", re.IGNORECASE
)
_WHITE = r"(?:#f{3}(?:f{3})?|white|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))\s*(?:!important\s*)?(?:;|$)"
_WHITE_TEXT = re.compile(rf"(?:^|[;\s])color\s*:\s*{_WHITE}", re.IGNORECASE)
_COLOURED = re.compile(rf"background(?:-color|-image)?\s*:(?!\s*(?:{_WHITE}|none|transparent))", re.IGNORECASE)
_HIDDEN_CLASS = re.compile(
    r"(?:^|\s)(?:sr-only|visually-?hidden|screen-reader(?:-(?:text|only))?|u-hidden)(?:$|\s)", re.IGNORECASE
)
_DROP_CAP = r"drop-?cap|drop|initial|first-?letter|lettrine|versal"
_PAGER = (
    r"pag(?:ination|inator|ing)|pager|pages?-?(?:nav(?:i|igation)?|links?|numbers?|count(?:er)?)"
    r"|seiten-?(?:navi(?:gation)?|zahl(?:en)?)"
)
# Boxes within a story that are none of its text, by the names that templates give them.
_BOXES = (
    r"fact-?(?:s|box)?|fakta-?(?:boks|ruta|box)?|info-?box|video-?player|player-(?:wrapper|container)|captions?"
    r"|image-widget|photo-?(?:caption|credit)"
    r"|related-(?:articles?|stories|posts|content|links)|newsletter-(?:sign-?up|box|form|promo)"
    r"|(?:log-?in|sign-?in|register|registration|subscribe)-(?:prompt|box|wall|form|promo|banner|cta)|comments?-(?:form|list|section)"
    r"|cookie-?(?:consent|banner|notice)|article-(?:tags|share)|share-?(?:bar|buttons?|tools)"
)
_CONSENTS = (
    r"cookies?|consent|gdpr|dsgvo|rgpd|cmp|onetrust|didomi|usercentrics|cookiebot|sp[-_]message|privacy-?(?:banner"
    r"|notice|popup|wall|layer|modal)"
)
_CONSENT_WORDS = re.compile(
    r"consent|privacy|partners|personal data|einwillig|datenschutz|zustimm|données|vie privée|privacidad|datos"
    r"|toestemming|samtycke|samtykke|zgod|隐私|隱私|同意|개인정보",
    re.IGNORECASE,
)
_LEAST_CONSENT = 2  # words about it
_BOX_TAGS = frozenset({"div", "section", "aside", "p", "ul", "blockquote", "figcaption", "span"})
_MOST_BOXED = 0.3  # of the page's paragraphs; more of them are the story, which a template calls a box
_MOST_HIDDEN = 0.4  # likewise; a script shows them
_SEEN = frozenset({"h1", "body", "main", "article"})  # are never hidden: sites hide the title for styling alone
_SIDES = ("aside", "footer", "nav", "form")
_INLINE = ("a", "abbr", "b", "br", "cite", "em", "font", "i", "span", "strong", "sub", "sup", "u")
_PARAGRAPH_WORDS = 12
_MOST_TEASER_PARAGRAPHS = 2
_HEADINGS = ("h1", "h2", "h3", "h4", "h5")
_CARD_LEVELS = 4
_LEAST_CARDS = 3
_MOST_CARDS = 200
_LEAST_PARAGRAPHS = 3  # of an article element that is a story of its own


@dataclass(frozen=True, slots=True)
class _Marked:
    """Elements of a page by what their attributes say of them."""

    hidden: list[Any] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    initials: list[Any] = field(default_factory=list)
    pagers: list[Any] = field(default_factory=list)
    consents: list[Any] = field(default_factory=list)


def remove_marks(tree: Any) -> None:
    """Remove templates, readings above characters and the numbers of footnotes."""
    for element in list(tree.iter("template", "rt", "rp", "rtc", "sup")):
        if element.tag != "sup" or _is_footnote(element):
            element.drop_tree()
    for link in _WITHIN_PAGE(tree):
        if _FOOTNOTE.fullmatch("".join(link.itertext()).strip()):
            link.drop_tree()


def _is_footnote(sup: Any) -> bool:
    if "footnote" in (sup.get("class") or ""):
        return True
    return any((link.get("href") or "").startswith("#") for link in sup.iter("a"))


def remove_unread(tree: Any) -> list[Any]:
    """Remove hidden elements and boxes, and mend what extraction would break.

    Return the elements that may be links to the story's other pages.
    """
    marked = _marked_elements(tree)
    for element in marked.initials:
        element.tail = (element.tail or "").lstrip()
    for element in list(tree.iter(*_TAILED)):
        if len(element.tail or "") > _LONG_TAIL and len(" ".join(element.tail.split())) > _LONG_TAIL:
            _wrap_tail(element)
    if marked.hidden or marked.boxes or marked.consents:
        prose = {element for element in tree.iter("p") if _is_long(element) and not _is_teaser(element)}
        _remove_consents(marked.consents, prose)
        _remove(marked.hidden, prose, _MOST_HIDDEN)
        _remove(marked.boxes, prose, _MOST_BOXED)
    return marked.pagers


def pager_elements(tree: Any) -> list[Any]:
    """Return the elements that may be links to a story's other pages."""
    return _marked_elements(tree).pagers


def _marked_elements(tree: Any) -> _Marked:
    marked = _Marked(list(tree.iter("noscript")))
    for element in itertools.chain.from_iterable(map(_MARKED, tree.iter("body"))):
        names, own_id = element.get("class"), element.get("id")
        kinds = _kinds(names) if names else None
        if (kinds and kinds.is_consent) or (own_id and _names_consent(own_id)) or element.get("role") == "dialog":
            marked.consents.append(element)
        if element.tag not in _SEEN and ((kinds and kinds.is_hidden) or _is_hidden(element)):
            marked.hidden.append(element)
        elif kinds is None or element.tag == "noscript":
            continue
        elif kinds.is_box and element.tag in _BOX_TAGS:
            marked.boxes.append(element)
        elif kinds.is_initial and len("".join(element.itertext()).strip()) == 1:
            marked.initials.append(element)
        elif kinds.is_pager:
            marked.pagers.append(element)
    return marked


def _named(names: str) -> re.Pattern[str]:
    """An expression that finds the names as whole words of an attribute in lower case."""
    return re.compile(f"(?<![a-z])(?:{names})(?![a-z])")


_PATTERNS = tuple(map(_named, (_BOXES, _DROP_CAP, _PAGER, _CONSENTS)))
_ANY = _named("|".join((_BOXES, _DROP_CAP, _PAGER, _CONSENTS)))  # most names fit none, so one search is enough
_CONSENT_ID = re.compile(_named(_CONSENTS).pattern, re.IGNORECASE)


class _Kinds(NamedTuple):
    """What a class attribute names."""

    is_hidden: bool
    is_box: bool
    is_initial: bool  # a drop cap
    is_pager: bool
    is_consent: bool


@lru_cache(maxsize=4096)
def _kinds(names: str) -> _Kinds | None:
    """What a class attribute names; None for most, which name nothing of it."""
    words = split_names(names)
    is_hidden = _HIDDEN_CLASS.search(names) is not None
    if not is_hidden and not _ANY.search(words):
        return None
    return _Kinds(is_hidden, *(pattern.search(words) is not None for pattern in _PATTERNS))


@lru_cache(maxsize=4096)
def _names_consent(own_id: str) -> bool:
    return _CONSENT_ID.search(own_id) is not None


def _is_hidden(element: Any) -> bool:
    if element.get("hidden", "until-found") != "until-found" or element.get("aria-modal") == "true":
        return True
    style = element.get("style")
    if not style:
        return False
    if _HIDDEN_STYLE.search(style) or (_WHITE_TEXT.search(style) and not _has_colour_behind(element)):
        return True
    return has_no_size(style) and not _has_sized_text(element)


def _has_colour_behind(element: Any) -> bool:
    """Whether an attribute of the element or one around it gives the background a colour or a picture."""
    around = (element, *element.iterancestors())
    return any(_COLOURED.search(each.get("style") or "") or each.get("bgcolor") for each in around)


def _has_sized_text(element: Any) -> bool:
    """Whether something in the element has a size of its own, as in the columns of mails."""
    return any(not has_no_size(part.get("style"), inherited=True) for part in element.iterdescendants(etree.Element))


def _remove(elements: Iterable[Any], prose: set[Any], most: float) -> None:
    """Remove elements; those with paragraphs of prose only where they hold at most that share of the prose."""
    elements = list(elements)
    unread = {part for element in elements for part in element.iter("p") if part in prose}
    is_story = len(unread) > most * len(prose)
    for element in elements:
        if element.getparent() is not None and not (is_story and any(part in unread for part in element.iter("p"))):
            element.drop_tree()


def _remove_consents(boxes: Iterable[Any], prose: set[Any]) -> None:
    """Remove what asks for consent, however long it is, where the page has prose outside of it."""
    for box in boxes:
        if box.tag in _SEEN or box.getparent() is None or box.find(".//h1") is not None:
            continue
        inside = set(box.iter("p"))
        if len(_CONSENT_WORDS.findall("".join(box.itertext()))) >= _LEAST_CONSENT and prose - inside:
            box.drop_tree()


def _wrap_tail(element: Any) -> None:
    """Put the text directly after a block into a paragraph, since extraction loses it."""
    parent = element.getparent()
    if parent is None or not (element.tail or "").strip():
        return
    paragraph = parent.makeelement("p", {})
    paragraph.text, element.tail = element.tail, None
    inline = list(itertools.takewhile(lambda each: each.tag in _INLINE, element.itersiblings()))
    element.addnext(paragraph)
    paragraph.extend(inline)


def uncover_story(title: Any) -> None:
    """Rename the containers of the story that extraction takes for its surroundings, such as `aside`."""
    for element in title.iterancestors(*_SIDES) if title is not None else ():
        element.tag = "div"


def remove_other_stories(title: Any) -> None:
    """Remove the article elements that follow the story's own and have a title and a text of their own."""
    if title is None:
        return
    own = next(title.iterancestors("article"), None)
    if own is None or not _is_story(own):
        return
    for element in own.xpath("following::article"):
        if element.getparent() is not None and element.find(".//h1") is not None and _is_story(element):
            element.drop_tree()


def remove_teasers(tree: Any, title: Any, url: str) -> None:
    """Remove the cards that lead to other stories of the site: three or more alike, each with a linked heading.

    Where they hold most of the page's prose, they are the story, such as a list of recommendations.
    """
    if title is None:
        return
    cards: dict[tuple[str, str, str], list[Any]] = {}
    headings = itertools.dropwhile(lambda element: element is not title, tree.iter(*_HEADINGS))
    for heading in itertools.islice(headings, 1, _MOST_CARDS):
        if (card := _card_of(heading, title, url)) is not None:
            cards.setdefault((card.tag, card.get("class") or "", heading.tag), []).append(card)
    alike = [card for group in cards.values() if len(group) >= _LEAST_CARDS for card in group]
    if not alike:
        return
    inside = sum(_is_long(paragraph) for card in alike for paragraph in card.iter("p"))
    if 2 * inside <= sum(map(_is_long, tree.iter("p"))):
        for card in alike:
            if card.getparent() is not None:
                card.drop_tree()


def _card_of(heading: Any, title: Any, url: str) -> Any:
    """The container of a linked heading and the few paragraphs under it; None where it is a part of the story."""
    card = heading
    for parent in itertools.islice(heading.iterancestors(), _CARD_LEVELS):
        headings = sum(1 for _ in parent.iter(*_HEADINGS))
        if (
            headings > 1
            or sum(1 for _ in parent.iter("p")) > _MOST_TEASER_PARAGRAPHS
            or title in parent.iter(title.tag)
        ):
            break
        card = parent
    if card is heading:
        return None
    links = [next(heading.iterancestors("a"), None), next(heading.iter("a"), None)]
    return card if any(link is not None and leads_away(link, url) for link in links) else None


def leads_away(link: Any, url: str) -> bool:
    """Whether the link leads to another page of the same host."""
    href = (link.get("href") or "").strip()
    if not href or href.startswith("#"):
        return False
    try:
        return same_host(urljoin(url, href), url)
    except ValueError:
        return False


def _is_story(article: Any) -> bool:
    return sum(map(_is_long, article.iter("p"))) >= _LEAST_PARAGRAPHS


def _is_teaser(paragraph: Any) -> bool:
    """Whether the paragraph stands under a linked heading that leads to its story."""
    around = paragraph.getparent()
    if around is None or sum(1 for part in around if part.tag == "p") > _MOST_TEASER_PARAGRAPHS:
        return False
    return any(
        next(heading.iter("a"), None) is not None or heading.getparent().tag == "a"
        for heading in around.iter("h2", "h3", "h4", "h5", "h6")
    )


def _is_long(paragraph: Any) -> bool:
    return count_words("".join(paragraph.itertext())) >= _PARAGRAPH_WORDS
