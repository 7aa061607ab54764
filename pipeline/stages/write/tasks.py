"""What a writer is asked, and how its answer is read: strictly, since what is not as agreed is one failed proposal."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date as Date  # noqa: N812 - the argument is named date
from typing import Any, TypeVar

from pipeline.records import WriterTask
from pipeline.stages.write.limits import limits_of
from pipeline.stages.write.prompts import PROMPT_VERSION, TRANSLATE, writing_prompt

_MOST_SENTENCES = 40  # some 1,500 tokens: what a letter tells of a story stands in its beginning
_THINKING = re.compile(r"<think>.*?</think>", re.DOTALL)
_FENCE = re.compile(r"\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*", re.DOTALL)
_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class BlurbSentence:
    """A sentence of a proposed blurb, with the numbers of the sentences that the writer says it is from."""

    text: str
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ProposedTexts:
    """A proposed kicker, headline and blurb."""

    kicker: str
    headline: str
    blurb: tuple[BlurbSentence, ...]


def _object(**properties: object) -> dict[str, object]:
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def _list(items: object) -> dict[str, object]:
    return {"type": "array", "items": items}


_TRANSLATION = _object(sentences=_list(_object(n=_NUMBER, text=_TEXT)))
_PROPOSAL = _object(kicker=_TEXT, headline=_TEXT, blurb=_list(_object(text=_TEXT, **{"from": _list(_NUMBER)})))


def translation_task(sentences: Sequence[str], language: str, to: str) -> WriterTask:
    """Ask for one translation of each sentence."""
    body = {"task": "translate", "language": language, "to": to, "sentences": _numbered(sentences)}
    return WriterTask("translate", language, to, tuple(sentences), TRANSLATE, PROMPT_VERSION, body, _TRANSLATION)


def writing_task(title: str, sentences: Sequence[str], language: str, to: str, date: Date | None) -> WriterTask:
    """Ask for a kicker, a headline and a blurb from a story's title and sentences."""
    sentences = sentences[:_MOST_SENTENCES]
    story = {"headline": title, "date": date.isoformat() if date else None, "sentences": _numbered(sentences)}
    body = {"task": "write", "language": language, "to": to, "limits": asdict(limits_of(to)), "story": story}
    return WriterTask("write", language, to, (title, *sentences), writing_prompt(to), PROMPT_VERSION, body, _PROPOSAL)


def read_translation(content: str, count: int) -> tuple[str, ...]:
    """The translations in an answer: an object with nothing but the numbered sentences. ValueError if it is not."""
    return _read(content, lambda answer: _translations(answer, count))


def read_proposal(content: str, count: int) -> ProposedTexts:
    """The kicker, headline and blurb in an answer from `count` sentences. ValueError if a key or a type is wrong."""
    return _read(content, lambda answer: _proposal(answer, count))


def _read(content: str, convert: Callable[[Any], Read]) -> Read:
    """Convert the JSON of an answer, without the fences and thoughts that models put around it."""
    content = _THINKING.sub("", content)
    fenced = _FENCE.fullmatch(content)
    try:
        return convert(json.loads(fenced[1] if fenced else content))
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(str(error)[:200]) from error


def _translations(answer: Any, count: int) -> tuple[str, ...]:
    _expect_keys(answer, "sentences")
    items = _a_list(answer["sentences"])
    for item in items:
        _expect_keys(item, "n", "text")
    if [item["n"] for item in items] != list(range(1, count + 1)):
        raise ValueError(f"expected {count} sentences, numbered from 1")
    return tuple(_a_text(item["text"]) for item in items)


def _proposal(answer: Any, count: int) -> ProposedTexts:
    _expect_keys(answer, "kicker", "headline", "blurb")
    blurb = tuple(_blurb_sentence(item, count) for item in _a_list(answer["blurb"]))
    if not blurb:
        raise ValueError("the blurb is empty")
    return ProposedTexts(_a_text(answer["kicker"]), _a_text(answer["headline"]), blurb)


def _blurb_sentence(item: Any, count: int) -> BlurbSentence:
    _expect_keys(item, "text", "from")
    sources = _a_list(item["from"])
    if not all(type(number) is int and 1 <= number <= count for number in sources):
        raise ValueError(f"expected numbers from 1 to {count} in `from`")
    return BlurbSentence(_a_text(item["text"]), tuple(sources))


def _expect_keys(value: Any, *names: str) -> None:
    if not isinstance(value, Mapping) or set(value) != set(names):
        found = ", ".join(map(str, value)) if isinstance(value, Mapping) else type(value).__name__
        raise ValueError(f"expected the keys {', '.join(names)} alone, got {found}"[:200])


def _a_list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"expected a list, got {type(value).__name__}")
    return value


def _a_text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text is empty or no text")
    return " ".join(value.split())


def _numbered(sentences: Sequence[str]) -> list[dict[str, Any]]:
    return [{"n": number, "text": sentence} for number, sentence in enumerate(sentences, 1)]
