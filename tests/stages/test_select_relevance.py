"""How near stories are to the letter's subject, on a made-up week with vectors of two numbers."""

import random

import numpy as np
import pytest

from pipeline.records import Story, Topic
from pipeline.stages.select import Relevance, StoryVectors, Subject, measure_relevance, yardstick
from pipeline.stages.select.publishers import publishers
from tests.factories import story

FERRIES = Topic("ferries", words={"en": ("ferry", "ferries"), "zh-Hant": ("渡輪",)})
KINDS = ("story", "podcast")
YARDSTICK = {
    "everyday": np.array([[10 + number, 100] for number in range(20)], dtype=np.int8),
    "weighty": np.array([[60, 100], [70, 100]], dtype=np.int8),
    "minor": np.array([[-60, 100], [-70, 100]], dtype=np.int8),
}
ON, OFF = (100, 10), (10, 100)  # near the subject, and far from it
ABOUT = (np.array([[100, 0], [100, 5]], dtype=np.int8), np.array([[90, 0]], dtype=np.int8))


def vectors(**rows: tuple[int, int]) -> StoryVectors:
    """Title and summary have the same vector."""
    return StoryVectors({name: np.array([*row, *row], dtype=np.int8) for name, row in rows.items()})


def measure(stories: list[Story], subject: Subject, known: StoryVectors | None = None) -> dict[str, Relevance]:
    return measure_relevance(stories, subject, known or vectors(), accepted=KINDS)  # type: ignore[arg-type]


def week(size: int = 40) -> list[Story]:
    """Stories off the subject."""
    return [story(f"off{number}", title=f"Bread of the week {number}") for number in range(size)]


def off(stories: list[Story], **rows: tuple[int, int]) -> StoryVectors:
    spread = {each.id: (10 + number % 7, 100) for number, each in enumerate(stories) if each.id not in rows}
    return vectors(**spread, **rows)


def test_meaning_words_and_places_make_a_story_relevant() -> None:
    """Each raises the figure; in the title more than in the text; a minor kind lowers it."""
    subject = Subject((FERRIES,), ("Penang",), ("Star Ferry",), is_described=True, forms=ABOUT, yardstick=YARDSTICK)
    titles = {
        "all": "New ferry for Penang",
        "words": "New ferry for Hull",
        "place": "New bakery for Penang",
        "text": "New bakery",
        "podcast": "New ferry for Penang, a podcast",
    }
    stories = [story(name, title=title) for name, title in titles.items()]
    stories[3] = story("text", "A ferry to Penang sells bread.", title="New bakery")
    stories += week()
    found = measure(stories, subject, off(stories, all=ON, podcast=ON))
    figures = {name: found[name].figure for name in titles}
    assert figures["all"] > figures["podcast"] > figures["place"] > figures["text"] > figures["words"]
    assert figures["words"] > found["off1"].figure
    assert found["all"].words == ("ferries", "Penang")
    assert found["podcast"].kind.kind == "podcast"


def test_meaning_alone_is_enough_where_the_letter_has_no_places() -> None:
    """A story clearly nearer to the description than everyday news; a topic's word in quite another story is not."""
    subject = Subject((FERRIES,), is_described=True, forms=ABOUT, yardstick=YARDSTICK)
    stories = [*week(), story("near", title="A hull of steel"), story("word", title="Ferries of bread")]
    found = measure(stories, subject, off(stories, near=ON))
    assert {name for name, each in found.items() if each.on_subject} == {"near"}


def test_a_place_is_needed_where_the_letter_has_any() -> None:
    """And it is not enough if the letter is described."""
    subject = Subject((FERRIES,), ("Penang",), is_described=True, forms=ABOUT, yardstick=YARDSTICK)
    stories = [*week(), *(story(name, title=title) for name, title in (("a", "A ferry"), ("b", "Bread in Penang")))]
    stories.append(story("c", title="A ferry in Penang"))
    found = measure(stories, subject, off(stories, a=ON, b=OFF, c=ON))
    assert {name for name, each in found.items() if each.on_subject} == {"c"}
    undescribed = Subject((FERRIES,), ("Penang",))
    assert {name for name, each in measure(stories, undescribed).items() if each.on_subject} == {"b", "c"}


def test_words_and_meaning_together_are_evidence() -> None:
    """A topic's word in the title needs less nearness than one in the text, and nearness alone needs most."""
    subject = Subject((FERRIES,), is_described=True, forms=ABOUT, yardstick=YARDSTICK)
    near, nearer = (36, 100), (45, 100)
    stories = [
        story("title", title="A ferry"),
        story("text", "A ferry.", title="A hull"),
        story("nearer", "A ferry.", title="A hull"),
        story("alone", title="A hull"),
        story("far", title="A ferry"),
    ]
    known = vectors(title=near, text=near, nearer=nearer, alone=nearer, far=(12, 100))
    found = measure(stories, subject, known)
    assert {name for name, each in found.items() if each.on_subject} == {"title", "nearer"}


def test_whether_a_story_is_on_the_subject_does_not_depend_on_the_others() -> None:
    """Nearness is measured against everyday headlines: a week that is all on the subject stays on it."""
    subject = Subject((FERRIES,), is_described=True, forms=ABOUT, yardstick=YARDSTICK)
    stories = [story(f"s{number}", title="A hull of steel") for number in range(5)]
    rows = dict.fromkeys((each.id for each in stories), ON)
    assert all(each.on_subject for each in measure(stories, subject, vectors(**rows)).values())
    mixed = [*week(), *stories]
    found = measure(mixed, subject, off(mixed, **rows))
    assert {name for name, each in found.items() if each.on_subject} == set(rows)


def test_the_rarer_the_subject_the_more_a_feature_needs() -> None:
    """The same story is sure in a week that has more like it, and unsure among hundreds of others."""
    subject = Subject((FERRIES,), ("Penang",), ("Star Ferry",), is_described=True, forms=ABOUT, yardstick=YARDSTICK)
    doubtful, clear = (
        story("doubtful", title="A ferry for Penang"),
        story("clear", title="A ferry of Star Ferry, Penang"),
    )
    few, many = ([*week(size), doubtful, clear] for size in (10, 400))
    rows = {"doubtful": (40, 100), "clear": ON}
    sure = [{name for name in rows if measure(each, subject, off(each, **rows))[name].is_sure} for each in (few, many)]
    assert sure == [{"doubtful", "clear"}, {"clear"}]
    assert all(measure(each, subject, off(each, **rows))["doubtful"].on_subject for each in (few, many))


def test_news_value_lies_between_weighty_and_minor_headlines() -> None:
    """A story without a vector has none."""
    subject = Subject(forms=ABOUT, yardstick=YARDSTICK)
    stories = [story(name, title="A quay") for name in ("weighty", "minor", "between", "unknown")]
    found = measure(stories, subject, vectors(weighty=(65, 100), minor=(-65, 100), between=(0, 100)))
    news = {name: each.news for name, each in found.items()}
    assert news == {
        "weighty": pytest.approx(1, abs=0.02),
        "minor": pytest.approx(-1, abs=0.02),
        "between": pytest.approx(0, abs=0.02),
        "unknown": 0,
    }


def test_the_yardstick_has_a_minor_headline_for_each_weighty_one() -> None:
    """And no headline twice, in any section."""
    sections = yardstick()
    assert len(sections["weighty"]) == len(sections["minor"])
    lines = [line for section in sections.values() for line in section]
    assert len(set(lines)) == len(lines)


def test_a_letter_without_a_description_takes_everything() -> None:
    """Its topics only order the stories; without them all are equal."""
    stories = [*week(5), story("a", title="A ferry")]
    assert all(each.on_subject for each in measure(stories, Subject((FERRIES,))).values())
    found = measure(stories, Subject())
    assert len({each.figure for each in found.values()}) == 1
    assert all(each.on_subject for each in found.values())


def test_a_rare_subject_lets_nothing_else_in() -> None:
    """Two of two hundred stories are on the subject, and no other one is, however the rest is spread."""
    subject = Subject((FERRIES,), ("Penang",), is_described=True, forms=ABOUT, yardstick=YARDSTICK)
    stories = [*week(200), story("a", title="Penang's ferry"), story("b", title="檳城渡輪 Penang")]
    found = measure(stories, subject, off(stories, a=ON, b=ON))
    assert {name for name, each in found.items() if each.on_subject} == {"a", "b"}
    assert min(found["a"].figure, found["b"].figure) > max(found[each.id].figure for each in stories[:200])


def test_stories_without_vectors_are_measured_by_their_words() -> None:
    """All of a letter without vectors, and those in a language that the model does not know."""
    subject = Subject((FERRIES,), ("Penang",), is_described=True, forms=ABOUT, yardstick=YARDSTICK)
    stories = [*week(), story("a", title="Penang's ferry"), story("b", "A ferry.", title="Penang in May")]
    for known in (vectors(), off(stories[:-2])):
        found = measure(stories, subject, known)
        assert found["a"].figure > found["b"].figure > found["off1"].figure
        assert {name for name, each in found.items() if each.on_subject} == {"a", "b"}


def test_the_order_of_the_stories_does_not_matter() -> None:
    """Nor does a vector of another model's width."""
    subject = Subject((FERRIES,), is_described=True, forms=ABOUT, yardstick=YARDSTICK)
    stories = [*week(), story("a", title="A ferry")]
    known = off(stories, a=ON)
    found = measure(stories, subject, known)
    random.Random(3).shuffle(stories)
    assert measure(stories, subject, known) == found
    assert measure([], subject, known) == {}


def test_an_outlets_name_at_the_end_of_a_title_is_no_place() -> None:
    """`日本経済新聞` names a newspaper, not Japan."""
    subject = Subject(places=("日本", "China"))
    found = measure([story("a", title="電池の工場 - 日本経済新聞"), story("b", title="日本の電池の工場")], subject)
    assert (found["a"].on_subject, found["b"].on_subject) == (False, True)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("A new line at the harbour", "", ""),
        ("Harbour app LINE adds payments", "", "LINE"),
        ("LINE Adds Payments for Ferries", "", "LINE"),
        ("New Line at Harbour Opens", "", ""),
        ("NEW LINE AT HARBOUR OPENS", "", ""),
        ("Line workers strike", "", ""),
        ("Line workers strike", "The owners of LINE have nothing to add.", "LINE"),
        ("渡輪公司推出line付款", "", "LINE"),
        ("Grab and ferries: a merger planned", "", ""),
        ("Ferries merge with Grab, papers report", "", "Grab"),
        ("Investors Grab Ferry Shares", "", ""),
        ("Ferry rates rise in South China Sea", "", ""),
        ("The ferry app of Sea loses money", "", "Sea"),
        ("Tsmc builds a quay", "", "TSMC"),
        ("tsmc builds a quay", "", "TSMC"),
        ("Samsung Builds a Quay", "", "Samsung"),
        ("SAMSUNG BUILDS A QUAY", "", "Samsung"),
        ("Il porto taiwanese cresce ancora", "", "Taiwanese"),
    ],
)
def test_a_name_that_is_a_common_word_too_needs_its_capitals(title: str, text: str, expected: str) -> None:
    """The week's stories show which are; a headline with a capital for each word proves nothing."""
    firms = ("LINE", "Grab", "Sea", "TSMC", "Samsung", "Taiwanese")
    text_of_others = "They grab a line and put to sea, while Samsung and Taiwanese firms wait."
    others = [story(f"w{number}", text_of_others) for number in range(10)]
    found = measure([story("a", *([text] if text else []), title=title), *others], Subject(firms=firms))
    assert found["a"].words == ((expected,) if expected else ())


def test_titles_that_say_nearly_the_same_are_near_repeats() -> None:
    """Of any language; a story without a vector has none."""
    known = vectors(a=ON, b=(100, 20), c=OFF)
    assert set(known.near_repeats("a")) == {"a", "b"}
    assert known.near_repeats("unknown") == {}
    assert known.same_news() == {"a": ("b",), "b": ("a",)}
    assert vectors().same_news() == {}


@pytest.mark.parametrize(("titles", "expected"), [
    (["Quay - Times", "Crane - Post", "Ship - Wire"], ["Times", "Post", "Wire"]),
    (["Quay - Times", "Crane - Times", "Ship - Times"], ["Feed"] * 3),
    (["Quay - Times", "Crane - Post", "Ship - Wire", *["No outlet"] * 4], ["Feed"] * 7),
])  # fmt: skip
def test_a_feed_of_many_outlets_names_them_at_the_end_of_its_titles(titles: list[str], expected: list[str]) -> None:
    """Three names or more, in half of its titles."""
    stories = [story(f"s{number}", title=title, source="feed", outlet="Feed") for number, title in enumerate(titles)]
    assert list(publishers(stories).values()) == expected
