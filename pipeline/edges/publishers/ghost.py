"""Ghost, by its Admin API, version 5 (which Ghost 6 speaks too).

Source: Ghost's documentation of the Admin API. The key of a custom integration has the form `id:secret`.
"""

import base64
import hashlib
import hmac
import html
import json
import re
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote, urlencode

from pipeline.edges.publishers.api import Api, PublisherError, version_of
from pipeline.records import Handover, Publisher, RemoteDraft

_POSTS = "/ghost/api/admin/posts"
_TOKEN_SECONDS = 300  # the longest that Ghost accepts
# What Ghost adds and removes when it stores a card, beside writing references as characters.
_STORED_OTHERWISE = re.compile(r"<!--kg-card-(?:begin|end): html-->|</?tbody>|\s+")
_STATES = {"draft": "draft", "scheduled": "scheduled"}


class Ghost:
    """Posts that only go out by email, each with the letter in one HTML card."""

    def __init__(self, publisher: Publisher, api: Api) -> None:
        self._publisher, self._api = publisher, api
        self._editor = f"{str(publisher.address).rstrip('/')}/ghost/#/editor/post/"

    def find(self, marker: str) -> RemoteDraft | None:
        """The post with this slug."""
        answer = self._ask("GET", f"{_POSTS}/slug/{quote(marker)}/?formats=html", missing=True)
        return None if answer is None else self._draft(answer)

    def read(self, id: str) -> RemoteDraft | None:  # noqa: A002
        """The post with this id."""
        answer = self._ask("GET", f"{_POSTS}/{quote(id)}/?formats=html", missing=True)
        return None if answer is None else self._draft(answer)

    def upload(self, name: str, body: bytes) -> str | None:
        """Upload a picture."""
        fields = {"purpose": "image", "ref": name}
        path, headers = "/ghost/api/admin/images/upload/", self._headers()
        answer = self._api.upload(path, name, body, headers=headers, file="file", fields=fields)
        return str(answer["images"][0]["url"])

    def version(self, handover: Handover) -> str:
        """The version of an unedited draft."""
        return version_of(handover.subject, _comparable(handover.html))

    def create(self, handover: Handover) -> RemoteDraft:
        """Create a draft."""
        post = {**_fields(handover), "slug": handover.marker, "status": "draft", "email_only": True}
        return self._draft(self._ask("POST", f"{_POSTS}/?source=html&formats=html", {"posts": [post]}))

    def update(self, draft: RemoteDraft, handover: Handover) -> RemoteDraft:
        """Replace the letter. Ghost refuses it if the post has changed since `draft` was read."""
        post = {**_fields(handover), "updated_at": draft.revision}
        return self._draft(self._ask("PUT", f"{_POSTS}/{quote(draft.id)}/?source=html&formats=html", {"posts": [post]}))

    def release(self, draft: RemoteDraft, at: datetime | None) -> RemoteDraft:
        """Send the post to the subscribers of the newsletter, now or at a time."""
        post: dict[str, Any] = {"updated_at": draft.revision, "status": "published" if at is None else "scheduled"}
        if at is not None:
            post["published_at"] = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        newsletter = quote(str(self._publisher.newsletter))
        return self._draft(
            self._ask("PUT", f"{_POSTS}/{quote(draft.id)}/?formats=html&newsletter={newsletter}", {"posts": [post]})
        )

    def clicks(self, id: str, since: date) -> Mapping[str, int]:  # noqa: A002, ARG002 - a post goes out once
        """The members who clicked each link. Ghost tells it to members of its staff, and not to an integration."""
        query = urlencode({"filter": f"post_id:'{id}'"})
        try:
            found = self._ask("GET", f"/ghost/api/admin/links/?{query}")["links"]
        except PublisherError as error:
            if error.status in (403, 501):
                raise PublisherError(
                    f"{self._publisher.name}: Ghost tells clicks to its staff only: set api_key to a staff access token"
                    " (your profile in Ghost), or read an export with --csv",
                    error.status,
                ) from error
            raise
        return {str(each["link"]["to"]): int(each["count"]["clicks"]) for each in found}

    def _draft(self, answer: Any) -> RemoteDraft:
        post = answer["posts"][0]
        name, state = str(post["id"]), _STATES.get(post["status"], "sent")
        version = version_of(post["title"], _comparable(str(post.get("html") or "")))
        return RemoteDraft(name, state, version, self._editor + quote(name), str(post["updated_at"]))  # type: ignore[arg-type]

    def _ask(self, method: str, path: str, value: Any = None, *, missing: bool = False) -> Any:
        return self._api.ask(method, path, headers=self._headers(), value=value, missing=missing)

    def _headers(self) -> Mapping[str, str]:
        token = make_token(str(self._publisher.api_key), int(time.time()))
        return {"Authorization": f"Ghost {token}", "Accept-Version": "v5.0"}


def make_token(key: str, now: int) -> str:
    """A JSON Web Token (RFC 7519) with HS256, which is all of that format that Ghost takes."""
    name, _, secret = key.partition(":")
    header = {"alg": "HS256", "typ": "JWT", "kid": name}
    claims = {"iat": now, "exp": now + _TOKEN_SECONDS, "aud": "/admin/"}
    signed = b".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
    try:
        signature = hmac.new(bytes.fromhex(secret), signed, hashlib.sha256).digest()
    except ValueError as error:
        raise PublisherError("the key for Ghost has the form id:secret; copy the whole Admin API key") from error
    return (signed + b"." + _base64(signature)).decode()


def _base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _fields(handover: Handover) -> dict[str, Any]:
    return {
        "title": handover.subject,
        "html": handover.html,
        "custom_excerpt": handover.preheader[:300],  # the longest that Ghost takes
        "email_subject": handover.subject,
    }


def _comparable(page: str) -> str:
    """A letter without the differences between what Ghost gets and what it stores."""
    return _STORED_OTHERWISE.sub("", html.unescape(page))
