"""Prune: what is old goes, what an issue refers to stays."""

from datetime import timedelta

from pipeline.config.edits import load_edits
from pipeline.errors import UsageError
from pipeline.run.select import folder_of
from pipeline.run.session import Report, Session


def prune(session: Session, days: int) -> Report:
    """Delete from the store what is older than `days` and no issue refers to."""
    rules = session.config.select
    least = max(rules.max_age_days, rules.window_days + rules.overlap_days)
    if days <= least:
        raise UsageError(f"{days} days: stories of the last {least} days may still be chosen; keep more than that")
    pictures = set()
    for key in session.outbox.issues():
        for edition in session.config.editions:
            edits = load_edits(session.outbox.edits_path(key, folder_of(session, edition)))
            pictures |= {edit.picture for edit in edits.stories.values() if edit.picture}
    with session.store.transaction():
        gone = session.store.prune(session.now - timedelta(days=days), pictures)
    return Report("prune", gone, (), ("'newsletter store vacuum' gives the space back to the disk",))
