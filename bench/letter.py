"""A newsletter over the made-up web: config, server and commands."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.measure import ROOT, Cost, newsletter
from bench.web import LANGUAGES, NOW, host_of

WORKERS = 2


@dataclass(frozen=True)
class Letter:
    """A newsletter in its own folder."""

    folder: Path

    def command(self, name: str, *arguments: str, hours: float = 0) -> Cost:
        """Run a command `hours` after the web was written, and measure it."""
        now = (NOW + timedelta(hours=hours)).isoformat()
        return newsletter(name, "--config", "config.yaml", "--now", now, *arguments, cwd=self.folder)


def make_letter(folder: Path, *, feeds: int = 0, base: str = "", **keys: Any) -> Letter:
    """Create a newsletter with `feeds` sources that are served at `base`. `keys`: more config keys."""
    folder.mkdir(parents=True)
    config = {
        "name": "#bench",
        "timezone": "UTC",
        "engine": "processes",
        "workers": WORKERS,
        "desk": {
            "name": "The desk",
            "email": "desk@letter.example",
            "postal_address": "1 Pier Road",
            "subscribe_url": "https://letter.example/in",
            "unsubscribe_url": "https://letter.example/out",
        },
        "language": {"expected": list(LANGUAGES)},
        "pictures": {"enabled": False},
        "fetch": {"mirrors": {"*.example": base} if base else {}, "robots": False, "max_run_entries": 1_000_000},
        "editions": [{"name": "en", "language": "en", "host": {"name": "Ada", "city": "Hong Kong"}}],
        "sources": [
            {"name": host_of(feed), "feed": f"http://{host_of(feed)}/feed.xml", "outlet": f"Paper {feed}"}
            for feed in range(feeds)
        ],
        **keys,
    }
    # JSON is valid YAML and faster to write.
    (folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
    return Letter(folder)


@contextlib.contextmanager
def served(web: Path) -> Iterator[str]:
    """Serve a folder of hosts from a separate process. Yields the address."""
    command = [sys.executable, str(ROOT / "bench" / "serve.py"), str(web)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait()
