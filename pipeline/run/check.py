"""Check: what lies in the outbox, as a mailbox will get it, held against the gate's rules."""

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
from pipeline.stages.check import Outgoing, check_issue, outgoing_links

_PICTURES = "pictures/"
_ALIVE = ("too large", "robots", "not html", "type")  # what a link that leads somewhere answers
_SILENT = "robots unread"  # which says no more than that the host answers nothing
_GONE = ("status 404", "status 410", "dns")


@dataclass(frozen=True, slots=True)
class BuiltEdition:
    """One edition of an issue, as it lies in the outbox."""

    edition: Edition
    folder: Path
    issue: Issue
    email: Email
    eml: bytes
    waived: frozenset[tuple[str, str, str | None]] = frozenset()  # what the editor let stand: rule, message, story

    def errors(self, findings: Sequence[Finding]) -> list[Finding]:
        """Those of the findings that bar approval and delivery."""
        return [
            finding
            for finding in findings
            if finding.severity == "error" and (finding.rule, finding.message, finding.story) not in self.waived
        ]


def built_editions(config: Config, key: str) -> list[BuiltEdition]:
    """The editions of an issue that are in the outbox; NoIssueError where there is none."""
    outbox, found = outbox_of(config), []
    for edition in config.editions:
        folder = outbox.edition_folder(key, edition.name)
        files = read_issue_files(folder)
        if files is not None:
            found.append(_built_edition(edition, folder, files))
    if not found:
        raise NoIssueError(f"{outbox.issue_folder(key)}: there is no issue in the outbox; run 'newsletter run' first")
    return found


def _built_edition(edition: Edition, folder: Path, files: Mapping[str, bytes]) -> BuiltEdition:
    eml = files["issue.eml"]
    headers = message_from_bytes(eml, policy=policy.default)
    account = read_issue_json(folder / "issue.json")
    try:
        issue = from_json(Issue, account)
        waived = {(each["rule"], each["message"], each["story"]) for each in account["checks"].get("waived", ())}
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise OutboxError(f"{folder / 'issue.json'}: is not an issue.json; run 'newsletter render'") from error
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
    return BuiltEdition(edition, folder, issue, email, eml, frozenset(waived))


def check(
    config: Config, key: str, *, now: datetime, online: bool = False, track: Track = no_track
) -> list[tuple[BuiltEdition, tuple[Finding, ...]]]:
    """Each edition of an issue with what is wrong with it; with `online` each link is asked too."""
    checked = [(each, check_issue(each.email, each.issue, each.eml)) for each in built_editions(config, key)]
    if not online:
        return checked
    links = [(each, outgoing_links(each.email, each.issue, each.eml)) for each, _ in checked]
    faults = _dead(config, [link.address for _, found in links for link in found], now=now, track=track)
    return [
        (each, (*findings, *_dead_findings(found, faults)))
        for (each, findings), (_, found) in zip(checked, links, strict=True)
    ]


def _dead(config: Config, addresses: Sequence[str], *, now: datetime, track: Track) -> dict[str, str]:
    """Address → what is wrong with it. Each is asked once, with the manners of every other request."""
    requests = [Request(address, "check", "page") for address in dict.fromkeys(addresses)]
    faults = {}
    with open_mirrors(config) as mirrors:
        for fetched in track(send_requests(config, requests, mirrors, now=now), "Asking links", len(requests)):
            said = _fault(fetched)
            if said is not None:
                faults[fetched.request.url] = said
    return faults


def _fault(fetched: FetchResult) -> str | None:
    if fetched.error is None:
        return None
    if fetched.error.reason.startswith(_ALIVE) and fetched.error.reason != _SILENT:
        return None
    return str(fetched.error)


def _dead_findings(links: Sequence[Outgoing], faults: Mapping[str, str]) -> list[Finding]:
    return [
        Finding(
            "link-online",
            "error" if faults[link.address].startswith(_GONE) else "warning",
            f"{link.address[:80]} does not answer as a page does ({faults[link.address]})",
            link.story,
            link.line,
        )
        for link in links
        if link.address in faults
    ]


def passed(checked: Sequence[tuple[BuiltEdition, Sequence[Finding]]]) -> bool:
    """Whether nothing bars approval or delivery."""
    return not any(each.errors(findings) for each, findings in checked)


def checked_json(key: str, checked: Sequence[tuple[BuiltEdition, Sequence[Finding]]]) -> dict[str, Any]:
    """What was found, for a script."""
    return {
        "issue": key,
        "passed": passed(checked),
        "editions": [
            {"edition": each.edition.name, "folder": str(each.folder), "findings": to_json(tuple(findings))}
            for each, findings in checked
        ],
    }


def checked_lines(checked: Sequence[tuple[BuiltEdition, Sequence[Finding]]]) -> list[str]:
    """What was found, for a person: edition, severity, rule, story and line."""
    return [_line(each, finding) for each, findings in checked for finding in findings]


def _line(built: BuiltEdition, finding: Finding) -> str:
    titles = {feature.story: feature.headline for feature in built.issue.features}
    titles |= {read.story: read.title for read in built.issue.reads}
    where = [f"line {finding.line} of issue.html"] if finding.line else []
    if finding.story:
        where.append(f"story {finding.story} “{titles.get(finding.story, '')[:40]}”")
    said = f"{built.edition.name}: {finding.severity}: {finding.rule}: {finding.message}"
    return said + (f" ({', '.join(where)})" if where else "")
