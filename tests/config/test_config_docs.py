"""docs/config.md lists every key of the config with its default and its meaning, and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import MISSING, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

import yaml
from pydantic import BaseModel

from pipeline.config import Config, load_config
from pipeline.config.fill import keys_of
from pipeline.records import Artwork

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "config.md").read_text(encoding="utf-8")


def parts_of(annotation: Any) -> Iterator[tuple[type, str]]:
    """The sections and records in a type, with `[]` where there are many of them."""
    if isinstance(annotation, type) and (issubclass(annotation, BaseModel) or is_dataclass(annotation)):
        yield annotation, ""
    for part in get_args(annotation):
        yield from ((kind, "[]" if get_origin(annotation) is tuple else many) for kind, many in parts_of(part))


def rows(kind: type, before: str = "") -> Iterator[str]:
    """A row of the page's tables for each key."""
    for key in keys_of(kind):
        inner = [(part, many) for part, many in parts_of(key.annotation) if part is not Artwork]
        if inner:
            yield from rows(inner[0][0], f"{before}{key.name}{inner[0][1]}.")
        else:
            yield f"| `{before}{key.name}` | {spell_default(key.default)} | {key.description} |"


def spell_default(default: Any) -> str:
    """As YAML has it; a dash where there is none."""
    if default is MISSING:
        return "needed"
    if default is None or default in ("", (), {}):
        return "—"
    value = list(default) if isinstance(default, tuple) else str(default) if isinstance(default, Path) else default
    spelt = yaml.safe_dump(value, default_flow_style=True, width=1000).split("\n")[0]
    return f"`{spelt}`"


def test_every_key_is_described() -> None:
    """A key without a meaning is no key."""
    assert [row for row in rows(Config) if row.endswith(("| None |", "|  |"))] == []


def test_every_key_stands_in_the_reference() -> None:
    """The tables are the models: names, defaults and meanings."""
    assert [row for row in rows(Config) if row not in PAGE] == []


def test_nothing_else_stands_in_the_reference() -> None:
    """A key that is gone is gone from the page too."""
    listed = [line for line in PAGE.splitlines() if line.startswith("| `")]
    assert sorted(listed) == sorted(rows(Config))


def test_the_examples_of_the_page_are_right(tmp_path: Path) -> None:
    """The pieces of YAML on the page, put together behind a desk, an edition and a source, are a config."""
    pieces = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert len(pieces) >= 5
    (tmp_path / "config.yaml").write_text("\n".join(pieces), encoding="utf-8")
    names = (
        "SMTP_LOGIN",
        "SMTP_PASSWORD",
        "QUAY_USER",
        "QUAY_PASSWORD",
        "MAIL_LOGIN",
        "MAIL_PASSWORD",
        "GHOST_ADMIN_KEY",
    )
    config = load_config(tmp_path / "config.yaml", environ=dict.fromkeys(names, "word"))
    assert len(config.editions) == 2
    assert len(config.sources) == 5
