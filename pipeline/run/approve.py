"""Approve an issue, withdraw an approval, and publish the issue that the desk shows."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.config import Edition
from pipeline.edges.outbox import OutboxError, encode_issue_json, read_issue_json, save_file
from pipeline.errors import ChecksError, NoIssueError, UsageError
from pipeline.records import Waiver, to_json
from pipeline.run.archive_pages import write_archive
from pipeline.run.planned import cancel_planned
from pipeline.run.render import render
from pipeline.run.select import select
from pipeline.run.session import APPROVED, Report, Session

TAKEN = ("accepted", "ending", "uncertain")  # states of a delivery that the relay has, or may have
APPROVED_FOLDER = "approved"  # in the state folder: the texts approved last, so that the desk can show what changed


def publish(session: Session) -> list[Report]:
    """Select and render the session's week with the current edits. ConfigError if edits.yaml has a mistake."""
    selected = select(session)
    if session.store.issues.get(session.key) is None or not any(
        session.store.issues.slots(session.key, edition.name) for edition in session.config.editions
    ):
        raise NoIssueError(f"{session.key}: too few stories are left for an issue")
    return [selected, render(session)]


def withdraw(session: Session, key: str) -> Report:
    """Withdraw an approval: the issue can be edited again, its stories are free. UsageError once it has gone out."""
    stored = session.store.issues.get(key)
    if stored is None or stored.status != APPROVED:
        raise UsageError(f"{key} is not approved: there is nothing to take back")
    deliveries = session.store.deliveries.of_issue(key)
    delivered = next((each for each in deliveries if not each.preview and each.state in TAKEN), None)
    if delivered:
        raise UsageError(
            f"{key} went to {delivered.address} on {delivered.started_at:%Y-%m-%d}: a delivered issue cannot be taken"
            " back"
        )
    publications = session.store.publications.of_issue(key)
    sent = next((each for each in publications if each.state == "sent"), None)
    if sent:
        raise UsageError(f"{sent.publisher} has sent {key}: a sent issue cannot be taken back")
    _keep_approved_texts(session, key)
    cancel_planned(session.config.state, key)
    with session.store.transaction():
        session.store.issues.withdraw(key)
        unread = write_archive(session)
    scheduled = [
        f"{each.publisher} still has {each.edition} of {key} scheduled: stop it there"
        for each in publications
        if each.state == "scheduled"
    ]
    return Report("withdraw", {"withdrawn": 1}, (*unread, *scheduled), (f"{key} is no longer approved",))


def _keep_approved_texts(session: Session, key: str) -> None:
    """Copy the approved texts to the state folder, because the next render replaces those in the outbox."""
    for edition in session.config.editions:
        source = session.outbox.text_path(key, edition.name)
        if source.is_file():
            target = approved_text_path(session, key, edition.name)
            target.parent.mkdir(parents=True, exist_ok=True)
            save_file(target, source.read_bytes())


def approved_text_path(session: Session, key: str, edition: str) -> Path:
    """The text of an edition as it was approved before the approval was withdrawn."""
    return session.config.state / APPROVED_FOLDER / key / f"{edition}.txt"


def approve(session: Session, key: str, *, waivers: Sequence[Waiver] = ()) -> Report:
    """Approve a rendered issue; its stories are spent. NoIssueError, ChecksError or UsageError if it cannot be.

    `waivers` are findings that the editor accepts, each with a reason; issue.json keeps them.
    """
    stored = session.store.issues.get(key)
    if stored is None or stored.status == "proposed":
        raise NoIssueError(f"{key}: there is no rendered issue; run 'newsletter run' first")
    if stored.status == APPROVED:
        return Report("approve", {"approved": 0}, (f"{key} is approved already",))
    for edition in session.config.editions:
        _approve_edition(session, key, edition, [waiver for waiver in waivers if waiver.edition == edition.name])
    # The archive is written before the approval is committed: if it cannot be written, nothing is approved.
    with session.store.transaction():
        session.store.issues.approve(key, session.now)
        unread = write_archive(session)
    return Report("approve", {"approved": 1}, tuple(unread), (_approved_line(session, key),))


def _approved_line(session: Session, key: str) -> str:
    """What an approval means, and what comes next."""
    editions = session.config.editions
    stories = {slot.story for edition in editions for slot in session.store.issues.slots(key, edition.name)}
    line = f"{key} is approved: it no longer changes, and its {len(stories)} stories will not be used again"
    if session.config.smtp is not None:
        return f"{line}. Next: newsletter deliver {key}"
    return f"{line}. It is in {session.outbox.folder / key}; the config names no mail relay to deliver it through"


def _approve_edition(session: Session, key: str, edition: Edition, waivers: Sequence[Waiver]) -> None:
    """Refuse an edition that cannot be approved, and write its waivers into issue.json."""
    path = session.outbox.json_path(key, edition.name)
    stories = [slot.story for slot in session.store.issues.slots(key, edition.name)]
    if not path.is_file():
        if stories:
            raise NoIssueError(f"{path}: the issue is not in the outbox; run 'newsletter render' first")
        return
    content = read_issue_json(path)
    try:
        barring = _barring_findings(content, waivers)
    except (KeyError, TypeError) as error:
        raise OutboxError(f"{path}: is not an issue.json; run 'newsletter render' first") from error
    if barring:
        raise ChecksError(f"{path}: the checks failed; see its findings, mend them and render again")
    spent = session.store.issues.containing(stories, status=APPROVED, but=key)
    if spent:
        story, other = next(iter(spent.items()))
        raise UsageError(f"{key}: story {story} has been in {other} since; run 'newsletter run' to select again")
    if waivers:
        content["checks"]["waived"] = to_json(waivers)
        save_file(path, encode_issue_json(content))


def _barring_findings(content: Mapping[str, Any], waivers: Sequence[Waiver]) -> list[Mapping[str, Any]]:
    """The errors in an issue.json that no waiver with a reason accepts."""
    waived = {(waiver.rule, waiver.message, waiver.story) for waiver in waivers if waiver.reason.strip()}
    return [
        finding
        for finding in content["checks"]["findings"]
        if finding["severity"] == "error" and (finding["rule"], finding["message"], finding["story"]) not in waived
    ]
