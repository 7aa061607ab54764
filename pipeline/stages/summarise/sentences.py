"""Text into sentences: sentencex splits, and what it splits too eagerly is put together again.

abbreviations.txt holds words whose full stop ends no sentence, and openers.txt words that open one in scripts where a
space stands for both comma and full stop; both were written by hand, a language a line.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any, cast

import regex
import sentencex

_LAST_WORD = regex.compile(r"(?<![\p{L}\p{M}.-])([\p{L}\p{M}][\p{L}\p{M}.-]*)\.\s*$")
_ORDINAL = re.compile(r"(?:^|\s)\d{1,2}\.\s*$")
_ORDINAL_LANGUAGES = "de da nb nn fi cs pl hu hr sl sk et lv sr bs is fo"
_PAIRS = {"“": "”", "«": "»", "「": "」", "『": "』", "（": "）", "(": ")", "[": "]", "《": "》", "【": "】"}
_LOW_PAIRS = {"„": "“", "»": "«", "‚": "‘", "(": ")", "[": "]"}
_LOW_QUOTES = "de cs sk sl hr sr bs bg is et lt lv da sq mk ka"
# A quotation that was never closed must not swallow the rest of the story.
_LONGEST_QUOTATION = 600
# Particles that go on after a closing quotation mark.
_GOES_ON = re.compile(r"^(?:と|って|という|など|との|の|が|は|を|に|も|で|라고|이라고|라며|이라며|고\s)")
# "He said" after the quotation, in Chinese a sentence of its own to a splitter.
_SAID = re.compile(r"[^。！？!?「“]{1,20}(?:[說说道稱称]|表示|指出|補充|补充|強調|强调)[。！]?")
_CLOSERS = "”“\"'’‘」』）)»«›‹】》〉]"
# A space before a sentence's first word counts only where the sentence before it has some length.
_SHORTEST_SPACED = 30


def split_sentences(text: str, language: str) -> list[str]:
    """The sentences of a plain text, quotations in one piece, in order. `language` is a BCP 47 tag."""
    base = language.partition("-")[0]
    found: list[str] = []
    for line in filter(None, (" ".join(line.split()) for line in text.splitlines())):
        pieces = _by_spaces(line, base) if base in _words("openers.txt") else _by_library(line, base)
        found += _joined(pieces, base)
    return found


def _by_library(line: str, base: str) -> Iterable[str]:
    code = {"nb": "no", "nn": "no", "und": "en"}.get(base, base)
    return cast(Iterable[str], cast(Any, sentencex).segment(code, line))


def _by_spaces(line: str, base: str) -> list[str]:
    openers = tuple(_words("openers.txt")[base])
    pieces: list[list[str]] = []
    size = 0
    for part in re.split(r"(?<=[ ])|(?<=[។!?])(?! )", line):
        ended = bool(pieces) and pieces[-1][-1].rstrip().endswith(("។", "!", "?"))
        if not pieces or ended or (size >= _SHORTEST_SPACED and part.startswith(openers)):
            pieces.append([])
            size = 0
        pieces[-1].append(part)
        size += len(part)
    return ["".join(parts) for parts in pieces]


def _joined(pieces: Iterable[str], base: str) -> list[str]:
    sentences: list[str] = []
    for piece in filter(str.strip, pieces):
        if sentences and _goes_on(sentences[-1], piece, base):
            sentences[-1] += piece
        else:
            sentences.append(piece)
    return [sentence.strip() for sentence in sentences]


def _goes_on(before: str, after: str, base: str) -> bool:
    """Whether the splitter cut inside a sentence: in a quotation, after an abbreviation, before a small letter."""
    before, start = before.rstrip(), after.lstrip()
    if not start.strip(_CLOSERS + " "):
        return True
    if start[0].islower() and (before[-1] in ".:;," or before[-1] in _CLOSERS):
        return True
    if _in_quotation(before, base) and len(before) + len(after) <= _LONGEST_QUOTATION:
        return True
    if before[-1] in _CLOSERS and (_GOES_ON.match(start) or _SAID.fullmatch(start.rstrip())):
        return True
    if base in _ORDINAL_LANGUAGES.split() and _ORDINAL.search(before) and start[0].isalpha():
        return True
    return _ends_abbreviated(before, base)


def _ends_abbreviated(before: str, base: str) -> bool:
    found = _LAST_WORD.search(before)
    if not found:
        return False
    word = found.group(1)
    # An initial before a name, but not the pronoun "I."
    return word.lower() in _words("abbreviations.txt").get(base, ()) or (
        len(word) == 1 and word.isupper() and word != "I"
    )


def _in_quotation(text: str, base: str) -> bool:
    low = base in _LOW_QUOTES.split() and ("„" in text or "»" in text)
    pairs = _LOW_PAIRS if low else _PAIRS
    return text.count('"') % 2 == 1 or any(text.count(opener) > text.count(closer) for opener, closer in pairs.items())


@cache
def _words(name: str) -> Mapping[str, frozenset[str]]:
    """A word list of this package: `language: word word`, continued on lines that begin with spaces."""
    text = (resources.files(__package__) / name).read_text(encoding="utf-8").replace("\n ", " ")
    lines = (line.partition(":") for line in text.splitlines())
    return {language: frozenset(words.split()) for language, _, words in lines}
