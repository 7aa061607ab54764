"""What the keys of a publisher need of each other."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.config.section import Contradiction, suggest
from pipeline.config.writer import is_private_or_https

NEEDS: Mapping[str, tuple[str, ...]] = {
    "ghost": ("address", "api_key"),
    "listmonk": ("address", "login", "api_key", "lists"),
    "buttondown": ("api_key",),
    "mailchimp": ("api_key", "lists"),
    "wordpress": ("address", "login", "api_key"),
    "webhook": ("address",),
    "command": ("command",),
}
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


def publisher_conflicts(given: Mapping[str, Any]) -> Iterable[Contradiction]:
    """Each kind needs its keys, letters leave the network only over HTTPS, and a time is a time."""
    kind, address = given.get("kind"), given.get("address")
    for name in NEEDS.get(str(kind), ()):
        # None: a variable that the environment lacks, which is a problem of its own.
        if given.get(name, "") in ("", [], ()):
            yield (), f"{kind} needs {name}"
    if isinstance(address, str) and not is_private_or_https(address):
        yield ("address",), "write https://; http:// is for a service on this machine or in your network"
    lists = given.get("lists")
    for position, each in enumerate(lists if kind == "listmonk" and isinstance(lists, list | tuple) else ()):
        if not str(each).isdecimal():
            yield ("lists", position), 'listmonk\'s lists have numbers; write one in quotes, such as "3"'
    yield from _release_conflicts(given, str(kind))


def edition_conflicts(config: Mapping[str, Any]) -> Iterable[Contradiction]:
    """The editions of a publisher and of the writer are editions of the letter. `config`: the whole mapping."""
    known = {_name_of(each) for each in _items(config.get("editions"))}
    for place, names in _lists_of_editions(config):
        for number, name in enumerate(_items(names)):
            if name not in known:
                yield (*place, number), f"there is no edition {name!r}{suggest(str(name), known)}"


def _lists_of_editions(config: Mapping[str, Any]) -> Iterable[tuple[tuple[str | int, ...], Any]]:
    for position, publisher in enumerate(_items(config.get("publish"))):
        if isinstance(publisher, Mapping):
            yield ("publish", position, "editions"), publisher.get("editions")
    writer = config.get("writer")
    if isinstance(writer, Mapping):
        yield ("writer", "write_for"), writer.get("write_for")
        rules = writer.get("translate")
        yield ("writer", "translate", "editions"), rules.get("editions") if isinstance(rules, Mapping) else ()


def _items(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else ()


def _name_of(edition: Any) -> str:
    return str(edition.get("name") if isinstance(edition, Mapping) else getattr(edition, "name", ""))


def _release_conflicts(given: Mapping[str, Any], kind: str) -> Iterable[Contradiction]:
    schedule = given.get("schedule")
    if given.get("send") and schedule:
        yield ("schedule",), "send and schedule contradict each other; give one of them"
    if isinstance(schedule, str) and not _TIME.fullmatch(schedule):
        yield ("schedule",), "write a time of the day as 07:00, in quotes"
    if (given.get("send") or schedule) and kind in ("webhook", "command"):
        yield (), f"a {kind} decides by itself when it sends; remove send and schedule"
    if (given.get("send") or schedule) and kind == "ghost" and not given.get("newsletter"):
        yield (), "to send or schedule, ghost needs newsletter, the slug of the newsletter"
