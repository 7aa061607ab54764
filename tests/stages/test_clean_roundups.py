"""Roundups: mails and weeklies of several items are split into letter, features and reads with their links."""

# ruff: noqa: E501 - lines of made-up mails are kept whole

from collections.abc import Sequence
from email.message import EmailMessage

import pytest

from pipeline.records import Document, Story
from pipeline.stages.clean import clean_document

ITEMS = (
    ("The lighthouse goes dark", "The lighthouse at Cape Harrow went dark on Sunday for the first time since the war, after a gull nested in the lamp."),
    ("Town buys the rope works", "The council voted nine to two to buy the old rope works and turn it into a school for boat builders."),
    ("A ferry on the tide", "A ferry that runs on the tide alone made its first crossing, in four hours and with nine seasick reporters."),
)  # fmt: skip
TITLES = [title for title, _ in ITEMS]
WORDS = "Good morning, readers. Today we look at a lamp, a rope works and a ferry, and at what they have in common."
HAN = (
    (
        "灯塔因海鸥停灯",
        "哈罗角的灯塔星期天熄灭，这是战后第一次，因为一只海鸥在灯里筑了巢。守塔人一直等到小鸟飞走。",
        "港口日报",
    ),
    (
        "小镇买下旧绳厂",
        "镇议会以九比二通过决议，买下旧绳厂，把它改成一所造船学校，明年三月开学，首批学生十二人。",
        "渔村周刊",
    ),
    ("潮汐渡轮首航", "一艘只靠潮水航行的渡轮完成首航，用时四小时，船上九名记者全部晕船，船长说不必着急。", "海事新闻"),
)
LEAVE = "<p>You are receiving this email because you signed up. <a href='https://h.example/u'>Unsubscribe</a></p>"


def stories_of(rich: str = "", plain: str = "", subject: str = "Harrow Notes No. 12") -> tuple[Story, ...]:
    """The stories of a mail."""
    message = EmailMessage()
    message["From"], message["Subject"] = "Harrow Notes <post@harrow.example>", subject
    message["Date"] = "Fri, 20 Nov 2026 10:15:00 +0000"
    message.set_content(f"<html><body>{rich}</body></html>" if rich else plain, subtype="html" if rich else "plain")
    found = clean_document(Document("file:///desk/mail.eml", message.as_bytes(), "message/rfc822"))
    assert found.rejected == ()
    return found.stories


def weekly(text: str) -> tuple[Story, ...]:
    """The stories of a Markdown file."""
    return clean_document(Document("file:///desk/weekly.md", text.encode(), "text/markdown")).stories


def named(stories: Sequence[Story], *roles: str) -> list[str]:
    """The titles of the stories with these roles."""
    return [story.title for story in stories if story.role in roles]


def link(at: int, text: str = "") -> str:
    """The link of an item."""
    return f"<a href='https://s{at}.example/{at}'>{text or TITLES[at]}</a>"


def card(rich: str) -> str:
    """A block of a mail."""
    return f"<table width='100%'><tr><td>{rich}</td></tr></table>"


DIGESTS = {
    "blocks with read-more links": f"<h1>Harrow Notes</h1><p>{WORDS}</p>" + "".join(card(f"<h2>{title}</h2><p>{text}</p><p>{link(at, 'Read more')}</p>") for at, (title, text) in enumerate(ITEMS)),
    "blocks with bold titles": f"<p>{WORDS}</p>" + "".join(card(f"<p><strong>{title}</strong></p><p>{text}</p><p>{link(at, 'Continue reading »')}</p>") for at, (title, text) in enumerate(ITEMS)),
    "linked titles under section names": card("<h1>Ships &amp; Harbours</h1>") + "".join((card("<h1>Quick Links</h1>") if at == 2 else "") + card(f"{link(at, f'<strong>{title} (3 minute read)</strong>')}<br><br><span>{text}</span>") for at, (title, text) in enumerate(ITEMS)),
    "who reports it before the title": "".join(f"<div><cite>Nora Quill / <a href='https://o{at}.example/'>Harbour Post</a>:</cite><div><strong>{link(at)}</strong> — {text}</div><div>More: <a href='https://a.example'>Pier Daily</a> and <a href='https://b.example'>Salt Wire</a></div></div>" for at, (_, text) in enumerate(ITEMS)),
    "kickers over titles": f"<p>{WORDS}</p><p>—Nora Quill</p>" + "".join(card(f"<h4>SECTION {'ABC'[at]}</h4><h2>{title}</h2><p>{text}</p>") for at, (title, text) in enumerate(ITEMS)),
    "a list of links": f"<p>{WORDS}</p><ul>" + "".join(f"<li>{link(at)} — {text}</li>" for at, (_, text) in enumerate(ITEMS)) + "</ul>",
    "paragraphs of links": "".join(f"<p>{link(at)} — {text}</p><p>Nora Quill</p>" for at, (_, text) in enumerate(ITEMS)),
    "cards that are links": "".join(f"<a href='https://s{at}.example/{at}'><h3>{title}</h3></a><p>{text}</p>" for at, (title, text) in enumerate(ITEMS)),
    "contents above the sections": f"<p>{WORDS}</p><p>In today's edition:</p><ul>" + "".join(f"<li>{title}</li>" for title in TITLES) + "</ul>" + "".join(f"<h2>{title}</h2><p>{text}</p>" for title, text in ITEMS),
    "numbers before linked titles": "".join(f"<p>{at + 1}. {link(at)}</p><p>{text}</p>" for at, (_, text) in enumerate(ITEMS)),
    "numbered headings with a label before the link": f"<p>{WORDS}</p>" + "".join(f"<h2>{at + 1}. {title}</h2><p>{text}</p><p><b>Go deeper:</b> {link(at, 'The report')}</p>" for at, (title, text) in enumerate(ITEMS)),
    "bold titles in the text": "".join(f"<p><b>{title}.</b> {text[:-1]}, {link(at, 'says the Harbour Post')}.</p>" for at, (title, text) in enumerate(ITEMS)),
    "outlets behind titles": "".join(f"<p>{link(at)} (Harbour Post)</p><p>{text}</p>" for at, (_, text) in enumerate(ITEMS)),
}  # fmt: skip
UNLINKED = {"kickers over titles", "contents above the sections"}


@pytest.mark.parametrize("shape", DIGESTS)
def test_each_item_of_a_digest_is_a_story_with_its_title_text_and_link(shape: str) -> None:
    """What repeats is a title, a text and perhaps a source, however the program lays it out."""
    stories = [story for story in stories_of(DIGESTS[shape] + LEAVE) if story.role != "letter"]
    assert [story.title for story in stories] == TITLES
    assert [story.text.replace(", says the Harbour Post", "") for story in stories] == [text for _, text in ITEMS]
    if shape not in UNLINKED:
        assert [story.url for story in stories] == [f"https://s{at}.example/{at}" for at in range(3)]
    if WORDS in DIGESTS[shape]:
        (letter,) = (story for story in stories_of(DIGESTS[shape] + LEAVE) if story.role == "letter")
        assert letter.text == WORDS


def test_the_source_of_an_item_is_its_outlet() -> None:
    """Before the title, in brackets behind it, or on a line of its own; who reports it is its author."""
    for shape in ("who reports it before the title", "outlets behind titles"):
        assert {story.outlet for story in stories_of(DIGESTS[shape])} == {"Harbour Post"}
    assert stories_of(DIGESTS["who reports it before the title"])[0].authors == ("Nora Quill",)
    lines = "".join(f"<p>{link(at)}</p><p>Harbour Post</p><p>{text}</p>" for at, (_, text) in enumerate(ITEMS))
    assert [(story.outlet, story.text) for story in stories_of(lines)] == [("Harbour Post", text) for _, text in ITEMS]


def test_an_essay_is_not_a_digest() -> None:
    """Subheads, links in sentences, paragraphs that begin with a link, and notes at the end leave it one story."""
    linked = "".join(
        f"<p><a href='https://s.example/{at}'>{text[:20]}</a>{text[20:]}</p>" for at, (_, text) in enumerate(ITEMS)
    )
    heads = "".join(f"<h3>{title}</h3><p>{text}</p><p>{WORDS}</p>" for title, text in ITEMS)
    notes = "<h3>Further reading</h3><ul><li><a href='https://n.example/1'>A history of lamps</a></li><li><a href='https://n.example/2'>Gulls of the coast</a></li></ul>"
    more = notes.replace("Further reading", "Notes").replace("n.example", "m.example").replace(" of ", " about ")
    numbered = "".join(
        f"<p><b>{at + 1}. {title}</b></p><p>{text}</p><p>{WORDS}</p>" for at, (title, text) in enumerate(ITEMS)
    )
    greeted = f"<p>Greetings from Penang!</p><p>{WORDS}</p>{heads}"
    for rich in (
        heads, linked, heads + linked, f"<p>Dear readers,</p><p>{WORDS}</p>{heads}", heads + notes, heads + heads + notes + more, numbered, greeted,
    ):  # fmt: skip
        (story,) = stories_of(rich + LEAVE)
        assert story.title == "Harrow Notes No. 12"
        assert all(text in story.text for _, text in ITEMS)


def test_a_letter_that_is_signed_above_its_items_is_a_letter() -> None:
    """A parish's or club's letter has no links: the signature ends the letter, and the headings open the items."""
    rich = (
        "<p>Liebe Mitglieder,</p><p>das Jahr geht zu Ende, und wir danken allen, die am Steg geholfen und im Regen gestrichen haben.</p><p>Ihre Vorsitzende Nora Quill</p>"
        "<h2>Jahresversammlung</h2><p>Am 12. Januar um 19 Uhr treffen wir uns im Bootshaus. Es gibt Suppe, und der Kran wird gewählt.</p>"
        "<h2>Arbeitsdienst</h2><p>Wer noch Stunden offen hat, meldet sich bei Jo Brand und bringt Handschuhe und einen Pinsel mit.</p>"
        "<p>Wenn Sie diesen Brief nicht mehr erhalten möchten, antworten Sie bitte kurz.</p>"
    )
    stories = stories_of(rich)
    assert [(story.role, story.title) for story in stories] == [
        ("letter", ""), ("feature", "Jahresversammlung"), ("feature", "Arbeitsdienst"),
    ]  # fmt: skip
    assert stories[0].host == "Nora Quill"


def test_advertisements_are_left_out_of_a_digest() -> None:
    """An item or section that says that it is paid for is no story."""
    paid = "<p><a href='https://s.example/paid'><strong>Knots as a service (Sponsor)</strong></a></p><p>Ropely ties your boats for you.</p>"
    stories = stories_of(paid + DIGESTS["linked titles under section names"])
    assert named(stories, "read", "feature") == TITLES
    block = card(
        "<h4>TOGETHER WITH ROPELY</h4><h2>Tie your boats from bed</h2><p>Ropely ties your boats for you. Try it for a month and never look back at a knot again.</p>"
    )
    assert named(stories_of(DIGESTS["kickers over titles"] + block), "read", "feature") == TITLES


def test_bulleted_titles_in_plain_text_open_items() -> None:
    """Each has a text and an address below."""
    items = "\n\n".join(
        f"* {title}\n\n{text}\n\n  https://s{at}.example/{at}" for at, (title, text) in enumerate(ITEMS)
    )
    stories = stories_of(plain=f"HARROW NOTES\n============\n\n{items}\n\n-- \nUnsubscribe: https://h.example/u\n")
    assert [(story.title, story.text, story.url) for story in stories] == [
        (title, text, f"https://s{at}.example/{at}") for at, (title, text) in enumerate(ITEMS)
    ]


def test_a_link_under_a_title_that_leads_to_a_front_page_names_the_outlet() -> None:
    """As in alerts: the title, the outlet with its address, and the beginning of the text."""
    rich = "".join(
        f"<div>{link(at)}</div><div><a href='https://post.example/'>Harbour Post</a></div><div>{text}</div>"
        for at, (_, text) in enumerate(ITEMS)
    )
    assert [(story.title, story.outlet, story.text) for story in stories_of(rich)] == [
        (title, "Harbour Post", text) for title, text in ITEMS
    ]


@pytest.mark.parametrize("number", ["{}. ", "({}) ", "{}) "])
def test_a_numbered_letter_in_plain_text_is_split(number: str) -> None:
    """Rows that a mail program wrapped are joined; titles are not; the address below a text is the item's link."""
    items = "\n\n".join(
        f"{number.format(at + 1)}{title}\n{text[: text.rindex(' ', 0, 70)]}\n{text[text.rindex(' ', 0, 70) + 1 :]}\nhttps://s{at}.example/{at}"
        for at, (title, text) in enumerate(ITEMS)
    )
    plain = f"HARROW NOTES No. 12\nFriday, 20 November 2026\n\n{WORDS[:66]}\n{WORDS[67:]}\n\n{items}\n\n--\nTo unsubscribe, reply with the word stop.\n9 Long Wharf, Harrow\n"
    stories = stories_of(plain=plain)
    assert [(story.role, story.title, story.text, story.url) for story in stories] == [
        ("letter", "", WORDS, None), *(("feature", title, text, f"https://s{at}.example/{at}") for at, (title, text) in enumerate(ITEMS)),
    ]  # fmt: skip


def test_a_chinese_listing_is_split() -> None:
    """Numbers, tags and sources are those of Chinese letters, in HTML and in plain text."""
    numbered = "".join(
        f"<p><strong>{at}、<a href='https://c{at}.example/{at}'>{title}</a></strong></p><p>{text}</p><p>（来源：{outlet}）</p>"
        for at, (title, text, outlet) in enumerate(HAN, 1)
    )
    tagged = "".join(
        f"<h3>【要闻】{title}</h3><p>{text}</p><p>来源：{outlet}</p><p><a href='https://c{at}.example/{at}'>阅读全文</a></p>"
        for at, (title, text, outlet) in enumerate(HAN, 1)
    )
    plain = "每周港口 第40期\n\n" + "\n\n".join(
        f"{at}、{title}\n{text}\n来源：{outlet}\n链接：https://c{at}.example/{at}"
        for at, (title, text, outlet) in enumerate(HAN, 1)
    )
    leave = "<p>如果您不想再收到此邮件，请<a href='https://h.example/u'>点此退订</a></p>"
    for stories in (
        stories_of(numbered + leave),
        stories_of(f"<h1>每周港口</h1>{tagged}{leave}"),
        stories_of(plain=f"{plain}\n\n如不愿继续收到此邮件，请回复退订。\n"),
    ):
        assert [(story.title, story.text, story.outlet, story.url) for story in stories] == [
            (title, text, outlet, f"https://c{at}.example/{at}") for at, (title, text, outlet) in enumerate(HAN, 1)
        ]


def test_a_weekly_of_links_under_headings_gives_each_of_them() -> None:
    """As R Weekly has them: links with a word on each, under headings of two levels."""
    stories = weekly(
        "# Weekly 2026-W47 Tides, Ropes\n\nHello and welcome to this new issue! It was curated by Nora Quill, with help from many.\n\n### Highlight\n\n- [Tides in ten lines](https://a.example/1)\n\n"
        "### Insights\n\n- [Counting gulls](https://a.example/2) - A year of pictures.\n- [Why ropes need models](https://a.example/3)\n\n### New Packages\n\n#### Archive\n\n- [{tides} 1.2.0](https://a.example/4): Tables of the tides\n"
    )
    assert [story.role for story in stories] == ["letter", *["read"] * 4]
    assert named(stories, "read") == ["Tides in ten lines", "Counting gulls", "Why ropes need models", "{tides} 1.2.0"]
    assert [story.links[0].url for story in stories[1:]] == [f"https://a.example/{at}" for at in range(1, 5)]


def test_a_weekly_with_prose_between_its_lists_gives_both() -> None:
    """As This Week in Rust has them: sections of links, a section of prose, a quotation and a line on who edits it."""
    stories = weekly(
        "Hello and welcome to another issue of *This Week in Rope*! This is a weekly summary of its progress. Want something mentioned? Send us a pull request.\n\n"
        "## Updates from the Community\n\n### Official\n\n* [Announcing Rope 1.98](https://a.example/1)\n\n### Thoughts\n\n* [Why I splice by hand](https://a.example/2)\n* [video] [Tying at sea](https://a.example/3)\n\n"
        "## Knot of the Week\n\nThis week's knot is [bowline](https://a.example/k), a loop that does not slip and can be untied after load.\n\n## Updates from the Core\n\n427 changes were merged in the last week\n\n* [splice: keep the strands in order](https://a.example/4)\n\n"
        "*This Week in Rope is edited by: Nora Quill, Per Aune.*\n"
    )
    assert named(stories, "read") == [
        "Announcing Rope 1.98",
        "Why I splice by hand",
        "Tying at sea",
        "splice: keep the strands in order",
    ]
    assert named(stories, "feature") == ["Knot of the Week"]
    assert stories[0].role == "letter"
    assert all("edited by" not in story.text for story in stories)


def test_a_chinese_weekly_gives_its_essay_and_its_links() -> None:
    """As ruanyf's weekly has them: an essay under a heading, and numbered links with a paragraph each."""
    links = "".join(
        f"{at}、[{title}](https://c.example/{at}){'（英文）' if at == 2 else ''}\n\n{text}\n\n"
        for at, (title, text, _) in enumerate(HAN, 1)
    )
    stories = weekly(
        f"# 港口周刊（第 300 期）：慢船的好处\n\n这里记录每周值得分享的港口内容，周五发布。\n\n## 慢船的好处\n\n{HAN[2][1]}\n\n我认为，慢有慢的好处，至少船上的酒吧准备得很充分，乘客也可以看完一整本书。\n\n## 动态\n\n{links}## 资源\n\n1、[绳结图册](https://c.example/4)\n\n一本可以免费下载的图册，里面有三百种绳结，每一种都有步骤图。\n\n（完）\n"
    )
    assert named(stories, "feature") == ["慢船的好处"]
    assert named(stories, "read") == [title for title, _, _ in HAN] + ["绳结图册"]
    assert {story.outlet for story in stories if story.role == "read"} == {""}
    assert [story.links[0].url for story in stories if story.role == "read"] == [
        f"https://c.example/{at}" for at in range(1, 5)
    ]


def test_firms_in_the_prose_of_a_newsletter_are_not_credited() -> None:
    """Only the form of a credit counts: whole names of people, at an outlet that is a name."""
    text = (
        "Hi everyone, this is Mara in Cebu.\n\nA short week.\n\n# Quays\n\nPort companies plan new quays, according to analysts at Kade & Co. That is more than Alpha, Beta, and Gamma earned.\n\n"
        "# Cranes\n\nTwo ports reported automating the work of clerks. Alpha and Beta said that they would follow.\n\n# Suggested reads\n\n- Ferry line orders ten hulls (Harbour Post)\n- Why rails rust (Quay Weekly)\n"
    )
    stories = weekly(text)
    assert named(stories, "feature") == ["Quays", "Cranes"]
    assert [story.authors for story in stories if story.role == "feature"] == [(), ()]
