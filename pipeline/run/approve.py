"""Approve an issue, take an approval back, and publish an issue to the outbox as the desk shows it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.edges.outbox import OutboxError, read_account, replace_file
from pipeline.errors import ChecksError, NoIssueError, UsageError
from pipeline.records import Waiver, to_json
from pipeline.run.archive_pages import write_archive
from pipeline.run.render import render
from pipeline.run.select import folder_of, select
from pipeline.run.session import APPROVED, Report, Session

TAKEN = ("accepted", "ending", "uncertain")  # the relay has it, or may have
APPROVED_FOLDER = "approved"  # in the state folder: what was approved last, for a later look at what changed since


def publish(session: Session) -> list[Report]:
    """Choose and render the session's week into the outbox, as the edits are now. ConfigError for a broken one."""
    chosen = select(session)
    if session.store.issues.get(session.key) is None or not any(
        session.store.issues.slots(session.key, edition.name) for edition in session.config.editions
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
        unread = write_archive(session, session.config.theme)
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


def approve(session: Session, key: str, *, waivers: Sequence[Waiver] = ()) -> Report:
    """Approve a rendered issue: its stories are spent. NoIssueError, ChecksError or UsageError where it cannot be.

    `waivers` are the findings that the editor lets stand, each with a reason; issue.json keeps them.
    """
    stored = session.store.issues.get(key)
    if stored is None or stored.status == "proposed":
        raise NoIssueError(f"{key}: there is no rendered issue; run 'newsletter run' first")
    if stored.status == APPROVED:
        return Report("approve", {"approved": 0}, (f"{key} is approved already",))
    for edition in session.config.editions:
        path = session.outbox.edits_path(key, folder_of(session, edition)).with_name("issue.json")
        if not path.is_file():
            if session.store.issues.slots(key, edition.name):
                raise NoIssueError(f"{path}: the issue is not in the outbox; run 'newsletter render' first")
            continue
        account = read_account(path)
        try:
            barring = _barring(account, edition.name, waivers)
        except (KeyError, TypeError) as error:
            raise OutboxError(f"{path}: is no account of an issue; run 'newsletter render' first") from error
        if barring:
            raise ChecksError(f"{path}: the checks failed; see its findings, mend them and render again")
        slots = [slot.story for slot in session.store.issues.slots(key, edition.name)]
        spent = session.store.issues.containing(slots, status=APPROVED, but=key)
        if spent:
            story, other = next(iter(spent.items()))
            raise UsageError(f"{key}: story {story} has been in {other} since; run 'newsletter run' to choose anew")
        mine = [waiver for waiver in waivers if waiver.edition == edition.name]
        if mine:
            account["checks"]["waived"] = to_json(mine)
            replace_file(path, (json.dumps(account, ensure_ascii=False, indent=2) + "\n").encode())
    # Its pages first: where they cannot be written, nothing is approved.
    with session.store.transaction():
        session.store.issues.approve(key, session.now)
        unread = write_archive(session, session.config.theme)
    return Report("approve", {"approved": 1}, tuple(unread), (f"{key} is approved",))


def _barring(account: Mapping[str, Any], edition: str, waivers: Sequence[Waiver]) -> list[Mapping[str, Any]]:
    """The errors of an issue.json that no waiver of that edition, with a reason, lets stand."""
    waived = {
        (waiver.rule, waiver.message, waiver.story)
        for waiver in waivers
        if waiver.edition == edition and waiver.reason.strip()
    }
    return [
        finding
        for finding in account["checks"]["findings"]
        if finding["severity"] == "error" and (finding["rule"], finding["message"], finding["story"]) not in waived
    ]
