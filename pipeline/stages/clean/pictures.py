"""Find a page's lead picture: in its metadata, or else in the story itself."""

import itertools
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from pipeline.records import Picture
from pipeline.stages.clean.opening import element_names
from pipeline.text.normalise import normalise

_META = ("og:image", "og:image:secure_url", "og:image:url", "twitter:image", "twitter:image:src", "thumbnailurl")
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-full-src", "data-hi-res-src", "data-image", "src")
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
# Pictures that are not of a story, by the words in their addresses and names.
_NO_PICTURE = re.compile(
    r"(?<![a-z])(?:logos?|icons?|favicon|sprites?|avatars?|gravatar|placeholder|spacer|blank|pixel|tracking|beacon|1x1|badge"
    r"|(?:default|fallback|social|share|og|facebook|twitter)[-_](?:share|image|card|og|thumb(?:nail)?|social|default|preview)"
    r"|share-?card|emoji|captcha|advert(?:isement)?s?|banner|byline|author)(?![a-z])",
    re.IGNORECASE,
)
_LEAST_SIZE = 200  # pixels, where the page states the size
_SIDES = ("aside", "nav", "footer", "form")
_MOST_TRIED = 20


def read_picture(tree: Any, article: dict[str, Any], meta: dict[str, str], url: str) -> Picture | None:
    """Return the picture that the metadata name, with the alternative text that they or the page give it."""
    alt = meta.get("og:image:alt", "") or meta.get("twitter:image:alt", "")
    for address, credit in (*_stated(article.get("image")), *((meta.get(name, ""), "") for name in _META)):
        if (whole := _address(address, url)) and not _NO_PICTURE.search(urlsplit(whole).path):
            return Picture(whole, normalise(alt or _alternative(tree, whole)), normalise(credit))
    return None


def _alternative(tree: Any, address: str) -> str:
    """Return the alternative text of the picture where the page shows it, in whatever size."""
    name = urlsplit(address).path.rpartition("/")[2]
    for image in itertools.islice(tree.iter("img"), _MOST_TRIED) if name else ():
        if image.get("alt") and any(name in (image.get(source) or "") for source in (*_LAZY, *_SETS)):
            return str(image.get("alt"))
    return ""


def find_picture(title: Any, url: str) -> Picture | None:
    """Return the first picture of the story that starts at the title element: in a figure, or as large as one."""
    if title is None:
        return None
    container = next(title.iterancestors("article", "main"), None)
    root = container if container is not None else title.getparent()
    for image in list(root.iter("img"))[:_MOST_TRIED] if root is not None else ():
        if next(image.iterancestors(*_SIDES), None) is not None or _is_small(image):
            continue
        address = next(filter(None, (_address(each, url) for each in _addresses(image))), None)
        if address and not _NO_PICTURE.search(f"{urlsplit(address).path} {element_names(image)}"):
            return Picture(address, normalise(image.get("alt") or ""))
    return None


def _stated(image: Any) -> Iterator[tuple[str, str]]:
    """The addresses and credits in JSON-LD."""
    for item in (image if isinstance(image, list) else [image])[:3]:
        if isinstance(item, str):
            yield item, ""
        elif isinstance(item, dict):
            author = item.get("author")
            name = author.get("name") if isinstance(author, dict) else author
            credit = next((text for text in (item.get("creditText"), name) if isinstance(text, str)), "")
            yield next((text for key in ("url", "contentUrl") if isinstance(text := item.get(key), str)), ""), credit


def _addresses(image: Any) -> Iterator[str]:
    """The addresses of an image element, the largest of a set first."""
    for name in _SETS:
        choices = [part.split() for part in (image.get(name) or "").split(", ") if part.strip()]
        yield from (words[0] for words in sorted(choices, key=_size, reverse=True))
    yield from (image.get(name) or "" for name in _LAZY)


def _size(choice: list[str]) -> float:
    digits = re.sub(r"[^\d.]", "", choice[1]) if len(choice) > 1 else ""
    try:
        return float(digits)
    except ValueError:
        return 0.0


def _is_small(image: Any) -> bool:
    sizes = [
        int(value) for name in ("width", "height") if (value := (image.get(name) or "").removesuffix("px")).isdigit()
    ]
    return bool(sizes) and min(sizes) < _LEAST_SIZE


def _address(address: str, url: str) -> str | None:
    try:
        whole = urljoin(url, address.strip()) if address else ""
    except ValueError:
        return None
    return whole if whole.startswith(("http://", "https://")) else None
