"""A week, top to bottom: each stage reads what the one before it stored."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from pipeline import __version__
from pipeline.run.clean import Cleaning
from pipeline.run.fetch import answered_sources, fetch
from pipeline.run.session import APPROVED, ISSUE, ISSUE_BAD, ISSUE_THIN, NO_ISSUE, Report, Session
from pipeline.run.tag import tag
from pipeline.run.unchanged import is_unchanged, mark_of, remember

CLOCK_SLACK = timedelta(days=1)  # what a clock may be set back by and still be right


def run(session: Session, *, force: bool = False, past: bool = False) -> tuple[list[Report], int]:
    """All the stages in their order; what each did, and the exit code. The store is held whole before it is used.

    `past` says that an earlier moment than that of other runs is meant.
    """
    session.journal.write("begin", command="run", now=session.now, issue=session.key, version=__version__)
    session.store.check()
    mark = "" if force or session.interrupted else mark_of(session)
    reports: list[Report] = []
    if session.interrupted:
        reports.append(Report("run", {}, (f"{session.interrupted}, did not end: this run completes its work",)))
    if not past and (said := _clock_line(session)):
        reports.append(Report("run", {}, (said,)))
    for report in _stages(session, mark, force=force):
        notices = [{"event": "notice", "stage": report.stage, "said": notice} for notice in report.notices]
        session.journal.write_all([{"event": "stage", "stage": report.stage, **report.counts}, *notices])
        reports.append(report)
    code = _exit_code(session, reports)
    if code in (ISSUE, ISSUE_THIN):
        remember(session, made=any(report.stage == "dedupe" for report in reports))
    return reports, code


def _clock_line(session: Session) -> str:
    """That the clock stands before a run there was; "" where it does not."""
    newest = max(session.store.issues.all(), key=lambda issue: issue.cutoff_at, default=None)
    if newest is None or newest.cutoff_at - session.now < CLOCK_SLACK:
        return ""
    return (
        f"the clock says {session.now:%Y-%m-%d}, but {newest.key} was made on {newest.cutoff_at:%Y-%m-%d}: put the"
        " clock right and run again"
    )


def _stages(session: Session, mark: str, *, force: bool) -> Iterator[Report]:
    # A page is cleaned and its story tagged while others are still being fetched; the two stages take what is left.
    cleaning = Cleaning(session, tags=True)
    fetched = fetch(session, force=force, follow=cleaning.follow)
    yield fetched
    if mark and is_unchanged(session, mark, fetched):
        counts = dict.fromkeys(("editions", "features", "reads", "errors", "warnings"), 0)
        yield Report("render", counts, (), ("nothing is new: the issue stays as it was made",))
        return
    # Loaded only now: a run that finds nothing new needs none of it.
    from pipeline.run.approve import approve
    from pipeline.run.archive_pages import missing_notice, write_archive
    from pipeline.run.dedupe import dedupe
    from pipeline.run.render import render
    from pipeline.run.select import select

    yield cleaning.finish()
    yield tag(session, before=cleaning.tagged)
    yield dedupe(session)
    answered, _ = answered_sources(session)
    if not answered:
        yield Report("select", {"slots": 0}, ("no source answered: no issue",))
        return
    selected = select(session)
    yield selected
    stored = session.store.issues.get(session.key)
    if stored is not None and stored.status == APPROVED:
        # What died, or met a full disk, may have done so between the archive's pages and the approval.
        notices = write_archive(session)
        gone = missing_notice(session, stored.key)
        if notices or gone:
            yield Report("archive", {"missing": int(bool(gone))}, (*notices, *filter(None, [gone])))
    if stored is None or stored.status == APPROVED or not selected.counts["slots"]:
        return
    rendered = render(session)
    yield rendered
    if session.config.approve == "auto" and not rendered.counts["errors"]:
        yield approve(session, session.key)


def _exit_code(session: Session, reports: Sequence[Report]) -> int:
    answered, failed = answered_sources(session)
    counts = {report.stage: report.counts for report in reports}
    stored = session.store.issues.get(session.key)
    if not answered or stored is None:
        return NO_ISSUE
    if "render" not in counts:
        there = stored.status == APPROVED and not counts.get("archive", {}).get("missing")
        return ISSUE if there else NO_ISSUE
    if counts["render"]["errors"]:
        return ISSUE_BAD
    return ISSUE_THIN if len(failed) > session.config.fetch.tolerance * (len(answered) + len(failed)) else ISSUE
