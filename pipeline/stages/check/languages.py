"""Rules about language: every block declares its language and direction."""

import functools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pipeline.records import UNKNOWN_LANGUAGE
from pipeline.stages.check.view import Fault, Node, View, as_rendered, squeezed
from pipeline.text.languages import primary_language, script_of_language
from pipeline.text.scripts import RIGHT_TO_LEFT, script_of_character, scripts_written

_LATIN_PASSAGE = 40  # letters; a shorter Latin run in another script is a name or a ticker


def page_language(view: View) -> Iterator[Fault]:
    """The document declares the edition's language."""
    declared = view.root.get("lang")
    if declared != view.issue.language:
        yield Fault(
            f"the HTML declares lang={declared!r}; the edition is in {view.issue.language}", line=view.root.sourceline
        )


def block_languages(view: View) -> Iterator[Fault]:
    """Each story's text has the story's lang, and no text has a lang that its script contradicts."""
    yield from _story_languages(view)
    for node, text in view.visible:
        if node.lang is None:
            yield view.at(node, f"{text[:40]!r} has no lang")
        elif _contradicts(node.lang, text) and _contradicts(node.lang, view.wording.without_people(text)):
            yield view.at(node, f"{text[:40]!r} has lang={node.lang!r}, but is in another script")


def direction(view: View) -> Iterator[Fault]:
    """Right-to-left text has dir=rtl, and other text has not."""
    for node, text in view.visible:
        scripts = _scripts(text)
        right_to_left = sum(count for script, count in scripts.items() if script in RIGHT_TO_LEFT)
        if scripts and right_to_left * 2 > sum(scripts.values()) and node.dir != "rtl":
            yield view.at(node, f"{text[:40]!r} is written right to left, but has no dir=rtl")
    for node in view.nodes:
        # Where a language is declared, its direction is that of its script; a name inside Arabic text declares neither.
        own = (node.element.get("lang"), node.element.get("dir"))
        page = node.parent if node.element.tag == "body" and node.parent else None
        tag, dir_ = own if all(own) else (page.lang, page.dir) if page else (None, None)
        if tag and dir_ == "rtl" and script_of_language(tag) not in RIGHT_TO_LEFT:
            yield view.at(node, f"lang={tag!r} is written left to right, but has dir=rtl")


def _nodes_of_runs(texts: Sequence[tuple[Node, str]], wording: str) -> list[Node]:
    """The nodes of a paragraph that links and strong words divide; none where the story does not have all of it."""
    whole = squeezed(wording)
    if whole not in squeezed(" ".join(text for _, text in texts)):
        return []
    return [node for node, text in texts if squeezed(text) in whole]


def _story_languages(view: View) -> Iterator[Fault]:
    texts: dict[str | None, list[tuple[Node, str]]] = {}
    for node, text in view.visible:
        texts.setdefault(node.story, []).append((node, as_rendered(text)))
    expected = [(feature.story, feature.language, feature.headline) for feature in view.issue.features]
    expected += [
        (feature.story, feature.language, paragraph)
        for feature in view.issue.features
        for paragraph in view.shown_paragraphs(feature)
    ]
    expected += [(read.story, read.language, read.title) for read in view.issue.reads]
    marked = {feature.story for feature in view.issue.features if feature.markdown}
    for story, language, wording in expected:
        runs = texts.get(story, [])
        found = [node for node, text in runs if text == as_rendered(wording)]
        found = found or (_nodes_of_runs(runs, as_rendered(wording)) if story in marked else [])
        if not found:
            yield Fault(f"{wording[:40]!r} is not in the HTML", story=story)
        elif all(node.lang != language for node in found):
            yield view.at(found[0], f"{wording[:40]!r} is in {language}, but has lang={found[0].lang!r}")


@functools.lru_cache(maxsize=1024)
def _scripts(text: str) -> Mapping[str, int]:
    """Count the letters of a text by script."""
    return Counter(filter(None, map(script_of_character, text)))


def _contradicts(tag: str, text: str) -> bool:
    """Whether the script of a text rules out its language.

    Latin letters are in any text as names and tickers; only a passage of them is in another language.
    """
    if primary_language(tag) == UNKNOWN_LANGUAGE:
        return False
    scripts, expected = _scripts(text), scripts_written(script_of_language(tag))
    foreign = sum(count for script, count in scripts.items() if script not in (*expected, "Latn"))
    if not scripts or any(scripts.get(script) for script in expected):
        return foreign * 2 > sum(scripts.values()) and foreign > 1
    return foreign > 1 or scripts.get("Latn", 0) > _LATIN_PASSAGE
