"""Clients of the services that send letters: each finds, reads, creates, updates and releases a draft."""

from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.edges.publishers import buttondown, mailchimp
from pipeline.edges.publishers.api import Api, ClickCounter, Client, PublisherError
from pipeline.edges.publishers.buttondown import Buttondown
from pipeline.edges.publishers.ghost import Ghost
from pipeline.edges.publishers.hooks import Command, Webhook
from pipeline.edges.publishers.listmonk import Listmonk
from pipeline.edges.publishers.mailchimp import Mailchimp
from pipeline.edges.publishers.wordpress import WordPress
from pipeline.records import Publisher

_CLIENTS: Mapping[str, Callable[[Publisher, Api], Client]] = {
    "ghost": Ghost,
    "listmonk": Listmonk,
    "buttondown": Buttondown,
    "mailchimp": Mailchimp,
    "wordpress": WordPress,
    "webhook": Webhook,
}
_ADDRESSES: Mapping[str, Callable[[Publisher], str]] = {
    "buttondown": lambda _: buttondown.ADDRESS,
    "mailchimp": lambda publisher: mailchimp.address_of(str(publisher.api_key)),
}


def open_client(publisher: Publisher, *, folder: Path, pause_seconds: float = 1.0) -> Client:
    """The client of a publisher. A command runs in `folder`; `pause_seconds`: before a request is repeated."""
    if publisher.kind == "command":
        return Command(publisher, folder)
    address = publisher.address or _ADDRESSES[publisher.kind](publisher)
    return _CLIENTS[publisher.kind](publisher, Api(publisher, address, pause_seconds=pause_seconds))


__all__ = ["ClickCounter", "Client", "PublisherError", "open_client"]
