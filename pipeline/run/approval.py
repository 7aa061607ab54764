"""What the desk does with an issue as a whole: put it into the outbox as it is seen, and take an approval back."""

from pathlib import Path

from pipeline.edges.outbox import replace_file
from pipeline.errors import NoIssueError, UsageError
from pipeline.run.archive import write_archive
from pipeline.run.choose import folder_of, select
from pipeline.run.render import render, theme_values
from pipeline.run.session import APPROVED, Report, Session
from pipeline.stages.render import Theme

TAKEN = ("accepted", "ending", "uncertain")  # the relay has it, or may have
APPROVED_FOLDER = "approved"  # in the state folder: what was approved last, for a later look at what changed since


def publish(session: Session) -> list[Report]:
    """Choose and render the session's week into the outbox, as the edits are now. ConfigError for a broken one."""
    chosen = select(session)
    if session.store.issues.get(session.key) is None or not any(
        session.store.issues.places(session.key, edition.name) for edition in session.config.editions
    ):
        raise NoIssueError(f"{session.key}: too few stories are left for an issue")
    return [chosen, render(session)]


def withdraw(session: Session, key: str) -> Report:
    """Take an approval back: the issue can be edited again, its stories are free. UsageError once it is delivered."""
    stored = session.store.issues.get(key)
    if stored is None or stored.status != APPROVED:
        raise UsageError(f"{key} is not approved: there is nothing to take back")
    delivered = [each for each in session.store.deliveries.of_issue(key) if not each.preview and each.state in TAKEN]
    if delivered:
        first = delivered[0]
        raise UsageError(
            f"{key} went to {first.address} on {first.started_at:%Y-%m-%d}: what readers have cannot be taken back"
        )
    keep_approved(session, key)
    with session.store.transaction():
        session.store.issues.withdraw(key)
        unread = write_archive(session, Theme.from_values(theme_values(session)))
    return Report("withdraw", {"withdrawn": 1}, tuple(unread), (f"{key} is no longer approved",))


def keep_approved(session: Session, key: str) -> None:
    """Keep the text of what is approved: a later render takes its place in the outbox."""
    for edition in session.config.editions:
        source = session.outbox.edits_path(key, folder_of(session, edition)).with_name("issue.txt")
        if source.is_file():
            target = approved_text_path(session, key, edition.name)
            target.parent.mkdir(parents=True, exist_ok=True)
            replace_file(target, source.read_bytes())


def approved_text_path(session: Session, key: str, edition: str) -> Path:
    """Where the text of the last approved render of an edition is kept once its approval was taken back."""
    return session.config.state / APPROVED_FOLDER / key / f"{edition}.txt"
