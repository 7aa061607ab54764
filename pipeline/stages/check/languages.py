"""Rules on language: each block says its own, and its direction."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pipeline.stages.check.view import Fault, View, said, story_of

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
# Scripts that show on their own that a text is not in a language written in another one.
_TELLING = frozenset().union(*_SCRIPTS.values())
_RIGHT_TO_LEFT = _ARABIC | _HEBREW
_LATIN_PASSAGE = 40  # letters: below, a text in capitals of another script is a name or a ticker


def page(view: View) -> Iterator[Fault]:
    """The document says the edition's language."""
    shown = view.root.get("lang")
    if shown != view.issue.language:
        yield Fault(f"the HTML says lang={shown!r}; the edition is in {view.issue.language}", line=view.root.sourceline)


def blocks(view: View) -> Iterator[Fault]:
    """Each story's words stand under its own lang, and no text under one that its script contradicts."""
    yield from _stories(view)
    for element, text in view.visible:
        tag = _language_at(element)
        if tag is None:
            yield view.at(element, f"{text[:40]!r} is under no lang")
        elif _contradicts(tag, text):
            yield view.at(element, f"{text[:40]!r} is under lang={tag!r}, but not in its script")


def direction(view: View) -> Iterator[Fault]:
    """What is written from the right says dir=rtl."""
    for element, text in view.visible:
        scripts = _scripts(text)
        if scripts and sum(scripts[name] for name in _RIGHT_TO_LEFT) * 2 > scripts.total() and not _is_turned(element):
            yield view.at(element, f"{text[:40]!r} runs from the right, without dir=rtl")


def _stories(view: View) -> Iterator[Fault]:
    texts: dict[str | None, list[tuple[Any, str]]] = {}
    for element, text in view.visible:
        texts.setdefault(story_of(element), []).append((element, said(text)))
    wanted = [(each.story, each.language, each.headline) for each in view.issue.features]
    wanted += [(each.story, each.language, words) for each in view.issue.features for words in view.told(each)]
    wanted += [(each.story, each.language, each.title) for each in view.issue.reads]
    for story, language, words in wanted:
        found = [element for element, text in texts.get(story, []) if text == said(words)]
        if not found:
            yield Fault(f"{words[:40]!r} is not in the HTML", story=story)
        elif all(_language_at(element) != language for element in found):
            shown = _language_at(found[0])
            yield view.at(found[0], f"{words[:40]!r} is in {language}, but under lang={shown!r}")


def _language_at(element: Any) -> str | None:
    while element is not None:
        if element.get("lang"):
            return str(element.get("lang"))
        element = element.getparent()
    return None


def _is_turned(element: Any) -> bool:
    while element is not None:
        if element.get("dir"):
            return bool(element.get("dir") == "rtl")
        element = element.getparent()
    return False


def _scripts(text: str) -> Counter[str]:
    names = (unicodedata.name(char, "?") for char in text if char.isalpha())
    return Counter(name.split()[0] for name in names)


def _contradicts(tag: str, text: str) -> bool:
    scripts = _scripts(text)
    expected = _SCRIPTS.get(tag.split("-", maxsplit=1)[0].lower(), frozenset({"LATIN"}))
    if tag == "und" or not scripts or any(scripts[name] for name in expected):
        foreign = sum(scripts[name] for name in _TELLING - expected)
        return tag != "und" and foreign * 2 > scripts.total() and foreign > 1
    telling = sum(scripts[name] for name in _TELLING)
    return telling > 0 or (expected != {"LATIN"} and scripts["LATIN"] > _LATIN_PASSAGE)
