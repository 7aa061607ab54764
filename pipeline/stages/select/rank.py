"""Score events from 0 to 1, as a weighted sum of parts that are reported separately."""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import groupby

from pipeline.records import Decision, Event, Outcome, SelectSettings, Story, Topic
from pipeline.text.scripts import HALFWIDTH_KANA, HAN_MARKS, HANGUL, UNSPACED

FRESH_HALF_LIFE_DAYS = 3.0
UNDATED_FRESHNESS = 0.4  # as if four days old: a story first seen today need not be new
MANY_OUTLETS = 6  # more outlets than this do not raise the score
FULL_TEXT = 900  # characters of a spaced script; a CJK character counts for two and a half
TITLE_WEIGHT = 3.0
TOPIC_BLOCKS = 6  # number of blocks that are searched for topic words

# Scripts that put no spaces between words, or (Hangul) none between a word and its particles.
_UNSPACED = UNSPACED + HAN_MARKS + HALFWIDTH_KANA + HANGUL
_UNSPACED_LETTER = re.compile(f"[{_UNSPACED}]")
_WIDE = re.compile("[\u2e80-\U0010ffff]")
# Vowel signs and accents, which regular expressions do not count as word characters.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u0655\u0900-\u0dff"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event that may be in the issue, with its score and the parts of the score."""

    event: Event
    stories: tuple[Story, ...]  # best first
    score: float
    parts: tuple[tuple[str, float, str], ...]  # (part, contribution to the score, explanation)
    topic: str | None
    suggested: frozenset[str] = frozenset()  # ids of events that may be the same one in another language

    @property
    def best(self) -> Story:
        """The event's best story."""
        return self.stories[0]


def with_text_for_ranking(story: Story) -> Story:
    """Drop the text that ranking does not read, since a whole week of stories is kept in memory."""
    size, needed = 0.0, 0
    for block in story.blocks:
        if needed >= TOPIC_BLOCKS and size >= FULL_TEXT:
            break
        needed += 1
        size += _size(block.text)
    return replace(story, blocks=story.blocks[:needed]) if needed < len(story.blocks) else story


def merge_events(events: Iterable[Event], accepted: Iterable[tuple[str, str]]) -> tuple[Event, ...]:
    """Join the events of each story pair that the editor accepted; the joined event keeps the first one's best."""
    merged = {event.id: event for event in events}
    home = {story: event.id for event in merged.values() for story in event.stories}
    for one, other in accepted:
        first, second = home.get(one), home.get(other)
        if first is None or second is None or first == second:
            continue
        gone = merged.pop(second)
        kept = merged[first]
        merged[first] = replace(kept, stories=(*kept.stories, *gone.stories), follows=kept.follows or gone.follows)
        home.update(dict.fromkeys(gone.stories, first))
    return tuple(merged.values())


def rank_events(
    events: Sequence[Event],
    stories: Mapping[str, Story],
    *,
    outlets: Mapping[str, int],
    weights: Mapping[str, float],
    topics: Sequence[Topic],
    rules: SelectSettings,
    now: datetime,
    suggested: Mapping[str, frozenset[str]] | None = None,
) -> list[Candidate]:
    """Return the candidates, highest score first.

    `stories` maps ids to the events' stories; `outlets` maps a story to the number of outlets that published it,
    copies included; `weights` maps sources to their weight. `suggested` maps an event to the events that may be the
    same one in another language: their outlets count as coverage. Freshness halves every three days; an undated
    story counts as four days old.
    """
    candidates = []
    by_event = {event.id: tuple(stories[s] for s in event.stories if s in stories) for event in events}
    for event in events:
        members, others = by_event[event.id], (suggested or {}).get(event.id, frozenset())
        if members:
            other_stories = [story for other in sorted(others) for story in by_event.get(other, ())]
            raw, topic = _score_parts(members, other_stories, outlets=outlets, weights=weights, topics=topics, now=now)
            candidates.append(replace(_candidate(event, members, raw, topic, rules), suggested=others))
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.event.id))


def _score_parts(
    members: tuple[Story, ...],
    others: Sequence[Story],
    *,
    outlets: Mapping[str, int],
    weights: Mapping[str, float],
    topics: Sequence[Topic],
    now: datetime,
) -> tuple[dict[str, tuple[float, str]], str | None]:
    """Return each part of the score, from 0 to 1, with its explanation; and the topic."""
    best = members[0]
    own = {story.outlet for story in members}
    outlet_count = max(len(own), outlets.get(best.id, 1)) + len({story.outlet for story in others} - own)
    languages = len({story.language for story in (*members, *others)})
    topic, topic_figure = match_topic(best, topics)
    age_days = max(0.0, (now - best.dated_at).total_seconds() / 86_400) if best.dated_at else 7.0
    heaviest = max(weights.values(), default=1.0) or 1.0
    weight = weights.get(best.source, 1.0)
    return {
        "coverage": (
            min(1.0, math.log(outlet_count) / math.log(MANY_OUTLETS)),
            _count(outlet_count, "outlet") + (f", {languages} languages" if languages > 1 else ""),
        ),
        "source": (min(1.0, weight / heaviest), f"source weight {weight:g}"),
        "freshness": (
            0.5 ** (age_days / FRESH_HALF_LIFE_DAYS) if best.published_at else UNDATED_FRESHNESS,
            f"{_count(round(age_days), 'day')} old" if best.published_at else "undated",
        ),
        "topics": (topic_figure, f"topic {topic}" if topic else "no topic"),
        "fullness": _fullness(best),
    }, topic


def _candidate(
    event: Event,
    members: tuple[Story, ...],
    raw: Mapping[str, tuple[float, str]],
    topic: str | None,
    rules: SelectSettings,
) -> Candidate:
    shares = {part: getattr(rules.weights, part) for part in raw}
    total = sum(shares.values()) or 1.0
    parts = tuple((part, round(shares[part] / total * figure, 4), detail) for part, (figure, detail) in raw.items())
    return Candidate(event, members, round(sum(share for _, share, _ in parts), 4), parts, topic)


def decisions_of(candidate: Candidate, stage: str) -> list[Decision]:
    """Return the ledger lines about a candidate's score."""
    story = candidate.best.id
    lines = [
        Decision(story, stage, Outcome.RANKED, f"rank/{part}", figure, detail)
        for part, figure, detail in candidate.parts
    ]
    return [*lines, Decision(story, stage, Outcome.RANKED, "rank/score", candidate.score, "")]


def match_topic(story: Story, topics: Sequence[Topic]) -> tuple[str | None, float]:
    """Return a story's topic and how well it matches, from 0 to 1; a word in the title counts three times."""
    body = " ".join((story.standfirst, *story.key_points, *(block.text for block in story.blocks[:TOPIC_BLOCKS])))
    best: tuple[float, str | None] = (0.0, None)
    for topic in topics:
        pattern = _pattern(tuple(sorted({word for words in topic.words.values() for word in words if word})))
        if pattern is None:
            continue
        hits = TITLE_WEIGHT * len(set(pattern.findall(story.title.lower()))) + len(set(pattern.findall(body.lower())))
        best = max(best, (min(1.0, hits / (2 * TITLE_WEIGHT)) * topic.weight, topic.name), key=lambda pair: pair[0])
    return (best[1], min(1.0, best[0])) if best[1] and best[0] > 0 else (None, 0.0)


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Match any of the words, longest first: whole words in spaced scripts, anywhere in others."""
    if not words:
        return None
    lowered = sorted(
        {unicodedata.normalize("NFC", word).lower() for word in words}, key=lambda word: (-len(word), word)
    )
    # Neighbours with the same borders share them: a border is more expensive than all the words between.
    runs = ((borders, [re.escape(word) for word in run]) for borders, run in groupby(lowered, _borders))
    return re.compile("|".join(f"{begins}(?:{'|'.join(run)}){ends}" for (begins, ends), run in runs))


def _borders(word: str) -> tuple[str, str]:
    """Return the look-around patterns for a word. `AI` matches in `生成AI模型`, but not in `rain`."""
    begins = "" if _UNSPACED_LETTER.match(word[0]) else rf"(?<![^\W{_UNSPACED}])(?<![{_MARKS}])"
    ends = "" if _UNSPACED_LETTER.match(word[-1]) else rf"(?![^\W{_UNSPACED}]|[{_MARKS}])"
    return begins, ends


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
