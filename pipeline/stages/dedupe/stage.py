"""One story once: copies folded into their winner, the winners grouped into events, each step as a decision."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from pipeline.records import Decision, Event, StoredFeatures, Story
from pipeline.stages.dedupe.aliases import Aliases
from pipeline.stages.dedupe.features import extract_features
from pipeline.stages.dedupe.index import Index
from pipeline.stages.dedupe.round import DedupeInputs, Round
from pipeline.stages.dedupe.settings import DEFAULTS, Settings
from pipeline.stages.dedupe.suggest import Suggestion

_NOTHING: Mapping[str, float] = MappingProxyType({})
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Deduped:
    """What became of each story. Every winner is in exactly one event; every folded story has a winner."""

    copies: Mapping[str, str] = field(default_factory=dict)  # folded story → winner
    events: tuple[Event, ...] = ()
    decisions: tuple[Decision, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()


def dedupe_stories(
    stories: Sequence[Story],
    *,
    weights: Mapping[str, float] = _NOTHING,
    settings: Settings = DEFAULTS,
    aliases: Aliases | None = None,
    published_before: Mapping[str, str] = _NONE,
) -> Deduped:
    """The same of stories that were not read yet."""
    return dedupe_features(
        (extract_features(story, aliases) for story in stories),
        weights=weights,
        settings=settings,
        published_before=published_before,
    )


def dedupe_features(
    features: Iterable[StoredFeatures],
    *,
    weights: Mapping[str, float] = _NOTHING,
    settings: Settings = DEFAULTS,
    published_before: Mapping[str, str] = _NONE,
) -> Deduped:
    """Copies, events and suggestions among stories, the same whatever their order.

    `weights` are by source name. `published_before` maps published stories to the key of their issue.
    """
    kept = {reading.story: reading for reading in features}  # of two of one story the later counts

    def read(names: Collection[str]) -> Iterator[StoredFeatures]:
        return (kept[name] for name in sorted(names))

    changes = Round(Index(), read, DedupeInputs(weights, published_before, settings)).run(dict.fromkeys(kept, ""))
    return Deduped(
        copies=changes.copies,
        events=changes.events,
        decisions=changes.decisions,
        suggestions=changes.suggestions,
    )
