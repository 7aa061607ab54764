# mypy: allow-untyped-calls
"""One round of dedupe: what came in is compared, what it touches is decided anew, and all else stays as it is."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from pipeline.records import Decision, Event, stable_id
from pipeline.stages.dedupe.copies import Linker, Links, compare_bodies
from pipeline.stages.dedupe.decisions import (
    decide_copies,
    decide_events,
    decide_published,
    decide_reads,
    decide_suggestions,
)
from pipeline.stages.dedupe.events import (
    Grouping,
    already_published,
    event_components,
    follow_ups,
    group_events,
)
from pipeline.stages.dedupe.folding import fold_copies, rank
from pipeline.stages.dedupe.index import READ, RULES, TOLD, Index
from pipeline.stages.dedupe.intake import Intake, Read
from pipeline.stages.dedupe.likeness import compare_stories, stories_with_changed_keys
from pipeline.stages.dedupe.postings import component_labels
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.suggest import Suggestion, compare_signs, resembling_events, suggest_events
from pipeline.stages.dedupe.terms import Mask, Places


@dataclass(frozen=True, slots=True)
class DedupeInputs:
    """What decisions rest on besides the stories."""

    weights: Mapping[str, float]  # by source name
    published_before: Mapping[str, str]  # stories that approved issues published, with the key
    settings: Settings


@dataclass(frozen=True, slots=True)
class Changes:
    """What a round has decided anew; everything else is as it was."""

    copies: Mapping[str, str]  # of the stories looked at anew, those that are folded, each into its winner
    gone: frozenset[str]  # events that there are no more
    events: tuple[Event, ...]  # those in their place, by id
    suggestions: tuple[Suggestion, ...]  # all that there are, the surest first
    resembling: tuple[Suggestion, ...]  # pairs of events in one language that may be the same
    decisions: tuple[Decision, ...]
    decided: frozenset[str]  # the stories that these are all decisions on
    counts: Mapping[str, int]  # of all stories that are alive


class _Ranked(NamedTuple):
    id: str
    source: str
    dated_at: datetime | None
    size: int


class Round:
    """Takes stories in, and says what changes by it. Stories go by their numbers in the index, events by labels."""

    def __init__(self, index: Index, read: Read, rules: DedupeInputs) -> None:
        """A round over an index, which it changes."""
        self._index, self._rules, self._settings = index, rules, rules.settings
        self._intake = Intake(index, read, rules.settings)

    def run(self, wanted: Mapping[str, str], again: Collection[str] = ()) -> Changes:
        """Compare the stories that are wanted, each with the digest of its reading; `again` those read anew."""
        self.fold(wanted, again)
        before = self._told_before()
        self._group()
        self._point()
        gone, events = self._events(before)
        suggestions, resembling = self._suggest()
        return self._changes(gone, events, suggestions, resembling, before)

    def fold(self, wanted: Mapping[str, str], again: Collection[str] = ()) -> None:
        """Take in the stories that are wanted, and find copies among them: the first half of a round."""
        index = self._index
        alive, kept, labels = index.alive.copy(), index.kept, index.state["label"].copy()
        new = self._intake.take_in(wanted, again)
        self._ranks = _ranks(index.names)
        more = len(index) - len(alive)
        self._was_alive, self._was_kept = (np.concatenate([each, np.zeros(more, dtype=bool)]) for each in (alive, kept))
        self._labels = np.concatenate([labels, index.state["label"][len(labels) :]])
        self._intake.trace(new)
        near = compare_bodies(index, self._intake.sample(new, self._ranks), self._intake.bodies, self._settings)
        index.link("near", near)
        self._fold(new)

    def _fold(self, new: Places) -> None:
        """Fold anew what hangs together with a story that is new or gone; `touched` is what has to be told of anew."""
        index = self._index
        linker = Linker(index, index.alive, self._ranks, self._settings)
        links = linker.links()
        earlier = Linker(index, self._was_alive, self._ranks, self._settings).links()
        ends = np.array([*links.all, *earlier.all], dtype=np.int64).reshape(-1, 2)
        groups = component_labels(len(index), ends[:, 0], ends[:, 1])
        start = self._was_alive & ~index.alive
        start[new] = True
        told = index.alive & (index.stories["role"] == TOLD)
        folded = told & np.isin(groups, groups[start])
        self._fold_groups(folded, links)
        pairs = index.edges["near"]
        pairs = pairs[start[pairs["one"]] | start[pairs["other"]]]
        keys = index.stories["key"]
        beside = np.isin(keys, keys[np.concatenate([pairs["one"], pairs["other"]])])
        self._touched = folded | (told & beside) | (start & index.alive)
        self._linker = linker

    def _fold_groups(self, folded: Mask, links: Links) -> None:
        state = self._index.state
        numbers = np.flatnonzero(folded)
        state["winner"][numbers], state["rule"][numbers], state["figure"][numbers] = numbers, 0, 0.0
        linked = sorted({end for edge in links.all for end in edge if folded[end]}, key=self._ranks.__getitem__)
        place = {number: local for local, number in enumerate(linked)}
        same, near = (
            [(place[one], place[other]) for one, other in edges if folded[one]] for edges in (links.same, links.near)
        )
        gists, bodies = self._intake.gists(linked), self._intake.bodies(linked)
        stories = [(gists[number], bodies[number]) for number in linked]
        number_of = {gists[number].id: number for number in linked}
        for copy in fold_copies(stories, same, near, self._rules.weights, self._settings):
            number = number_of[copy.story]
            state["winner"][number] = number_of[copy.winner]
            state["rule"][number], state["figure"][number] = RULES.index(copy.rule), copy.figure

    def _told_before(self) -> dict[str, str]:
        """Map each story that an issue published already to the published one."""
        index = self._index
        numbers = index.numbers()
        before = already_published(index.copies(), numbers.keys() & self._rules.published_before.keys())
        told = {name: [old, self._rules.published_before[old]] for name, old in before.items()}
        earlier = index.told.get("before", {})
        for name in {*told, *earlier}:
            if told.get(name) != earlier.get(name) and name in numbers:
                self._touched[numbers[name]] = True
        self._carried_anew = told != earlier
        index.told["before"] = told
        return before

    def _group(self) -> None:
        """Group anew what hangs together with a story that is no copy any more, or is one now, or is new or gone."""
        index, settings = self._index, self._settings
        kept = index.kept
        earlier = event_components(index, self._was_kept, settings)
        new = np.flatnonzero(kept & ~index.state["indexed"])
        self._intake.index_words(new)
        changed = stories_with_changed_keys(index, self._was_kept, kept, settings)
        compared = kept & (~self._was_kept | changed)
        left = index.between("pairs", kept & ~compared)
        pairs = np.concatenate([left, compare_stories(index, np.flatnonzero(compared), settings)])
        index.pairs = pairs[np.lexsort((pairs["other"], pairs["one"]))]
        index.link("named", compare_signs(index, new, settings))
        self._components = event_components(index, kept, settings)
        start = kept & (compared | self._touched)
        lost = self._was_kept & (~kept | compared)
        if lost.any():
            start |= kept & np.isin(earlier, earlier[lost])
        grouping = self._grouped(start)
        index.state["label"][grouping.stories] = grouping.labels
        index.state["loose"][grouping.stories] = grouping.loose
        self._touched[grouping.stories] = True
        self._groupings = [grouping]

    def _grouped(self, start: Mask) -> Grouping:
        """The events of whatever hangs together with these stories."""
        kept = self._index.kept
        stories = np.flatnonzero(kept & np.isin(self._components, self._components[start & kept]))
        return group_events(self._index, stories[np.argsort(self._ranks[stories])], self._settings)

    def _point(self) -> None:
        """A read joins the event that has a story of its title; letters and other reads are events of their own."""
        index, labels = self._index, self._index.state["label"]
        titles = index.stories["title"]
        reads = np.flatnonzero(index.alive & (index.stories["role"] != TOLD))
        labels[reads] = reads
        asked = index.alive & (index.stories["role"] == READ) & (titles != 0)
        events: dict[int, int] = {}
        for number in np.flatnonzero(index.kept & np.isin(titles, titles[asked])).tolist():
            title, label = int(titles[number]), int(labels[number])
            if title not in events or self._ranks[label] < self._ranks[events[title]]:
                events[title] = label
        for number in np.flatnonzero(asked).tolist():
            labels[number] = events.get(int(titles[number]), number)

    def _events(self, before: Mapping[str, str]) -> tuple[frozenset[str], tuple[Event, ...]]:
        """The ids of the events that have changed, and what is in their place."""
        index, labels = self._index, self._index.state["label"]
        tells = index.stories["role"] != TOLD
        member, was_member = index.kept | (index.alive & tells), self._was_kept | (self._was_alive & tells)
        changed = (member != was_member) | (member & (labels != self._labels)) | (member & self._touched)
        if self._carried_anew:
            changed |= member | was_member
        old = was_member & np.isin(self._labels, self._labels[changed & was_member])
        now = member & np.isin(labels, labels[member & (changed | old)])
        old |= was_member & np.isin(self._labels, self._labels[was_member & now])
        gone = {self._event(group, None).id for group in _groups(self._labels, old).values()}
        groups = _groups(labels, now)
        turns = follow_ups(index, groups, before, self._settings) if before else {}
        events = [self._event(group, turns.get(label)) for label, group in groups.items()]
        follows = {name: True for name in index.told.get("follows", {}) if name not in gone}
        index.told["follows"] = follows | {event.id: True for event in events if event.follows}
        self._touched |= now & tells
        return frozenset(gone), tuple(sorted(events, key=lambda event: event.id))

    def _event(self, numbers: Iterable[int], follows: str | None) -> Event:
        """Its id is that of its first story in time, which a later one does not change; best: trust, then `rank`."""
        index, weights = self._index, self._rules.weights

        def order(number: int) -> tuple[object, ...]:
            story = self._ranked(number)
            is_told = index.stories["role"][number] == TOLD
            return (not is_told, -weights.get(story.source, 1.0), rank(story, weights, credited=False))

        members = list(numbers)
        dated = np.nan_to_num(index.stories["dated"][members], nan=np.inf).tolist()
        first = min((at, index.names[number]) for at, number in zip(dated, members, strict=True))[1]
        best_first = [index.names[number] for number in sorted(members, key=order)]
        return Event(stable_id("event", first), best_first[0], tuple(best_first), follows)

    def _ranked(self, number: int) -> _Ranked:
        story, seconds = self._index.stories[number], float(self._index.stories["dated"][number])
        dated = None if np.isnan(seconds) else datetime.fromtimestamp(seconds, UTC)
        return _Ranked(self._index.names[number], self._index.sources[number], dated, int(story["size"]))

    def _suggest(self) -> tuple[tuple[Suggestion, ...], tuple[Suggestion, ...]]:
        """All pairs of events that may be one, in two languages and in one; stories of changed pairs are touched."""
        index = self._index
        found = suggest_events(index, self._best_of, self._intake.gists, self._settings)
        resembling = resembling_events(index, self._best_of, self._settings)
        pairs = [[pair.one, pair.other, pair.figure, list(pair.evidence)] for pair in (*found, *resembling)]
        before = {json.dumps(pair) for pair in index.told.get("suggestions", [])}
        after = {json.dumps(pair) for pair in pairs}
        numbers = index.numbers()
        for changed in before ^ after:
            for name in json.loads(changed)[:2]:
                if name in numbers:
                    self._touched[numbers[name]] = True
        index.told["suggestions"] = pairs
        index.told["across"] = len(found)
        return tuple(found), tuple(resembling)

    def _best_of(self, wanted: Iterable[int]) -> dict[int, int]:
        """The story that stands for each event, by label."""
        labels = self._index.state["label"]
        groups = _groups(labels, self._index.kept & np.isin(labels, sorted(wanted)))
        numbers = self._index.numbers()
        return {label: numbers[self._event(group, None).best] for label, group in groups.items()}

    def _changes(
        self,
        gone: frozenset[str],
        events: tuple[Event, ...],
        suggestions: tuple[Suggestion, ...],
        resembling: tuple[Suggestion, ...],
        before: Mapping[str, str],
    ) -> Changes:
        index = self._index
        touched = np.flatnonzero(self._touched & index.alive)
        touched = touched[np.argsort(self._ranks[touched])].tolist()
        names = {index.names[number]: number for number in touched}
        unknown = self._touched.copy()
        unknown[self._groupings[0].stories] = False
        self._groupings.append(self._grouped(unknown))
        compared = self._linker.compared(touched)
        told_before = {name: old for name, old in before.items() if name in names}
        decisions = (
            *decide_copies(index, touched, compared, self._settings),
            *decide_published(told_before, self._rules.published_before),
            *(line for each in self._groupings for line in decide_events(index, each, self._settings)),
            *decide_reads(index, events, names),
            *decide_suggestions((*suggestions, *resembling)),
        )
        copies = index.copies()
        return Changes(
            copies={name: copies[name] for name in names if name in copies},
            gone=gone,
            events=events,
            suggestions=suggestions,
            resembling=resembling,
            decisions=tuple(line for line in decisions if line.story in names),
            decided=frozenset(names),
            counts=self._counts(),
        )

    def _counts(self) -> dict[str, int]:
        index = self._index
        member = index.kept | (index.alive & (index.stories["role"] != TOLD))
        return {
            "stories": int(index.alive.sum()),
            "compared": int((index.alive & (index.stories["role"] == TOLD)).sum()),
            "copies": len(index.copies()),
            "events": len(np.unique(index.state["label"][member])),
            "follow-ups": len(index.told["follows"]),
            "suggestions": index.told["across"],
        }


def _ranks(names: Sequence[str]) -> Places:
    """The place of each story in the order of names; the same name under two numbers has two."""
    ranks = np.empty(len(names), dtype=np.int64)
    ranks[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    return ranks


def _groups(labels: Places, mask: Mask) -> dict[int, list[int]]:
    """The stories of the mask by label."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for number in np.flatnonzero(mask).tolist():
        found[int(labels[number])].append(number)
    return dict(found)
