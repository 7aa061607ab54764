"""Events: what joins stories, what keeps them apart, and how the ledger explains it."""

import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.records import StoredFeatures, Story
from pipeline.stages.dedupe import Changes, DedupeInputs, Index, Settings, dedupe_features, extract_features, run_round
from tests.deduped import embed_once
from tests.factories import NOW, story

DEFAULTS = Settings()
_TITLES = (
    "Kisui harbour bridge closes for repairs",
    "Repairs close Kisui harbour bridge",
    "Fishers strike over the new herring quota",
    "Herring quota: fishers go on strike",
    "Electric ferry starts between Kisui and Orm",
)


def headline(name: str, title: str, hours: float = 0, *, summary: str = "", **fields: str) -> Story:
    made = story(name, blocks=(), title=title, published_at=NOW + timedelta(hours=hours), **fields)
    return replace(made, standfirst=summary)


def events(found: Changes) -> set[frozenset[str]]:
    return {frozenset(event.stories) for event in found.events}


def dedupe(*stories: Story, vectors: bool = True, rules: Settings = DEFAULTS) -> Changes:
    features = [extract_features(each, embed=embed_once if vectors else None) for each in stories]
    return dedupe_features(features, settings=rules)


@pytest.mark.parametrize("vectors", [True, False])
def test_reports_of_one_event_join_and_others_stay_apart(vectors: bool) -> None:
    stories = [headline(f"s{n}", title, n) for n, title in enumerate(_TITLES)]
    found = events(dedupe(*stories, vectors=vectors))
    assert frozenset(["s4"]) in found
    assert not any({"s0", "s2"} <= event or {"s1", "s3"} <= event for event in found)
    assert frozenset(["s0", "s1"]) in found


def test_a_week_apart_is_another_event() -> None:
    found = dedupe(headline("a", _TITLES[0]), headline("b", _TITLES[0], 24 * 7))
    assert events(found) == {frozenset("a"), frozenset("b")}


def test_a_digest_joins_nothing_and_the_ledger_names_the_rule() -> None:
    title = "Kisui harbour bridge closes for repairs; ferry starts; fishers strike"
    found = dedupe(headline("a", title), headline("b", _TITLES[0]), headline("c", title))
    assert frozenset("a") in events(found)
    assert frozenset("c") in events(found)
    assert any("digest" in line.detail for line in found.decisions if line.story == "a")


def test_the_ledger_names_what_a_story_is_compared_without() -> None:
    fields = "Article URL: https://a.example/1 Comments URL: https://b.example/1 Points: 12 # Comments: 3"
    title = f"The Latest: {_TITLES[0]} - Kisui Times"
    found = dedupe(headline("a", title, outlet="Kisui Times", summary=fields), headline("b", _TITLES[2]))
    lines = {line.story: line.detail for line in found.decisions if line.rule == "compared without"}
    assert lines.keys() == {"a"}
    assert all(part in lines["a"] for part in ("outlet's name", "series name", "link feed"))


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("en", ("Kumori quarterly profit rises 12% on sales", "Orm quarterly profit rises 8% on sales")),
        ("de", ("Kumori steigert Gewinn um 12 Prozent", "Ormwerke steigern Gewinn um 8 Prozent")),
        ("fr", ("Kumori : le bénéfice trimestriel bondit de 12 %", "Ormont : le bénéfice trimestriel bondit de 8 %")),
        ("ja", ("雲森工業、純利益12%増 26年3月期", "木水電機、純利益8%増 26年3月期")),
        ("zh", ("云森机器人第三季度净利润同比增长12%", "木水汽车第三季度净利润同比增长8%")),
    ],
)  # fmt: skip
def test_the_results_of_two_companies_in_the_style_of_one_outlet_are_two_events(
    language: str, titles: tuple[str, str]
) -> None:
    """Not even perhaps one, whereas two outlets' reports on one company are one event."""
    one, other = (
        headline(name, title, language=language, outlet="A") for name, title in zip("ab", titles, strict=True)
    )
    found = dedupe(one, other)
    assert events(found) == {frozenset("a"), frozenset("b")}
    assert found.resembling == ()
    again = replace(one, id="c", outlet="B", title=f"{titles[0]}!")
    assert frozenset("ac") in events(dedupe(one, other, again))


def test_the_ledger_says_that_the_form_of_two_titles_parts_them() -> None:
    """And what would have joined them: two outlets, or titles about one company."""
    text = "{} quarterly profit rises {}% on strong robot sales in Kisui"
    titles = (text.format(name, percent) for name, percent in (("Kumori", 12), ("Orm", 8)))
    found = dedupe(*(headline(f"s{n}", title, outlet="A") for n, title in enumerate(titles)))
    (line,) = (line for line in found.decisions if line.story == "s0" and line.rule == "other event")
    assert "another subject and other figures in the outlet's title" in line.detail
    assert line.detail.endswith("they would be one with two outlets or one subject in the titles")


def test_an_outlets_update_with_another_figure_is_the_same_event() -> None:
    titles = ("Quake kills 12 in Kisui", "Death toll in Kisui quake rises to 15")
    found = dedupe(*(headline(f"s{n}", title, 5 * n, outlet="A") for n, title in enumerate(titles)))
    assert events(found) == {frozenset(["s0", "s1"])}


_FOLLOW_UPS = {
    "en": ("Kumori launches delivery drone Swift 2 in Kisui", "Kisui bans Kumori delivery drone Swift 2 after crash"),
    "de": ("Prozess gegen Fährkapitän von Kisui beginnt", "Fährkapitän von Kisui im Prozess verurteilt"),
    "es": ("Comienza en Kisui el juicio al capitán del ferri", "Condenado el capitán del ferri en el juicio de Kisui"),
    "ja": ("くもりロボ、配達ドローン「スイフト2」を発売", "木水市、くもりロボの配達ドローン「スイフト2」を禁止"),
    "zh": ("云森在木水推出送货无人机Swift 2", "木水市禁止云森送货无人机Swift 2"),
}


@pytest.mark.parametrize("language", _FOLLOW_UPS)
def test_a_follow_up_days_later_is_an_event_of_its_own(language: str) -> None:
    """A launch and its ban, the first and the last day of a trial. Two reports of each are joined."""
    first, last = (
        [headline(f"{day}{n}", f"{title}{mark}", 30 * day + n, language=language) for n, mark in enumerate(("", "!"))]
        for day, title in enumerate(_FOLLOW_UPS[language])
    )
    assert events(dedupe(*first, *last)) == {frozenset(["00", "01"]), frozenset(["10", "11"])}


def test_the_fields_of_a_link_feed_join_nothing() -> None:
    fields = "Article URL: https://a.example/{0} Comments URL: https://b.example/{0} Points: 12 # Comments: 3"
    stories = [headline(f"s{n}", title, summary=fields.format(n)) for n, title in enumerate(_TITLES[::2])]
    assert events(dedupe(*stories)) == {frozenset([f"s{n}"]) for n in range(3)}


def test_a_pair_that_only_the_loose_bounds_join_is_shown_as_perhaps_the_same() -> None:
    """The two stay separate events, and the editor sees the pair."""
    rules = replace(Settings(), sure=replace(Settings().sure, pair=0.999999, least=0.999999))
    found = dedupe(headline("a", _TITLES[0]), headline("b", _TITLES[1], 1), rules=rules)
    assert events(found) == {frozenset("a"), frozenset("b")}
    assert [(pair.one, pair.other) for pair in found.resembling] == [("a", "b")]
    assert found.suggestions == ()
    assert any(line.rule == "perhaps the same event" for line in found.decisions)


def test_the_ledger_shows_which_features_joined_or_separated_two_stories() -> None:
    found = dedupe(headline("a", _TITLES[0]), headline("b", _TITLES[1], 12), headline("c", _TITLES[2]))
    joined = next(line for line in found.decisions if line.story == "a" and line.rule == "event")
    assert "b: words in common" in joined.detail
    assert "meaning" in joined.detail
    assert "0.5 days apart" in joined.detail
    assert joined.figure is not None
    assert joined.figure >= Settings().sure.pair
    assert "they would be two with a meaning of" in joined.detail
    rules = replace(Settings(), sure=replace(Settings().sure, pair=0.999999, least=0.999999))
    parted = dedupe(headline("a", _TITLES[0]), headline("b", _TITLES[1], 12), rules=rules)
    line = next(line for line in parted.decisions if line.story == "a" and line.rule == "other event")
    assert "no single feature would have joined them" in line.detail


def test_a_language_that_the_model_does_not_know_is_compared_by_words() -> None:
    stories = [headline(name, "Pristaniški most zaprt zaradi popravil", language="sl") for name in "ab"]
    assert all(not extract_features(each).data.count(b"vectors") for each in stories)
    assert events(dedupe(*stories)) == {frozenset("ab")}


def test_one_event_in_two_languages_is_suggested_and_not_joined() -> None:
    others = [headline(f"x{n}", title, language="en") for n, title in enumerate(_TITLES[2:])]
    found = dedupe(
        headline("a", "Harbour bridge closed for repairs", language="en"),
        headline("b", "Hafenbrücke wegen Reparaturen gesperrt", language="de"),
        headline("c", "Neue Fähre fährt mit Strom", language="de"),
        *others,
    )
    assert ("a", "b") in [(pair.one, pair.other) for pair in found.suggestions]
    assert all(len(event.stories) == 1 or not {"a", "b"} & set(event.stories) for event in found.events)


def test_a_story_that_resembles_the_nearest_does_not_silence_a_suggestion() -> None:
    """Two English reports a day apart are perhaps one event; the German one is suggested to the nearer of them."""
    found = dedupe(
        headline("a", "Harbour bridge closed for repairs", language="en"),
        headline("b", "Repairs close the harbour bridge for a month", 30, language="en"),
        headline("c", "Hafenbrücke wegen Reparaturen gesperrt", 15, language="de"),
        headline("d", "Neue Fähre fährt mit Strom", language="de"),
    )
    assert [(pair.one, pair.other) for pair in found.resembling] == [("a", "b")]
    assert [(pair.one, pair.other) for pair in found.suggestions] == [("a", "c")]


@st.composite
def _weeks(draw: st.DrawFn) -> list[list[Story]]:
    words = ["bridge", "harbour", "quota", "ferry", "strike", "repairs", "mayor", "market", "herring", "winter"]
    weeks: list[list[Story]] = []
    current: dict[str, Story] = {}
    for _ in range(draw(st.integers(2, 4))):
        for number in draw(st.lists(st.integers(0, 15), max_size=8)):
            title = " ".join(draw(st.lists(st.sampled_from(words), min_size=2, max_size=5)))
            name = f"s{number:02}"
            if name in current and draw(st.booleans()):
                del current[name]
            else:
                language = draw(st.sampled_from(["en", "en", "de"]))
                current[name] = headline(name, title, draw(st.integers(0, 90)), language=language)
        weeks.append(list(current.values()))
    return weeks


def _stored(features: Mapping[str, StoredFeatures], names: Collection[str]) -> Iterator[StoredFeatures]:
    return (features[name] for name in sorted(names))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(weeks=_weeks(), dice=st.randoms(use_true_random=False))
def test_words_that_become_common_or_rare_give_the_same_events_as_all_stories_at_once(
    weeks: list[list[Story]], dice: random.Random
) -> None:
    """In a window that counts as four stories, words become common and rare from round to round."""
    rules = replace(Settings(), common_window=4, common_share=2)
    inputs = DedupeInputs({}, {}, rules)
    packed, parts = None, list[bytes]()
    current: dict[str, tuple[str, ...]] = {}
    for week in weeks:
        features = {each.id: extract_features(each, embed=None) for each in week}
        index = Index(packed, parts)
        digests = {name: str(hash(each.data)) for name, each in features.items()}
        changes = run_round(index, partial(_stored, features), inputs, digests)
        current = {name: stories for name, stories in current.items() if name not in changes.gone}
        current |= {event.id: event.stories for event in changes.events}
        made = index.pack()
        packed, parts = made.state, [*([] if made.replace_all else parts), *made.parts]
    last = list(weeks[-1])
    dice.shuffle(last)
    once = dedupe(*last, vectors=False, rules=rules)
    assert current == {event.id: event.stories for event in once.events}
