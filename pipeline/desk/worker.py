"""The desk in a thread of its own, and those who wait to hear of changes."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from pipeline.desk.editor import Editor
from pipeline.desk.pictures import fetch_pictures
from pipeline.errors import NewsletterError, StoreError
from pipeline.records import Response

POLL_SECONDS = 0.25
PULSE_SECONDS = 15.0  # a comment now and then, so that a line that broke is noticed

Result = TypeVar("Result")


class Worker:
    """The desk in its thread, and those who wait to hear of changes."""

    def __init__(self, open_desk: Callable[[], Editor]) -> None:
        self._open = open_desk
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._desk: Editor | None = None
        self._listeners: set[asyncio.Event] = set()
        self._came: list[tuple[Response, str]] = []  # pictures that are not kept yet
        self.closing = asyncio.Event()

    async def open(self) -> None:
        """Open the desk. NewsletterError where it cannot be."""
        self._desk = await self._run(self._open)

    def leave(self) -> None:
        """Let the listeners go."""
        self.closing.set()
        self.tell()

    async def close(self) -> None:
        """Let the listeners go and close the desk."""
        self.leave()
        if self._desk is not None:
            await self._run(self._desk.close)
        self._thread.shutdown()

    async def at(self, work: Callable[[Editor], Result]) -> Result:
        """Something done at the desk, after what is being done."""
        assert self._desk is not None
        return await self._run(partial(work, self._desk))

    async def watch(self) -> None:
        """Hear of what others change, until it is closed."""
        while not self.closing.is_set():
            try:
                if await self.at(Editor.poll):
                    self.tell()
                await self._fetch_lacking()
            except (NewsletterError, OSError):
                await asyncio.sleep(1)  # the store is busy, or being replaced; the disk is away
            await asyncio.sleep(POLL_SECONDS)

    async def _fetch_lacking(self) -> None:
        if not self._came:
            self._came = await asyncio.to_thread(fetch_pictures, *await self.at(Editor.lacking_pictures))
        if self._came:
            # LockedError while a run is at work: they wait here for its end, and are not asked for again.
            await self.at(lambda desk: desk.keep_pictures(self._came))
            self._came = []
            self.tell()

    def tell(self) -> None:
        """Something has changed."""
        for listener in self._listeners:
            listener.set()

    async def changes(self) -> AsyncIterator[int | None]:
        """The desk's version after each change; None now and then, when there is none."""
        listener = asyncio.Event()
        self._listeners.add(listener)
        try:
            yield await self.at(lambda desk: desk.version)
            while not self.closing.is_set():
                try:
                    await asyncio.wait_for(listener.wait(), PULSE_SECONDS)
                    listener.clear()
                    if not self.closing.is_set():
                        yield await self.at(lambda desk: desk.version)
                except TimeoutError:
                    yield None
        finally:
            self._listeners.discard(listener)

    async def _run(self, work: Callable[[], Result]) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except sqlite3.Error as error:
            raise StoreError(f"the store cannot be read now ({error})") from error
