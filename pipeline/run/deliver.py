"""Mail: a test to anyone, and the approved issue to its list, once."""

import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy

from pipeline.edges.smtp import RelayResult, hand_over
from pipeline.edges.store.deliveries import Delivery
from pipeline.errors import ChecksError, ConfigError, DeliveryError, NoIssueError, UsageError
from pipeline.records import Relay
from pipeline.run.check import BuiltEdition, built_editions
from pipeline.run.session import APPROVED, Report, Session
from pipeline.stages.check import check_issue
from pipeline.stages.render import readdress

PREVIEW = "[PREVIEW]"


def send(session: Session, key: str, *, to: Sequence[str], edition: str | None = None) -> Report:
    """Send a rendered issue to those addresses as a test: every edition, or one. DeliveryError names who did not
    get it.
    """
    relay = _relay(session)
    built = built_editions(session.config, key)
    if edition is not None:
        built = [each for each in built if each.edition.name == edition]
        if not built:
            raise UsageError(f"{key}: there is no edition {edition!r} in the outbox")
    tries = [(each, address) for each in built for address in to]
    messages = [_preview(each, address) for each, address in tries]
    failed = []
    for (each, address), message in zip(tries, messages, strict=True):
        answer = _hand_over(session, relay, each, message, key=key, address=address, preview=True)
        if answer.state != "accepted":
            failed.append(f"{each.edition.name} to {address}: {_told(answer)}")
    if failed:
        raise DeliveryError(f"{key}: not every test was taken:\n" + "\n".join(f"  {line}" for line in failed))
    return Report("send", {"sent": len(tries)}, (), tuple(f"{each.edition.name} to {to}" for each, to in tries))


def deliver(session: Session, key: str, *, again: bool = False) -> Report:
    """Hand each edition of an approved issue to its list, once; what an earlier call has delivered is left out.

    `again` is the editor's word that what the relay never answered for did not arrive. UsageError where the issue is
    not approved or has been delivered; ChecksError where the outbox holds something else than what passed;
    DeliveryError where a relay did not take an edition.
    """
    relay = _relay(session)
    stored = session.store.issues.get(key)
    if stored is None:
        raise NoIssueError(f"{key}: there is no such issue; run 'newsletter run' first")
    if stored.status != APPROVED:
        raise UsageError(f"{key} is not approved; run 'newsletter approve {key}' first")
    built = built_editions(session.config, key)
    addresses = {each.edition.name: _list_of(each, relay) for each in built}
    waiting = _waiting(session, key, built, again=again)
    if not waiting:
        last = session.store.deliveries.taken(key, built[-1].edition.name)
        assert last is not None
        raise UsageError(f"{key} was delivered to {last.address} on {_day(last)}; an issue goes out once")
    for each in waiting:
        _refuse_unchecked(each)
    failed = []
    for each in waiting:
        address = addresses[each.edition.name]
        message = readdress(each.eml, to=address)
        answer = _hand_over(session, relay, each, message, key=key, address=address, preview=False)
        if answer.state != "accepted":
            failed.append(f"{each.edition.name} to {address}: {_told(answer)}")
    counts = {"delivered": len(waiting) - len(failed), "delivered before": len(built) - len(waiting)}
    if failed:
        lines = "\n".join(f"  {line}" for line in failed)
        rest = f"; {counts['delivered']} other editions were taken" if counts["delivered"] else ""
        raise DeliveryError(f"{key}: not delivered{rest}; 'newsletter deliver {key}' sends what is missing:\n{lines}")
    return Report(
        "deliver", counts, (), tuple(f"{each.edition.name} to {addresses[each.edition.name]}" for each in waiting)
    )


def _relay(session: Session) -> Relay:
    if session.config.smtp is None:
        raise ConfigError("smtp: the config names no relay; add smtp.host, smtp.login, smtp.password and smtp.to")
    return session.config.smtp


def _list_of(built: BuiltEdition, relay: Relay) -> str:
    address = built.edition.to or relay.to
    if address is None:
        raise ConfigError(
            f"smtp.to: no list is named for the edition {built.edition.name}; set it, or the edition's to"
        )
    return address


def _waiting(session: Session, key: str, built: Sequence[BuiltEdition], *, again: bool) -> list[BuiltEdition]:
    """The editions that no relay has; UsageError where one may have it and `again` does not say that it has not."""
    waiting = []
    for each in built:
        last = session.store.deliveries.taken(key, each.edition.name)
        if last is None:
            waiting.append(each)
        elif last.state == "ending":
            if not again:
                raise UsageError(
                    f"{key}, edition {each.edition.name}: on {_day(last)} all of it was sent to {last.address}, and the"
                    f" connection broke before the relay answered. See whether it arrived; if it did not, send it with"
                    f" 'newsletter deliver {key} --again'; if it did, say so with 'newsletter deliver {key} --arrived'"
                )
            with session.store.transaction():
                session.store.deliveries.finish(last.id, "uncertain", None, "sent again on the editor's word")
            waiting.append(each)
    return waiting


def mark_arrived(session: Session, key: str) -> Report:
    """The editor's word that what the relay never answered for has arrived."""
    found = [each for each in session.store.deliveries.of_issue(key) if each.state == "ending" and not each.preview]
    if not found:
        raise UsageError(f"{key}: there is no delivery that a relay did not answer for")
    with session.store.transaction():
        for each in found:
            session.store.deliveries.finish(each.id, "accepted", None, "arrived, on the editor's word")
    return Report("deliver", {"arrived": len(found)})


def _refuse_unchecked(built: BuiltEdition) -> None:
    errors = built.errors(check_issue(built.email, built.issue, built.eml))
    if errors:
        raise ChecksError(
            f"{built.folder}: what lies there does not pass the checks, and nothing was sent: {errors[0].message}"
            + (f" (and {len(errors) - 1} more; see 'newsletter check')" if len(errors) > 1 else "")
        )


def _preview(built: BuiltEdition, address: str) -> bytes:
    # With the issue's own Message-ID a mailbox would take the real letter for a copy of the test, and hide it.
    domain = built.issue.masthead.desk_address.rpartition("@")[2]
    try:
        return readdress(
            built.eml,
            to=address,
            subject_prefix=PREVIEW,
            message_id=f"<preview.{secrets.token_hex(8)}@{domain}>",
        )
    except ConfigError as error:
        raise UsageError(f"--to: {error}") from error


def _hand_over(
    session: Session,
    relay: Relay,
    built: BuiltEdition,
    message: bytes,
    *,
    key: str,
    address: str,
    preview: bool,
) -> RelayResult:
    """One message to one address, tried again while the relay says later; every try is recorded."""
    relay = _relay(session)
    sender = message_from_bytes(built.eml, policy=policy.default)["From"].addresses[0].addr_spec
    pause = relay.retry_seconds
    for left in range(relay.retries, -1, -1):
        answer = _try_once(
            session,
            relay,
            message,
            key=key,
            edition=built.edition.name,
            sender=sender,
            address=address,
            preview=preview,
        )
        if answer.state != "deferred" or not left:
            break
        time.sleep(pause)
        pause *= 2
    return answer


def _try_once(
    session: Session, relay: Relay, message: bytes, *, key: str, edition: str, sender: str, address: str, preview: bool
) -> RelayResult:
    deliveries = session.store.deliveries
    with session.store.transaction():
        delivery = deliveries.start(key, edition, address, preview=preview, at=datetime.now(UTC))

    def ending() -> None:
        with session.store.transaction():
            deliveries.mark_ending(delivery)

    answer = hand_over(relay, message, sender=sender, to=address, ending=ending)
    if answer.state == "uncertain" and not preview:
        return answer  # the record stays at `ending` until the editor has seen whether it arrived
    with session.store.transaction():
        deliveries.finish(delivery, answer.state, answer.code, answer.text)
    return answer


def _told(answer: RelayResult) -> str:
    code = f"{answer.code} " if answer.code else ""
    kind = {
        "refused": "refused",
        "deferred": "not taken now",
        "uncertain": "sent whole, but the connection broke before the relay answered; see whether it arrived",
    }[answer.state]
    return f"{kind}: {code}{answer.text}"


def _day(delivery: Delivery) -> str:
    return f"{delivery.started_at:%Y-%m-%d at %H:%M} UTC"
