"""How near each story is to the letter's subject, among the stories of its week.

A story is compared with the sentences that describe the letter by sentence vectors, and with the letter's words: those
of its topics, its places and its firms. Each figure is a distance from the week's mean in standard deviations.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from pipeline.records import Kind, Story, Topic
from pipeline.stages.select.kinds import MINOR_KINDS, StoryKind, kind_of
from pipeline.stages.select.publishers import split_tail
from pipeline.stages.select.words import (
    Found,
    SearchText,
    TopicWords,
    common_words,
    count_words,
    find_names,
    is_meant,
    topic_words,
)
from pipeline.stages.select.yardstick import EVERYDAY, MINOR, WEIGHTY
from pipeline.text.headlines import read_headline, read_summary

Figures: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int8]
Whole: TypeAlias = npt.NDArray[np.float32]  # of integers

# Weights of words against a standard deviation of the vectors; measured on labelled weeks, see docs/select.md.
TITLE_WORDS, SUMMARY_WORDS = 1.0, 0.5
NAMED_IN_TITLE, NAMED_IN_SUMMARY = 3.0, 2.0
MINOR_KIND = -1.0
GATE, GATE_WITHOUT_VECTORS = 1.0, 0.5  # the relevance of a story that is as likely on the subject as off it
# Evidence that a story is on the subject: how close its vectors are, plus these for words; measured like the weights.
TOPIC_IN_TITLE, TOPIC_IN_SUMMARY, NAME_IN_TITLE, FIRM_IN_TITLE = 2.5, 0.5, 1.0, 2.0
ENOUGH_EVIDENCE, CLEAR_EVIDENCE = 4.5, 6.5
# A feature needs more if a smaller share than usual of the week's stories is clearly on the subject: for each halving.
USUAL_SHARE, RARER_BY_HALF = 0.08, 3.0
NEAR = 3.5  # the closeness of a story that is called near by its meaning
WORDS_OF_TOPIC, MOST_WORDS = 2, 3.0
SUMMARY_LENGTH = 400  # characters
NEAR_REPEAT = 0.55  # cosine of the titles of two stories that repeat each other
SAME_NEWS = 0.65  # and of two that report the same news, in any language: average links at this bound made good events
MOST_NEWS = 2.0
_ROWS_AT_ONCE = 256
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
        # Whole numbers so small that their sums of products are exact, on any machine.
        self._titles = np.ascontiguousarray(table[:, : width // 2], dtype=np.float32)
        self._summaries = np.ascontiguousarray(table[:, width // 2 :], dtype=np.float32)
        self._squares: Figures = (self._titles * self._titles).sum(axis=1, dtype=np.float64)
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
        return _cosines(self._summaries[[self._places[story] for story in stories]], sentences.astype(np.float32))

    def title(self, story: str) -> Integers:
        """The vector of a story's title; empty for a story without vectors."""
        return self._titles[self._places[story]].astype(np.int8) if story in self else np.empty(0, np.int8)

    def title_cosines(self, stories: Sequence[str], titles: Integers) -> Figures:
        """The likeness of the titles of stories (rows) to other titles (columns)."""
        return _cosines(self._titles[[self._places[story] for story in stories]], titles.astype(np.float32))

    def same_news(self) -> dict[str, tuple[str, ...]]:
        """Story → the other stories whose titles report the same news; without those that have none."""
        if self._same_news is None:
            self._same_news = self._find_same_news()
        return self._same_news

    def _find_same_news(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        lengths = np.sqrt(self._squares)
        for start in range(0, len(self._names), _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            bounds = SAME_NEWS * np.outer(lengths[rows], lengths)
            products = self._titles[rows] @ self._titles.T
            for row, column in np.argwhere((products >= bounds) & (bounds > 0)).tolist():
                if start + row != column:
                    found.setdefault(self._names[start + row], []).append(self._names[column])
        return {story: tuple(others) for story, others in found.items()}

    def near_repeats(self, story: str) -> Mapping[str, float]:
        """The stories whose titles say nearly the same as this story's, with their cosines."""
        if story not in self._places:
            return {}
        if story not in self._near:
            place, near = self._places[story], self._near.setdefault(story, {})
            lengths = np.sqrt(self._squares * self._squares[place])
            products = (self._titles @ self._titles[place]).astype(np.float64)
            for other in np.flatnonzero((products >= NEAR_REPEAT * lengths) & (lengths > 0)).tolist():
                near[self._names[other]] = round(float(products[other] / lengths[other]), _DIGITS)
        return self._near[story]


def _cosines(rows: Whole, columns: Whole) -> Figures:
    squares = [(table * table).sum(axis=1, dtype=np.float64) for table in (rows, columns)]
    lengths = np.sqrt(np.outer(*squares))
    products: Figures = (rows @ columns.T).astype(np.float64)
    likeness: Figures = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
    return likeness


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
    is_sure: bool = True  # there is as much evidence as a feature needs in such a week


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
    topics_with_words = topic_words(subject.topics)
    titles = [split_tail(headline.text)[0] for headline in headlines]
    words = _find_words(titles, [summary_of(story) for story in stories], subject, topics_with_words)
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
    on_subject = [
        _is_on_subject(subject, found, close, has_words=bool(topics_with_words))
        for found, close in zip(words, closeness, strict=True)
    ]
    # Without words of topics a story has to be so near to be on the subject that there is no doubt.
    sure = _are_sure(words, closeness, news, on_subject) if topics_with_words else on_subject
    return {
        story.id: Relevance(
            round(float(figure), _DIGITS),
            is_on_subject,
            tuple(found.found),
            found.firms,
            kind,
            bool(close >= NEAR),
            value,
            is_sure,
        )
        for story, figure, found, close, kind, value, is_on_subject, is_sure in zip(
            stories, figures, words, closeness, kinds, news.tolist(), on_subject, sure, strict=True
        )
    }


def summary_of(story: Story) -> str:
    """The beginning of a story's text."""
    text = " ".join((story.standfirst, *(block.text for block in story.blocks[:4])))
    return read_summary(text[: 3 * SUMMARY_LENGTH])[0][:SUMMARY_LENGTH]


def _find_words(titles: Sequence[str], summaries: Sequence[str], subject: Subject, topics: TopicWords) -> list[_Words]:
    """Find the letter's words in the stories of a week, which show the names that are common words too."""
    texts = [(SearchText(title), SearchText(summary)) for title, summary in zip(titles, summaries, strict=True)]
    finders = find_names(tuple(subject.places)), find_names(tuple(subject.firms))
    named = [tuple((finder.find(title), finder.find(summary)) for finder in finders) for title, summary in texts]
    common = common_words(found for story in named for pair in story for found in pair)
    words = []
    for (title, summary), (places, firms) in zip(texts, named, strict=True):
        each = _Words()
        _add_topics(each, title, summary, topics)
        _add_names(each, *places, common)
        each.firms = _add_names(each, *firms, common)
        words.append(each)
    return words


def _add_topics(words: _Words, title: SearchText, summary: SearchText, topics: TopicWords) -> None:
    for topic, finder in topics:
        if not topic.weight:
            continue
        in_title, in_summary = count_words(finder.find(title)), count_words(finder.find(summary))
        words.title += min(WORDS_OF_TOPIC, in_title) * topic.weight
        words.summary += min(WORDS_OF_TOPIC, in_summary) * topic.weight
        words.found += [topic.name] if in_title or in_summary else []
    words.title, words.summary = min(MOST_WORDS, words.title) / MOST_WORDS, min(MOST_WORDS, words.summary) / MOST_WORDS


def _add_names(
    words: _Words, title: Sequence[Found], summary: Sequence[Found], common: frozenset[str]
) -> frozenset[str]:
    """Add the places or firms of a story; return those in its title."""
    titled, summarised = (
        list(dict.fromkeys(found.word for found in text if is_meant(found, (title, summary), common)))
        for text in (title, summary)
    )
    words.in_title |= bool(titled)
    words.in_summary |= bool(summarised)
    words.found += (titled or summarised)[:2]
    return frozenset(titled)


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
        cosines = _cosines(yardstick.get(EVERYDAY, form).astype(np.float32), form.astype(np.float32))
        usual += [cosines.mean(axis=1), cosines.max(axis=1)]
    likeness[known] = _deviations(np.sum([_deviations(column) for column in columns], axis=0))
    if EVERYDAY in yardstick:
        near = [_deviations(column, everyday) for column, everyday in zip(columns, usual, strict=True)]
        closeness[known] = np.mean(near, axis=0)
    return likeness, closeness, news


def _news_values(vectors: StoryVectors, ids: Sequence[str], weighty: Integers, minor: Integers) -> Figures:
    """How much stories read like weighty news: 1 for the average of the weighty headlines, -1 for the minor ones."""
    heavy, light = weighty.astype(np.float32), minor.astype(np.float32)
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
    return _evidence(words, closeness) >= ENOUGH_EVIDENCE


def _are_sure(words: Sequence[_Words], closeness: Figures, news: Figures, on_subject: Sequence[bool]) -> list[bool]:
    """Whether there is so much evidence that each story is news on the subject that it may be a feature.

    The rarer the subject is in a week, the more of the stories that seem to be on it are not, and the more is asked.
    """
    figures = [_evidence(found, close) for found, close in zip(words, closeness, strict=True)]
    clear = sum(figure >= CLEAR_EVIDENCE for figure, on in zip(figures, on_subject, strict=True) if on)
    share = (clear + 1) / (len(figures) + 1 / USUAL_SHARE)
    enough = ENOUGH_EVIDENCE + RARER_BY_HALF * max(0.0, math.log2(USUAL_SHARE / share))
    return [on and not figure + value < enough for figure, value, on in zip(figures, news, on_subject, strict=True)]


def _evidence(words: _Words, closeness: float) -> float:
    evidence = closeness
    evidence += TOPIC_IN_TITLE if words.title > 0 else 0.0
    evidence += TOPIC_IN_SUMMARY if words.summary > 0 else 0.0
    evidence += NAME_IN_TITLE if words.in_title else 0.0
    evidence += FIRM_IN_TITLE if words.firms else 0.0
    return evidence
