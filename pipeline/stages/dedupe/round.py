# mypy: allow-untyped-calls
"""A round of dedupe: compare new stories with the window and recompute only the results that they touch."""

import json
import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
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
from pipeline.stages.dedupe.events import already_published, follow_ups, group_events
from pipeline.stages.dedupe.folding import fold_copies, rank
from pipeline.stages.dedupe.index import ARTICLE, NEAREST, READ, RULES, Index
from pipeline.stages.dedupe.intake import Intake, Read
from pipeline.stages.dedupe.likeness import compare_stories, likeness, update_common_keys
from pipeline.stages.dedupe.postings import component_labels
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.suggest import Suggestion, compare_across, compare_signs, resembling_events, suggest_events
from pipeline.stages.dedupe.terms import Mask, Places


@dataclass(frozen=True, slots=True)
class DedupeInputs:
    """The inputs of decisions besides the stories."""

    weights: Mapping[str, float]  # by source name
    published_before: Mapping[str, str]  # published story → key of its approved issue
    settings: Settings


@dataclass(frozen=True, slots=True)
class Changes:
    """The results that a round recomputed; all others are unchanged."""

    copies: Mapping[str, str]  # folded stories among `decided`, each with its winner
    gone: frozenset[str]  # ids of the events to remove before `events` are added
    events: tuple[Event, ...]  # by id
    suggestions: tuple[Suggestion, ...]  # all pairs of events across languages, the surest first
    resembling: tuple[Suggestion, ...]  # all pairs of events in one language that may be the same
    decisions: tuple[Decision, ...]  # all decisions on the stories in `decided`
    decided: frozenset[str]
    counts: Mapping[str, int]  # of all compared stories


@dataclass(frozen=True, slots=True)
class Folded:
    """A window with its copies folded, and its state before the round. Masks and arrays are by story number."""

    index: Index
    inputs: DedupeInputs
    intake: Intake
    ranks: Places  # position of each story in the order of ids
    linker: Linker
    touched: Mask  # stories whose decisions are recomputed
    was_alive: Mask
    was_kept: Mask
    old_labels: Places


class _Published(NamedTuple):
    """Published stories and their copies, each with the published story, and where this changed."""

    originals: dict[str, str]
    touched: Mask
    has_changed: bool


def run_round(
    index: Index, read: Read, inputs: DedupeInputs, wanted: Mapping[str, str], recomputed: Collection[str] = ()
) -> Changes:
    """Make `wanted` (story id → digest of its features) the window of an index and return what changes.

    Stories in `recomputed` are added again even if their digest is the same. The index is updated in place.
    """
    folded = fold(index, read, inputs, wanted, recomputed)
    published = _find_published(index, inputs.published_before)
    touched = folded.touched | published.touched
    compared, regrouped = _group(folded, touched)
    _label_reads(index, folded.ranks)
    gone, events, changed = _update_events(folded, published, compared)
    suggestions, resembling, suggested = _suggest(folded, changed)
    touched |= compared | regrouped | (changed & (index.stories["role"] != ARTICLE)) | suggested
    stories = np.flatnonzero(touched & index.alive)
    stories = stories[np.argsort(folded.ranks[stories])]
    names = {index.names[number]: number for number in stories.tolist()}
    originals = {name: old for name, old in published.originals.items() if name in names}
    decisions = (
        *decide_copies(index, names.values(), folded.linker.compared([*names.values()]), inputs.settings),
        *decide_published(originals, inputs.published_before),
        *decide_events(index, stories[index.kept[stories]], inputs.settings),
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
        decisions=tuple(decision for decision in decisions if decision.story in names),
        decided=frozenset(names),
        counts=_count(index),
    )


def fold(
    index: Index, read: Read, inputs: DedupeInputs, wanted: Mapping[str, str], recomputed: Collection[str] = ()
) -> Folded:
    """Update the stories of an index and fold their copies: the first half of `run_round`."""
    settings = inputs.settings
    intake = Intake(index, read, settings)
    alive, kept, labels = index.alive.copy(), index.kept, index.state["label"].copy()
    new = intake.update(wanted, recomputed)
    ranks = _ranks(index.names)
    added = np.zeros(len(index) - len(alive), dtype=bool)
    was_alive, was_kept = np.concatenate([alive, added]), np.concatenate([kept, added])
    old_labels = np.concatenate([labels, index.state["label"][len(labels) :]])
    intake.compute_fields(new)
    index.link("near", compare_bodies(index, intake.index_samples(new, ranks), intake.bodies, settings))
    linker = Linker(index, index.alive, ranks, settings)
    links = linker.links()
    old_links = Linker(index, was_alive, ranks, settings).links()
    changed = was_alive & ~index.alive
    changed[new] = True
    articles = index.alive & (index.stories["role"] == ARTICLE)
    ends = np.array([*chain(*links, *old_links)], dtype=np.int64).reshape(-1, 2)
    components = component_labels(len(index), ends[:, 0], ends[:, 1])
    connected = articles & np.isin(components, components[changed])
    pairs, keys = index.edges["near"], index.stories["key"]
    has_changed = np.isin(keys, keys[changed])  # or another story with its body has, which the ledger may name instead
    pairs = pairs[has_changed[pairs["one"]] | has_changed[pairs["other"]]]
    compared = articles & np.isin(keys, keys[np.concatenate([pairs["one"], pairs["other"]])])
    touched = connected | compared | (changed & index.alive)
    folded = Folded(index, inputs, intake, ranks, linker, touched, was_alive, was_kept, old_labels)
    _choose_winners(folded, connected, links)
    return folded


def _choose_winners(folded: Folded, stories: Mask, links: Links) -> None:
    """Fold the copies in whole connected components of links."""
    state, inputs, numbers = folded.index.state, folded.inputs, np.flatnonzero(stories)
    state["winner"][numbers], state["rule"][numbers], state["figure"][numbers] = numbers, 0, 0.0
    linked = sorted({end for edge in chain(*links) for end in edge if stories[end]}, key=folded.ranks.__getitem__)
    place = {number: local for local, number in enumerate(linked)}
    same, near = (
        [(place[one], place[other]) for one, other in edges if stories[one]] for edges in (links.same, links.near)
    )
    features, bodies = folded.intake.features(linked), folded.intake.bodies(linked)
    number_of = {features[number].id: number for number in linked}
    members = [(features[number], bodies[number]) for number in linked]
    for copy in fold_copies(members, same, near, inputs.weights, inputs.settings):
        number = number_of[copy.story]
        state["winner"][number] = number_of[copy.winner]
        state["rule"][number], state["figure"][number] = RULES.index(copy.rule), copy.figure


def _find_published(index: Index, issues: Mapping[str, str]) -> _Published:
    numbers = index.numbers()
    originals = already_published(index.copies(), numbers.keys() & issues.keys())
    published = {name: [old, issues[old]] for name, old in originals.items()}
    earlier = index.metadata.get("before", {})
    changed = [name for name in published.keys() | earlier.keys() if published.get(name) != earlier.get(name)]
    index.metadata["before"] = published
    touched = index.mask(np.array([numbers[name] for name in changed if name in numbers], dtype=np.int64))
    return _Published(originals, touched, bool(changed))


def _group(folded: Folded, touched: Mask) -> tuple[Mask, Mask]:
    """Compare new winners, and group the connected components of stories that are touched, compared or lost.

    Return the compared stories, and those whose event or nearest stories have changed.
    """
    index, settings, was_kept = folded.index, folded.inputs.settings, folded.was_kept
    kept = index.kept
    old_components = index.state["component"].copy()
    new = np.flatnonzero(kept & ~index.state["indexed"])
    folded.intake.index_fields(new)
    changed = update_common_keys(index, was_kept, settings)
    compared = kept & (~was_kept | changed)
    index.change_pairs(kept & ~compared, compare_stories(index, np.flatnonzero(compared), settings))
    index.link("named", compare_signs(index, new, settings))
    values = likeness(index.pairs, settings)
    linked = values >= min(settings.loose.least, settings.sure.least)  # no event or loose group spans two components
    components = component_labels(len(index), index.pairs["one"][linked], index.pairs["other"][linked])
    index.state["component"] = components
    start = kept & (compared | touched)
    lost = was_kept & (~kept | compared)
    start |= kept & was_kept & np.isin(old_components, old_components[lost])
    stories = np.flatnonzero(kept & np.isin(components, components[start]))
    stories = stories[np.argsort(folded.ranks[stories])]
    regrouped = np.zeros(len(index), dtype=bool)
    for column, numbers in group_events(index, stories, values, settings).items():
        has_changed = numbers != index.state[column][stories]
        if column in NEAREST:
            has_changed |= (numbers >= 0) & compared[numbers]
        regrouped[stories[has_changed]] = True
        index.state[column][stories] = numbers
    return compared, regrouped


def _label_reads(index: Index, ranks: Places) -> None:
    """Put each read into the event that has a story of its title; make other reads and letters their own events."""
    labels, titles = index.state["label"], index.stories["title"]
    others = np.flatnonzero(index.alive & (index.stories["role"] != ARTICLE))
    labels[others] = others
    reads = index.alive & (index.stories["role"] == READ) & (titles != 0)
    events: dict[int, int] = {}
    for number in np.flatnonzero(index.kept & np.isin(titles, titles[reads])).tolist():
        title, label = int(titles[number]), int(labels[number])
        if title not in events or ranks[label] < ranks[events[title]]:
            events[title] = label
    for number in np.flatnonzero(reads).tolist():
        labels[number] = events.get(int(titles[number]), number)


def _update_events(
    folded: Folded, published: _Published, compared: Mask
) -> tuple[frozenset[str], tuple[Event, ...], Mask]:
    """Return the ids of the events that changed, their replacements, and the stories of both."""
    index, weights, old_labels = folded.index, folded.inputs.weights, folded.old_labels
    labels, is_other = index.state["label"], index.stories["role"] != ARTICLE
    member, was_member = index.kept | (index.alive & is_other), folded.was_kept | (folded.was_alive & is_other)
    changed = (member != was_member) | (member & ((labels != old_labels) | compared))
    before, numbers = published.originals, index.numbers()
    if published.has_changed or any(compared[numbers[name]] for name in before):
        changed |= member | was_member  # each may follow up another story
    old = was_member & np.isin(old_labels, old_labels[changed & was_member])
    current = member & np.isin(labels, labels[member & (changed | old)])
    old |= was_member & np.isin(old_labels, old_labels[was_member & current])
    gone = {_event_id(index, stories) for stories in _by_label(old_labels, old).values()}
    groups = _by_label(labels, current)
    follows = follow_ups(index, groups, before, folded.inputs.settings) if before else {}
    events = [_make_event(index, stories, weights, follows.get(label)) for label, stories in groups.items()]
    for event, stories in zip(events, groups.values(), strict=True):
        index.state["best"][stories] = numbers[event.best]
    unchanged = {name: True for name in index.metadata.get("follows", {}) if name not in gone}
    index.metadata["follows"] = unchanged | {event.id: True for event in events if event.follows}
    return frozenset(gone), tuple(sorted(events, key=lambda event: event.id)), old | current


def _make_event(
    index: Index, members: Sequence[int], weights: Mapping[str, float], follows: str | None = None
) -> Event:

    def order(number: int) -> tuple[object, ...]:
        seconds = float(index.stories["dated"][number])
        dated = None if math.isnan(seconds) else datetime.fromtimestamp(seconds, UTC)
        weight, size = weights.get(index.sources[number], 1.0), int(index.stories["size"][number])
        is_other = index.stories["role"][number] != ARTICLE
        return is_other, -weight, rank(index.names[number], weight, dated, size)

    best_first = tuple(index.names[number] for number in sorted(members, key=order))
    return Event(_event_id(index, members), best_first[0], best_first, follows)


def _event_id(index: Index, members: Sequence[int]) -> str:
    """The id of an event is that of its earliest story, so later stories leave it as it is."""
    dated = index.stories["dated"][members].tolist()
    first = min((math.inf if math.isnan(at) else at, index.names[n]) for at, n in zip(dated, members, strict=True))
    return stable_id("event", first[1])


def _suggest(folded: Folded, changed: Mask) -> tuple[tuple[Suggestion, ...], tuple[Suggestion, ...], Mask]:
    """Return all pairs of events that may be one, in two languages and in one, and the stories of changed pairs.

    `changed`: the stories of changed events.
    """
    index, settings = folded.index, folded.inputs.settings
    index.across = compare_across(index, changed, settings)
    across = suggest_events(index, folded.intake.features, settings)
    resembling = resembling_events(index, settings)
    pairs = [[pair.one, pair.other, pair.figure, list(pair.evidence)] for pair in (*across, *resembling)]
    earlier = index.metadata.get("suggestions", [])
    other = {json.dumps(pair) for pair in earlier} ^ {json.dumps(pair) for pair in pairs}
    numbers = index.numbers()
    touched = [numbers[name] for pair in other for name in json.loads(pair)[:2] if name in numbers]
    index.metadata |= {"suggestions": pairs, "across": len(across)}
    return tuple(across), tuple(resembling), index.mask(np.array(touched, dtype=np.int64))


def _count(index: Index) -> dict[str, int]:
    articles = index.alive & (index.stories["role"] == ARTICLE)
    members = index.kept | (index.alive & ~articles)
    return {
        "stories": int(index.alive.sum()),
        "compared": int(articles.sum()),
        "copies": len(index.copies()),
        "events": len(np.unique(index.state["label"][members])),
        "follow-ups": len(index.metadata["follows"]),
        "suggestions": index.metadata["across"],
    }


def _ranks(names: Sequence[str]) -> Places:
    """The position of each story in the order of ids. Two numbers with one id have different ranks."""
    ranks = np.empty(len(names), dtype=np.int64)
    ranks[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    return ranks


def _by_label(labels: Places, stories: Mask) -> dict[int, list[int]]:
    """Group stories by label."""
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for number in np.flatnonzero(stories).tolist():
        groups[int(labels[number])].append(number)
    return dict(groups)
