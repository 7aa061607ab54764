"""The desk's addresses: the page, the letter in its frame, and the JSON that the page works with."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FunctionLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from pipeline.desk import pictures, views
from pipeline.desk.changes import ConflictError
from pipeline.desk.editor import Editor, send_test
from pipeline.desk.guard import FRAME_POLICY, Guard
from pipeline.desk.preview_html import frame_html
from pipeline.desk.worker import Worker
from pipeline.edges.outbox import OutboxError
from pipeline.errors import ConfigError, LockedError, NewsletterError, StoreError, UsageError
from pipeline.records import Waiver

MOST_BODY_BYTES = 1_000_000
MOST_CHANGES = 200
MOST_ADDRESSES = 20

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_STATIC = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


def make_app(
    open_desk: Callable[[], Editor], *, hosts: list[str], any_address: bool = False, password: str | None = None
) -> Starlette:
    """The desk as an ASGI application."""
    halls: list[Worker] = []

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        hall = Worker(open_desk)
        halls[:] = [hall]
        await hall.open()
        watching = asyncio.create_task(hall.watch())
        try:
            yield
        finally:
            await hall.close()
            watching.cancel()

    def hall() -> Worker:
        return halls[0]

    app = Starlette(
        routes=_Addresses(hall).routes(),
        lifespan=lifespan,
        middleware=[Middleware(Guard, hosts=hosts, any_address=any_address, password=password)],
    )
    app.state.hall = hall
    return app


class _Addresses:
    """What each address answers."""

    def __init__(self, hall: Callable[[], Worker]) -> None:
        self._hall = hall
        pages = files("pipeline.desk") / "pages"
        self._pages = Environment(
            loader=FunctionLoader(lambda name: (pages / name).read_text("utf-8")),
            autoescape=True,
            undefined=StrictUndefined,
        )

    def routes(self) -> list[Route]:
        """Every address there is."""
        reading: dict[str, Handler] = {
            "/": self.page,
            "/login": self.login,
            "/static/{name}": self.static,
            "/proof/{edition}": self.preview,
            "/proof/{edition}/pictures/{name}": self.proof_picture,
            "/download/{edition}/{name}": self.download,
            "/shown/{edition}": self.shown,
            "/api/issue": self._view(lambda desk, _: views.issue_view(desk)),
            "/api/sheet/{edition}": self._view(lambda desk, at: views.sheet_view(desk, at["edition"])),
            "/api/candidates/{edition}": self._view(lambda desk, at: views.candidates_view(desk, at["edition"])),
            "/api/stories/{edition}/{story}": self._view(
                lambda desk, at: views.story_view(desk, at["edition"], at["story"])
            ),
            "/api/pictures/{edition}/{story}": self._view(
                lambda desk, at: pictures.pictures_view(desk, at["edition"], at["story"])
            ),
            "/api/gate": self._view(lambda desk, _: views.gate_view(desk)),
            "/api/diff/{edition}": self._view(lambda desk, at: views.difference_view(desk, at["edition"])),
            "/api/part/{edition}/{part}": self.part,
            "/api/events": self.events,
            "/api/token": self.token,
        }
        writing: dict[str, Handler] = {
            "/api/changes/{edition}": self.change,
            "/api/pictures/{edition}/{story}": self.fetch_pictures,
            "/api/uploads/{edition}": self.upload,
            "/api/approve": self.approve,
            "/api/withdraw": self.withdraw,
            "/api/test": self.test,
        }
        return [
            *(Route(path, _told(handler), methods=["GET"]) for path, handler in reading.items()),
            *(Route(path, _told(handler), methods=["POST"]) for path, handler in writing.items()),
        ]

    def _view(self, view: Callable[[Editor, dict[str, str]], Any]) -> Handler:
        async def handler(request: Request) -> Response:
            return _json(await self._hall().at(lambda desk: view(desk, request.path_params)))

        return handler

    async def page(self, request: Request) -> Response:
        """The desk."""
        issue = await self._hall().at(views.issue_view)
        return HTMLResponse(
            self._pages.get_template("desk.html.j2").render(issue=issue, token=request.scope["state"]["token"])
        )

    async def login(self, request: Request) -> Response:
        """Where the password is asked for."""
        return HTMLResponse(self._pages.get_template("login.html.j2").render(wrong="wrong" in request.query_params))

    async def token(self, request: Request) -> Response:
        """The token that writes carry; another page cannot read it."""
        return _json({"token": request.scope["state"]["token"]})

    async def static(self, request: Request) -> Response:
        """Scripts and styles of the package, and nothing else of it."""
        name = request.path_params["name"]
        known = {path.name: path for path in (files("pipeline.desk") / "static").iterdir()}
        if name not in known or "." + name.rpartition(".")[2] not in _STATIC:
            return PlainTextResponse("There is no such file.", 404)
        return Response(known[name].read_bytes(), media_type=_STATIC["." + name.rpartition(".")[2]])

    async def preview(self, request: Request) -> Response:
        """The letter for the frame."""
        edition, asked = request.path_params["edition"], request.query_params

        def make(desk: Editor) -> str:
            drawn = desk.drawn(edition)
            if drawn is None:
                return _EMPTY
            return frame_html(
                drawn.preview.email.html,
                dark=asked.get("dark") == "1",
                pictures=asked.get("pictures") != "0",
                address_of=lambda name: f"/proof/{quote(edition)}/pictures/{quote(name)}",
                base_url=desk.config.pictures.base_url,
            )

        return HTMLResponse(await self._hall().at(make), headers={"content-security-policy": FRAME_POLICY})

    async def proof_picture(self, request: Request) -> Response:
        """A picture of the letter; its name says its content."""
        edition, name = request.path_params["edition"], request.path_params["name"]
        body = await self._hall().at(lambda desk: desk.picture(edition, name))
        if body is None:
            return PlainTextResponse("There is no such picture.", 404)
        from pipeline.stages.render import media_type

        return Response(body, media_type=media_type(body), headers={"cache-control": "private, max-age=86400"})

    async def part(self, request: Request) -> Response:
        """The text, the source or the headers of the message."""
        edition, part = request.path_params["edition"], request.path_params["part"]

        def find(desk: Editor) -> str:
            drawn = desk.drawn(edition)
            if drawn is None:
                return ""
            if part == "headers":
                return drawn.preview.eml.split(b"\r\n\r\n", 1)[0].decode("ascii", "replace").replace("\r\n", "\n")
            return drawn.preview.email.html if part == "source" else drawn.preview.email.text

        if part not in ("text", "source", "headers"):
            return PlainTextResponse("There is no such part.", 404)
        return PlainTextResponse(await self._hall().at(find))

    async def download(self, request: Request) -> Response:
        """The message or the HTML, as a file."""
        edition, name = request.path_params["edition"], request.path_params["name"]
        if name not in ("issue.eml", "issue.html"):
            return PlainTextResponse("There is no such file.", 404)

        def find(desk: Editor) -> tuple[bytes, str]:
            drawn = desk.drawn(edition)
            if drawn is None:
                raise UsageError("there are too few stories for an issue")
            body = drawn.preview.eml if name == "issue.eml" else drawn.preview.email.html.encode()
            return body, f"{desk.key}-{edition}{name.removeprefix('issue')}"

        body, called = await self._hall().at(find)
        # Never as a page of the desk's own: a browser saves it.
        return Response(
            body,
            media_type="message/rfc822" if name == "issue.eml" else "application/octet-stream",
            headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(called)}"},
        )

    async def shown(self, request: Request) -> Response:
        """A picture to choose, whole and small."""
        edition, picture = request.path_params["edition"], request.query_params.get("picture", "")
        body, kind = await self._hall().at(lambda desk: pictures.shown_picture(desk, edition, picture))
        return Response(body, media_type=kind, headers={"cache-control": "private, max-age=3600"})

    async def events(self, _request: Request) -> Response:
        """A line each time something has changed."""

        async def lines() -> AsyncIterator[str]:
            yield "retry: 1000\n\n"
            async for version in self._hall().changes():
                yield ": still here\n\n" if version is None else f"data: {version}\n\n"

        return StreamingResponse(lines(), media_type="text/event-stream")

    async def change(self, request: Request) -> Response:
        """Changes by an editor: what undoes them, and the edition as it is then."""
        edition = request.path_params["edition"]
        changes = (await _body(request)).get("changes")
        if not isinstance(changes, list) or not all(isinstance(each, dict) for each in changes):
            raise UsageError("changes: a list")
        if len(changes) > MOST_CHANGES:
            raise UsageError("too many changes at once")

        def make(desk: Editor) -> dict[str, Any]:
            undo = desk.change(edition, changes)
            return {"undo": undo, "sheet": views.sheet_view(desk, edition)}

        answer = await self._hall().at(make)
        self._hall().tell()
        return _json(answer)

    async def fetch_pictures(self, request: Request) -> Response:
        """Look for a story's other pictures."""
        edition, story = request.path_params["edition"], request.path_params["story"]
        hall = self._hall()
        wanted = await hall.at(lambda desk: pictures.wanted_pictures(desk, edition, story))
        came = await asyncio.to_thread(pictures.fetch_pictures, *wanted)
        await hall.at(lambda desk: desk.keep_pictures(came))
        found = await hall.at(lambda desk: pictures.pictures_view(desk, edition, story))
        return _json([each for each in found if each["here"]])

    async def upload(self, request: Request) -> Response:
        """An editor's own picture, as the body of the request."""
        body = await _bytes(request, pictures.MOST_UPLOAD_BYTES)
        edition = request.path_params["edition"]
        return _json({"picture": await self._hall().at(lambda desk: pictures.upload_picture(desk, edition, body))})

    async def approve(self, request: Request) -> Response:
        """Approve what the editor has seen, with reasons for what they let stand."""
        given = await _body(request)
        revisions = {str(name): str(revision) for name, revision in dict(given.get("revisions") or {}).items()}
        waivers = [_waiver(each) for each in given.get("waivers") or []]
        await self._hall().at(lambda desk: desk.approve(revisions, waivers))
        return await self._done()

    async def withdraw(self, request: Request) -> Response:  # noqa: ARG002
        """Take the approval back."""
        await self._hall().at(Editor.withdraw)
        return await self._done()

    async def test(self, request: Request) -> Response:
        """Send a test."""
        given = await _body(request)
        to = [str(each).strip() for each in given.get("to") or [] if str(each).strip()]
        if not to or len(to) > MOST_ADDRESSES:
            raise UsageError(f"a test goes to one address, or up to {MOST_ADDRESSES}")
        edition = given.get("edition")
        config, key, now = await self._hall().at(Editor.ready_to_send)
        said = await asyncio.to_thread(send_test, config, key, now, to, str(edition) if edition else None)
        return _json({"said": said})

    async def _done(self) -> Response:
        self._hall().tell()
        return _json(await self._hall().at(views.issue_view))


_EMPTY = (
    '<!DOCTYPE html><html lang="en"><title>No issue</title><body style="font:16px sans-serif;padding:40px">'
    "Too few stories are left for an issue: move some in from the candidates.</body></html>"
)


def _told(handler: Handler) -> Handler:
    """Errors as JSON that the page can say."""

    async def telling(request: Request) -> Response:
        try:
            return await handler(request)
        except ConflictError as error:
            return _json({"error": str(error), "conflict": {"path": error.path, "current": error.current}}, 409)
        except LockedError:
            return _json({"error": "A run, or a test on its way, holds this letter; try again when it has ended."}, 423)
        except (ConfigError, OutboxError, StoreError) as error:  # a broken file, a full disk: the page tries again
            return _json({"error": str(error)}, 503)
        except NewsletterError as error:
            return _json({"error": str(error)}, 422)

    return telling


def _json(value: Any, status: int = 200) -> JSONResponse:
    return JSONResponse(value, status)


async def _body(request: Request) -> dict[str, Any]:
    try:
        value = json.loads(await _bytes(request, MOST_BODY_BYTES) or b"{}")
    except ValueError as error:
        raise UsageError("that is not JSON") from error
    if not isinstance(value, dict):
        raise UsageError("that is not what the desk expects")
    return value


async def _bytes(request: Request, most: int) -> bytes:
    parts, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise UsageError(f"too large: {most:,} bytes are the most")
        parts.append(chunk)
    return b"".join(parts)


def _waiver(value: Any) -> Waiver:
    if not isinstance(value, dict) or not str(value.get("reason") or "").strip():
        raise UsageError("say why each finding may stand")
    reason, story = str(value["reason"]).strip()[:1000], value.get("story")
    return Waiver(
        str(value.get("edition")),
        str(value.get("rule")),
        str(value.get("message")),
        reason,
        str(story) if story else None,
    )
