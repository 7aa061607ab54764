"""Compose an Issue from slots: the editor's texts where there are any, generated ones elsewhere."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from babel.dates import format_date

from pipeline.records import (
    AlsoIn,
    Artwork,
    Edits,
    Event,
    Feature,
    FollowUp,
    Issue,
    Letter,
    Masthead,
    Original,
    OwnSection,
    Read,
    SectionEdit,
    Slot,
    Story,
    StoryEdit,
    Tally,
    TextOrigin,
    Topic,
)
from pipeline.text.languages import is_same_language, story_language
from pipeline.text.markdown import words_of
from pipeline.text.normalise import fold
from pipeline.text.places import date_locale
from pipeline.text.quotes import with_quotes
from pipeline.text.tracked import direct_address

PREHEADER_WIDTH = 140  # display columns; inboxes show 40 to 140
SUBJECT_WIDTH = 90

_FILE_NAME = re.compile(
    r"\S+\.(?:jpe?g|png|gif|webp|avif|heic|svg|tiff?)|[A-Z0-9_-]*[0-9]{3,}[A-Z0-9_-]*", re.IGNORECASE
)
_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
_HAN = "\u2e80-\u9fff\uf900-\ufaff\uff01-\uff9f\U00020000-\U0003ffff"  # with kana and their punctuation
_BREAK_IN_HAN = re.compile(rf"(?<=[{_HAN}])[^\S\n]*\n\s*(?=[{_HAN}])")


@dataclass(frozen=True, slots=True)
class EditionText:
    """An edition's texts that do not depend on the week's stories."""

    language: str
    masthead: Masthead
    host: str
    host_role: str
    city: str
    greeting: str = ""
    letter: str = ""  # Markdown; paragraphs separated by an empty line
    territory: str = ""  # ISO 3166, for the form of dates
    subject: str | None = None  # with {title}, {number}, {headline} and {date}


@dataclass(frozen=True, slots=True)
class Material:
    """The data that an edition's features and reads are composed from, by story or event id."""

    stories: Mapping[str, Story]
    events: Mapping[str, Event]
    copies: Mapping[str, str] = field(default_factory=dict)  # folded → winner
    topics: Mapping[str, Topic] = field(default_factory=dict)  # by story
    sections: Mapping[str, str] = field(default_factory=dict)  # by source
    keep_links: frozenset[str] = frozenset()  # sources
    summaries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    follow_ups: Mapping[str, FollowUp] = field(default_factory=dict)  # by event
    originals: Mapping[str, Original] = field(default_factory=dict)  # of stories that were converted
    origins: Mapping[str, TextOrigin] = field(default_factory=dict)  # of stories that were translated


def compose_issue(
    slots: Sequence[Slot],
    *,
    key: str,
    number: int,
    edition: str,
    on: date,
    words: EditionText,
    material: Material,
    edits: Edits,
    tally: Tally,
    shorten: Callable[[str, int], str],
) -> Issue:
    """Compose the Issue of one edition. `shorten(text, width)` cuts text to a display width.

    Raises KeyError for a slot whose story is not in `material`.
    """
    features = tuple(_feature(slot, words, material, edits) for slot in slots if slot.section == "features")
    reads = tuple(_read(material.stories[slot.story], material, edits) for slot in slots if slot.section == "reads")
    headline = _subject_headline(features, reads, words.language, edits)
    return Issue(
        key=key,
        number=number,
        edition=edition,
        language=words.language,
        date=on,
        subject=edits.subject or shorten(_subject(words, number, headline, on), SUBJECT_WIDTH),
        preheader=edits.preheader or shorten(_opening(features, reads, words.language, headline), PREHEADER_WIDTH),
        masthead=replace(words.masthead, coordinated_by=edits.coordinated_by or words.masthead.coordinated_by),
        letter=_letter(words, edits),
        features=features,
        reads=reads,
        tally=tally,
        territory=words.territory,
        sections=tuple(_own_section(name, section) for name, section in edits.sections.items()),
        kept_links=_kept_links(features, reads, material),
    )


def _kept_links(features: Sequence[Feature], reads: Sequence[Read], material: Material) -> tuple[str, ...]:
    """The addresses of the issue's stories whose sources keep their links."""
    shown = {*(each.url for each in features), *(each.url for each in reads)}
    shown |= {other.url for feature in features for other in feature.also_in}
    kept = {story.url for story in material.stories.values() if story.source in material.keep_links}
    return tuple(sorted(address for address in shown & kept if address))


def _own_section(name: str, section: SectionEdit) -> OwnSection:
    return OwnSection(
        name=name,
        kind=section.kind,
        after=section.after,
        title=section.title or "",
        paragraphs=paragraphs_of(section.text or ""),
        figure=section.figure or "",
        by=section.by or "",
        link=section.link,
        events=section.events,
        language=section.language or "",
    )


def _letter(words: EditionText, edits: Edits) -> Letter:
    return Letter(
        greeting=edits.greeting or words.greeting,
        host=words.host,
        host_role=words.host_role,
        city=words.city,
        paragraphs=paragraphs_of(edits.letter if edits.letter is not None else words.letter),
        language=words.language,
    )


def add_pictures(issue: Issue, artwork: Mapping[str, Artwork], edits: Edits, *, portrait: Artwork | None) -> Issue:
    """Add the host's portrait and the features' pictures; `artwork` maps story ids to pictures."""

    def edited(feature: Feature) -> Artwork | None:
        picture, edit = artwork.get(feature.story), edits.stories.get(feature.story, StoryEdit())
        if picture is None or edit.picture == "none":
            return None
        return replace(
            picture,
            alt=picture.alt if edit.alt is None else edit.alt,
            credit=picture.credit if edit.credit is None else edit.credit,
        )

    features = tuple(replace(feature, picture=edited(feature)) for feature in issue.features)
    return replace(issue, letter=replace(issue.letter, portrait=portrait), features=features)


def picture_alt(story: Story) -> str:
    """What a story's own picture shows.

    Where the outlet does not say it, or names a file, it is the title: the picture leads to the story, and a link has
    to say where it leads (WCAG technique H30). It is empty for a picture that leads nowhere.
    """
    alt = " ".join(story.picture.alt.split()) if story.picture else ""
    is_name = _FILE_NAME.fullmatch(alt) or alt.startswith(("http://", "https://"))
    shown = alt and not is_name and fold(alt) != fold(story.title)
    return alt if shown else with_quotes(story.title, story.language) if story.url else ""


def picture_url(story: Story, edit: StoryEdit | None) -> str | None:
    """Return the web address of a story's picture: the editor's choice, else the story's own."""
    chosen = edit.picture if edit and edit.picture else story.picture.url if story.picture else None
    return chosen if chosen and chosen.startswith(("http://", "https://")) else None


def paragraphs_of(text: str) -> tuple[str, ...]:
    """Split text at empty lines and unwrap each paragraph: a line break becomes a space, but nothing in Chinese."""
    parts = re.split(r"\n\s*\n", "\n".join(text.splitlines()))
    return tuple(" ".join(_BREAK_IN_HAN.sub("", part).split()) for part in parts if part.strip())


def _subject_headline(features: Sequence[Feature], reads: Sequence[Read], language: str, edits: Edits) -> str:
    """The first headline in the edition's language, or written by the editor; empty if there is none."""
    written = {story for story, edit in edits.stories.items() if edit.headline}
    # What nobody has read is not the subject of a letter: its mark would be missing there.
    headlines = [(each.story, each.language, each.headline) for each in features if not each.is_unread]
    headlines += [(each.story, each.language, each.title) for each in reads]
    found = (text for story, tag, text in headlines if story in written or is_same_language(tag, language))
    return next(found, "")


def _opening(features: Sequence[Feature], reads: Sequence[Read], language: str, headline: str) -> str:
    """What inboxes show after the subject: the first paragraph, or else the other headlines.

    In the edition's language as far as there is one.
    """
    features = [feature for feature in features if not feature.is_unread]
    own = [feature for feature in features if is_same_language(feature.language, language)]
    own_reads = [read for read in reads if is_same_language(read.language, language)]
    for some_features, some_reads in ((own, own_reads), (features, reads)):
        paragraph = next((paragraph for feature in some_features for paragraph in feature.paragraphs), "")
        headlines = [*(feature.headline for feature in some_features), *(read.title for read in some_reads)]
        opening = paragraph or " · ".join(text for text in headlines if text != headline)
        if opening:
            return opening
    return ""


def _subject(words: EditionText, number: int, headline: str, on: date) -> str:
    locale = date_locale(words.language, words.territory)
    day = str(format_date(on, format="long", locale=locale)) if locale else on.isoformat()
    if not words.subject:
        return headline or f"{words.masthead.title} · {day}"
    values = {"title": words.masthead.title, "number": str(number), "headline": headline or day, "date": day}
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), words.subject)


def _feature(slot: Slot, words: EditionText, material: Material, edits: Edits) -> Feature:
    story = material.stories[slot.story]
    edit = edits.stories.get(story.id, StoryEdit())
    kicker, kicker_language = _kicker(story, words.language, material)
    written = paragraphs_of(edit.blurb) if edit.blurb else ()
    origin = _origin(story, edit, material)
    return Feature(
        story=story.id,
        kicker=kicker if edit.kicker is None else edit.kicker,
        kicker_language=kicker_language if edit.kicker is None else words.language,
        headline=edit.headline or with_quotes(story.title, story.language),
        paragraphs=tuple(map(words_of, written)) or _summary(story, material),
        markdown=written,
        outlet=story.outlet,
        authors=story.authors,
        url=_link(story, material),
        language=story_language(words.language) or words.language if _is_accepted(origin, edit) else story.language,
        also_in=_also_in(story, material, slot.event),
        follow_up=_follow_up(slot, material),
        truncated=story.truncated,
        original=None if edit.headline and edit.blurb else material.originals.get(story.id),
        origin=origin,
    )


def _origin(story: Story, edit: StoryEdit, material: Material) -> TextOrigin | None:
    """Whose the texts are if a writer proposed them: those that an editor accepted, else those that only passed."""
    if edit.origin and (edit.headline or edit.blurb):
        return TextOrigin(*edit.origin, "accepted")
    return None if edit.headline and edit.blurb else material.origins.get(story.id)


def _is_accepted(origin: TextOrigin | None, edit: StoryEdit) -> bool:
    """Whether all texts are accepted proposals, which are in the edition's language."""
    return bool(origin and origin.verdict == "accepted" and edit.headline and edit.blurb)


def _follow_up(slot: Slot, material: Material) -> FollowUp | None:
    found = material.follow_ups.get(slot.event)
    return found and replace(found, title=with_quotes(found.title, found.language))


def _summary(story: Story, material: Material) -> tuple[str, ...]:
    return tuple(with_quotes(paragraph, story.language) for paragraph in material.summaries.get(story.id, ()))


def _read(story: Story, material: Material, edits: Edits) -> Read:
    edit = edits.stories.get(story.id, StoryEdit())
    original = None if edit.headline else material.originals.get(story.id)
    title = edit.headline or with_quotes(story.title, story.language)
    return Read(story.id, title, story.outlet, _link(story, material), story.language, original)


def _link(story: Story, material: Material) -> str | None:
    """Where readers are led: past redirects that count clicks, unless the source keeps its links."""
    return direct_address(story.url) if story.url and story.source not in material.keep_links else story.url


def _kicker(story: Story, language: str, material: Material) -> tuple[str, str]:
    """Return the kicker and its language, the edition's: the topic's name, or the source's section without a topic."""
    topic = material.topics.get(story.id)
    if topic is None:
        return material.sections.get(story.source, ""), language
    for known in (language, *topic.names):
        if known in topic.names and is_same_language(known, language):
            return topic.names[known], known
    return "" if topic.names else topic.name.replace("-", " "), language


def _also_in(story: Story, material: Material, event_id: str) -> tuple[AlsoIn, ...]:
    """List the other outlets that report the event, first those of its stories, then those of copies."""
    event = material.events[event_id]
    members = set(event.stories)
    copies = sorted(copy for copy, winner in material.copies.items() if winner in members)
    seen, others = {story.outlet}, []
    for other_id in (*event.stories, *copies):
        other = material.stories.get(other_id)
        if other is not None and other.outlet and other.outlet not in seen:
            seen.add(other.outlet)
            others.append(AlsoIn(other.outlet, other.language, _link(other, material)))
    return tuple(others)
