"""Rules on what the two parts and the inbox line say: the same, and enough."""

import re
from collections.abc import Iterator

from pipeline.stages.check.view import Fault, View, is_hidden, said

_PADDING = "\u034f\u200c\u00a0"  # combining grapheme joiner, non-joiner, no-break space
_MARKUP = re.compile(r"</?(?:p|div|td|tr|table|span|a|br|h[1-6])\b[^>]*>|&(?:amp|nbsp|lt|gt|quot|#\d+);", re.IGNORECASE)
_LEAST_PREHEADER = 20
_LEAST_SENTENCE = 24  # characters without spaces; shorter runs are labels


def preheader(view: View) -> Iterator[Fault]:
    """The inbox's second line is the issue's own, and nothing of the body runs into it."""
    hidden = [each for each in view.elements("//body//div") if is_hidden(each)]
    if not hidden or not _squeezed(view.issue.preheader):
        yield Fault("there is no preheader: the inbox shows the first words of the masthead instead")
        return
    text = "".join(hidden[0].itertext())
    if not _squeezed(text).startswith(_squeezed(view.issue.preheader)):
        yield view.at(hidden[0], f"the preheader is {text[:60]!r}, not the issue's")
    if not text.rstrip(" ").endswith(_PADDING[-1]) or _PADDING[0] not in text:
        yield view.at(hidden[0], "the preheader is not padded: the first words of the body run into it")
    if _squeezed(view.issue.preheader) == _squeezed(view.issue.subject):
        yield view.at(hidden[0], "the preheader only says the subject again", "warning")
    if len(view.issue.preheader) < _LEAST_PREHEADER and view.issue.preheader.isascii():
        yield view.at(hidden[0], "the preheader is very short", "warning")


def text_headlines(view: View) -> Iterator[Fault]:
    """Each headline, read, paragraph and the letter are in the text part."""
    text = _squeezed(view.email.text)
    wanted = [(each.story, words) for each in view.issue.features for words in (each.headline, *view.told(each))]
    wanted += [(each.story, each.title) for each in view.issue.reads]
    for story, words in wanted:
        if _squeezed(words) not in text:
            yield Fault(f"{words[:40]!r} is not in the text part", story=story)
    for words in (view.issue.letter.greeting, view.issue.masthead.coordinated_by):
        if _squeezed(words) not in text:
            yield Fault(f"{words[:40]!r} is not in the text part")
    yield from _sentences(view, text)


def _sentences(view: View, text: str) -> Iterator[Fault]:
    """Each run of words of the page, in the text part; credits of pictures belong to the pictures."""
    told = {_squeezed(words) for each in view.issue.features for words in (each.headline, *each.paragraphs)}
    credits_ = [_squeezed(each.picture.credit) for each in view.issue.features if each.picture and each.picture.credit]
    for element, run in view.visible:
        for piece in re.split(r"(?:^|\s)[·→←](?:\s|$)", run):
            words = _squeezed(piece)
            long = len(words) >= _LEAST_SENTENCE or (not words.isascii() and len(words) >= _LEAST_SENTENCE // 2)
            if long and words not in text and words not in told and not any(each in words for each in credits_):
                yield view.at(element, f"{piece[:40]!r} is not in the text part")


def text_links(view: View) -> Iterator[Fault]:
    """Each link of the HTML is in the text part."""
    text = _squeezed(view.email.text)
    for link in view.elements("//a[@href]"):
        address = link.get("href").removeprefix("mailto:")
        if _squeezed(address) not in text:
            yield view.at(link, f"{address[:80]} is not in the text part")


def text_is_plain(view: View) -> Iterator[Fault]:
    """The text part has no markup in it."""
    own = " ".join(word for feature in view.issue.features for word in (feature.headline, *feature.paragraphs))
    for found in _MARKUP.finditer(view.email.text):
        if found[0] not in own:
            yield Fault(f"{found[0]!r} in the text part is markup")


def _squeezed(text: str) -> str:
    """Without any white space or padding, so that a line may break anywhere."""
    return re.sub(rf"[\s{_PADDING}]+", "", said(text))
