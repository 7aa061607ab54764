"""One issue under edit: its editions' edits, what readers would get, and the approval. Used by a single thread."""

import contextlib
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.config import Config, Edition, load_config
from pipeline.desk.additions import IssueToAddTo
from pipeline.desk.changes import Lineup, apply_change, undo_changes
from pipeline.desk.watched_store import WatchedStore
from pipeline.edges.fetcher import Request
from pipeline.edges.store.issues import StoredIssue
from pipeline.errors import ConfigError, NewsletterError, NoIssueError, UsageError
from pipeline.executors import Engine, import_in_worker, open_engine
from pipeline.records import Edits, Email, Response, Waiver, stable_id
from pipeline.run.approve import approve, publish, withdraw
from pipeline.run.check import printed_editions
from pipeline.run.edits_file import EditsFile, file_stamp
from pipeline.run.preview import Preview, Previews, preview_of_built
from pipeline.run.select import Pool, verdicts_of
from pipeline.run.session import APPROVED, STORE_FILE, Session, issue_key, open_session
from pipeline.stages.select import Choice, picture_url

MAX_RECENT_PICTURES = 200


class IssueEditor:
    """One issue, opened and used by one thread. `version` grows with every change that a page should show."""

    def __init__(self, config_path: Path, *, key: str | None, now: datetime | None) -> None:
        self._config_path = config_path
        self._fixed_now = now
        self._stack = contextlib.ExitStack()
        self._engine: Engine | None = None
        self._previews: Previews | None = None
        self._preview_cache: dict[str, tuple[object, Preview]] = {}
        self._file_stamps: dict[str, object] = {}
        self._requested_urls: set[str] = set()  # of pictures
        self._stored_pictures = 0
        self._recent_pictures: dict[tuple[str, str], bytes] = {}  # by edition and name, the newest last
        self.server_id = secrets.token_hex(4)  # versions count from 0 after a restart: compare them within one id
        self.version = 0
        self.config_problem: str | None = None
        self.config = load_config(config_path)
        self._watched = WatchedStore(self.config.state / STORE_FILE)
        self.key = key or self._default_key()
        self.stored = self._stored_issue()
        self.edits_files = self._open_edits_files()

    def close(self) -> None:
        """End the child processes and close the store."""
        self._stack.close()
        self._watched.close()

    @property
    def now(self) -> datetime:
        """The present time, or the command's --now."""
        return self._fixed_now or datetime.now(UTC)

    @property
    def session(self) -> Session:
        """A session at the issue's cutoff: only what was stored by then can be in the issue."""
        return Session(self.config, self._watched.store, self.stored.cutoff_at)

    @property
    def stories_revision(self) -> tuple[int, int]:
        """A value that changes when another program, or adding a story, changes the week's stories."""
        return self._watched.revision

    @property
    def approved(self) -> bool:
        """Whether the issue is approved and can no longer be edited."""
        return self.stored.status == APPROVED

    def edits_file(self, edition: str) -> EditsFile:
        """Return an edition's edits file; UsageError for an unknown edition."""
        if edition not in self.edits_files:
            raise UsageError(f"there is no edition {edition!r}")
        return self.edits_files[edition]

    def pool(self) -> Pool:
        """Return the stories, events and candidates that the issue is selected from."""
        verdicts = verdicts_of(file.edits for file in self.edits_files.values())
        examples = dict.fromkeys(text for file in self.edits_files.values() for text in file.edits.examples)
        return self._open_previews().pool(self._watched.revision, verdicts, tuple(examples))

    def choice(self, edition: str) -> Choice:
        """Return the slots of an edition and the decision on every candidate."""
        file = self.edits_file(edition)
        return self._open_previews().choice(file.edition, self.pool(), file.edits)

    def preview(self, edition: str) -> Preview | None:
        """Return the edition as readers would get it; None if there are too few stories for an issue."""
        file = self.edits_file(edition)
        edits = None if self.approved else file.edits
        key = (self.stored, edits, id(self.pool()), tuple(self._file_stamps.items()), self._stored_pictures)
        cached = self._preview_cache.get(edition)
        if cached is not None and cached[0] == key:
            return cached[1]
        preview = self._built_preview(file.edition) if self.approved else None
        preview = preview or self._open_previews().render(file.edition, self.stored, self.pool(), file.edits)
        if preview is not None:
            self._preview_cache[edition] = (key, preview)
            self._keep_recent_pictures(edition, preview.email)
        return preview

    def picture(self, edition: str, name: str) -> bytes | None:
        """Return a picture of the current preview or of a recent one: a page may still show an older preview."""
        self.preview(edition)
        return self._recent_pictures.get((edition, name))

    def change(self, edition: str, changes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Make and write all changes or none; return the changes that undo them. ConflictError, UsageError."""
        if self.approved:
            raise UsageError(f"{self.key} is approved; withdraw the approval to edit it")
        file = self.edits_file(edition)

        def apply_all(edits: Edits) -> Edits:
            for change in changes:
                edits = apply_change(edits, change, self._lineup(file.edition, edits))
            return edits

        before, after = file.update(apply_all)
        if before != after:
            self.version += 1
        return undo_changes(before, after)

    def poll(self) -> bool:
        """Pick up what other programs changed: files edited by hand, a run, an approval. Return whether any did."""
        before = self._observed()
        self._refresh_config()
        self._refresh_store()
        self._file_stamps = self._current_stamps()
        refreshed = [file.refresh() for file in self.edits_files.values()]
        changed = any(refreshed) or before != self._observed()
        self.version += changed
        return changed

    def missing_pictures(self) -> tuple[Config, datetime, list[Request]]:
        """Return requests for the features' pictures that are not stored yet, each picture once."""
        requests = []
        if self.config.pictures.enabled and not self.approved:
            for name, file in self.edits_files.items():
                preview = self.preview(name)
                features = [slot for slot in preview.slots if slot.section == "features"] if preview else []
                for story in (self.pool().stories[slot.story] for slot in features):
                    url = picture_url(story, file.edits.stories.get(story.id))
                    if url and url not in self._requested_urls and not self.has_picture(url):
                        requests.append(Request(url, story.source, "picture"))
                        self._requested_urls.add(url)
        return self.config, self.now, requests

    def has_picture(self, url: str) -> bool:
        """Whether the picture at that address is in the store."""
        return self._watched.store.responses.newest_id(url, "picture") is not None

    def store_pictures(self, fetched: Sequence[tuple[Response, str]]) -> None:
        """Store fetched pictures with their source's name. LockedError during a run."""
        with self._writing() as session, session.store.transaction():
            for response, source in fetched:
                session.store.responses.put(response, source=source, purpose="picture")
        self._stored_pictures += len(fetched)
        self.version += 1

    def approve(self, revisions: Mapping[str, str], waivers: Sequence[Waiver]) -> None:
        """Publish the editions that the editor has seen, by their revisions, and approve the issue.

        Raises UsageError if an edition differs from its revision.
        """
        for edition in self.edits_files:
            preview = self.preview(edition)
            if preview is not None and revisions.get(edition) != revision_of(preview.email):
                raise UsageError(f"the edition {edition} has changed since you looked; look at it again, then approve")
        with self._writing() as session:
            publish(session)
            for built in printed_editions(self.config, self.key):
                if revision_of(built.email) != revisions.get(built.edition.name):
                    raise UsageError(f"the edition {built.edition.name} differs from its preview; look at it again")
            approve(Session(session.config, session.store, self.now), self.key, waivers=waivers)
        self.after_writing()

    def issue_to_add_to(self, edition: str) -> IssueToAddTo:
        """What `add_story` needs. UsageError if the issue is approved."""
        if self.approved:
            raise UsageError(f"{self.key} is approved; withdraw the approval to edit it")
        return IssueToAddTo(self.config, self.stored.cutoff_at, self.now, self.edits_file(edition).edition.language)

    def withdraw(self) -> None:
        """Withdraw the approval. UsageError if the issue is delivered."""
        with self._writing() as session:
            withdraw(session, self.key)
        self.after_writing()

    def prepare_test(self) -> tuple[Config, str, datetime]:
        """Publish the issue as it is now, for `send_test`; return the first three arguments of that function."""
        if not self.approved:
            with self._writing() as session:
                publish(session)
            self.after_writing()
        return self.config, self.key, self.now

    @property
    def engine(self) -> Engine:
        """Where pictures are decoded; opened on first use."""
        if self._engine is None:
            config = self.config
            self._engine = self._stack.enter_context(
                open_engine(config.engine, workers=1, seconds=config.clean.timeout_seconds)
            )
            # The child process takes a second or two to start: start it before an editor waits for a picture.
            threading.Thread(target=_warm_up, args=(self._engine,), daemon=True).start()
        return self._engine

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Session]:
        """Open a session that holds the lock. What the desk writes does not change the pool."""
        with open_session(self.config, now=self.stored.cutoff_at) as session:
            self._watched.note_foreign_writes()
            try:
                yield session
            finally:
                self._watched.ignore_writes()

    def after_writing(self) -> None:
        """Read again what the desk wrote in a session of its own, and let the pages know."""
        self.poll()
        self.version += 1

    def _lineup(self, edition: Edition, edits: Edits) -> Lineup:
        pool = self.pool()
        events = (candidate.event.stories for candidate in pool.candidates)
        return Lineup(
            slots=self._open_previews().choice(edition, pool, edits).slots,
            event_stories={story: stories for stories in events for story in stories},
            copies=pool.copies,
            found_stories={story: event.stories for event in pool.found_events for story in event.stories},
            joined_elsewhere=frozenset(
                frozenset(pair)
                for file in self.edits_files.values()
                for pair in file.edits.same_event
                if file.edition.name != edition.name
            ),
        )

    def _built_preview(self, edition: Edition) -> Preview | None:
        for built in printed_editions(self.config, self.key):
            if built.edition.name == edition.name:
                return preview_of_built(built, self._watched.store.issues.slots(self.key, edition.name))
        return None

    def _open_previews(self) -> Previews:
        if self._previews is None:
            self._previews = Previews(self.session, self.engine)
        return self._previews

    def _keep_recent_pictures(self, edition: str, email: Email) -> None:
        for name, body in email.pictures:
            self._recent_pictures.pop((edition, name), None)
            self._recent_pictures[edition, name] = body
        while len(self._recent_pictures) > MAX_RECENT_PICTURES:
            del self._recent_pictures[next(iter(self._recent_pictures))]

    def _default_key(self) -> str:
        """Return this week's issue, or the newest one if there is none this week."""
        key = issue_key(self.now, self.config)
        known = [stored.key for stored in self._watched.store.issues.all()]
        return key if key in known or not known else known[-1]

    def _stored_issue(self) -> StoredIssue:
        issues = self._watched.store.issues
        stored = issues.get(self.key)
        if stored is None:
            known = ", ".join(issue.key for issue in issues.all()[-5:])
            raise NoIssueError(
                f"there is no issue {self.key}; "
                + (f"the newest are {known}" if known else "'newsletter run' makes this week's")
            )
        return stored

    def _open_edits_files(self) -> dict[str, EditsFile]:
        outbox = self.session.outbox
        return {
            edition.name: EditsFile(edition, outbox.edits_path(self.key, edition.name))
            for edition in self.config.editions
        }

    def _observed(self) -> object:
        """What `poll` compares: equal as long as no other program changed anything but the edits."""
        return self.stored, self._watched.revision, self.config_problem, tuple(self._file_stamps.items())

    def _refresh_config(self) -> None:
        stamp = file_stamp(self._config_path)
        if self._file_stamps.get("config", stamp) == stamp:
            return
        try:
            self.config, self.config_problem = load_config(self._config_path), None
            self._previews = None
            self.edits_files = self._open_edits_files()
        except ConfigError as error:
            self.config_problem = str(error)

    def _refresh_store(self) -> None:
        with contextlib.suppress(OSError, NewsletterError):
            path = self.config.state / STORE_FILE
            if not self._watched.is_at(path):
                replaced, self._watched = self._watched, WatchedStore(path)
                replaced.close()
                self._previews = None
        self._watched.note_foreign_writes()
        stored = self._watched.store.issues.get(self.key)
        if stored is not None and stored != self.stored:
            if stored.cutoff_at != self.stored.cutoff_at:
                self._previews = None
            self.stored = stored

    def _current_stamps(self) -> dict[str, object]:
        config = self.config
        stamps: dict[str, object] = {"config": file_stamp(self._config_path)}
        for edition in config.editions:
            letter = config.letter_path(edition, self.key)
            stamps[f"letter {edition.name}"] = file_stamp(letter) if letter else None
        if config.templates:
            stamps["templates"] = tuple(file_stamp(path) for path in sorted(config.templates.rglob("*")))
        return stamps


def revision_of(email: Email) -> str:
    """Return an identifier that changes whenever a reader would see a difference."""
    return stable_id(email.subject, email.html, email.text)


def send_test(config: Config, key: str, now: datetime, to: Sequence[str], edition: str | None) -> str:
    """Send the issue in the outbox as a test; return the remarks. Slow. DeliveryError, ConfigError."""
    from pipeline.run.deliver import send

    with open_session(config, now=now) as session:
        return "; ".join(send(session, key, to=to, edition=edition).remarks)


def _warm_up(engine: Engine) -> None:
    list(engine.map(import_in_worker, ["pipeline.stages.render"]))
