"""How much each event speaks for itself, and what it is about."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.records import Block, Event, Outcome, Picture, SelectSettings, Story, Topic, Weights
from pipeline.stages.select import Candidate, merge_events, rank_events, with_text_for_ranking
from pipeline.stages.select.rank import decisions_of, match_topic
from tests.factories import NOW, story

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
PARTS = ("coverage", "source", "freshness", "topics", "fullness")


def rank(
    *stories: Story,
    events: list[Event] | None = None,
    outlets: dict[str, int] | None = None,
    weights: dict[str, float] | None = None,
    topics: list[Topic] | None = None,
    rules: SelectSettings | None = None,
) -> list[Candidate]:
    """Each story its own event, unless events are given."""
    return rank_events(
        events or [Event(f"event of {each.id}", each.id, (each.id,)) for each in stories],
        {each.id: each for each in stories},
        outlets=outlets or {},
        weights=weights or {},
        topics=topics or [],
        rules=rules or SelectSettings(),
        now=NOW,
    )


def part(candidate: Candidate, name: str) -> float:
    return next(figure for part, figure, _ in candidate.parts if part == name)


def said(candidate: Candidate, name: str) -> str:
    return next(said for part, _, said in candidate.parts if part == name)


figures = st.floats(0, 5, allow_nan=False)


@unhurried
@given(
    shares=st.tuples(figures, figures, figures, figures, figures),
    outlets=st.integers(0, 12),
    age=st.floats(-30, 400),
    weight=figures,
    heaviest=figures,
    text=st.integers(0, 3000),
    picture=st.booleans(),
    dated=st.booleans(),
)
def test_a_score_is_the_sum_of_its_parts(
    *,
    shares: tuple[float, ...],
    outlets: int,
    age: float,
    weight: float,
    heaviest: float,
    text: int,
    picture: bool,
    dated: bool,
) -> None:
    """Whatever the weights and the story: parts add up, none is negative, and the score is between 0 and 1."""
    told = story(
        "a",
        source="harbour",
        published_at=NOW - timedelta(days=age) if dated else None,
        blocks=(Block("paragraph", "x" * text),),
        picture=Picture("https://harbour.example/p.png") if picture else None,
    )
    (candidate,) = rank(
        told,
        outlets={"a": outlets},
        weights={"harbour": weight, "quay": heaviest},
        rules=shared(*shares),
    )
    assert [name for name, _, _ in candidate.parts] == list(PARTS)
    assert candidate.score == pytest.approx(sum(figure for _, figure, _ in candidate.parts))
    assert all(figure >= 0 for _, figure, _ in candidate.parts)
    assert 0 <= candidate.score <= 1.0003  # each of five parts is rounded to four places


def test_freshness_halves_every_three_days() -> None:
    """A story of today counts in full, of three days ago for a half, of six for a quarter; of tomorrow for no more."""
    fresh = [
        part(rank(story("a", published_at=NOW - timedelta(days=days)), rules=only("freshness"))[0], "freshness")
        for days in (-1, 0, 3, 6)
    ]
    assert fresh == [1.0, 1.0, 0.5, 0.25]


def only(name: str) -> SelectSettings:
    """Rules by which one part is all."""
    return shared(*(float(part == name) for part in PARTS))


def shared(coverage: float, source: float, freshness: float, topics: float, fullness: float) -> SelectSettings:
    return SelectSettings(weights=Weights(coverage, source, freshness, topics, fullness))


def test_a_source_that_the_config_no_longer_names_is_not_above_the_heaviest() -> None:
    """Its stories are still in the window; its weight is 1, and the part is at most all of its share."""
    (candidate,) = rank(story("a", source="gone"), weights={"harbour": 0.5}, rules=only("source"))
    assert part(candidate, "source") == 1.0


def test_more_outlets_count_for_more_up_to_six() -> None:
    """One outlet adds nothing; copies in other papers count; beyond six it adds no more."""
    coverage = [
        part(rank(story("a"), outlets={"a": outlets}, rules=only("coverage"))[0], "coverage")
        for outlets in (0, 1, 2, 6, 20)
    ]
    assert coverage == [0.0, 0.0, pytest.approx(0.3869), 1.0, 1.0]


def test_coverage_says_how_many_languages_told_of_it() -> None:
    """Two outlets of one event, in two languages."""
    first, second = story("a"), story("b", outlet="港口報", language="zh-Hant")
    (candidate,) = rank(first, second, events=[Event("v", "a", ("a", "b"))])
    assert said(candidate, "coverage") == "2 outlets, 2 languages"
    assert said(rank(story("c"))[0], "coverage") == "1 outlet"


def test_a_full_text_with_picture_and_writer_is_the_fullest() -> None:
    """Chinese says as much in fewer characters; a text cut off at its source counts for less."""

    def fullness(**given: object) -> float:
        return part(rank(story("a", **{"blocks": (), **given}), rules=only("fullness"))[0], "fullness")

    whole, picture = (Block("paragraph", "x" * 900),), Picture("https://harbour.example/p.png")
    assert fullness(blocks=whole, picture=picture, authors=("Ada Quay",)) == 1.0
    assert fullness(blocks=whole) == fullness(blocks=(Block("paragraph", "港" * 360),)) == 0.6
    assert fullness(blocks=whole, picture=picture, truncated=True) == pytest.approx(0.54)
    assert fullness() == 0.0


def test_candidates_come_strongest_first_whatever_order_the_events_came_in() -> None:
    """Equal scores by event id, so that two runs agree."""
    stories = [
        story(name, published_at=NOW - timedelta(days=age)) for name, age in zip("dbca", (1, 1, 0, 5), strict=True)
    ]
    ranked = rank(*stories)
    assert [candidate.best.id for candidate in ranked] == ["c", "b", "d", "a"]
    random.Random(3).shuffle(stories)
    assert rank(*stories) == ranked


def test_an_event_whose_stories_are_gone_is_no_candidate() -> None:
    """And one that lost its best story is told by the next."""
    events = [Event("v", "gone", ("gone",)), Event("w", "gone", ("gone", "b"))]
    assert [candidate.best.id for candidate in rank(story("b"), events=events)] == ["b"]


def test_the_ledger_has_each_part_and_the_score() -> None:
    """One line each, with its figure in words."""
    (candidate,) = rank(story("a", source="harbour"), weights={"harbour": 1.5})
    lines = decisions_of(candidate, "select/en")
    assert [(line.rule, line.figure) for line in lines] == [
        *((f"rank/{name}", figure) for name, figure, _ in candidate.parts),
        ("rank/score", candidate.score),
    ]
    assert {(line.story, line.stage, line.outcome) for line in lines} == {("a", "select/en", Outcome.RANKED)}
    assert lines[1].detail == "source weight 1.5"


def test_events_that_the_editor_joined_are_one() -> None:
    """Under the first one's name and best story, through a third; what one of them follows is not forgotten."""
    a, b, c, d = (Event(f"v{name}", name, (name, f"{name}2")) for name in "abcd")
    b = replace(b, follows="earlier")
    joined = merge_events([a, b, c, d], [("a", "b2"), ("b", "c"), ("a2", "c2"), ("d", "unknown")])
    assert joined == (Event("va", "a", ("a", "a2", "b", "b2", "c", "c2"), follows="earlier"), d)
    assert merge_events([a, d], []) == (a, d)


# ── topics ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("word", "title", "matches"),
    [
        ("rain", "Rain delays the ferry", True),
        ("rain", "The training begins", False),
        ("rain", "Monsoon rain: harbour shut", True),
        ("cable ship", "The cable ship leaves", True),
        ("AI", "Said to fail again", False),
        ("AI", "生成AI模型上線", True),
        ("AI", "港口用AI，不用人", True),
        ("C++", "Why C++ stays", True),
        ("Fähre", "Die Fähre fährt", True),
        ("Fähre", "Die Fährendichte", False),
        ("cảng", "Cảng mới ở Đà Nẵng", True),
        ("порт", "Новый порт открыт", True),
        ("порт", "Спортсмены уехали", False),
        ("चिप", "नई चिप आई", True),
        ("चिप", "आलू चिप्स महँगे", False),
        ("電池", "三萬噸電池下水", True),
        ("電池", "電力與水池", False),
        ("リチウム", "新リチウム電池", True),
        ("반도체", "반도체는 다시 오른다", True),
        ("เรือ", "ท่าเรือใหม่เปิดแล้ว", True),
        ("Cafe\u0301", "Café am Hafen", True),  # a config typed with a combining accent
    ],
)
def test_topics_are_found_by_whole_words_where_words_have_borders(word: str, title: str, matches: bool) -> None:
    """In spaced scripts a word is a word; in Chinese, Japanese, Korean and Thai it may stand anywhere."""
    topic = Topic("t", words={"und": (word,)})
    assert match_topic(story("a", title=title), [topic])[0] == ("t" if matches else None)


def test_a_word_in_the_title_counts_three_times() -> None:
    """Each word once, however often it is said; two words in the title are as sure as it gets."""
    topic = Topic("ports", words={"en": ("quay", "crane", "berth")})

    def figure(title: str, text: str) -> float:
        return match_topic(story("a", title=title, blocks=(Block("paragraph", text),)), [topic])[1]

    assert figure("x", "The quay, that quay, another quay") == pytest.approx(1 / 6)
    assert figure("A new quay", "x") == pytest.approx(3 / 6)
    assert figure("A crane on the quay", "with a berth") == 1.0
    assert figure("x", "x") == 0.0


def test_a_story_is_about_its_surest_topic() -> None:
    """A topic's weight tells between two; standfirst and key points count as the body does."""
    ports, ships = Topic("ports", words={"en": ("quay",)}), Topic("ships", words={"en": ("ferry",)}, weight=1.5)
    assert match_topic(story("a", title="Ferry at the quay"), [ports, ships])[0] == "ships"
    assert match_topic(story("a", title="A quay", standfirst="A ferry"), [ports, ships])[0] == "ports"
    assert match_topic(story("a", key_points=("One ferry",)), [ports, ships])[0] == "ships"
    assert match_topic(story("a"), [ports, ships]) == (None, 0.0)


def test_a_topic_without_words_or_weight_matches_nothing() -> None:
    """Nor does one whose words are empty."""
    nothing = [Topic("a"), Topic("b", words={"en": ("",)}), Topic("c", words={"en": ("week",)}, weight=0.0)]
    assert match_topic(story("a"), nothing) == (None, 0.0)


@unhurried
@given(blocks=st.lists(st.text(st.sampled_from("ab 電動船。ferry"), max_size=300), max_size=14), cut=st.booleans())
def test_a_story_in_short_ranks_as_the_whole_one(blocks: list[str], cut: bool) -> None:
    """It has all of its text that ranking reads, and is empty only where the story is."""
    whole = story("a", blocks=tuple(Block("paragraph", text) for text in blocks), truncated=cut)
    short = with_text_for_ranking(whole)
    topics = [Topic("Ships", words={"en": ("ferry",), "zh-Hant": ("電動",)})]
    (one,), (other,) = rank(whole, topics=topics), rank(short, topics=topics)
    assert (one.score, one.parts, one.topic) == (other.score, other.parts, other.topic)
    assert bool(short.blocks) == bool(whole.blocks)
    assert short.blocks == whole.blocks[: len(short.blocks)]


def test_a_story_in_short_leaves_the_rest_of_a_long_text_behind() -> None:
    """A week's stories are held together: of a long one a handful of blocks is."""
    long = story("a", blocks=(Block("paragraph", "The ferry left at noon. " * 20),) * 50)
    assert len(with_text_for_ranking(long).blocks) == 6
