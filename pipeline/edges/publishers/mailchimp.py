"""Mailchimp, by its Marketing API 3.0. Source: Mailchimp's reference of campaigns and the file manager."""

import base64
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from pipeline.edges.publishers.api import Api, PublisherError, version_of
from pipeline.records import Handover, Publisher, RemoteDraft

_CAMPAIGNS = "/3.0/campaigns"
_STATES = {"save": "draft", "paused": "draft", "schedule": "scheduled"}
_QUARTER = timedelta(minutes=15)  # Mailchimp schedules on the quarter hours alone


def address_of(key: str) -> str:
    """The address of the data centre that a key names."""
    return f"https://{_center(key)}.api.mailchimp.com"


def _center(key: str) -> str:
    """The data centre at the end of a key, such as us21. Any other text is refused: it may be a key, and is no host."""
    found = re.fullmatch(r".+-([a-z]{2,4}\d{1,4})", key)
    if found is None:
        raise PublisherError("a key for Mailchimp ends with its data centre, such as -us21; copy the whole key")
    return found[1]


class Mailchimp:
    """Regular campaigns for an audience."""

    def __init__(self, publisher: Publisher, api: Api) -> None:
        self._publisher, self._api = publisher, api
        self._editor = f"https://{_center(str(publisher.api_key))}.admin.mailchimp.com/campaigns/show/?id="
        pair = f"newsletter:{publisher.api_key}".encode()
        self._headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    def find(self, marker: str) -> RemoteDraft | None:
        """The campaign with the marker as its title, among the newest."""
        query = urlencode({"count": "100", "sort_field": "create_time", "sort_dir": "DESC"})
        for campaign in self._ask("GET", f"{_CAMPAIGNS}?{query}")["campaigns"]:
            if campaign["settings"].get("title") == marker:
                return self._draft(campaign)
        return None

    def read(self, id: str) -> RemoteDraft | None:  # noqa: A002
        """The campaign with this id."""
        campaign = self._ask("GET", f"{_CAMPAIGNS}/{quote(id)}", missing=True)
        return None if campaign is None else self._draft(campaign)

    def upload(self, name: str, body: bytes) -> str | None:
        """Upload a picture to the file manager."""
        value = {"name": name, "file_data": base64.b64encode(body).decode()}
        return str(self._ask("POST", "/3.0/file-manager/files", value)["full_size_url"])

    def clicks(self, id: str, since: date) -> Mapping[str, int]:  # noqa: A002, ARG002 - a campaign goes out once
        """The subscribers who clicked each link."""
        found = self._ask("GET", f"/3.0/reports/{quote(id)}/click-details?count=1000")["urls_clicked"]
        return {str(each["url"]): int(each["unique_clicks"]) for each in found}

    def version(self, handover: Handover) -> str:
        """The version of an unedited draft."""
        return version_of(handover.subject, handover.html)

    def create(self, handover: Handover) -> RemoteDraft:
        """Create a campaign, then give it its content; without content it is found again and completed."""
        value = {
            "type": "regular",
            "recipients": {"list_id": self._publisher.lists[0]},
            "settings": self._settings(handover),
        }
        return self._fill(self._ask("POST", _CAMPAIGNS, value), handover)

    def update(self, draft: RemoteDraft, handover: Handover) -> RemoteDraft:
        """Replace settings and content."""
        value = {"settings": self._settings(handover)}
        return self._fill(self._ask("PATCH", f"{_CAMPAIGNS}/{quote(draft.id)}", value), handover)

    def release(self, draft: RemoteDraft, at: datetime | None) -> RemoteDraft:
        """Send the campaign, or schedule it for the next quarter hour."""
        path = f"{_CAMPAIGNS}/{quote(draft.id)}"
        if at is None:
            self._ask("POST", f"{path}/actions/send")
        else:
            self._ask("POST", f"{path}/actions/schedule", {"schedule_time": _next_quarter(at).isoformat()})
        return self._draft(self._ask("GET", path))

    def _settings(self, handover: Handover) -> Mapping[str, Any]:
        return {
            "title": handover.marker,
            "subject_line": handover.subject,
            "preview_text": handover.preheader,
            "from_name": self._publisher.from_name or handover.sender,
            "reply_to": self._publisher.reply_to or handover.reply_to,
        }

    def _fill(self, campaign: Mapping[str, Any], handover: Handover) -> RemoteDraft:
        value = {"html": handover.html, "plain_text": handover.text}
        self._ask("PUT", f"{_CAMPAIGNS}/{quote(str(campaign['id']))}/content", value)
        return self._draft(campaign)

    def _draft(self, campaign: Mapping[str, Any]) -> RemoteDraft:
        content = self._ask("GET", f"{_CAMPAIGNS}/{quote(str(campaign['id']))}/content", missing=True) or {}
        version = version_of(campaign["settings"].get("subject_line"), content.get("html"))
        state = _STATES.get(campaign["status"], "sent")
        address = f"{self._editor}{int(campaign['web_id'])}"  # in the web application an id of its own
        return RemoteDraft(str(campaign["id"]), state, version, address)  # type: ignore[arg-type]

    def _ask(self, method: str, path: str, value: Any = None, *, missing: bool = False) -> Any:
        return self._api.ask(method, path, headers=self._headers, value=value, missing=missing)


def _next_quarter(at: datetime) -> datetime:
    past = (at - at.replace(minute=0, second=0, microsecond=0)) % _QUARTER
    return (at + (_QUARTER - past if past else timedelta())).astimezone(UTC)
