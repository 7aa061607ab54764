"""The archive in the outbox: a page for each edition of an issue, and an index and a feed of the approved issues."""

from collections.abc import Iterator, Sequence

from pipeline.edges.outbox import PAGE, OutboxError, read_issue_files, read_issue_json
from pipeline.edges.templates import load_templates
from pipeline.records import Email, Issue, from_json
from pipeline.run.session import APPROVED, Session
from pipeline.stages.render import ArchivedEdition, Translation, atom_feed, browser_page, index_page


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
        translations=[
            Translation(other.language, f"../{other.edition}/{PAGE}")
            for other in editions
            if other.edition != issue.edition
        ],
    )
    return page.encode()


def write_archive(session: Session) -> list[str]:
    """Write index.html and feed.xml of the outbox: the approved issues in it, newest first.

    Returns a notice for each issue that is left out because it cannot be read.
    """
    config = session.config
    notices: list[str] = []
    archived = list(_archived_editions(session, notices))
    index = index_page(
        archived,
        templates=load_templates(config.templates),
        theme=session.config.theme,
        language=config.editions[0].language,
        title=config.name,
        subscribe_url=config.desk.subscribe_url,
        desk_address=config.desk.email,
    )
    feed = atom_feed(
        archived,
        title=config.name,
        author=config.desk.name,
        list_id=config.desk.list_id,
        base=str(config.desk.archive_url) if config.desk.archive_url else None,
    )
    session.outbox.put("index.html", index.encode())
    session.outbox.put("feed.xml", feed)
    return notices


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
