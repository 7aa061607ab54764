"""Why a story is in an issue or not, in plain words; the figures are in the ledger's lines for each part."""

from collections import Counter
from collections.abc import Iterable

from pipeline.records import Decision
from pipeline.stages.select.rank import Candidate

OFF_SUBJECT = "off the subject"
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_UNSAID = frozenset(["source", "fullness"])  # parts that only decide between equals
_UNSAID_AT_ZERO = frozenset(["names", "money"])
# What a number of events is, by the rule that dropped them; `kind` for every barred kind.
_DROPPED = {
    "subject": OFF_SUBJECT,
    "kind": "of a kind that the letter does not take",
    "language": "in a language that the edition does not take",
    "published before": "published before",
    "editor/drop": "dropped by the editor",
    "repeat": "nearly the same as one that is in",
    "cap/source": "of an outlet that has enough",
    "cap/firm": "on a firm that has enough",
    "cap/language": "in a language that has enough",
}


def reason_for(candidate: Candidate) -> str:
    """Why a candidate may be in: its subject, who reports it, big names, money, its age, and what else was weighed."""
    parts = {part: note for part, figure, note in candidate.parts if figure or part not in _UNSAID_AT_ZERO}
    if not candidate.on_subject:
        parts = {"relevance": OFF_SUBJECT, **{part: note for part, note in parts.items() if part != "relevance"}}
    return " · ".join(note for part, note in parts.items() if note and part not in _UNSAID)


def left_out(decisions: Iterable[Decision]) -> str:
    """How many events were left out, by reason, the most first; empty if none were."""
    counts = Counter(
        decision.rule if decision.rule in _DROPPED else decision.rule.split("/")[0] for decision in decisions
    )
    known = sorted((rule for rule in counts if rule in _DROPPED), key=lambda rule: (-counts[rule], rule))
    return ", ".join(f"{counts[rule]:,} {_DROPPED[rule]}" for rule in known)


def ordinal(number: int) -> str:
    """First, second …; 11th and so on beyond ten."""
    return _ORDINALS[number - 1] if number <= len(_ORDINALS) else f"{number}th"
