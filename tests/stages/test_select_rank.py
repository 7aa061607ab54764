"""How much each event speaks for itself, and what it is about."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.records import Block, Event, Outcome, Picture, SelectSettings, Story, Topic, Weights
from pipeline.stages.select import (
    Candidate,
    Relevance,
    StoryKind,
    Strengths,
    decisions_of,
    rank_events,
    with_text_for_ranking,
)
from pipeline.stages.select.words import match_topic, topic_words
from tests.factories import NOW, story

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
PARTS = ("relevance", "coverage", "names", "money", "news", "source", "freshness", "fullness")


def rank(
    *stories: Story,
    events: list[Event] | None = None,
    outlets: dict[str, int] | None = None,
    weights: dict[str, float] | None = None,
    topics: list[Topic] | None = None,
    rules: SelectSettings | None = None,
    relevance: dict[str, Relevance] | None = None,
) -> list[Candidate]:
    """Each story its own event, unless events are given; each as likely on the subject as off it, unless said."""
    return rank_events(
        events or [Event(f"event of {each.id}", each.id, (each.id,)) for each in stories],
        {each.id: each for each in stories},
        relevance={each.id: (relevance or {}).get(each.id, relevant()) for each in stories},
        outlets=outlets or {},
        weights=weights or {},
        topics=topics or [],
        rules=rules or SelectSettings(),
        now=NOW,
    )


def relevant(figure: float = 0.0, *words: str, on_subject: bool = True, kind: str = "story") -> Relevance:
    return Relevance(figure, on_subject, words, frozenset(), StoryKind(kind, "" if kind == "story" else "a rule"))  # type: ignore[arg-type]


def part(candidate: Candidate, name: str) -> float:
    return next(figure for part, figure, _ in candidate.parts if part == name)


def said(candidate: Candidate, name: str) -> str:
    return next(said for part, _, said in candidate.parts if part == name)


figures = st.floats(0, 5, allow_nan=False)


@unhurried
@given(
    shares=st.tuples(figures, figures, figures, figures, figures),
    relevance=st.floats(-40, 40),
    outlets=st.integers(0, 40),
    age=st.floats(-30, 400),
    weight=figures,
    text=st.integers(0, 3000),
    title=st.sampled_from(["A quay", "Nvidia's quay", "A quay for $2 billion", "TSMC raises 20 % more"]),
    dated=st.booleans(),
)
def test_a_score_is_the_product_of_its_parts(
    *,
    shares: tuple[float, ...],
    relevance: float,
    outlets: int,
    age: float,
    weight: float,
    text: int,
    title: str,
    dated: bool,
) -> None:
    """Whatever the weights and the story: relevance × significance × small factors, and between 0 and 1."""
    told = story(
        "a",
        source="harbour",
        title=title,
        published_at=NOW - timedelta(days=age) if dated else None,
        blocks=(Block("paragraph", "x" * text),),
    )
    (candidate,) = rank(
        told,
        outlets={"a": outlets},
        weights={"harbour": weight},
        rules=SelectSettings(weights=Weights(*shares)),
        relevance={"a": relevant(relevance)},
    )
    figure = {name: share for name, share, _ in candidate.parts}
    assert tuple(figure) == PARTS
    product = figure["relevance"] * (1 + sum(figure[name] for name in PARTS[1:5])) / 4
    for small in ("source", "freshness", "fullness"):
        product *= figure[small]
    assert candidate.score == pytest.approx(min(1.0, product), abs=2e-3)
    assert all(share >= 0 for share in figure.values())
    assert 0 <= candidate.score <= 1


def test_weighty_news_gains_what_minor_news_loses() -> None:
    """As the mean of the event's stories, and it says so."""
    a, b, c = story("a"), story("b"), story("c")
    figures = {"a": replace(relevant(), news=1.0), "b": replace(relevant(), news=-1.0), "c": relevant()}
    ranked = rank(a, b, c, relevance=figures)
    assert [candidate.best.id for candidate in ranked] == ["a", "c", "b"]
    assert [part(candidate, "news") for candidate in ranked] == [0.3, 0.0, -0.3]
    assert [said(candidate, "news") for candidate in ranked] == ["reads like weighty news", "", "reads like minor news"]
    (both,) = rank(a, b, events=[Event("v", "a", ("a", "b"))], relevance=figures)
    assert part(both, "news") == 0


def test_a_story_is_on_the_firm_that_its_title_names_first() -> None:
    """By its one name in the list of widely known firms, in any script; or a firm of the letter."""
    titles = {"a": "Quayworks beats Nvidia", "b": "輝達與台積電簽約", "c": "Nothing new at the quay"}
    stories = [story(name, title=title) for name, title in titles.items()]
    figures = {name: relevant() for name in titles} | {"a": replace(relevant(), firms=frozenset(["Quayworks"]))}
    found = {candidate.best.id: candidate.firms for candidate in rank(*stories, relevance=figures)}
    assert found == {"a": {"Quayworks"}, "b": {"Nvidia"}, "c": frozenset()}


def test_relevance_is_a_gate() -> None:
    """A story off the subject that ten outlets report stands below one on it that one outlet reports."""
    off, on = story("off", title="Nvidia pays $2 billion"), story("on")
    ranked = rank(off, on, outlets={"off": 10}, relevance={"off": relevant(-2.5), "on": relevant(1.0)})
    assert [candidate.best.id for candidate in ranked] == ["on", "off"]


def test_an_event_has_the_mean_relevance_of_its_stories() -> None:
    """And it is on the subject if half of them are."""
    a, b, c = story("a"), story("b"), story("c")
    figures = {"a": relevant(3.0), "b": relevant(-3.0, on_subject=False), "c": relevant(-3.0, on_subject=False)}
    pair, three = Event("v", "a", ("a", "b")), Event("v", "a", ("a", "b", "c"))
    (candidate,) = rank(a, b, events=[pair], relevance=figures)
    assert part(candidate, "relevance") == 0.5
    assert candidate.on_subject
    assert not rank(a, b, c, events=[three], relevance=figures)[0].on_subject


def test_the_small_factors_do_not_turn_an_order_round() -> None:
    """A light, old, short story with twice the outlets stands above a heavy, new, full one."""
    weak = story("weak", source="light", published_at=NOW - timedelta(days=9), blocks=())
    strong = story("strong", source="heavy", blocks=(Block("paragraph", "x" * 900),), authors=("Ada Quay",))
    ranked = rank(weak, strong, outlets={"weak": 2}, weights={"light": 0.5, "heavy": 1.5})
    assert [candidate.best.id for candidate in ranked] == ["weak", "strong"]
    assert [candidate.best.id for candidate in rank(weak, strong, weights={"light": 0.5})] == ["strong", "weak"]


def test_age_takes_a_twentieth_in_a_week() -> None:
    """No more after that, and nothing from a story of tomorrow; an undated one counts as of the week's middle."""
    days = [
        part(rank(story("a", published_at=NOW - timedelta(days=age)))[0], "freshness") for age in (-1, 0, 3.5, 7, 21)
    ]
    assert days == [1.0, 1.0, 0.975, 0.95, 0.95]
    undated = story("a", published_at=None, first_seen_at=NOW)
    assert part(rank(undated)[0], "freshness") == 0.975


def test_more_outlets_count_for_more_up_to_sixteen() -> None:
    """One outlet adds nothing, each doubling a half; copies in other papers count."""
    coverage = [part(rank(story("a"), outlets={"a": outlets})[0], "coverage") for outlets in (0, 1, 2, 4, 16, 20)]
    assert coverage == [0.0, 0.0, 0.5, 1.0, 2.0, 2.0]


def test_the_weights_are_proportions_against_the_defaults() -> None:
    """Ten times the default weights change nothing; without a weight a part does nothing."""
    assert Strengths.of(Weights()) == Strengths.of(Weights(4, 1.5, 2, 1.5, 1)) == Strengths(1, 1, 1, 1, 1)
    assert Strengths.of(Weights(0, 0, 0, 0, 0)) == Strengths(0, 0, 0, 0, 0)
    strengths = Strengths.of(Weights(coverage=0.8))
    assert strengths.coverage == pytest.approx(2 / 1.4, abs=1e-5)
    assert strengths.source == pytest.approx(1 / 1.4, abs=1e-5)
    rules = SelectSettings(weights=Weights(coverage=0))
    assert part(rank(story("a"), outlets={"a": 5}, rules=rules)[0], "coverage") == 0


@pytest.mark.parametrize(
    ("title", "names", "money"),
    [
        ("Nvidia opens a quay", 0.3, 0),
        ("輝達在台灣設廠", 0.3, 0),
        ("엔비디아, 부두를 열다", 0.3, 0),
        ("Metal prices at the quay", 0, 0),
        ("A pineapple quay", 0, 0),
        ("An apple falls on the quay", 0, 0),
        ("Ferry firm raises $40 million", 0, 0.3),
        ("Fähre kostet 3 Milliarden Euro", 0, 0.3),
        ("渡輪公司籌資三億 投資 5億元", 0, 0.3),
        ("売上高は5億円増", 0, 0.3),
        ("Ferry sales fall 20%", 0, 0),
        ("Three ferries in 2026", 0, 0),
        ("TSMC spends 40 billion", 0.3, 0.3),
    ],
)
def test_big_names_and_money_in_the_title_make_an_event_weigh_more(title: str, names: float, money: float) -> None:
    """In the scripts of the news; a name is a whole word."""
    (candidate,) = rank(story("a", title=title))
    assert (part(candidate, "names"), part(candidate, "money")) == (names, money)


def test_names_count_as_the_share_of_titles() -> None:
    """One title of two names a big firm."""
    a, b = story("a", title="Sony leaves the quay"), story("b", title="A tenant leaves the quay")
    (candidate,) = rank(a, b, events=[Event("v", "a", ("a", "b"))])
    assert part(candidate, "names") == 0.15
    assert said(candidate, "names") == "big name: Sony"


def test_a_story_is_on_the_firm_in_the_first_half_of_its_title() -> None:
    """A firm that is only named beside the main one does not count for the cap on stories of one firm."""
    titles = ("Nvidia leaves the quay", "Ferry start-up lists, challenging Nvidia", "Quay of Sony sold to Nvidia")
    firms = [rank(story("a", title=title))[0].firms for title in titles]
    assert firms == [{"Nvidia"}, set(), {"Sony"}]


def test_reasons_are_in_plain_words() -> None:
    """What speaks for a story, as the desk and the ledger show it."""
    first, second = story("a", published_at=NOW - timedelta(days=2)), story("b", outlet="港口報", language="zh-Hant")
    event = Event("v", "a", ("a", "b"))
    (candidate,) = rank(first, second, events=[event], relevance={"a": relevant(1, "chips", "Taiwan")})
    assert said(candidate, "relevance") == "on your subject: chips, Taiwan"
    assert said(candidate, "coverage") == "2 outlets in 2 languages"
    assert said(candidate, "freshness") == "2 days old"
    (other,) = rank(story("c"), relevance={"c": relevant(-1, on_subject=False)})
    assert said(other, "relevance") == "off the subject"
    assert said(other, "coverage") == "1 outlet"


def test_a_full_text_with_picture_and_author_is_the_fullest() -> None:
    """Chinese says as much in fewer characters; a text cut off at its source counts for less; the range is tiny."""

    def fullness(**given: object) -> float:
        return part(rank(story("a", **{"blocks": (), **given}))[0], "fullness")

    whole, picture = (Block("paragraph", "x" * 900),), Picture("https://harbour.example/p.png")
    assert fullness(blocks=whole, picture=picture, authors=("Ada Quay",)) == 1.0
    assert fullness(blocks=whole) == fullness(blocks=(Block("paragraph", "港" * 360),)) == 0.992
    assert fullness(blocks=whole, picture=picture, truncated=True) == pytest.approx(0.9908)
    assert fullness() == 0.98


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
    """One line each, with its figure in words; and the kind, if a rule found one."""
    (candidate,) = rank(
        story("a", source="harbour"), weights={"harbour": 1.5}, relevance={"a": relevant(0, kind="podcast")}
    )
    lines = decisions_of(candidate, "select")
    assert [(line.rule, line.figure) for line in lines] == [
        *((f"rank/{name}", figure) for name, figure, _ in candidate.parts),
        ("kind/podcast", None),
        ("rank/score", candidate.score),
    ]
    assert {(line.story, line.stage, line.outcome) for line in lines} == {("a", "select", Outcome.RANKED)}
    assert lines[PARTS.index("source")].detail == "source weight 1.5"


# ── topics ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("word", "title", "matches"),
    [
        ("rain", "Rain delays the ferry", True),
        ("rain", "The training begins", False),
        ("rain", "Monsoon rain: harbour shut", True),
        ("cable ship", "The cable ship leaves", True),
        ("AI", "Said to fail again", False),
        ("AI", "I premi vanno ai porti", False),
        ("AI", "Ai comes to the harbour", True),
        ("ai", "I premi vanno ai porti", True),
        ("AI", "ai comes to the harbour", True),  # a text without any capital does not tell
        ("EVs", "EVS OUTSELL FERRIES", True),
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
    assert match_topic(story("a", title=title), topic_words([topic]))[0] == ("t" if matches else None)


def test_a_word_in_the_title_counts_three_times() -> None:
    """Each word once, however often it is said; two words in the title are as sure as it gets."""
    topic = Topic("ports", words={"en": ("quay", "crane", "berth")})

    def figure(title: str, text: str) -> float:
        return match_topic(story("a", title=title, blocks=(Block("paragraph", text),)), topic_words([topic]))[1]

    assert figure("x", "The quay, that quay, another quay") == pytest.approx(1 / 6)
    assert figure("A new quay", "x") == pytest.approx(3 / 6)
    assert figure("A crane on the quay", "with a berth") == 1.0
    assert figure("x", "x") == 0.0


def test_a_story_is_about_its_surest_topic() -> None:
    """A topic's weight tells between two; standfirst and key points count as the body does."""
    ports, ships = Topic("ports", words={"en": ("quay",)}), Topic("ships", words={"en": ("ferry",)}, weight=1.5)
    assert match_topic(story("a", title="Ferry at the quay"), topic_words([ports, ships]))[0] == "ships"
    assert match_topic(story("a", title="A quay", standfirst="A ferry"), topic_words([ports, ships]))[0] == "ports"
    assert match_topic(story("a", key_points=("One ferry",)), topic_words([ports, ships]))[0] == "ships"
    assert match_topic(story("a"), topic_words([ports, ships])) == (None, 0.0)


def test_a_topic_without_words_or_weight_matches_nothing() -> None:
    """Nor does one whose words are empty."""
    nothing = [Topic("a"), Topic("b", words={"en": ("",)}), Topic("c", words={"en": ("week",)}, weight=0.0)]
    assert match_topic(story("a"), topic_words(nothing)) == (None, 0.0)


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
