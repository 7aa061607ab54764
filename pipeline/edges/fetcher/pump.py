"""Many requests at once, handed out as they are answered."""

import asyncio
import queue
import threading
from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.records import FetchSettings

from .exchange import FetchResult, Request

if TYPE_CHECKING:
    from .client import Client

_Answers = queue.SimpleQueue[FetchResult | BaseException | None]


def fetch_all(
    requests: Iterable[Request],
    *,
    limits: FetchSettings,
    user_agent: str,
    allow_private: Collection[str] = (),
    mirrors: Mapping[str, str] | None = None,
    robots: bool = True,
    now: Callable[[], datetime],
) -> Generator[FetchResult, None, None]:
    """Fetch all addresses, a host's one after another and the hosts side by side; yield each as it is answered.

    `allow_private` names hosts, addresses and networks that need not be public. `mirrors` maps host patterns
    ("*.example") to the http address that answers for them, told the original host. Fetching pauses while answers
    wait to be read, and stops when the iterator is closed.
    """
    wanted = list(requests)
    if not wanted:
        return
    answers: _Answers = queue.SimpleQueue()
    loop = _loop(limits)
    from .addresses import AddressPolicy  # aiohttp is only loaded where something is fetched
    from .client import Client

    def connect() -> Client:
        policy = AddressPolicy(allow_private)
        return Client(
            limits=limits, user_agent=user_agent, policy=policy, mirrors=mirrors or {}, robots=robots, now=now
        )

    turns = _Scheduler(answers, limits)
    task = loop.create_task(turns.run(wanted, connect))
    thread = threading.Thread(target=_drive, args=(loop, task, answers), name="fetcher", daemon=True)
    thread.start()
    try:
        while (answer := answers.get()) is not None:
            if isinstance(answer, BaseException):
                raise answer
            loop.call_soon_threadsafe(turns.room.release)
            yield answer
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.close()


def _loop(limits: FetchSettings) -> asyncio.AbstractEventLoop:
    """A loop that looks names up in threads enough: a slow name server must not hold up the other hosts."""
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(limits.connections, thread_name_prefix="resolve"))
    return loop


def _drive(
    loop: asyncio.AbstractEventLoop,
    task: "asyncio.Task[None]",
    answers: _Answers,
) -> None:
    """Run the loop in its thread, and say when it has ended."""
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(task)
    except asyncio.CancelledError:
        pass
    except BaseExceptionGroup as group:
        answers.put(group.exceptions[0])
    except BaseException as error:  # noqa: BLE001 - raised again in the reader's thread
        answers.put(error)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        answers.put(None)


class _Scheduler:
    """The requests of one call: one at a time for a host, so many at a time in all."""

    def __init__(self, answers: _Answers, limits: FetchSettings) -> None:
        self.room = asyncio.Semaphore(limits.waiting)
        self._answers = answers
        self._limits = limits
        self._slots = asyncio.Semaphore(limits.connections)
        self._hosts: dict[str, asyncio.Lock] = {}
        self._last: dict[str, float] = {}

    async def run(self, requests: list[Request], connect: "Callable[[], Client]") -> None:
        """Fetch all of them; cancelling this closes every connection."""
        async with connect() as client, asyncio.TaskGroup() as group:
            for request in requests:
                group.create_task(self._take_turn(client, request))

    async def _take_turn(self, client: "Client", request: Request) -> None:
        host = _host(request.url)
        async with self._hosts.setdefault(host, asyncio.Lock()):
            await self._pause(client, request, host)
            async with self._slots:
                fetched = await client.fetch(request)
                await self.room.acquire()
                self._answers.put(fetched)
            self._last[host] = asyncio.get_running_loop().time()

    async def _pause(self, client: "Client", request: Request, host: str) -> None:
        """Leave a host in peace between two pages; feeds are one or two a host, and a mirror is our own."""
        if request.purpose == "feed" or host not in self._last:
            return
        delay = client.delay_seconds(request.url, self._limits.per_host_delay_seconds)
        await asyncio.sleep(self._last[host] + delay - asyncio.get_running_loop().time())


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
