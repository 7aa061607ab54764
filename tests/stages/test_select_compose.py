"""From slots to an issue: the editor's words where there are any, the machine's elsewhere."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from urllib.parse import quote

import pytest

from pipeline.records import (
    AlsoIn,
    Artwork,
    Edits,
    Event,
    FollowUp,
    Issue,
    Masthead,
    Picture,
    Read,
    SectionEdit,
    Slot,
    StoryEdit,
    Tally,
    Topic,
)
from pipeline.stages.select import EditionText, Material, add_pictures, compose_issue, picture_alt
from pipeline.stages.select.compose import paragraphs_of
from tests.factories import story

MASTHEAD = Masthead(
    title="#pier",
    coordinated_by="#pier is coordinated by Ada Quay.",
    desk_name="The desk",
    desk_address="desk@pier.example",
    postal_address="1 Pier Road",
    subscribe_url="https://pier.example/in",
    unsubscribe_url="https://pier.example/out",
    browser_url=None,
    list_id="pier.example",
)
WORDS = EditionText(
    language="en",
    masthead=MASTHEAD,
    host="Ada Quay",
    host_role="editor",
    city="Hong Kong",
    greeting="Hello from Hong Kong",
    letter="It rained.\n\nIt *still* rains.",
)
TALLY = Tally(40, 9, 4, 6, 8, 9)
PICTURE = Artwork("lead.png", alt="A crane", width=600, height=400, credit="Harbour Times")


LEAD = story(
    "lead",
    source="harbour",
    outlet="Harbour Times",
    authors=("Lee Wharf",),
    url="https://harbour.example/lead",
    language="zh-Hant",
    title="三萬噸電池下水",
    truncated=True,
)
SECOND = story("second", source="harbour")
LINK = story("link", outlet="Quay Post", language="ja")
STORIES = {each.id: each for each in (LEAD, SECOND, LINK)}
EVENTS = {f"v-{name}": Event(f"v-{name}", name, (name,)) for name in STORIES}
SUMMARIES = {"lead": ("一艘船。", "很大。"), "second": ("A second story.",)}
SLOTS = (
    Slot("lead", "v-lead", "features", 0.9),
    Slot("second", "v-second", "features", 0.8),
    Slot("link", "v-link", "reads", 0.3),
)


def material(**given: object) -> Material:
    return Material(**{"stories": STORIES, "events": EVENTS, "summaries": SUMMARIES, **given})  # type: ignore[arg-type]


def compose(
    *,
    slots: tuple[Slot, ...] = SLOTS,
    words: EditionText = WORDS,
    of: Material | None = None,
    artwork: Mapping[str, Artwork] | None = None,
    edits: Edits | None = None,
    shorten: Callable[[str, int], str] = lambda text, width: text,
) -> Issue:
    edits = edits or Edits()
    issue = compose_issue(
        slots,
        key="2026-W47",
        number=12,
        edition="weekly",
        on=date(2026, 11, 20),
        words=words,
        material=of or material(),
        edits=edits,
        tally=TALLY,
        shorten=shorten,
    )
    return add_pictures(issue, artwork or {}, edits, portrait=None)


def test_an_issue_says_what_its_stories_say() -> None:
    """Where the editor has no word: titles, summaries, outlets, writers, links and languages are the stories' own."""
    issue = compose(artwork={"lead": PICTURE}, of=material(follow_ups={"v-lead": FollowUp("電池", 9, "zh-Hant")}))
    assert (issue.key, issue.number, issue.edition, issue.language, issue.date, issue.tally, issue.masthead) == (
        "2026-W47",
        12,
        "weekly",
        "en",
        date(2026, 11, 20),
        TALLY,
        MASTHEAD,
    )
    lead, second = issue.features
    assert (lead.story, lead.headline, lead.paragraphs) == ("lead", "三萬噸電池下水", ("一艘船。", "很大。"))
    assert (lead.outlet, lead.authors, lead.url) == ("Harbour Times", ("Lee Wharf",), LEAD.url)
    assert (lead.language, lead.truncated, lead.picture) == ("zh-Hant", True, PICTURE)
    assert lead.follow_up == FollowUp("電池", 9, "zh-Hant")
    assert (second.picture, second.follow_up, second.also_in) == (None, None, ())
    assert issue.reads == (Read("link", "Title of link", "Quay Post", None, "ja"),)


def test_a_story_nobody_knows_is_a_fault() -> None:
    """A slot whose story is not in the material is not passed over in silence."""
    with pytest.raises(KeyError, match="lost"):
        compose(slots=(Slot("lost", "v-lead", "features", 0.9),))


# ── the editor's words ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_editors_words_win_over_the_machines() -> None:
    """All of them, and only where there are any."""
    edit = StoryEdit(
        kicker="Supply lines", headline="A ship of cells", blurb="One.\n\nTwo\nlines.", alt="A hull", credit="AQ"
    )
    issue = compose(
        artwork={"lead": PICTURE},
        edits=Edits(
            stories={"lead": edit, "link": StoryEdit(headline="Read me")},
            greeting="Good morning",
            letter="The sun is out.",
            subject="Cells at sea",
            preheader="And a crane",
            coordinated_by="#pier is coordinated by Bo Pier.",
        ),
    )
    lead, second = issue.features
    assert (lead.kicker, lead.headline, lead.paragraphs) == ("Supply lines", "A ship of cells", ("One.", "Two lines."))
    assert lead.picture == Artwork("lead.png", alt="A hull", width=600, height=400, credit="AQ")
    assert (second.headline, second.paragraphs) == ("Title of second", ("A second story.",))
    assert issue.reads[0].title == "Read me"
    assert (issue.subject, issue.preheader) == ("Cells at sea", "And a crane")
    assert issue.letter.greeting == "Good morning"
    assert issue.letter.paragraphs == ("The sun is out.",)
    assert issue.masthead.coordinated_by == "#pier is coordinated by Bo Pier."


def test_the_editors_words_are_never_cut() -> None:
    """The machine's subject and preheader are made to fit an inbox; the editor's are as long as they are."""

    def cut(text: str, width: int) -> str:
        return f"{text} cut to {width}"

    issue = compose(shorten=cut)
    assert (issue.subject, issue.preheader) == ("Title of second cut to 90", "A second story. cut to 140")
    issue = compose(shorten=cut, edits=Edits(subject="A subject", preheader="A preheader"))
    assert (issue.subject, issue.preheader) == ("A subject", "A preheader")


def test_the_editor_may_take_things_away() -> None:
    """No picture, no kicker, no letter; a picture that says nothing has an empty alternative text."""
    topics = {"lead": Topic("ports", names={"en": "Ports"})}
    bare = StoryEdit(kicker="", picture="none")
    issue = compose(
        of=material(topics=topics),
        artwork={"lead": PICTURE, "second": PICTURE},
        edits=Edits(letter="", stories={"lead": bare, "second": StoryEdit(alt="")}),
    )
    assert (issue.features[0].picture, issue.features[0].kicker, issue.letter.paragraphs) == (None, "", ())
    kept = issue.features[1].picture
    assert kept is not None
    assert (kept.alt, kept.credit) == ("", "Harbour Times")


@pytest.mark.parametrize(
    ("alt", "said"),
    [
        ("A crane over an empty quay", "A crane over an empty quay"),
        (" Two\n pilots ", "Two pilots"),
        ("東京2020大會開幕", "東京2020大會開幕"),
        ("", LEAD.title),
        ("三萬噸電池下水", LEAD.title),
        ("IMG_20411.jpeg", LEAD.title),
        ("DSC-00421", LEAD.title),
        ("https://img.example/1", LEAD.title),
    ],
)
def test_an_alternative_text_says_what_the_outlet_says_of_the_picture(alt: str, said: str) -> None:
    """A file's name says nothing of it: then the link around the picture says where it leads, if there is one."""
    picture = Picture("https://harbour.example/1.jpg", alt=alt)
    assert picture_alt(replace(LEAD, picture=picture)) == said
    assert picture_alt(replace(LEAD, picture=picture, url=None)) == ("" if said == LEAD.title else said)


# ── kickers ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("names", "kicker", "language"),
    [
        ({"en": "Ports", "zh-Hant": "港口"}, "Ports", "en"),
        ({"zh-Hant": "港口", "en-GB": "Harbours"}, "Harbours", "en-GB"),
        ({"ja": "港"}, "", "en"),
        ({}, "supply lines", "en"),
    ],
)
def test_a_kicker_is_in_the_editions_language(names: dict[str, str], kicker: str, language: str) -> None:
    """Whatever the story's is. A topic with names in other languages only gives none; one without any its own."""
    lead = compose(of=material(topics={"lead": Topic("supply-lines", names=names)})).features[0]
    assert (lead.kicker, lead.kicker_language) == (kicker, language)


def test_outlets_quotation_marks_are_typographic_and_the_editors_are_as_typed() -> None:
    """In the story's language, in headlines, blurbs and titles of reads."""
    told = {
        "lead": replace(LEAD, language="de", title='Der "kleine" Hafen hat\'s'),
        "link": replace(LINK, language="en", title="The port's 'last' ferry"),
    }
    of = material(stories=STORIES | told, summaries=SUMMARIES | {"lead": ('Er sagt: "Ja."',)})
    issue = compose(of=of)
    assert issue.features[0].headline == "Der „kleine“ Hafen hat’s"
    assert issue.features[0].paragraphs == ("Er sagt: „Ja.“",)
    assert issue.reads[0].title == "The port’s ‘last’ ferry"
    typed = compose(of=of, edits=Edits(stories={"lead": StoryEdit(headline="It's", blurb='"Yes."')}))
    assert (typed.features[0].headline, typed.features[0].paragraphs) == ("It's", ('"Yes."',))


def test_a_link_that_counts_clicks_gives_its_target() -> None:
    """In features, reads and other outlets alike; that of a source that keeps its links stays as it is."""
    target = "https://harbour.example/lead?id=4"
    counting = f"https://click.quay.example/?to={quote(target, safe='')}&utm_source=feed"
    stories = {each.id: replace(each, url=counting, source="quay") for each in (LEAD, LINK)}
    direct = compose(of=material(stories=STORIES | stories))
    assert (direct.features[0].url, direct.reads[0].url, direct.kept_links) == (target, target, ())
    kept = compose(of=material(stories=STORIES | stories, keep_links=frozenset({"quay"})))
    assert (kept.features[0].url, kept.reads[0].url, kept.kept_links) == (counting, counting, (counting,))


def test_an_editors_kicker_is_in_the_editions_language() -> None:
    """Whatever the story's is."""
    of = material(topics={"lead": Topic("ports", names={"zh-Hant": "港口"})})
    lead = compose(of=of, edits=Edits(stories={"lead": StoryEdit(kicker="Ports")})).features[0]
    assert (lead.kicker, lead.kicker_language) == ("Ports", "en")


def test_a_story_without_a_topic_goes_under_its_sources_section() -> None:
    """In the edition's language, as the config is written; without either there is no kicker."""
    features = compose(of=material(sections={"harbour": "Trade"})).features
    assert [(each.kicker, each.kicker_language) for each in features] == [("Trade", "en"), ("Trade", "en")]
    assert compose().features[0].kicker == ""


# ── who else has it ──────────────────────────────────────────────────────────────────────────────────────────────


def test_each_other_outlet_is_listed_once() -> None:
    """First those of the event, then those of the copies folded into its stories; the story's own outlet is none."""
    others = [
        story("b", outlet="Quay Post", language="nl", url="https://quay.example/b"),
        story("c", outlet="Quay Post"),
        story("d", outlet="港口報", language="zh-Hant"),
        story("e", outlet=""),
        story("f", outlet="Harbour Times"),
        story("copy-1", outlet="Pier Daily", url="https://pier.example/1"),
        story("copy-2", outlet="港口報"),
        story("copy-of-another", outlet="Elsewhere"),
    ]
    members = ("lead", "b", "c", "d", "e", "f", "gone")
    of = material(
        stories=STORIES | {each.id: each for each in others},
        events={"v-lead": Event("v-lead", "lead", members)},
        copies={"copy-2": "b", "copy-1": "lead", "copy-of-another": "x", "copy-gone": "lead"},
    )
    (feature,) = compose(slots=SLOTS[:1], of=of).features
    assert feature.also_in == (
        AlsoIn("Quay Post", "nl", "https://quay.example/b"),
        AlsoIn("港口報", "zh-Hant", None),
        AlsoIn("Pier Daily", "en", "https://pier.example/1"),
    )


# ── subject, preheader, letter ───────────────────────────────────────────────────────────────────────────────────


def subject(pattern: str | None, language: str = "en", title: str = "#pier", **given: object) -> str:
    words = replace(WORDS, subject=pattern, language=language, masthead=replace(MASTHEAD, title=title))
    return compose(words=words, **given).subject  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pattern", "language", "said"),
    [
        (None, "en", "Title of second"),
        (None, "zh-Hant", "三萬噸電池下水"),
        (None, "ja", "Title of link"),
        (None, "de", "#pier · 20. November 2026"),
        ("{title} {number}: {headline}", "en", "#pier 12: Title of second"),
        ("{title} {number}: {headline}", "de", "#pier 12: 20. November 2026"),
        ("{title}, {date}", "en", "#pier, November 20, 2026"),
        ("{title}，{date}", "zh-Hant", "#pier，2026年11月20日"),
        ("{title}, {date}", "nl", "#pier, 20 november 2026"),
        ("{title}, {date}", "tlh", "#pier, 2026-11-20"),
        ("100% {headline} {strange}", "en", "100% Title of second {strange}"),
    ],
)
def test_a_subject_follows_its_pattern(pattern: str | None, language: str, said: str) -> None:
    """With the date as the edition's language writes it; without a pattern it is the first headline in it."""
    assert subject(pattern, language) == said


def test_what_is_filled_into_a_subject_is_not_filled_again() -> None:
    """A headline that happens to speak of {number} keeps its braces."""
    edits = Edits(stories={"lead": StoryEdit(headline="The {number} file")})
    assert subject("{title}: {headline}", title="{date}", edits=edits) == "{date}: The {number} file"


def test_an_issue_of_reads_alone_has_a_subject_too() -> None:
    """The first read's title in the edition's language, or the masthead's title and the date."""
    assert subject(None, "ja", slots=SLOTS[2:]) == "Title of link"
    assert subject(None, slots=SLOTS[2:]) == subject(None, slots=()) == "#pier · November 20, 2026"
    assert compose(slots=SLOTS[2:]).preheader == "Title of link"
    assert compose(slots=()).preheader == ""


def test_a_headline_of_the_editors_is_a_subject_whatever_its_story() -> None:
    """The editor of an English letter has put a Chinese headline into English."""
    edits = Edits(stories={"lead": StoryEdit(headline="A ship of cells")})
    assert subject(None, edits=edits) == "A ship of cells"


def test_the_preheader_is_the_first_paragraph_there_is() -> None:
    """In the edition's language, or else of any feature; without a paragraph, the headlines that follow the subject."""
    assert compose(words=replace(WORDS, language="zh-Hant")).preheader == "一艘船。"
    assert compose(of=material(summaries={"lead": ("一艘船。",)}), slots=SLOTS[:1]).preheader == "一艘船。"
    third = Slot("third", "v-third", "reads", 0.2)
    more = material(
        stories=STORIES | {"third": story("third")},
        events=EVENTS | {"v-third": Event("v-third", "third", ("third",))},
        summaries={},
    )
    assert compose(slots=(*SLOTS, third), of=more).preheader == "Title of third"
    assert compose(of=material(summaries={"second": ("A second story.", "More.")})).preheader == "A second story."


def test_the_letter_is_its_hosts() -> None:
    """With the greeting, in the edition's language, Markdown as it was written."""
    letter = compose().letter
    assert (letter.greeting, letter.host, letter.host_role, letter.city, letter.language) == (
        "Hello from Hong Kong",
        "Ada Quay",
        "editor",
        "Hong Kong",
        "en",
    )
    assert letter.paragraphs == ("It rained.", "It *still* rains.")


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("", ()),
        ("\n \n\n", ()),
        ("One\nline.\n\nTwo.", ("One line.", "Two.")),
        ("One.\r\n\r\nTwo.\r\n", ("One.", "Two.")),
        ("One.\n  \t\nTwo.\n\n\n\nThree.", ("One.", "Two.", "Three.")),
        ("今天下雨，\n明天也下。\n\n後天晴。", ("今天下雨，明天也下。", "後天晴。")),
        ("生成式\nAI 上線", ("生成式 AI 上線",)),
        ("오늘은 비가\n온다", ("오늘은 비가 온다",)),
    ],
)
def test_paragraphs_are_apart_by_empty_lines(text: str, paragraphs: tuple[str, ...]) -> None:
    """Whoever typed them on whatever machine; a line break is a space, but within Chinese and Japanese nothing."""
    assert paragraphs_of(text) == paragraphs


# ── sections of the editor's own ─────────────────────────────────────────────────────────────────────────────────


def test_the_editors_sections_are_in_the_issue_in_the_order_of_the_file() -> None:
    """With their paragraphs apart, and after the features unless they say otherwise."""
    sections = {
        "walk": SectionEdit("text", title="A walk", text="One.\n\nTwo\nlines."),
        "share": SectionEdit("number", after="lead", figure="41 %", text="of all coins"),
    }
    walk, share = compose(edits=Edits(sections=sections)).sections
    assert (walk.name, walk.after, walk.title, walk.paragraphs) == (
        "walk",
        "features",
        "A walk",
        ("One.", "Two lines."),
    )
    assert (share.name, share.after, share.figure) == ("share", "lead", "41 %")
