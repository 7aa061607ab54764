"""Publishers on loopback that demand what the API documentation of the real ones demands, and fail when told to.

Each keeps its drafts, and shows what readers would get: it fills in the marks of its own templates.
"""

import base64
import contextlib
import hashlib
import hmac
import html
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LOGIN = "desk"
KEYS = {"ghost": "6489:" + "0badc0de" * 8, "mailchimp": "0badc0de-us21"}
KEY = "0badc0de0badc0de"
UNSUBSCRIBE = "https://service.example/leave/reader"  # of one reader
PICTURES = "https://files.example/"


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON, which must be declared as such."""
        _demand(self.headers.get("content-type", "").startswith("application/json"), 415, "no JSON was declared")
        return json.loads(self.body)


@dataclass
class Fault:
    """What goes wrong at requests of a method, `times` times. `do`: the request takes effect all the same."""

    method: str
    status: int = 0  # 0: the connection is cut
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    do: bool = False
    seconds: float = 0.0  # how long the answer takes
    path: str = ""  # a part of it


@dataclass
class Service:
    """A publisher. `drafts`: id → what it has; `uploads`: name → bytes."""

    kind: str
    base: str = ""
    drafts: dict[str, dict[str, Any]] = field(default_factory=dict)
    uploads: list[tuple[str, bytes]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    clicks: list[tuple[str, int]] = field(default_factory=list)  # as its analytics have them
    is_staff: bool = False  # whether the key is of Ghost's staff, or of an integration

    @property
    def config(self) -> dict[str, Any]:
        """Its entry in the config."""
        given: dict[str, Any] = {"name": "there", "kind": self.kind, "address": self.base, "api_key": "${KEY}"}
        given |= {"login": "${LOGIN}"} if self.kind in ("listmonk", "wordpress") else {}
        given |= {"lists": ["3"]} if self.kind in ("listmonk", "mailchimp") else {}
        given |= {"newsletter": "weekly"} if self.kind == "ghost" else {}
        return given

    @property
    def key(self) -> str:
        """The key that it accepts."""
        return KEYS.get(self.kind, KEY)

    def edit(self, name: str, change: Callable[[str], str]) -> None:
        """Change a field of every draft, as somebody would in the publisher's own editor."""
        for draft in self.drafts.values():
            draft[name] = change(draft[name])
            draft["revision"] = draft.get("revision", 0) + 1

    def shown(self) -> list[tuple[str, str]]:
        """The subject and the HTML of each draft as readers get them."""
        fill = _FILLED.get(self.kind, str)
        subject, page = _SHOWN[self.kind]
        fill_subject = str if self.kind == "wordpress" else fill
        return [(fill_subject(draft[subject]), fill(draft[page])) for draft in self.drafts.values()]


class _RefusedError(Exception):
    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


def _demand(holds: object, status: int, said: str) -> None:
    if not holds:
        raise _RefusedError(status, said)


def _basic(asked: Asked, login: str, key: str) -> None:
    pair = base64.b64encode(f"{login}:{key}".encode()).decode()
    _demand(asked.headers.get("authorization") == f"Basic {pair}", 401, "wrong credentials were given")


def _find(service: Service, name: str) -> dict[str, Any]:
    _demand(name in service.drafts, 404, "there is no such draft")
    return service.drafts[name]


def _add(service: Service, draft: dict[str, Any]) -> dict[str, Any]:
    name = str(len(service.drafts) + 1)
    service.drafts[name] = {"id": name, **draft}
    return service.drafts[name]


def _file(asked: Asked, field: str = "file") -> tuple[str, bytes]:
    """The file in a field of a form."""
    head = f"Content-Type: {asked.headers['content-type']}\r\n\r\n".encode()
    for part in message_from_bytes(head + asked.body).get_payload():
        assert not isinstance(part, str)
        name = part.get_filename()
        if name and part.get_param("name", header="content-disposition") == field:
            _demand(str(part.get_content_type()).startswith("image/"), 415, "that is no picture")
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            return name, content
    raise _RefusedError(422, "the file is missing")


def _ghost(service: Service, asked: Asked) -> Any:
    _demand(asked.headers.get("accept-version", "").startswith("v"), 400, "Accept-Version is missing")
    scheme, _, token = asked.headers.get("authorization", "").partition(" ")
    name, _, secret = service.key.partition(":")
    signed, _, signature = token.rpartition(".")
    own = base64.urlsafe_b64encode(hmac.digest(bytes.fromhex(secret), signed.encode(), hashlib.sha256))
    _demand(scheme == "Ghost" and own.rstrip(b"=").decode() == signature, 401, "the token is not valid")
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in signed.split("."))
    _demand(header["kid"] == name and header["alg"] == "HS256" and claims["aud"] == "/admin/", 401, "wrong claims")
    _demand(claims["exp"] - claims["iat"] <= 300 and claims["exp"] > time.time(), 401, "the token is too old")
    path = asked.path.removeprefix("/ghost/api/admin")
    if path == "/images/upload/":
        service.uploads.append(_file(asked))
        return {"images": [{"url": f"{PICTURES}{len(service.uploads)}.png"}]}
    if path == "/links/":
        _demand(service.is_staff, 501, "The server does not support the functionality required")
        name = asked.query["filter"].removeprefix("post_id:").strip("'")
        _find(service, name)
        return {
            "links": [
                {"post_id": name, "link": {"link_id": url, "to": url}, "count": {"clicks": count}}
                for url, count in service.clicks
            ]
        }
    if asked.method == "GET":
        _demand("html" in asked.query.get("formats", ""), 400, "formats are missing")
        slug = path.removeprefix("/posts/slug/").strip("/")
        known = [each for each in service.drafts.values() if each["slug"] == slug]
        return _ghost_post(known[0] if known else _find(service, path.removeprefix("/posts/").strip("/")))
    (post,) = asked.json["posts"]
    if "html" in post:
        post["html"] = as_ghost_stores(post["html"])
    if asked.method == "POST":
        _demand(asked.query.get("source") == "html", 422, "source=html is missing, so the HTML would be lost")
        return _ghost_post(_add(service, {**post, "revision": 0}))
    draft = _find(service, path.removeprefix("/posts/").strip("/"))
    _demand(post.get("updated_at") == _revision(draft), 409, "Saving failed! Someone else is editing this post.")
    if post.get("status") in ("published", "scheduled"):
        _demand("newsletter" in asked.query, 422, "the newsletter is missing")
    draft.update({**{name: post[name] for name in post if name != "updated_at"}, "revision": draft["revision"] + 1})
    draft["status"] = "sent" if draft["status"] == "published" else draft["status"]
    return _ghost_post(draft)


def as_ghost_stores(page: str) -> str:
    """A card as Ghost 5.130 stores it: references are characters, tables have a body."""
    page = re.sub(r"&#x?[0-9a-fA-F]+;", lambda match: html.unescape(match[0]), page)
    return re.sub(r"(<table[^>]*>)(?=<tr)", r"\1<tbody>", page)


def _revision(draft: dict[str, Any]) -> str:
    return f"2026-11-22T08:00:{draft['revision']:02}.000Z"


def _ghost_post(draft: dict[str, Any]) -> Any:
    page = f"\n{draft['html']}\n"  # Ghost keeps the card, but not the space around it
    return {
        "posts": [{**draft, "html": page, "updated_at": _revision(draft), "url": f"https://g.example/{draft['id']}"}]
    }


def _listmonk(service: Service, asked: Asked) -> Any:
    _basic(asked, LOGIN, service.key)
    if asked.path == "/api/media":
        service.uploads.append(_file(asked))
        return {"data": {"url": f"{PICTURES}{len(service.uploads)}.png"}}
    _, _, rest = asked.path.partition("/api/campaigns")
    number, _, action = rest.strip("/").partition("/")
    if number == "analytics":
        _demand(action == "links" and asked.query["from"] < asked.query["to"], 400, "Invalid dates")
        _find(service, asked.query["id"])
        return {"data": [{"url": url, "count": count} for url, count in service.clicks]}
    if asked.method == "GET" and not number:
        found = [each for each in service.drafts.values() if asked.query.get("tag") in each["tags"]]
        return {"data": {"results": found}}
    if asked.method == "GET":
        if number not in service.drafts:
            raise _RefusedError(400, "Campaign not found.")
        return {"data": {**service.drafts[number], "lists": [{"id": 3, "name": "weekly"}]}}
    value = asked.json
    if action == "status":
        draft = _find(service, number)
        _demand(value["status"] in ("scheduled", "running"), 400, "wrong status")
        _demand(value["status"] != "scheduled" or draft.get("send_at"), 400, "send_at is missing")
        draft["status"] = value["status"]
        return {"data": draft}
    _demand(value["lists"] and all(isinstance(each, int) for each in value["lists"]), 400, "lists are numbers")
    _demand(value["content_type"] == "html" and value["name"] and value["subject"], 400, "a field is missing")
    for template in (value["subject"], value["body"]):
        _go_template(template)  # listmonk compiles them when they are saved
    if asked.method == "POST":
        return {"data": _add(service, {**value, "status": "draft"})}
    draft = _find(service, number)
    draft.update(value)
    return {"data": draft}


def _go_template(text: str) -> str:
    """The result of Go's template, which drops the comments of a page and knows a quoted text, marked Safe or not."""
    action = r'\{\{((?:"(?:[^"\\]|\\.)*"|[^"])*?)\}\}'
    pattern = re.compile(f"{action}|<!--.*?-->" if "<table" in text else action, re.DOTALL)

    def result(action: re.Match[str]) -> str:
        if action[1] is None:
            return ""
        quoted = re.fullmatch(r'\s*(?:Safe )?("(?:[^"\\]|\\.)*")\s*', action[1])
        if action[1].strip() == "UnsubscribeURL":
            return UNSUBSCRIBE
        _demand(quoted or action[1].strip().startswith("."), 400, f"function not defined: {action[1]}")
        return json.loads(quoted[1]) if quoted else "reader@example.com"

    return pattern.sub(result, text)


def _fill(marks: str, leave: str, text: str) -> str:
    """The text with each mark replaced: `leave` by the reader's address to leave the list, all others by nothing."""
    return re.sub(marks, lambda match: UNSUBSCRIBE if match[0] == leave else "", text, flags=re.DOTALL)


def _buttondown(service: Service, asked: Asked) -> Any:
    _demand(asked.headers.get("authorization") == f"Token {service.key}", 401, "the key is not valid")
    _demand(asked.headers.get("x-api-version") in ("2026-01-01", "2026-04-01"), 400, "X-API-Version is missing")
    if asked.path == "/v1/images":
        service.uploads.append(_file(asked, "image"))
        return {"id": "1", "image": f"{PICTURES}{len(service.uploads)}.png"}
    name = asked.path.removeprefix("/v1/emails").strip("/")
    if asked.method == "GET":
        found = [each for each in service.drafts.values() if each["status"] == asked.query.get("status", "sent")]
        return _find(service, name) if name else {"results": found}
    value = asked.json
    if asked.method == "POST":
        _demand(value.get("status") == "draft", 400, "without a status it would have been sent")
        return _add(service, value)
    sends = value.get("status") in ("about_to_send", "scheduled")
    _demand(
        not sends or asked.headers.get("x-buttondown-live-dangerously") == "true", 400, "sending needs confirmation"
    )
    draft = _find(service, name)
    draft.update(value)
    return draft


def _mailchimp(service: Service, asked: Asked) -> Any:
    _demand(asked.headers.get("authorization", "").startswith("Basic "), 401, "credentials are missing")
    pair = base64.b64decode(asked.headers["authorization"].partition(" ")[2]).decode()
    _demand(pair.partition(":")[2] == service.key, 401, "Your API key may be invalid")
    if asked.path == "/3.0/file-manager/files":
        value = asked.json
        service.uploads.append((value["name"], base64.b64decode(value["file_data"])))
        return {"full_size_url": f"{PICTURES}{len(service.uploads)}.png"}
    if asked.path.startswith("/3.0/reports/"):
        return {
            "urls_clicked": [
                {"url": url, "total_clicks": 2 * count, "unique_clicks": count} for url, count in service.clicks
            ]
        }
    name, _, action = asked.path.removeprefix("/3.0/campaigns").strip("/").partition("/")
    if asked.method == "GET" and not name:
        return {"campaigns": [_campaign(each) for each in service.drafts.values()]}
    if asked.method == "POST" and not name:
        value = asked.json
        _demand(value["type"] == "regular" and value["recipients"]["list_id"] == "3", 400, "the list is missing")
        return _campaign(_add(service, {"status": "save", "html": "", **value["settings"]}))
    draft = _find(service, name)
    if action == "content" and asked.method == "GET":
        return {"html": draft["html"]}
    if asked.method == "GET":
        return _campaign(draft)
    if action.startswith("actions/"):
        draft["status"] = {"actions/send": "sending", "actions/schedule": "schedule"}[action]
        _demand(action != "actions/schedule" or asked.json["schedule_time"][14:16] in "00153045", 400, "no quarter")
        return None
    value = asked.json
    draft.update({"html": value["html"], "plain": value["plain_text"]} if action == "content" else value["settings"])
    return _campaign(draft)


def _campaign(draft: dict[str, Any]) -> dict[str, Any]:
    return {"id": draft["id"], "status": draft["status"], "settings": draft, "web_id": 7}


def _wordpress(service: Service, asked: Asked) -> Any:
    _basic(asked, LOGIN, service.key)
    if asked.path == "/wp-json/wp/v2/media":
        _demand("filename=" in asked.headers.get("content-disposition", ""), 400, "the name of the file is missing")
        _demand(asked.headers.get("content-type", "").startswith("image/"), 400, "that is no picture")
        service.uploads.append((asked.headers["content-disposition"], asked.body))
        return {"source_url": f"{PICTURES}{len(service.uploads)}.png"}
    name = asked.path.removeprefix("/wp-json/wp/v2/posts").strip("/")
    if asked.method == "GET":
        _demand(asked.query.get("context") == "edit", 400, "without context=edit there is no raw text")
        found = [each for each in service.drafts.values() if each["slug"] == asked.query.get("slug")]
        return _post(_find(service, name)) if name else [_post(each) for each in found]
    value = asked.json
    if asked.method == "POST":
        return _post(_add(service, value))
    draft = _find(service, name)
    draft.update(value)
    return _post(draft)


def _post(draft: dict[str, Any]) -> dict[str, Any]:
    raw = {name: {"raw": draft[name]} for name in ("title", "content")}
    return {**draft, **raw, "id": int(draft["id"]), "link": f"https://w.example/?p={draft['id']}"}


def _webhook(service: Service, asked: Asked) -> Any:
    _demand(asked.headers.get("authorization") == f"Bearer {service.key}", 401, "the key is not valid")
    service.drafts[asked.headers["idempotency-key"]] = {"id": "1", **asked.json}
    return {"id": 7}


_HANDLERS = {
    "ghost": _ghost,
    "listmonk": _listmonk,
    "buttondown": _buttondown,
    "mailchimp": _mailchimp,
    "wordpress": _wordpress,
    "webhook": _webhook,
}
KINDS = tuple(_HANDLERS)
# What each puts in the place of its marks; Ghost's cards and a webhook have none.
_FILLED: dict[str, Callable[[str], str]] = {
    "ghost": lambda text: re.sub(r"%%(\{.*?\})%%", r"\1", text),
    "listmonk": _go_template,
    "buttondown": lambda text: _fill(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "{{ unsubscribe_url }}", text),
    "mailchimp": lambda text: _fill(r"\*\|.*?\|\*", "*|UNSUB|*", text),
    "wordpress": lambda text: re.sub(r"\[/?(?:shortcode|gallery)\b.*?\]", "", text),
}
_SHOWN = {
    "ghost": ("title", "html"),
    "listmonk": ("subject", "body"),
    "buttondown": ("subject", "body"),
    "mailchimp": ("subject_line", "html"),
    "wordpress": ("title", "content"),
    "webhook": ("subject", "html"),
}


@contextlib.contextmanager
def running_service(kind: str) -> Iterator[Service]:
    """Run a publisher in a thread."""
    service = Service(kind)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Log nothing."""

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, query, headers, body)
            service.asked.append(asked)
            fault = _next_fault(service, asked)
            if fault is None or fault.do:
                status, said = _result(service, asked)
            if fault is not None:
                time.sleep(fault.seconds)
                if not fault.status:
                    self.close_connection = True
                    return
                status, said = fault.status, {"errors": [{"message": f"fault with {service.key} in it"}]}
            text = json.dumps(said).encode()
            self.send_response_only(status)
            for name, value in {"Content-Length": str(len(text)), **(fault.headers if fault else {})}.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_PATCH = answer  # noqa: N815 - the names of http.server

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _next_fault(service: Service, asked: Asked) -> Fault | None:
    for fault in service.faults:
        if fault.times and fault.method == asked.method and fault.path in asked.path:
            fault.times -= 1
            return fault
    return None


def _result(service: Service, asked: Asked) -> tuple[int, Any]:
    try:
        return 200, _HANDLERS[service.kind](service, asked)
    except _RefusedError as refused:
        return refused.status, {"message": str(refused)}
