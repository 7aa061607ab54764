"""Sentences: where they end, and a text split into them.

sentencex splits; what it splits too eagerly is joined again. abbreviations.txt lists words whose full stop ends no
sentence; openers.txt lists words that open one in scripts where a space stands for both comma and full stop. Both were
written by hand, one language a line.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any, cast

import regex

from pipeline.text.languages import primary_language
from pipeline.text.normalise import one_line

_ENDS = tuple(".!?…。！？．؟।॥။។։۔፧።")
CLOSERS = "”“\"'’‘」』）)»«›‹】》〉]*_"  # what may follow the full stop
_NO_FULL_STOP = frozenset({"th", "lo", "km", "bo", "my"})

_LAST_WORD = regex.compile(r"(?<![\p{L}\p{M}.-])([\p{L}\p{M}][\p{L}\p{M}.-]*)\.\s*$")
_ORDINAL = re.compile(r"(?:^|\s)\d{1,2}\.\s*$")
_ORDINAL_LANGUAGES = "de da nb nn fi cs pl hu hr sl sk et lv sr bs is fo"
_PAIRS = {"“": "”", "«": "»", "「": "」", "『": "』", "（": "）", "(": ")", "[": "]", "《": "》", "【": "】"}
_LOW_PAIRS = {"„": "“", "»": "«", "‚": "‘", "(": ")", "[": "]"}
_LOW_QUOTE_LANGUAGES = "de cs sk sl hr sr bs bg is et lt lv da sq mk ka"
# A quotation that is never closed must not swallow the rest of the story.
_LONGEST_QUOTATION = 600
# Particles that continue the sentence after a closing quotation mark.
_PARTICLE = re.compile(r"^(?:と|って|という|など|との|の|が|は|を|に|も|で|라고|이라고|라며|이라며|고\s)")
# "He said" after the quotation, which a splitter takes for a sentence of its own in Chinese.
_ATTRIBUTION = re.compile(r"[^。！？!?「“]{1,20}(?:[說说道稱称]|表示|指出|補充|补充|強調|强调)[。！]?")
# A space ends a sentence only where the sentence has some length.
_SHORTEST_SPACED = 30


def ends_sentence(text: str) -> bool:
    """Whether the text ends in a full stop of any script; closing marks after it are ignored."""
    return text.rstrip(CLOSERS + " ").endswith(_ENDS)


def has_full_stops(language: str) -> bool:
    """Whether the language (BCP 47) marks the ends of its sentences."""
    return primary_language(language) not in _NO_FULL_STOP


def split_sentences(text: str, language: str) -> list[str]:
    """The sentences of a plain text in order, quotations in one piece. `language` is a BCP 47 tag."""
    base = primary_language(language)
    sentences: list[str] = []
    for line in filter(None, map(one_line, text.splitlines())):
        pieces = _split_at_spaces(line, base) if base in _word_lists("openers.txt") else _split_by_library(line, base)
        sentences += _join_pieces(pieces, base)
    return sentences


def _split_by_library(line: str, base: str) -> Iterable[str]:
    import sentencex

    code = {"nb": "no", "nn": "no", "fil": "tl", "und": "en"}.get(base, base)
    return cast(Iterable[str], cast(Any, sentencex).segment(code, line))


def _split_at_spaces(line: str, base: str) -> list[str]:
    openers = tuple(_word_lists("openers.txt")[base])
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


def _join_pieces(pieces: Iterable[str], base: str) -> list[str]:
    sentences: list[str] = []
    for piece in filter(str.strip, pieces):
        if sentences and _is_one_sentence(sentences[-1], piece, base):
            sentences[-1] += piece
        else:
            sentences.append(piece)
    return [sentence.strip() for sentence in sentences]


def _is_one_sentence(before: str, after: str, base: str) -> bool:
    """Whether the splitter cut inside a sentence: in a quotation, after an abbreviation, before a small letter."""
    before, start = before.rstrip(), after.lstrip()
    if not start.strip(CLOSERS + " "):
        return True
    if start[0].islower() and (before[-1] in ".:;," or before[-1] in CLOSERS):
        return True
    if _is_in_quotation(before, base) and len(before) + len(after) <= _LONGEST_QUOTATION:
        return True
    if before[-1] in CLOSERS and (_PARTICLE.match(start) or _ATTRIBUTION.fullmatch(start.rstrip())):
        return True
    if base in _ORDINAL_LANGUAGES.split() and _ORDINAL.search(before) and start[0].isalpha():
        return True
    return _ends_in_abbreviation(before, base)


def _ends_in_abbreviation(text: str, base: str) -> bool:
    match = _LAST_WORD.search(text)
    if not match:
        return False
    word = match.group(1)
    # An initial before a name, but not the pronoun "I."
    is_initial = len(word) == 1 and word.isupper() and word != "I"
    return is_initial or word.lower() in _word_lists("abbreviations.txt").get(base, ())


def _is_in_quotation(text: str, base: str) -> bool:
    low = base in _LOW_QUOTE_LANGUAGES.split() and ("„" in text or "»" in text)
    pairs = _LOW_PAIRS if low else _PAIRS
    return text.count('"') % 2 == 1 or any(text.count(opener) > text.count(closer) for opener, closer in pairs.items())


@cache
def _word_lists(name: str) -> Mapping[str, frozenset[str]]:
    """The word lists of a file by language: `language: word word`, continued on lines that begin with spaces."""
    text = (resources.files(__package__) / name).read_text(encoding="utf-8").replace("\n ", " ")
    lines = (line.partition(":") for line in text.splitlines())
    return {language: frozenset(words.split()) for language, _, words in lines}
