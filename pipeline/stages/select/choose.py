"""From ranked candidates to slots: the editor's pins first, then the best, spread and capped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.records import Decision, Edits, Outcome, SelectSettings, Slot, Story
from pipeline.stages.select.rank import Candidate, decisions_of

# A candidate's score shrinks by this much for each story already chosen that is of the same …
REPEATED_LANGUAGE = 0.60
REPEATED_OWN_LANGUAGE = 0.72  # … where that is the language the edition is in
REPEATED_TOPIC = 0.80
REPEATED_OUTLET = 0.65
REPEATED_HAPPENING = 0.30  # … as far as can be told across languages
OWN_LANGUAGE = 1.20  # what readers of the edition need not be able to read another language for
OWN_LANGUAGE_LEAD = 1.15  # the lead is for those who read nothing but the edition's language

Section = Literal["features", "reads"]


@dataclass(frozen=True, slots=True)
class Choice:
    """The slots of one edition, and a line of the ledger for each candidate. No slots: no issue."""

    slots: tuple[Slot, ...]
    decisions: tuple[Decision, ...]


def choose_stories(
    candidates: Sequence[Candidate],
    *,
    edition: str,
    language: str,
    accepts: Mapping[str, int | None] | None,
    published_before: Mapping[str, str],
    edits: Edits,
    rules: SelectSettings,
) -> Choice:
    """Places for one edition, or none where fewer than `rules.minimum` stories are left.

    `accepts` maps the story languages the edition takes to how many of each (None: any number; no mapping: all).
    `published_before` maps stories that an approved issue published to the reason shown for leaving them out. A pinned
    story is in, whatever its score, language or past; of two pinned stories of one event, the first. The order of
    `candidates` does not matter.
    """
    stage = f"select/{edition}"
    desk = SlotFiller(rules, language, accepts or {})
    candidates = sorted(candidates, key=lambda candidate: (-candidate.score, candidate.event.id))
    by_story = {story.id: candidate for candidate in candidates for story in candidate.stories}
    pins: tuple[tuple[Section, tuple[str, ...]], ...] = (("features", edits.features), ("reads", edits.reads))
    for section, pinned in pins:
        for pin in pinned:
            if pin in by_story and pin not in edits.drops:
                desk.pin(by_story[pin], pin, section)
    unpinned = [candidate for candidate in candidates if not desk.has(candidate)]
    open_, dropped = _sift(
        unpinned, stage, accepts=accepts, published_before=published_before, edits=edits, language=language
    )
    desk.fill("features", [pair for pair in open_ if _can_be_feature(pair[1])], rules.features)
    desk.lead()
    desk.fill("reads", open_, rules.reads)
    enough = len(desk.taken) >= rules.minimum
    slots = tuple(taken.slot for taken in desk.taken) if enough else ()
    ranked = (line for candidate in candidates for line in decisions_of(candidate, stage))
    return Choice(slots, (*ranked, *dropped, *desk.told(open_, stage, enough=enough)))


def _sift(
    candidates: Sequence[Candidate],
    stage: str,
    *,
    accepts: Mapping[str, int | None] | None,
    published_before: Mapping[str, str],
    edits: Edits,
    language: str,
) -> tuple[list[tuple[Candidate, Story]], list[Decision]]:
    """Those that may be chosen, each with the story that tells it in this edition; a line for each other."""
    kept, decisions = [], []
    for candidate in candidates:
        story = _teller(candidate, language, accepts, edits)
        told = next(
            (published_before[member.id] for member in candidate.stories if member.id in published_before), None
        )
        if story is None:
            dropped = ("editor/drop", "") if _dropped(candidate, edits) else ("language", candidate.best.language)
        elif told:
            dropped = ("published before", told)
        elif story.role == "letter":
            dropped = ("role/letter", "a newsletter's own letter is no story")
        else:
            kept.append((candidate, story))
            continue
        decisions.append(Decision(candidate.best.id, stage, Outcome.DROPPED, dropped[0], None, dropped[1]))
    return kept, decisions


def _dropped(candidate: Candidate, edits: Edits) -> bool:
    return all(story.id in edits.drops for story in candidate.stories)


def _teller(
    candidate: Candidate, language: str, accepts: Mapping[str, int | None] | None, edits: Edits
) -> Story | None:
    """The story that tells the event here: the first in the edition's language, else the best it takes."""
    taken = [
        story
        for story in candidate.stories
        if story.id not in edits.drops and (accepts is None or story.language in accepts)
    ]
    full = [story for story in taken if _can_be_feature(story)] or taken
    return next((story for story in full if story.language == language), full[0] if full else None)


def _can_be_feature(story: Story) -> bool:
    return story.role in ("article", "feature") and bool(story.blocks)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A slot with what stands in it."""

    slot: Slot
    candidate: Candidate
    story: Story


class SlotFiller:
    """Places as they fill up, and what the next one is measured against."""

    def __init__(self, rules: SelectSettings, language: str, accepts: Mapping[str, int | None]) -> None:
        self.taken: list[_Taken] = []
        self._rules = rules
        self._language = language
        self._accepts = accepts
        self._barred: dict[str, str] = {}  # event → the cap that let a lower score go before it

    def pin(self, candidate: Candidate, story_id: str, section: Section) -> None:
        """The editor's word: no cap and no spread."""
        if not self.has(candidate):
            story = next(member for member in candidate.stories if member.id == story_id)
            self._slot(candidate, story, section, candidate.score, pinned=True)

    def fill(self, section: Section, open_: Sequence[tuple[Candidate, Story]], size: int) -> None:
        """Take the best of what is left, again and again, until the section is full."""
        barred: dict[str, str] = {}
        while len(self._section(section)) < size:
            beside = self._section(section)
            left = [(self._spread(*pair, beside), *pair) for pair in open_ if not self.has(pair[0])]
            # The first of equals: candidates come in a stable order.
            for score, candidate, story in sorted(left, key=lambda item: -item[0]):
                cap = self._capped(candidate, story, section)
                if cap is None:
                    self._slot(candidate, story, section, round(min(1.0, score), 4))
                    break
                barred.setdefault(candidate.event.id, cap)
            else:
                break
        self._barred |= barred

    def lead(self) -> None:
        """The strongest feature leads, with some favour for the edition's own language; but for a pinned one."""
        features = self._section("features")
        if any(taken.slot.pinned for taken in features):
            return

        def strength(taken: _Taken) -> float:
            own = taken.story.language == self._language
            return taken.candidate.score * (OWN_LANGUAGE_LEAD if own else 1.0)

        first = max(features, key=strength, default=None)
        self.taken.sort(key=lambda taken: taken is not first)

    def told(self, open_: Sequence[tuple[Candidate, Story]], stage: str, *, enough: bool) -> list[Decision]:
        """A line for each candidate that was pinned or open: where it stands, or why it does not."""
        lines = []
        for taken in self.taken:
            if enough:
                rule = "editor/pin" if taken.slot.pinned else f"chosen/{taken.slot.section}"
                lines.append(Decision(taken.story.id, stage, Outcome.CHOSEN, rule, taken.slot.score, _instead(taken)))
            else:
                said = f"{len(self.taken)} of at least {self._rules.minimum} stories: no issue"
                lines.append(Decision(taken.story.id, stage, Outcome.DROPPED, "minimum", None, said))
        for candidate, _ in open_:
            if not self.has(candidate):
                rule = self._barred.get(candidate.event.id, "score")
                said = "others ranked higher" if rule == "score" else "enough of its like before it"
                lines.append(Decision(candidate.best.id, stage, Outcome.DROPPED, rule, candidate.score, said))
        return lines

    def has(self, candidate: Candidate) -> bool:
        """Whether the event stands somewhere already."""
        return any(taken.candidate.event.id == candidate.event.id for taken in self.taken)

    def _spread(self, candidate: Candidate, story: Story, beside: Sequence[_Taken]) -> float:
        """The score, more for the edition's own language, less for what the section has already."""
        score = candidate.score * (OWN_LANGUAGE if story.language == self._language else 1.0)
        if any(taken.candidate.event.id in candidate.alike for taken in self.taken):
            score *= REPEATED_HAPPENING
        for taken in beside:
            if taken.story.language == story.language:
                own = story.language == self._language
                score *= REPEATED_OWN_LANGUAGE if own else REPEATED_LANGUAGE
            if candidate.topic is not None and taken.candidate.topic == candidate.topic:
                score *= REPEATED_TOPIC
            if _origin(taken.story) == _origin(story):
                score *= REPEATED_OUTLET
        return score

    def _section(self, section: Section) -> list[_Taken]:
        return [taken for taken in self.taken if taken.slot.section == section]

    def _slot(
        self, candidate: Candidate, story: Story, section: Section, score: float, *, pinned: bool = False
    ) -> None:
        self.taken.append(_Taken(Slot(story.id, candidate.event.id, section, score, pinned), candidate, story))

    def _capped(self, candidate: Candidate, story: Story, section: Section) -> str | None:
        """The cap that keeps a candidate out of a section, if any."""
        rules, language = self._rules, story.language
        if sum(_origin(taken.story) == _origin(story) for taken in self.taken) >= rules.per_source:
            return "cap/source"
        if _reached(self._accepts.get(language), (taken.story.language == language for taken in self.taken)):
            return "cap/language"
        if section == "reads":
            return None
        features = self._section("features")
        if _reached(rules.per_language, (taken.story.language == language for taken in features)):
            return "cap/language"
        topic = candidate.topic
        if topic is not None and _reached(rules.per_topic, (taken.candidate.topic == topic for taken in features)):
            return "cap/topic"
        return None


def _reached(limit: int | None, like: Iterable[bool]) -> bool:
    return limit is not None and sum(like) >= limit


def _instead(taken: _Taken) -> str:
    best = taken.candidate.best
    return "" if taken.story.id == best.id else f"tells the event of {best.id} in {taken.story.language}"


def _origin(story: Story) -> tuple[str, str, str]:
    """What a story is counted under for the caps: its outlet, or the document it was part of."""
    return (story.source, story.document or (story.entry if story.role != "article" else ""), story.outlet)
