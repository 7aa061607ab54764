"""The config: `load_config(path)` gives a typed, frozen Config, or says what is wrong with the file, and where."""

from pipeline.config.load import load_config
from pipeline.config.look import Pictures, Theme
from pipeline.config.models import (
    Clean,
    Config,
    Dedupe,
    Desk,
    Edition,
    Fetch,
    Host,
    LanguageSettings,
    Select,
    Smtp,
    Topic,
    Weights,
)
from pipeline.config.sources import SourceOptions, SourceSettings

__all__ = [
    "Clean",
    "Config",
    "Dedupe",
    "Desk",
    "Edition",
    "Fetch",
    "Host",
    "LanguageSettings",
    "Pictures",
    "Select",
    "Smtp",
    "SourceOptions",
    "SourceSettings",
    "Theme",
    "Topic",
    "Weights",
    "load_config",
]
