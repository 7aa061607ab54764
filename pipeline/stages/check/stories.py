"""Rules about stories: each has its own link, picture and words, as in issue.json."""

from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import unquote

from pipeline.records import Artwork, Feature, Read
from pipeline.stages.check.view import Fault, View, as_rendered, squeezed
from pipeline.text.markdown import addresses_of


def story_links(view: View) -> Iterator[Fault]:
    """No link of a story leads to another story of the letter."""
    stories: list[Feature | Read] = [*view.issue.features, *view.issue.reads]
    owners = {_comparable(story.url): story for story in stories if story.url}
    own: dict[str | None, set[str]] = defaultdict(set)
    for story in stories:
        own[story.story].add(_comparable(story.url or ""))
        own[story.story] |= {_comparable(other.url or "") for other in getattr(story, "also_in", ())}
        written = getattr(story, "markdown", ())  # an editor may lead from one story to another
        own[story.story] |= {_comparable(address) for text in written for address in addresses_of(text)}
    for node, address in view.links:
        target = _comparable(address)
        owner = owners.get(target)
        if node.story in own and owner is not None and target not in own[node.story]:
            title = owner.headline if isinstance(owner, Feature) else owner.title
            yield view.at(node, f"the link leads to another story, {title[:40]!r}")


def _comparable(address: str) -> str:
    """Return an address as it can be compared with one in the letter: without scheme, query, fragment, escapes."""
    bare = unquote(address).partition("#")[0].partition("?")[0]
    return bare.partition("://")[2].removeprefix("www.").rstrip("/").lower()


def story_pictures(view: View) -> Iterator[Fault]:
    """Each story shows its own picture, with its own alternative text, in its own proportions."""
    owners: dict[str, str] = {}
    for feature in view.issue.features:
        if feature.picture:
            owners[feature.picture.name] = feature.story
    art = {feature.picture.name: feature.picture for feature in view.issue.features if feature.picture}
    for node in view.images:
        name = (node.element.get("src") or "").rpartition("/")[2]
        owner = owners.get(name)
        if owner is None:
            continue
        if node.story is not None and node.story != owner and art[name] not in _pictures_of(view, node.story):
            yield view.at(node, f"{name} is the picture of another story")
        alt = as_rendered(node.element.get("alt") or "")
        if alt and alt != as_rendered(art[name].alt):
            yield view.at(node, f"the alt text {alt[:40]!r} is not the picture's, {art[name].alt[:40]!r}")


def _pictures_of(view: View, story: str) -> list[Artwork]:
    return [feature.picture for feature in view.issue.features if feature.picture and feature.story == story]


def story_credits(view: View) -> Iterator[Fault]:
    """No story is credited to the outlet or the authors of another one."""
    shown: dict[str | None, list[str]] = defaultdict(list)
    for node, text in view.visible:
        shown[node.story].append(text)
    stories: list[Feature | Read] = [*view.issue.features, *view.issue.reads]
    names = {story.story: _credited(story) for story in stories}
    for story in stories:
        text = squeezed(" ".join(shown[story.story]))
        own = _own_words(story)
        missing = [name for name in names[story.story] if squeezed(name) not in text]
        others = {name for other in stories for name in names[other.story]} - names[story.story]
        wrong = sorted(name for name in others if squeezed(name) in text and squeezed(name) not in own)
        if missing and wrong:
            yield Fault(f"credited to {wrong[0]}, not to {missing[0]}", story=story.story)


def _credited(story: Feature | Read) -> set[str]:
    return {name for name in (story.outlet, *getattr(story, "authors", ())) if squeezed(name)}


def _own_words(story: Feature | Read) -> str:
    """Return all that a story itself brings in, without white space: it may name another outlet."""
    if isinstance(story, Read):
        return squeezed(f"{story.title} {story.outlet}")
    also_in = [other.outlet for other in story.also_in]
    picture = story.picture.credit if story.picture else ""
    return squeezed(" ".join([story.kicker, story.headline, *story.paragraphs, story.outlet, *also_in, picture]))
