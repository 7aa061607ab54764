"""The pictures that an editor can give a story: its own, those of its event and their pages, and uploads."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from pipeline.config import Config
from pipeline.desk.editor import IssueEditor
from pipeline.edges.fetcher import Request
from pipeline.edges.outbox import save_file
from pipeline.errors import UsageError
from pipeline.executors import Failed
from pipeline.records import Response, Story, stable_id
from pipeline.run.images import UPLOAD
from pipeline.run.requests import open_mirrors, send_requests
from pipeline.run.session import Session
from pipeline.stages.render import LEAD, SQUARE, automatic_crop, clean_picture, media_type

MAX_CHOICES = 12  # uploads not counted
MAX_UPLOADS = 60
MAX_UPLOAD_BYTES = 20_000_000
UPLOAD_PIXELS = 2_400  # the longest side
SCALED_PIXELS = 960
_ICON_NAME = re.compile(r"(?:logo|icon|avatar|sprite|pixel|badge|emoji)", re.IGNORECASE)


def pictures_view(editor: IssueEditor, edition: str, story_id: str) -> list[dict[str, Any]]:
    """List a story's pictures: {picture, from, alt, stored}. `stored`: whether the desk can show it yet."""
    story = editor.pool().stories.get(story_id)
    if story is None:
        raise UsageError("this story is not among the week's stories")
    by_url = {  # the first description of a picture wins
        url: {"picture": url, "from": outlet, "alt": alt, "stored": editor.has_picture(url)}
        for url, outlet, alt in reversed(list(_event_pictures(editor, story)))
    }
    uploads = [
        {"picture": f"uploads/{path.name}", "from": "Uploaded", "alt": "", "stored": True}
        for path in sorted(_uploads_folder(editor, edition).glob("*"))
        if UPLOAD.fullmatch(f"uploads/{path.name}")
    ]
    return [*uploads, *list(reversed(by_url.values()))[:MAX_CHOICES]]


def missing_choices(editor: IssueEditor, edition: str, story_id: str) -> tuple[Config, datetime, list[Request]]:
    """Return the arguments for `fetch_pictures` that fetch a story's pictures that are not stored yet."""
    urls = [choice["picture"] for choice in pictures_view(editor, edition, story_id) if not choice["stored"]]
    source = editor.pool().stories[story_id].source
    return editor.config, editor.now, [Request(url, source, "picture") for url in urls]


def fetch_pictures(config: Config, now: datetime, requests: list[Request]) -> list[tuple[Response, str]]:
    """Fetch pictures; return the successful responses with their source's name. Slow: not for the editor's thread."""
    if not requests:
        return []
    with open_mirrors(config) as mirrors:
        results = send_requests(config, requests, mirrors, now=now)
        return [(result.response, result.request.source) for result in results if result.response is not None]


def scaled_picture(editor: IssueEditor, edition: str, picture: str) -> tuple[bytes, str]:
    """Return an uploaded or stored picture, re-encoded at a size for the page, and its media type."""
    scaled = _reencoded(editor, _stored(editor, edition, picture), "the picture", SCALED_PIXELS)
    return scaled, media_type(scaled)


def automatic_crops(editor: IssueEditor, edition: str, picture: str) -> dict[str, tuple[float, float, float]]:
    """Return the part of a picture that is shown without the editor, as lead and as another feature: {lead, square}."""
    result = next(editor.engine.map(_crops, [_stored(editor, edition, picture)]))
    if isinstance(result, Failed):
        raise UsageError(f"the picture cannot be read: {result.detail or result.reason}")
    return result


def _crops(body: bytes) -> dict[str, tuple[float, float, float]]:
    return {"lead": automatic_crop(body, size=LEAD), "square": automatic_crop(body, size=SQUARE)}


def _stored(editor: IssueEditor, edition: str, picture: str) -> bytes:
    upload = UPLOAD.fullmatch(picture)
    if upload:
        path = _uploads_folder(editor, edition) / upload[1]
        body = path.read_bytes() if path.is_file() else None
    else:
        stored = editor.session.store.responses.latest(picture, "picture")
        body = stored.response.body if stored else None
    if body is None:
        raise UsageError("this picture is not stored")
    return body


def upload_picture(editor: IssueEditor, edition: str, body: bytes) -> str:
    """Store an uploaded picture, re-encoded from its pixels; return its name in edits.yaml. UsageError if refused."""
    folder = _uploads_folder(editor, edition)
    if editor.approved:
        raise UsageError(f"{editor.key} is approved; withdraw the approval to edit it")
    if folder.is_dir() and sum(1 for _ in folder.iterdir()) >= MAX_UPLOADS:
        raise UsageError(f"there are already {MAX_UPLOADS} uploaded pictures; delete some in {folder}")
    picture = _reencoded(editor, body, "the file", UPLOAD_PIXELS)
    suffix = "png" if media_type(picture) == "image/png" else "jpg"
    name = f"p{stable_id(picture.hex())[1:13]}.{suffix}"
    if not folder.parent.is_dir():
        raise UsageError(f"{folder.parent}: the issue is not in the outbox; 'newsletter run' puts it there")
    folder.mkdir(exist_ok=True)
    save_file(folder / name, picture)
    return f"uploads/{name}"


def _reencoded(editor: IssueEditor, body: bytes, name: str, longest: int) -> bytes:
    result = next(editor.engine.map(partial(_clean, name=name, longest=longest), [body]))
    if isinstance(result, Failed):
        raise UsageError(f"{result.detail or result.reason}: use a JPEG, PNG, GIF, WebP or AVIF picture")
    return result


def _clean(body: bytes, *, name: str, longest: int) -> bytes:
    return clean_picture(body, name=name, longest=longest)


def _uploads_folder(editor: IssueEditor, edition: str) -> Path:
    return editor.session.outbox.uploads_folder(editor.key, editor.edits_file(edition).edition.name)


def _event_pictures(editor: IssueEditor, story: Story) -> Iterator[tuple[str, str, str]]:
    """Yield (URL, outlet, alt text) of the pictures of a story, of its event's other stories, and of their pages."""
    pool = editor.pool()
    event = next((event for event in pool.events if story.id in event.stories), None)
    ids = [story.id, *(other for other in (event.stories if event else ()) if other != story.id)]
    ids += [copy for copy, original in sorted(pool.copies.items()) if original in ids and copy not in ids]
    stories = [pool.stories[story_id] for story_id in ids if story_id in pool.stories]
    for other in stories:
        if other.picture:
            yield other.picture.url, other.outlet, other.picture.alt
    for other in stories:
        yield from _page_pictures(editor.session, other)


def _page_pictures(session: Session, story: Story) -> Iterator[tuple[str, str, str]]:
    """Yield the pictures in the HTML that was fetched for a story, except icons."""
    from lxml import html as lxml_html

    try:
        entry = session.store.entries.get(story.entry)
    except KeyError:
        return
    pages = [(entry.entry.content_html, entry.entry.url or "")]
    if entry.response is not None:
        response = session.store.responses.get(entry.response).response
        if "html" in (response.header("content-type") or ""):
            pages.append((response.body.decode("utf-8", "replace"), response.final_url))
    for text, base in pages:
        if not text.strip():
            continue
        parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True)
        for image in lxml_html.fromstring(text.encode("utf-8"), parser=parser).iter("img"):
            url = urljoin(base, (image.get("src") or "").strip())
            if urlsplit(url).scheme in ("http", "https") and not _ICON_NAME.search(url):
                yield url, story.outlet, image.get("alt") or ""
