"""Check the issue in the outbox, as mailboxes will receive it, against the gate's rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from pipeline.config import Config, Edition
from pipeline.edges.fetcher import FetchResult, Request
from pipeline.edges.outbox import OutboxError, read_issue_files, read_issue_json
from pipeline.errors import NoIssueError
from pipeline.records import Email, Finding, Issue, from_json, to_json
from pipeline.run.requests import open_mirrors, send_requests
from pipeline.run.session import Track, no_track, outbox_of
from pipeline.stages.check import OutgoingLink, check_issue, outgoing_links

_PICTURES = "pictures/"
_ALIVE_REASONS = ("too large", "robots", "not html", "type")  # fetch errors that show that the page exists
_NO_ANSWER = "robots unread"  # matches "robots", but only says that the host did not answer
_GONE_REASONS = ("status 404", "status 410", "dns")


@dataclass(frozen=True, slots=True)
class PrintedEdition:
    """One edition of an issue as it is in the outbox."""

    edition: Edition
    folder: Path
    issue: Issue
    email: Email
    eml: bytes
    waived: frozenset[tuple[str, str, str | None]] = (
        frozenset()
    )  # findings that the editor waived: rule, message, story

    def errors(self, findings: Sequence[Finding]) -> list[Finding]:
        """Return the findings that block approval and delivery."""
        return [
            finding
            for finding in findings
            if finding.severity == "error" and (finding.rule, finding.message, finding.story) not in self.waived
        ]


def printed_editions(config: Config, key: str) -> list[PrintedEdition]:
    """Return the editions of an issue that are in the outbox. Raises NoIssueError if there are none."""
    outbox, found = outbox_of(config), []
    for edition in config.editions:
        folder = outbox.edition_folder(key, edition.name)
        files = read_issue_files(folder)
        if files is not None:
            found.append(_printed_edition(edition, folder, files))
    if not found:
        raise NoIssueError(f"{outbox.issue_folder(key)}: there is no issue in the outbox; run 'newsletter run' first")
    return found


def _printed_edition(edition: Edition, folder: Path, files: Mapping[str, bytes]) -> PrintedEdition:
    eml = files["issue.eml"]
    headers = message_from_bytes(eml, policy=policy.default)
    account = read_issue_json(folder / "issue.json")
    try:
        issue = from_json(Issue, account)
        waived = {
            (waiver["rule"], waiver["message"], waiver["story"]) for waiver in account["checks"].get("waived", ())
        }
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise OutboxError(f"{folder / 'issue.json'}: is not a valid issue.json; run 'newsletter render'") from error
    email = Email(
        subject=" ".join(issue.subject.split()),
        preheader=issue.preheader,
        html=files["issue.html"].decode("utf-8", "replace"),
        text=files["issue.txt"].decode("utf-8", "replace"),
        headers=tuple((name, str(value)) for name, value in headers.items()),
        pictures=tuple(
            (name.removeprefix(_PICTURES), body) for name, body in files.items() if name.startswith(_PICTURES)
        ),
    )
    return PrintedEdition(edition, folder, issue, email, eml, frozenset(waived))


def check(
    config: Config, key: str, *, now: datetime, online: bool = False, track: Track = no_track
) -> list[tuple[PrintedEdition, tuple[Finding, ...]]]:
    """Return each edition of an issue with its findings; `online` requests every link too."""
    checked = [(built, check_issue(built.email, built.issue, built.eml)) for built in printed_editions(config, key)]
    if not online:
        return checked
    links = [(built, outgoing_links(built.email, built.issue, built.eml)) for built, _ in checked]
    errors = _request_links(config, [link.address for _, found in links for link in found], now=now, track=track)
    return [
        (built, (*findings, *_dead_link_findings(found, errors)))
        for (built, findings), (_, found) in zip(checked, links, strict=True)
    ]


def _request_links(config: Config, addresses: Sequence[str], *, now: datetime, track: Track) -> dict[str, str]:
    """Request each address once, with the usual limits and delays; map the dead ones to the error."""
    requests = [Request(address, "check", "page") for address in dict.fromkeys(addresses)]
    errors = {}
    with open_mirrors(config) as mirrors:
        for fetched in track(send_requests(config, requests, mirrors, now=now), "Requesting links", len(requests)):
            error = _link_error(fetched)
            if error is not None:
                errors[fetched.request.url] = error
    return errors


def _link_error(fetched: FetchResult) -> str | None:
    if fetched.error is None:
        return None
    if fetched.error.reason.startswith(_ALIVE_REASONS) and fetched.error.reason != _NO_ANSWER:
        return None
    return str(fetched.error)


def _dead_link_findings(links: Sequence[OutgoingLink], errors: Mapping[str, str]) -> list[Finding]:
    return [
        Finding(
            "link-online",
            "error" if errors[link.address].startswith(_GONE_REASONS) else "warning",
            f"{link.address[:80]} could not be opened ({errors[link.address]})",
            link.story,
            link.line,
        )
        for link in links
        if link.address in errors
    ]


def passed(checked: Sequence[tuple[PrintedEdition, Sequence[Finding]]]) -> bool:
    """Whether nothing blocks approval or delivery."""
    return not any(built.errors(findings) for built, findings in checked)


def checked_json(key: str, checked: Sequence[tuple[PrintedEdition, Sequence[Finding]]]) -> dict[str, Any]:
    """Return the findings as JSON values."""
    return {
        "issue": key,
        "passed": passed(checked),
        "editions": [
            {"edition": built.edition.name, "folder": str(built.folder), "findings": to_json(tuple(findings))}
            for built, findings in checked
        ],
    }


def checked_lines(checked: Sequence[tuple[PrintedEdition, Sequence[Finding]]]) -> list[str]:
    """Return the findings as lines of text: edition, severity, rule, message, story and line."""
    return [_format_finding(built, finding) for built, findings in checked for finding in findings]


def _format_finding(built: PrintedEdition, finding: Finding) -> str:
    titles = {feature.story: feature.headline for feature in built.issue.features}
    titles |= {read.story: read.title for read in built.issue.reads}
    where = [f"line {finding.line} of issue.html"] if finding.line else []
    if finding.story:
        where.append(f"story {finding.story} “{titles.get(finding.story, '')[:40]}”")
    text = f"{built.edition.name}: {finding.severity}: {finding.rule}: {finding.message}"
    return text + (f" ({', '.join(where)})" if where else "")
