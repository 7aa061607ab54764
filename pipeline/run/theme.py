"""The theme that the config describes."""

from typing import Any

from pipeline.run.session import Session
from pipeline.stages.render import Theme


def theme_of(session: Session) -> Theme:
    """The config's theme."""
    values: dict[str, Any] = {"light": {}, "dark": {}}
    for name, value in session.config.theme.chosen().items():
        if name == "radius":
            values["radius"] = value
        elif name.startswith("font_"):
            values[name.removeprefix("font_")] = value
        elif name.startswith("dark_"):
            values["dark"][name.removeprefix("dark_")] = value
        elif name != "logo":
            values["light"][name] = value
    return Theme.from_values(values)
