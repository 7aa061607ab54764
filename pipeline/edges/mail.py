"""A message of a mailbox as a response."""

import hashlib
from datetime import datetime
from email import message_from_bytes
from email.policy import compat32
from urllib.parse import quote

from pipeline.records import Response

MEDIA_TYPE = "message/rfc822"
_HEADER_BYTES = 65_536


def as_response(body: bytes, now: datetime) -> Response:
    """A message with its own address, which stays the same when the server numbers or moves its messages again.

    That is its Message-ID (RFC 2392), or a hash of the message where it has none.
    """
    head = message_from_bytes(body[:_HEADER_BYTES], policy=compat32)
    own = "".join(str(head.get("Message-ID", "")).split()).strip("<>")
    url = f"mid:{quote(own[:500], safe='@')}" if own else f"mid:{hashlib.sha256(body).hexdigest()[:32]}"
    return Response(url, url, 200, (("content-type", MEDIA_TYPE),), body, now)
