"""The weekly run, top to bottom. Each stage reads what the previous stage stored."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from pipeline import __version__
from pipeline.run.clean import Cleaning
from pipeline.run.fetch import answered_sources, fetch
from pipeline.run.session import APPROVED, ISSUE, ISSUE_BAD, ISSUE_THIN, NO_ISSUE, Report, Session
from pipeline.run.tag import tag
from pipeline.run.unchanged import inputs_digest, is_unchanged, remember_inputs

CLOCK_SLACK = timedelta(days=1)  # how far a clock may be set back without a warning


def run(session: Session, *, force: bool = False, past: bool = False) -> tuple[list[Report], int]:
    """Run all stages in order. Returns their reports and the exit code.

    `force`: poll every source and rebuild the issue. `past`: `session.now` may be earlier than the last run.
    StoreError if the store is damaged.
    """
    session.log.write("begin", command="run", now=session.now, issue=session.key, version=__version__)
    session.store.check()
    digest = "" if force or session.interrupted_run else inputs_digest(session)
    reports = list(_warnings(session, past=past))
    for report in _run_stages(session, digest, force=force):
        _log(session, report)
        reports.append(report)
    code = _exit_code(session, reports)
    if code in (ISSUE, ISSUE_THIN):
        remember_inputs(session, made=any(report.stage == "dedupe" for report in reports))
    return reports, code


def propose(session: Session) -> list[Report]:
    """Run the stages from fetch to select: what this week's issue would be. Returns their reports."""
    reports = []
    for report in _run_stages(session, "", force=True):
        reports.append(report)
        if report.stage == "select":
            break
    return reports


def _run_stages(session: Session, digest: str, *, force: bool) -> Iterator[Report]:
    # Pages are cleaned and tagged while others are still being fetched; `clean` and `tag` below process the rest.
    cleaning = Cleaning(session, tags=True)
    fetched = fetch(session, force=force, follow=cleaning.follow)
    yield fetched
    if digest and is_unchanged(session, digest, fetched):
        counts = dict.fromkeys(("editions", "features", "reads", "errors", "warnings"), 0)
        yield Report("render", counts, (), ("nothing is new: the issue is unchanged",))
        return
    # Imported here because a run that finds nothing new needs none of these modules, and the later ones only once the
    # workers have ended.
    from pipeline.run.dedupe import dedupe

    yield cleaning.finish()
    yield tag(session, before=cleaning.tagged)
    yield dedupe(session)
    from pipeline.run.approve import approve
    from pipeline.run.render import render
    from pipeline.run.select import select_with_pool

    answered, _ = answered_sources(session)
    if not answered:
        yield Report("select", {"slots": 0}, ("no source answered: no issue",))
        return
    selected, pool = select_with_pool(session)
    yield selected
    stored = session.store.issues.get(session.key)
    if stored is not None and stored.status == APPROVED:
        yield from _repair_archive(session)
        return
    if stored is None or not selected.counts["slots"]:
        return
    if pool is not None and session.config.writer is not None and session.asks_writer:
        from pipeline.run.drafts import make_drafts  # loads the writer and the checker

        yield make_drafts(session, pool, session.config.writer)
    rendered = render(session, pool)
    yield rendered
    if session.config.approve == "auto" and not rendered.counts["errors"]:
        yield approve(session, session.key)


def _warnings(session: Session, *, past: bool) -> Iterator[Report]:
    """Report an interrupted run, and a clock that is behind the newest issue unless `past` is set."""
    if session.interrupted_run:
        yield Report("run", {}, (f"{session.interrupted_run}, did not end: this run completes its work",))
    newest = max(session.store.issues.all(), key=lambda issue: issue.cutoff_at, default=None)
    if past or newest is None or newest.cutoff_at - session.now < CLOCK_SLACK:
        return
    warning = (
        f"the clock says {session.now:%Y-%m-%d}, but {newest.key} was made on {newest.cutoff_at:%Y-%m-%d}: set the"
        " clock and run again"
    )
    yield Report("run", {}, (warning,))


def _repair_archive(session: Session) -> Iterator[Report]:
    """Write the archive pages of an approved issue: a kill or a full disk may have prevented it."""
    from pipeline.run.archive_pages import missing_notice, write_archive

    notices = write_archive(session)
    lost = missing_notice(session, session.key)
    if notices or lost:
        yield Report("archive", {"missing": int(bool(lost))}, (*notices, *filter(None, [lost])))


def _log(session: Session, report: Report) -> None:
    notices = [{"event": "notice", "stage": report.stage, "said": notice} for notice in report.notices]
    session.log.write_all([{"event": "stage", "stage": report.stage, **report.counts}, *notices])


def _exit_code(session: Session, reports: Sequence[Report]) -> int:
    answered, failed = answered_sources(session)
    counts = {report.stage: report.counts for report in reports}
    stored = session.store.issues.get(session.key)
    if not answered or stored is None:
        return NO_ISSUE
    if "render" not in counts:
        is_complete = stored.status == APPROVED and not counts.get("archive", {}).get("missing")
        return ISSUE if is_complete else NO_ISSUE
    if counts["render"]["errors"]:
        return ISSUE_BAD
    return ISSUE_THIN if len(failed) > session.config.fetch.tolerance * (len(answered) + len(failed)) else ISSUE
