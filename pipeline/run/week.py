"""A week, top to bottom: each stage reads what the one before it stored."""

from pipeline.run.choose import APPROVED, select
from pipeline.run.clean import clean
from pipeline.run.fetch import answered_sources, fetch
from pipeline.run.group import dedupe, tag
from pipeline.run.render import approve, render
from pipeline.run.session import ISSUE, ISSUE_BAD, ISSUE_THIN, NO_ISSUE, Report, Session


def run(session: Session, *, force: bool = False) -> tuple[list[Report], int]:
    """All the stages in their order; what each did, and the exit code."""
    reports = [fetch(session, force=force), clean(session), dedupe(session), tag(session)]
    answered, failed = answered_sources(session)
    if not answered:
        return [*reports, Report("select", {"places": 0}, ("no source answered: no issue",))], NO_ISSUE
    reports.append(select(session))
    stored = session.store.issues.get(session.key)
    if stored is None or not (stored.status == APPROVED or reports[-1].counts["places"]):
        return reports, NO_ISSUE
    too_many = len(failed) > session.config.fetch.tolerance * (len(answered) + len(failed))
    if stored.status == APPROVED:
        return reports, ISSUE
    reports.append(render(session))
    if reports[-1].counts["errors"]:
        return reports, ISSUE_BAD
    if session.config.approve == "auto":
        reports.append(approve(session, session.key))
    return reports, ISSUE_THIN if too_many else ISSUE
