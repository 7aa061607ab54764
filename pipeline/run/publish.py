"""Hand an approved issue over to a publisher as a draft, once, and send or schedule it if the config says so."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from pipeline.edges.outbox import read_issue_json
from pipeline.edges.publishers import Client, PublisherError, open_client
from pipeline.edges.store.publications import Publication
from pipeline.errors import ConfigError, NoIssueError, UsageError
from pipeline.records import Handover, Publisher, RemoteDraft
from pipeline.run.check import PrintedEdition, printed_editions
from pipeline.run.deliver import require_passed_checks
from pipeline.run.session import APPROVED, Report, Session
from pipeline.stages.publish import CARD_BYTES, PICTURE, prepare_handover
from pipeline.text.normalise import one_line

Result = TypeVar("Result")

_CLIPPED_BYTES = 102_000  # of a message, from which Gmail shows a part only
_NO_WORD = re.compile(r"[^a-z0-9]+")
_DONE = {"draft": "left as a draft", "scheduled": "scheduled", "sent": "sent"}


@dataclass(frozen=True, slots=True)
class _Outcome:
    edition: str
    word: str  # created, updated, unchanged
    publication: Publication


def publish_issue(
    session: Session, key: str, *, name: str, edition: str | None = None, overwrite: bool = False, dry_run: bool = False
) -> Report:
    """Hand the editions of an approved issue over to the publisher called `name`; what it has already is updated.

    `overwrite`: replace also what somebody has edited there. Raises UsageError if the issue is not approved,
    ChecksError if the outbox no longer passes the checks, and PublisherError if the publisher did not take it; what
    it has taken by then is recorded, and the same call completes the rest.
    """
    publisher = _publisher(session, name)
    printed = _editions_for(session, key, publisher, edition)
    for built in printed:
        require_passed_checks(built)
    if dry_run:
        remarks = tuple(f"would hand {built.edition.name} of {key} over to {name}" for built in printed)
        return Report("publish", {"editions": len(printed)}, (), remarks)
    client = open_client(publisher, folder=session.config.folder)
    outcomes = [_Handing(session, publisher, client, key, built).publish(overwrite=overwrite) for built in printed]
    counts = {word: sum(each.word == word for each in outcomes) for word in ("created", "updated", "unchanged")}
    return Report("publish", counts, tuple(_notices(publisher, printed)), tuple(_remarks(key, name, outcomes)))


def _publisher(session: Session, name: str) -> Publisher:
    found = next((each for each in session.config.publish if each.name == name), None)
    if found is None:
        names = ", ".join(each.name for each in session.config.publish)
        raise ConfigError(
            f"--to {name}: the config has no publisher of this name; " + (f"it has {names}" if names else "add publish")
        )
    return found


def _editions_for(session: Session, key: str, publisher: Publisher, edition: str | None) -> list[PrintedEdition]:
    stored = session.store.issues.get(key)
    if stored is None:
        raise NoIssueError(f"{key}: there is no such issue; run 'newsletter run' first")
    if stored.status != APPROVED:
        raise UsageError(f"{key} is not approved; run 'newsletter approve {key}' first")
    printed = [
        built
        for built in printed_editions(session.config, key)
        if edition in (None, built.edition.name)
        and (not publisher.editions or built.edition.name in publisher.editions)
    ]
    if not printed:
        raise UsageError(
            f"{key}: no edition in the outbox goes to {publisher.name}" + f" (--edition {edition})" * bool(edition)
        )
    return printed


class _Handing:
    """One edition on its way to one publisher."""

    def __init__(self, session: Session, publisher: Publisher, client: Client, key: str, built: PrintedEdition) -> None:
        self._session, self._publisher, self._client, self._built = session, publisher, client, built
        self._table = session.store.publications
        self._marker = _NO_WORD.sub("-", f"{session.config.desk.list_id}-{key}-{built.edition.name}".lower())
        self._record = read_issue_json(built.folder / "issue.json")
        self._kept = self._table.get(key, built.edition.name, publisher.name)
        self._key = key

    def publish(self, *, overwrite: bool) -> _Outcome:
        """Create or update the draft, then send or schedule it if the publisher's config says so."""
        digest = self._digest()
        draft = self._draft_there()
        kept = self._kept or Publication(self._key, self._built.edition.name, self._publisher.name)
        if draft is not None and kept.digest == digest and (draft.state == "sent" or draft.version == kept.version):
            word = "unchanged"
        else:
            self._refuse_if_lost(draft, kept, overwrite=overwrite)
            self._keep(kept)
            handover = self._prepare(self._addresses(upload=True))
            word = "created" if draft is None else "updated"
            if draft is None:
                draft = self._ask(self._client.create, handover)
            else:
                draft = self._ask(self._client.update, draft, handover)
        self._keep_draft(draft, digest)
        return _Outcome(self._built.edition.name, word, self._release(draft, digest))

    def _draft_there(self) -> RemoteDraft | None:
        """What the publisher has: the draft that was recorded, or one that an interrupted call has left."""
        if self._kept is not None and self._kept.remote:
            return self._ask(self._client.read, self._kept.remote)
        return self._ask(self._client.find, self._marker)

    def _ask(self, call: Callable[..., Result], *arguments: Any) -> Result:
        try:
            return call(*arguments)
        except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
            raise PublisherError(
                f"{self._publisher.name}: the answer is not of the form that its documentation gives"
                f" ({type(error).__name__}: {error}); check address and version"
            ) from error

    def _refuse_if_lost(self, draft: RemoteDraft | None, kept: Publication, *, overwrite: bool) -> None:
        """Refuse what would be lost: an edit at the publisher, or a change of what has gone out."""
        if draft is None:
            return
        where = f"{self._publisher.name}, edition {self._built.edition.name}"
        if draft.state == "sent":
            raise PublisherError(f"{where}: it has been sent already, so nothing was changed")
        if overwrite:
            return
        if self._kept is None:
            raise PublisherError(f"{where}: there is a draft that this store does not know; --overwrite replaces it")
        if kept.version and draft.version != kept.version and not self._is_as_handed_over(draft):
            raise PublisherError(
                f"{where}: somebody has edited the draft there, so nothing was changed; --overwrite replaces it"
            )

    def _is_as_handed_over(self, draft: RemoteDraft) -> bool:
        """Whether the publisher has taken an update whose answer never arrived."""
        try:
            handover = self._prepare(self._addresses(upload=False))
        except ValueError:  # a picture was not uploaded yet, so no update was sent
            return False
        return draft.version == self._client.version(handover)

    def _prepare(self, addresses: Mapping[str, str]) -> Handover:
        return prepare_handover(
            self._publisher.kind,
            self._built.email,
            self._built.issue,
            marker=self._marker,
            addresses=addresses,
            record=self._record,
        )

    def _addresses(self, *, upload: bool) -> Mapping[str, str]:
        """The addresses of the pictures that the letter shows; a picture without one is uploaded, once."""
        shown = set(PICTURE.findall(self._built.email.html))
        base = self._public_folder()
        addresses = {}
        for name, body in self._built.email.pictures:
            if name not in shown:
                continue
            hashed = hashlib.sha256(body).hexdigest()
            assert self._kept is not None
            address = self._kept.pictures.get(hashed)
            if address is None and upload and (address := self._ask(self._client.upload, name, body)):
                self._keep(replace(self._kept, pictures={**self._kept.pictures, hashed: address}))
            if address is None and base is not None:
                address = f"{base}/pictures/{name}"
            if address is not None:
                addresses[name] = address
            elif upload:
                raise ConfigError(
                    f"desk.archive_url: {self._publisher.name} takes no pictures, so it needs their public address;"
                    " say where the outbox is published"
                )
        return addresses

    def _public_folder(self) -> str | None:
        archive = self._session.config.desk.archive_url
        page = self._session.outbox.page_href(self._key, self._built.edition.name)
        return f"{archive.rstrip('/')}/{page.rpartition('/')[0]}" if archive else None

    def _release(self, draft: RemoteDraft, digest: str) -> Publication:
        """Send or schedule the draft, unless that is done or not wanted."""
        publisher = self._publisher
        if draft.state == "draft" and (publisher.send or publisher.schedule):
            at = None if publisher.send else _next_time(str(publisher.schedule), self._session)
            draft = self._ask(self._client.release, draft, at)
            self._keep_draft(draft, digest)
        assert self._kept is not None
        return self._kept

    def _keep_draft(self, draft: RemoteDraft, digest: str) -> None:
        assert self._kept is not None
        self._keep(
            replace(
                self._kept,
                state=draft.state,
                remote=draft.id,
                version=draft.version,
                address=draft.address,
                digest=digest,
            )
        )

    def _keep(self, publication: Publication) -> None:
        with self._session.store.transaction():
            self._table.put(publication, datetime.now(UTC))
        self._kept = publication

    def _digest(self) -> str:
        """A hash of all that is handed over."""
        email, publisher = self._built.email, asdict(self._publisher)
        for name in ("login", "api_key", "timeout_seconds", "send", "schedule", "editions"):
            del publisher[name]  # these do not change what arrives
        pictures = [(name, hashlib.sha256(body).hexdigest()) for name, body in email.pictures]
        parts = (email.subject, email.preheader, email.html, email.text, pictures, publisher)
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def _next_time(clock: str, session: Session) -> datetime:
    """The next time at which the newsroom's clock shows `clock`, such as 07:00."""
    now = session.now.astimezone(session.config.zone)
    hour, _, minute = clock.partition(":")
    at = now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    return at if at > now else (at + timedelta(days=1))


def _notices(publisher: Publisher, printed: Sequence[PrintedEdition]) -> Iterable[str]:
    for built in printed if publisher.kind == "ghost" else ():
        size = len(built.email.html.encode()) + CARD_BYTES
        if size > _CLIPPED_BYTES:
            yield (
                f"{built.edition.name}: Ghost adds some {CARD_BYTES:,} bytes, which makes about {size:,}; Gmail clips a"
                f" message near {_CLIPPED_BYTES:,}: shorten the issue"
            )


def _remarks(key: str, name: str, outcomes: Sequence[_Outcome]) -> Iterable[str]:
    for each in outcomes:
        where = f": {one_line(each.publication.address)}" if each.publication.address else ""
        yield f"{each.edition} of {key} at {name}: {each.word}, {_DONE[each.publication.state]}{where}"
