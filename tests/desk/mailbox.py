"""A relay on loopback that keeps the messages, and a newsroom that sends through it."""

import asyncio
import threading
from typing import Any

import yaml

from tests.desk.desks import Newsroom

LIST = "list@letter.example"


class Mailbox:
    """An SMTP handler that keeps the messages."""

    def __init__(self) -> None:
        self.messages: list[tuple[list[str], bytes]] = []
        self.receiving, self.may_answer = threading.Event(), threading.Event()
        self.may_answer.set()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the message, once `may_answer` is set."""
        self.receiving.set()
        await asyncio.to_thread(self.may_answer.wait, 60)
        self.messages.append((list(envelope.rcpt_tos), bytes(envelope.content)))
        return "250 taken"


def relay_at(newsroom: Newsroom, port: int) -> None:
    """Make the newsroom send through the relay at that port."""
    config = yaml.safe_load(newsroom.config.read_text(encoding="utf-8"))
    config["smtp"] = {"host": "127.0.0.1", "port": port, "security": "none", "retries": 0, "to": LIST}
    newsroom.config.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
