"""Residue patterns: all examples of the default file are checked, and a newsroom can add patterns."""

import pickle

import pytest

from pipeline.errors import ConfigError
from pipeline.records import Document
from pipeline.stages.clean import Residue, clean_document, default_residue, load_residue
from pipeline.stages.clean.residue import GROUP_RULES, REMOVING, Pattern

PATTERNS = default_residue().patterns
EXAMPLES = [(pattern, line) for pattern in PATTERNS for line in pattern.examples]
COUNTEREXAMPLES = [(pattern, line) for pattern in PATTERNS for line in pattern.counterexamples]
TWELVE = ("en", "de", "nl", "fr", "es", "it", "pt", "zh-Hant", "zh-Hans", "ja", "ko", "vi", "id")


def alone(pattern: Pattern) -> Residue:
    """A residue of one pattern."""
    return Residue(f"{pattern.language}/{pattern.rule}/{pattern.match}", (pattern,))


def name(case: tuple[Pattern, str]) -> str:
    """The name of a case in the report."""
    return f"{case[0].language}-{case[0].rule}-{case[1][:30]}"


@pytest.mark.parametrize("case", EXAMPLES, ids=name)
def test_each_pattern_matches_its_examples(case: tuple[Pattern, str]) -> None:
    """Every `is` line of the data file is matched by its own pattern."""
    pattern, line = case
    if pattern.rule in GROUP_RULES:
        assert alone(pattern).groups(pattern.rule, line)
    else:
        assert alone(pattern).find(line, (pattern.rule,)) == pattern.rule


@pytest.mark.parametrize("case", COUNTEREXAMPLES, ids=name)
def test_no_pattern_matches_a_counterexample(case: tuple[Pattern, str]) -> None:
    """No `not` line is matched by its own pattern, or by any pattern that removes lines."""
    pattern, line = case
    assert alone(pattern).find(line, (pattern.rule,)) is None
    assert default_residue().find(line, REMOVING) is None


def test_every_pattern_has_examples() -> None:
    """A pattern without an example is untested."""
    assert [(pattern.language, pattern.rule) for pattern in PATTERNS if not pattern.examples] == []


@pytest.mark.parametrize("rule", ["related", "signup", "share", "comments", "notice", "credit", "end"])
def test_the_letters_languages_have_each_common_rule(rule: str) -> None:
    """The languages of the letter's sources are all covered by the rules that matter most."""
    having = {pattern.language for pattern in PATTERNS if pattern.rule == rule}
    assert set(TWELVE) <= having


def test_a_newsrooms_file_adds_to_the_default_patterns() -> None:
    """The newsroom's lines are removed as well as the default ones."""
    own = load_residue("en:\n  notice:\n    - match: 'brought to you by the tidepaper fund'\n      is: [x]\n")
    story = "The port reopened on Tuesday, eleven months after the last ship had left it."
    page = f"The port\n\n{story}\n\nBrought to you by the Tidepaper Fund\n\nShare this story\n"
    stories = clean_document(Document("file:a.txt", page.encode(), "text/plain"), residue=own).stories
    assert stories[0].text == story


def test_residue_pickles() -> None:
    """Pickled and unpickled it is the same residue."""
    own = load_residue("en:\n  share:\n    - {match: pass it on, is: [Pass it on]}\n")
    copy = pickle.loads(pickle.dumps(own))
    assert copy == own
    assert copy.find("Pass it on") == "share"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("en: [", "not valid YAML"),
        ("- a", "mapping from language"),
        ("en: share", "en: expected rules"),
        ("en:\n  shares: []", "no rule 'shares'"),
        ("en:\n  share:\n    - is: [x]", "needs `match`"),
        ("en:\n  share:\n    - match: '(x'", "not a regular expression"),
    ],
)
def test_a_faulty_file_is_refused_with_the_place(text: str, complaint: str) -> None:
    """The config error names language, rule and pattern."""
    with pytest.raises(ConfigError, match=complaint.replace("(", r"\(").replace("[", r"\[")):
        load_residue(text)


def test_an_added_word_is_matched_however_it_is_written() -> None:
    """Case, leading marks and curly apostrophes do not hide a line from its pattern."""
    residue = default_residue()
    assert residue.find("»  READ MORE") == "related"
    assert residue.find("▶ Editor’s picks") == "related"
    assert residue.find("Lesen Sie auch\u00a0 Ein Hafen") == "related"


def test_residue_pickles_whole_and_the_default_one_small() -> None:
    """A newsroom's own patterns travel with every task; the default ones are only named."""
    own = load_residue("en:\n  share:\n    - match: pass it on, dear reader\n")
    shipped = default_residue()
    for residue in (own, shipped):
        again = pickle.loads(pickle.dumps(residue))
        assert (again.key, again.patterns, again.function_words) == (
            residue.key,
            residue.patterns,
            residue.function_words,
        )
    assert len(pickle.dumps(shipped)) < 1000


def test_a_pattern_that_needs_words_is_tried_on_lines_with_one_of_them() -> None:
    """Lines without one of the needed words do not match."""
    own = load_residue("en:\n  share:\n    - match: '.{0,90}quayside extra.*'\n      needs: [extra, EXTRA!]\n")
    assert own.find("The whole story is in our Quayside Extra tonight") == "share"
    own = load_residue("en:\n  share:\n    - match: '.{0,90}quayside extra.*'\n      needs: [nothing of the kind]\n")
    assert own.find("The whole story is in our Quayside Extra tonight") is None
