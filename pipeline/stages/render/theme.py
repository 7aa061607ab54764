"""A look, as a handful of values: two palettes, two fonts, a radius, a logo."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from pipeline.errors import ConfigError
from pipeline.records import Artwork

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_FONTS = re.compile(r"[\w\- ]+(?:,[\w\- ]+)*")  # unquoted: the list goes into style attributes


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one appearance, each as #rrggbb."""

    paper: str  # around the letter
    card: str  # under the text
    band: str  # under the contents and the labels
    ink: str
    soft: str  # credits, labels, footer
    line: str
    accent: str  # the rule on top, the hash, the kickers
    link: str


LIGHT = Palette(
    paper="#f3efe8",
    card="#fffdfa",
    band="#eee8dd",
    ink="#1b1a19",
    soft="#6b645c",
    line="#e2dbd0",
    accent="#c5321f",
    link="#14345b",
)
DARK = Palette(
    paper="#0f1012",
    card="#17181b",
    band="#222327",
    ink="#ece8e1",
    soft="#a8a198",
    line="#303136",
    accent="#ff7a66",
    link="#9cc3ff",
)


@dataclass(frozen=True, slots=True)
class Theme:
    """What makes one newsroom's letter look like theirs."""

    light: Palette = field(default=LIGHT)
    dark: Palette = field(default=DARK)
    serif: str = "Georgia,Noto Serif,Times New Roman,serif"
    sans: str = "Segoe UI,Noto Sans,Helvetica Neue,Helvetica,Arial,sans-serif"
    radius: int = 3  # pixels
    logo: Artwork | None = None  # its bytes come with the pictures

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Self:
        """A theme from the config's mapping; what it leaves out keeps its default. ConfigError names the key."""
        _refuse_unknown("theme", values, cls)
        made: dict[str, Any] = {}
        for name, default in (("light", LIGHT), ("dark", DARK)):
            if name in values:
                made[name] = _palette(f"theme.{name}", values[name], default)
        for name in ("serif", "sans"):
            if name in values:
                made[name] = _fonts(f"theme.{name}", values[name])
        if "radius" in values:
            made["radius"] = _pixels("theme.radius", values["radius"], 0, 48)
        if values.get("logo") is not None:
            made["logo"] = _logo(values["logo"])
        return cls(**made)


def _refuse_unknown(key: str, values: Any, kind: type) -> None:
    known = [item.name for item in dataclasses.fields(kind)]
    if not isinstance(values, Mapping):
        raise ConfigError(f"{key}: expected a mapping of {', '.join(known)}")
    for name in values:
        if name not in known:
            raise ConfigError(f"{key}.{name}: no such value; there are {', '.join(known)}")


def _palette(key: str, values: Any, default: Palette) -> Palette:
    _refuse_unknown(key, values, Palette)
    for name, value in values.items():
        if not isinstance(value, str) or not _COLOUR.fullmatch(value):
            raise ConfigError(f"{key}.{name}: {value!r} is not a colour such as {getattr(default, name)}")
    return dataclasses.replace(default, **{name: value.lower() for name, value in values.items()})


def _fonts(key: str, value: Any) -> str:
    names = [name.strip().strip("'\"") for name in value.split(",")] if isinstance(value, str) else []
    joined = ",".join(names)
    if not _FONTS.fullmatch(joined):
        raise ConfigError(f"{key}: {value!r} is not a list of font names such as Georgia, serif")
    return joined


def _pixels(key: str, value: Any, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ConfigError(f"{key}: {value!r} is not a number of pixels from {least} to {most}")
    return value


def _logo(values: Any) -> Artwork:
    _refuse_unknown("theme.logo", values, Artwork)
    for name in ("name", "alt", "width", "height"):
        if name not in values:
            raise ConfigError(f"theme.logo.{name}: missing; a logo has a name (its file), alt, width and height")
    return Artwork(
        name=str(values["name"]),
        alt=str(values["alt"]),
        width=_pixels("theme.logo.width", values["width"], 16, 592),
        height=_pixels("theme.logo.height", values["height"], 16, 200),
    )
