"""The texts that the archive's search looks through."""

from collections.abc import Iterator
from typing import Any

from pipeline.records import Issue
from pipeline.stages.render.atom import ArchivedEdition
from pipeline.stages.render.template_values import Voice, markdown, plain, scrub


def search_entries(edition: ArchivedEdition, voice: Voice) -> Iterator[dict[str, Any]]:
    """The letter, the features and the reads of an edition, each with where it is and in which language."""
    issue = scrub(edition.issue)
    number = voice.localisation.gettext("No. {number}", number=voice.localisation.number(issue.number))
    about = f"{plain(number)} · {voice.day(issue.date)}"
    for anchor, title, outlet, texts, language in _texts(issue):
        yield {
            "href": f"{edition.href}#{anchor}" if anchor else edition.href,
            "title": title,
            "text": " ".join(texts),
            "about": " · ".join(filter(None, (about, outlet))),
            "lang": language,
            "dir": voice.face(language).direction,
        }


def _texts(issue: Issue) -> Iterator[tuple[str, str, str, list[str], str]]:
    """(anchor, title, outlet, texts, language) of each part of an issue."""
    letter = [plain(markdown(paragraph)) for paragraph in issue.letter.paragraphs]
    if letter:  # without one the subject is another entry's headline
        yield "", issue.subject, issue.letter.host, letter, issue.letter.language
    for feature in issue.features:
        texts = [*filter(None, [feature.kicker]), *feature.paragraphs, *feature.authors]
        yield feature.story, feature.headline, feature.outlet, texts, feature.language
    for read in issue.reads:
        yield "reads", read.title, read.outlet, [], read.language
