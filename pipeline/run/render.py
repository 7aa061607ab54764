"""Render: every edition of the week's issue into the outbox, all of them at once."""

from collections.abc import Sequence
from typing import Any

from pipeline.edges.outbox import PAGE, encode_issue_json
from pipeline.edges.store.issues import StoredIssue
from pipeline.errors import NoIssueError, RenderError
from pipeline.records import Decision, Finding, Outcome, to_json
from pipeline.run.archive_pages import browser_page_of, missing_notice, write_archive
from pipeline.run.edition import EditionDraft, RenderedEdition, render_draft
from pipeline.run.evaluate import outcomes
from pipeline.run.fetch import answered_sources
from pipeline.run.health import ailing
from pipeline.run.images import ImageMaker
from pipeline.run.select import Pool, build_pool
from pipeline.run.session import APPROVED, Report, Session


def render(session: Session, pool: Pool | None = None) -> Report:
    """Render every edition of the week's issue into the outbox. NoIssueError if no stories were selected.

    `pool`: what the stories were selected from, if that is at hand.

    An edition whose worker dies is left out and named, and bars approval; RenderError if no edition is left.
    """
    stored = session.store.issues.get(session.key)
    if stored is None:
        raise NoIssueError(f"{session.key}: there is no issue to render; run 'newsletter select' first")
    if stored.status == APPROVED:
        missing = tuple(filter(None, [missing_notice(session, stored.key)]))
        return Report("render", {"editions": 0}, missing, (f"{stored.key} is approved and is not changed",))
    rendered, failed = _render_editions(session, stored, pool or build_pool(session))
    files = {
        session.outbox.prefix(edition.edition) + name: content
        for edition in rendered
        for name, content in _files_of(session, edition, rendered).items()
    }
    folder = session.outbox.publish(stored.key, files)
    with session.store.transaction():
        session.store.issues.mark_rendered(stored.key)
    unread = write_archive(session)
    findings = [(edition.edition, finding) for edition in rendered for finding in edition.findings]
    errors = tuple(_finding_line(*found) for found in findings if found[1].severity == "error")
    warnings = tuple(_finding_line(*found) for found in findings if found[1].severity == "warning")
    counts = {
        "editions": len(rendered),
        "features": sum(len(edition.issue.features) for edition in rendered),
        "reads": sum(len(edition.issue.reads) for edition in rendered),
        "errors": len(errors) + len(failed),
        "warnings": len(warnings),
    }
    notices = (*map(str, failed), *errors, *unread)
    return Report("render", counts, notices, (*warnings, f"issue {stored.number} is in {folder}"))


def _finding_line(edition: str, finding: Finding) -> str:
    where = f" (line {finding.line})" if finding.line else ""
    return f"{edition}: {finding.severity}: {finding.message}{where}"


def _render_editions(
    session: Session, stored: StoredIssue, pool: Pool
) -> tuple[list[RenderedEdition], list[RenderError]]:
    """Render every edition that has slots; the errors of those that failed. Raises the first if all failed."""
    rendered, failed = [], []
    with session.engine(few=True) as engine:
        for edition in session.config.editions:
            slots = tuple(session.store.issues.slots(stored.key, edition.name))
            if not slots:
                continue
            draft = EditionDraft(edition, stored, pool, slots, session.edits(edition))
            try:
                rendered.append(render_draft(session, draft, ImageMaker(session, edition, engine)))
            except RenderError as error:
                failed.append(error)
    if failed and not rendered:
        raise failed[0]
    return rendered, failed


def _files_of(session: Session, rendered: RenderedEdition, siblings: Sequence[RenderedEdition]) -> dict[str, bytes]:
    """The files of one edition's folder; its page links to the sibling editions."""
    email = rendered.email
    return {
        "issue.html": email.html.encode(),
        "issue.txt": email.text.encode(),
        "issue.eml": rendered.eml,
        "issue.json": encode_issue_json(_issue_values(session, rendered)),
        **{f"pictures/{name}": body for name, body in email.pictures},
        PAGE: browser_page_of(session, rendered.issue, email, [sibling.issue for sibling in siblings]),
    }


def _reason(decisions: Sequence[Decision]) -> dict[str, Any]:
    """Why a story is in the issue, in plain words, and the figures of its rank."""
    chosen = next((decision for decision in decisions if decision.outcome == Outcome.CHOSEN), None)
    ranks = {decision.rule: decision.figure for decision in decisions if decision.outcome == Outcome.RANKED}
    figures = {rule.removeprefix("rank/"): figure for rule, figure in ranks.items() if rule.startswith("rank/")}
    return {"text": chosen.detail if chosen else "", "figures": figures}


def _issue_values(session: Session, rendered: RenderedEdition) -> dict[str, Any]:
    """The content of issue.json: the issue, its sources, the decisions on its stories, its checks and sizes."""
    answered, failed = answered_sources(session)
    issue = rendered.issue
    why = {
        story: [
            decision
            for decision in session.store.ledger.of(story)
            if decision.stage in ("dedupe", "tag", "select", f"select/{rendered.edition}")
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
        "reasons": {story: _reason(decisions) for story, decisions in why.items()},
        "why": to_json(why),
        "proposals": outcomes(session, issue.key, rendered.edition),
        "checks": {"passed": rendered.passed, "findings": to_json(rendered.findings)},
        "bytes": {"html": len(rendered.email.html.encode()), "eml": len(rendered.eml)},
    }
