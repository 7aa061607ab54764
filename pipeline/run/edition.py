"""One edition of an issue, from its slots and edits to a checked email: compose, add pictures, render, check."""

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

from pipeline.config import Edition
from pipeline.edges.store.issues import StoredIssue
from pipeline.edges.templates import load_templates
from pipeline.errors import ConfigError, RenderError
from pipeline.executors import Failed
from pipeline.records import Edits, Email, Finding, FollowUp, Issue, Masthead, Slot, Story
from pipeline.run.images import ImageMaker
from pipeline.run.select import Pool
from pipeline.run.session import Session
from pipeline.run.workers.clean import tag_section
from pipeline.stages.check import check_issue
from pipeline.stages.render import eml_bytes, render_issue
from pipeline.stages.select import EditionText, Material, compose_issue, convert_material
from pipeline.stages.summarise import summarise
from pipeline.text.places import territory_of
from pipeline.text.shorten import shorten


@dataclass(frozen=True, slots=True)
class EditionDraft:
    """One edition of an issue before it is composed."""

    edition: Edition
    stored: StoredIssue
    pool: Pool
    slots: tuple[Slot, ...]
    edits: Edits


@dataclass(frozen=True)
class RenderedEdition:
    """One edition of an issue as it goes out. The message and its findings are made when they are first needed."""

    edition: str
    issue: Issue
    email: Email
    message: bytes | None = None  # if the edition was read from the outbox

    @cached_property
    def eml(self) -> bytes:
        """The message."""
        return eml_bytes(self.email) if self.message is None else self.message

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the checks find."""
        return check_issue(self.email, self.issue, self.eml)

    @property
    def passed(self) -> bool:
        """Whether no finding bars approval."""
        return not any(finding.severity == "error" for finding in self.findings)


def render_draft(session: Session, draft: EditionDraft, images: ImageMaker) -> RenderedEdition:
    """Take a draft through all steps; only `images` may write to the store. RenderError if a worker fails."""
    issue = compose_draft(session, draft, images)
    return RenderedEdition(draft.edition.name, issue, _render(session, draft, issue, images))


def compose_draft(session: Session, draft: EditionDraft, images: ImageMaker) -> Issue:
    """Compose the issue and add its pictures."""
    stored, material = draft.stored, _material(session, draft)
    issue = compose_issue(
        draft.slots,
        key=stored.key,
        number=stored.number,
        edition=draft.edition.name,
        on=stored.cutoff_at.astimezone(session.config.zone).date(),
        words=_edition_text(session, draft),
        material=material,
        edits=draft.edits,
        tally=stored.tally,
        shorten=shorten,
    )
    return images.illustrate(_with_languages(issue, images), material.stories, draft.edits)


def _with_languages(issue: Issue, images: ImageMaker) -> Issue:
    """Tag the sections whose language the editor left out, in a worker: it has the models."""
    untagged = [section for section in issue.sections if not section.language]
    if not untagged:
        return issue
    tagged = images.engine.map(partial(tag_section, letter=issue.language), [section.words for section in untagged])
    languages = {
        section.name: issue.language if isinstance(tag, Failed) else tag
        for section, tag in zip(untagged, tagged, strict=True)
    }
    sections = (replace(each, language=languages.get(each.name, each.language)) for each in issue.sections)
    return replace(issue, sections=tuple(sections))


def _render(session: Session, draft: EditionDraft, issue: Issue, images: ImageMaker) -> Email:
    """Render the email in a worker, because MJML markup can bring down the process that reads it."""
    render = partial(
        _render_or_error,
        templates=load_templates(session.config.templates),
        theme=images.theme(),
        pictures=dict.fromkeys(images.files, b""),  # the worker needs their names only
        sent_at=draft.stored.cutoff_at,
        base_url=session.config.pictures.base_url,
        template=session.config.template,
    )
    email = next(images.engine.map(render, [issue]))
    if isinstance(email, ConfigError):
        raise email
    if isinstance(email, Failed):
        raise RenderError(
            email.reason,
            f"{draft.edition.name}: the edition could not be rendered ({email.detail}); look at its letter, its edits"
            " and the templates, and render again",
        )
    return replace(email, pictures=tuple((name, images.files[name]) for name, _ in email.pictures))


def _render_or_error(issue: Issue, **settings: Any) -> Email | ConfigError:
    """An engine reports an exception without its message, so a fault in a template is returned."""
    try:
        return render_issue(issue, **settings)
    except ConfigError as error:
        return error


def _material(session: Session, draft: EditionDraft) -> Material:
    pool = draft.pool
    topics = {topic.name: topic for topic in session.config.topics}
    by_event = {candidate.event.id: candidate for candidate in pool.candidates}
    chosen = {slot.story: by_event[slot.event] for slot in draft.slots if slot.event in by_event}
    features = [slot.story for slot in draft.slots if slot.section == "features"]
    # The pool's stories have only as much text as they are ranked by.
    complete = {story.id: story for story in session.store.stories.get(features)}
    material = Material(
        stories=pool.stories,
        events={event.id: event for event in pool.events},
        copies=pool.copies,
        topics={story: topics[item.topic] for story, item in chosen.items() if item.topic},
        sections={source.name: source.section or "" for source in session.config.sources},
        keep_links=frozenset(source.name for source in session.config.sources if source.keep_links),
        summaries={
            story: _summary(complete[story], draft.edition, leads=position == 0)
            for position, story in enumerate(features)
        },
        follow_ups=_follow_ups(session, pool),
    )
    edition, writer = draft.edition, session.config.writer
    if writer is not None and writer.use == "checked":
        from pipeline.run.checked import with_checked_texts  # loads the checker

        material = with_checked_texts(session, writer.translate, draft, material)
    if not edition.convert:
        return material
    return convert_material(material, (slot.story for slot in draft.slots), edition.language, edition.names)


def _follow_ups(session: Session, pool: Pool) -> dict[str, FollowUp]:
    """Event id → the story of an earlier issue that the event follows."""
    numbers = session.store.issues.published_before(session.key)
    return {
        event.id: FollowUp(earlier.title, numbers[earlier.id][1], earlier.language)
        for event in pool.events
        if event.follows in numbers and (earlier := pool.stories.get(event.follows))
    }


def _summary(story: Story, edition: Edition, *, leads: bool) -> tuple[str, ...]:
    """A summary of the edition's length; two thirds of it, in two paragraphs, next to a small picture."""
    length = edition.summary_length
    return summarise(story, length=length) if leads else summarise(story, paragraphs=2, length=length * 2 // 3)


def _edition_text(session: Session, draft: EditionDraft) -> EditionText:
    config, edition, key = session.config, draft.edition, draft.stored.key
    desk, host = config.desk, edition.host
    letter = config.letter_path(edition, key)
    archive = str(desk.archive_url).rstrip("/") if desk.archive_url else None
    return EditionText(
        language=edition.language,
        masthead=Masthead(
            title=config.title(edition),
            coordinated_by=desk.coordinated(edition.language),
            desk_name=desk.name,
            desk_address=desk.email,
            postal_address=desk.address(edition.language),
            subscribe_url=desk.subscribe_url,
            unsubscribe_url=desk.unsubscribe_url,
            browser_url=f"{archive}/{session.outbox.page_href(key, edition.name)}" if archive else None,
            list_id=desk.list_id,
        ),
        host=host.name,
        host_role=host.role,
        city=host.city,
        greeting=edition.greeting or "",
        letter=letter.read_text(encoding="utf-8") if letter and letter.is_file() else "",
        territory=territory_of(host.city, config.timezone, edition.language),
        subject=edition.subject,
    )
