"""A webhook and a command, for everything that has no client here: the letter as one JSON value."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.edges.commands import run_command
from pipeline.edges.publishers.api import Api, PublisherError
from pipeline.records import Handover, Publisher, RemoteDraft


class _Hook:
    """What has no drafts: it is given the letter again when it has changed, under the same key."""

    def find(self, marker: str) -> RemoteDraft | None:  # noqa: ARG002
        """Nothing: a second call with the same key is for the receiver to recognise."""
        return None

    def read(self, id: str) -> RemoteDraft | None:  # noqa: A002
        """What was handed over."""
        return RemoteDraft(id, "draft", "")

    def upload(self, name: str, body: bytes) -> str | None:  # noqa: ARG002
        """No place for a picture."""
        return None

    def version(self, handover: Handover) -> str:  # noqa: ARG002
        """Nothing tells."""
        return ""

    def release(self, draft: RemoteDraft, at: datetime | None) -> RemoteDraft:  # noqa: ARG002
        """Nothing: the receiver decides when it sends."""
        return draft


class Webhook(_Hook):
    """An address that gets the letter by POST, with an Idempotency-Key."""

    def __init__(self, publisher: Publisher, api: Api) -> None:
        self._publisher, self._api = publisher, api

    def create(self, handover: Handover) -> RemoteDraft:
        """Post the letter. The answer may name its own id."""
        key = self._publisher.api_key
        headers = {"Idempotency-Key": handover.marker, **({"Authorization": f"Bearer {key}"} if key else {})}
        answer = self._api.ask("POST", "", headers=headers, value=letter_as_json(handover))
        return RemoteDraft(_id_in(answer) or handover.marker, "draft", "")

    def update(self, draft: RemoteDraft, handover: Handover) -> RemoteDraft:  # noqa: ARG002
        """Hand it over again."""
        return self.create(handover)


class Command(_Hook):
    """A command that gets the letter on standard input, and may print JSON with an id."""

    def __init__(self, publisher: Publisher, folder: Path) -> None:
        self._publisher, self._folder = publisher, folder

    def create(self, handover: Handover) -> RemoteDraft:
        """Run the command."""
        publisher = self._publisher
        text = json.dumps(letter_as_json(handover), ensure_ascii=False).encode("utf-8", "replace")
        result = run_command(publisher.command, text, folder=self._folder, seconds=publisher.timeout_seconds)
        if result.fault:
            raise PublisherError(f"{publisher.name}: {result.fault}")
        try:
            answer = json.loads(result.output or b"null")
        except (ValueError, RecursionError):
            answer = None
        return RemoteDraft(_id_in(answer) or handover.marker, "draft", "")

    def update(self, draft: RemoteDraft, handover: Handover) -> RemoteDraft:  # noqa: ARG002
        """Hand it over again."""
        return self.create(handover)


def letter_as_json(handover: Handover) -> Mapping[str, Any]:
    """The JSON value that a webhook and a command get."""
    names = ("marker", "subject", "preheader", "html", "text", "issue")
    return {name: getattr(handover, name) for name in names}


def _id_in(answer: Any) -> str:
    found = answer.get("id") if isinstance(answer, Mapping) else None
    return str(found) if isinstance(found, str | int) else ""
