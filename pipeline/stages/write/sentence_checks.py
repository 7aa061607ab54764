"""Check a proposed sentence as a whole: its language, whether the source has such a sentence, and its markup."""

import re
from collections.abc import Sequence

from pipeline.stages.write.alignment import likeness
from pipeline.stages.write.quotations import length_in_words
from pipeline.text.chinese import is_in_other_script
from pipeline.text.languages import primary_language, script_of_language
from pipeline.text.scripts import script_of_character, scripts_written

_LEAST_LIKENESS = 0.27  # strangers' 95th percentile is .19-.27, the first percentile of right translations .34
_SHORTEST = 4  # words: less says too little for its vector
_FOREIGN_SHARE = 0.2  # of a sentence's letters that may be of another script
_LATIN_SHARE = 0.8  # names may be in Latin letters in any script
_LATIN_WORDS = 6
_COMMON_SHARE = 0.6  # of the words of a sentence that the source may have as well
_LONGEST_HAN = 12  # letters of a Japanese sentence without kana: a headline's at most
_WORD = re.compile(r"[^\W\d_]{2,}")
_CLAUSE_END = re.compile(r"(?<=[，、；：,;:])")
_MARKUP = re.compile(
    r"</?[a-z][a-z0-9]*(?:\s[^<>]*=[^<>]*)?/?>|\]\(|\{[{%]|```|https?://\S+|\bwww\.\S+|(?<!\w)@\w{3,}|\b[\w.+-]+@[\w-]+\.\w+"
    r"|\*\*|&(?:#\d+|[a-z]{2,8});|(?<!\S)\*(?=\w)",
    re.IGNORECASE,
)


def is_untranslated(sentence: str, to: str, source: str, language: str) -> bool:
    """Whether a sentence is in another script than its language, or repeats the source's words."""
    scripts = [script for script in map(script_of_character, sentence) if script]
    own = set(scripts_written(script_of_language(to)))
    latin = scripts.count("Latn")
    foreign = sum(script not in own and script != "Latn" for script in scripts)
    if foreign > _FOREIGN_SHARE * len(scripts) or is_in_other_script(sentence, to):
        return True
    words = _WORD.findall(sentence.lower())
    if "Latn" not in own:
        if latin > _LATIN_SHARE * len(scripts) and len(words) >= _LATIN_WORDS:
            return True
        return "Kana" in own and "Kana" not in scripts and scripts.count("Hani") > _LONGEST_HAN
    if primary_language(language) == primary_language(to) or len(words) < _LATIN_WORDS:
        return False
    known = set(_WORD.findall(source.lower()))
    return sum(word in known for word in words) > _COMMON_SHARE * len(words)


def is_stranger(sentence: str, source: Sequence[str]) -> bool:
    """Whether no sentence of the source, nor a clause of one, means anything alike."""
    if length_in_words(sentence) < _SHORTEST or not source:
        return False
    if max(likeness(sentence, source)) >= _LEAST_LIKENESS:
        return False
    clauses = [clause for each in source for clause in _CLAUSE_END.split(each) if length_in_words(clause) >= _SHORTEST]
    return not clauses or max(likeness(sentence, clauses)) < _LEAST_LIKENESS


def find_markup(sentence: str, source: str) -> list[str]:
    """The addresses, handles and markup of a sentence that the source does not have."""
    return [match[0] for match in _MARKUP.finditer(sentence) if match[0].rstrip(".,)") not in source]
