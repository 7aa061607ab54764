"""listmonk, by its API (versions 4 to 6).

Source: listmonk's documentation of campaigns and media. The account is an API user; the key is its token.
"""

import base64
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from pipeline.edges.publishers.api import Api, PublisherError, version_of
from pipeline.records import Handover, Publisher, RemoteDraft

_CAMPAIGNS = "/api/campaigns"
_STATES = {"draft": "draft", "scheduled": "scheduled"}


class Listmonk:
    """Campaigns for the lists of the config."""

    def __init__(self, publisher: Publisher, api: Api) -> None:
        self._publisher, self._api = publisher, api
        self._editor = f"{str(publisher.address).rstrip('/')}/admin/campaigns/"
        pair = f"{publisher.login}:{publisher.api_key}".encode()
        self._headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    def find(self, marker: str) -> RemoteDraft | None:
        """The campaign with the marker as a tag."""
        # The documentation names the parameter tags, the program reads tag.
        query = urlencode({"tag": marker, "tags": marker, "per_page": "20", "order_by": "created_at", "order": "DESC"})
        found = self._ask("GET", f"{_CAMPAIGNS}?{query}")["data"]["results"]
        return next((self._draft(each) for each in found if marker in (each.get("tags") or ())), None)

    def read(self, id: str) -> RemoteDraft | None:  # noqa: A002
        """The campaign with this number."""
        try:
            answer = self._ask("GET", f"{_CAMPAIGNS}/{int(id)}", missing=True)
        except PublisherError as error:
            if error.status == 400:  # as listmonk answers, in its own language, for a deleted campaign
                return None
            raise
        return None if answer is None else self._draft(answer["data"])

    def upload(self, name: str, body: bytes) -> str | None:
        """Upload a picture to the media."""
        answer = self._api.upload("/api/media", name, body, headers=self._headers, file="file", fields={})
        return str(answer["data"]["url"])

    def version(self, handover: Handover) -> str:
        """The version of an unedited draft."""
        return version_of(handover.subject, handover.html, handover.text)

    def create(self, handover: Handover) -> RemoteDraft:
        """Create a campaign as a draft."""
        return self._draft(self._ask("POST", _CAMPAIGNS, self._fields(handover))["data"])

    def update(self, draft: RemoteDraft, handover: Handover) -> RemoteDraft:
        """Replace what the campaign has."""
        return self._draft(self._ask("PUT", f"{_CAMPAIGNS}/{int(draft.id)}", self._fields(handover))["data"])

    def release(self, draft: RemoteDraft, at: datetime | None) -> RemoteDraft:
        """Start the campaign, or schedule it."""
        path = f"{_CAMPAIGNS}/{int(draft.id)}"
        if at is not None:
            kept = self._ask("GET", path)["data"]
            lists = [each["id"] for each in kept["lists"]]
            self._ask(
                "PUT", path, {**_kept_fields(kept), "lists": lists, "send_at": at.isoformat(), "send_later": True}
            )
        status = "running" if at is None else "scheduled"
        return self._draft(self._ask("PUT", f"{path}/status", {"status": status})["data"])

    def clicks(self, id: str, since: date) -> Mapping[str, int]:  # noqa: A002
        """The clicks on each link, if listmonk counts them (Settings, Privacy)."""
        until = datetime.now(UTC).date() + timedelta(days=1)  # the end is not part of the time
        query = urlencode({"id": str(int(id)), "from": since.isoformat(), "to": until.isoformat()})
        found = self._ask("GET", f"{_CAMPAIGNS}/analytics/links?{query}")["data"]
        return {str(each["url"]): int(each["count"]) for each in found or ()}

    def _fields(self, handover: Handover) -> Mapping[str, Any]:
        publisher = self._publisher
        return {
            "name": handover.marker,
            "subject": handover.subject,
            "lists": [int(number) for number in publisher.lists],
            "type": "regular",
            "content_type": "html",
            "body": handover.html,
            "altbody": handover.text,
            "tags": [handover.marker],
            "messenger": "email",
            **({"template_id": publisher.template} if publisher.template else {}),
        }

    def _draft(self, campaign: Mapping[str, Any]) -> RemoteDraft:
        name, state = str(campaign["id"]), _STATES.get(campaign["status"], "sent")
        version = version_of(campaign.get("subject"), campaign.get("body"), campaign.get("altbody"))
        return RemoteDraft(name, state, version, f"{self._editor}{quote(name)}")  # type: ignore[arg-type]

    def _ask(self, method: str, path: str, value: Any = None, *, missing: bool = False) -> Any:
        return self._api.ask(method, path, headers=self._headers, value=value, missing=missing)


def _kept_fields(campaign: Mapping[str, Any]) -> dict[str, Any]:
    names = ("name", "subject", "type", "content_type", "body", "altbody", "tags", "messenger", "template_id")
    return {name: campaign[name] for name in names if campaign.get(name) is not None}
