"""The archive in the outbox: a page for each edition of an issue; index, search and feeds of the approved issues."""

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.config import Edition
from pipeline.edges.outbox import PAGE, OutboxError, read_issue_files, read_issue_json
from pipeline.edges.templates import load_templates
from pipeline.records import Email, Issue, from_json
from pipeline.run.session import APPROVED, Session
from pipeline.stages.render import (
    ArchivedEdition,
    Translation,
    atom_feed,
    browser_page,
    index_page,
    search_page,
    search_script,
)


def browser_page_of(session: Session, issue: Issue, email: Email, editions: Sequence[Issue]) -> bytes:
    """The web page of one edition, with links to the other `editions` of the issue."""
    base = session.config.pictures.base_url
    page = browser_page(
        issue,
        templates=load_templates(session.config.templates),
        theme=session.config.theme,
        shown=[name for name, _ in email.pictures],
        picture_base=f"{base.rstrip('/')}/" if base else "pictures/",
        home="../../" if session.outbox.by_edition else "../",
        editions=[
            Translation(
                other.language,
                f"../{other.edition}/{PAGE}" if other.edition != issue.edition else "",
                other.masthead.browser_url,
            )
            for other in editions
        ],
    )
    return page.encode()


def write_archive(session: Session) -> list[str]:
    """Write the index, the search and the feeds of the outbox: the approved issues in it, newest first.

    Returns a notice for each issue that is left out because it cannot be read.
    """
    config, put = session.config, session.outbox.put
    notices: list[str] = []
    archived = list(_archived_editions(session, notices))
    look: dict[str, Any] = {
        "templates": load_templates(config.templates),
        "theme": config.theme,
        "language": config.editions[0].language,
        "title": config.name,
    }
    feeds = _feeds(session)
    links: dict[str, Any] = {
        "subscribe_url": config.desk.subscribe_url,
        "desk_address": config.desk.email,
        "address": str(config.desk.archive_url).rstrip("/") if config.desk.archive_url else None,
        "feeds": [
            (name, config.title(edition), Translation(edition.language, name)) for name, edition in feeds.items()
        ],
    }
    put("index.html", index_page(archived, **look, **links).encode())
    put("search.html", search_page(**look, **links).encode())
    put("search.js", search_script(archived, **look).encode())
    for name, edition in {"feed.xml": None, **feeds}.items():
        title = config.title(edition) if edition else config.name
        put(name, _feed(session, archived, name, title, edition.name if edition else None))
    return notices


def _feeds(session: Session) -> dict[str, Edition]:
    """The file of each edition's own feed; a letter with one edition has only the joint one."""
    editions = session.config.editions
    return {f"feed-{edition.name}.xml": edition for edition in editions} if len(editions) > 1 else {}


def _feed(session: Session, archived: Sequence[ArchivedEdition], name: str, title: str, edition: str | None) -> bytes:
    desk = session.config.desk
    return atom_feed(
        archived,
        title=title,
        author=desk.name,
        list_id=desk.list_id,
        base=str(desk.archive_url) if desk.archive_url else None,
        name=name,
        edition=edition,
    )


def missing_notice(session: Session, key: str) -> str:
    """A notice that a stored issue is not complete in the outbox; "" if it is complete."""
    for edition in session.config.editions:
        folder = session.outbox.edition_folder(key, edition.name)
        if session.store.issues.slots(key, edition.name) and read_issue_files(folder) is None:
            return (
                f"{key} is approved, but not whole in the outbox: copy {folder} from where it is published, or take its"
                " approval back at the desk and render it"
            )
    return ""


def _archived_editions(session: Session, notices: list[str]) -> Iterator[ArchivedEdition]:
    outbox = session.outbox
    for stored in reversed(session.store.issues.all()):
        if stored.status != APPROVED or stored.approved_at is None:
            continue
        for edition in session.config.editions:
            path = outbox.json_path(stored.key, edition.name)
            if path.is_file() and outbox.page_path(stored.key, edition.name).is_file():
                try:
                    issue = from_json(Issue, read_issue_json(path))
                except (OutboxError, ValueError, TypeError, AttributeError) as error:
                    reason = error if isinstance(error, OutboxError) else f"{path}: is not an issue.json"
                    notices.append(f"{stored.key} is left out of the archive: {reason}")
                    continue
                yield ArchivedEdition(issue, outbox.page_href(stored.key, edition.name), stored.approved_at)
