"""Send a rendered issue as a test, and deliver the approved issue to its list exactly once."""

import secrets
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy

from pipeline.edges.smtp import RelayResult, hand_over
from pipeline.edges.store.deliveries import Delivery
from pipeline.errors import ChecksError, ConfigError, DeliveryError, NoIssueError, UsageError
from pipeline.records import Relay
from pipeline.run.check import PrintedEdition, printed_editions
from pipeline.run.session import APPROVED, Report, Session
from pipeline.stages.check import check_issue
from pipeline.stages.render import readdress

TEST_PREFIX = "[PREVIEW]"

# What a person reads about a message that the relay did not accept.
_NOT_ACCEPTED = {
    "refused": "refused",
    "deferred": "deferred; try again later",
    "uncertain": "sent in full, but the connection broke before the relay answered; check whether it arrived",
}


def send(session: Session, key: str, *, to: Sequence[str], edition: str | None = None) -> Report:
    """Send a rendered issue to some addresses as a test, in every edition or in one.

    Raises DeliveryError, which names the addresses that did not get it.
    """
    relay = _relay(session)
    editions = printed_editions(session.config, key)
    if edition is not None:
        editions = [built for built in editions if built.edition.name == edition]
        if not editions:
            raise UsageError(f"{key}: there is no edition {edition!r} in the outbox")
    tests = [(built, address, _test_message(built, address)) for built in editions for address in to]
    results = [
        (built, address, _hand_over(session, relay, built, message, key=key, address=address, preview=True))
        for built, address, message in tests
    ]
    failed = _failures(results)
    if failed:
        raise DeliveryError(f"{key}: the relay did not accept every test:\n{failed}")
    remarks = tuple(f"sent {built.edition.name} to {address}" for built, address, _ in tests)
    return Report("send", {"sent": len(tests)}, (), remarks)


def deliver(session: Session, key: str, *, again: bool = False) -> Report:
    """Hand each edition of an approved issue to its list once; skip the editions that an earlier call delivered.

    `again`: the editor confirms that an edition whose delivery the relay never confirmed did not arrive. Raises
    UsageError if the issue is not approved or already delivered, ChecksError if the outbox no longer passes the
    checks, and DeliveryError if the relay did not accept an edition.
    """
    relay = _relay(session)
    waiting, all_editions = require_deliverable(session, key, again=again)
    results = []
    for built, address in waiting:
        message = readdress(built.eml, to=address)
        result = _hand_over(session, relay, built, message, key=key, address=address, preview=False)
        results.append((built, address, result))
    delivered = sum(result.state == "accepted" for _, _, result in results)
    failed = _failures(results)
    if failed:
        others = f"; the relay accepted {delivered} other editions" if delivered else ""
        raise DeliveryError(
            f"{key}: not delivered{others}; 'newsletter deliver {key}' sends what is missing:\n{failed}"
        )
    counts = {"delivered": delivered, "delivered before": all_editions - len(waiting)}
    remarks = tuple(f"delivered {built.edition.name} of {key} to {address}" for built, address, _ in results)
    return Report("deliver", counts, (), remarks)


def require_deliverable(
    session: Session, key: str, *, again: bool = False
) -> tuple[list[tuple[PrintedEdition, str]], int]:
    """Return the editions that `deliver` would hand over, with their lists, and the number of all editions.

    Raises what `deliver` raises before it sends anything.
    """
    relay = _relay(session)
    stored = session.store.issues.get(key)
    if stored is None:
        raise NoIssueError(f"{key}: there is no such issue; run 'newsletter run' first")
    if stored.status != APPROVED:
        raise UsageError(f"{key} is not approved; run 'newsletter approve {key}' first")
    editions = printed_editions(session.config, key)
    addresses = {built.edition.name: _list_address(built, relay) for built in editions}
    waiting = _undelivered(session, key, editions, again=again)
    if not waiting:
        last = session.store.deliveries.taken(key, editions[-1].edition.name)
        assert last is not None
        raise UsageError(f"{key} was delivered to {last.address} on {_format_time(last)}; an issue goes out once")
    for built in waiting:
        require_passed_checks(built)
    return [(built, addresses[built.edition.name]) for built in waiting], len(editions)


def mark_arrived(session: Session, key: str) -> Report:
    """Record the editor's confirmation that deliveries which the relay never confirmed did arrive."""
    unconfirmed = [
        delivery
        for delivery in session.store.deliveries.of_issue(key)
        if delivery.state == "ending" and not delivery.preview
    ]
    if not unconfirmed:
        raise UsageError(f"{key}: there is no delivery that the relay did not confirm")
    with session.store.transaction():
        for delivery in unconfirmed:
            session.store.deliveries.finish(delivery.id, "accepted", None, "arrived, as the editor confirmed")
    return Report("deliver", {"arrived": len(unconfirmed)}, (), (f"{key} is recorded as delivered",))


def _relay(session: Session) -> Relay:
    if session.config.smtp is None:
        raise ConfigError("smtp: the config names no relay; add smtp.host, smtp.login, smtp.password and smtp.to")
    return session.config.smtp


def _list_address(built: PrintedEdition, relay: Relay) -> str:
    address = built.edition.to or relay.to
    if address is None:
        raise ConfigError(f"smtp.to: the edition {built.edition.name} has no list; set smtp.to, or 'to' in the edition")
    return address


def _undelivered(
    session: Session, key: str, editions: Sequence[PrintedEdition], *, again: bool
) -> list[PrintedEdition]:
    """Return the editions that no relay has accepted.

    Raises UsageError where a relay may have accepted one and `again` does not rule that out.
    """
    waiting = []
    for built in editions:
        last = session.store.deliveries.taken(key, built.edition.name)
        if last is None:
            waiting.append(built)
        elif last.state == "ending":
            if not again:
                raise UsageError(
                    f"{key}, edition {built.edition.name}: the message was sent in full to {last.address} on"
                    f" {_format_time(last)}, and the connection broke before the relay answered. Check whether it"
                    f" arrived. If it did not, send it with 'newsletter deliver {key} --again'; if it did, record that"
                    f" with 'newsletter deliver {key} --arrived'"
                )
            with session.store.transaction():
                session.store.deliveries.finish(last.id, "uncertain", None, "sent again, as the editor asked")
            waiting.append(built)
    return waiting


def require_passed_checks(built: PrintedEdition) -> None:
    """Refuse to let an edition out that no longer passes the checks: ChecksError."""
    errors = built.errors(check_issue(built.email, built.issue, built.eml))
    if errors:
        more = f" (and {len(errors) - 1} more; see 'newsletter check')" if len(errors) > 1 else ""
        raise ChecksError(
            f"{built.folder}: the edition does not pass the checks, so nothing was sent: {errors[0].message}{more}"
        )


def _test_message(built: PrintedEdition, address: str) -> bytes:
    # With the issue's own Message-ID a mailbox would treat the real letter as a duplicate of the test and hide it.
    domain = built.issue.masthead.desk_address.rpartition("@")[2]
    message_id = f"<preview.{secrets.token_hex(8)}@{domain}>"
    try:
        return readdress(built.eml, to=address, subject_prefix=TEST_PREFIX, message_id=message_id)
    except ConfigError as error:
        raise UsageError(f"--to: {error}") from error


def _hand_over(
    session: Session, relay: Relay, built: PrintedEdition, message: bytes, *, key: str, address: str, preview: bool
) -> RelayResult:
    """Hand one message to the relay for one address; retry while it is deferred. Every attempt is recorded.

    The retries are not a library's: each attempt needs its own record in the store, and only `deferred` may be retried.
    """
    sender = message_from_bytes(built.eml, policy=policy.default)["From"].addresses[0].addr_spec
    pause = relay.retry_seconds
    for retries_left in range(relay.retries, -1, -1):
        result = _attempt(
            session,
            relay,
            message,
            key=key,
            edition=built.edition.name,
            sender=sender,
            address=address,
            preview=preview,
        )
        if result.state != "deferred" or not retries_left:
            break
        time.sleep(pause)
        pause *= 2
    return result


def _attempt(
    session: Session, relay: Relay, message: bytes, *, key: str, edition: str, sender: str, address: str, preview: bool
) -> RelayResult:
    deliveries = session.store.deliveries
    with session.store.transaction():
        delivery = deliveries.start(key, edition, address, preview=preview, at=datetime.now(UTC))

    def ending() -> None:
        with session.store.transaction():
            deliveries.mark_ending(delivery)

    result = hand_over(relay, message, sender=sender, to=address, ending=ending)
    if result.state == "uncertain" and not preview:
        return result  # the record stays at `ending` until the editor knows whether it arrived
    with session.store.transaction():
        deliveries.finish(delivery, result.state, result.code, result.text)
    return result


def _failures(results: Iterable[tuple[PrintedEdition, str, RelayResult]]) -> str:
    """Return a line of text for each message that the relay did not accept."""
    return "\n".join(
        f"  {built.edition.name} to {address}: {_format_result(result)}"
        for built, address, result in results
        if result.state != "accepted"
    )


def _format_result(result: RelayResult) -> str:
    code = f"{result.code} " if result.code else ""
    return f"{_NOT_ACCEPTED[result.state]}: {code}{result.text}"


def _format_time(delivery: Delivery) -> str:
    return f"{delivery.started_at:%Y-%m-%d at %H:%M} UTC"
