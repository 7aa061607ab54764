"""Buttondown, by its API of 2026-04-01. Source: Buttondown's documentation of emails, images and API versions."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from pipeline.edges.publishers.api import Api, version_of
from pipeline.records import Handover, Publisher, RemoteDraft

ADDRESS = "https://api.buttondown.com"
_VERSION = "2026-04-01"  # the first that makes a draft of an email without a status
_EMAILS = "/v1/emails"
# Without this first line Buttondown reads the body as Markdown.
_HTML_MODE = "<!-- buttondown-editor-mode: plaintext -->"
_STATES = {"draft": "draft", "scheduled": "scheduled"}


class Buttondown:
    """Emails to all subscribers of the newsletter that the key belongs to."""

    def __init__(self, publisher: Publisher, api: Api) -> None:
        self._api = api
        self._headers = {"Authorization": f"Token {publisher.api_key}", "X-API-Version": _VERSION}

    def find(self, marker: str) -> RemoteDraft | None:
        """The email with this marker in its metadata, among the newest."""
        for state in ("draft", "scheduled", "sent"):  # without a state Buttondown leaves drafts out
            for email in self._ask("GET", f"{_EMAILS}?status={state}&ordering=-creation_date")["results"]:
                if (email.get("metadata") or {}).get("issue") == marker:
                    return _draft(email)
        return None

    def read(self, id: str) -> RemoteDraft | None:  # noqa: A002
        """The email with this id."""
        answer = self._ask("GET", f"{_EMAILS}/{quote(id)}", missing=True)
        return None if answer is None else _draft(answer)

    def upload(self, name: str, body: bytes) -> str | None:
        """Upload a picture."""
        answer = self._api.upload("/v1/images", name, body, headers=self._headers, file="image", fields={})
        return str(answer["image"])

    def version(self, handover: Handover) -> str:
        """The version of an unedited draft."""
        return version_of(handover.subject, _fields(handover)["body"])

    def create(self, handover: Handover) -> RemoteDraft:
        """Create a draft. In older versions Buttondown sends an email without a status."""
        value = {**_fields(handover), "status": "draft", "metadata": {"issue": handover.marker}}
        return _draft(self._ask("POST", _EMAILS, value))

    def update(self, draft: RemoteDraft, handover: Handover) -> RemoteDraft:
        """Replace subject and body."""
        return _draft(self._ask("PATCH", f"{_EMAILS}/{quote(draft.id)}", _fields(handover)))

    def release(self, draft: RemoteDraft, at: datetime | None) -> RemoteDraft:
        """Send the email, or schedule it. The header confirms that the key may send."""
        value: dict[str, Any] = {"status": "about_to_send"}
        if at is not None:
            value = {"status": "scheduled", "publish_date": at.astimezone(UTC).isoformat()}
        headers = {**self._headers, "X-Buttondown-Live-Dangerously": "true"}
        return _draft(self._api.ask("PATCH", f"{_EMAILS}/{quote(draft.id)}", headers=headers, value=value))

    def _ask(self, method: str, path: str, value: Any = None, *, missing: bool = False) -> Any:
        return self._api.ask(method, path, headers=self._headers, value=value, missing=missing)


def _fields(handover: Handover) -> Mapping[str, Any]:
    body = f"{_HTML_MODE}{handover.html}"
    return {"subject": handover.subject, "body": body, "description": handover.preheader}


def _draft(email: Mapping[str, Any]) -> RemoteDraft:
    version = version_of(email.get("subject"), email.get("body"))
    state = _STATES.get(email["status"], "sent")
    return RemoteDraft(str(email["id"]), state, version, str(email.get("absolute_url") or ""))  # type: ignore[arg-type]
