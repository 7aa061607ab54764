"""Rules about the text part and the preheader: complete, and consistent with the HTML."""

import re
from collections.abc import Iterator
from unicodedata import digit

from pipeline.stages.check.addresses import malformed
from pipeline.stages.check.view import Fault, View, squeezed
from pipeline.stages.check.wording import PADDING
from pipeline.text.width import display_width

_MARKUP = re.compile(r"</?(?:p|div|td|tr|table|span|a|br|h[1-6])\b[^>]*>|&(?:amp|nbsp|lt|gt|quot|#\d+);", re.IGNORECASE)
_NOT_WORDS = re.compile(r"\(?https?://\S+|\S+@\S+|^(?:[*•>–—-]|\d+\.)\s+")
_NUMBER = re.compile(r"\d[\d.,:/]*\d")  # of two digits or more
_LABELS = re.compile(r"(?:^|\s)[·|→←]\s+|\s?\[|\]|:\s+|:$|\s\($")
_MIN_PREHEADER = 20
_MIN_SENTENCE = 24  # columns without spaces, two for a Chinese character; shorter runs are labels


def preheader(view: View) -> Iterator[Fault]:
    """The inbox shows the issue's preheader and nothing of the body after it."""
    hidden = [node for node in view.nodes if node.hiding and node.hiding != (node.parent and node.parent.hiding)]
    if not hidden or not squeezed(view.issue.preheader):
        yield Fault("there is no preheader, so the inbox shows the masthead instead")
        return
    shown = hidden[0]
    text = "".join(shown.element.itertext())
    if not squeezed(text).startswith(squeezed(view.issue.preheader)):
        yield view.at(shown, f"the preheader is {text[:60]!r}, not the issue's")
    if not text.rstrip(" ").endswith(PADDING[-1]) or PADDING[0] not in text:
        yield view.at(shown, "the preheader is not padded, so the start of the body follows it")
    if squeezed(view.issue.preheader) == squeezed(view.issue.subject):
        yield view.at(shown, "the preheader repeats the subject", "warning")
    if len(view.issue.preheader) < _MIN_PREHEADER and view.issue.preheader.isascii():
        yield view.at(shown, "the preheader is very short", "warning")


def blurbs(view: View) -> Iterator[Fault]:
    """Each feature has a text; a story without one shows its headline alone."""
    for feature in view.issue.features:
        if not any(squeezed(paragraph) for paragraph in feature.paragraphs):
            yield Fault("no text: write a blurb", "warning", story=feature.story)


def text_headlines(view: View) -> Iterator[Fault]:
    """The text part has every headline, read and paragraph, and the letter."""
    text = view.plain_text
    expected: list[tuple[str | None, str]] = [
        (feature.story, wording)
        for feature in view.issue.features
        for wording in (feature.headline, *view.shown_paragraphs(feature))
    ]
    expected += [(read.story, read.title) for read in view.issue.reads]
    expected += [(None, view.issue.letter.greeting), (None, view.issue.masthead.coordinated_by)]
    for story, wording in expected:
        if squeezed(wording) not in text and squeezed(wording) not in view.plain_words:
            yield Fault(f"{wording[:40]!r} is not in the text part", story=story)
    yield from _sentences(view, text)
    yield from _numbers(view)


def _numbers(view: View) -> Iterator[Fault]:
    """Yield numbers, of issues and days too, that one part has and neither the other nor a story."""
    parts = {
        "the HTML": " ".join(run for _, run in view.visible),
        "the text part": _NOT_WORDS.sub(" ", view.email.text),
    }
    numbers = {name: _numbers_in(text) for name, text in parts.items()}
    # Only the HTML has a table of contents, which counts the stories.
    counted = {str(len(stories)) for stories in (view.issue.features, view.issue.reads)}
    known = _numbers_in(view.wording.whole) | counted
    one, other = numbers
    for name, lacking in ((one, other), (other, one)):
        for number in sorted(numbers[name] - numbers[lacking] - known):
            yield Fault(f"{name} says {number}, which {lacking} does not")


def _numbers_in(text: str) -> set[str]:
    """Return the numbers of a text in the digits of ASCII."""
    return {"".join(str(digit(char, char)) for char in number) for number in _NUMBER.findall(text)}


def _sentences(view: View, text: str) -> Iterator[Fault]:
    """Yield visible passages that the text part lacks; picture credits may be missing there."""
    of_features = {
        squeezed(wording) for feature in view.issue.features for wording in (feature.headline, *feature.paragraphs)
    }
    pictures = [feature.picture for feature in view.issue.features if feature.picture]
    picture_credits = [squeezed(picture.credit) for picture in pictures if picture.credit]
    for node, run in view.visible:
        for piece in re.split(r"(?:^|\s)[·→←](?:\s|$)", run):
            passage = squeezed(piece)
            if passage in text or passage in of_features or any(credit in passage for credit in picture_credits):
                continue
            if display_width(passage) >= _MIN_SENTENCE:
                yield view.at(node, f"{piece[:40]!r} is not in the text part")


def text_links(view: View) -> Iterator[Fault]:
    """The text part has every link of the HTML, and no other."""
    linked = {squeezed(address.removeprefix("mailto:")) for _, address in view.links}
    for node, address in view.links:
        bare = address.removeprefix("mailto:")
        if not bare.startswith("#") and squeezed(bare) not in view.plain_text:
            yield view.at(node, f"{bare[:80]} is not in the text part")
    for address in dict.fromkeys(view.plain_addresses):
        # An address in a story's own sentence is its words; both parts have them.
        if squeezed(address) not in linked and address not in view.wording.whole:
            yield Fault(f"{address[:80]} is in the text part only: the parts must not differ")
        elif reason := malformed(address):
            yield Fault(f"text part: {address[:80]!r} {reason}")


def text_only(view: View) -> Iterator[Fault]:
    """The text part has no sentence that the HTML lacks."""
    shown = view.visible_text
    for line in view.email.text.splitlines():
        words = _NOT_WORDS.sub("", line.strip())
        for piece in _LABELS.split(words):
            passage = squeezed(piece).strip("*_()")
            if passage in shown or passage in view.wording.squeezed:
                continue
            if any(map(str.isalpha, passage)) and display_width(passage) >= _MIN_SENTENCE:
                yield Fault(f"{piece.strip()[:40]!r} is in the text part only")


def text_is_plain(view: View) -> Iterator[Fault]:
    """The text part has no markup."""
    for found in _MARKUP.finditer(view.email.text):
        if found[0] not in view.wording.whole:
            yield Fault(f"{found[0]!r} in the text part is markup")
