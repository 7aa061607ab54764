"""What readers clicked: read back from publishers or from a file, and kept with the issue."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.edges.outbox import OutboxError, read_issue_json
from pipeline.edges.publishers import ClickCounter, PublisherError, open_client
from pipeline.edges.store.publications import Publication
from pipeline.errors import NoIssueError, UsageError
from pipeline.records import Issue, Publisher, from_json
from pipeline.run.session import APPROVED, Report, Session
from pipeline.stages.publish import parse_clicks
from pipeline.text.links import link_key
from pipeline.text.normalise import one_line

_MOST_BYTES = 10 << 20  # of a file
_DAYS_BEFORE = timedelta(days=1)  # between the cutoff of an issue and the earliest time that it can have gone out


def latest_issue(session: Session) -> str:
    """The newest approved issue; NoIssueError if there is none."""
    approved = [issue.key for issue in session.store.issues.all() if issue.status == APPROVED]
    if not approved:
        raise NoIssueError("no issue is approved yet, so none has results")
    return max(approved)


def read_results(session: Session, key: str, *, name: str | None = None, edition: str | None = None) -> Report:
    """Ask the publishers that have sent the issue how often each link was clicked, and keep the answers.

    `name`: ask this one only. A publisher that does not answer is named in a notice, and what it told before stays.
    Raises UsageError if none of them has the issue.
    """
    published = [
        (publisher, publication)
        for publication in session.store.publications.of_issue(_stored_key(session, key))
        for publisher in session.config.publish
        if publisher.name == publication.publisher
        and publication.remote
        and name in (None, publisher.name)
        and edition in (None, publication.edition)
    ]
    if not published:
        where = name or "any publisher of the config"
        raise UsageError(f"{key} has not been handed over to {where}; --csv reads a file that another service exports")
    notices, remarks = [], []
    for publisher, publication in published:
        try:
            remarks.append(_read_from(session, publisher, publication))
        except PublisherError as error:
            notices.append(f"{publication.edition}: {error}")
    if not remarks:
        raise PublisherError("; ".join(notices))
    return Report("results", {"links": _links(session, key)}, tuple(notices), tuple(remarks))


def import_results(session: Session, key: str, path: Path, *, edition: str | None = None) -> Report:
    """Read the clicks of an edition from a CSV file. Raises UsageError if the file or the edition does not tell."""
    stored = _stored_key(session, key)
    names = [each.name for each in session.config.editions]
    if edition is None and len(names) > 1:
        raise UsageError(f"say with --edition which edition {path.name} is about: {', '.join(names)}")
    if edition is not None and edition not in names:
        raise UsageError(f"there is no edition {edition!r}; the config has {', '.join(names)}")
    if path.stat().st_size > _MOST_BYTES:
        raise UsageError(f"{path.name} is larger than {_MOST_BYTES >> 20} MB; export the clicks for each link")
    clicks = parse_clicks(_decoded(path.read_bytes()), path.name)
    remark = _keep(session, stored, edition or names[0], path.name, clicks)
    return Report("results", {"links": _links(session, key)}, (), (remark,))


def collect_results(session: Session, key: str) -> list[dict[str, Any]]:
    """The clicks on each story of each edition, the most clicked first, and on other links, as JSON values."""
    editions = []
    links = session.store.results.of_issue(key)
    for edition in session.config.editions:
        own = [link for link in links if link.edition == edition.name]
        if not own:
            continue
        clicks = session.store.results.of_stories(key, edition.name)
        others: dict[str, int] = {}
        for link in own:
            if not link.story:
                others[link.url] = others.get(link.url, 0) + link.clicks
        stories = [{**story, "clicks": clicks.get(story["story"], 0)} for story in _printed(session, key, edition.name)]
        editions.append(
            {
                "edition": edition.name,
                "origins": sorted({link.origin for link in own}),
                "clicks": sum(link.clicks for link in own),
                "stories": sorted(stories, key=lambda story: -story["clicks"]),
                "others": [{"url": url, "clicks": count} for url, count in others.items()],
            }
        )
    return editions


def format_results(key: str, editions: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines that show the results to a person."""
    if not editions:
        yield f"No results of {key} yet."
    for edition in editions:
        yield f"{key}, {edition['edition']}: {edition['clicks']:,} clicks ({', '.join(edition['origins'])})"
        for story in edition["stories"]:
            yield f"{story['clicks']:>7,}  {story['section']:<7} {story['title']} ({story['outlet']})"
        for link in edition["others"]:
            yield f"{link['clicks']:>7,}  {'link':<7} {one_line(link['url'])[:120]}"


def _read_from(session: Session, publisher: Publisher, publication: Publication) -> str:
    client = open_client(publisher, folder=session.config.folder)
    where = f"{publication.edition} at {publisher.name}"
    if not isinstance(client, ClickCounter):
        raise PublisherError(
            f"{publisher.name}: a {publisher.kind} tells no clicks of links; read an export with --csv"
        )
    stored = session.store.issues.get(publication.issue)
    assert stored is not None
    try:
        draft = client.read(publication.remote)
        if draft is None or draft.state != "sent":
            return f"{where}: not sent yet"
        clicks = client.clicks(publication.remote, (stored.cutoff_at - _DAYS_BEFORE).date())
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise PublisherError(
            f"{publisher.name}: the answer is not of the form that its documentation gives ({type(error).__name__})"
        ) from error
    return _keep(session, publication.issue, publication.edition, publisher.name, clicks)


def _keep(session: Session, key: str, edition: str, origin: str, clicks: Mapping[str, int]) -> str:
    stories = _stories_by_link(session, key, edition)
    links = {url: (stories.get(link_key(url), ""), count) for url, count in clicks.items()}
    with session.store.transaction():
        session.store.results.put(key, edition, origin, links, datetime.now(UTC))
    known = sum(bool(story) for story, _ in links.values())
    total = sum(clicks.values())
    return f"{edition} from {one_line(origin)}: {total:,} clicks on {len(links)} links, {known} of them to stories"


def _stories_by_link(session: Session, key: str, edition: str) -> dict[str, str]:
    return {link_key(story["url"]): story["story"] for story in _printed(session, key, edition) if story["url"]}


def _printed(session: Session, key: str, edition: str) -> list[dict[str, Any]]:
    """The stories that an edition has printed, as JSON values; none where the outbox no longer has it."""
    try:
        issue = from_json(Issue, read_issue_json(session.outbox.json_path(key, edition)))
    except (OutboxError, ValueError, TypeError, KeyError):
        return []
    features = [(each.story, each.headline, each.outlet, each.url) for each in issue.features]
    reads = [(each.story, each.title, each.outlet, each.url) for each in issue.reads]
    sections = ["lead", *["feature"] * (len(features) - 1)][: len(features)] + ["read"] * len(reads)
    return [
        {"story": story, "section": section, "title": title, "outlet": outlet, "url": url}
        for section, (story, title, outlet, url) in zip(sections, features + reads, strict=True)
    ]


def _stored_key(session: Session, key: str) -> str:
    if session.store.issues.get(key) is None:
        raise NoIssueError(f"{key}: there is no such issue; run 'newsletter run' first")
    return key


def _links(session: Session, key: str) -> int:
    return len(session.store.results.of_issue(key))


def _decoded(data: bytes) -> str:
    for codec in ("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "cp1252"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")
