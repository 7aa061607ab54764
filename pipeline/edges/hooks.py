"""Tell others how a run went: a webhook, a chat or a watch that expects a ping. A failure is never fatal."""

import json
import secrets
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any
from urllib.request import Request

from pipeline.edges.exchange import exchange

_LONGEST_MESSAGE = 1_500  # characters, which all of the chats take
_PING_SECONDS = 10
_CARD = "application/vnd.microsoft.card.adaptive"
_SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"


def post_json(address: str, value: Mapping[str, Any], *, seconds: float) -> str:
    """POST a JSON value; return what went wrong, or "" if it was accepted."""
    return _send(address, value, method="POST", seconds=seconds)


def post_message(chat: str, address: str, text: str, *, token: str | None, seconds: float) -> str:
    """Post a message to a chat of slack, teams, discord, feishu or matrix; return what went wrong, or "".

    `address`: of the webhook, or for matrix of the room's messages, which needs the token of an account.
    """
    value = _MESSAGES[chat](text[:_LONGEST_MESSAGE])
    if chat != "matrix":
        return _send(address, value, method="POST", seconds=seconds)
    # Matrix knows a message that is sent twice by the last part of the address.
    address = f"{address.rstrip('/')}/{secrets.token_hex(8)}"
    return _send(address, value, method="PUT", seconds=seconds, token=token or "")


def ping(address: str, ending: str, text: str = "") -> str:
    """Tell a watch such as healthchecks.io that a run begins ("/start"), ended well ("") or failed ("/fail")."""
    return _send(address.rstrip("/") + ending, text, method="POST", seconds=_PING_SECONDS)


def _send(address: str, value: Mapping[str, Any] | str, *, method: str, seconds: float, token: str = "") -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str) + "\n"
    headers = {"Content-Type": "text/plain; charset=utf-8" if isinstance(value, str) else "application/json"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    try:
        request = Request(address, text.encode("utf-8", "replace"), headers, method=method)  # noqa: S310 - http(s) alone
        answer = exchange(request, seconds=seconds, thread="on_finish")
    except (OSError, HTTPException, ValueError) as error:
        return str(error) or type(error).__name__
    return f"answered {answer.status}" if answer.status >= 300 else _fault_in(answer.body)


def _fault_in(body: bytes) -> str:
    """What Feishu's answer of 200 says if it did not take the message."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    code = value.get("code") if isinstance(value, Mapping) else None
    return f"answered {code}: {value.get('msg') or 'no reason'}" if isinstance(code, int) and code else ""


def _slack(text: str) -> Mapping[str, Any]:
    return {"text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")}


def _teams(text: str) -> Mapping[str, Any]:
    block = {"type": "TextBlock", "text": text, "wrap": True}
    card = {"$schema": _SCHEMA, "type": "AdaptiveCard", "version": "1.4", "body": [block]}
    return {"type": "message", "attachments": [{"contentType": _CARD, "content": card}]}


def _discord(text: str) -> Mapping[str, Any]:
    return {"content": text, "allowed_mentions": {"parse": []}}


def _feishu(text: str) -> Mapping[str, Any]:
    return {"msg_type": "text", "content": {"text": text}}


def _matrix(text: str) -> Mapping[str, Any]:
    return {"msgtype": "m.text", "body": text}


_MESSAGES: Mapping[str, Callable[[str], Mapping[str, Any]]] = {
    "slack": _slack,
    "teams": _teams,
    "discord": _discord,
    "feishu": _feishu,
    "matrix": _matrix,
}
