"""Remove from a parsed page what its readers do not see, and the parts of other stories."""

import re
from collections.abc import Callable
from typing import Any

from lxml import etree

from pipeline.stages.clean.opening import element_names
from pipeline.stages.clean.text import count_words

_XPath = Callable[[Any], Any]
_TEMPLATES: _XPath = etree.XPath("//template | //rt | //rp | //rtc")
_NOTES: _XPath = etree.XPath("//sup[.//a[starts-with(@href, '#')] or contains(@class, 'footnote')]")
_STYLED: _XPath = etree.XPath(
    "//body//*[@hidden or @aria-modal='true' or contains(@style, 'none') or contains(@style, 'hidden')"
    " or contains(@style, 'font-size') or contains(@class, 'sr-only') or contains(@class, 'hidden')"
    " or contains(@class, 'screen-reader')]"
)
_INITIALS: _XPath = etree.XPath(
    "//p//*[self::span or self::b or self::strong or self::em or self::font][string-length(normalize-space(.)) = 1]"
)
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:;|!|$)", re.IGNORECASE
)
_HIDDEN_CLASS = re.compile(r"(?:^|\s)(?:sr-only|visually-?hidden|screen-reader(?:-(?:text|only))?|u-hidden)(?:$|\s)", re.IGNORECASE)
_DROP_CAP = re.compile(r"(?<![a-z])(?:drop-?cap|drop|initial|first-?letter|lettrine|versal)(?![a-z])")
# Boxes within a story that are none of its text, by the names that templates give them.
_BOXES = re.compile(
    r"(?<![a-z])(?:fact-?(?:s|box)?|fakta-?(?:boks|ruta|box)?|info-?box|video-?player|player-(?:wrapper|container)|captions?"
    r"|image-widget|photo-?(?:caption|credit)"
    r"|related-(?:articles?|stories|posts|content|links)|newsletter-(?:sign-?up|box|form|promo)|comments?-(?:form|list|section)"
    r"|cookie-?(?:consent|banner|notice)|article-(?:tags|share)|share-?(?:bar|buttons?|tools))(?![a-z])"
)
_BOX_TAGS = ("div", "section", "aside", "p", "ul", "blockquote", "figcaption", "span")
_MOST_BOXED = 0.3  # of the page's paragraphs
_PARAGRAPH_WORDS = 12
_LEAST_PARAGRAPHS = 3  # of an article element that is a story of its own
_MOST_HIDDEN = 0.4  # of the page's paragraphs


def remove_marks(tree: Any) -> None:
    """Remove templates, readings above characters and the numbers of footnotes, and join drop caps to their words."""
    for element in (*_TEMPLATES(tree), *_NOTES(tree)):
        element.drop_tree()
    for element in _INITIALS(tree):
        if _DROP_CAP.search(element_names(element)) and (element.tail or "").startswith((" ", "\n")):
            element.tail = element.tail.lstrip()


def remove_unread(tree: Any) -> None:
    """Remove hidden elements and boxes. Those that hold much of the text are part of the story and stay.

    A script may show what is hidden at first, and a template may call the story a box.
    """
    hidden = [element for element in _STYLED(tree) if _is_hidden(element)]
    boxes = [element for element in tree.iter(*_BOX_TAGS) if _BOXES.search(element_names(element))]
    if not hidden and not boxes:
        return
    prose = {element for element in tree.iter("p") if _is_long(element)}
    for elements, most in ((hidden, _MOST_HIDDEN), (boxes, _MOST_BOXED)):
        unread = {paragraph for element in elements for paragraph in element.iter("p") if paragraph in prose}
        is_story = len(unread) > most * len(prose)
        for element in elements:
            if element.getparent() is not None and not (is_story and any(part in unread for part in element.iter("p"))):
                element.drop_tree()


def _is_hidden(element: Any) -> bool:
    if element.tag in {"h1", "body", "main", "article"}:
        return False
    if element.get("hidden") is not None and element.get("hidden") != "until-found":
        return True
    return bool(_HIDDEN_STYLE.search(element.get("style") or "") or _HIDDEN_CLASS.search(element.get("class") or ""))


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


def _is_story(article: Any) -> bool:
    return sum(map(_is_long, article.iter("p"))) >= _LEAST_PARAGRAPHS


def _is_long(paragraph: Any) -> bool:
    return count_words("".join(paragraph.itertext())) >= _PARAGRAPH_WORDS
