"""The documentation site: it builds offline, and the commands of its first pages work."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click import Context

from pipeline.cli import COMMANDS, newsletter
from tests.letters import ITEMS, NOW, Item, feed

ROOT = Path(__file__).resolve().parents[1]
DATED = ("run", "check", "status")  # commands that must work in the week of the test's feeds
WAITING = ("preview", "approve", "publish")  # they wait for an editor or need an approved issue: only parsed

FERRY = Item(
    "Battery ferries get a new timetable in the port of Cebu",
    "The port of Cebu runs eight ferries on batteries from Monday, and their crews have a new timetable. | "
    "The yard that built the boats charges them at the quay in twelve minutes. | Barges on batteries follow "
    "next year, says the port.",
)
BARGES = Item(
    "A yard in Penang launches twelve barges on batteries",
    "Twelve barges on batteries left the yard in Penang on Tuesday, and their crews took them through the "
    "port. | The boats replace diesel barges of the same size. | The yard will build ferries with the same "
    "batteries for three more ports.",
)
FAEHREN = Item(
    "Neuer Fahrplan für die Fähren mit Batterien im Hamburger Hafen",
    "Im Hamburger Hafen fahren ab Montag acht Fähren mit Batterien, und ihre Besatzungen haben einen neuen "
    "Fahrplan. | Die Werft, die die Schiffe gebaut hat, lädt sie am Kai in zwölf Minuten. | Lastkähne mit "
    "Batterien folgen, sagt der Hafen.",
)
KAEHNE = Item(
    "Werft in Rotterdam liefert zwölf Lastkähne mit Batterien",
    "Zwölf Lastkähne mit Batterien haben am Dienstag die Werft in Rotterdam verlassen, und ihre Besatzungen "
    "steuerten sie durch den Hafen. | Die Schiffe ersetzen Kähne mit Diesel. | Die Werft baut nun Fähren für "
    "drei weitere Häfen.",
)
FEEDS = ([FERRY], [BARGES], [ITEMS[0]], [FAEHREN, KAEHNE])  # outlet0.example and so on


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site. MkDocs refuses a broken link, a missing anchor and a page outside the navigation."""
    folder = tmp_path_factory.mktemp("site")
    command = ["-m", "mkdocs", "build", "--strict", "--config-file", ".ci/mkdocs.yml", "--site-dir", str(folder)]
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    """Scripts, styles, fonts and pictures of each page are files of the site."""
    for page in site.rglob("*.html"):
        html = re.sub(r"<!--.*?-->", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        loaded = re.findall(r"""<(?:script|img|link)\b[^>]*?(?:src|href)=["']?([^"'\s>]+)""", html)
        assert loaded
        assert [address for address in loaded if re.match(r"(?:https?:)?//", address)] == []
    for style in site.rglob("*.css"):
        assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", style.read_text(encoding="utf-8"))


def test_the_site_has_a_reference_of_every_command(site: Path) -> None:
    """The page made from the program has a heading for each command, and the exit codes."""
    page = (site / "commands.html").read_text(encoding="utf-8")
    assert re.findall(r"<h2[^>]*>newsletter (\w+)", page) == list(COMMANDS)
    assert "6 another run holds the lock" in " ".join(page.split())


def blocks(page: str) -> list[str]:
    """The shell commands of a page, one text for each of its headings."""
    sections = re.split(r"^#+ ", (ROOT / "docs" / page).read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = ["".join(re.findall(r"```sh\n(.*?)```", section, flags=re.DOTALL)) for section in sections]
    return [commands for commands in found if commands]


@pytest.mark.parametrize("commands", [*blocks("index.md"), *blocks("howto.md")])
def test_the_commands_of_the_first_pages_work(commands: str, tmp_path: Path) -> None:
    """Each ends with exit code 0, or with 5 where the starter's placeholders are named; feeds are files here."""
    for number, items in enumerate(FEEDS):
        (tmp_path / f"{number}.xml").write_text(feed(f"outlet{number}.example", items), encoding="utf-8")
    folder = tmp_path
    for line in commands.replace("\\\n", "").splitlines():
        words = shlex.split(re.sub(r"https://outlet(\d)\.example/feed\.xml", rf"{tmp_path}/\1.xml", line))
        if words[0] == "cd":
            folder /= words[1]
            continue
        assert words[0] == "newsletter"
        name, rest = words[1], words[2:]
        if name in WAITING:
            command = newsletter.get_command(Context(newsletter), name)
            assert command is not None
            command.make_context(name, rest)
            continue
        dated = ["--now", NOW] if name in DATED else []
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *words[1:], *dated],
            cwd=folder,
            env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == (5 if name in ("run", "check") else 0), line + done.stdout + done.stderr
