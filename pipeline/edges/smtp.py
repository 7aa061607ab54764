"""Hand a message to a relay over SMTP, and know for certain whether the relay took it.

This sends the commands one by one, with smtplib, because only then is it known when the end of the message goes out:
before that nothing has been handed over; after that the relay may have the message even if its reply never arrives.
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
from pipeline.text.normalise import one_line

State = Literal["accepted", "refused", "deferred", "uncertain"]

_OBJECTION_SECONDS = 0.25  # how long to wait, before the end is sent, for a relay that refuses or hangs up early


@dataclass(frozen=True, slots=True)
class RelayResult:
    """The outcome for a message: accepted, refused permanently, deferred, or uncertain."""

    state: State
    text: str
    code: int | None = None  # of the SMTP reply


class _RelayError(Exception):
    """The relay cannot be used as configured."""


def hand_over(relay: Relay, message: bytes, *, sender: str, to: str, ending: Callable[[], None]) -> RelayResult:
    """Hand a message with CRLF line ends to the relay, for one address.

    `ending` is called just before the end of the message is sent; until then nothing has been handed over. Errors of
    the relay or the network are not raised but returned.
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
        text = f"{relay.host} refuses the login; check smtp.login ({_reply_text(error.smtp_error)})"
        state: State = "deferred" if 400 <= error.smtp_code < 500 else "refused"
        return RelayResult(state, text, error.smtp_code)
    except smtplib.SMTPResponseException as error:
        return _result(error.smtp_code, error.smtp_error)
    except ssl.SSLCertVerificationError as error:
        return RelayResult("refused", f"the certificate of {relay.host} cannot be trusted: {error.verify_message}")
    except ssl.SSLError as error:
        hint = "; port 465 uses tls, 587 and 25 use starttls"
        return _broken_off(ended, f"no TLS with {relay.host}:{relay.port} ({error.reason or error}){hint}")
    except smtplib.SMTPNotSupportedError as error:
        return RelayResult("refused", f"{relay.host} does not support login: {error}")
    except (smtplib.SMTPException, OSError) as error:
        return _broken_off(ended, f"{relay.host}:{relay.port}: {error}")
    finally:
        if smtp is not None:
            _quit(smtp)


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
    code, reply = smtp.mail(sender, options)
    if code == 250:
        code, reply = smtp.rcpt(to)
    if code not in (250, 251):
        return _result(code, reply)
    code, reply = smtp.docmd("DATA")
    if code != 354:
        return _result(code, reply)
    smtp.send(_stuff_dots(message))
    if _has_objection(smtp):
        return _result(*smtp.getreply())
    end()
    smtp.send(b".\r\n")
    return _result(*smtp.getreply())


def _stuff_dots(message: bytes) -> bytes:
    """Double a dot at the start of a line: a line with a single dot ends the message (RFC 5321, 4.5.2)."""
    closed = message if message.endswith(b"\r\n") else message + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", closed)


def _has_objection(smtp: smtplib.SMTP) -> bool:
    """Whether the relay replies or hangs up before the message has ended."""
    if smtp.sock is None:
        return True
    return bool(select.select([smtp.sock], [], [], _OBJECTION_SECONDS)[0])


def _quit(smtp: smtplib.SMTP) -> None:
    # The outcome is known by now: errors while quitting do not change it.
    with contextlib.suppress(smtplib.SMTPException, OSError):
        if smtp.sock is not None:
            smtp.sock.settimeout(5)
        smtp.quit()
    smtp.close()


def _result(code: int, reply: bytes | str) -> RelayResult:
    if 200 <= code < 300:
        return RelayResult("accepted", _reply_text(reply), code)
    return RelayResult("deferred" if 400 <= code < 500 else "refused", _reply_text(reply), code)


def _broken_off(ended: bool, text: str) -> RelayResult:
    return RelayResult("uncertain" if ended else "deferred", text)


def _reply_text(reply: bytes | str) -> str:
    return one_line(reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply)
