"""How much each event speaks for itself: a score between 0 and 1 out of parts that are told apart."""

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
UNDATED_FRESHNESS = 0.4  # as of four days: to be seen for the first time today makes nothing new
MANY_OUTLETS = 6  # coverage beyond this adds nothing
FULL_TEXT = 900  # characters of a spaced script; a CJK character counts for two and a half
TITLE_WEIGHT = 3.0
TOPIC_BLOCKS = 6  # in which a topic's words are looked for

# Scripts that put no spaces between words, or (Hangul) none between a word and its particles.
_UNSPACED = UNSPACED + HAN_MARKS + HALFWIDTH_KANA + HANGUL
_UNSPACED_LETTER = re.compile(f"[{_UNSPACED}]")
_WIDE = re.compile("[\u2e80-\U0010ffff]")
# Vowel signs and accents, which are no word characters to a regular expression.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u0655\u0900-\u0dff"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event that may be in the issue, with its score and what it is made of."""

    event: Event
    stories: tuple[Story, ...]  # best first
    score: float
    parts: tuple[tuple[str, float, str], ...]  # (part, contribution to the score, in words)
    topic: str | None
    alike: frozenset[str] = frozenset()  # events that may be this one in another language: suggested, not joined

    @property
    def best(self) -> Story:
        """The story that stands for the event."""
        return self.stories[0]


def in_short(story: Story) -> Story:
    """A story with as much of its text as is read to rank it: a week's stories are held together."""
    size, needed = 0.0, 0
    for block in story.blocks:
        if needed >= TOPIC_BLOCKS and size >= FULL_TEXT:
            break
        needed += 1
        size += _size(block.text)
    return replace(story, blocks=story.blocks[:needed]) if needed < len(story.blocks) else story


def merge_events(events: Iterable[Event], accepted: Iterable[tuple[str, str]]) -> tuple[Event, ...]:
    """The events, those joined that hold the two stories of a pair the editor accepted; the first one's best stays."""
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
    alike: Mapping[str, frozenset[str]] | None = None,
) -> list[Candidate]:
    """Candidates, the highest score first.

    `alike` maps an event to those that may be the same in another language: what they have told counts as coverage.
    `stories` holds the stories of the events by id; `outlets` says how many outlets ran each story, its copies
    included; `weights` gives each source's weight. Freshness halves every three days; a story
    without a date of its own has that of four days.
    """
    candidates = []
    by_event = {event.id: tuple(stories[s] for s in event.stories if s in stories) for event in events}
    for event in events:
        members, others = by_event[event.id], (alike or {}).get(event.id, frozenset())
        if members:
            also = [story for other in sorted(others) for story in by_event.get(other, ())]
            raw, topic = _figures(members, also, outlets=outlets, weights=weights, topics=topics, now=now)
            candidates.append(replace(_candidate(event, members, raw, topic, rules), alike=others))
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.event.id))


def _figures(
    members: tuple[Story, ...],
    also: Sequence[Story],
    *,
    outlets: Mapping[str, int],
    weights: Mapping[str, float],
    topics: Sequence[Topic],
    now: datetime,
) -> tuple[dict[str, tuple[float, str]], str | None]:
    """Each part of the score from 0 to 1, with what is said of it; and the topic."""
    best = members[0]
    own = {story.outlet for story in members}
    told_by = max(len(own), outlets.get(best.id, 1)) + len({story.outlet for story in also} - own)
    languages = len({story.language for story in (*members, *also)})
    topic, topic_figure = match_topic(best, topics)
    age_days = max(0.0, (now - best.dated_at).total_seconds() / 86_400) if best.dated_at else 7.0
    heaviest = max(weights.values(), default=1.0) or 1.0
    weight = weights.get(best.source, 1.0)
    return {
        "coverage": (
            min(1.0, math.log(told_by) / math.log(MANY_OUTLETS)),
            _count(told_by, "outlet") + (f", {languages} languages" if languages > 1 else ""),
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
    parts = tuple((part, round(shares[part] / total * figure, 4), said) for part, (figure, said) in raw.items())
    return Candidate(event, members, round(sum(share for _, share, _ in parts), 4), parts, topic)


def decisions_of(candidate: Candidate, stage: str) -> list[Decision]:
    """The ledger's lines on a candidate's score."""
    story = candidate.best.id
    lines = [
        Decision(story, stage, Outcome.RANKED, f"rank/{part}", figure, said) for part, figure, said in candidate.parts
    ]
    return [*lines, Decision(story, stage, Outcome.RANKED, "rank/score", candidate.score, "")]


def match_topic(story: Story, topics: Sequence[Topic]) -> tuple[str | None, float]:
    """The topic a story is about, and how surely, from 0 to 1; a word in the title counts three times."""
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
    """Any of the words, the longest first: whole words where the script puts spaces between them, else anywhere."""
    if not words:
        return None
    lowered = sorted(
        {unicodedata.normalize("NFC", word).lower() for word in words}, key=lambda word: (-len(word), word)
    )
    # Neighbours with the same borders share them: a border with its classes costs more than all the words within.
    runs = ((borders, [re.escape(word) for word in run]) for borders, run in groupby(lowered, _borders))
    return re.compile("|".join(f"{begins}(?:{'|'.join(run)}){ends}" for (begins, ends), run in runs))


def _borders(word: str) -> tuple[str, str]:
    """`AI` is found in `生成AI模型`, not in `rain`: only letters of spaced scripts, and their marks, go on a word."""
    begins = "" if _UNSPACED_LETTER.match(word[0]) else rf"(?<![^\W{_UNSPACED}])(?<![{_MARKS}])"
    ends = "" if _UNSPACED_LETTER.match(word[-1]) else rf"(?![^\W{_UNSPACED}]|[{_MARKS}])"
    return begins, ends


def _fullness(story: Story) -> tuple[float, str]:
    size = sum(_size(block.text) for block in story.blocks)
    figure = 0.6 * min(1.0, size / FULL_TEXT) + (0.3 if story.picture else 0.0) + (0.1 if story.authors else 0.0)
    if story.truncated:
        figure *= 0.6
    said = ["full text" if size >= FULL_TEXT else "short text"]
    said += ["picture"] if story.picture else []
    said += ["writer"] if story.authors else []
    said += ["cut off at its source"] if story.truncated else []
    return figure, ", ".join(said)


def _size(text: str) -> float:
    """Characters, wide ones two and a half times."""
    return len(text) if text.isascii() else len(text) + 1.5 * len(_WIDE.findall(text))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
