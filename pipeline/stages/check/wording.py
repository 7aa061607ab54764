"""The words of an issue: what its stories and its editors wrote, which no rule may hold against a template."""

import re
from collections.abc import Iterator
from functools import cached_property

from pipeline.records import Issue, OwnSection

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
PADDING = "\u034f\u200c\u00a0"  # combining grapheme joiner, non-joiner, no-break space
_BLANKS = re.compile(rf"[\s{PADDING}]+")


def as_rendered(text: str) -> str:
    """Remove control and direction characters and collapse white space, as rendering does."""
    return " ".join(_CONTROLS.sub("", text).split())


def squeezed(text: str) -> str:
    """Remove all white space and padding, so that line breaks do not matter."""
    return _BLANKS.sub("", _CONTROLS.sub("", text))


class Wording:
    """The texts of an issue."""

    def __init__(self, issue: Issue) -> None:
        self._issue = issue

    @cached_property
    def of_stories(self) -> str:
        """All texts that come from stories, joined."""
        return "\n".join(as_rendered(text) for text in _story_texts(self._issue))

    @cached_property
    def names(self) -> frozenset[str]:
        """Headlines, titles and outlets: what a link may be called."""
        issue = self._issue
        found = [feature.headline for feature in issue.features] + [read.title for read in issue.reads]
        found += [feature.outlet for feature in issue.features] + [read.outlet for read in issue.reads]
        found += [other.outlet for feature in issue.features for other in feature.also_in]
        for section in issue.sections:
            found += [section.title, section.by, *(event.what for event in section.events)]
        return frozenset(map(as_rendered, found))

    def without_people(self, text: str) -> str:
        """Return a text without the names of authors, which may be in another script than their stories."""
        for feature in self._issue.features:
            for name in feature.authors:
                text = text.replace(as_rendered(name), " ")
        return text

    @cached_property
    def whole(self) -> str:
        """All texts of stories and editors, joined."""
        issue = self._issue
        masthead, letter = issue.masthead, issue.letter
        own = (issue.subject, issue.preheader, masthead.title, masthead.coordinated_by, masthead.postal_address)
        signed = (letter.greeting, letter.host, letter.host_role, *letter.paragraphs)
        added = [text for section in issue.sections for text in _section_texts(section)]
        return "\n".join([self.of_stories, *map(as_rendered, (*own, *signed, *added))])

    @cached_property
    def squeezed(self) -> str:
        """`whole` without white space."""
        return squeezed(self.whole)


def _section_texts(section: OwnSection) -> Iterator[str]:
    yield from (section.title, section.figure, section.by, *section.paragraphs)
    for event in section.events:
        yield from (event.when, event.what, event.where or "")


def _story_texts(issue: Issue) -> Iterator[str]:
    for feature in issue.features:
        yield from (feature.headline, feature.kicker, feature.outlet, *feature.authors, *feature.paragraphs)
        yield from (other.outlet for other in feature.also_in)
        if feature.picture:
            yield from (feature.picture.alt, feature.picture.credit)
        if feature.follow_up:
            yield feature.follow_up.title
    for read in issue.reads:
        yield from (read.title, read.outlet)
