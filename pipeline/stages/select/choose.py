"""Fill an edition's slots from ranked candidates: the editor's pins first, then the best, spread and capped."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.records import Decision, Edits, Outcome, SelectSettings, Slot, Story
from pipeline.stages.select.rank import Candidate, decisions_of

# Factors on a candidate's score where the issue already has …
NEAR_REPEAT = 0.30  # … a story that says nearly the same, or may be of the same event in another language
REPEATED_FIRM = 0.50  # … two stories on the same firm
REPEATED_TOPIC = 0.95  # … a story on the same topic in the section: for each of them
MOST_OF_FIRM = 2

Section = Literal["features", "reads"]
NearRepeats = Callable[[str], frozenset[str]]  # story → stories that say nearly the same
Eligible = tuple[Candidate, Story]


def _no_repeats(story: str) -> frozenset[str]:  # noqa: ARG001
    return frozenset()


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
    near_repeats: NearRepeats = _no_repeats,
) -> Choice:
    """Choose the slots of one edition; none if fewer than `rules.minimum` stories on the subject are left.

    `accepts` maps the story languages that the edition takes to a maximum each (None: no maximum). Without a mapping
    it takes all languages.
    `published_before` maps stories that an approved issue published to the reason shown for leaving them out. A pinned
    story is in, whatever its score, language or past; of two pinned stories of one event, the first. The order of
    `candidates` does not matter.
    """
    stage = f"select/{edition}"
    filler = SlotFiller(rules, language, accepts or {}, near_repeats)
    candidates = sorted(candidates, key=lambda candidate: (-candidate.score, candidate.event.id))
    by_story = {story.id: candidate for candidate in candidates for story in candidate.stories}
    pins: tuple[tuple[Section, tuple[str, ...]], ...] = (("features", edits.features), ("reads", edits.reads))
    for section, pinned in pins:
        for pin in pinned:
            if pin in by_story and pin not in edits.drops:
                filler.pin(by_story[pin], pin, section)
    unpinned = [candidate for candidate in candidates if not filler.has(candidate)]
    eligible, dropped = _sift(
        unpinned,
        stage,
        accepts=accepts,
        published_before=published_before,
        edits=edits,
        language=language,
        rules=rules,
    )
    filler.fill("features", [pair for pair in eligible if _can_be_feature(pair[1])], rules.features)
    filler.lead()
    filler.fill("reads", eligible, rules.reads)
    enough = filler.on_subject() >= rules.minimum
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
    rules: SelectSettings,
) -> tuple[list[Eligible], list[Decision]]:
    """Return the eligible candidates, each with its story in this edition, and a decision for each of the others."""
    kept, decisions = [], []
    for candidate in candidates:
        story = _story_for_edition(candidate, language, accepts, edits, rules)
        reason = next(
            (published_before[member.id] for member in candidate.stories if member.id in published_before), None
        )
        if story is None:
            dropped = _why_no_story(candidate, accepts, edits)
        elif reason:
            dropped = ("published before", reason)
        elif story.role == "letter":
            dropped = ("role/letter", "the letter of a newsletter is not a story")
        elif not (candidate.on_subject or rules.fill):
            dropped = ("subject", "off the subject")
        else:
            kept.append((candidate, story))
            continue
        decisions.append(Decision(candidate.best.id, stage, Outcome.DROPPED, dropped[0], None, dropped[1]))
    return kept, decisions


def _why_no_story(candidate: Candidate, accepts: Mapping[str, int | None] | None, edits: Edits) -> tuple[str, str]:
    """Return the rule and the detail for an event that has no story for the edition."""
    left = [story for story in candidate.stories if story.id not in edits.drops]
    if not left:
        return "editor/drop", ""
    readable = [story for story in left if accepts is None or story.language in accepts]
    if not readable:
        return "language", candidate.best.language
    kind = candidate.kind(readable[0].id)
    return f"kind/{kind.kind}", f"{kind.kind}: {kind.reason}" if kind.reason else kind.kind


def _story_for_edition(
    candidate: Candidate,
    language: str,
    accepts: Mapping[str, int | None] | None,
    edits: Edits,
    rules: SelectSettings,
) -> Story | None:
    """Return the event's best story in the edition's language, else the best that the edition takes, or None."""
    accepted = [
        story
        for story in candidate.stories
        if story.id not in edits.drops
        and (accepts is None or story.language in accepts)
        and candidate.kind(story.id).kind in rules.kinds
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
    gave_way: str = ""  # the cap that gave way to it


class SlotFiller:
    """Fills slots one by one; the stories already chosen affect the score of the next."""

    def __init__(
        self,
        rules: SelectSettings,
        language: str,
        accepts: Mapping[str, int | None],
        near_repeats: NearRepeats = _no_repeats,
    ) -> None:
        self.filled: list[_FilledSlot] = []
        self._rules = rules
        self._language = language
        self._accepts = accepts
        self._near_repeats = near_repeats
        self._events: set[str] = set()
        self._repeated: set[str] = set()  # stories that say nearly the same as a chosen one
        self._capped_by: dict[str, str] = {}  # event → the cap that let a lower score go first

    def pin(self, candidate: Candidate, story_id: str, section: Section) -> None:
        """Place a story that the editor pinned, regardless of caps and spread."""
        if not self.has(candidate):
            story = next(member for member in candidate.stories if member.id == story_id)
            self._slot(candidate, story, section, candidate.score, pinned=True)

    def fill(self, section: Section, eligible: Sequence[Eligible], size: int) -> None:
        """Take the best remaining candidate until the section is full; see `_tiers` for which come first.

        Caps on topics and languages of features give way where a slot would stay empty.
        """
        capped: dict[str, str] = {}
        for gives_way in (False, True) if section == "features" else (False,):
            for tier in self._tiers(section, eligible):
                while len(self._section(section)) < size and self._take(section, tier, capped, gives_way=gives_way):
                    pass
        self._capped_by |= capped

    def _tiers(self, section: Section, eligible: Sequence[Eligible]) -> list[Sequence[Eligible]]:
        """On the subject first; of these, as features, those in the edition's language, which all readers can read."""
        on_subject = [pair for pair in eligible if pair[0].on_subject]
        off_subject = [pair for pair in eligible if not pair[0].on_subject]
        if section == "reads":
            return [on_subject, off_subject]
        own = [pair for pair in on_subject if pair[1].language == self._language]
        return [own, on_subject, off_subject]

    def _take(self, section: Section, tier: Sequence[Eligible], capped: dict[str, str], *, gives_way: bool) -> bool:
        """Fill one slot with the best of the tier that no cap keeps out; False if there is none."""
        chosen, best, best_score, note = self._section(section), None, -1.0, ""
        for candidate, story in tier:  # the highest score first; the spread only lowers it
            if candidate.score <= best_score:
                break
            if self.has(candidate):
                continue
            cap, soft = self._reached_cap(candidate, story, section)
            score = self._spread(candidate, story, chosen)
            if cap and not (soft and gives_way):
                capped.setdefault(candidate.event.id, cap)
            elif score > best_score:
                best, best_score, note = (candidate, story), score, cap or ""
        if best is None:
            return False
        self._slot(*best, section, best_score, gave_way=note)
        return True

    def lead(self) -> None:
        """Move the strongest feature to the front, one in the edition's language if any; pinned ones stay in order."""
        features = self._section("features")
        if any(filled.slot.pinned for filled in features):
            return

        def strength(filled: _FilledSlot) -> tuple[bool, bool, float]:
            own = filled.story.language == self._language
            return filled.candidate.on_subject, own, filled.candidate.score

        first = max(features, key=strength, default=None)
        self.filled.sort(key=lambda filled: filled is not first)

    def decisions(self, eligible: Sequence[tuple[Candidate, Story]], stage: str, *, enough: bool) -> list[Decision]:
        """Return a decision for each pinned or eligible candidate: its slot, or why it has none."""
        lines = []
        for filled in self.filled:
            if enough:
                rule = "editor/pin" if filled.slot.pinned else f"chosen/{filled.slot.section}"
                lines.append(Decision(filled.story.id, stage, Outcome.CHOSEN, rule, filled.slot.score, _note(filled)))
            else:
                detail = f"{self.on_subject()} of at least {self._rules.minimum} stories on the subject: no issue"
                lines.append(Decision(filled.story.id, stage, Outcome.DROPPED, "minimum", None, detail))
        for candidate, _ in eligible:
            if not self.has(candidate):
                rule = self._capped_by.get(candidate.event.id, "score")
                detail = "others ranked higher" if rule == "score" else self._cap_note(rule)
                lines.append(Decision(candidate.best.id, stage, Outcome.DROPPED, rule, candidate.score, detail))
        return lines

    def has(self, candidate: Candidate) -> bool:
        """Whether the event already has a slot."""
        return candidate.event.id in self._events

    def on_subject(self) -> int:
        """How many of the slots have a story on the subject, or one that the editor pinned."""
        return sum(1 for filled in self.filled if filled.slot.pinned or filled.candidate.on_subject)

    def _cap_note(self, cap: str) -> str:
        if cap == "cap/source":
            return f"one more of this outlet than the {self._rules.per_source} that an issue takes"
        return "enough stories in this language" if cap == "cap/language" else "enough features on this topic"

    def _spread(self, candidate: Candidate, story: Story, chosen: Sequence[_FilledSlot]) -> float:
        """Return the score, lowered where the issue has its like."""
        score = candidate.score
        if story.id in self._repeated or any(
            filled.candidate.event.id in candidate.suggested for filled in self.filled
        ):
            score *= NEAR_REPEAT
        if any(
            sum(firm in filled.candidate.firms for filled in self.filled) >= MOST_OF_FIRM for firm in candidate.firms
        ):
            score *= REPEATED_FIRM
        if candidate.topic is not None:
            score *= REPEATED_TOPIC ** sum(filled.candidate.topic == candidate.topic for filled in chosen)
        return score

    def _section(self, section: Section) -> list[_FilledSlot]:
        return [filled for filled in self.filled if filled.slot.section == section]

    def _slot(
        self,
        candidate: Candidate,
        story: Story,
        section: Section,
        score: float,
        *,
        pinned: bool = False,
        gave_way: str = "",
    ) -> None:
        slot = Slot(story.id, candidate.event.id, section, round(score, 4), pinned)
        self.filled.append(_FilledSlot(slot, candidate, story, gave_way))
        self._events.add(candidate.event.id)
        self._repeated |= self._near_repeats(story.id)

    def _reached_cap(self, candidate: Candidate, story: Story, section: Section) -> tuple[str | None, bool]:
        """Return the cap that keeps a candidate out of a section, or None, and whether it gives way."""
        rules, language = self._rules, story.language
        origin = _origin(candidate, story)
        if sum(_origin(filled.candidate, filled.story) == origin for filled in self.filled) >= rules.per_source:
            return "cap/source", False
        if _is_reached(self._accepts.get(language), (filled.story.language == language for filled in self.filled)):
            return "cap/language", False
        if section == "reads":
            return None, False
        features = self._section("features")
        if _is_reached(rules.per_language, (filled.story.language == language for filled in features)):
            return "cap/language", True
        topic = candidate.topic
        if topic is not None and _is_reached(rules.per_topic, (filled.candidate.topic == topic for filled in features)):
            return "cap/topic", True
        return None, False


def _is_reached(limit: int | None, matches: Iterable[bool]) -> bool:
    return limit is not None and sum(matches) >= limit


def _note(filled: _FilledSlot) -> str:
    best, notes = filled.candidate.best, []
    if filled.story.id != best.id:
        notes.append(f"reports the event of {best.id} in {filled.story.language}")
    if filled.gave_way:
        notes.append(f"{filled.gave_way} gave way: the slot would have stayed empty")
    if not filled.candidate.on_subject:
        notes.append("off the subject")
    return "; ".join(notes)


def _origin(candidate: Candidate, story: Story) -> tuple[str, str, str]:
    """Return the key under which caps count a story: its outlet, or the document it was part of."""
    outlet = candidate.publishers.get(story.id, story.outlet)
    return (story.source, story.document or (story.entry if story.role != "article" else ""), outlet)
