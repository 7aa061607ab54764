"""Render: slots → issue → email → the outbox, whole or not at all; and approval."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.config import Edition
from pipeline.edges.store.issues import StoredIssue
from pipeline.edges.templates import load_templates
from pipeline.errors import ConfigError, NoIssueError, RenderError
from pipeline.executors import Failed
from pipeline.records import (
    Artwork,
    Edits,
    Email,
    Finding,
    FollowUp,
    Issue,
    Masthead,
    Slot,
    Story,
    Templates,
    Theme,
    to_json,
)
from pipeline.run.archive_pages import PAGE, missing, page_of, write_archive
from pipeline.run.fetch import answered_sources
from pipeline.run.health import ailing
from pipeline.run.images import ImageMaker
from pipeline.run.select import Pool, build_pool, edits_of, folder_of
from pipeline.run.session import APPROVED, Report, Session
from pipeline.stages.check import check_issue
from pipeline.stages.render import eml_bytes, render_issue
from pipeline.stages.select import EditionText, Material, compose_issue
from pipeline.stages.summarise import summarise
from pipeline.text.shorten import shorten


@dataclass(frozen=True, slots=True)
class Rendered:
    """One edition of an issue, as it goes to the outbox."""

    edition: str
    issue: Issue
    email: Email
    eml: bytes
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing bars approval."""
        return not any(finding.severity == "error" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class _Job:
    """All that rendering one edition takes; it goes to a worker as it is."""

    issue: Issue
    templates: Templates
    theme: Theme
    pictures: tuple[str, ...]  # names: nobody there looks at the bytes
    sent_at: datetime
    base_url: str | None
    template: str


def render(session: Session) -> Report:
    """Render every edition of the week's issue into the outbox. NoIssueError where nothing was selected.

    An edition that takes its worker down is left out and named, and bars approval; RenderError where none is left.
    """
    stored = session.store.issues.get(session.key)
    if stored is None:
        raise NoIssueError(f"{session.key}: there is no issue to render; run 'newsletter select' first")
    if stored.status == APPROVED:
        gone = tuple(filter(None, [missing(session, stored.key)]))
        return Report("render", {"editions": 0}, gone, (f"{stored.key} is approved and stays as it is",))
    session.outbox.recover()
    rendered, failed = render_editions(session, stored)
    files: dict[str, bytes] = {}
    for edition in rendered:
        prefix = f"{edition.edition}/" if len(session.config.editions) > 1 else ""
        made = files_of(session, edition) | {PAGE: _page(session, edition, rendered)}
        files |= {prefix + name: content for name, content in made.items()}
    folder = session.outbox.publish(stored.key, files)
    with session.store.transaction():
        session.store.issues.mark_rendered(stored.key)
    unread = write_archive(session, session.config.theme)
    findings = [(edition.edition, finding) for edition in rendered for finding in edition.findings]
    counts = {
        "editions": len(rendered),
        "features": sum(len(edition.issue.features) for edition in rendered),
        "reads": sum(len(edition.issue.reads) for edition in rendered),
        "errors": sum(finding.severity == "error" for _, finding in findings) + len(failed),
        "warnings": sum(finding.severity == "warning" for _, finding in findings),
    }
    errors = tuple(_line(*found) for found in findings if found[1].severity == "error")
    warnings = tuple(_line(*found) for found in findings if found[1].severity == "warning")
    lost = tuple(str(error) for error in failed)
    return Report("render", counts, (*lost, *errors, *unread), (*warnings, f"issue {stored.number} is in {folder}"))


def _line(edition: str, finding: Finding) -> str:
    where = f" (line {finding.line})" if finding.line else ""
    return f"{edition}: {finding.severity}: {finding.message}{where}"


def render_editions(session: Session, stored: StoredIssue) -> tuple[list[Rendered], list[RenderError]]:
    """Every edition that has slots, rendered and checked, and what became of the others; nothing is written."""
    pool = build_pool(session)
    light = session.config.theme.light
    rendered, failed = [], []
    with session.engine(few=True) as engine:
        for edition in session.config.editions:
            slots = session.store.issues.slots(stored.key, edition.name)
            if slots:
                images = ImageMaker(session, light, engine)
                edits = edits_of(session, edition)
                try:
                    issue, email = draw_edition(
                        session, edition, stored, pool=pool, slots=slots, edits=edits, images=images
                    )
                except RenderError as error:
                    failed.append(error)
                    continue
                eml = eml_bytes(email)
                rendered.append(Rendered(edition.name, issue, email, eml, check_issue(email, issue, eml)))
    if failed and not rendered:
        raise failed[0]
    return rendered, failed


def draw_edition(
    session: Session,
    edition: Edition,
    stored: StoredIssue,
    *,
    pool: Pool,
    slots: Sequence[Slot],
    edits: Edits,
    images: ImageMaker,
) -> tuple[Issue, Email]:
    """One edition with these slots and words, not checked yet; nothing is written.

    MJML is read in a worker: markup can take the process down that reads it. RenderError where that happened.
    """
    theme = session.config.theme
    if isinstance(theme.logo, Path):
        theme = replace(theme, logo=images.logo(theme.logo, session.config.title(edition)))
    issue = compose_edition(session, edition, stored, pool=pool, slots=slots, edits=edits, images=images)
    job = _Job(
        issue,
        templates=load_templates(session.config.templates),
        theme=theme,
        pictures=tuple(images.files),
        sent_at=stored.cutoff_at,
        base_url=session.config.pictures.base_url,
        template=session.config.template,
    )
    made = next(images.engine.map(_render, [job]))
    if isinstance(made, ConfigError):
        raise made
    if isinstance(made, Failed):
        said = f"{edition.name}: the edition could not be rendered ({made.detail})"
        raise RenderError(made.reason, f"{said}; look at its letter, its words and the templates, and render again")
    return issue, replace(made, pictures=tuple((name, images.files[name]) for name, _ in made.pictures))


def _render(job: _Job) -> Email | ConfigError:
    """In a worker; a template's fault is told as it is."""
    try:
        return render_issue(
            job.issue,
            templates=job.templates,
            theme=job.theme,
            pictures=dict.fromkeys(job.pictures, b""),
            sent_at=job.sent_at,
            base_url=job.base_url,
            template=job.template,
        )
    except ConfigError as error:
        return error


def compose_edition(
    session: Session,
    edition: Edition,
    stored: StoredIssue,
    *,
    pool: Pool,
    slots: Sequence[Slot],
    edits: Edits,
    images: ImageMaker,
) -> Issue:
    """What one edition says with these slots and words; its pictures are with the studio."""
    uploads = session.outbox.uploads_path(stored.key, folder_of(session, edition))
    artwork = images.artwork_of(slots, pool.stories, edits, uploads=uploads)
    return compose_issue(
        slots,
        key=stored.key,
        number=stored.number,
        edition=edition.name,
        on=stored.cutoff_at.astimezone(session.config.zone).date(),
        words=_words(session, edition, stored, images),
        material=_material(session, edition, pool, slots, artwork),
        edits=edits,
        tally=stored.tally,
        shorten=shorten,
    )


def _material(
    session: Session, edition: Edition, pool: Pool, slots: Sequence[Slot], artwork: Mapping[str, Artwork]
) -> Material:
    topics = {topic.name: topic for topic in session.config.topics}
    by_event = {candidate.event.id: candidate for candidate in pool.candidates}
    chosen = {slot.story: by_event[slot.event] for slot in slots if slot.event in by_event}
    whole = {story.id: story for story in session.store.stories.get(slot.story for slot in slots)}
    features = [whole[slot.story] for slot in slots if slot.section == "features"]
    return Material(
        stories=pool.stories,
        events={event.id: event for event in pool.events},
        copies=pool.copies,
        topics={story: topics[item.topic] for story, item in chosen.items() if item.topic},
        sections={source.name: source.section or "" for source in session.config.source_records()},
        summaries={story.id: _summary(story, edition, leads=story is features[0]) for story in features},
        artwork=artwork,
        follow_ups=_follow_ups(session, pool),
    )


def _follow_ups(session: Session, pool: Pool) -> dict[str, FollowUp]:
    """Event → the story of an earlier issue that it goes on from."""
    numbers = session.store.issues.published_before(session.key)
    return {
        event.id: FollowUp(before.title, numbers[before.id][1], before.language)
        for event in pool.events
        if event.follows in numbers and (before := pool.stories.get(event.follows))
    }


def _summary(story: Story, edition: Edition, *, leads: bool) -> tuple[str, ...]:
    """The lead has the edition's length; the others, beside a small picture, two paragraphs of two thirds of it."""
    length = edition.summary_length
    return summarise(story, length=length) if leads else summarise(story, paragraphs=2, length=length * 2 // 3)


def _words(session: Session, edition: Edition, stored: StoredIssue, images: ImageMaker) -> EditionText:
    config = session.config
    desk, host = config.desk, edition.host
    letter = config.letter_path(edition, stored.key)
    archive = str(desk.archive_url).rstrip("/") if desk.archive_url else None
    folder = folder_of(session, edition)
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
            browser_url="/".join(filter(None, (archive, stored.key, folder, PAGE))) if archive else None,
            list_id=desk.list_id,
        ),
        host=host.name,
        host_role=host.role,
        city=host.city,
        greeting=edition.greeting or "",
        letter=letter.read_text(encoding="utf-8") if letter and letter.is_file() else "",
        portrait=images.portrait(host.portrait, host.name) if host.portrait else None,
        subject=edition.subject,
    )


def _page(session: Session, rendered: Rendered, every: Sequence[Rendered]) -> bytes:
    """The browser view of one edition, with links to the others."""
    names = [each.edition for each in every]
    editions = {edition.name: edition for edition in session.config.editions if edition.name in names}
    theme = session.config.theme
    own = editions[rendered.edition]
    return page_of(session, theme, own, others=list(editions.values()), issue=rendered.issue, email=rendered.email)


def files_of(session: Session, rendered: Rendered) -> dict[str, bytes]:
    """The files of one edition's folder."""
    email = rendered.email
    return {
        "issue.html": email.html.encode(),
        "issue.txt": email.text.encode(),
        "issue.eml": rendered.eml,
        "issue.json": (json.dumps(_account(session, rendered), ensure_ascii=False, indent=2) + "\n").encode(),
        **{f"pictures/{name}": body for name, body in email.pictures},
    }


def _account(session: Session, rendered: Rendered) -> dict[str, Any]:
    """What issue.json says: what is in the issue, from where and why, with checks and figures."""
    answered, failed = answered_sources(session)
    issue = rendered.issue
    why = {
        story: [
            to_json(decision)
            for decision in session.store.ledger.of(story)
            if decision.stage in ("dedupe", "tag", f"select/{rendered.edition}")
        ]
        for story in (*(feature.story for feature in issue.features), *(read.story for read in issue.reads))
    }
    return {
        **to_json(issue),
        "sources": {
            "answered": len(answered),
            "total": len(answered) + len(failed),
            "failed": failed,
            "health": to_json(ailing(session)),
        },
        "why": why,
        "checks": {"passed": rendered.passed, "findings": to_json(rendered.findings)},
        "bytes": {"html": len(rendered.email.html.encode()), "eml": len(rendered.eml)},
    }
