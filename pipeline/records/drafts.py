"""Records of what a writer is asked and of what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

TaskName = Literal["translate", "write"]


@dataclass(frozen=True, slots=True)
class WriterTask:
    """What a writer is asked about one story; its answer depends on nothing else but the writer."""

    name: TaskName
    language: str  # of the sentences
    to: str  # the language of the answer
    sentences: tuple[str, ...]  # the title first
    prompt: str  # the instructions for a model
    prompt_version: int
    body: Mapping[str, Any]  # the request as models and commands get it
    schema: Mapping[str, Any]  # of the answer, as JSON Schema


@dataclass(frozen=True, slots=True)
class WriterAnswer:
    """What a writer answered, unread, and what it says about itself."""

    content: str
    model: str = ""
    fingerprint: str = ""  # of the model's set-up, where a service names one
    tokens: int = 0
    seconds: float = 0.0
