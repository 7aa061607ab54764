"""Rank events: how likely each is on the letter's subject, times how much it weighs."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from pipeline.records import Decision, Event, Outcome, SelectSettings, Story, Topic, Weights
from pipeline.stages.select.kinds import StoryKind
from pipeline.stages.select.publishers import publishers
from pipeline.stages.select.relevance import Relevance
from pipeline.stages.select.significance import Significance, known_firms, main_firm, measure_significance
from pipeline.stages.select.words import TOPIC_BLOCKS, match_topic, topic_words

SMALLEST_TOTAL = 1e-9  # of the weights of the config; below it no part counts
HIGHEST = 4.0  # a score is divided by this, so that it lies between 0 and 1
NEWS = 0.3  # what a story gains that reads like weighty news; one that reads like minor news loses as much
# What the small factors do to a score: they decide between equals, and are too small to turn an order round.
SOURCE_WEIGHT = 0.2  # a source of weight 1.5 gains a tenth
WEEK_OLD, UNDATED_DAYS = 0.05, 3.5  # a story loses this in a week; an undated one counts as of the middle of the week
FULL_STORY = 0.02
FULL_TEXT = 900  # characters of a spaced script; a CJK character counts for two and a half

_WIDE = re.compile("[\u2e80-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event that may be in the issue, with its score and the parts of the score."""

    event: Event
    stories: tuple[Story, ...]  # best first
    score: float
    parts: tuple[tuple[str, float, str], ...]  # (part, figure, explanation)
    topic: str | None
    suggested: frozenset[str] = frozenset()  # ids of events that may be the same one in another language
    on_subject: bool = True
    is_sure: bool = True  # so surely that it may be a feature
    kinds: Mapping[str, StoryKind] = field(default_factory=dict)  # by story; a plain story without an entry
    firms: frozenset[str] = frozenset()  # that most of its titles name first
    publishers: Mapping[str, str] = field(default_factory=dict)  # by story; its outlet without an entry
    outlets: int = 1  # that report it

    @property
    def best(self) -> Story:
        """The event's best story."""
        return self.stories[0]

    def kind(self, story: str) -> StoryKind:
        """The kind of one of its stories."""
        return self.kinds.get(story, StoryKind("story"))


@dataclass(frozen=True, slots=True)
class Strengths:
    """How strong each part is against its default, from the proportions of the config's weights."""

    coverage: float
    source: float
    freshness: float
    topics: float
    fullness: float

    @classmethod
    def of(cls, weights: Weights) -> "Strengths":
        """1 for every part with the default weights."""
        default = Weights()
        total, usual = (sum(getattr(each, part) for part in cls.__slots__) for each in (weights, default))
        scale = usual / total if total > SMALLEST_TOTAL else 0.0
        return cls(*(round(scale * getattr(weights, part) / getattr(default, part), 6) for part in cls.__slots__))


def with_text_for_ranking(story: Story) -> Story:
    """Drop the text that ranking does not read, since a whole week of stories is kept in memory."""
    size, needed = 0.0, 0
    for block in story.blocks:
        if needed >= TOPIC_BLOCKS and size >= FULL_TEXT:
            break
        needed += 1
        size += _size(block.text)
    return replace(story, blocks=story.blocks[:needed]) if needed < len(story.blocks) else story


def rank_events(
    events: Sequence[Event],
    stories: Mapping[str, Story],
    *,
    relevance: Mapping[str, Relevance],
    topics: Sequence[Topic],
    outlets: Mapping[str, int],
    weights: Mapping[str, float],
    rules: SelectSettings,
    now: datetime,
    suggested: Mapping[str, frozenset[str]] | None = None,
    same_news: Mapping[str, Sequence[str]] | None = None,
) -> list[Candidate]:
    """Return the candidates, highest score first.

    `stories` maps ids to the events' stories, and `relevance` has an entry for each of them; `outlets` maps a story to
    the number of outlets that published it, copies included; `weights` maps sources to their weight. `suggested` maps
    an event to the events that may be the same one in another language; too many of these are another one to count as
    coverage. `same_news` maps a story to others that report the same: their outlets count.
    """
    candidates = []
    strengths, words = Strengths.of(rules.weights), topic_words(topics)
    published_by = publishers(stories.values())
    known = known_firms({name: story.title for name, story in stories.items()})
    by_event = {event.id: tuple(stories[s] for s in event.stories if s in stories) for event in events}
    for event in events:
        members, others = by_event[event.id], (suggested or {}).get(event.id, frozenset())
        if not members:
            continue
        likes = {like for story in members for like in (same_news or {}).get(story.id, ())}
        same = [stories[like] for like in sorted(likes) if like in stories]
        coverage = _count_outlets(members, same, published_by, outlets.get(members[0].id, 1))
        found = [relevance[story.id] for story in members]
        score, parts = _score(members, found, known, coverage, weights=weights, strengths=strengths, now=now)
        half = len(members) / 2
        candidates.append(
            Candidate(
                event,
                members,
                score,
                parts,
                match_topic(members[0], words)[0],
                others,
                on_subject=sum(1 for each in found if each.on_subject) >= half,
                is_sure=sum(1 for each in found if each.is_sure) >= half,
                kinds={story.id: each.kind for story, each in zip(members, found, strict=True)},
                firms=_main_firms(members, found, known),
                publishers={story.id: published_by[story.id] for story in members},
                outlets=coverage.reporting,
            )
        )
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.event.id))


def _main_firms(
    members: Sequence[Story], found: Sequence[Relevance], known: Mapping[str, Iterable[str]]
) -> frozenset[str]:
    """The firms that at least half of an event's stories are on."""
    named = Counter(
        firm
        for story, each in zip(members, found, strict=True)
        if (firm := main_firm(story.title, known[story.id], each.firms))
    )
    return frozenset(firm for firm, count in named.items() if count >= len(members) / 2)


class _Coverage(NamedTuple):
    """How many outlets report an event, in how many languages, and how many others probably do."""

    reporting: int
    languages: int
    likely: int

    def note(self) -> str:
        """Name the outlets of the event's own stories; others only count as likely ones."""
        note = _count(self.reporting, "outlet") + (f" in {self.languages} languages" if self.languages > 1 else "")
        return f"{note}, perhaps {self.likely} more" if self.likely else note


def _count_outlets(
    members: Sequence[Story], same_news: Sequence[Story], published_by: Mapping[str, str], copies: int
) -> _Coverage:
    """Count the outlets of an event; `copies` is the number that published its best story."""
    own = {published_by[story.id] for story in members}
    others = {published_by[story.id] for story in same_news} - own
    return _Coverage(max(len(own), copies), len({story.language for story in members}), len(others))


def _score(
    members: tuple[Story, ...],
    relevance: Sequence[Relevance],
    known: Mapping[str, Sequence[str]],
    coverage: _Coverage,
    *,
    weights: Mapping[str, float],
    strengths: Strengths,
    now: datetime,
) -> tuple[float, tuple[tuple[str, float, str], ...]]:
    """Return the score and its parts: relevance × (1 + coverage + names + money + news) × the small factors."""
    best = members[0]
    gate = round(_sigmoid(math.fsum(each.figure for each in relevance) / len(relevance)), 6)
    firms, outlets = [known[story.id] for story in members], coverage.reporting + coverage.likely
    weight = measure_significance([story.title for story in members], firms, outlets)
    covered = round(strengths.coverage * weight.coverage, 6)
    news = round(NEWS * math.fsum(each.news for each in relevance) / len(relevance), 6)
    factors = {
        "source": _source_factor(best, weights, strengths.source),
        "freshness": _freshness_factor(best, strengths.freshness, now),
        "fullness": _fullness_factor(best, strengths.fullness),
    }
    score = gate * (1 + covered + weight.names + weight.money + news) / HIGHEST
    for factor, _ in factors.values():
        score *= factor
    parts = (
        ("relevance", gate, _subject_note(relevance)),
        ("coverage", covered, coverage.note()),
        ("names", round(weight.names, 4), _names_note(weight)),
        ("money", round(weight.money, 4), "an amount of money" if weight.money else "no amount of money"),
        ("news", news, _news_note(news)),
        *((name, round(factor, 4), note) for name, (factor, note) in factors.items()),
    )
    return round(min(1.0, score), 6), parts


def _sigmoid(figure: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, figure))))


def _subject_note(relevance: Sequence[Relevance]) -> str:
    words = list(dict.fromkeys(word for each in relevance for word in each.words))[:4]
    if not any(each.on_subject for each in relevance):
        return "off the subject"
    if words:
        return f"on your subject: {', '.join(words)}"
    return "on your subject by its meaning" if any(each.is_near for each in relevance) else ""


def _names_note(weight: Significance) -> str:
    return f"big name: {', '.join(weight.big_names[:3])}" if weight.big_names else "no big name"


def _news_note(news: float) -> str:
    if abs(news) < NEWS / 2:
        return ""
    return "reads like weighty news" if news > 0 else "reads like minor news"


def _source_factor(story: Story, weights: Mapping[str, float], strength: float) -> tuple[float, str]:
    weight = weights.get(story.source, 1.0)
    return max(0.1, 1 + strength * SOURCE_WEIGHT * (min(3.0, weight) - 1)), f"source weight {weight:g}"


def _freshness_factor(story: Story, strength: float, now: datetime) -> tuple[float, str]:
    days = max(0.0, (now - story.dated_at).total_seconds() / 86_400) if story.dated_at else UNDATED_DAYS
    counted = days if story.published_at else UNDATED_DAYS
    note = f"{_count(round(days), 'day')} old" if story.published_at else "undated"
    return max(0.1, 1 - strength * WEEK_OLD * min(1.0, counted / 7)), note


def _fullness_factor(story: Story, strength: float) -> tuple[float, str]:
    fullness, note = _fullness(story)
    return 1 + strength * FULL_STORY * (fullness - 1) if strength * FULL_STORY < 1 else fullness, note


def decisions_of(candidate: Candidate, stage: str) -> list[Decision]:
    """Return the ledger lines about a candidate's score, and the kind of each of its stories."""
    return [line for story in candidate.stories for line in _decisions_of_story(candidate, story.id, stage)]


def _decisions_of_story(candidate: Candidate, story: str, stage: str) -> list[Decision]:
    kind = candidate.kind(story)
    lines = [
        Decision(story, stage, Outcome.RANKED, f"rank/{part}", figure, detail)
        for part, figure, detail in candidate.parts
    ]
    if kind.reason:
        lines.append(Decision(story, stage, Outcome.RANKED, f"kind/{kind.kind}", None, kind.reason))
    return [*lines, Decision(story, stage, Outcome.RANKED, "rank/score", candidate.score, "")]


def _fullness(story: Story) -> tuple[float, str]:
    size = sum(_size(block.text) for block in story.blocks)
    figure = 0.6 * min(1.0, size / FULL_TEXT) + (0.3 if story.picture else 0.0) + (0.1 if story.authors else 0.0)
    if story.truncated:
        figure *= 0.6
    notes = ["full text" if size >= FULL_TEXT else "short text"]
    notes += ["picture"] if story.picture else []
    notes += ["writer"] if story.authors else []
    notes += ["cut off at its source"] if story.truncated else []
    return figure, ", ".join(notes)


def _size(text: str) -> float:
    """Count characters, a wide one as two and a half."""
    return len(text) if text.isascii() else len(text) + 1.5 * len(_WIDE.findall(text))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
