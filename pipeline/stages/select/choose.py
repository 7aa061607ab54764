"""Choose an edition's stories: leave out what cannot be in it, then fill its slots from the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.records import Decision, Edits, Outcome, SelectSettings, Slot, Story
from pipeline.stages.select.fill import NearRepeats, Option, Section, SlotFiller, gave_way, has_text
from pipeline.stages.select.rank import Candidate
from pipeline.stages.select.reasons import OFF_SUBJECT, left_out


def _no_repeats(story: str) -> Mapping[str, float]:  # noqa: ARG001
    return {}


@dataclass(frozen=True, slots=True)
class Choice:
    """The slots of one edition, and why each candidate is in or out. Without slots there is no issue."""

    slots: tuple[Slot, ...]
    decisions: tuple[Decision, ...]
    notes: tuple[str, ...] = ()  # what the edition lacks, why, and which caps gave way


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
    needs_text: bool = False,
) -> Choice:
    """Choose the slots of one edition; none if fewer than `rules.minimum` stories on the subject are left.

    `accepts` maps the story languages that the edition takes to a maximum each (None: no maximum). Without a mapping
    it takes all languages.
    `published_before` maps stories that an approved issue published to the reason shown for leaving them out. A pinned
    story is in, whatever its score, language or past; of two pinned stories of one event, the first. With `needs_text`
    a story of which the feed has the headline alone is a feature only if it is pinned: no editor will write a text.
    The order of `candidates` does not matter.
    """
    stage = f"select/{edition}"
    filler = SlotFiller(rules, language, accepts or {}, near_repeats, candidates)
    candidates = sorted(candidates, key=lambda candidate: (-candidate.score, candidate.event.id))
    by_story = {story.id: candidate for candidate in candidates for story in candidate.stories}
    pins: tuple[tuple[Section, tuple[str, ...]], ...] = (("features", edits.features), ("reads", edits.reads))
    for section, pinned in pins:
        for pin in pinned:
            if pin in by_story and pin not in edits.drops:
                filler.pin(by_story[pin], pin, section)
    sieve = _Sieve(language, accepts, published_before, edits, rules, needs_text)
    options, dropped = sieve.sift_all([candidate for candidate in candidates if not filler.has(candidate)], stage)
    filler.fill("features", options)
    filler.fill("reads", options)
    filler.reach_minimum(options)
    filler.lead()
    enough = filler.on_subject() >= rules.minimum
    slots = tuple(filled.slot for filled in filler.filled) if enough else ()
    placed = filler.decisions(options, stage, enough=enough)
    notes = _notes(filler, options, left_out((*dropped, *placed)), rules, enough=enough)
    return Choice(slots, (*dropped, *placed), notes)


def _notes(
    filler: SlotFiller, options: Sequence[Option], others: str, rules: SelectSettings, *, enough: bool
) -> tuple[str, ...]:
    """Say why there is no issue, or why it is short, and which caps gave way."""
    left = f"; other events: {others}" if others else ""
    if not enough:
        return (f"no issue: {filler.on_subject()} of at least {rules.minimum} new stories on the subject{left}",)
    notes = []
    features, reads = len(filler.section("features")), len(filler.section("reads"))
    if features < rules.features or reads < rules.reads:
        textless = sum(1 for option in options if option.feature is None)
        if textless and features < rules.features:
            left += f"; {textless} without a text cannot be {'a feature' if textless == 1 else 'features'}"
        unsure = sum(1 for option in options if option.candidate.on_subject and not option.candidate.is_sure)
        if unsure and features < rules.features:
            left += f"; {unsure} too unsure for a feature in a week with so little on the subject"
        left = left or "; no other new event is left"
        notes.append(f"a short issue: {features} of {rules.features} features, {reads} of {rules.reads} reads{left}")
    notes += [f"{filled.story.title}: {gave_way(cap)}" for filled in filler.filled for cap in filled.caps]
    return tuple(notes)


class _Dropped(NamedTuple):
    """Why a candidate cannot be in the edition."""

    rule: str
    detail: str


@dataclass(frozen=True, slots=True)
class _Sieve:
    """What an edition takes."""

    language: str
    accepts: Mapping[str, int | None] | None
    published_before: Mapping[str, str]
    edits: Edits
    rules: SelectSettings
    needs_text: bool

    def sift_all(self, candidates: Sequence[Candidate], stage: str) -> tuple[list[Option], list[Decision]]:
        """Return the candidates that can be in the edition, and a decision for each of the others."""
        options, decisions = [], []
        for candidate in candidates:
            found = self.sift(candidate)
            if isinstance(found, Option):
                options.append(found)
            else:
                decisions.append(Decision(candidate.best.id, stage, Outcome.DROPPED, found.rule, None, found.detail))
        return options, decisions

    def sift(self, candidate: Candidate) -> Option | _Dropped:
        """Return the candidate with its stories for each section, or why it cannot be in the edition."""
        stories = [story for story in candidate.stories if self._takes(candidate, story)]
        published = next((story.id for story in candidate.stories if story.id in self.published_before), None)
        if not stories:
            return self._why_no_story(candidate)
        if published:
            return _Dropped("published before", self.published_before[published])
        stories = [story for story in stories if story.role != "letter"]
        if not stories:
            return _Dropped("role/letter", "the letter of a newsletter is not a story")
        if not (candidate.on_subject or self.rules.fill):
            return _Dropped("subject", OFF_SUBJECT)
        articles = [story for story in stories if story.role in ("article", "feature")]
        with_text = [story for story in articles if has_text(story)]
        features = with_text or ([] if self.needs_text else articles)
        return Option(candidate, self._in_language(features), self._in_language(stories) or stories[0])

    def _takes(self, candidate: Candidate, story: Story) -> bool:
        return (
            story.id not in self.edits.drops
            and (self.accepts is None or story.language in self.accepts)
            and candidate.kind(story.id).kind in self.rules.kinds
        )

    def _in_language(self, stories: Sequence[Story]) -> Story | None:
        """The best story in the edition's language, else the best one."""
        first = stories[0] if stories else None
        return next((story for story in stories if story.language == self.language), first)

    def _why_no_story(self, candidate: Candidate) -> _Dropped:
        left = [story for story in candidate.stories if story.id not in self.edits.drops]
        if not left:
            return _Dropped("editor/drop", "")
        readable = [story for story in left if self.accepts is None or story.language in self.accepts]
        if not readable:
            return _Dropped("language", candidate.best.language)
        kind = candidate.kind(readable[0].id)
        return _Dropped(f"kind/{kind.kind}", f"{kind.kind}: {kind.reason}" if kind.reason else kind.kind)
