"""The desk's addresses: the page, the preview for its frame, and the JSON that the page works with."""

import asyncio
from collections.abc import AsyncIterator, Callable
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
from pipeline.desk.additions import add_story
from pipeline.desk.delivery import deliver_when_due, delivery_routes
from pipeline.desk.drafts import draft_routes
from pipeline.desk.editor import IssueEditor, send_test
from pipeline.desk.guard import FRAME_POLICY, Guard
from pipeline.desk.preview_html import complete_html, preview_html
from pipeline.desk.publishing import publishing_route
from pipeline.desk.requests import Handler, json_body, limited_body, with_json_errors
from pipeline.desk.search import add_clicks, search_past, search_week, words_of_query
from pipeline.desk.worker import EditorThread
from pipeline.errors import UsageError
from pipeline.records import Waiver
from pipeline.run.past import PastIssues

MAX_CHANGES = 200
MAX_TEST_ADDRESSES = 20
MAX_REASON_CHARACTERS = 1_000

_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_NO_ISSUE = (
    '<!DOCTYPE html><html lang="en"><title>No issue</title><body style="font:16px sans-serif;padding:40px">'
    "There are too few stories for an issue: add some of the candidates.</body></html>"
)


def make_app(
    open_editor: Callable[[], IssueEditor], *, hosts: list[str], any_address: bool = False, password: str | None = None
) -> Starlette:
    """Return the desk as an ASGI application. It opens the editor when the server starts."""
    threads: list[EditorThread] = []

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        thread = EditorThread(open_editor)
        threads[:] = [thread]
        await thread.open()
        tasks = [asyncio.create_task(thread.watch()), asyncio.create_task(deliver_when_due(thread))]
        try:
            yield
        finally:
            await thread.close()
            for task in tasks:
                task.cancel()

    def editor_thread() -> EditorThread:
        return threads[0]

    app = Starlette(
        routes=[
            *_Handlers(editor_thread).routes(),
            *delivery_routes(editor_thread),
            *draft_routes(editor_thread),
            publishing_route(editor_thread),
        ],
        lifespan=lifespan,
        middleware=[Middleware(Guard, hosts=hosts, any_address=any_address, password=password)],
    )
    app.state.editor_thread = editor_thread
    return app


class _Handlers:
    """The handler of each address."""

    def __init__(self, editor_thread: Callable[[], EditorThread]) -> None:
        self._editor_thread = editor_thread
        self._past_issues = PastIssues()
        pages = files("pipeline.desk") / "pages"
        self._templates = Environment(
            loader=FunctionLoader(lambda name: (pages / name).read_text("utf-8")),
            autoescape=True,
            undefined=StrictUndefined,
        )

    def routes(self) -> list[Route]:
        """Return every route."""
        reads: dict[str, Handler] = {
            "/": self.page,
            "/login": self.login,
            "/static/{name}": self.static,
            "/preview/{edition}": self.preview,
            "/preview/{edition}/pictures/{name}": self.preview_picture,
            "/download/{edition}/{name}": self.download,
            "/pictures/{edition}": self.scaled_picture,
            "/api/issue": self._view(views.issue_view),
            "/api/editions/{edition}": self._view(views.edition_view),
            "/api/candidates/{edition}": self._view(views.candidates_view),
            "/api/search/{edition}": self.search,
            "/api/stories/{edition}/{story}": self._view(views.story_view),
            "/api/pictures/{edition}/{story}": self._view(pictures.pictures_view),
            "/api/crops/{edition}": self.crops,
            "/api/taste": self._view(views.taste_view),
            "/api/checks": self._view(views.checks_view),
            "/api/diff/{edition}": self._view(views.diff_view),
            "/api/part/{edition}/{part}": self.part,
            "/api/versions": self.versions,
            "/api/token": self.token,
        }
        writes: dict[str, Handler] = {
            "/api/changes/{edition}": self.change,
            "/api/stories/{edition}": self.add,
            "/api/pictures/{edition}/{story}": self.fetch_pictures,
            "/api/uploads/{edition}": self.upload,
            "/api/approve": self.approve,
            "/api/withdraw": self.withdraw,
            "/api/test": self.test,
        }
        return [
            *(Route(path, with_json_errors(handler), methods=["GET"]) for path, handler in reads.items()),
            *(Route(path, with_json_errors(handler), methods=["POST"]) for path, handler in writes.items()),
        ]

    async def _run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return await self._editor_thread().run(lambda editor: work(editor, *arguments))

    def _view(self, view: Callable[..., Any]) -> Handler:
        """Return the handler that sends a view; the view takes the editor and the parts of the path, in order."""

        async def handler(request: Request) -> Response:
            return JSONResponse(await self._run(view, *request.path_params.values()))

        return handler

    async def page(self, request: Request) -> Response:
        """Send the desk's page."""
        issue = await self._run(views.issue_view)
        token = request.scope["state"]["token"]
        return HTMLResponse(self._templates.get_template("desk.html.j2").render(issue=issue, token=token))

    async def login(self, request: Request) -> Response:
        """Send the page that asks for the password."""
        login = self._templates.get_template("login.html.j2")
        return HTMLResponse(login.render(wrong="wrong" in request.query_params))

    async def token(self, request: Request) -> Response:
        """Send the token that writes need; pages of other sites cannot read it."""
        return JSONResponse({"token": request.scope["state"]["token"]})

    async def static(self, request: Request) -> Response:
        """Send one of the package's scripts and style sheets."""
        name = request.path_params["name"]
        suffix = "." + name.rpartition(".")[2]
        known = {path.name: path for path in (files("pipeline.desk") / "static").iterdir()}
        if name not in known or suffix not in _MEDIA_TYPES:
            return PlainTextResponse("There is no such file.", 404)
        return Response(known[name].read_bytes(), media_type=_MEDIA_TYPES[suffix])

    async def preview(self, request: Request) -> Response:
        """Send the issue's HTML for the frame."""
        edition, query = request.path_params["edition"], request.query_params

        def html(editor: IssueEditor) -> str:
            preview = editor.preview(edition)
            if preview is None:
                return _NO_ISSUE
            return preview_html(
                preview.email.html,
                dark=query.get("dark") == "1",
                pictures=query.get("pictures") != "0",
                address_of=lambda name: f"/preview/{quote(edition)}/pictures/{quote(name)}",
                base_url=editor.config.pictures.base_url,
            )

        return HTMLResponse(await self._run(html), headers={"content-security-policy": FRAME_POLICY})

    async def preview_picture(self, request: Request) -> Response:
        """Send a picture of the preview. Its name changes with its content, so browsers may cache it."""
        body = await self._run(IssueEditor.picture, *request.path_params.values())
        if body is None:
            return PlainTextResponse("There is no such picture.", 404)
        from pipeline.stages.render import media_type

        return Response(body, media_type=media_type(body), headers={"cache-control": "private, max-age=86400"})

    async def part(self, request: Request) -> Response:
        """Send the text, the HTML source or the headers of the message."""
        edition, part = request.path_params["edition"], request.path_params["part"]
        if part not in ("text", "source", "headers"):
            return PlainTextResponse("There is no such part.", 404)
        return PlainTextResponse(await self._run(views.message_part, edition, part))

    async def download(self, request: Request) -> Response:
        """Send the message or its HTML as a file to save."""
        name = request.path_params["name"]
        if name not in ("issue.eml", "issue.html"):
            return PlainTextResponse("There is no such file.", 404)

        def find(editor: IssueEditor, edition: str) -> tuple[bytes, str]:
            preview = editor.preview(edition)
            if preview is None:
                raise UsageError("there are too few stories for an issue")
            html = complete_html(preview.email, editor.config.pictures.base_url)
            body = preview.eml if name == "issue.eml" else html.encode()
            return body, f"{editor.key}-{edition}{name.removeprefix('issue')}"

        body, file_name = await self._run(find, request.path_params["edition"])
        return Response(
            body,
            # Never text/html: a browser must save the file, not show it as a page of the desk.
            media_type="message/rfc822" if name == "issue.eml" else "application/octet-stream",
            headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(file_name)}"},
        )

    async def scaled_picture(self, request: Request) -> Response:
        """Send one of the pictures that `pictures_view` lists."""
        picture = request.query_params.get("picture", "")
        body, media_type = await self._run(pictures.scaled_picture, request.path_params["edition"], picture)
        return Response(body, media_type=media_type, headers={"cache-control": "private, max-age=3600"})

    async def search(self, request: Request) -> Response:
        """Send the candidates and the stories of earlier issues that have every word of the query."""
        words = words_of_query(request.query_params.get("q", ""))
        answer, paths = await self._run(search_week, request.path_params["edition"], words)
        past = await asyncio.to_thread(search_past, self._past_issues, paths, words)
        past = await self._run(add_clicks, past)
        return JSONResponse({**answer, **past})

    async def versions(self, _request: Request) -> Response:
        """Stream the editor's version after each change, as server-sent events."""

        async def lines() -> AsyncIterator[str]:
            yield "retry: 1000\n\n"
            async for version in self._editor_thread().versions():
                yield ": heartbeat\n\n" if version is None else f"data: {version}\n\n"

        return StreamingResponse(lines(), media_type="text/event-stream")

    async def change(self, request: Request) -> Response:
        """Make changes; send the changes that undo them and the edition's new view."""
        changes = (await json_body(request)).get("changes")
        if not isinstance(changes, list) or not all(isinstance(change, dict) for change in changes):
            raise UsageError("changes: expected a list of objects")
        if len(changes) > MAX_CHANGES:
            raise UsageError(f"changes: at most {MAX_CHANGES} at once")

        def make(editor: IssueEditor, edition: str) -> dict[str, Any]:
            undo = editor.change(edition, changes)
            return {"undo": undo, "edition": views.edition_view(editor, edition)}

        result = await self._run(make, request.path_params["edition"])
        self._editor_thread().notify()
        return JSONResponse(result)

    async def crops(self, request: Request) -> Response:
        """Send the parts of a picture that are shown unless the editor chooses one."""
        picture = request.query_params.get("picture", "")
        return JSONResponse(await self._run(pictures.automatic_crops, request.path_params["edition"], picture))

    async def add(self, request: Request) -> Response:
        """Add the story at an address, or one that the editor wrote; send what it is."""
        wanted = await json_body(request)
        issue = await self._run(IssueEditor.issue_to_add_to, request.path_params["edition"])
        added = await asyncio.to_thread(add_story, issue, wanted)
        await self._run(IssueEditor.poll)
        self._editor_thread().notify()
        return JSONResponse(added)

    async def fetch_pictures(self, request: Request) -> Response:
        """Fetch a story's other pictures; send those that can be shown."""
        path = request.path_params.values()
        fetched = await asyncio.to_thread(pictures.fetch_pictures, *await self._run(pictures.missing_choices, *path))
        await self._run(IssueEditor.store_pictures, fetched)
        choices = await self._run(pictures.pictures_view, *path)
        return JSONResponse([choice for choice in choices if choice["stored"]])

    async def upload(self, request: Request) -> Response:
        """Store the picture in the request's body."""
        body = await limited_body(request, pictures.MAX_UPLOAD_BYTES)
        picture = await self._run(pictures.upload_picture, request.path_params["edition"], body)
        return JSONResponse({"picture": picture})

    async def approve(self, request: Request) -> Response:
        """Approve the issue as the editor has seen it, with a reason for each failed check."""
        body = await json_body(request)
        revisions = {str(name): str(revision) for name, revision in dict(body.get("revisions") or {}).items()}
        waivers = [_waiver(value) for value in body.get("waivers") or []]
        await self._run(IssueEditor.approve, revisions, waivers)
        return await self._changed_issue()

    async def withdraw(self, request: Request) -> Response:  # noqa: ARG002
        """Withdraw the approval."""
        await self._run(IssueEditor.withdraw)
        return await self._changed_issue()

    async def test(self, request: Request) -> Response:
        """Send a test."""
        body = await json_body(request)
        to = [str(address).strip() for address in body.get("to") or [] if str(address).strip()]
        if not to or len(to) > MAX_TEST_ADDRESSES:
            raise UsageError(f"to: expected 1 to {MAX_TEST_ADDRESSES} addresses")
        edition = body.get("edition")
        config, key, now = await self._run(IssueEditor.prepare_test)
        message = await asyncio.to_thread(send_test, config, key, now, to, str(edition) if edition else None)
        return JSONResponse({"message": message})

    async def _changed_issue(self) -> Response:
        self._editor_thread().notify()
        return JSONResponse(await self._run(views.issue_view))


def _waiver(value: Any) -> Waiver:
    if not isinstance(value, dict) or not str(value.get("reason") or "").strip():
        raise UsageError("give a reason for each failed check")
    reason, story = str(value["reason"]).strip()[:MAX_REASON_CHARACTERS], value.get("story")
    return Waiver(
        str(value.get("edition")),
        str(value.get("rule")),
        str(value.get("message")),
        reason,
        str(story) if story else None,
    )
