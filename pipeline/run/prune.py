"""Prune: delete old records from the store."""

from datetime import timedelta

from pipeline.config.edits import load_edits
from pipeline.errors import UsageError
from pipeline.run.session import Report, Session


def prune(session: Session, days: int) -> Report:
    """Delete from the store what is older than `days` and not part of an issue."""
    rules = session.config.select
    min_days = max(rules.max_age_days, rules.window_days + rules.overlap_days)
    if days <= min_days:
        raise UsageError(f"{days} days: stories of the last {min_days} days may still be chosen; keep more than that")
    pictures = set()
    for key in session.outbox.issues():
        for edition in session.config.editions:
            edits = load_edits(session.outbox.edits_path(key, edition.name))
            pictures |= {edit.picture for edit in edits.stories.values() if edit.picture}
    with session.store.transaction():
        counts = session.store.prune(session.now - timedelta(days=days), pictures)
    return Report("prune", counts, (), ("'newsletter store vacuum' returns the space to the disk",))
