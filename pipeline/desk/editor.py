"""The desk: one issue, what its editors say, and what readers would get. One thread uses it, for the store's sake."""

import contextlib
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.config import Config, Edition, load_config
from pipeline.desk.changes import Table, apply_change, undoing
from pipeline.desk.edits_file import EditsFile
from pipeline.edges.fetcher import Request
from pipeline.edges.store import open_store
from pipeline.edges.store.issues import StoredIssue
from pipeline.errors import ConfigError, NewsletterError, NoIssueError, UsageError
from pipeline.executors import Engine, import_in_worker, open_engine
from pipeline.records import Edits, Email, Response, Waiver, stable_id
from pipeline.run.approve import approve, publish, withdraw
from pipeline.run.check import built_editions
from pipeline.run.preview import Preview, Previews, preview_of_built
from pipeline.run.select import Pool
from pipeline.run.session import APPROVED, STORE_FILE, Session, issue_key, open_session
from pipeline.stages.select import Choice, picture_url

MOST_SHOWN = 200  # pictures of earlier renders that a page may still ask for


@dataclass(frozen=True, slots=True)
class Drawn:
    """An edition as it is now; `revision` names it, and changes whenever it does."""

    revision: str
    preview: Preview


class Editor:
    """Opened and used by one thread; `version` grows with every change that an editor's page has to know of."""

    def __init__(self, config_path: Path, *, key: str | None, now: datetime | None) -> None:
        self._config_path = config_path
        self._now = now
        self._stack = contextlib.ExitStack()
        self._store_stack = contextlib.ExitStack()
        self._engine: Engine | None = None
        self._previews: Previews | None = None
        self._drawn: dict[str, tuple[object, Drawn]] = {}
        self._stamps: dict[str, object] = {}
        self._asked: set[str] = set()  # addresses of pictures
        self._pictures_kept = 0
        self._shown: dict[tuple[str, str], bytes] = {}
        self.name = secrets.token_hex(4)  # versions of another desk, before a restart, are not to be compared with
        self.version = 0
        self.config_problem: str | None = None
        self.config = load_config(config_path)
        self._open_store()
        self.key = key or self._likely_key()
        self.stored = self._stored()
        self.sheets = self._lay_out()

    def close(self) -> None:
        """End the child processes and close the store."""
        self._stack.close()
        self._store_stack.close()

    @property
    def moment(self) -> datetime:
        """Now, or what the command was told to take for it."""
        return self._now or datetime.now(UTC)

    @property
    def session(self) -> Session:
        """The issue's own week: what was stored by then is what it is chosen from."""
        return Session(self.config, self._store, self.stored.cutoff_at)

    @property
    def approved(self) -> bool:
        """Whether the issue stays as it is."""
        return self.stored.status == APPROVED

    def sheet(self, edition: str) -> EditsFile:
        """An edition's sheet; UsageError where there is no such edition."""
        if edition not in self.sheets:
            raise UsageError(f"there is no edition {edition!r}")
        return self.sheets[edition]

    def pool(self) -> Pool:
        """What there is to choose from."""
        pairs = [pair for sheet in self.sheets.values() for pair in sheet.edits.same_event]
        return self._sure_previews().pool(self._seen(), pairs)

    def choice(self, edition: str) -> Choice:
        """What stands where in an edition, and why."""
        sheet = self.sheet(edition)
        return self._sure_previews().choice(sheet.edition, self.pool(), sheet.edits)

    def drawn(self, edition: str) -> Drawn | None:
        """The edition as readers would get it; None where there are too few stories for one."""
        sheet = self.sheet(edition)
        words = None if self.approved else sheet.edits
        key = (self.stored, words, id(self.pool()), tuple(self._stamps.items()), self._pictures_kept)
        known = self._drawn.get(edition)
        if known is not None and known[0] == key:
            return known[1]
        preview = self._print(sheet.edition) if self.approved else None
        preview = preview or self._sure_previews().render(sheet.edition, self.stored, self.pool(), sheet.edits)
        if preview is None:
            return None
        drawn = Drawn(_revision(preview.email), preview)
        self._drawn[edition] = (key, drawn)
        for name, body in preview.email.pictures:
            self._shown.pop((edition, name), None)
            self._shown[edition, name] = body
        while len(self._shown) > MOST_SHOWN:
            del self._shown[next(iter(self._shown))]
        return drawn

    def picture(self, edition: str, name: str) -> bytes | None:
        """A picture of the edition as it is or was a moment ago: a page may be a render behind."""
        self.drawn(edition)
        return self._shown.get((edition, name))

    def change(self, edition: str, changes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Make changes, all or none, and write them; what undoes them. ConflictError, UsageError."""
        if self.approved:
            raise UsageError(f"{self.key} is approved and stays as it is; take the approval back to change it")
        sheet = self.sheet(edition)

        def make(edits: Edits) -> Edits:
            for change in changes:
                edits = apply_change(edits, change, self._table(sheet.edition, edits))
            return edits

        before, after = sheet.change(make)
        if before != after:
            self.version += 1
        return undoing(before, after)

    def poll(self) -> bool:
        """Pick up what others did: hand-edited files, a run, an approval; whether anything changed."""
        before = (self.stored, self._seen(), self.config_problem, tuple(self._stamps.items()))
        self._look_at_config()
        self._look_at_store()
        self._stamps = self._look_at_files()
        looked = [sheet.look() for sheet in self.sheets.values()]
        changed = any(looked) or before != (
            self.stored,
            self._seen(),
            self.config_problem,
            tuple(self._stamps.items()),
        )
        self.version += changed
        return changed

    def lacking_pictures(self) -> tuple[Config, datetime, list[Request]]:
        """The pictures that features show and that are not kept yet; each is named once."""
        requests = []
        if self.config.pictures.enabled and not self.approved:
            for name, sheet in self.sheets.items():
                drawn = self.drawn(name)
                features = [slot for slot in drawn.preview.slots if slot.section == "features"] if drawn else []
                for story in (self.pool().stories[slot.story] for slot in features):
                    url = picture_url(story, sheet.edits.stories.get(story.id))
                    if url and url not in self._asked and self._store.responses.newest_id(url, "picture") is None:
                        requests.append(Request(url, story.source, "picture"))
                        self._asked.add(url)
        return self.config, self.moment, requests

    def keep_pictures(self, came: Sequence[tuple[Response, str]]) -> None:
        """Keep pictures that were fetched. LockedError while a run is at work."""
        with self._writing() as session, session.store.transaction():
            for response, source in came:
                session.store.responses.put(response, source=source, purpose="picture")
        self._pictures_kept += len(came)
        self.version += 1

    def approve(self, revisions: Mapping[str, str], waivers: Sequence[Waiver]) -> None:
        """Put what the editor saw into the outbox and approve it. UsageError where it is no longer what they saw."""
        for edition in self.sheets:
            drawn = self.drawn(edition)
            if drawn is not None and revisions.get(edition) != drawn.revision:
                raise UsageError(f"the edition {edition} has changed since you looked; look at it again, then approve")
        with self._writing() as session:
            publish(session)
            for built in built_editions(self.config, self.key):
                if _revision(built.email) != revisions.get(built.edition.name):
                    raise UsageError(
                        f"the edition {built.edition.name} came out otherwise than shown; look at it again"
                    )
            approve(Session(session.config, session.store, self.moment), self.key, waivers=waivers)
        self._after_writing()

    def withdraw(self) -> None:
        """Take the approval back. UsageError once the issue is delivered."""
        with self._writing() as session:
            withdraw(session, self.key)
        self._after_writing()

    def ready_to_send(self) -> tuple[Config, str, datetime]:
        """Put the issue as it is now into the outbox; what `send_test` needs of it."""
        if not self.approved:
            with self._writing() as session:
                publish(session)
            self._after_writing()
        return self.config, self.key, self.moment

    @contextlib.contextmanager
    def _writing(self) -> Any:
        """A session that holds the lock, for as short as can be.

        What the desk writes are pictures, slots and approvals: there is no more to choose from than before.
        """
        with open_session(self.config, now=self.stored.cutoff_at) as session:
            self._look_at_writes()
            try:
                yield session
            finally:
                self._store_version = self._store.version

    def _after_writing(self) -> None:
        self.poll()
        self.version += 1

    def _table(self, edition: Edition, edits: Edits) -> Table:
        pool = self.pool()
        events = (candidate.event.stories for candidate in pool.candidates)
        rules = self.config.select
        return Table(
            slots=self._sure_previews().choice(edition, pool, edits).slots,
            members={story: stories for stories in events for story in stories},
            copies=pool.copies,
            sizes={"features": rules.features, "reads": rules.reads},
        )

    def _print(self, edition: Edition) -> Preview | None:
        for built in built_editions(self.config, self.key):
            if built.edition.name == edition.name:
                return preview_of_built(built, self._store.issues.slots(self.key, edition.name))
        return None

    def _sure_previews(self) -> Previews:
        if self._engine is None:
            config = self.config
            self._engine = self._stack.enter_context(
                open_engine(config.engine, workers=1, seconds=config.clean.timeout_seconds)
            )
            # The first child process takes a second or two to start: not while an editor waits for a picture.
            threading.Thread(target=_warm, args=(self._engine,), daemon=True).start()
        if self._previews is None:
            self._previews = Previews(self.session, self._engine)
        return self._previews

    @property
    def engine(self) -> Engine:
        """Where pictures are decoded."""
        self._sure_previews()
        assert self._engine is not None
        return self._engine

    def _open_store(self) -> None:
        path = self.config.state / STORE_FILE
        self._store_stack.close()
        self._store = self._store_stack.enter_context(open_store(path, create=False))
        self._store_file = path.stat().st_ino
        self._store_version = self._store.version
        self._store_writes = 0

    def _seen(self) -> object:
        return self._store_file, self._store_writes

    def _likely_key(self) -> str:
        """This week's issue, else the newest there is."""
        key = issue_key(self.moment, self.config)
        known = [stored.key for stored in self._store.issues.all()]
        return key if key in known or not known else known[-1]

    def _stored(self) -> StoredIssue:
        stored = self._store.issues.get(self.key)
        if stored is None:
            known = ", ".join(each.key for each in self._store.issues.all()[-5:])
            raise NoIssueError(
                f"{self.key}: there is no such issue; "
                + (f"there are {known}" if known else "'newsletter run' makes this week's")
            )
        return stored

    def _lay_out(self) -> dict[str, EditsFile]:
        outbox = self.session.outbox
        return {
            edition.name: EditsFile(edition, outbox.edits_path(self.key, edition.name))
            for edition in self.config.editions
        }

    def _look_at_config(self) -> None:
        stamp = _stamp(self._config_path)
        if self._stamps.get("config", stamp) == stamp:
            return
        try:
            self.config, self.config_problem = load_config(self._config_path), None
            self._previews = None
            self.sheets = self._lay_out()
        except ConfigError as error:
            self.config_problem = str(error)

    def _look_at_store(self) -> None:
        with contextlib.suppress(OSError, NewsletterError):
            if (self.config.state / STORE_FILE).stat().st_ino != self._store_file:
                self._open_store()
                self._previews = None
        self._look_at_writes()
        stored = self._store.issues.get(self.key)
        if stored is not None and stored != self.stored:
            if stored.cutoff_at != self.stored.cutoff_at:
                self._previews = None
            self.stored = stored

    def _look_at_writes(self) -> None:
        version = self._store.version
        self._store_writes += version != self._store_version
        self._store_version = version

    def _look_at_files(self) -> dict[str, object]:
        config = self.config
        stamps: dict[str, object] = {"config": _stamp(self._config_path)}
        for edition in config.editions:
            letter = config.letter_path(edition, self.key)
            stamps[f"letter {edition.name}"] = _stamp(letter) if letter else None
        if config.templates:
            stamps["templates"] = tuple(_stamp(path) for path in sorted(config.templates.rglob("*")))
        return stamps


def _warm(engine: Engine) -> None:
    list(engine.map(import_in_worker, ["pipeline.stages.render"]))


def send_test(config: Config, key: str, now: datetime, to: Sequence[str], edition: str | None) -> str:
    """Send what is in the outbox as a test; what is said of it. DeliveryError, ConfigError. Takes its time."""
    from pipeline.run.deliver import send

    with open_session(config, now=now) as session:
        return "; ".join(send(session, key, to=to, edition=edition).remarks)


def _revision(email: Email) -> str:
    return stable_id(email.subject, email.html, email.text)


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
