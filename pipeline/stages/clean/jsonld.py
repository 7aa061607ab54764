"""Read the JSON-LD of a page: the object that describes its article, with references resolved."""

import json
import re
from collections.abc import Iterator
from typing import Any

_ARTICLE_TYPES = ("article", "posting", "report", "review")
_LARGEST_SCRIPT = 500_000  # characters
_WRAPPER = re.compile(r"^\s*(?://\s*)?(?:<!\[CDATA\[|<!--)|(?://\s*)?(?:\]\]>|-->)\s*;?\s*$")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_ACCOUNT = re.compile(r"/authors?/(?:admin\w*|editor(?:ial)?|web-?master|news-?desk|root|user)/?$", re.IGNORECASE)
_NESTED = ("@graph", "mainEntity", "mainEntityOfPage")


def read_article(tree: Any, types: tuple[str, ...] = _ARTICLE_TYPES) -> dict[str, Any]:
    """Return the object that describes an article, or an empty one. Its authors are whole, wherever they are stated.

    `types`: the ends of the names of its type.
    """
    items = [item for data in _scripts(tree) for item in _objects(data)]
    article = next((item for item in items if _is_of(item, types)), {})
    known = {str(item["@id"]): item for item in items if "@id" in item and "name" in item}
    return {**article, "author": _resolve(article["author"], known)} if "author" in article else article


def _scripts(tree: Any) -> Iterator[Any]:
    for element in tree.iter("script"):
        text = element.text
        if not text or "ld+json" not in (element.get("type") or "") or len(text) > _LARGEST_SCRIPT:
            continue
        for form in (text, _TRAILING_COMMA.sub("", _WRAPPER.sub("", text))):
            try:
                yield json.loads(form, strict=False)
                break
            except (ValueError, RecursionError):
                continue


def _is_of(item: dict[str, Any], types: tuple[str, ...]) -> bool:
    stated = item.get("@type")
    names = [stated] if isinstance(stated, str) else stated if isinstance(stated, list) else []
    return any(str(name).lower().endswith(types) for name in names)


def _objects(data: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > 4:
        return
    if isinstance(data, list):
        for item in data[:50]:
            yield from _objects(item, depth + 1)
    elif isinstance(data, dict):
        yield data
        for key in _NESTED:
            yield from _objects(data.get(key), depth + 1)


def _resolve(value: Any, known: dict[str, dict[str, Any]]) -> Any:
    if isinstance(value, list):
        return [_resolve(item, known) for item in value[:20]]
    if isinstance(value, dict) and "name" not in value:
        return known.get(str(value.get("@id")), value)
    return value


def accounts(value: Any) -> Iterator[str]:
    """Yield the names of authors that are accounts of the site, such as its administrator's."""
    for item in (value if isinstance(value, list) else [value])[:20]:
        if isinstance(item, dict) and _is_account(item) and isinstance(item.get("name"), str):
            yield item["name"]


def _is_account(item: dict[str, Any]) -> bool:
    return any(_ACCOUNT.search(str(item.get(key, ""))) for key in ("@id", "url"))


def people(value: Any) -> Iterator[str]:
    """Yield the names of persons, in one piece where an object states first and last name apart."""
    for item in (value if isinstance(value, list) else [value])[:20]:
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict) and str(item.get("@type", "Person")).lower() != "organization":
            if _is_account(item):
                continue
            names = item.get("name") or " ".join(
                part for key in ("givenName", "familyName") if isinstance(part := item.get(key), str)
            )
            yield from (name for name in (names if isinstance(names, list) else [names]) if isinstance(name, str))
