"""Fill an edition's slots: the editor's pins first, then the best stories, spread and capped."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pipeline.records import Decision, Outcome, SelectSettings, Slot, Story
from pipeline.stages.select.rank import Candidate
from pipeline.stages.select.reasons import ordinal, reason_for
from pipeline.stages.select.relevance import SAME_NEWS
from pipeline.text.width import display_width

REPEATED_TOPIC = 0.95  # factor on a score for each story on the same topic in the section
MOST_OF_FIRM = 2  # stories on one firm
_TELLING_WIDTH = 12  # columns: a shorter title, such as “Node.js”, is hardly more than a name
SUBJECT_FIRM = 0.5  # a firm that more than this share of the stories on the subject name is the subject itself

Section = Literal["features", "reads"]
Yielding = Literal["never", "to reach the minimum", "to fill a slot"]
ANY_THAT_YIELDS: frozenset[Yielding] = frozenset(["to reach the minimum", "to fill a slot"])
NearRepeats = Callable[[str], Mapping[str, float]]  # story → stories that say nearly the same, by their likeness


@dataclass(frozen=True, slots=True)
class Option:
    """A candidate that may be in the edition, with the story that would stand for it in each section."""

    candidate: Candidate
    feature: Story | None
    read: Story

    def story(self, section: Section) -> Story | None:
        """The story for a section; None if the candidate cannot be in it."""
        return self.feature if section == "features" else self.read


class Cap(NamedTuple):
    """A limit that keeps a story out of a section."""

    rule: str
    detail: str
    gives_way: Yielding


class _Repeated(NamedTuple):
    """The chosen story that another one repeats."""

    title: str
    is_sure: bool  # half of those that are not are about something else


@dataclass(frozen=True, slots=True)
class FilledSlot:
    """A slot with its story and the candidate it comes from."""

    slot: Slot
    candidate: Candidate
    story: Story
    caps: tuple[Cap, ...] = ()  # that gave way to it


class SlotFiller:
    """Fills slots one by one; the stories already chosen affect the score of the next."""

    def __init__(
        self,
        rules: SelectSettings,
        language: str,
        accepts: Mapping[str, int | None],
        near_repeats: NearRepeats,
        candidates: Sequence[Candidate],
    ) -> None:
        self.filled: list[FilledSlot] = []
        self._rules = rules
        self._language = language
        self._accepts = accepts
        self._near_repeats = near_repeats
        self._free_firms = _subject_firms(candidates)
        self._events: set[str] = set()
        self._by_event = {candidate.event.id: candidate for candidate in candidates}
        self._event_of = {story.id: candidate.event.id for candidate in candidates for story in candidate.stories}
        self._repeated: dict[str, _Repeated] = {}  # by the story that repeats a chosen one, or its event
        self._capped_by: dict[str, Cap] = {}  # event → the cap that let a lower score go first
        self._outspread: dict[str, Section] = {}  # event → the section in which its topic let a lower score go first

    def pin(self, candidate: Candidate, story_id: str, section: Section) -> None:
        """Place a story that the editor pinned, regardless of caps and spread."""
        if not self.has(candidate):
            story = next(member for member in candidate.stories if member.id == story_id)
            self._place(candidate, story, section, candidate.score, pinned=True)

    def fill(self, section: Section, options: Sequence[Option]) -> None:
        """Take the best remaining option until the section is full; see `_tiers` for which come first."""
        if section == "reads" and self._rules.reads:  # which caps on features alone keep nothing out of
            self._capped_by = {
                event: cap
                for event, cap in self._capped_by.items()
                if cap.gives_way != "to fill a slot" and not cap.rule.startswith("feature/")
            }
        passes: tuple[frozenset[Yielding], ...] = (frozenset(), frozenset(["to fill a slot"]))
        for tier in self._tiers(section, options):
            for yielding in passes:
                self._take_all(section, tier, yielding)

    def reach_minimum(self, options: Sequence[Option]) -> None:
        """Let caps give way until the issue has its minimum of stories: a repetitive issue is better than none."""
        on_subject = [option for option in options if option.candidate.on_subject]
        sections: tuple[Section, ...] = ("features", "reads")
        for section in sections:
            self._take_all(section, on_subject, ANY_THAT_YIELDS, most=self._rules.minimum)

    def _tiers(self, section: Section, options: Sequence[Option]) -> list[Sequence[Option]]:
        """On the subject first; of these, as features, those in the edition's language, which all readers can read."""
        on_subject = [option for option in options if option.candidate.on_subject]
        off_subject = [option for option in options if not option.candidate.on_subject]
        if section == "reads":
            return [on_subject, off_subject]
        own = [option for option in on_subject if option.feature and option.feature.language == self._language]
        return [own, on_subject, off_subject]

    def _take_all(
        self, section: Section, tier: Sequence[Option], yielding: frozenset[Yielding], *, most: int | None = None
    ) -> None:
        """Fill slots until the section is full, nothing is left, or `most` stories are on the subject."""
        size = self._rules.features if section == "features" else self._rules.reads
        while len(self.section(section)) < size and (most is None or self.on_subject() < most):
            if not self._take(section, tier, yielding):
                break

    def _take(self, section: Section, tier: Sequence[Option], yielding: frozenset[Yielding]) -> bool:
        """Fill one slot with the best of the tier that no cap keeps out; False if there is none."""
        chosen = Counter(filled.candidate.topic for filled in self.section(section))
        best: tuple[float, Candidate, Story, tuple[Cap, ...]] | None = None
        uncapped: list[Candidate] = []
        for option in tier:  # the highest score first; the spread only lowers it
            candidate, story = option.candidate, option.story(section)
            if best is not None and candidate.score <= best[0]:
                break
            if story is None or self.has(candidate):
                continue
            caps = tuple(self._reached_caps(candidate, story, section))
            firm = next((cap for cap in caps if cap.gives_way not in yielding), None)
            score = candidate.score * (REPEATED_TOPIC ** chosen[candidate.topic] if candidate.topic else 1)
            if firm:
                self._capped_by.setdefault(candidate.event.id, firm)
                continue
            uncapped.append(candidate)
            if best is None or score > best[0]:
                best = score, candidate, story, caps
        if best is None:
            return False
        score, candidate, story, caps = best
        self._outspread |= {each.event.id: section for each in uncapped if each.score > candidate.score}
        self._place(candidate, story, section, score, caps=caps)
        return True

    def lead(self) -> None:
        """Move the strongest feature to the front, one in the edition's language if any; pinned ones stay in order."""
        features = self.section("features")
        if any(filled.slot.pinned for filled in features):
            return

        def strength(filled: FilledSlot) -> tuple[bool, bool, float]:
            own = filled.story.language == self._language
            return filled.candidate.on_subject, own, filled.candidate.score

        first = max(features, key=strength, default=None)
        self.filled.sort(key=lambda filled: filled is not first)

    def decisions(self, options: Sequence[Option], stage: str, *, enough: bool) -> list[Decision]:
        """Return a decision for each pinned or eligible candidate: its slot, or why it has none."""
        lines = []
        for filled in self.filled:
            if enough:
                rule = "editor/pin" if filled.slot.pinned else f"chosen/{filled.slot.section}"
                lines.append(Decision(filled.story.id, stage, Outcome.CHOSEN, rule, filled.slot.score, _note(filled)))
            else:
                detail = f"{self.on_subject()} of at least {self._rules.minimum} stories on the subject: no issue"
                lines.append(Decision(filled.story.id, stage, Outcome.DROPPED, "minimum", None, detail))
        for candidate in (option.candidate for option in options):
            if not self.has(candidate):
                cap = self._capped_by.get(candidate.event.id)
                rule, detail = (cap.rule, cap.detail) if cap else ("score", self._lost_to(candidate))
                lines.append(Decision(candidate.best.id, stage, Outcome.DROPPED, rule, candidate.score, detail))
        return lines

    def _lost_to(self, candidate: Candidate) -> str:
        """What kept out a candidate that no cap kept out."""
        last: Section = "reads" if self._rules.reads else "features"
        if self._outspread.get(candidate.event.id) == last:
            return f"others ranked higher, because the {last} already have stories on {candidate.topic}"
        return "others ranked higher"

    def has(self, candidate: Candidate) -> bool:
        """Whether the event already has a slot."""
        return candidate.event.id in self._events

    def on_subject(self) -> int:
        """How many of the slots have a story on the subject, or one that the editor pinned."""
        return sum(1 for filled in self.filled if filled.slot.pinned or filled.candidate.on_subject)

    def section(self, section: Section) -> list[FilledSlot]:
        """The filled slots of a section, in order."""
        return [filled for filled in self.filled if filled.slot.section == section]

    def _place(
        self,
        candidate: Candidate,
        story: Story,
        section: Section,
        score: float,
        *,
        pinned: bool = False,
        caps: tuple[Cap, ...] = (),
    ) -> None:
        slot = Slot(story.id, candidate.event.id, section, round(score, 4), pinned)
        self.filled.append(FilledSlot(slot, candidate, story, caps))
        self._events.add(candidate.event.id)
        self._note_repetitions(candidate, story.title)

    def _note_repetitions(self, candidate: Candidate, title: str) -> None:
        """Note the stories that say nearly the same as one of the event, or of one that may be the same event."""
        for event in (candidate.event.id, *sorted(candidate.suggested)):
            self._note(event, _Repeated(title, is_sure=True))
            # The vector of a title that is hardly more than a name knows only what kind of name it is.
            says_enough = display_width(title) >= _TELLING_WIDTH and event in self._by_event
            for member in self._by_event[event].stories if says_enough else ():
                for like, cosine in self._near_repeats(member.id).items():
                    found = _Repeated(title, is_sure=cosine >= SAME_NEWS and event == candidate.event.id)
                    self._note(like, found)
                    self._note(self._event_of.get(like, event), found)

    def _note(self, repeats: str, found: "_Repeated") -> None:
        known = self._repeated.get(repeats)
        if known is None or (found.is_sure and not known.is_sure):
            self._repeated[repeats] = found

    def _reached_caps(self, candidate: Candidate, story: Story, section: Section) -> Iterator[Cap]:
        """Yield the caps that would keep a candidate out of a section, the strictest first."""
        most, language = self._accepts.get(story.language), story.language
        if _is_reached(most, (filled.story.language == language for filled in self.filled)):
            yield Cap("cap/language", f"the edition takes {most} in {language}", "never")
        most, origin = self._rules.per_source, _origin(candidate, story)
        if _is_reached(most, (_origin(filled.candidate, filled.story) == origin for filled in self.filled)):
            yield Cap("cap/source", f"{ordinal(most + 1)} of this outlet", "to reach the minimum")
        repeated = self._repetition(candidate, story)
        if repeated:
            gives_way: Yielding = (
                "to reach the minimum" if repeated.is_sure or section == "features" else "to fill a slot"
            )
            yield Cap("repeat", f"says nearly the same as “{repeated.title}”", gives_way)
        for firm in sorted(candidate.firms - self._free_firms):
            if _is_reached(MOST_OF_FIRM, (firm in filled.candidate.firms for filled in self.filled)):
                yield Cap("cap/firm", f"{ordinal(MOST_OF_FIRM + 1)} on {firm}", "to reach the minimum")
        if section == "features":
            yield from self._reached_feature_caps(candidate, story)

    def _reached_feature_caps(self, candidate: Candidate, story: Story) -> Iterator[Cap]:
        features, language, topic = self.section("features"), story.language, candidate.topic
        if candidate.on_subject and not candidate.is_sure:
            detail = "too unsure for a feature in a week with so little on the subject"
            yield Cap("feature/unsure", detail, "to reach the minimum")
        if candidate.kind(story.id).kind == "promo":
            yield Cap("feature/promo", "an advertisement is no feature", "to reach the minimum")
        most = self._rules.per_language
        if language != self._language and _is_reached(most, (each.story.language == language for each in features)):
            yield Cap("cap/language", f"enough features in {language}", "to fill a slot")
        most = self._rules.per_topic
        if topic is not None and _is_reached(most, (filled.candidate.topic == topic for filled in features)):
            yield Cap("cap/topic", f"{ordinal(most + 1)} feature on {topic}", "to fill a slot")

    def _repetition(self, candidate: Candidate, story: Story) -> "_Repeated | None":
        """The chosen story that this one repeats, the surest."""
        names = (story.id, candidate.event.id, *sorted(candidate.suggested))
        found = [self._repeated[name] for name in names if name in self._repeated]
        return max(found, key=lambda each: each.is_sure, default=None)


def _is_reached(limit: int | None, matches: Iterable[bool]) -> bool:
    return limit is not None and sum(matches) >= limit


def _subject_firms(candidates: Iterable[Candidate]) -> frozenset[str]:
    """The firms that most stories on the subject name: a letter on one firm takes more than two stories on it."""
    on_subject = [candidate for candidate in candidates if candidate.on_subject]
    counts = Counter(firm for candidate in on_subject for firm in candidate.firms)
    return frozenset(firm for firm, count in counts.items() if count > SUBJECT_FIRM * len(on_subject))


def _note(filled: FilledSlot) -> str:
    notes = [reason_for(filled.candidate)]
    if filled.story.id != filled.candidate.best.id:
        notes.append(f"reports the event of {filled.candidate.best.id} in {filled.story.language}")
    notes += [gave_way(cap) for cap in filled.caps]
    if filled.slot.section == "features" and not has_text(filled.story):
        notes.append("no text: write a blurb")
    return " · ".join(note for note in notes if note)


def gave_way(cap: Cap) -> str:
    """Say that a cap gave way, and why."""
    return f"{cap.detail}: {cap.rule} gave way {cap.gives_way}"


def has_text(story: Story) -> bool:
    """Whether the story has more than a headline."""
    return bool(story.blocks or story.standfirst)


def _origin(candidate: Candidate, story: Story) -> tuple[str, str, str]:
    """Return the key under which caps count a story: its outlet, or the document it was part of."""
    outlet = candidate.publishers.get(story.id, story.outlet)
    return (story.source, story.document or (story.entry if story.role != "article" else ""), outlet)
