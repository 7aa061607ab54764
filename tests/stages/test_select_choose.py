"""Which stories make an edition: the editor's first, then the best, spread and capped; each with its line."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.records import Block, Decision, Edits, Event, Outcome, SelectSettings, Slot, Story
from pipeline.stages.select import Candidate, Choice, StoryKind, choose_stories
from pipeline.stages.select.fill import NearRepeats
from tests.factories import story

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
HARBOUR = {"source": "harbour", "outlet": "Harbour Times"}
QUAY = {"source": "quay", "outlet": "Quay Post"}
FULL = (Block("paragraph", "A full text."),)


def candidate(score: float, *stories: Story, topic: str | None = None, **fields: Any) -> Candidate:
    event = Event(f"event of {stories[0].id}", stories[0].id, tuple(each.id for each in stories))
    return Candidate(event, stories, score, (("coverage", score, "1 outlet"),), topic, **fields)


def nothing(story: str) -> Mapping[str, float]:
    return {}


def choose(
    *candidates: Candidate,
    language: str = "en",
    accepts: Mapping[str, int | None] | None = None,
    published_before: Mapping[str, str] | None = None,
    edits: Edits | None = None,
    rules: SelectSettings | None = None,
    near_repeats: NearRepeats = nothing,
    needs_text: bool = False,
) -> Choice:
    return choose_stories(
        candidates,
        edition="weekly",
        language=language,
        accepts=accepts,
        published_before=published_before or {},
        edits=edits or Edits(),
        rules=rules or SelectSettings(minimum=1),
        near_repeats=near_repeats,
        needs_text=needs_text,
    )


def placed(choice: Choice, section: str = "features") -> list[str]:
    return [slot.story for slot in choice.slots if slot.section == section]


def finals(choice: Choice) -> list[Decision]:
    """The lines that say what became of a candidate."""
    return list(choice.decisions)


def why(choice: Choice) -> dict[str, str]:
    return {line.story: line.rule for line in finals(choice)}


# ── what holds for any candidates, rules and edits ───────────────────────────────────────────────────────────────


@st.composite
def situations(draw: st.DrawFn) -> dict[str, object]:
    """Up to 14 events of up to 3 stories each, with ties, caps, pins, drops and memory."""
    candidates = []
    for number in range(draw(st.integers(0, 14))):
        stories = tuple(
            story(
                f"s{number}{letter}",
                source=draw(st.sampled_from(["harbour", "quay", "pier"])),
                outlet=draw(st.sampled_from(["A", "B"])),
                language=draw(st.sampled_from(["en", "zh-Hant", "nl"])),
                role=draw(st.sampled_from(["article", "article", "feature", "read", "letter"])),
                blocks=draw(st.sampled_from([FULL, FULL, ()])),
                document=draw(st.sampled_from([None, "https://roundup.example/1"])),
            )
            for letter in "abc"[: draw(st.integers(1, 3))]
        )
        kinds = {each.id: StoryKind(draw(st.sampled_from(["story", "story", "podcast", "deal"]))) for each in stories}
        candidates.append(
            candidate(
                draw(st.sampled_from([0.1, 0.4, 0.4, 0.7])),
                *stories,
                topic=draw(st.sampled_from([None, "ports", "chips"])),
                on_subject=draw(st.sampled_from([True, True, False])),
                is_sure=draw(st.sampled_from([True, True, False])),
                kinds=kinds,
                firms=frozenset(draw(st.sets(st.sampled_from(["tsmc", "sony"])))),
            )
        )
    ids = [each.id for item in candidates for each in item.stories]
    some = st.lists(st.sampled_from([*ids, "unknown"]), max_size=3).map(tuple)
    caps = st.integers(1, 4)
    return {
        "candidates": candidates,
        "language": draw(st.sampled_from(["en", "zh-Hant"])),
        "accepts": draw(st.sampled_from([None, {"en": 2, "zh-Hant": None}, {"en": None, "zh-Hant": 1, "nl": 3}])),
        "published_before": dict.fromkeys(draw(some), "published in 2026-W46"),
        "edits": Edits(features=draw(some), reads=draw(some), drops=draw(some)),
        "rules": SelectSettings(
            features=draw(st.integers(1, 5)),
            reads=draw(st.integers(0, 6)),
            minimum=draw(st.integers(1, 6)),
            per_source=draw(caps),
            per_topic=draw(caps),
            per_language=draw(st.none() | caps),
            fill=draw(st.booleans()),
        ),
        "needs_text": draw(st.booleans()),
        "near_repeats": draw(
            st.sampled_from([nothing, lambda _: dict.fromkeys(ids[::2], 0.7), lambda _: dict.fromkeys(ids[::3], 0.6)])
        ),
    }


def decide(situation: Mapping[str, object]) -> Choice:
    return choose_stories(**situation, edition="weekly")  # type: ignore[arg-type]


def origin(told: Story) -> tuple[str, str | None, str]:
    return told.source, told.document or (told.entry if told.role != "article" else None), told.outlet


@unhurried
@given(situations())
def test_places_never_exceed_sizes_and_caps(situation: dict[str, object]) -> None:
    """Only pins go beyond them, and features whose slot would stay empty, of which the ledger says so."""
    choice, rules, accepts = decide(situation), situation["rules"], situation["accepts"]
    candidates: list[Candidate] = situation["candidates"]  # type: ignore[assignment]
    assert isinstance(rules, SelectSettings)
    stories = {each.id: each for item in candidates for each in item.stories}
    topics = {item.event.id: item.topic for item in candidates}
    assert len({slot.event for slot in choice.slots}) == len(choice.slots)
    for section, size in (("features", rules.features), ("reads", rules.reads)):
        pinned = sum(slot.pinned for slot in choice.slots if slot.section == section)
        assert len(placed(choice, section)) <= max(size, pinned)
    features = [slot for slot in choice.slots if slot.section == "features"]

    yielded = Counter(
        rule
        for line in finals(choice)
        for rule in ("cap/source", "cap/language", "cap/topic")
        if f"{rule} gave way" in line.detail
    )

    def within(limit: int | None, key: object, like: Sequence[tuple[object, bool]], rule: str = "") -> bool:
        same = [pinned for found, pinned in like if found == key]
        return limit is None or all(same) or len(same) <= max(limit, sum(same)) + yielded[rule]

    for slot in choice.slots:
        told = stories[slot.story]
        everywhere = [(stories[other.story], other.pinned) for other in choice.slots]
        if slot.pinned:
            continue
        outlets = [(origin(each), pinned) for each, pinned in everywhere]
        assert within(rules.per_source, origin(told), outlets, "cap/source")
        if isinstance(accepts, dict):
            assert told.language in accepts
            assert within(accepts[told.language], told.language, [(each.language, pin) for each, pin in everywhere])
        if slot.section == "features":
            beside = [(stories[other.story].language, other.pinned) for other in features]
            if told.language != situation["language"]:
                assert within(rules.per_language, told.language, beside, "cap/language")
            if topics[slot.event]:
                on_topic = [(topics[other.event], other.pinned) for other in features]
                assert within(rules.per_topic, topics[slot.event], on_topic, "cap/topic")


@unhurried
@given(situations())
def test_a_dropped_story_is_never_chosen_and_a_carried_one_only_when_pinned(situation: dict[str, object]) -> None:
    """Nor one that is no story: a newsletter's letter; nor a barred kind, nor one off the subject without `fill`."""
    choice, edits, published_before = decide(situation), situation["edits"], situation["published_before"]
    rules = situation["rules"]
    assert isinstance(edits, Edits)
    assert isinstance(rules, SelectSettings)
    assert isinstance(published_before, dict)
    candidates: list[Candidate] = situation["candidates"]  # type: ignore[assignment]
    members = {item.event.id: {each.id for each in item.stories} for item in candidates}
    stories = {each.id: each for item in candidates for each in item.stories}
    for slot in choice.slots:
        assert slot.story not in edits.drops
        if not slot.pinned:
            assert not members[slot.event] & set(published_before)
            assert stories[slot.story].role != "letter"
            assert slot.section == "reads" or stories[slot.story].blocks or not situation["needs_text"]
            event = next(item for item in candidates if item.event.id == slot.event)
            assert event.kind(slot.story).kind != "deal"
            assert event.on_subject or rules.fill


@unhurried
@given(situations())
def test_pins_are_always_chosen_in_their_order(situation: dict[str, object]) -> None:
    """Before all others; but for one that is dropped, unknown, or of an event that an earlier pin tells."""
    choice, edits = decide(situation), situation["edits"]
    candidates: list[Candidate] = situation["candidates"]  # type: ignore[assignment]
    assert isinstance(edits, Edits)
    event_of = {each.id: item.event.id for item in candidates for each in item.stories}
    seen: set[str] = set()
    expected: dict[str, list[str]] = {"features": [], "reads": []}
    for section, pins in (("features", edits.features), ("reads", edits.reads)):
        for pin in pins:
            if pin in event_of and pin not in edits.drops and event_of[pin] not in seen:
                seen.add(event_of[pin])
                expected[section].append(pin)
    if choice.slots:
        for section, first in expected.items():
            assert placed(choice, section)[: len(first)] == first
        assert {slot.story for slot in choice.slots if slot.pinned} == {*expected["features"], *expected["reads"]}


@unhurried
@given(situations(), st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_does_not_matter(situation: dict[str, object], shuffler: random.Random) -> None:
    """Candidates with equal scores are told apart by their events' ids."""
    shuffled = list(situation["candidates"])  # type: ignore[call-overload]
    shuffler.shuffle(shuffled)
    assert decide({**situation, "candidates": shuffled}) == decide(situation)


@unhurried
@given(situations())
def test_each_candidate_has_one_last_line_in_the_ledger(situation: dict[str, object]) -> None:
    """Chosen or dropped, as it is."""
    choice = decide(situation)
    candidates: list[Candidate] = situation["candidates"]  # type: ignore[assignment]
    event_of = {each.id: item.event.id for item in candidates for each in item.stories}
    lines = Counter(event_of[line.story] for line in finals(choice))
    assert lines == Counter(item.event.id for item in candidates)
    chosen = {line.story: line.figure for line in finals(choice) if line.outcome is Outcome.CHOSEN}
    assert chosen == {slot.story: slot.score for slot in choice.slots}
    assert {line.stage for line in choice.decisions} <= {"select/weekly"}


@unhurried
@given(situations())
def test_fewer_than_the_minimum_are_no_issue(situation: dict[str, object]) -> None:
    """Fewer on the subject, or pinned. Then there are no slots at all, and the ledger says how many there would be."""
    choice, rules = decide(situation), situation["rules"]
    candidates: list[Candidate] = situation["candidates"]  # type: ignore[assignment]
    assert isinstance(rules, SelectSettings)
    assert not choice.slots or len(choice.slots) >= rules.minimum
    on_subject = {item.event.id for item in candidates if item.on_subject}

    def count(slots: Sequence[Slot]) -> int:
        return sum(slot.pinned or slot.event in on_subject for slot in slots)

    would = decide({**situation, "rules": replace(rules, minimum=0)}).slots
    if count(would) >= rules.minimum:
        assert choice.slots == would
    elif choice.slots:  # caps gave way to reach the minimum, and no further
        assert count(choice.slots) == rules.minimum
        assert set(would) <= set(choice.slots)
    else:
        said = {line.detail for line in choice.decisions if line.rule == "minimum"}
        assert len(said) <= 1
        assert all(f"of at least {rules.minimum} stories on the subject: no issue" in detail for detail in said)
        assert choice.notes[0].startswith("no issue: ")


# ── examples ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_features_are_in_the_editions_language_as_far_as_there_are_any() -> None:
    """Reads follow the score alone."""
    choice = choose(
        candidate(0.90, story("電池", language="zh-Hant")),
        candidate(0.80, story("port")),
        candidate(0.70, story("鉄道", language="ja")),
        candidate(0.30, story("crane")),
        candidate(0.20, story("ferry"), on_subject=False),
        rules=SelectSettings(features=3, reads=1, minimum=1, fill=True),
    )
    assert placed(choice) == ["port", "crane", "電池"]
    assert placed(choice, "reads") == ["鉄道"]
    assert [slot.score for slot in choice.slots] == [0.8, 0.3, 0.9, 0.7]


def test_an_unsure_story_or_an_advertisement_is_a_read_and_no_feature() -> None:
    """In a week with little on the subject the issue is shorter, and says why; with too little in it they are in."""
    unsure = candidate(0.9, story("unsure"), is_sure=False)
    promo = candidate(0.8, story("promo", source="pier"), kinds={"promo": StoryKind("promo", "[ad]")})
    sure = candidate(0.5, story("sure", source="quay"))
    rules = SelectSettings(features=2, reads=1, minimum=1, kinds=("story", "promo"))
    choice = choose(unsure, promo, sure, rules=rules)
    assert (placed(choice), placed(choice, "reads")) == (["sure"], ["unsure"])
    assert "1 too unsure for a feature in a week with so little on the subject" in choice.notes[0]
    assert why(choice)["promo"] == "score"
    wanting = choose(unsure, rules=replace(rules, reads=0))
    assert placed(wanting) == ["unsure"]
    assert "gave way to reach the minimum" in wanting.notes[-1]


def test_the_spread_is_mild() -> None:
    """A second feature on a topic loses a twentieth: it decides between near equals only."""
    ports = [candidate(0.80, story("port"), topic="ports"), candidate(0.70, story("crane"), topic="ports")]
    two = SelectSettings(features=2, reads=0, minimum=1)
    near, far = candidate(0.68, story("chip"), topic="chips"), candidate(0.60, story("chip"), topic="chips")
    assert placed(choose(*ports, near, rules=two)) == ["port", "chip"]
    assert placed(choose(*ports, far, rules=two)) == ["port", "crane"]


def repeats(minimum: int, likeness: float, **fields: Any) -> Choice:
    """An issue of up to two features and two reads, from a story, one that says nearly the same, and another one."""
    candidates = candidate(0.8, story("one")), candidate(0.7, story("again"), **fields), candidate(0.3, story("other"))
    near = {"one": {"one": 1.0, "again": likeness}}
    rules = SelectSettings(features=2, reads=2, minimum=minimum)
    return choose(*candidates, rules=rules, near_repeats=lambda each: near.get(each, {}))


def test_a_title_that_is_a_name_bars_no_other_name() -> None:
    """The vectors of “Node.js” and “Vue.js” are nearly the same, because both name a library; the news is not."""
    near = {"vue": {"vue": 1.0, "node": 0.9}}
    candidates = candidate(0.8, story("vue", title="Vue.js")), candidate(0.7, story("node", title="Node.js"))
    rules = SelectSettings(features=1, reads=2, minimum=1)
    choice = choose(*candidates, rules=rules, near_repeats=lambda each: near.get(each, {}))
    assert (placed(choice), placed(choice, "reads")) == (["vue"], ["node"])


def test_a_repetition_of_a_story_is_not_in_the_issue() -> None:
    """The ledger names the story that says nearly the same. It is in only where there would be no issue without it."""
    choice = repeats(2, 0.7)
    assert (placed(choice), placed(choice, "reads")) == (["one", "other"], [])
    assert {line.story: (line.rule, line.detail) for line in finals(choice)}["again"] == (
        "repeat",
        "says nearly the same as “Title of one”",
    )
    choice = repeats(3, 0.7)
    assert (placed(choice), placed(choice, "reads")) == (["one", "other"], ["again"])
    assert finals(choice)[2].detail.endswith("repeat gave way to reach the minimum")


def test_what_may_be_a_repetition_is_a_read_where_a_slot_would_stay_empty() -> None:
    """Half of them are about something else: the others come first, and it is no feature."""
    choice = repeats(1, 0.6)
    assert (placed(choice), placed(choice, "reads")) == (["one", "other"], ["again"])
    assert finals(choice)[2].detail.endswith("says nearly the same as “Title of one”: repeat gave way to fill a slot")


def test_a_repetition_is_found_through_loose_events_in_either_order() -> None:
    """The Chinese story is not near to the English one, but it may be of the event of a Japanese one that is."""
    english = candidate(0.8, story("quay"))
    japanese = candidate(0.1, story("埠頭", language="ja"), suggested=frozenset({"event of 碼頭"}))
    chinese = candidate(0.7, story("碼頭", language="zh-Hant"), suggested=frozenset({"event of 埠頭"}))
    others = [candidate(0.3 - number / 100, story(f"other{number}")) for number in range(3)]
    near = {"quay": {"埠頭": 0.6}, "埠頭": {"quay": 0.6}}

    def chosen(language: str) -> list[str]:
        choice = choose(
            *(english, japanese, chinese, *others),
            language=language,
            rules=SelectSettings(features=1, reads=3, minimum=1),
            near_repeats=lambda each: near.get(each, {}),
        )
        return placed(choice) + placed(choice, "reads")

    assert chosen("en") == ["quay", "other0", "other1", "other2"]
    assert chosen("zh-Hant") == ["碼頭", "other0", "other1", "other2"]


def test_a_third_story_on_one_firm_is_not_in_the_issue() -> None:
    """However strong it is; the ledger names the firm."""
    firm = frozenset({"TSMC"})
    same = [candidate(0.8 - number / 100, story(f"s{number}"), firms=firm) for number in range(3)]
    others = [candidate(0.4 - number / 100, story(f"other{number}")) for number in range(3)]
    choice = choose(*same, *others, rules=SelectSettings(features=4, reads=6, minimum=1))
    assert (placed(choice), placed(choice, "reads")) == (["s0", "s1", "other0", "other1"], ["other2"])
    assert {line.story: line.detail for line in finals(choice)}["s2"] == "third on TSMC"


def test_a_letter_on_one_firm_takes_more_than_two_stories_on_it() -> None:
    """A firm that most stories on the subject name is the subject."""
    same = [candidate(0.8 - number / 100, story(f"s{number}"), firms=frozenset({"Tesla"})) for number in range(5)]
    choice = choose(*same, candidate(0.4, story("other")))
    assert len(choice.slots) == 6


def test_a_story_off_the_subject_is_out_unless_it_may_fill() -> None:
    """However strong; with `fill` it comes last, and does not count for the minimum."""
    strong, weak = candidate(0.9, story("off"), on_subject=False), candidate(0.1, story("on"))
    choice = choose(strong, weak)
    assert placed(choice) == ["on"]
    assert {line.story: line.detail for line in finals(choice)}["off"] == "off the subject"
    assert placed(choose(strong, weak, rules=SelectSettings(minimum=1, fill=True))) == ["on", "off"]
    assert choose(strong, weak, rules=SelectSettings(minimum=2, fill=True)).slots == ()
    assert placed(choose(strong, weak, edits=Edits(features=("off",)))) == ["off", "on"]


def test_a_barred_kind_is_out_and_another_story_of_its_event_is_in() -> None:
    """The ledger names the kind and what shows it."""
    video, text = story("video"), story("text")
    kinds = {"video": StoryKind("video", "“/videos/” in its address")}
    assert placed(choose(candidate(0.9, video, text, kinds=kinds))) == ["text"]
    choice = choose(candidate(0.9, video, kinds=kinds))
    assert choice.slots == ()
    assert [(line.rule, line.detail) for line in finals(choice)] == [("kind/video", "video: “/videos/” in its address")]
    wanted = SelectSettings(minimum=1, kinds=("video",))
    assert placed(choose(candidate(0.9, video, text, kinds=kinds), rules=wanted)) == ["video"]


def test_the_lead_is_in_the_editions_language_if_any_feature_is() -> None:
    """Its readers all follow the first link."""

    def lead(english: float, chinese: float) -> str:
        both = candidate(english, story("en")), candidate(chinese, story("zh", language="zh-Hant"))
        return placed(choose(*both))[0]

    assert lead(0.50, 0.60) == lead(0.60, 0.50) == "en"
    foreign = [candidate(0.3, story("de", language="de")), candidate(0.5, story("zh", language="zh-Hant"))]
    assert placed(choose(*foreign))[0] == "zh"


def test_a_pinned_feature_leads() -> None:
    """The editor's order is the order, weak as the first may be."""
    candidates = candidate(0.1, story("weak")), candidate(0.9, story("strong")), candidate(0.5, story("middle"))
    assert placed(choose(*candidates, edits=Edits(features=("weak", "middle")))) == ["weak", "middle", "strong"]
    assert placed(choose(*candidates, edits=Edits(features=("unknown",))))[0] == "strong"


def test_pinning_stands_above_memory_language_and_caps() -> None:
    """And the ledger says that it was the editor."""
    choice = choose(
        candidate(0.9, story("again")),
        candidate(0.2, story("foreign", language="fi")),
        candidate(0.1, story("letter", role="letter")),
        accepts={"en": 1},
        published_before={"again": "published in 2026-W46"},
        edits=Edits(features=("foreign", "again"), reads=("letter",)),
    )
    assert (placed(choice), placed(choice, "reads")) == (["foreign", "again"], ["letter"])
    assert why(choice) == dict.fromkeys(("foreign", "again", "letter"), "editor/pin")


def test_an_event_is_told_in_the_editions_language_where_it_can_be() -> None:
    """By its own story, as a feature one with a text; the line of the ledger names the event's best."""
    best, brief = story("zh", language="zh-Hant"), story("brief", blocks=())
    told = story("en")
    choice = choose(candidate(0.5, best, brief, told))
    assert placed(choice) == ["en"]
    assert finals(choice)[0].detail.endswith("reports the event of zh in en")
    assert placed(choose(candidate(0.5, best, brief))) == ["zh"]
    as_read = choose(
        candidate(0.9, story("first")),
        candidate(0.5, best, brief),
        rules=SelectSettings(features=1, reads=1, minimum=1),
    )
    assert placed(as_read, "reads") == ["brief"]
    assert placed(choose(candidate(0.5, best, told), edits=Edits(drops=("en",)))) == ["zh"]


def test_each_dropped_story_says_why() -> None:
    """By the editor, by its language, by memory, by a cap, or for its score."""
    choice = choose(
        candidate(0.99, story("dropped")),
        candidate(0.98, story("finnish", language="fi")),
        candidate(0.97, story("carried")),
        candidate(0.96, story("letter", role="letter")),
        candidate(0.90, story("first", **QUAY), topic="ports"),
        candidate(0.89, story("second", **QUAY), topic="chips"),
        candidate(0.88, story("third", **QUAY), topic="glass"),
        candidate(0.87, story("topic", language="nl"), topic="ports"),
        candidate(0.60, story("dutch", language="nl")),
        candidate(0.01, story("weak", language="nl")),
        accepts={"en": None, "nl": 1},
        published_before={"carried": "published in 2026-W46"},
        edits=Edits(drops=("dropped",)),
        rules=SelectSettings(features=3, reads=0, minimum=1, per_source=2, per_topic=1),
    )
    assert placed(choice) == ["first", "second", "dutch"]
    assert why(choice) == {
        "dropped": "editor/drop",
        "finnish": "language",
        "carried": "published before",
        "letter": "role/letter",
        "first": "chosen/features",
        "dutch": "chosen/features",
        "second": "chosen/features",
        "third": "cap/source",
        "topic": "cap/topic",
        "weak": "score",
    }
    assert {line.story: line.detail for line in finals(choice)}["carried"] == "published in 2026-W46"


def test_a_read_that_lost_to_the_spread_says_so() -> None:
    """The cap that kept it out of the features is not why; the reads had its topic and took another."""
    own, first = candidate(0.5, story("own")), candidate(0.9, story("first", language="nl"), topic="money")
    ports = [candidate(0.8 - number / 1000, story(f"p{number}", language="nl"), topic="ports") for number in range(3)]
    lower = candidate(0.77, story("lower", language="nl"), topic="chips")
    last = candidate(0.1, story("last", language="nl"), topic="ports")
    rules = SelectSettings(features=3, reads=2, minimum=1, per_language=1)
    choice = choose(first, *ports, lower, own, last, accepts={"en": None, "nl": None}, rules=rules)
    assert (set(placed(choice)), placed(choice, "reads")) == ({"own", "first", "p0"}, ["p1", "lower"])
    assert why(choice)["p2"] == "score"
    details = {line.story: line.detail for line in finals(choice)}
    assert details["p2"] == "others ranked higher, because the reads already have stories on ports"
    assert details["last"] == "others ranked higher"


def test_caps_on_features_give_way_rather_than_leave_a_slot_empty() -> None:
    """On topics and languages, and the ledger says so; the caps on sources and on what an edition takes stay."""
    same = [candidate(0.9 - number / 100, story(f"s{number}"), topic="ports") for number in range(6)]
    by_topic = choose(*same, rules=SelectSettings(features=4, reads=6, minimum=1, per_topic=2))
    assert (placed(by_topic), placed(by_topic, "reads")) == (["s0", "s1", "s2", "s3"], ["s4", "s5"])
    details = {line.story: line.detail for line in finals(by_topic)}
    assert details["s2"] == "1 outlet · third feature on ports: cap/topic gave way to fill a slot"
    assert by_topic.notes == (
        "a short issue: 4 of 4 features, 2 of 6 reads; no other new event is left",
        "Title of s2: third feature on ports: cap/topic gave way to fill a slot",
        "Title of s3: third feature on ports: cap/topic gave way to fill a slot",
    )
    other = candidate(0.1, story("other"), topic="chips")
    kept = choose(*same, other, rules=SelectSettings(features=3, reads=0, minimum=1, per_topic=2))
    assert placed(kept) == ["s0", "s1", "other"]
    by_language = choose(*same, rules=SelectSettings(features=4, reads=6, minimum=1, per_topic=9, per_language=1))
    assert (len(placed(by_language)), len(placed(by_language, "reads"))) == (4, 2)
    taken = choose(*same, accepts={"en": 3}, rules=SelectSettings(features=2, reads=6, minimum=1))
    assert (len(placed(taken)), len(placed(taken, "reads"))) == (2, 1)
    assert why(taken)["s5"] == "cap/language"
    one_source = [candidate(0.9 - number / 100, story(f"t{number}", **HARBOUR)) for number in range(4)]
    by_source = choose(*one_source, rules=SelectSettings(features=1, reads=6, minimum=1, per_source=2))
    assert len(by_source.slots) == 2
    reasons = {line.story: line.detail for line in finals(by_source)}
    assert reasons["t2"] == "third of this outlet"
    assert by_source.notes == (
        "a short issue: 1 of 1 features, 1 of 6 reads; other events: 2 of an outlet that has enough",
    )


def test_a_story_that_no_cap_keeps_out_of_the_reads_is_out_for_its_score() -> None:
    """A third story on a topic cannot be a feature, but that is not why it is no read."""
    same = [candidate(0.9 - number / 100, story(f"s{number}"), topic="ports") for number in range(4)]
    other = candidate(0.1, story("other"), topic="chips")
    choice = choose(*same, other, rules=SelectSettings(features=3, reads=1, minimum=1, per_topic=2))
    assert (placed(choice), placed(choice, "reads")) == (["s0", "s1", "other"], ["s2"])
    assert {line.story: line.detail for line in finals(choice)}["s3"] == "others ranked higher"


def test_a_roundup_counts_as_one_source() -> None:
    """Six items of one newsletter do not fill the issue, while another week's newsletter is another."""
    items = [
        candidate(
            0.9 - number / 100, story(f"r{number}", source="mail", outlet="Pier Letter", entry="week 1", role="feature")
        )
        for number in range(6)
    ]
    other = candidate(0.1, story("next", **HARBOUR, entry="week 2", role="feature"))
    assert placed(choose(*items, other)) == ["r0", "r1", "next"]


def test_no_candidates_are_no_issue() -> None:
    """Nothing new in a week is an answer, not a fault."""
    assert choose() == Choice((), (), ("no issue: 0 of at least 1 new stories on the subject",))


def test_one_happening_stands_in_an_issue_once_as_far_as_can_be_told() -> None:
    """A story that may tell in another language what is in already is out; it is not joined with it."""
    english, chinese = candidate(0.80, story("port")), candidate(0.75, story("港口", language="zh-Hant"))
    chinese = replace(chinese, suggested=frozenset({english.event.id}))
    other = candidate(0.40, story("鉄道", language="ja"))
    choice = choose(english, chinese, other, rules=SelectSettings(features=2, reads=1, minimum=1))
    assert placed(choice) == ["port", "鉄道"]
    assert placed(choice, "reads") == []
    assert {line.story: line.detail for line in finals(choice)}["港口"] == "says nearly the same as “Title of port”"


def test_a_headline_alone_can_be_a_feature_where_an_editor_writes_the_text() -> None:
    """The ledger says so. Where nobody will, it is a read, unless it is pinned."""
    candidates = candidate(0.9, story("bare", blocks=())), candidate(0.5, story("full"))
    both = choose(*candidates, rules=SelectSettings(features=2, reads=1, minimum=1))
    assert placed(both) == ["bare", "full"]
    assert finals(both)[0].detail.endswith("no text: write a blurb")
    alone = choose(*candidates, rules=SelectSettings(features=2, reads=1, minimum=1), needs_text=True)
    assert (placed(alone), placed(alone, "reads")) == (["full"], ["bare"])
    assert alone.notes == ("a short issue: 1 of 2 features, 1 of 1 reads; 1 without a text cannot be a feature",)
    assert placed(choose(*candidates, edits=Edits(features=("bare",)), needs_text=True)) == ["bare", "full"]
    standfirst = story("short", blocks=(), standfirst="The port reopened on Monday.")
    assert placed(choose(candidate(0.9, standfirst), needs_text=True)) == ["short"]


def test_summaries_undated_stories_and_short_ones_are_not_punished() -> None:
    """The score alone decides, whatever the length of the text; see test_select_rank for the score."""
    short, undated = story("short", "One line of a wire."), story("undated", published_at=None)
    cut = story("cut", "The beginning of a text.", truncated=True)
    full = story("full", "A long text. " * 200)
    choice = choose(
        candidate(0.9, short), candidate(0.8, undated), candidate(0.7, cut), candidate(0.6, full), needs_text=True
    )
    assert placed(choice) == ["short", "undated", "cut", "full"]


def test_an_edition_in_one_language_fills_its_features() -> None:
    """`languages: [en]` with a cap on features in one language, and stories in other languages that score more."""
    english = [candidate(0.3 - number / 100, story(f"en{number}"), topic="chips") for number in range(5)]
    foreign = [candidate(0.9 - number / 100, story(f"ja{number}", language="ja")) for number in range(3)]
    rules = SelectSettings(per_language=3, per_topic=2, minimum=4)
    choice = choose(*english, *foreign, accepts={"en": None}, rules=rules)
    assert (placed(choice), placed(choice, "reads")) == (["en0", "en1", "en2", "en3"], ["en4"])


@unhurried
@given(situations())
def test_an_edition_never_leads_with_a_foreign_story_over_one_in_its_language(situation: dict[str, object]) -> None:
    """As long as one of the features is on the subject and in its language; only the editor's pins lead otherwise."""
    choice, language = decide({**situation, "edits": Edits()}), situation["language"]
    candidates: list[Candidate] = situation["candidates"]  # type: ignore[assignment]
    languages = {each.id: each.language for item in candidates for each in item.stories}
    on_subject = {item.event.id: item.on_subject for item in candidates}
    features = [slot for slot in choice.slots if slot.section == "features"]
    own = [slot for slot in features if languages[slot.story] == language and on_subject[slot.event]]
    assert not own or features[0] in own


def test_a_foreign_feature_needs_that_none_is_left_in_the_editions_language() -> None:
    """A German edition takes its weak German stories first, a third on one topic too; Japanese ones by their score."""
    german = [candidate(0.2, story(f"de{number}", language="de"), topic="chips") for number in range(3)]
    others = [
        candidate(0.9, story("en", language="en"), topic="cars"),
        candidate(0.8, story("ja", language="ja"), topic="ships"),
    ]
    choice = choose(*german, *others, language="de", rules=SelectSettings(features=4, reads=6, minimum=1))
    assert (placed(choice), placed(choice, "reads")) == (["de0", "de1", "de2", "en"], ["ja"])


def test_a_short_issue_and_no_issue_say_why() -> None:
    """The notes count what was left out, by reason."""
    off = [candidate(0.9, story(f"off{number}"), on_subject=False) for number in range(3)]
    deal = candidate(0.8, story("deal"), kinds={"deal": StoryKind("deal", "“deals” in its title")})
    on = [candidate(0.5, story(f"on{number}")) for number in range(2)]
    short = choose(*off, deal, *on, rules=SelectSettings(minimum=2))
    assert len(short.slots) == 2
    assert short.notes == (
        "a short issue: 2 of 4 features, 0 of 6 reads; other events: 3 off the subject,"
        " 1 of a kind that the letter does not take",
    )
    none = choose(*off, deal, *on, rules=SelectSettings(minimum=3))
    assert none.slots == ()
    assert none.notes == (
        "no issue: 2 of at least 3 new stories on the subject; other events: 3 off the subject,"
        " 1 of a kind that the letter does not take",
    )


def test_one_outlet_fills_an_issue_up_to_its_minimum() -> None:
    """A letter with a single source has an issue; the notes say that the cap gave way."""
    same = [candidate(0.9 - number / 100, story(f"s{number}", **HARBOUR)) for number in range(6)]
    choice = choose(*same, rules=SelectSettings(minimum=4))
    assert placed(choice) == ["s0", "s1", "s2", "s3"]
    assert "Title of s2: third of this outlet: cap/source gave way to reach the minimum" in choice.notes


def test_a_reason_says_in_plain_words_why_a_story_is_in() -> None:
    """Parts that say nothing are left out, and so are those that only decide between equals."""
    parts = (
        ("relevance", 0.9, "on your subject: chips, Taiwan"),
        ("coverage", 1.2, "5 outlets in 3 languages"),
        ("names", 0.3, "big name: TSMC"),
        ("money", 0.0, "no amount of money"),
        ("source", 1.0, "source weight 1"),
        ("freshness", 0.98, "2 days old"),
        ("fullness", 1.0, "full text"),
    )
    choice = choose(replace(candidate(0.9, story("chip")), parts=parts))
    reason = "on your subject: chips, Taiwan · 5 outlets in 3 languages · big name: TSMC · 2 days old"
    assert finals(choice)[0].detail == reason
