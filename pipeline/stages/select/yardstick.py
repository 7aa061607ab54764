"""Headlines that stories of every letter are measured against: weighty, minor and everyday ones."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

WEIGHTY, MINOR, EVERYDAY = "weighty", "minor", "everyday"


@cache
def yardstick() -> Mapping[str, tuple[str, ...]]:
    """The headlines of `yardstick.txt` by section."""
    sections: dict[str, list[str]] = {}
    name = ""
    for line in (files(__package__) / "yardstick.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        elif line and not line.startswith("#"):
            sections.setdefault(name, []).append(line)
    return {name: tuple(lines) for name, lines in sections.items()}
