"""The archive in the outbox: a page for each edition of an issue, and the index and feed of those approved."""

from collections.abc import Iterator, Sequence

from pipeline.config import Edition
from pipeline.edges.outbox import OutboxError, printed_files, read_account
from pipeline.edges.templates import load_templates
from pipeline.records import Email, Issue, Theme, from_json
from pipeline.run.select import folder_of
from pipeline.run.session import APPROVED, Session
from pipeline.stages.render import ArchivedEdition, Translation, atom_feed, browser_page, index_page

PAGE = "index.html"


def page_of(
    session: Session, theme: Theme, edition: Edition, *, others: Sequence[Edition], issue: Issue, email: Email
) -> bytes:
    """The browser view of one edition; `others` are the editions it links to."""
    base = session.config.pictures.base_url
    page = browser_page(
        issue,
        templates=load_templates(session.config.templates),
        theme=theme,
        shown=[name for name, _ in email.pictures],
        picture_base=f"{base.rstrip('/')}/" if base else "pictures/",
        home="../../" if folder_of(session, edition) else "../",
        translations=[
            Translation(other.language, f"../{other.name}/{PAGE}") for other in others if other is not edition
        ],
    )
    return page.encode()


def write_archive(session: Session, theme: Theme) -> list[str]:
    """Write outbox/index.html and outbox/feed.xml: the approved issues that are in the outbox, newest first.

    What is said of the issues that cannot be read there, and so are left out.
    """
    config = session.config
    notices: list[str] = []
    shelved = list(_shelved(session, notices))
    edition = config.editions[0]
    index = index_page(
        shelved,
        templates=load_templates(config.templates),
        theme=theme,
        language=edition.language,
        title=config.name,
        subscribe_url=config.desk.subscribe_url,
        desk_address=config.desk.email,
    )
    feed = atom_feed(
        shelved,
        title=config.name,
        author=config.desk.name,
        list_id=config.desk.list_id,
        base=str(config.desk.archive_url) if config.desk.archive_url else None,
    )
    session.outbox.put("index.html", index.encode())
    session.outbox.put("feed.xml", feed)
    return notices


def missing(session: Session, key: str) -> str:
    """That an issue, which the store has, is not whole in the outbox; "" where it is."""
    for edition in session.config.editions:
        folder = session.outbox.edits_path(key, folder_of(session, edition)).parent
        if session.store.issues.slots(key, edition.name) and printed_files(folder) is None:
            return (
                f"{key} is approved, but not whole in the outbox: copy {folder} from where it is published, or take its"
                " approval back at the desk and render it"
            )
    return ""


def _shelved(session: Session, notices: list[str]) -> Iterator[ArchivedEdition]:
    for stored in reversed(session.store.issues.all()):
        if stored.status != APPROVED or stored.approved_at is None:
            continue
        for edition in session.config.editions:
            folder = folder_of(session, edition)
            path = session.outbox.edits_path(stored.key, folder).with_name("issue.json")
            if path.is_file() and path.with_name(PAGE).is_file():
                try:
                    issue = from_json(Issue, read_account(path))
                except (OutboxError, ValueError, TypeError, AttributeError) as error:
                    said = error if isinstance(error, OutboxError) else f"{path}: is no account of an issue"
                    notices.append(f"the archive does without {stored.key}: {said}")
                    continue
                href = "/".join(filter(None, (stored.key, folder, PAGE)))
                yield ArchivedEdition(issue, href, stored.approved_at)
