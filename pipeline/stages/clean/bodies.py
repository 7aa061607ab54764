"""Join the bodies that a template splits around advertisements, since extraction returns only one container."""

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.stages.clean.body import extract_body
from pipeline.stages.clean.opening import split_names
from pipeline.stages.clean.prune import leads_away

_BODY_CLASS = re.compile(
    r"(?:^|[\s_-])(?:article|story|post|entry|news)[-_]*(?:body|content|text)\b|articleBody|\bbody__|\brichtext\b|\brich-text\b",
    re.IGNORECASE,
)
# Containers of other stories, or of what is none.
_OTHERS = re.compile(
    r"(?<![a-z])(?:related|recirc|recommend(?:ed|ations?)?|teasers?|promo|sidebar|read-(?:more|next)|more-(?:news|stories)"
    r"|most-read|next|newsletter|comments?|hidden|similar|trending|popular)(?![a-z])"
)
_SIDE_TAGS = ("aside", "footer", "nav", "li", "form")
_TEXT_TAGS = ("p", "h2", "h3", "h4", "ul", "ol", "blockquote", "pre", "table")
_MAX_PARTS = 40
_LEVELS = 3


def extract_joined(tree: Any, url: str, *, denser: int = 1) -> Any:
    """Return the body that is extracted after joining its parts, unless there is more text in it before."""
    groups = list(_split_bodies(tree, url))
    if not groups:
        return extract_body(tree, url, denser=denser)
    apart = extract_body(tree, url, denser=denser)
    for bodies in groups:
        _join(bodies)
    joined = extract_body(tree, url, denser=denser)
    return joined if _length(joined) >= _length(apart) else apart


def _join(bodies: Sequence[Any]) -> None:
    """Move the content of the bodies into the first, with the paragraphs that stand between two that are siblings."""
    first = bodies[0]
    for body in bodies[1:]:
        if body.getparent() is first.getparent():
            before = first.getparent().index(first)
            between = first.getparent()[before + 1 : first.getparent().index(body)]
            first.extend([each for each in between if each.tag in _TEXT_TAGS])
        first.extend(list(body))


def _length(body: Any) -> int:
    return 0 if body is None else len(" ".join("".join(body.itertext()).split()))


def _split_bodies(tree: Any, url: str) -> Iterator[list[Any]]:
    """Yield the containers of each body that is in several parts, in order."""
    parts: dict[tuple[str, str], list[Any]] = {}
    for element in tree.iter("div", "section"):
        css = element.get("class")
        if css and _names_body(css):
            parts.setdefault((element.tag, css), []).append(element)
    for elements in parts.values():
        if len(elements) < 2:
            continue
        bodies = [body for body in elements if body.find(".//p") is not None and not _is_of_others(body, url)]
        if 2 <= len(bodies) <= _MAX_PARTS and _are_one_story(bodies):
            yield bodies


@functools.lru_cache(maxsize=4096)
def _names_body(css: str) -> bool:
    return _BODY_CLASS.search(css) is not None


def _is_of_others(body: Any, url: str) -> bool:
    """Whether the container is named as that of other stories, or begins with a heading that leads to one."""
    around = (body, *itertools.islice(body.iterancestors(), _LEVELS))
    if any(_OTHERS.search(split_names(f"{each.get('class') or ''} {each.get('id') or ''}")) for each in around):
        return True
    first = next(body.iter("h1", "h2", "h3", "h4", "p"), None)
    if first is None or first.tag == "p":
        return False
    return any(leads_away(link, url) for link in (*first.iter("a"), *first.iterancestors("a")))


def _are_one_story(bodies: Sequence[Any]) -> bool:
    """Whether containers are beside each other: within three levels, in one article at most, and without titles."""
    if any(
        body.find(".//h1") is not None or next(body.iterancestors(*_SIDE_TAGS), None) is not None for body in bodies
    ):
        return False
    if len({next(body.iterancestors("article"), None) for body in bodies}) > 1:
        return False
    chains = [list(body.iterancestors()) for body in bodies]
    if any(other in chain for chain in chains for other in bodies):
        return False
    ancestors = [chain[:_LEVELS] for chain in chains]
    return any(all(parent in others for others in ancestors[1:]) for parent in ancestors[0])
