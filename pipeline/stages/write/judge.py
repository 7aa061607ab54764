"""The verdict on a writer's answer: what it proposes, and what the checker says of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 - the argument is named date

from pipeline.records import TaskName
from pipeline.stages.write.checker import check_translation, doubtful_names
from pipeline.stages.write.finding import Finding
from pipeline.stages.write.limits import UNSPACED, limits_of
from pipeline.stages.write.tasks import ProposedTexts, read_proposal, read_translation
from pipeline.text.languages import primary_language
from pipeline.text.likeness import repeats
from pipeline.text.normalise import one_line
from pipeline.text.sentences import split_sentences
from pipeline.text.width import display_width


@dataclass(frozen=True, slots=True)
class Verdict:
    """The texts of an answer with the checker's findings and doubts, or the reason why the answer cannot be read."""

    kicker: str = ""
    headline: str = ""
    sentences: tuple[str, ...] = ()  # of the blurb
    findings: tuple[Finding, ...] = ()
    doubts: tuple[Finding, ...] = ()
    fault: str = ""

    @property
    def passed(self) -> bool:
        """Whether the answer can be read and nothing speaks against it."""
        return not self.fault and not self.findings


def judge_answer(
    content: str, task: TaskName, source: Sequence[str], language: str, to: str, *, date: Date | None
) -> Verdict:
    """Read an answer and compare it with the sentences that were sent, the title first. `date`: of the story."""
    try:
        kicker, headline, sentences, own = _read(content, task, len(source), to)
    except ValueError as error:
        return Verdict(fault=f"the writer's answer cannot be used ({one_line(str(error))})")
    texts = ("\n".join(source), proposed_text(kicker, headline, sentences), language, to)
    findings = (*(each.located(texts[1]) for each in own), *check_translation(*texts, date=date))
    return Verdict(kicker, headline, tuple(sentences), findings, tuple(doubtful_names(*texts)))


def proposed_text(kicker: str, headline: str, sentences: Sequence[str]) -> str:
    """The text that is checked, one part to a line: the places of findings are in it."""
    return "\n".join(filter(None, (kicker, headline, *sentences)))


def answer_fault(content: str, task: TaskName, count: int) -> str:
    """What makes an answer to `count` sentences unreadable, in words; empty if it can be read."""
    try:
        _read(content, task, count, "en")
    except ValueError as error:
        return f"the writer's answer cannot be used ({one_line(str(error))})"
    return ""


def _read(content: str, task: TaskName, count: int, to: str) -> tuple[str, str, list[str], list[Finding]]:
    """Kicker, headline, sentences, and what is wrong with their form."""
    if task == "translate":
        headline, *sentences = read_translation(content, count)
        return "", headline, sentences, []
    proposal = read_proposal(content, count - 1)
    sentences = [each.text for each in proposal.blurb]
    return proposal.kicker, proposal.headline, sentences, list(check_form(proposal, to))


def check_form(proposal: ProposedTexts, to: str) -> Iterator[Finding]:
    """Find what is too long for its place, and parts that say the same."""
    limits = limits_of(to)
    kicker, headline = proposal.kicker, proposal.headline
    blurb = join_sentences([each.text for each in proposal.blurb], to)
    words = len(kicker.split())
    if limits.kicker_words is not None and words > limits.kicker_words:
        yield Finding("length", kicker, f"a kicker has at most {limits.kicker_words} words, not {words}")
    for text, part, most in (
        (kicker, "kicker", limits.kicker_columns),
        (headline, "headline", limits.headline_columns),
        (blurb, "blurb", limits.blurb_columns),
    ):
        if most is not None and (width := display_width(text)) > most:
            yield Finding("length", text, f"a {part} has at most {most} columns, not {width}")
    least, most = limits.blurb_sentences
    if not least <= (count := len(split_sentences(blurb, to))) <= most:
        yield Finding("length", blurb, f"a blurb has {least} or {most} sentences, not {count}")
    yield from _find_repetitions(proposal)


def _find_repetitions(proposal: ProposedTexts) -> Iterator[Finding]:
    parts = [proposal.kicker, proposal.headline, *(each.text for each in proposal.blurb)]
    for place, text in enumerate(parts):
        if any(repeats(text, other) or text.casefold() == other.casefold() for other in parts[:place]):
            yield Finding("likeness", text, "kicker, headline and sentences of the blurb must not say the same")


def join_sentences(sentences: Sequence[str], language: str) -> str:
    """Sentences as a paragraph of their language."""
    return ("" if primary_language(language) in UNSPACED else " ").join(sentences)
