"""The thread that the issue editor runs on, and the pages that wait to hear of changes."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from pipeline.desk.editor import IssueEditor
from pipeline.desk.pictures import fetch_pictures
from pipeline.errors import NewsletterError, StoreError
from pipeline.records import Response

POLL_SECONDS = 0.25
HEARTBEAT_SECONDS = 15.0  # so that a broken connection is noticed

Result = TypeVar("Result")


class EditorThread:
    """Runs work on the issue editor in one thread and notifies listeners of changes."""

    def __init__(self, open_editor: Callable[[], IssueEditor]) -> None:
        self._open_editor = open_editor
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._editor: IssueEditor | None = None
        self._listeners: set[asyncio.Event] = set()
        self._fetched: list[tuple[Response, str]] = []  # pictures that are not stored yet
        self._closing = asyncio.Event()

    async def open(self) -> None:
        """Open the editor. NewsletterError if the issue cannot be opened."""
        self._editor = await self._submit(self._open_editor)

    def release_listeners(self) -> None:
        """End every `versions` iterator."""
        self._closing.set()
        self.notify()

    async def close(self) -> None:
        """Release the listeners and close the editor."""
        self.release_listeners()
        if self._editor is not None:
            await self._submit(self._editor.close)
        self._executor.shutdown()

    async def run(self, work: Callable[[IssueEditor], Result]) -> Result:
        """Run work on the editor's thread, after the work submitted before it."""
        assert self._editor is not None
        return await self._submit(partial(work, self._editor))

    async def watch(self) -> None:
        """Poll for changes by other programs until the thread is closed."""
        while not self._closing.is_set():
            try:
                if await self.run(IssueEditor.poll):
                    self.notify()
                await self._fetch_missing_pictures()
            except (NewsletterError, OSError):
                await asyncio.sleep(1)  # the store is locked or being replaced, or the disk is unavailable
            await asyncio.sleep(POLL_SECONDS)

    async def _fetch_missing_pictures(self) -> None:
        if not self._fetched:
            self._fetched = await asyncio.to_thread(fetch_pictures, *await self.run(IssueEditor.missing_pictures))
        if self._fetched:
            # During a run this raises LockedError: the pictures stay here until it ends and are not fetched again.
            await self.run(lambda editor: editor.store_pictures(self._fetched))
            self._fetched = []
            self.notify()

    def notify(self) -> None:
        """Wake the listeners: the issue has changed."""
        for listener in self._listeners:
            listener.set()

    async def versions(self) -> AsyncIterator[int | None]:
        """Yield the editor's version now and after each change, None as a heartbeat."""
        listener = asyncio.Event()
        self._listeners.add(listener)
        try:
            yield await self.run(lambda editor: editor.version)
            while not self._closing.is_set():
                try:
                    await asyncio.wait_for(listener.wait(), HEARTBEAT_SECONDS)
                    listener.clear()
                    if not self._closing.is_set():
                        yield await self.run(lambda editor: editor.version)
                except TimeoutError:
                    yield None
        finally:
            self._listeners.discard(listener)

    async def _submit(self, work: Callable[[], Result]) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        except sqlite3.Error as error:
            raise StoreError(f"the store cannot be read at the moment ({error})") from error
