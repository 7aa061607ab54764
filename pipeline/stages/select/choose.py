"""Fill an edition's slots from ranked candidates: the editor's pins first, then the best, spread and capped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.records import Decision, Edits, Outcome, SelectSettings, Slot, Story
from pipeline.stages.select.rank import Candidate, decisions_of

# Factors on a candidate's score for each story already chosen with the same …
REPEATED_LANGUAGE = 0.60
REPEATED_OWN_LANGUAGE = 0.72  # … if it is the edition's own language
REPEATED_TOPIC = 0.80
REPEATED_OUTLET = 0.65
REPEATED_EVENT = 0.30  # … as suggested across languages
OWN_LANGUAGE = 1.20  # factor for a story in the edition's language: every reader can follow its link
OWN_LANGUAGE_LEAD = 1.15  # the same for the lead

Section = Literal["features", "reads"]


@dataclass(frozen=True, slots=True)
class Choice:
    """The slots of one edition, and ledger lines for every candidate. Without slots there is no issue."""

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
    """Choose the slots of one edition; none if fewer than `rules.minimum` stories are left.

    `accepts` maps the story languages that the edition takes to a maximum each (None: no maximum). Without a mapping
    it takes all languages.
    `published_before` maps stories that an approved issue published to the reason shown for leaving them out. A pinned
    story is in, whatever its score, language or past; of two pinned stories of one event, the first. The order of
    `candidates` does not matter.
    """
    stage = f"select/{edition}"
    filler = SlotFiller(rules, language, accepts or {})
    candidates = sorted(candidates, key=lambda candidate: (-candidate.score, candidate.event.id))
    by_story = {story.id: candidate for candidate in candidates for story in candidate.stories}
    pins: tuple[tuple[Section, tuple[str, ...]], ...] = (("features", edits.features), ("reads", edits.reads))
    for section, pinned in pins:
        for pin in pinned:
            if pin in by_story and pin not in edits.drops:
                filler.pin(by_story[pin], pin, section)
    unpinned = [candidate for candidate in candidates if not filler.has(candidate)]
    eligible, dropped = _sift(
        unpinned, stage, accepts=accepts, published_before=published_before, edits=edits, language=language
    )
    filler.fill("features", [pair for pair in eligible if _can_be_feature(pair[1])], rules.features)
    filler.lead()
    filler.fill("reads", eligible, rules.reads)
    enough = len(filler.filled) >= rules.minimum
    slots = tuple(filled.slot for filled in filler.filled) if enough else ()
    ranked = (line for candidate in candidates for line in decisions_of(candidate, stage))
    return Choice(slots, (*ranked, *dropped, *filler.decisions(eligible, stage, enough=enough)))


def _sift(
    candidates: Sequence[Candidate],
    stage: str,
    *,
    accepts: Mapping[str, int | None] | None,
    published_before: Mapping[str, str],
    edits: Edits,
    language: str,
) -> tuple[list[tuple[Candidate, Story]], list[Decision]]:
    """Return the eligible candidates, each with its story in this edition, and a decision for each of the others."""
    kept, decisions = [], []
    for candidate in candidates:
        story = _story_for_edition(candidate, language, accepts, edits)
        reason = next(
            (published_before[member.id] for member in candidate.stories if member.id in published_before), None
        )
        if story is None:
            dropped = ("editor/drop", "") if _dropped(candidate, edits) else ("language", candidate.best.language)
        elif reason:
            dropped = ("published before", reason)
        elif story.role == "letter":
            dropped = ("role/letter", "the letter of a newsletter is not a story")
        else:
            kept.append((candidate, story))
            continue
        decisions.append(Decision(candidate.best.id, stage, Outcome.DROPPED, dropped[0], None, dropped[1]))
    return kept, decisions


def _dropped(candidate: Candidate, edits: Edits) -> bool:
    return all(story.id in edits.drops for story in candidate.stories)


def _story_for_edition(
    candidate: Candidate, language: str, accepts: Mapping[str, int | None] | None, edits: Edits
) -> Story | None:
    """Return the event's best story in the edition's language, else the best that the edition takes, or None."""
    accepted = [
        story
        for story in candidate.stories
        if story.id not in edits.drops and (accepts is None or story.language in accepts)
    ]
    full = [story for story in accepted if _can_be_feature(story)] or accepted
    return next((story for story in full if story.language == language), full[0] if full else None)


def _can_be_feature(story: Story) -> bool:
    return story.role in ("article", "feature") and bool(story.blocks)


@dataclass(frozen=True, slots=True)
class _FilledSlot:
    """A slot with its story and the candidate it comes from."""

    slot: Slot
    candidate: Candidate
    story: Story


class SlotFiller:
    """Fills slots one by one; the stories already chosen affect the score of the next."""

    def __init__(self, rules: SelectSettings, language: str, accepts: Mapping[str, int | None]) -> None:
        self.filled: list[_FilledSlot] = []
        self._rules = rules
        self._language = language
        self._accepts = accepts
        self._capped_by: dict[str, str] = {}  # event → the cap that let a lower score go first

    def pin(self, candidate: Candidate, story_id: str, section: Section) -> None:
        """Place a story that the editor pinned, regardless of caps and spread."""
        if not self.has(candidate):
            story = next(member for member in candidate.stories if member.id == story_id)
            self._slot(candidate, story, section, candidate.score, pinned=True)

    def fill(self, section: Section, eligible: Sequence[tuple[Candidate, Story]], size: int) -> None:
        """Take the best remaining candidate until the section is full."""
        capped: dict[str, str] = {}
        while len(self._section(section)) < size:
            chosen = self._section(section)
            left = [(self._spread(*pair, chosen), *pair) for pair in eligible if not self.has(pair[0])]
            # sorted() is stable, so of equal scores the earlier candidate wins.
            for score, candidate, story in sorted(left, key=lambda item: -item[0]):
                cap = self._reached_cap(candidate, story, section)
                if cap is None:
                    self._slot(candidate, story, section, round(min(1.0, score), 4))
                    break
                capped.setdefault(candidate.event.id, cap)
            else:
                break
        self._capped_by |= capped

    def lead(self) -> None:
        """Move the strongest feature to the front, favouring the edition's language; pinned features stay in order."""
        features = self._section("features")
        if any(filled.slot.pinned for filled in features):
            return

        def strength(filled: _FilledSlot) -> float:
            own = filled.story.language == self._language
            return filled.candidate.score * (OWN_LANGUAGE_LEAD if own else 1.0)

        first = max(features, key=strength, default=None)
        self.filled.sort(key=lambda filled: filled is not first)

    def decisions(self, eligible: Sequence[tuple[Candidate, Story]], stage: str, *, enough: bool) -> list[Decision]:
        """Return a decision for each pinned or eligible candidate: its slot, or why it has none."""
        lines = []
        for filled in self.filled:
            if enough:
                rule = "editor/pin" if filled.slot.pinned else f"chosen/{filled.slot.section}"
                lines.append(
                    Decision(
                        filled.story.id, stage, Outcome.CHOSEN, rule, filled.slot.score, _replaced_story_note(filled)
                    )
                )
            else:
                detail = f"{len(self.filled)} of at least {self._rules.minimum} stories: no issue"
                lines.append(Decision(filled.story.id, stage, Outcome.DROPPED, "minimum", None, detail))
        for candidate, _ in eligible:
            if not self.has(candidate):
                rule = self._capped_by.get(candidate.event.id, "score")
                detail = "others ranked higher" if rule == "score" else "enough similar stories rank higher"
                lines.append(Decision(candidate.best.id, stage, Outcome.DROPPED, rule, candidate.score, detail))
        return lines

    def has(self, candidate: Candidate) -> bool:
        """Whether the event already has a slot."""
        return any(filled.candidate.event.id == candidate.event.id for filled in self.filled)

    def _spread(self, candidate: Candidate, story: Story, chosen: Sequence[_FilledSlot]) -> float:
        """Return the score, raised for the edition's language and lowered for repetitions in the section."""
        score = candidate.score * (OWN_LANGUAGE if story.language == self._language else 1.0)
        if any(filled.candidate.event.id in candidate.suggested for filled in self.filled):
            score *= REPEATED_EVENT
        for filled in chosen:
            if filled.story.language == story.language:
                own = story.language == self._language
                score *= REPEATED_OWN_LANGUAGE if own else REPEATED_LANGUAGE
            if candidate.topic is not None and filled.candidate.topic == candidate.topic:
                score *= REPEATED_TOPIC
            if _origin(filled.story) == _origin(story):
                score *= REPEATED_OUTLET
        return score

    def _section(self, section: Section) -> list[_FilledSlot]:
        return [filled for filled in self.filled if filled.slot.section == section]

    def _slot(
        self, candidate: Candidate, story: Story, section: Section, score: float, *, pinned: bool = False
    ) -> None:
        self.filled.append(_FilledSlot(Slot(story.id, candidate.event.id, section, score, pinned), candidate, story))

    def _reached_cap(self, candidate: Candidate, story: Story, section: Section) -> str | None:
        """Return the cap that keeps a candidate out of a section, or None."""
        rules, language = self._rules, story.language
        if sum(_origin(filled.story) == _origin(story) for filled in self.filled) >= rules.per_source:
            return "cap/source"
        if _is_reached(self._accepts.get(language), (filled.story.language == language for filled in self.filled)):
            return "cap/language"
        if section == "reads":
            return None
        features = self._section("features")
        if _is_reached(rules.per_language, (filled.story.language == language for filled in features)):
            return "cap/language"
        topic = candidate.topic
        if topic is not None and _is_reached(rules.per_topic, (filled.candidate.topic == topic for filled in features)):
            return "cap/topic"
        return None


def _is_reached(limit: int | None, matches: Iterable[bool]) -> bool:
    return limit is not None and sum(matches) >= limit


def _replaced_story_note(filled: _FilledSlot) -> str:
    best = filled.candidate.best
    return "" if filled.story.id == best.id else f"reports the event of {best.id} in {filled.story.language}"


def _origin(story: Story) -> tuple[str, str, str]:
    """Return the key under which caps count a story: its outlet, or the document it was part of."""
    return (story.source, story.document or (story.entry if story.role != "article" else ""), story.outlet)
