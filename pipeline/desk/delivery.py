"""The delivery of the approved issue from the desk: now, at a time that the desk keeps, or what is left of it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeline.config import Config
from pipeline.desk.editor import IssueEditor
from pipeline.desk.requests import Handler, json_body, with_json_errors
from pipeline.desk.views import issue_view
from pipeline.desk.worker import EditorThread
from pipeline.errors import NewsletterError, UsageError
from pipeline.run.planned import cancel_planned, deliver_planned, plan_delivery
from pipeline.run.session import open_session

DUE_SECONDS = 1.0  # between two looks at the clock


async def deliver_when_due(thread: EditorThread) -> None:
    """Make the planned delivery at its time, until the task is cancelled."""
    while True:
        with suppress(NewsletterError, OSError):  # a locked store, a full disk: the next round tries again
            config, key = await thread.run(lambda editor: (editor.config, editor.key))
            if await asyncio.to_thread(deliver_planned, config, key, now=datetime.now(UTC)):
                await thread.run(IssueEditor.after_writing)
                thread.notify()
        await asyncio.sleep(DUE_SECONDS)


def delivery_routes(editor_thread: Callable[[], EditorThread]) -> list[Route]:
    """Return the routes that deliver the issue, plan the delivery, and settle one that was never confirmed."""
    works = {"/api/deliver": _deliver, "/api/plan": _plan, "/api/arrived": _mark_arrived}
    return [writing_route(editor_thread, path, work) for path, work in works.items()]


def writing_route(
    editor_thread: Callable[[], EditorThread], path: str, work: Callable[[Config, str, dict[str, Any]], str]
) -> Route:
    """Return the route that does `work` in a session of its own and answers its message and the new view."""

    async def handler(request: Request) -> Response:
        body = await json_body(request)
        thread = editor_thread()
        config, key = await thread.run(lambda editor: (editor.config, editor.key))
        try:
            message = await asyncio.to_thread(work, config, key, body)
        finally:  # an edition may have gone out although another was refused
            await thread.run(IssueEditor.after_writing)
            thread.notify()
        return JSONResponse({"message": message, "issue": await thread.run(issue_view)})

    checked: Handler = with_json_errors(handler)
    return Route(path, checked, methods=["POST"])


def _deliver(config: Config, key: str, body: dict[str, Any]) -> str:
    """Deliver now what is not delivered yet; `again` also what no relay has confirmed."""
    from pipeline.run.deliver import deliver

    with open_session(config, now=datetime.now(UTC), command="deliver") as session:
        report = deliver(session, key, again=body.get("again") is True)
        cancel_planned(config.state, key)
    return "; ".join(report.remarks)


def _plan(config: Config, key: str, body: dict[str, Any]) -> str:
    """Plan the delivery for the time `at`; without one, cancel it."""
    at = body.get("at")
    if at is None:
        with open_session(config, now=datetime.now(UTC)):  # not while the desk is making it
            cancel_planned(config.state, key)
        return "The delivery is cancelled"
    try:
        time = datetime.fromisoformat(str(at))
    except ValueError as error:
        raise UsageError("at: expected a time such as 2026-11-22T08:00:00Z") from error
    if time.tzinfo is None:
        raise UsageError("at: expected a time with its offset from UTC")
    now = datetime.now(UTC)
    with open_session(config, now=now) as session:
        plan_delivery(session, key, time, now=now)
    return "The delivery is planned"


def _mark_arrived(config: Config, key: str, body: dict[str, Any]) -> str:  # noqa: ARG001 - as the others
    """Record that what no relay has confirmed did arrive."""
    from pipeline.run.deliver import mark_arrived

    with open_session(config, now=datetime.now(UTC)) as session:
        report = mark_arrived(session, key)
    return "; ".join(report.remarks)
