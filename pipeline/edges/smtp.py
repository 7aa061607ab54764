"""Hands a message to a relay over SMTP, and says for certain whether it took it.

The standard library's smtplib, command by command: only so is the moment known before which nothing has been handed
over and after which the relay may have the message although its answer never came.
"""

import contextlib
import re
import select
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pipeline.records import Relay

State = Literal["accepted", "refused", "deferred", "uncertain"]

_OBJECTION_SECONDS = 0.25  # how long a relay that breaks off in the middle is listened for before the end is sent


@dataclass(frozen=True, slots=True)
class RelayResult:
    """What became of a message: taken; refused for good; not taken this time; or nobody knows."""

    state: State
    text: str
    code: int | None = None  # SMTP's


class _RelayError(Exception):
    """The relay cannot be used as the config says."""


def hand_over(relay: Relay, message: bytes, *, sender: str, to: str, ending: Callable[[], None]) -> RelayResult:
    """Hand a message of CRLF lines to the relay for one address.

    `ending` is called just before the end of the message is sent: until then nothing has been handed over. No fault
    of the relay or the network is raised; it is the answer.
    """
    ended = False

    def end() -> None:
        nonlocal ended
        ending()
        ended = True

    smtp: smtplib.SMTP | None = None
    try:
        smtp = _connect(relay)
        return _transact(smtp, message, sender, to, end)
    except _RelayError as error:
        return RelayResult("refused", str(error))
    except smtplib.SMTPAuthenticationError as error:
        said = _said(error.smtp_error)
        state: State = "deferred" if 400 <= error.smtp_code < 500 else "refused"
        return RelayResult(state, f"{relay.host} does not take the login; see smtp.login ({said})", error.smtp_code)
    except smtplib.SMTPResponseException as error:
        return _answer(error.smtp_code, error.smtp_error)
    except ssl.SSLCertVerificationError as error:
        return RelayResult("refused", f"the certificate of {relay.host} is not to be trusted: {error.verify_message}")
    except ssl.SSLError as error:
        hint = "; port 465 speaks tls, 587 and 25 starttls"
        return _broken(ended, f"no TLS with {relay.host}:{relay.port} ({error.reason or error}){hint}")
    except smtplib.SMTPNotSupportedError as error:
        return RelayResult("refused", f"{relay.host} takes no login: {error}")
    except (smtplib.SMTPException, OSError) as error:
        return _broken(ended, f"{relay.host}:{relay.port}: {error}")
    finally:
        if smtp is not None:
            _leave(smtp)


def _connect(relay: Relay) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if relay.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(relay.host, relay.port, timeout=relay.timeout_seconds, context=context)
    else:
        smtp = smtplib.SMTP(relay.host, relay.port, timeout=relay.timeout_seconds)
    try:
        smtp.ehlo()
        if relay.security == "starttls":
            _start_tls(smtp, relay, context)
        if relay.login and relay.password:
            smtp.login(relay.login, relay.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _start_tls(smtp: smtplib.SMTP, relay: Relay, context: ssl.SSLContext) -> None:
    if not smtp.has_extn("starttls"):
        raise _RelayError(f"{relay.host}:{relay.port} offers no STARTTLS; nothing was sent in the clear")
    smtp.starttls(context=context)


def _transact(smtp: smtplib.SMTP, message: bytes, sender: str, to: str, end: Callable[[], None]) -> RelayResult:
    options = [f"SIZE={len(message)}"] if smtp.has_extn("size") else []
    code, said = smtp.mail(sender, options)
    if code == 250:
        code, said = smtp.rcpt(to)
    if code not in (250, 251):
        return _answer(code, said)
    code, said = smtp.docmd("DATA")
    if code != 354:
        return _answer(code, said)
    smtp.send(_stuffed(message))
    if _objects(smtp):
        return _answer(*smtp.getreply())
    end()
    smtp.send(b".\r\n")
    return _answer(*smtp.getreply())


def _stuffed(message: bytes) -> bytes:
    """A line that begins with a dot gets a second one: alone it would end the message (RFC 5321, 4.5.2)."""
    closed = message if message.endswith(b"\r\n") else message + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", closed)


def _objects(smtp: smtplib.SMTP) -> bool:
    """Whether the relay speaks, or hangs up, before the message has ended."""
    if smtp.sock is None:
        return True
    return bool(select.select([smtp.sock], [], [], _OBJECTION_SECONDS)[0])


def _leave(smtp: smtplib.SMTP) -> None:
    # What was answered stands, however the goodbye goes.
    with contextlib.suppress(smtplib.SMTPException, OSError):
        if smtp.sock is not None:
            smtp.sock.settimeout(5)
        smtp.quit()
    smtp.close()


def _answer(code: int, said: bytes | str) -> RelayResult:
    if 200 <= code < 300:
        return RelayResult("accepted", _said(said), code)
    return RelayResult("deferred" if 400 <= code < 500 else "refused", _said(said), code)


def _broken(ended: bool, said: str) -> RelayResult:
    return RelayResult("uncertain" if ended else "deferred", said)


def _said(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())
