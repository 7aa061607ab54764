"""A small newsletter in a folder: feeds in files, a config, and commands that run in this process."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
import yaml

from pipeline.cli import main

NOW = "2026-11-22T08:00"


@dataclass(frozen=True)
class Item:
    """A story in a feed."""

    title: str
    body: str  # sentences
    published: str = "Fri, 20 Nov 2026 09:00:00 +0000"

    @property
    def slug(self) -> str:
        """The path of the story's URL."""
        return "-".join(self.title.lower().replace("’", "").split())

    @property
    def html(self) -> str:
        """The story as HTML, one paragraph per sentence."""
        return "".join(f"<p>{sentence}</p>" for sentence in self.body.split(" | "))


def feed(host: str, items: list[Item]) -> str:
    """An RSS feed with the full text of its stories."""
    entries = "".join(
        f"<item><title>{escape(item.title)}</title><link>https://{host}/{item.slug}</link>"
        + (f"<pubDate>{item.published}</pubDate>" if item.published else "")
        + f"<description>{escape(item.html)}</description></item>"
        for item in items
    )
    head = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{host}</title>'
    return f"{head}{entries}</channel></rss>"


# Eight stories that share only common words.
ITEMS = (
    Item(
        "Barges on batteries leave the river yard",
        "Twelve hulls were launched at Lamma before breakfast on "
        "Tuesday. | Their owner has sold diesel for thirty years and says that this was the quietest morning "
        "of his life. | Cells come from a shed within sight of the slipway.",
    ),
    Item(
        "A chip plant finds water under its own floor",
        "Engineers in Hsinchu drilled for a lift shaft and struck"
        " an aquifer. | It now cools two lithography halls, which used to buy their supply by tanker in dry "
        "years. | Farmers downstream have asked who owns it.",
    ),
    Item(
        "Robots carry the night shift of a noodle factory",
        "Between midnight and six nobody kneads dough in "
        "Incheon any more. | Wheeled arms fold, steam and pack forty thousand portions, while one woman "
        "listens for a bearing that squeaks. | She was a baker once.",
    ),
    Item(
        "Island ferries pay fares with faces",
        "Passengers to Cebu look into a lens instead of holding a ticket. "
        "| Complaints fell by half within a month, says the operator, and twins travel free because the "
        "camera cannot tell them apart.",
    ),
    Item(
        "The satellite that watches rice",
        "A box no larger than a kettle passes over Nagoya at noon. | Its "
        "spectrometer sees blast disease nine days before any grower does, and cooperatives subscribe for the"
        " price of one sack.",
    ),
    Item(
        "Old phones become a bank’s branch network",
        "Cracked handsets are bolted to the counters of Chennai tea "
        "stalls. | Each takes deposits, prints nothing and calls the vault over a connection older than its "
        "users. | Losses have been lower than those of marble halls.",
    ),
    Item(
        "A port without cranes opens its first berth",
        "Ships at Penang unload themselves along a belt that rises"
        " from the quay. | Dockers were retrained as belt wardens and their union has signed for five years.",
    ),
    Item(
        "Drones deliver blood across the strait",
        "A fixed wing left Kaohsiung hospital with two litres of type O"
        " at dawn. | It landed on a soccer pitch eleven minutes later, where a nurse was waiting with a "
        "cooler and a whistle.",
    ),
)
LATER = (
    Item(
        "A kiln in Hue fires without flame",
        "Resistance coils brought the clay to cone ten on Monday. | Potters miss the smoke.",
    ),
    Item(
        "Busan freezes its fish with sea water", "Brine pumped from sixty metres replaces ammonia at the auction hall."
    ),
    Item(
        "Kochi’s tram runs on its own braking",
        "Flywheels under three stops catch what the hill gives back. | Fares fell.",
    ),
    Item(
        "An archive in Tainan reads burnt paper",
        "X-rays find iron ink in ledgers that a fire had closed for a century.",
    ),
)


@dataclass(frozen=True)
class Letter:
    """A newsletter in a folder."""

    folder: Path

    @property
    def config(self) -> Path:
        """The config file."""
        return self.folder / "config.yaml"

    def change(self, **values: Any) -> None:
        """Set top-level keys of the config."""
        config = yaml.safe_load(self.config.read_text(encoding="utf-8"))
        self.config.write_text(yaml.safe_dump({**config, **values}, allow_unicode=True), encoding="utf-8")

    def write_feed(self, name: str, items: list[Item]) -> None:
        """Write a source's feed."""
        (self.folder / f"{name}.xml").write_text(feed(f"{name}.example", items), encoding="utf-8")


def make_letter(folder: Path, sources: int = 4) -> Letter:
    """Create a newsletter with `sources` feeds of two stories each, which an editor approves."""
    letter = Letter(folder)
    names = [f"paper{number}" for number in range(sources)]
    for number, name in enumerate(names):
        letter.write_feed(name, [ITEMS[(2 * number + step) % len(ITEMS)] for step in range(2)])
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
    """The exit code and output of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The output as a JSON value."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


class Command:
    """Runs `newsletter` in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> Outcome:
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        captured = self._capsys.readouterr()
        return Outcome(ended.value.code if isinstance(ended.value.code, int) else 0, captured.out, captured.err)

    def on(self, letter: Letter, name: str, *arguments: str | Path, now: str = NOW) -> Outcome:
        """Run a command on a newsletter, in the week of its stories."""
        return self(name, "--config", letter.config, "--now", now, *arguments)
