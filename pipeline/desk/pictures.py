"""The pictures an editor can give a story: its own, its event's, those of its page, and uploaded ones."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urljoin, urlsplit

from pipeline.config import Config
from pipeline.desk.editor import Editor
from pipeline.edges.fetcher import Request
from pipeline.edges.outbox import save_file
from pipeline.errors import UsageError
from pipeline.executors import Failed
from pipeline.records import Response, Story, stable_id
from pipeline.run.images import UPLOAD
from pipeline.run.requests import open_mirrors, send_requests
from pipeline.run.session import Session
from pipeline.stages.render import clean_picture, media_type

MOST_SHOWN = 12
MOST_UPLOADS = 60
MOST_UPLOAD_BYTES = 20_000_000
SHOWN_LONGEST = 960  # pixels
_ICON = re.compile(r"(?:logo|icon|avatar|sprite|pixel|badge|emoji)", re.IGNORECASE)


def pictures_view(desk: Editor, edition: str, story_id: str) -> list[dict[str, Any]]:
    """What there is to choose from: {picture, from, alt, here}; `here` where its bytes are kept already."""
    story = desk.pool().stories.get(story_id)
    if story is None:
        raise UsageError("that story is not of this week")
    store = desk.session.store
    found = {
        url: {"picture": url, "from": outlet, "alt": alt, "here": store.responses.newest_id(url, "picture") is not None}
        for url, outlet, alt in reversed(list(_of_event(desk, story)))
    }
    uploads = [
        {"picture": f"uploads/{path.name}", "from": "Uploaded", "alt": "", "here": True}
        for path in sorted(_uploads(desk, edition).glob("*"))
        if UPLOAD.fullmatch(f"uploads/{path.name}")
    ]
    return [*uploads, *list(reversed(found.values()))[:MOST_SHOWN]]


def wanted_pictures(desk: Editor, edition: str, story_id: str) -> tuple[Config, datetime, list[Request]]:
    """What is to be asked for so that each picture of a story is kept."""
    wanted = [each["picture"] for each in pictures_view(desk, edition, story_id) if not each["here"]]
    source = desk.pool().stories[story_id].source
    return desk.config, desk.moment, [Request(url, source, "picture") for url in wanted]


def fetch_pictures(config: Config, now: datetime, requests: list[Request]) -> list[tuple[Response, str]]:
    """Fetch pictures with the fetcher's guards: those that came, with their sources. Not for the desk's thread."""
    if not requests:
        return []
    with open_mirrors(config) as mirrors:
        answers = send_requests(config, requests, mirrors, now=now)
        return [(each.response, each.request.source) for each in answers if each.response is not None]


def shown_picture(desk: Editor, edition: str, picture: str) -> tuple[bytes, str]:
    """A picture whole, small enough for the page, made anew from its pixels; and its media type."""
    upload = UPLOAD.fullmatch(picture)
    if upload:
        path = _uploads(desk, edition) / upload[1]
        body = path.read_bytes() if path.is_file() else None
    else:
        stored = desk.session.store.responses.latest(picture, "picture")
        body = stored.response.body if stored else None
    if body is None:
        raise UsageError("that picture is not kept here")
    made = _cleaned(desk, body, "the picture", SHOWN_LONGEST)
    return made, media_type(made)


def upload_picture(desk: Editor, edition: str, body: bytes) -> str:
    """Keep an editor's picture, made anew from its pixels; what edits.yaml calls it. UsageError where it is none."""
    folder = _uploads(desk, edition)
    if desk.approved:
        raise UsageError(f"{desk.key} is approved and stays as it is")
    if folder.is_dir() and sum(1 for _ in folder.iterdir()) >= MOST_UPLOADS:
        raise UsageError(f"there are {MOST_UPLOADS} uploaded pictures already; delete some in {folder}")
    made = _cleaned(desk, body, "the file", 2400)
    suffix = "png" if media_type(made) == "image/png" else "jpg"
    name = f"p{stable_id(made.hex())[1:13]}.{suffix}"
    if not folder.parent.is_dir():
        raise UsageError(f"{folder.parent}: the issue is not in the outbox; 'newsletter run' puts it there")
    folder.mkdir(exist_ok=True)
    save_file(folder / name, made)
    return f"uploads/{name}"


def _cleaned(desk: Editor, body: bytes, name: str, longest: int) -> bytes:
    made = next(desk.engine.map(partial(_clean, name=name, longest=longest), [body]))
    if isinstance(made, Failed):
        raise UsageError(f"{made.detail or made.reason}: JPEG, PNG, GIF and WebP pictures can be used")
    return made


def _clean(body: bytes, *, name: str, longest: int) -> bytes:
    return clean_picture(body, name=name, longest=longest)


def _uploads(desk: Editor, edition: str) -> Any:
    return desk.session.outbox.uploads_folder(desk.key, desk.sheet(edition).edition.name)


def _of_event(desk: Editor, story: Story) -> Iterator[tuple[str, str, str]]:
    """(address, outlet, alt) of the pictures of a story, of the others of its event, and of their pages."""
    pool = desk.pool()
    event = next((each for each in pool.events if story.id in each.stories), None)
    ids = [story.id, *(each for each in (event.stories if event else ()) if each != story.id)]
    ids += [copy for copy, best in sorted(pool.copies.items()) if best in ids and copy not in ids]
    tellers = [pool.stories[each] for each in ids if each in pool.stories]
    for teller in tellers:
        if teller.picture:
            yield teller.picture.url, teller.outlet, teller.picture.alt
    for teller in tellers:
        yield from _of_page(desk.session, teller)


def _of_page(session: Session, story: Story) -> Iterator[tuple[str, str, str]]:
    """Pictures in what was fetched of a story, but for icons and the like."""
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
        for image in lxml_html.fromstring(text.encode("utf-8"), parser=_parser()).iter("img"):
            url = urljoin(base, (image.get("src") or "").strip())
            if urlsplit(url).scheme in ("http", "https") and not _ICON.search(url):
                yield url, story.outlet, image.get("alt") or ""


def _parser() -> Any:
    from lxml import html as lxml_html

    return lxml_html.HTMLParser(encoding="utf-8", no_network=True)
