"""What each protocol of a writer is asked, and where its answer has the text.

An answer of another form raises ValueError, TypeError, KeyError, IndexError or AttributeError.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.records import WriterAnswer, WriterSettings, WriterTask

_SEED = 7
_TOKENS_OF_ANSWER = 2_000
_DEEPL_TARGETS = {"en": "EN-GB", "pt": "PT-PT", "zh": "ZH-HANS"}


@dataclass(frozen=True, slots=True)
class Protocol:
    """A service's form of request and answer."""

    path: str
    headers: Callable[[WriterSettings], Mapping[str, str]]
    body: Callable[[WriterSettings, WriterTask], Mapping[str, Any]]
    read: Callable[[Any], WriterAnswer]
    writes: bool = False  # texts of its own; else it only translates


def _bearer(settings: WriterSettings) -> dict[str, str]:
    return {"Authorization": f"Bearer {settings.api_key}"} if settings.api_key else {}


def _chat_body(settings: WriterSettings, task: WriterTask) -> dict[str, Any]:
    request = {key: value for key, value in task.body.items() if key not in ("task", "limits")}  # the prompt has both
    story = json.dumps(request, ensure_ascii=False, sort_keys=True)
    schema = {"name": task.name, "strict": True, "schema": task.schema}
    # llama.cpp answers differently from its cache. Services on the Web refuse a key that they do not know.
    own = {"cache_prompt": False} if str(settings.address).startswith("http://") else {}
    return {
        "model": settings.model,
        "messages": [{"role": "system", "content": task.prompt}, {"role": "user", "content": story}],
        "temperature": 0,
        "seed": _SEED,
        "max_tokens": _TOKENS_OF_ANSWER,
        "response_format": {"type": "json_schema", "json_schema": schema},
        **own,
    }


def _read_chat(answer: Any) -> WriterAnswer:
    choice = answer["choices"][0]
    if choice.get("finish_reason") not in ("stop", None):
        raise ValueError(f"it ended with {choice['finish_reason']!r}"[:100])
    content = choice["message"]["content"]
    if not isinstance(content, str):
        raise TypeError("it has no text")
    model, fingerprint = (str(answer.get(name) or "") for name in ("model", "system_fingerprint"))
    return WriterAnswer(content, model, fingerprint, int((answer.get("usage") or {}).get("total_tokens") or 0))


def _libretranslate_body(settings: WriterSettings, task: WriterTask) -> dict[str, Any]:
    key = {"api_key": settings.api_key} if settings.api_key else {}
    tags = (task.language, _script_tag(task.to))
    source, target = (tag if tag.startswith("zh") else tag.partition("-")[0] for tag in tags)
    return {"q": list(task.sentences), "source": source, "target": target, "format": "text", **key}


def _deepl_body(_: WriterSettings, task: WriterTask) -> dict[str, Any]:
    source, target = task.language.partition("-")[0].upper(), _script_tag(task.to)
    return {
        "text": list(task.sentences),
        "source_lang": source,
        "target_lang": _DEEPL_TARGETS.get(target, target.upper()),
    }


def _script_tag(tag: str) -> str:
    """The tag without a region, which services refuse or use for other things: zh-Hant for zh-Hant-HK."""
    parts = tag.split("-")
    return "-".join(parts[:2]) if len(parts) > 1 and len(parts[1]) == 4 else parts[0]


def _numbered(texts: Sequence[Any]) -> WriterAnswer:
    """A translator's list of texts in the form in which models and commands answer."""
    if not isinstance(texts, list):
        raise TypeError("it has no list of translations")
    numbered = [{"n": number, "text": text} for number, text in enumerate(texts, 1)]
    return WriterAnswer(json.dumps({"sentences": numbered}, ensure_ascii=False))


PROTOCOLS: Mapping[str, Protocol] = {
    "openai": Protocol("/chat/completions", _bearer, _chat_body, _read_chat, writes=True),
    "libretranslate": Protocol(
        "/translate", lambda _: {}, _libretranslate_body, lambda answer: _numbered(answer["translatedText"])
    ),
    "deepl": Protocol(
        "/v2/translate",
        lambda settings: {"Authorization": f"DeepL-Auth-Key {settings.api_key}"},
        _deepl_body,
        lambda answer: _numbered([each["text"] for each in answer["translations"]]),
    ),
}
