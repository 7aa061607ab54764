"""Clean: an entry with its page, or a document, to stories."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from courlan import clean_url, extract_domain

from pipeline.errors import CleanError
from pipeline.records import Confidence, Decision, Document, Entry, Outcome, Rejected, Source, Story, stable_id
from pipeline.stages.clean.authors import author_names
from pipeline.stages.clean.decode import decode
from pipeline.stages.clean.documents import Draft, read_email, read_markdown, read_text, with_headings
from pipeline.stages.clean.facts import Facts
from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.listing import split_page
from pipeline.stages.clean.newsletter import read_newsletter
from pipeline.stages.clean.page import Page, read_fragment, read_page
from pipeline.stages.clean.refuse import refusal
from pipeline.stages.clean.residue import Residue, default_residue
from pipeline.stages.clean.split import Part, split
from pipeline.stages.clean.text import count_words, is_cut_off
from pipeline.stages.clean.trim import About, Removal, Trimmed, trim
from pipeline.text.languages import declared_language
from pipeline.text.normalise import normalise, truncate

STAGE = "clean"
_DETAIL_CHARACTERS = 100  # of a removed line in the ledger
_MARKUP = frozenset({"text/html", "application/xhtml+xml"})
_HTML_START = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_READERS = {
    "text/plain": read_text,
    "text/markdown": read_markdown,
    "text/x-markdown": read_markdown,
    "message/rfc822": read_email,
}
_SUMMARY_WORDS = 40  # a summary shorter than this is nobody's whole story


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of an entry or document: its stories, or why there are none, and what was taken away."""

    stories: tuple[Story, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    decisions: tuple[Decision, ...] = ()


def clean_entry(
    entry: Entry,
    document: Document | None,
    *,
    source: Source,
    residue: Residue | None = None,
    learned: frozenset[str] = frozenset(),
    now: datetime,
) -> Cleaned:
    """The stories of an entry: from its page or document, or without one from what the feed carries.

    A page that is refused costs no story: the feed's own text stands in, marked as cut off.
    """
    maker = _Maker(entry, source, residue or default_residue(), learned, now)
    if document is None:
        return maker.from_feed()
    try:
        return maker.from_document(document)
    except CleanError as error:
        rejected = Rejected(entry.id, STAGE, error.reason, error.message)
        fallback = maker.from_feed()
        if not fallback.stories:
            return Cleaned((), (rejected,))
        story = replace(fallback.stories[0], truncated=True)
        note = Decision(story.id, STAGE, Outcome.CHANGED, f"page/{error.reason}", None, "the feed's own text stands in")
        return Cleaned((story,), (), (*fallback.decisions, note))


def clean_document(
    document: Document,
    *,
    residue: Residue | None = None,
    learned: frozenset[str] = frozenset(),
    now: datetime | None = None,
) -> Cleaned:
    """The stories of a page or document by itself."""
    entry = Entry(stable_id(document.url), "", _web(document.url), "")
    source = Source("", "folder", document.url, "")
    maker = _Maker(entry, source, residue or default_residue(), learned, now)
    try:
        return maker.from_document(document)
    except CleanError as error:
        return Cleaned((), (Rejected(entry.id, STAGE, error.reason, error.message),))


def _web(url: str) -> str | None:
    return url if url.startswith(("http://", "https://")) else None


@dataclass(frozen=True, slots=True)
class _Maker:
    """Everything that is the same for all stories of one entry."""

    entry: Entry
    source: Source
    residue: Residue
    learned: frozenset[str]
    now: datetime | None

    def from_document(self, document: Document) -> Cleaned:
        if document.media_type in _MARKUP or _HTML_START.match(document.body[:1000]):
            return self.from_html(document)
        if document.media_type not in _READERS:
            raise CleanError("not a page", f"{document.url} is {document.media_type}, which holds no story")
        draft = _READERS[document.media_type](document)
        if not draft.lines:
            raise CleanError("empty", f"{document.url} has no text")
        return self.from_parts(read_newsletter(draft, self.residue) or split(draft, self.residue), draft, document)

    def from_parts(self, parts: Sequence[Part], draft: Draft, document: Document) -> Cleaned:
        alone = len(parts) == 1
        made = [self.part_story(part, None if alone else at, draft, document) for at, part in enumerate(parts)]
        kept = [
            (story, decisions) for story, decisions in made if story.blocks or story.standfirst or story.role == "read"
        ]
        if not kept:
            raise CleanError("no text", f"nothing in {document.url} is a story's text")
        stories = tuple(story for story, _ in kept)
        return Cleaned(stories, (), tuple(line for _, decisions in kept for line in decisions))

    def part_story(
        self, part: Part, index: int | None, draft: Draft, document: Document
    ) -> tuple[Story, list[Decision]]:
        facts = draft.facts
        about = About((part.title, facts.title), part.authors, facts.site)
        trimmed = trim(part.lines, about, self.residue, self.learned)
        lines = with_headings(trimmed.lines, self.residue) if draft.loose else trimmed.lines
        id_ = stable_id(self.entry.id) if index is None else stable_id(self.entry.id, part.title or str(index))
        whole = index is None
        title = part.title or (self.entry.title if whole else "")
        url = urljoin(self.entry.url or "", part.url) if part.url else (self.entry.url if whole else None)
        cut = part.truncated or _is_truncated(part.lines)
        story = self.story(id_, facts, Trimmed(lines, trimmed.removals), title=title, url=url, truncated=cut)
        outlet = part.outlet or ("" if part.role == "read" else story.outlet)
        story = replace(
            story,
            outlet=outlet,
            role=part.role,
            authors=part.authors or (story.authors if whole else ()),
            standfirst=part.standfirst,
            key_points=part.key_points,
            links=part.links,
            host=part.host,
            city=part.city,
            declared_language=declared_language(part.language) or story.declared_language,
        )
        if part.url:
            story = replace(story, canonical_url=_clean(url))
        if not whole:
            story = replace(_without_whole(story), document=self.entry.url or document.url)
        removals = (*(Removal(rule, text) for rule, text in part.dropped), *trimmed.removals)
        return story, [_decision(id_, removal) for removal in removals]

    def from_html(self, document: Document) -> Cleaned:
        apart = self.takes_apart()
        page = read_page(decode(document.body, document.charset), self.entry.url or document.url, apart=apart)
        if apart and not page.facts.is_article:
            whole = Draft(page.body, page.facts, loose=False)
            parts = read_newsletter(whole, self.residue, greeted=True) or split_page(page, self.residue)
            if parts:
                return self.from_parts(parts, whole, document)
        return self.from_page(page, document.url)

    def takes_apart(self) -> bool:
        """Whether a page may hold several stories: the page of a feed's entry is one."""
        return self.source.kind == "folder" or self.entry.url == self.source.location

    def from_page(self, page: Page, url: str) -> Cleaned:
        facts = page.facts
        site = facts.site or self.source.outlet
        authors = self.entry.authors or author_names(facts.authors, site)
        titles = tuple(title for title in (self.entry.title, *facts.titles) if title)
        trimmed = trim(page.lines, About(titles, authors, site), self.residue, self.learned)
        reason = refusal(facts, page.lines, trimmed.lines, self.entry.url or url, self.residue)
        if reason:
            raise CleanError(reason, f"{url} answered with a page that is not the story")
        id_ = stable_id(self.entry.id)
        title = self.entry.title or facts.title
        cut = _is_truncated(page.lines)
        story = self.story(id_, facts, trimmed, title=title, url=self.entry.url, truncated=cut)
        if not story.published_at and page.guessed_at:
            story = replace(story, published_at=page.guessed_at, date_confidence="low")
        return Cleaned((story,), (), tuple(_decision(id_, removal) for removal in trimmed.removals))

    def from_feed(self) -> Cleaned:
        entry = self.entry
        content, summary = read_fragment(entry.content_html), read_fragment(entry.summary_html)
        lines = content or summary
        if not lines:
            return Cleaned((), (Rejected(entry.id, STAGE, "no text", "the entry carries neither page nor text"),))
        trimmed = trim(lines, About((entry.title,), entry.authors, self.source.outlet), self.residue, self.learned)
        short = not content and sum(count_words(line.text) for line in summary) < _SUMMARY_WORDS
        id_ = stable_id(entry.id)
        story = self.story(
            id_, Facts(), trimmed, title=entry.title, url=entry.url, truncated=short or _is_truncated(lines)
        )
        if not story.blocks:
            return Cleaned((), (Rejected(entry.id, STAGE, "no text", "the entry's text is all residue"),))
        return Cleaned((story,), (), tuple(_decision(id_, removal) for removal in trimmed.removals))

    def story(self, id_: str, facts: Facts, trimmed: Trimmed, *, title: str, url: str | None, truncated: bool) -> Story:
        """A story with the feed's word before the page's."""
        entry = self.entry
        outlet = entry.outlet or self.source.outlet or facts.site or _host(url)
        authors = author_names(entry.authors, outlet) or author_names(facts.authors, facts.site or outlet)
        published = entry.published_at or facts.published_at
        confidence: Confidence = "high" if published else "none"
        return Story(
            id=id_,
            entry=entry.id,
            source=entry.source or self.source.name,
            outlet=outlet,
            title=normalise(title),
            url=url,
            canonical_url=_canonical(url, facts.canonical),
            authors=authors,
            published_at=published,
            date_confidence=confidence,
            first_seen_at=self.now,
            declared_language=declared_language(entry.language)
            or facts.language
            or declared_language(self.source.language),
            blocks=tuple(line.block() for line in trimmed.lines),
            picture=entry.picture or facts.picture,
            topics=entry.topics,
            truncated=truncated,
        )


def _without_whole(story: Story) -> Story:
    """A part without its roundup's picture; and the roundup's date is only near that of the stories it tells of."""
    if story.role in {"letter", "feature"} and story.published_at:
        return replace(story, picture=None, date_confidence="high" if story.role == "letter" else "low")
    return replace(story, picture=None, published_at=None, date_confidence="none")


def _is_truncated(lines: Sequence[Line]) -> bool:
    """Whether the text was cut off at its source: its last words end in an ellipsis."""
    return bool(lines) and is_cut_off(lines[-1].text)


def _decision(story: str, removal: Removal) -> Decision:
    detail = truncate(removal.text, _DETAIL_CHARACTERS)
    return Decision(story, STAGE, Outcome.CHANGED, f"residue/{removal.rule}", None, detail)


def _host(url: str | None) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.") if url else ""


def _canonical(url: str | None, declared: str | None) -> str | None:
    """The address for comparing: the page's canonical link where it is the same site's and no front page."""
    if url and declared:
        same = extract_domain(url, fast=True) == extract_domain(declared, fast=True)
        if same and urlsplit(declared).path.strip("/"):
            return _clean(declared) or _clean(url)
    return _clean(url)


def _clean(url: str | None) -> str | None:
    if not url or not url.startswith(("http://", "https://")):
        return None
    return clean_url(url) or url
