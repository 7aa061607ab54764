"""The config: `load_config(path)` gives a typed, frozen Config, or says what is wrong with the file, and where."""

from pipeline.config.load import load_config
from pipeline.config.models import Config, Desk, Edition, Host

__all__ = ["Config", "Desk", "Edition", "Host", "load_config"]
