"""The authors of a story are the people who wrote it, by the names that its byline gives them."""

import pytest

from pipeline.records import Document
from pipeline.stages.clean import clean_document

STORY = (
    "The council voted on Tuesday night to close the last ferry across the estuary, which has run since 1871.",
    "Its two boats will be sold to a museum, and the pilots have been offered work on the bridge, said the mayor.",
    "Nobody on the quay believed it on Wednesday morning, when the first boat left with four passengers and a dog.",
)
BODY = "".join(f"<p>{text}</p>" for text in STORY)


def authors(head: str, before: str = "", url: str = "https://estuary.example/ferry") -> tuple[str, ...]:
    """The authors of a page with this head and this between its title and its story."""
    page = (
        f"<html lang='en'><head><title>Last ferry closes</title><meta property='og:site_name' content='Estuary Post'>"
        f"{head}</head><body><article><h1>Last ferry closes</h1>{before}{BODY}</article></body></html>"
    )
    (story,) = clean_document(Document(url, page.encode(), "text/html")).stories
    return story.authors


def meta(text: str) -> str:
    """The element that names the author."""
    return f'<meta name="author" content="{text}">'


@pytest.mark.parametrize(
    "byline",
    [
        "By Jane Doe and 2 others",
        "Jane Doe und eine weitere Autorin",
        "Jane Doe et 2 autres",
        "Jane Doe e altri 2",
        "Jane Doe, Reuters",
        "Jane Doe/AFP",
        "Jane Doe, BBC News",
        "Jane Doe, Political Correspondent",
        "Jane Doe Political Correspondent",
        "Reporting by Jane Doe; Editing by John Roe",
        "Words: Jane Doe Photos: John Roe",
        "Text: Jane Doe, Fotos: John Roe",
        "Story by Jane Doe Photographs by John Roe",
        "Jane Doe, with additional reporting by John Roe",
        "Jane Doe @janedoe",
        "Jane Doe jane@estuary.example",
        "Guest Post by Jane Doe",
        "Ein Gastbeitrag von Jane Doe",
        "Propos recueillis par Jane Doe",
        "Une enquête de Jane Doe",
        "Published by Jane Doe on 3 May 2024",
        "Jane Doe in London",
    ],
)
def test_a_byline_gives_the_writer_alone(byline: str) -> None:
    """Without labels, posts, places, agencies and those who did something else."""
    assert authors(meta(byline)) == ("Jane Doe",)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Ida Fenn / Per Aas", ("Ida Fenn", "Per Aas")),
        ("Ida Fenn/Per Aas", ("Ida Fenn", "Per Aas")),
        ("Ida Fenn with Per Aas", ("Ida Fenn", "Per Aas")),
        ("By Ida Fenn, Senior Reporter, and Per Aas, Editor", ("Ida Fenn", "Per Aas")),
        ("George R. R. Fenn, Jr.", ("George R. R. Fenn, Jr.",)),
        ("MARY-KATE O'NEILL", ("Mary-Kate O'Neill",)),
        ("박준석 기자 외 1명", ("박준석",)),
        ("山田花子、ほか1名", ("山田花子",)),
        ("山田 花子", ("山田 花子",)),
        ("新华社记者 张三 李四", ("张三", "李四")),
        ("文／林小溪 攝影／王大明", ("林小溪",)),
        ("Ida Fenn 翻訳者 山田 花子", ("Ida Fenn",)),
        ("AFP, MANILA", ("AFP",)),
    ],
)
def test_names_come_whole_and_apart(byline: str, names: tuple[str, ...]) -> None:
    """Several writers, initials and names in other scripts."""
    assert authors(meta(byline)) == names


@pytest.mark.parametrize(
    "desk",
    [
        "News desk",
        "Web Desk",
        "By the Editorial Board",
        "Online-Redaktion",
        "La rédaction",
        "Redacción Sociedad",
        "Agencies",
        "Super User",
        "Estuary Post",
        "dpa/jd",
    ],
)
def test_desks_accounts_and_the_outlet_are_nobody(desk: str) -> None:
    """A story without a writer has no author."""
    assert authors(meta(desk)) == ()


def test_the_account_that_posts_for_everyone_is_nobody() -> None:
    """What JSON-LD says of the administrator's account is no author, nor is its line on the page."""
    script = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "author": {"@type": "Person",'
        ' "@id": "https://estuary.example/author/admin/", "name": "Estuary D"}}</script>'
    )
    line = "<p class='byline'>by Estuary D | 5 November 2024</p>"
    assert authors(script, line) == ()
    assert authors(script, f"{line}<p><strong>JANE DOE</strong></p>") == ("Jane Doe",)


def test_a_name_in_bold_above_the_story_is_its_byline() -> None:
    """It stands alone, directly before the story, and the page names nobody else."""
    assert authors("", "<p>… as trade falls away</p><p><b>Jane Doe/Per Aas</b></p>") == ("Jane Doe", "Per Aas")
    assert authors(meta("Ida Fenn"), "<p><b>Jane Doe</b></p>") == ("Ida Fenn",)


@pytest.mark.parametrize("line", ["Key Points", "The Last Pilot", "Two boats for sale", "Council Vote: Closed", "LIVE"])
def test_other_lines_in_bold_are_no_bylines(line: str) -> None:
    """Nobody is invented out of a label, a subheading or a sentence."""
    assert authors("", f"<p><b>{line}</b></p>") == ()


def test_a_place_in_bold_is_no_byline() -> None:
    """The story says that it is one."""
    page = "<p><b>Addis Ababa</b></p><p>The last ferry of Addis Ababa will close, the council voted on Tuesday, {}</p>"
    assert authors("", page.format("and nobody on the quay believed it when the first boat left.")) == ()


def test_the_byline_that_readers_see_beats_a_name_that_they_do_not() -> None:
    """Metadata that name the page's developer are not believed against the byline."""
    assert authors(meta("Kit Rush"), "<div class='author'>Jane Doe</div>") == ("Jane Doe",)
    assert authors(meta("Jane Doe"), "<div class='author'>By Jane Doe, Oakham</div>") == ("Jane Doe",)
