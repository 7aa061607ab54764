"""Rules about the text part and the preheader: complete, and consistent with the HTML."""

import re
from collections.abc import Iterator

from pipeline.stages.check.view import Fault, View, as_rendered, is_hidden
from pipeline.text.width import display_width

_PADDING = "\u034f\u200c\u00a0"  # combining grapheme joiner, non-joiner, no-break space
_MARKUP = re.compile(r"</?(?:p|div|td|tr|table|span|a|br|h[1-6])\b[^>]*>|&(?:amp|nbsp|lt|gt|quot|#\d+);", re.IGNORECASE)
_MIN_PREHEADER = 20
_MIN_SENTENCE = 24  # columns without spaces, two for a Chinese character; shorter runs are labels


def preheader(view: View) -> Iterator[Fault]:
    """The inbox shows the issue's preheader and nothing of the body after it."""
    hidden = [each for each in view.elements("//body//div") if is_hidden(each)]
    if not hidden or not _squeezed(view.issue.preheader):
        yield Fault("there is no preheader, so the inbox shows the masthead instead")
        return
    text = "".join(hidden[0].itertext())
    if not _squeezed(text).startswith(_squeezed(view.issue.preheader)):
        yield view.at(hidden[0], f"the preheader is {text[:60]!r}, not the issue's")
    if not text.rstrip(" ").endswith(_PADDING[-1]) or _PADDING[0] not in text:
        yield view.at(hidden[0], "the preheader is not padded, so the start of the body follows it")
    if _squeezed(view.issue.preheader) == _squeezed(view.issue.subject):
        yield view.at(hidden[0], "the preheader repeats the subject", "warning")
    if len(view.issue.preheader) < _MIN_PREHEADER and view.issue.preheader.isascii():
        yield view.at(hidden[0], "the preheader is very short", "warning")


def blurbs(view: View) -> Iterator[Fault]:
    """Each feature has a text; a story without one shows its headline alone."""
    for feature in view.issue.features:
        if not any(_squeezed(paragraph) for paragraph in feature.paragraphs):
            yield Fault("no text: write a blurb", "warning", story=feature.story)


def text_headlines(view: View) -> Iterator[Fault]:
    """The text part has every headline, read and paragraph, and the letter."""
    text = _squeezed(view.email.text)
    expected: list[tuple[str | None, str]] = [
        (feature.story, wording)
        for feature in view.issue.features
        for wording in (feature.headline, *view.shown_paragraphs(feature))
    ]
    expected += [(read.story, read.title) for read in view.issue.reads]
    expected += [(None, view.issue.letter.greeting), (None, view.issue.masthead.coordinated_by)]
    for story, wording in expected:
        if _squeezed(wording) not in text:
            yield Fault(f"{wording[:40]!r} is not in the text part", story=story)
    yield from _sentences(view, text)


def _sentences(view: View, text: str) -> Iterator[Fault]:
    """Yield visible passages that the text part lacks; picture credits may be missing there."""
    of_features = {
        _squeezed(wording) for feature in view.issue.features for wording in (feature.headline, *feature.paragraphs)
    }
    pictures = [feature.picture for feature in view.issue.features if feature.picture]
    picture_credits = [_squeezed(picture.credit) for picture in pictures if picture.credit]
    for element, run in view.visible:
        for piece in re.split(r"(?:^|\s)[·→←](?:\s|$)", run):
            passage = _squeezed(piece)
            long = display_width(passage) >= _MIN_SENTENCE
            is_credit = any(credit in passage for credit in picture_credits)
            if long and passage not in text and passage not in of_features and not is_credit:
                yield view.at(element, f"{piece[:40]!r} is not in the text part")


def text_links(view: View) -> Iterator[Fault]:
    """The text part has every link of the HTML."""
    text = _squeezed(view.email.text)
    for link in view.elements("//a[@href][not(starts-with(@href, '#'))]"):
        address = link.get("href").removeprefix("mailto:")
        if _squeezed(address) not in text:
            yield view.at(link, f"{address[:80]} is not in the text part")


def text_is_plain(view: View) -> Iterator[Fault]:
    """The text part has no markup."""
    issue_text = " ".join(
        wording for feature in view.issue.features for wording in (feature.headline, *feature.paragraphs)
    )
    for found in _MARKUP.finditer(view.email.text):
        if found[0] not in issue_text:
            yield Fault(f"{found[0]!r} in the text part is markup")


def _squeezed(text: str) -> str:
    """Remove all white space and padding, so that line breaks do not matter."""
    return re.sub(rf"[\s{_PADDING}]+", "", as_rendered(text))
