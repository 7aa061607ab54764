"""How near each story is to the letter's subject, among the stories of its week.

A story is compared with the sentences that describe the letter by sentence vectors, and with the letter's words: those
of its topics, its places and its firms. Each figure is a distance from the week's mean in standard deviations.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from pipeline.records import Kind, Story, Topic
from pipeline.stages.select.kinds import MINOR_KINDS, StoryKind, kind_of
from pipeline.stages.select.publishers import split_tail
from pipeline.stages.select.words import TopicPatterns, topic_patterns, words_pattern
from pipeline.stages.select.yardstick import EVERYDAY, MINOR, WEIGHTY
from pipeline.text.headlines import read_headline, read_summary

Figures: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int8]

# Weights of words against a standard deviation of the vectors; measured on labelled weeks, see docs/select.md.
TITLE_WORDS, SUMMARY_WORDS = 1.0, 0.5
NAMED_IN_TITLE, NAMED_IN_SUMMARY = 3.0, 2.0
MINOR_KIND = -1.0
GATE, GATE_WITHOUT_VECTORS = 1.0, 0.5  # the relevance of a story that is as likely on the subject as off it
# Evidence that a story is on the subject: how close its vectors are, plus these for words; measured like the weights.
TOPIC_IN_TITLE, TOPIC_IN_SUMMARY, NAME_IN_TITLE, FIRM_IN_TITLE = 2.5, 0.5, 1.0, 2.0
ENOUGH_EVIDENCE = 4.5
NEAR = 3.5  # the closeness of a story that is called near by its meaning
WORDS_OF_TOPIC, MOST_WORDS = 2, 3.0
SUMMARY_LENGTH = 400  # characters
NEAR_REPEAT = 0.55  # cosine of the titles of two stories that repeat each other
SAME_NEWS = 0.65  # and of two that report the same news, in any language: average links at this bound made good events
MOST_NEWS = 2.0
_DIGITS = 6  # figures are rounded, so that no order depends on the last bit of a sum


class StoryVectors:
    """The sentence vectors of stories: two each, of the title and of the title with the summary."""

    def __init__(self, rows: Mapping[str, Integers]) -> None:
        """`rows` has both vectors of a story in one row; rows of another length than most are left out."""
        widths = [len(row) for row in rows.values() if len(row)]
        width = max(set(widths), key=lambda size: (widths.count(size), size), default=0)
        self._names = sorted(name for name, row in rows.items() if width and len(row) == width)
        self._places = {name: place for place, name in enumerate(self._names)}
        table = np.stack([rows[name] for name in self._names]) if self._names else np.empty((0, width), np.int8)
        both = table.astype(np.float64)  # whole numbers: their sums of products are exact
        self._titles, self._summaries = both[:, : width // 2], both[:, width // 2 :]
        self._squares: Figures = (self._titles * self._titles).sum(axis=1)
        self._near: dict[str, dict[str, float]] = {}
        self._same_news: dict[str, tuple[str, ...]] | None = None

    @property
    def width(self) -> int:
        """The numbers in a vector; 0 without vectors."""
        return int(self._titles.shape[1])

    def __contains__(self, story: str) -> bool:
        return story in self._places

    def cosines(self, stories: Sequence[str], sentences: Integers) -> Figures:
        """The likeness of stories (rows) to sentences (columns)."""
        return _cosines(self._summaries[[self._places[story] for story in stories]], sentences.astype(np.float64))

    def title(self, story: str) -> Integers:
        """The vector of a story's title; empty for a story without vectors."""
        return self._titles[self._places[story]].astype(np.int8) if story in self else np.empty(0, np.int8)

    def title_cosines(self, stories: Sequence[str], titles: Integers) -> Figures:
        """The likeness of the titles of stories (rows) to other titles (columns)."""
        return _cosines(self._titles[[self._places[story] for story in stories]], titles.astype(np.float64))

    def same_news(self) -> dict[str, tuple[str, ...]]:
        """Story → the other stories whose titles report the same news; without those that have none."""
        if self._same_news is None:
            self._same_news = self._find_same_news()
        return self._same_news

    def _find_same_news(self) -> dict[str, tuple[str, ...]]:
        likeness = _cosines(self._titles, self._titles) if self._names else np.empty((0, 0))
        np.fill_diagonal(likeness, 0.0)
        rows, columns = np.nonzero(likeness >= SAME_NEWS)
        found: dict[str, list[str]] = {}
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            found.setdefault(self._names[row], []).append(self._names[column])
        return {story: tuple(others) for story, others in found.items()}

    def near_repeats(self, story: str) -> Mapping[str, float]:
        """The stories whose titles say nearly the same as this story's, with their cosines."""
        if story not in self._places:
            return {}
        if story not in self._near:
            place = self._places[story]
            lengths = np.sqrt(self._squares * self._squares[place])  # as in _cosines, with the squares made once
            products = self._titles @ self._titles[place]
            likeness = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
            near = np.flatnonzero(likeness >= NEAR_REPEAT)
            self._near[story] = {self._names[place]: round(float(likeness[place]), _DIGITS) for place in near}
        return self._near[story]


def _cosines(rows: Figures, columns: Figures) -> Figures:
    lengths = np.sqrt(np.outer((rows * rows).sum(axis=1), (columns * columns).sum(axis=1)))
    products = rows @ columns.T
    return np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a letter is about: the config's description, and the vectors of its sentences."""

    topics: Sequence[Topic] = ()
    places: Sequence[str] = ()
    firms: Sequence[str] = ()
    is_described: bool = False  # by `about`
    forms: Sequence[Integers] = field(default=())  # for each form of description, the vectors of its sentences
    yardstick: Mapping[str, Integers] = field(default_factory=dict)  # vectors of the headlines of each section


@dataclass(frozen=True, slots=True)
class Relevance:
    """A story's nearness to the subject."""

    figure: float  # above the gate, in standard deviations
    on_subject: bool
    words: tuple[str, ...]  # the letter's topics, places and firms that the story names
    firms: frozenset[str]  # in the title
    kind: StoryKind
    is_near: bool = False  # its meaning is clearly near to the description
    news: float = 0.0  # 1: reads like weighty news; -1: like minor news


@dataclass(slots=True)
class _Words:
    """What the letter's words find in one story."""

    title: float = 0.0  # from 0 to 1
    summary: float = 0.0
    in_title: bool = False  # a place or firm
    in_summary: bool = False
    found: list[str] = field(default_factory=list)
    firms: frozenset[str] = frozenset()


def measure_relevance(
    stories: Sequence[Story], subject: Subject, vectors: StoryVectors, *, accepted: Sequence[Kind], topics: float = 1.0
) -> dict[str, Relevance]:
    """Measure all stories of a week; their order does not matter.

    Kinds that are not `accepted` count as minor ones. `topics` is the strength of topic words, 1 by default.
    """
    stories = sorted(stories, key=lambda story: story.id)
    if not stories:
        return {}
    headlines = [read_headline(story.title, story.outlet) for story in stories]
    topic_words = topic_patterns(subject.topics)
    words = [
        _find_words(split_tail(headline.text)[0], summary_of(story), subject, topic_words)
        for story, headline in zip(stories, headlines, strict=True)
    ]
    kinds = [kind_of(story.title, story.url, headline.rule) for story, headline in zip(stories, headlines, strict=True)]
    by_words = topics * (
        TITLE_WORDS * _column(words, "title") + SUMMARY_WORDS * _column(words, "summary")
    ) + np.maximum(NAMED_IN_TITLE * _column(words, "in_title"), NAMED_IN_SUMMARY * _column(words, "in_summary"))
    by_words += MINOR_KIND * np.array([k.kind in MINOR_KINDS or k.kind not in accepted for k in kinds])
    likeness, closeness, news = _compare(stories, subject, vectors)
    figures = _deviations(by_words) - GATE_WITHOUT_VECTORS
    known = ~np.isnan(likeness)
    if known.any():
        figures[known] = _deviations(np.where(known, likeness, 0.0) + by_words)[known] - GATE
    has_words = bool(topic_words)
    return {
        story.id: Relevance(
            round(float(figure), _DIGITS),
            _is_on_subject(subject, found, close, has_words=has_words),
            tuple(found.found),
            found.firms,
            kind,
            bool(close >= NEAR),
            value,
        )
        for story, figure, found, close, kind, value in zip(
            stories, figures, words, closeness, kinds, news.tolist(), strict=True
        )
    }


def summary_of(story: Story) -> str:
    """The beginning of a story's text."""
    text = " ".join((story.standfirst, *(block.text for block in story.blocks[:4])))
    return read_summary(text[: 3 * SUMMARY_LENGTH])[0][:SUMMARY_LENGTH]


def _find_words(title: str, summary: str, subject: Subject, topics: TopicPatterns) -> _Words:
    title, summary, words = title.lower(), summary.lower(), _Words()
    for topic, pattern in topics:
        if not topic.weight:
            continue
        in_title, in_summary = len(set(pattern.findall(title))), len(set(pattern.findall(summary)))
        words.title += min(WORDS_OF_TOPIC, in_title) * topic.weight
        words.summary += min(WORDS_OF_TOPIC, in_summary) * topic.weight
        words.found += [topic.name] if in_title or in_summary else []
    words.title, words.summary = min(MOST_WORDS, words.title) / MOST_WORDS, min(MOST_WORDS, words.summary) / MOST_WORDS
    for names in (subject.places, subject.firms):
        any_name = words_pattern(names)
        if any_name is None:
            continue
        titled, summarised = _distinct(any_name, title), _distinct(any_name, summary)
        words.in_title |= bool(titled)
        words.in_summary |= bool(summarised)
        spelling = {name.lower(): name for name in names} if titled or summarised else {}
        words.found += [spelling.get(name, name) for name in (titled or summarised)[:2]]
        if names is subject.firms:
            words.firms = frozenset(spelling.get(name, name) for name in titled)
    return words


def _distinct(pattern: re.Pattern[str], text: str) -> list[str]:
    return list(dict.fromkeys(pattern.findall(text)))


def _column(words: Sequence[_Words], name: str) -> Figures:
    return np.array([float(getattr(found, name)) for found in words])


def _compare(stories: Sequence[Story], subject: Subject, vectors: StoryVectors) -> tuple[Figures, Figures, Figures]:
    """Return likeness to the description in standard deviations of the week, closeness to it, and news value.

    Closeness is in deviations of everyday headlines, so that it does not depend on what else is in the week. Likeness
    and closeness are NaN for stories without vectors; their news value is 0.
    """
    likeness, closeness = np.full(len(stories), np.nan), np.full(len(stories), np.nan)
    news = np.zeros(len(stories))
    known = np.array([story.id in vectors for story in stories])
    if not known.any():
        return likeness, closeness, news
    ids = [story.id for story, has in zip(stories, known, strict=True) if has]
    yardstick = {name: rows for name, rows in subject.yardstick.items() if rows.shape[1] == vectors.width}
    if WEIGHTY in yardstick and MINOR in yardstick:
        news[known] = _news_values(vectors, ids, yardstick[WEIGHTY], yardstick[MINOR])
    forms = [form for form in subject.forms if len(form) and form.shape[1] == vectors.width]
    if not forms:
        return likeness, closeness, news
    columns, usual = [], []
    for form in forms:
        cosines = vectors.cosines(ids, form)
        columns += [cosines.mean(axis=1), cosines.max(axis=1)]
        cosines = _cosines(yardstick.get(EVERYDAY, form).astype(np.float64), form.astype(np.float64))
        usual += [cosines.mean(axis=1), cosines.max(axis=1)]
    likeness[known] = _deviations(np.sum([_deviations(column) for column in columns], axis=0))
    if EVERYDAY in yardstick:
        near = [_deviations(column, everyday) for column, everyday in zip(columns, usual, strict=True)]
        closeness[known] = np.mean(near, axis=0)
    return likeness, closeness, news


def _news_values(vectors: StoryVectors, ids: Sequence[str], weighty: Integers, minor: Integers) -> Figures:
    """How much stories read like weighty news: 1 for the average of the weighty headlines, -1 for the minor ones."""
    heavy, light = weighty.astype(np.float64), minor.astype(np.float64)
    ends = [_cosines(rows, heavy).mean() - _cosines(rows, light).mean() for rows in (heavy, light)]
    middle, half = (ends[0] + ends[1]) / 2, (ends[0] - ends[1]) / 2
    differences = vectors.cosines(ids, weighty).mean(axis=1) - vectors.cosines(ids, minor).mean(axis=1)
    news: Figures = np.round(np.clip((differences - middle) / max(half, 1e-9), -MOST_NEWS, MOST_NEWS), _DIGITS)
    return news


def _deviations(figures: Figures, others: Figures | None = None) -> Figures:
    """Distances from the mean in standard deviations, of these figures or of `others`."""
    of = figures if others is None else others
    mean = math.fsum(of) / len(of)
    deviation = math.sqrt(math.fsum((of - mean) ** 2) / len(of))
    return np.round((figures - mean) / deviation, 2 * _DIGITS) if deviation > 1e-9 else np.zeros_like(figures)


def _is_on_subject(subject: Subject, words: _Words, closeness: float, *, has_words: bool) -> bool:
    """Whether the story names a place or firm, where the letter has any, and is about what the letter describes.

    A letter without a description, places and firms takes everything.
    """
    if (subject.places or subject.firms) and not (words.in_title or words.in_summary):
        return False
    if not subject.is_described:
        return True
    if math.isnan(closeness):
        return not has_words or words.title > 0 or words.summary > 0
    evidence = closeness
    evidence += TOPIC_IN_TITLE if words.title > 0 else 0.0
    evidence += TOPIC_IN_SUMMARY if words.summary > 0 else 0.0
    evidence += NAME_IN_TITLE if words.in_title else 0.0
    evidence += FIRM_IN_TITLE if words.firms else 0.0
    return evidence >= ENOUGH_EVIDENCE
