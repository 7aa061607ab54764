"""Run many requests at once, and yield their results as they arrive."""

import asyncio
import queue
import threading
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.records import FetchSettings

from .exchange import FetchResult, Request

if TYPE_CHECKING:
    from .client import Client

_Results = queue.SimpleQueue[FetchResult | BaseException | None]


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
    """Fetch all addresses, hosts in parallel and each host's one after another; yield each result as it arrives.

    `allow_private`: hosts, addresses and networks that need not be public. `mirrors` maps host patterns ("*.example")
    to the http address that answers for them; it gets the original host in the Host header. Fetching pauses while
    too many results wait for the consumer, and stops when the iterator is closed.
    """
    pending = list(requests)
    if not pending:
        return
    results: _Results = queue.SimpleQueue()
    loop = _new_loop(limits)
    from .addresses import AddressPolicy  # loaded here, so that aiohttp is loaded only if something is fetched
    from .client import Client

    def connect() -> Client:
        policy, hosts = AddressPolicy(allow_private), mirrors or {}
        return Client(limits=limits, user_agent=user_agent, policy=policy, mirrors=hosts, robots=robots, now=now)

    scheduler = _Scheduler(results, limits)
    task = loop.create_task(scheduler.run(pending, connect))
    thread = threading.Thread(target=_drive, args=(loop, task, results), name="fetcher", daemon=True)
    thread.start()
    try:
        for result in _received(results):
            loop.call_soon_threadsafe(scheduler.room.release)
            yield result
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.close()


def _received(results: _Results) -> Iterator[FetchResult]:
    """Yield results until the fetcher's thread ends; raise the exception that ended it."""
    while (result := results.get()) is not None:
        if isinstance(result, BaseException):
            raise result
        yield result


def _new_loop(limits: FetchSettings) -> asyncio.AbstractEventLoop:
    """Create a loop with enough threads for name lookups, so that a slow name server does not delay other hosts."""
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(limits.connections, thread_name_prefix="resolve"))
    return loop


def _drive(
    loop: asyncio.AbstractEventLoop,
    task: "asyncio.Task[None]",
    results: _Results,
) -> None:
    """Run the loop in its thread; put None into the queue when it has ended."""
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(task)
    except asyncio.CancelledError:
        pass
    except BaseExceptionGroup as group:
        results.put(group.exceptions[0])
    except BaseException as error:  # noqa: BLE001 - raised again in the consumer's thread
        results.put(error)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        results.put(None)


class _Scheduler:
    """Starts the requests of one call: one at a time for each host, `limits.connections` at a time in all."""

    def __init__(self, results: _Results, limits: FetchSettings) -> None:
        self.room = asyncio.Semaphore(limits.waiting)  # released when the consumer takes a result
        self._results = results
        self._limits = limits
        self._connections = asyncio.Semaphore(limits.connections)
        self._hosts: dict[str, asyncio.Lock] = {}
        self._last_ended: dict[str, float] = {}  # host → loop time

    async def run(self, requests: list[Request], connect: "Callable[[], Client]") -> None:
        """Fetch all of them; cancelling this closes every connection."""
        async with connect() as client, asyncio.TaskGroup() as group:
            for request in requests:
                group.create_task(self._fetch_in_turn(client, request))

    async def _fetch_in_turn(self, client: "Client", request: Request) -> None:
        host = _host(request.url)
        async with self._hosts.setdefault(host, asyncio.Lock()):
            await self._pause(client, request, host)
            async with self._connections:
                result = await client.fetch(request)
                await self.room.acquire()
                self._results.put(result)
            self._last_ended[host] = asyncio.get_running_loop().time()

    async def _pause(self, client: "Client", request: Request, host: str) -> None:
        """Wait between two pages or pictures of a host. A host has one or two feeds: they need no pause."""
        if request.purpose == "feed" or host not in self._last_ended:
            return
        delay = client.delay_seconds(request.url, self._limits.per_host_delay_seconds)
        await asyncio.sleep(self._last_ended[host] + delay - asyncio.get_running_loop().time())


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
