"""Records of publishing: where an approved issue is handed over to, what is handed over, and what arrived."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pipeline.records.keys import Address, EmailAddress, Line, Positive, Seconds, Secret, key

PublisherKind = Literal["ghost", "listmonk", "buttondown", "mailchimp", "wordpress", "webhook", "command"]


@dataclass(frozen=True, slots=True)
class Publisher:
    """A service or command that gets the approved issue as a draft."""

    name: Line = field(metadata=key("the name for --to and for messages"))
    kind: PublisherKind = field(
        metadata=key("ghost, listmonk, buttondown, mailchimp, wordpress, webhook or command: what it is")
    )
    address: Address | None = field(
        default=None, metadata=key("its address, such as https://news.example; HTTP only within your network")
    )
    login: Secret | None = field(default=None, repr=False, metadata=key("the account, for listmonk and wordpress"))
    api_key: Secret | None = field(
        default=None, repr=False, metadata=key("the key, token or application password, written ${NAME}")
    )
    lists: tuple[Line, ...] = field(
        default=(), metadata=key("the lists that get it: numbers for listmonk, an id for mailchimp")
    )
    template: Positive | None = field(
        default=None, metadata=key("for listmonk, the number of a campaign template that adds nothing to the letter")
    )
    newsletter: Line | None = field(
        default=None, metadata=key("for ghost, the slug of the newsletter; needed to send or schedule")
    )
    from_name: Line | None = field(default=None, metadata=key("for mailchimp, the sender; the desk's name by default"))
    reply_to: EmailAddress | None = field(
        default=None, metadata=key("for mailchimp, the address for replies; the desk's by default")
    )
    command: tuple[Line, ...] = field(
        default=(), metadata=key("the command and its arguments; it gets the letter as JSON on standard input")
    )
    editions: tuple[Line, ...] = field(default=(), metadata=key("the editions that go there; all by default"))
    send: bool = field(default=False, metadata=key("send it at once instead of leaving a draft"))
    schedule: Line | None = field(
        default=None, metadata=key("schedule it for the next time that the newsroom's clock shows this, such as 07:00")
    )
    timeout_seconds: Seconds = field(default=60, metadata=key("how long one answer may take"))


@dataclass(frozen=True, slots=True)
class Handover:
    """One edition as a publisher gets it. Pictures are at public addresses; marks of its templates are disarmed."""

    marker: str  # by which a draft is found again: letters, digits and hyphens
    subject: str
    preheader: str
    html: str
    text: str
    issue: Mapping[str, Any]  # issue.json
    sender: str
    reply_to: str


@dataclass(frozen=True, slots=True)
class RemoteDraft:
    """What a publisher has. `version` changes when somebody edits the words there; it is empty where nothing tells."""

    id: str
    state: Literal["draft", "scheduled", "sent"]
    version: str
    address: str = ""  # where an editor finds it
    revision: str = ""  # for ghost, which changes it at each save and asks for it
