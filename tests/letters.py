"""A small letter in a folder: feeds in files, a config, and the command run in this process."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
import yaml

from pipeline.cli import main

NOW = "2026-11-22T08:00"

SENTENCES = (
    "The yard at {0} has taken orders for {1} battery barges since spring, its owner said on Tuesday.",
    "Each of them carries {1} cells that were made within sight of the slipway, and none of the old ones is left.",
    "Crews were hired from three villages along the coast, where {0} had been the only employer for a generation.",
    "Nobody on the quay expects the order book to shrink before the winter after next, whatever the price of lithium.",
)


@dataclass(frozen=True)
class Item:
    """A story of a feed, told in sentences around a place and a number."""

    title: str
    place: str
    number: int
    published: str = "Fri, 20 Nov 2026 09:00:00 +0000"
    body: str | None = None

    @property
    def html(self) -> str:
        """The story's paragraphs."""
        if self.body is not None:
            return self.body
        return "".join(f"<p>{sentence.format(self.place, self.number)}</p>" for sentence in SENTENCES)


def feed(host: str, items: list[Item]) -> str:
    """An RSS feed that carries its stories whole."""
    told = "".join(
        f"<item><title>{escape(item.title)}</title><link>https://{host}/{index}</link><guid>https://{host}/{index}</guid>"
        + (f"<pubDate>{item.published}</pubDate>" if item.published else "")
        + f"<description>{escape(item.html)}</description></item>"
        for index, item in enumerate(items)
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{host}</title>{told}</channel></rss>'
    )


TITLES = (
    ("Barges on batteries leave the river yard", "Lamma"),
    ("A chip plant finds water under its own floor", "Hsinchu"),
    ("Robots carry the night shift of a noodle factory", "Incheon"),
    ("Island ferries pay fares with faces", "Cebu"),
    ("The satellite that watches rice", "Nagoya"),
    ("Old phones become a bank's branch network", "Chennai"),
    ("A port without cranes opens its first berth", "Penang"),
    ("Drones deliver blood across the strait", "Kaohsiung"),
)


@dataclass(frozen=True)
class Letter:
    """A letter in a folder."""

    folder: Path

    @property
    def config(self) -> Path:
        """Its config."""
        return self.folder / "config.yaml"

    def change(self, **values: Any) -> None:
        """Set top-level keys of the config."""
        given = yaml.safe_load(self.config.read_text(encoding="utf-8"))
        self.config.write_text(yaml.safe_dump({**given, **values}, allow_unicode=True), encoding="utf-8")

    def write_feed(self, name: str, items: list[Item]) -> None:
        """Put a feed in place of the source's old one."""
        (self.folder / f"{name}.xml").write_text(feed(f"{name}.example", items), encoding="utf-8")


def make_letter(folder: Path, sources: int = 4) -> Letter:
    """A letter of that many feeds with two stories each, approved by an editor."""
    letter = Letter(folder)
    names = [f"paper{number}" for number in range(sources)]
    for number, name in enumerate(names):
        pairs = [TITLES[(2 * number + step) % len(TITLES)] for step in range(2)]
        letter.write_feed(name, [Item(title, place, 10 + number) for title, place in pairs])
    config = {
        "name": "#testletter",
        "timezone": "Asia/Hong_Kong",
        "engine": "serial",
        "desk": {
            "name": "The desk",
            "email": "desk@letter.example",
            "postal_address": "1 Pier Road, Hong Kong",
            "subscribe_url": "https://letter.example/in",
            "unsubscribe_url": "https://letter.example/out",
        },
        "editions": [{"name": "en", "language": "en", "host": {"name": "Ada", "city": "Hong Kong"}}],
        "sources": [{"name": name, "feed": f"{name}.xml", "outlet": name.title(), "follow": False} for name in names],
    }
    letter.config.write_text(yaml.safe_dump(config), encoding="utf-8")
    return letter


@dataclass(frozen=True)
class Outcome:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its output as one JSON value."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Its output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


class Command:
    """Runs `newsletter` in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> Outcome:
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        said = self._capsys.readouterr()
        return Outcome(ended.value.code if isinstance(ended.value.code, int) else 0, said.out, said.err)

    def on(self, letter: Letter, name: str, *arguments: str | Path, now: str = NOW) -> Outcome:
        """A command on a letter, in the week of its stories."""
        return self(name, "--config", letter.config, "--now", now, *arguments)
