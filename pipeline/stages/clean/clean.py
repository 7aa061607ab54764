"""Turn an entry with its page, or a document, into stories."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from courlan import clean_url, extract_domain

from pipeline.errors import CleanError
from pipeline.records import ADDED, Confidence, Decision, Document, Entry, Outcome, Rejected, Source, Story, stable_id
from pipeline.stages.clean.authors import author_names
from pipeline.stages.clean.decode import decode_document
from pipeline.stages.clean.documents import ParsedDocument, mark_headings, parse_markdown, parse_text
from pipeline.stages.clean.furniture import without_furniture, without_teasers
from pipeline.stages.clean.head import without_title_before
from pipeline.stages.clean.later import follow_pages, join_pages
from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.listing import split_page
from pipeline.stages.clean.mail import is_mail_page, parse_email, parse_mail_page
from pipeline.stages.clean.metadata import Metadata
from pipeline.stages.clean.newsletter import split_newsletter
from pipeline.stages.clean.page import ParsedPage, parse_fragment, parse_page
from pipeline.stages.clean.refuse import check_story
from pipeline.stages.clean.residue import Residue, default_residue
from pipeline.stages.clean.roundup import split_roundup
from pipeline.stages.clean.split import DocumentPart, split_document
from pipeline.stages.clean.standfirst import split_standfirst
from pipeline.stages.clean.tails import entry_title
from pipeline.stages.clean.text import count_words, is_cut_off
from pipeline.stages.clean.title import first_words, has_words
from pipeline.stages.clean.trim import Removal, StoryHints, Trimmed, trim
from pipeline.text.languages import declared_language
from pipeline.text.normalise import fold, normalise, truncate
from pipeline.text.sentences import ends_sentence
from pipeline.text.tracked import direct_address

STAGE = "clean"
CLOCK_SLACK = timedelta(days=1)  # a date may be ahead by a wrong zone; one that is further ahead is no date
_DETAIL_CHARACTERS = 100  # of a removed line that the ledger shows
_MARKUP = frozenset({"text/html", "application/xhtml+xml"})
_HTML_START = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_PARSERS = {
    "text/plain": parse_text,
    "text/markdown": parse_markdown,
    "text/x-markdown": parse_markdown,
    "message/rfc822": parse_email,
}
_HANDLE = re.compile(r"(?:^|[\s(])@\w+")  # of an account in a social network
_SUMMARY_WORDS = 40  # a shorter summary is not a whole story


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The stories of an entry or document, or the reasons why it has none, and the removed lines."""

    stories: tuple[Story, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    decisions: tuple[Decision, ...] = ()
    later_pages: tuple[str, ...] = ()  # addresses of the pages that the story goes on on, in order


def clean_entry(
    entry: Entry,
    document: Document | None,
    *,
    source: Source,
    residue: Residue | None = None,
    learned: frozenset[str] = frozenset(),
    later: Mapping[str, Document] | None = None,
    now: datetime,
) -> Cleaned:
    """Return the stories of an entry, from its page or document, or else from the feed's own text.

    Where a page is refused, the feed's own text replaces it, marked as truncated. `later`: the fetched later pages of
    the story, by the addresses that its page links them with.
    """
    builder = _StoryBuilder(entry, source, residue or default_residue(), learned, now, later or {})
    if document is None:
        return _completed(builder.from_feed())
    try:
        return _completed(builder.from_document(document))
    except CleanError as error:
        rejected = Rejected(entry.id, STAGE, error.reason, error.message)
        fallback = _completed(builder.from_feed())
        if not any(story.blocks for story in fallback.stories):
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
    """Return the stories of a page or document that no feed points to."""
    entry = Entry(stable_id(document.url), "", _web_url(document.url), "")
    source = Source("", "folder", document.url, "")
    builder = _StoryBuilder(entry, source, residue or default_residue(), learned, now)
    try:
        return _completed(builder.from_document(document))
    except CleanError as error:
        return Cleaned((), (Rejected(entry.id, STAGE, error.reason, error.message),))


def _completed(cleaned: Cleaned) -> Cleaned:
    """Give articles without a title their first words, and drop dates in the future; reject what has no words."""
    stories, rejected, decisions = [], list(cleaned.rejected), list(cleaned.decisions)
    for story in cleaned.stories:
        if story.published_at and story.first_seen_at and story.published_at - story.first_seen_at > CLOCK_SLACK:
            decisions.append(_change(story, "date/future", f"{story.published_at:%Y-%m-%d}"))
            story = replace(story, published_at=None, date_confidence="none")  # noqa: PLW2901
        if has_words(story.title) or story.role != "article":
            stories.append(story)
        elif title := first_words(story) or story.title:
            stories.append(replace(story, title=title))
            decisions.append(_change(story, "title/first words", title))
        else:
            detail = f"{story.url or story.outlet} has neither a title nor words to make one of"
            rejected.append(Rejected(story.entry, STAGE, "no title", detail))
    return replace(cleaned, stories=tuple(stories), rejected=tuple(rejected), decisions=tuple(decisions))


def _web_url(url: str) -> str | None:
    return url if url.startswith(("http://", "https://")) else None


@dataclass(frozen=True, slots=True)
class _StoryBuilder:
    """Builds the stories of one entry."""

    entry: Entry
    source: Source
    residue: Residue
    learned: frozenset[str]
    now: datetime | None
    later: Mapping[str, Document] = field(default_factory=dict)

    def from_document(self, document: Document) -> Cleaned:
        if document.media_type in _MARKUP or _HTML_START.match(document.body[:1000]):
            return self.from_html(document)
        if document.media_type not in _PARSERS:
            raise CleanError("not a page", f"{document.url} is {document.media_type}, which cannot be cleaned")
        parsed = _PARSERS[document.media_type](document)
        if not parsed.lines:
            raise CleanError("empty", f"{document.url} has no text")
        if parsed.mail:
            parsed = without_furniture(parsed, self.residue)
        return self.from_parts(self.split(parsed), parsed, document)

    def split(self, parsed: ParsedDocument) -> tuple[DocumentPart, ...]:
        if parsed.mail:
            alone = replace(parsed, lines=without_teasers(parsed.lines, self.residue))
            return split_roundup(parsed, self.residue) or split_document(alone, self.residue)
        return (
            split_newsletter(parsed, self.residue, greeted=True)
            or split_roundup(parsed, self.residue)
            or split_newsletter(parsed, self.residue)
            or split_document(parsed, self.residue)
        )

    def from_parts(self, parts: Sequence[DocumentPart], parsed: ParsedDocument, document: Document) -> Cleaned:
        alone = len(parts) == 1
        built = [self.build_part(part, None if alone else at, parsed, document) for at, part in enumerate(parts)]
        kept = [
            (story, decisions) for story, decisions in built if story.blocks or story.standfirst or story.role == "read"
        ]
        if not kept:
            raise CleanError("no text", f"{document.url} contains no text of a story")
        stories = tuple(story for story, _ in kept)
        dropped = [_decision(stories[0].id, Removal(rule, text)) for rule, text in parsed.dropped]
        return Cleaned(stories, (), (*dropped, *(line for _, decisions in kept for line in decisions)))

    def build_part(
        self, part: DocumentPart, index: int | None, parsed: ParsedDocument, document: Document
    ) -> tuple[Story, list[Decision]]:
        metadata = parsed.metadata
        hints = StoryHints((part.title, metadata.title), part.authors, metadata.site)
        trimmed = trim(part.lines, hints, self.residue, self.learned)
        lines = mark_headings(trimmed.lines, self.residue) if parsed.loose else trimmed.lines
        story_id = stable_id(self.entry.id) if index is None else stable_id(self.entry.id, part.title or str(index))
        whole = index is None
        title = part.title or (self.entry.title if whole else "")
        url = urljoin(self.entry.url or "", part.url) if part.url else (self.entry.url if whole else None)
        cut = part.truncated or _is_truncated(part.lines)
        story = self.build(story_id, metadata, Trimmed(lines, trimmed.removals), title=title, url=url, truncated=cut)
        # A mail names its sender, which says more than the name of the folder that it came through.
        sender = metadata.site if parsed.mail and self.source.outlet == self.source.name else ""
        outlet = part.outlet or ("" if part.role == "read" else sender or story.outlet)
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
            story = replace(story, canonical_url=_clean_url(url))
        if not whole:
            story = replace(_detached(story), document=self.entry.url or document.url)
        removals = (*(Removal(rule, text) for rule, text in part.dropped), *trimmed.removals)
        return story, [_decision(story_id, removal) for removal in removals]

    def from_html(self, document: Document) -> Cleaned:
        splittable = self.may_hold_several()
        html = decode_document(document.body, document.charset)
        if splittable and is_mail_page(html):
            mail = without_furniture(parse_mail_page(html), self.residue)
            if parts := split_roundup(mail, self.residue):
                return self.from_parts(parts, mail, document)
        page = parse_page(
            html,
            self.page_address(document.url),
            residue=self.residue,
            splittable=splittable,
            opened=document.url,
        )
        if splittable and not page.metadata.is_article:
            parsed = ParsedDocument(page.body, page.metadata, loose=False)
            parts = split_newsletter(parsed, self.residue, greeted=True) or split_page(page, self.residue)
            if parts:
                return self.from_parts(parts, parsed, document)
        return self.from_page(page, document)

    def may_hold_several(self) -> bool:
        """Whether the page may contain several stories. The page that a feed's entry points to does not."""
        return self.source.kind in {"folder", "mailbox"} or self.entry.url == self.source.location

    def from_page(self, page: ParsedPage, document: Document) -> Cleaned:
        metadata = page.metadata
        site = metadata.site or self.source.outlet
        authors = self.entry.authors or author_names(metadata.authors, site)
        titles = tuple(title for title in (self.entry.title, *metadata.titles) if title)
        hints = StoryHints(titles, authors, site)
        addresses, pages, is_whole = follow_pages(page, document, self.later, self.parse_later)
        trimmed = join_pages([trim(each.lines, hints, self.residue, self.learned) for each in pages])
        about = self.lines_about_work(page, trimmed.lines)
        if about is None:
            check_story(page, trimmed.lines, self.page_address(document.url), self.residue)
        story_id = stable_id(self.entry.id)
        title = self.entry_title(metadata.titles) or self.own_title(metadata, site, authors)
        cut = not is_whole or _is_truncated(pages[-1].lines)
        standfirst, lines = split_standfirst(page.standfirst, trimmed.lines) if about is None else ("", about)
        trimmed = replace(trimmed, lines=lines)
        story = self.build(story_id, metadata, trimmed, title=title, url=self.link(document.url), truncated=cut)
        story = replace(story, standfirst=standfirst)
        if not story.published_at and page.guessed_at:
            story = replace(story, published_at=page.guessed_at, date_confidence="low")
        decisions = [_decision(story_id, removal) for removal in trimmed.removals]
        if page.pager.has_next:
            decisions.append(_joined(story_id, addresses, len(pages), is_whole=is_whole))
        return Cleaned((story,), (), tuple(decisions), addresses)

    def parse_later(self, document: Document, first: str, number: int) -> ParsedPage:
        """Parse a later page of a story."""
        html = decode_document(document.body, document.charset)
        return parse_page(html, document.url, residue=self.residue, first=first, number=number)

    def lines_about_work(self, page: ParsedPage, lines: Sequence[Line]) -> tuple[Line, ...] | None:
        """What a page says of a paper, or of a video or program that an editor added; None if it has a story to read.

        Around an abstract or a player there are lists, links and notes on the site.
        """
        work = page.metadata.work
        if work is None or not (work.is_abstract or self.source.kind == ADDED.kind):
            return None
        words = sum(count_words(line.text) for line in lines if ends_sentence(line.text))
        if not work.is_abstract and words >= _SUMMARY_WORDS:
            return None
        return (Line("paragraph", work.text),) if work.text else ()

    def entry_title(self, page_titles: Sequence[str] = ()) -> str:
        """The feed's title without the outlet's name."""
        entry, source = self.entry, self.source
        return entry_title(entry.title, (entry.outlet, source.outlet, source.name), entry.url or "", page_titles)

    def own_title(self, metadata: Metadata, site: str, authors: Sequence[str]) -> str:
        """Return the page's title, unless it only names whose page it is, as those of posts without a title do."""
        names = {fold(name) for name in (site, self.source.outlet, metadata.site, *authors, *metadata.authors)}
        of_person = _HANDLE.search(metadata.title) or fold(metadata.title) in names
        return "" if of_person else metadata.title

    def own_outlet(self) -> str:
        """The source's outlet. That of a mailbox, which has letters of many senders, counts if the config gives it."""
        shared = self.source.kind == "mailbox" and self.source.outlet == self.source.name
        return "" if shared else self.source.outlet

    def from_feed(self) -> Cleaned:
        entry = self.entry
        content, summary = parse_fragment(entry.content_html), parse_fragment(entry.summary_html)
        lines = content or summary
        if not lines and not self.is_link():
            return Cleaned((), (Rejected(entry.id, STAGE, "no text", "the entry has neither a page nor a text"),))
        title = self.entry_title()
        hints = StoryHints((entry.title, title), entry.authors, self.source.outlet)
        trimmed = trim(without_title_before(lines, hints.titles), hints, self.residue, self.learned)
        short = not content and sum(count_words(line.text) for line in summary) < _SUMMARY_WORDS
        story_id = stable_id(entry.id)
        story = self.build(
            story_id, Metadata(), trimmed, title=title, url=self.link(), truncated=short or _is_truncated(lines)
        )
        if lines and not story.blocks:
            return Cleaned((), (Rejected(entry.id, STAGE, "no text", "the entry's text is only residue"),))
        return Cleaned((story,), (), tuple(_decision(story_id, removal) for removal in trimmed.removals))

    def link(self, opened: str = "") -> str | None:
        """Where readers are led: past redirects that count clicks, unless the source keeps its links."""
        url = self.entry.url
        return url if not url or self.source.keep_links else self.page_address(opened)

    def page_address(self, opened: str) -> str:
        """Where the entry's page is; `opened` is the address that it was read from."""
        return direct_address(self.entry.url, opened) if self.entry.url else opened

    def is_link(self) -> bool:
        """Whether the entry is a title with an address of which no page is to be had: a link feed's, or a recording."""
        entry = self.entry
        recorded = entry.enclosure is not None and entry.enclosure.url == entry.url
        return bool(has_words(entry.title) and entry.url) and (recorded or not self.source.follow)

    def build(
        self, story_id: str, metadata: Metadata, trimmed: Trimmed, *, title: str, url: str | None, truncated: bool
    ) -> Story:
        """Build a story, preferring the feed's fields to the page's."""
        entry = self.entry
        outlet = entry.outlet or self.own_outlet() or metadata.site or self.source.outlet or _host_name(url)
        authors = author_names(entry.authors, outlet) or (metadata.work.authors if metadata.work else ())
        authors = authors or author_names(metadata.authors, metadata.site or outlet)
        published = entry.published_at or metadata.published_at
        confidence: Confidence = "high" if published else "none"
        return Story(
            id=story_id,
            entry=entry.id,
            source=entry.source or self.source.name,
            outlet=outlet,
            title=normalise(title),
            url=url,
            canonical_url=_canonical_url(url, metadata.canonical),
            authors=authors,
            published_at=published,
            date_confidence=confidence,
            first_seen_at=self.now,
            declared_language=declared_language(entry.language)
            or metadata.language
            or declared_language(self.source.language),
            blocks=tuple(line.to_block() for line in trimmed.lines),
            picture=entry.picture or metadata.picture,
            topics=entry.topics,
            truncated=truncated,
        )


def _detached(story: Story) -> Story:
    """Drop the roundup's picture from a part. The roundup's date is only close to that of its stories."""
    if story.role in {"letter", "feature"} and story.published_at:
        return replace(story, picture=None, date_confidence="high" if story.role == "letter" else "low")
    return replace(story, picture=None, published_at=None, date_confidence="none")


def _is_truncated(lines: Sequence[Line]) -> bool:
    """Whether the source cut the text off: it ends in an ellipsis."""
    return bool(lines) and is_cut_off(lines[-1].text)


def _change(story: Story, rule: str, detail: str) -> Decision:
    return Decision(story.id, STAGE, Outcome.CHANGED, rule, None, truncate(detail, _DETAIL_CHARACTERS))


def _decision(story: str, removal: Removal) -> Decision:
    detail = truncate(removal.text, _DETAIL_CHARACTERS)
    return Decision(story, STAGE, Outcome.CHANGED, f"residue/{removal.rule}", None, detail)


def _joined(story: str, addresses: Sequence[str], pages: int, *, is_whole: bool) -> Decision:
    """The decision that says how many pages of a story were joined, and which one is missing."""
    missing = addresses[pages - 1] if pages <= len(addresses) else "its next page is not linked or one too many"
    rule, detail = ("pages/joined", f"{pages} pages") if is_whole else ("pages/missing", missing)
    return Decision(story, STAGE, Outcome.CHANGED, rule, pages, detail)


def _host_name(url: str | None) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.") if url else ""


def _canonical_url(url: str | None, declared: str | None) -> str | None:
    """The URL for comparing: the page's canonical link, unless it is another site's or a front page."""
    if url and declared:
        same = extract_domain(url, fast=True) == extract_domain(declared, fast=True)
        if same and urlsplit(declared).path.strip("/"):
            return _clean_url(declared) or _clean_url(url)
    return _clean_url(url)


def _clean_url(url: str | None) -> str | None:
    if not url or not url.startswith(("http://", "https://")):
        return None
    return clean_url(url) or url
