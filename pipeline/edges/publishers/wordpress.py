"""WordPress, by its REST API: the browser view of an issue as a post.

Source: the REST API handbook. The key is an application password, which WordPress makes for an account.
"""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from pipeline.edges.publishers.api import Api, version_of
from pipeline.records import Handover, Publisher, RemoteDraft

_POSTS = "/wp-json/wp/v2/posts"
_STATES = {"draft": "draft", "pending": "draft", "auto-draft": "draft", "future": "scheduled"}


class WordPress:
    """Posts, each with the letter in one HTML block."""

    def __init__(self, publisher: Publisher, api: Api) -> None:
        self._api = api
        self._editor = f"{str(publisher.address).rstrip('/')}/wp-admin/post.php?action=edit&post="
        pair = f"{publisher.login}:{publisher.api_key}".encode()
        self._headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    def find(self, marker: str) -> RemoteDraft | None:
        """The post with this slug, in any state but the bin."""
        query = urlencode({"slug": marker, "status": "draft,pending,future,publish,private", "context": "edit"})
        return next((self._draft(post) for post in self._ask("GET", f"{_POSTS}?{query}")), None)

    def read(self, id: str) -> RemoteDraft | None:  # noqa: A002
        """The post with this number; None also if it is in the bin."""
        post = self._ask("GET", f"{_POSTS}/{int(id)}?context=edit", missing=True)
        return None if post is None or post["status"] == "trash" else self._draft(post)

    def upload(self, name: str, body: bytes) -> str | None:
        """Upload a picture to the media library."""
        return str(self._api.send_file("/wp-json/wp/v2/media", name, body, headers=self._headers)["source_url"])

    def version(self, handover: Handover) -> str:
        """The version of an unedited draft."""
        return version_of(handover.subject, handover.html)

    def create(self, handover: Handover) -> RemoteDraft:
        """Create a draft."""
        return self._draft(self._ask("POST", _POSTS, {**_fields(handover), "slug": handover.marker, "status": "draft"}))

    def update(self, draft: RemoteDraft, handover: Handover) -> RemoteDraft:
        """Replace what the post has."""
        return self._draft(self._ask("PUT", f"{_POSTS}/{int(draft.id)}", _fields(handover)))

    def release(self, draft: RemoteDraft, at: datetime | None) -> RemoteDraft:
        """Publish the post, now or at a time."""
        value = {"status": "publish"}
        if at is not None:
            value = {"status": "future", "date_gmt": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")}
        return self._draft(self._ask("PUT", f"{_POSTS}/{int(draft.id)}", value))

    def _draft(self, post: Mapping[str, Any]) -> RemoteDraft:
        name, state = str(post["id"]), _STATES.get(post["status"], "sent")
        version = version_of(post["title"].get("raw"), post["content"].get("raw"))
        return RemoteDraft(name, state, version, f"{self._editor}{int(name)}")  # type: ignore[arg-type]

    def _ask(self, method: str, path: str, value: Any = None, *, missing: bool = False) -> Any:
        return self._api.ask(method, path, headers=self._headers, value=value, missing=missing)


def _fields(handover: Handover) -> Mapping[str, Any]:
    return {"title": handover.subject, "content": handover.html, "excerpt": handover.preheader}
