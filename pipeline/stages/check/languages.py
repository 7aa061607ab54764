"""Rules about language: every block declares its language and direction."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pipeline.records import UNKNOWN_LANGUAGE
from pipeline.stages.check.view import Fault, View, as_rendered, story_of
from pipeline.text.languages import primary_language

_HAN = frozenset({"CJK", "IDEOGRAPHIC"})
_KANA = frozenset({"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"})
_ARABIC, _HEBREW = frozenset({"ARABIC"}), frozenset({"HEBREW"})
_SCRIPTS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("zh", "yue", "wuu", "nan", "lzh"), _HAN | {"BOPOMOFO"}),
    "ja": _HAN | _KANA,
    "ko": _HAN | {"HANGUL"},
    **dict.fromkeys(("ar", "fa", "ur", "ps", "ckb", "sd", "ug", "arz"), _ARABIC),
    **dict.fromkeys(("he", "yi"), _HEBREW),
    "th": frozenset({"THAI"}),
    **dict.fromkeys(("hi", "mr", "ne", "sa", "mai", "bho"), frozenset({"DEVANAGARI"})),
}
# Scripts whose presence alone rules out languages that are written in other scripts.
_DISTINCTIVE = frozenset().union(*_SCRIPTS.values())
_RIGHT_TO_LEFT = _ARABIC | _HEBREW
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
    for element, text in view.visible:
        tag = _inherited_language(element)
        if tag is None:
            yield view.at(element, f"{text[:40]!r} has no lang")
        elif _contradicts(tag, text):
            yield view.at(element, f"{text[:40]!r} has lang={tag!r}, but is in another script")


def direction(view: View) -> Iterator[Fault]:
    """Right-to-left text has dir=rtl."""
    for element, text in view.visible:
        scripts = _scripts(text)
        if (
            scripts
            and sum(scripts[name] for name in _RIGHT_TO_LEFT) * 2 > scripts.total()
            and not _is_right_to_left(element)
        ):
            yield view.at(element, f"{text[:40]!r} is written right to left, but has no dir=rtl")


def _story_languages(view: View) -> Iterator[Fault]:
    texts: dict[str | None, list[tuple[Any, str]]] = {}
    for element, text in view.visible:
        texts.setdefault(story_of(element), []).append((element, as_rendered(text)))
    expected = [(feature.story, feature.language, feature.headline) for feature in view.issue.features]
    expected += [
        (feature.story, feature.language, paragraph)
        for feature in view.issue.features
        for paragraph in view.shown_paragraphs(feature)
    ]
    expected += [(read.story, read.language, read.title) for read in view.issue.reads]
    for story, language, wording in expected:
        found = [element for element, text in texts.get(story, []) if text == as_rendered(wording)]
        if not found:
            yield Fault(f"{wording[:40]!r} is not in the HTML", story=story)
        elif all(_inherited_language(element) != language for element in found):
            declared = _inherited_language(found[0])
            yield view.at(found[0], f"{wording[:40]!r} is in {language}, but has lang={declared!r}")


def _inherited_language(element: Any) -> str | None:
    while element is not None:
        if element.get("lang"):
            return str(element.get("lang"))
        element = element.getparent()
    return None


def _is_right_to_left(element: Any) -> bool:
    while element is not None:
        if element.get("dir"):
            return bool(element.get("dir") == "rtl")
        element = element.getparent()
    return False


def _scripts(text: str) -> Counter[str]:
    names = (unicodedata.name(char, "?") for char in text if char.isalpha())
    return Counter(name.split()[0] for name in names)


def _contradicts(tag: str, text: str) -> bool:
    scripts, language = _scripts(text), primary_language(tag)
    if language == UNKNOWN_LANGUAGE:
        return False
    expected = _SCRIPTS.get(language, frozenset({"LATIN"}))
    if not scripts or any(scripts[name] for name in expected):
        foreign = sum(scripts[name] for name in _DISTINCTIVE - expected)
        return foreign * 2 > scripts.total() and foreign > 1
    distinctive = sum(scripts[name] for name in _DISTINCTIVE)
    return distinctive > 0 or (expected != {"LATIN"} and scripts["LATIN"] > _LATIN_PASSAGE)
