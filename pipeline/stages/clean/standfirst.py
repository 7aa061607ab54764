"""Find the standfirst of a page: the sentence or two between title and story that sum the story up."""

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.opening import Block, Opening
from pipeline.stages.clean.residue import REMOVING, Residue
from pipeline.stages.clean.text import count_words
from pipeline.text.normalise import fold, normalise
from pipeline.text.sentences import ends_sentence

# What outlets call the element, in the words of several languages.
_NAMES = re.compile(
    r"(?<![a-z])(?:stand-?first|sub-?tit(?:le|el|ulo)?s?|sub-?head(?:line|ing|er)?s?|dek|deck|lede|lead|lead-?(?:text|in|para(?:graph)?)"
    r"|lead-content|(?:article-|story-|post-|page-)?intro(?:duction)?(?:-?text)?|vorspann|einleitung|anleser|teaser(?:-?text)?"
    r"|preface|pre-?amble|excerpt|summary|abstract|ingress|manchet(?:te)?|chap[oô]|chapeau|entradilla|bajada|copete"
    r"|sumario|sottotitolo|sommario|occhiello|resumo|linha-fina|perex|zajawka|spot|first-paragraph|description|tagline"
    r"|blurb|synopsis|leitura|kop-intro|inleiding)(?![a-z])"
)
_NO_NAMES = re.compile(
    r"(?<![a-z])(?:by-?lines?|authors?|bio|dates?|time|meta|tags?|images?|photos?|media|key-?points|highlights|bullets?)(?![a-z])"
)
_LABEL = re.compile(
    r"(?:摘要|导语|導語|導讀|导读|核心提示|内容提要|內容提要|リード|要約|요약)\s*[:：|｜]?\s*"
    r"|(?:summary|in brief|tl;dr|zusammenfassung|in kürze|résumé|resumen|resumo|sommario|samenvatting)\s*[:：–—-]\s*",
    re.IGNORECASE,
)
_LEAST_WORDS = 7  # a shorter line opens a section or continues the title
_COMPARABLE = 30  # characters
_MOST_WORDS = 120
_MOST_PARTS = 6
_DEPTH = 8  # lines at the beginning that may repeat the standfirst


def find_standfirst(opening: Opening, descriptions: Sequence[str], known: Sequence[str], residue: Residue) -> str:
    """Return the standfirst, or an empty string where the page shows none.

    `descriptions`: what the page's metadata say the story is about. `known`: lines that are no standfirst, such as
    titles and names.
    """
    keys = {fold(text) for text in known}
    story = opening.story
    candidates = [
        _Candidate(block, *_repetition(block, descriptions), story is not None and not block.is_in_same(story))
        for block in opening.head
        if _may_be_standfirst(block, keys) and not residue.find(block.text, (*REMOVING, "published"))
    ]
    for rule in _RULES:
        for at, candidate in enumerate(candidates):
            if rule(candidate):
                text = normalise(" ".join(part.text for part in _parts(candidates[at:])))
                if count_words(text) <= _MOST_WORDS:
                    label = _LABEL.match(text)
                    return text[label.end() :] if label else text
    return ""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A block that may be the standfirst, and what speaks for it."""

    block: Block
    is_described: bool  # the metadata repeat it, or a part of it
    is_description: bool  # the metadata repeat it word for word
    is_apart: bool  # in another container than the story

    @property
    def text(self) -> str:
        return self.block.text

    @property
    def is_named(self) -> bool:
        return bool(_NAMES.search(self.block.names))

    @property
    def is_in_named(self) -> bool:
        return self.is_named or bool(_NAMES.search(self.block.container))

    @property
    def has_stop(self) -> bool:
        return ends_sentence(self.text)


# In order of trust. A line without a full stop may be a second part of the title.
_RULES: tuple[Callable[[_Candidate], bool], ...] = (
    lambda each: each.is_named and each.has_stop and (each.is_described or not each.block.is_prose),
    lambda each: each.is_description,
    lambda each: each.is_named and each.has_stop,
    lambda each: each.is_described and each.has_stop,
    lambda each: each.is_named,
    lambda each: each.is_in_named and each.has_stop,
    lambda each: each.has_stop and not each.block.is_heading and (each.block.is_bold or not each.block.is_prose),
    lambda each: each.has_stop and not each.block.is_heading and each.is_apart,
    lambda each: each.is_described or each.is_in_named,
    lambda each: each.block.is_heading,
)


def _may_be_standfirst(block: Block, known: Set[str]) -> bool:
    key = fold(block.text)
    if block.linked or count_words(block.text) < _LEAST_WORDS or key in known:
        return False
    if block.is_heading and any(len(title) > _COMPARABLE and title in key for title in known):
        return False
    digits = sum(map(str.isdigit, block.text))
    return digits * 6 < len(block.text) and not _NO_NAMES.search(block.names)


def _repetition(block: Block, descriptions: Sequence[str]) -> tuple[bool, bool]:
    key = fold(block.text)
    others = [fold(text) for text in descriptions]
    part = any(min(len(key), len(other)) > _COMPARABLE and (key in other or other in key) for other in others)
    return part, key in others


def _parts(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """The first candidate, with those directly after it that look like it."""
    first = candidates[0]
    parts = [first]
    for other in candidates[1:_MOST_PARTS]:
        if not other.block.is_like(first.block) or first.block.is_heading or not other.has_stop:
            break
        parts.append(other)
    return parts


def split_standfirst(standfirst: str, lines: Sequence[Line]) -> tuple[str, tuple[Line, ...]]:
    """Take the standfirst out of the first lines. Where nothing else is left, it is the story and stays."""
    key = fold(standfirst)
    if not key:
        return "", tuple(lines)
    kept = [line for line in lines[:_DEPTH] if not _is_part(fold(line.text), key)]
    rest = (*kept, *lines[_DEPTH:])
    return (standfirst, rest) if rest else ("", tuple(lines))


def _is_part(line: str, standfirst: str) -> bool:
    """Whether the line is the standfirst or a whole part of it."""
    return (
        line == standfirst
        or (len(line) > 20 and line in standfirst)
        or (len(line) > 0 and standfirst.startswith(line) and len(line) > 12)
    )
