"""The letter as its readers get it."""

import dataclasses
import re
from datetime import timedelta
from typing import Any

import pytest
from lxml import html as lxml_html
from wcwidth import wcswidth

from pipeline.edges.templates import load_templates
from pipeline.errors import ConfigError
from pipeline.records import Artwork, Email, FollowUp, Issue, Letter, Templates, Theme
from pipeline.stages.check import check_issue
from pipeline.stages.render import eml_bytes, pictures_at, render_issue
from pipeline.text.languages import EDITION_LANGUAGES
from tests.issues import FEATURES, ISSUE, LETTER, SENT_AT, pictures_for, with_feature

TEMPLATES = load_templates()
PICTURES = pictures_for(ISSUE)


def rendered(
    issue: Issue = ISSUE, *, templates: Templates = TEMPLATES, theme: Theme | None = None, base_url: str | None = None
) -> Email:
    """The email of an issue, with the example's pictures."""
    return render_issue(
        issue, templates=templates, theme=theme or Theme(), pictures=PICTURES, sent_at=SENT_AT, base_url=base_url
    )


def in_language(tag: str, **changes: object) -> Issue:
    """The example as an edition in another language."""
    return dataclasses.replace(ISSUE, language=tag, edition=tag, **changes)  # type: ignore[arg-type]


def parsed(html: str) -> Any:
    """The root element of a page; untyped, because an XPath may return anything."""
    return lxml_html.fromstring(html)


def words(html: str) -> str:
    """The visible text, with white space reduced to single spaces."""
    blocks = re.sub(r"<(?=/?(?:div|p|h[1-6]|td|br)\b)", " <", html)
    body = parsed(blocks).find(".//body")
    assert body is not None
    return " ".join(str(body.text_content()).split())


def test_every_word_of_the_issue_is_in_the_html_and_in_the_text() -> None:
    """Headlines, paragraphs, kickers, credits, reads, the letter and the footer arrive in both parts."""
    email = rendered()
    seen, text = words(email.html), " ".join(email.text.split())
    pieces = [ISSUE.masthead.coordinated_by, ISSUE.masthead.postal_address, LETTER.greeting, LETTER.host]
    for feature in FEATURES:
        pieces += [feature.kicker, feature.headline, *feature.paragraphs, feature.outlet, *feature.authors]
    for read in ISSUE.reads:
        pieces += [read.title, read.outlet]
    for piece in pieces:
        assert piece in seen
        assert piece.replace(" ", "") in text.replace(" ", "")


def test_the_same_issue_gives_the_same_bytes() -> None:
    """An email depends on no clock, no chance and no earlier render."""
    first = rendered()
    rendered(in_language("de"))
    assert rendered() == first


def test_only_the_date_header_depends_on_when_it_is_sent() -> None:
    """Two renders of one issue at two times differ in one header."""
    later = render_issue(
        ISSUE, templates=TEMPLATES, theme=Theme(), pictures=PICTURES, sent_at=SENT_AT + timedelta(hours=5)
    )
    first = rendered()
    assert dataclasses.replace(later, headers=first.headers) == first
    assert [name for (name, value), old in zip(later.headers, first.headers, strict=True) if (name, value) != old] == [
        "Date"
    ]


def test_the_masthead_has_a_coloured_hash_only_if_the_title_begins_with_one() -> None:
    """#techAsia has a coloured hash; a plain title has none."""
    assert '<span class="mark"' in rendered().html
    plain = dataclasses.replace(ISSUE, masthead=dataclasses.replace(ISSUE.masthead, title="Night Ferry"))
    html = rendered(plain).html
    assert 'class="mark"' not in html
    assert "Night Ferry" in words(html)


def test_number_and_date_are_the_editions_own() -> None:
    """Number and date follow the conventions of the edition's language, and of its city where that is known."""
    assert "No. 47 · Sunday, November 22, 2026" in words(rendered().html)
    assert "No. 47 · Sunday, 22 November 2026" in words(rendered(in_language("en", territory="HK")).html)
    assert "Sonntag, 22. November 2026" in words(rendered(in_language("de")).html)
    assert "zondag 22 november 2026" in words(rendered(in_language("nl")).html)
    hant = words(rendered(in_language("zh-Hant")).html)
    assert "第 47 期" in hant
    assert "2026年11月22日" in hant


def test_a_story_in_another_language_says_so_in_the_letters_language() -> None:
    """The label is in the edition's language, and absent on its own stories."""
    seen = words(rendered().html)
    assert "Zahlungsverkehr in German Wenn" in seen
    assert "半導體 in Traditional Chinese 封裝廠" in seen
    assert "Small money The last mile" in seen
    german = words(rendered(in_language("de")).html)
    assert "Small money auf Englisch The last mile" in german
    assert "Zahlungsverkehr Wenn" in german
    assert "半導體 封裝廠" in words(rendered(in_language("zh-Hant")).html)
    assert "繁体字中国語" in words(rendered(in_language("ja")).html)


@pytest.mark.parametrize(
    ("outlet", "authors", "credit"),
    [
        ("Strait Courier", ("A. B.", "C. D.", "E. F."), "From Strait Courier, by A. B., C. D., and E. F."),
        ("Strait Courier", (), "From Strait Courier."),
        ("", ("A. B.",), "By A. B."),
        ("", (), ""),
    ],
)
def test_a_credit_works_without_outlet_and_without_writers(outlet: str, authors: tuple[str, ...], credit: str) -> None:
    """Unknown parts are left out, and the sentence is still correct."""
    issue = with_feature(ISSUE, 0, outlet=outlet, authors=authors)
    email = rendered(issue)
    assert f"> 0. {credit}{' ' if credit else ''}Read the story" in words(email.html)
    assert credit in email.text


def test_also_in_names_two_outlets_and_counts_the_rest() -> None:
    """The line under a credit stays one line for any number of outlets."""
    assert "Also in: German (Kontorblatt) · Japanese (港町新報) · 2 more" in words(rendered().html)
    two = with_feature(ISSUE, 0, also_in=FEATURES[0].also_in[:2])
    assert "more" not in words(rendered(two).html).split("Also in:")[1].split("Zahlungsverkehr")[0]
    own = with_feature(ISSUE, 0, also_in=FEATURES[0].also_in[3:])
    assert "Also in: Bay Wire" in words(rendered(own).html)


def test_a_follow_up_names_the_earlier_headline_in_its_own_language() -> None:
    """The headline of the earlier issue is quoted, with the language it was in."""
    html = rendered(
        with_feature(ISSUE, 1, follow_up=dataclasses.replace(_follow_up(), language="ja", title="港の朝"))
    ).html
    assert re.search(r'A follow-up to “<span lang="ja"[^>]*>港の朝</span>” in No\. 44', html)


def _follow_up() -> FollowUp:
    follow_up = FEATURES[2].follow_up
    assert follow_up is not None
    return follow_up


def test_the_tally_counts_in_the_plural_forms_of_the_language() -> None:
    """“1 story” is singular, and zero copies are not mentioned."""
    one = dataclasses.replace(
        ISSUE.tally, stories=1, outlets=1, languages=1, copies=1, sources_answered=1, sources_total=1
    )
    assert "Made from 1 story by 1 outlet in 1 language; 1 copy folded away. 1 of 1 source answered." in words(
        rendered(dataclasses.replace(ISSUE, tally=one)).html
    )
    none = dataclasses.replace(ISSUE.tally, copies=0)
    assert "in 7 languages. 44 of 45 sources answered." in words(rendered(dataclasses.replace(ISSUE, tally=none)).html)
    assert "Ausgewählt aus 1.284 Artikeln von 45 Medien" in words(rendered(in_language("de")).html)


def test_the_letter_is_markdown_and_its_html_is_text() -> None:
    """Emphasis, strong and links work; a script, an image or an unsafe address becomes text or is removed."""
    hostile = (
        "*a* **b** [c](https://letters.example/c) <script>alert(1)</script> ![d](https://spy.example/d.gif) "
        "[e](javascript:alert(1)) <img src=x onerror=alert(1)>"
    )
    email = rendered(dataclasses.replace(ISSUE, letter=dataclasses.replace(LETTER, paragraphs=(hostile,))))
    page = parsed(email.html)
    body = page.xpath("//div[contains(@class, 'letter')]")[0]
    assert [(each.tag, each.text_content()) for each in body.iterdescendants() if each.tag != "p"] == [
        ("em", "a"),
        ("strong", "b"),
        ("a", "c"),
        ("a", "d"),
    ][: len(body.xpath(".//em|.//strong|.//a"))]
    assert "<script>alert(1)</script>" in body.text_content()
    assert "javascript:" not in " ".join(page.xpath("//@href"))
    assert not page.xpath("//*[@onerror]")
    assert "c (https://letters.example/c)" in email.text


@pytest.mark.parametrize(
    "hostile",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://bank.example@evil.example/",
        "file:///etc/passwd",
        "//x.example",
        "",
    ],
)
def test_an_address_that_is_not_of_the_web_is_no_link(hostile: str) -> None:
    """A feature or read with such an address is shown, without a link."""
    issue = with_feature(ISSUE, 0, url=hostile)
    issue = dataclasses.replace(issue, reads=(dataclasses.replace(ISSUE.reads[0], url=hostile),))
    email = rendered(issue)
    hrefs = parsed(email.html).xpath("//@href")
    assert all(href.startswith(("https://", "mailto:", "#")) for href in hrefs)
    assert ISSUE.reads[0].title in words(email.html)
    if hostile:
        assert hostile not in email.text


def test_a_link_that_has_to_stay_as_it_is_stays_so_in_every_part() -> None:
    """Of a source that keeps its links, in the letter and in the text; the gate accepts it, and names it elsewhere."""
    address = "https://strait.example/coins?utm_source=feed&page=2"
    lead = dataclasses.replace(ISSUE.features[0], url=address)
    issue = dataclasses.replace(ISSUE, features=(lead, *ISSUE.features[1:]), kept_links=(address,))
    email = rendered(issue)
    assert address in parsed(email.html).xpath("//@href")
    assert address in email.text
    assert "link-tracking" not in {each.rule for each in check_issue(email, issue, eml_bytes(email))}
    unkept = dataclasses.replace(issue, kept_links=())
    assert "link-tracking" in {each.rule for each in check_issue(email, unkept, eml_bytes(email))}


def test_tracking_is_cut_from_the_links_of_the_letter_too() -> None:
    """An editor who pastes a shared address does not have to look at its end."""
    written = ("See [the tide table](https://tide.example/t?id=2&fbclid=x#utm_source=share).",)
    email = rendered(dataclasses.replace(ISSUE, letter=dataclasses.replace(ISSUE.letter, paragraphs=written)))
    assert "https://tide.example/t?id=2" in parsed(email.html).xpath("//@href")
    assert "(https://tide.example/t?id=2)" in email.text


def test_tracking_parameters_are_taken_off_and_others_kept() -> None:
    """utm_source goes, page stays."""
    hrefs = parsed(rendered().html).xpath("//@href")
    assert "https://strait.example/coins?page=2" in hrefs


def test_an_address_in_any_script_leads_where_it_led() -> None:
    """A host becomes punycode, a path is percent-encoded, and what is encoded already stays."""
    issue = with_feature(ISSUE, 0, url="https://bücher.example:8443/läden/a%20b?q=é#ä")
    hrefs = parsed(rendered(issue).html).xpath("//@href")
    assert "https://xn--bcher-kva.example:8443/l%C3%A4den/a%20b?q=%C3%A9#%C3%A4" in hrefs


def test_a_picture_with_an_unsafe_name_is_refused() -> None:
    """A name goes into addresses, headers and a folder."""
    for name in ("../a.png", "a b.png", "ä.png", 'a".png'):
        with pytest.raises(ValueError, match="not a picture name"):
            render_issue(ISSUE, templates=TEMPLATES, theme=Theme(), pictures={name: b""}, sent_at=SENT_AT)


def test_markup_in_any_text_is_shown_as_text() -> None:
    """A feed's words never become markup, in an attribute, a title or a body."""
    nasty = '"><b onmouseover=x>&amp;</b> {{ 7*7 }} </mj-text><mj-raw>'
    issue = with_feature(
        dataclasses.replace(ISSUE, subject=nasty, preheader=nasty),
        0,
        headline=nasty,
        kicker=nasty,
        outlet=nasty,
        authors=(nasty,),
        paragraphs=(nasty,),
        picture=dataclasses.replace(FEATURES[0].picture or Artwork("", "", 0, 0), alt=nasty),
    )
    email = rendered(issue)
    page = parsed(email.html)
    assert words(email.html).count(nasty) == 7  # preheader, contents, kicker, headline, paragraph, outlet, writer
    assert nasty in page.xpath("//img/@alt")
    assert page.findtext(".//title") == nasty
    assert not page.xpath("//*[@onmouseover]")
    assert nasty in email.text


def test_control_characters_and_lone_surrogates_do_not_reach_the_letter() -> None:
    """Characters that no client can show are removed, and so are direction overrides that reach beyond their text."""
    issue = with_feature(ISSUE, 0, headline="a\x00b\x1b\ud800c\u202ed\ufffe")
    assert "abcd" in words(rendered(issue).html)


def test_each_block_says_its_language_and_direction() -> None:
    """Headline, body, kicker and read carry the story's lang; an Arabic one also its direction."""
    page = parsed(rendered().html)
    assert page.get("lang") == "en"
    for feature in FEATURES:
        for path in ("//h2", "//div[contains(@class, 'body')]", "//span[contains(@class, 'kicker')]"):
            texts = [each for each in page.xpath(path) if each.get("lang") == feature.language]
            assert any(
                part in each.text_content()
                for each in texts
                for part in (feature.headline, feature.kicker, feature.paragraphs[0])
            ), (feature.story, path)
    arabic = page.xpath("//div[@lang='ar']")[0]
    assert arabic.get("dir") == "rtl"
    assert "text-align:right" in arabic.get("style").replace(" ", "")


def test_a_right_to_left_edition_turns_the_page_but_not_stories_in_other_scripts() -> None:
    """The page runs from the right; an English story in it from the left."""
    page = parsed(rendered(in_language("ar")).html)
    assert page.get("dir") == "rtl"
    assert page.xpath("//h1/@dir") == ["ltr"]  # or the hash of a Latin title would follow it
    headlines = {each.text_content(): each.get("dir") for each in page.xpath("//h2[contains(@class, 'headline')]")}
    assert headlines[FEATURES[0].headline] == "ltr"
    assert "اقرأ المقال ←" in words(rendered(in_language("ar")).html).replace("\u00a0", " ")


def test_no_capitals_and_no_italics_where_the_script_has_none() -> None:
    """Kickers are set in capitals for Latin alone, and emphasis in Chinese is weight."""
    letter = dataclasses.replace(LETTER, language="zh-Hant", paragraphs=("這是*重點*。",))
    page = parsed(rendered(dataclasses.replace(ISSUE, letter=letter)).html)
    styles = {each.get("lang"): each.get("style") for each in page.xpath("//span[contains(@class, 'kicker')]")}
    assert "uppercase" in styles["de"]
    assert "uppercase" not in styles["zh-Hant"]
    assert "font-style:normal" in page.xpath("//em")[0].get("style").replace(" ", "")


def test_each_script_has_its_own_fonts() -> None:
    """Chinese in Traditional characters is never set in a Japanese or a Simplified font."""
    page = parsed(rendered(with_feature(ISSUE, 1, language="zh-Hans")).html)
    fonts = {each.get("lang"): each.get("style") for each in page.xpath("//h2[contains(@class, 'headline')]")}
    assert "PingFang TC" in fonts["zh-Hant"]
    assert "PingFang SC" in fonts["zh-Hans"]
    assert "Georgia" in fonts["nl"]
    reads = {each.get("lang"): each.get("style") for each in page.xpath("//div[@class='read-title']")}
    assert "Hiragino" in reads["ja"]


def test_pictures_are_next_to_the_letter_or_at_an_address() -> None:
    """pictures/NAME by default, for viewing from the folder; below `base_url` if it is given."""
    sources = parsed(rendered().html).xpath("//img/@src")
    assert sources == ["pictures/host.png", *(f"pictures/{feature.story}.png" for feature in FEATURES)]
    sources = parsed(rendered(base_url="https://img.example/w47/").html).xpath("//img/@src")
    assert sources[0] == "https://img.example/w47/host.png"


def test_the_credit_of_a_picture_is_below_the_credit_of_the_story() -> None:
    """Only if the credit is known."""
    picture = dataclasses.replace(FEATURES[1].picture or Artwork("", "", 0, 0), credit="Mika Sato")
    assert "Read the story → Picture: Mika Sato" in words(rendered(with_feature(ISSUE, 1, picture=picture)).html)
    assert "Picture:" not in words(rendered().html)


def test_words_that_look_like_a_picture_are_not_rewritten() -> None:
    """Only an image's own reference is a reference."""
    trap = 'src="pictures/a1.png"'
    email = rendered(with_feature(ISSUE, 1, headline=trap))
    html = pictures_at(email.html, lambda name: f"https://img.example/{name}")
    assert trap in words(html)
    assert "https://img.example/a1.png" in html


def test_an_issue_without_pictures_reads_or_letter_host_is_still_a_letter() -> None:
    """Missing optional parts leave no gap."""
    bare = dataclasses.replace(
        ISSUE,
        letter=Letter(greeting="", host="", host_role="", city="", paragraphs=(), language="en"),
        features=tuple(dataclasses.replace(feature, picture=None, kicker="") for feature in FEATURES),
        reads=(),
    )
    email = rendered(bare)
    assert email.pictures == ()
    assert "Suggested reads" not in words(email.html)
    assert not parsed(email.html).xpath("//h2[not(normalize-space())]")


def test_a_missing_picture_is_an_error() -> None:
    """A letter with a broken picture is not rendered."""
    with pytest.raises(ValueError, match=r"a1\.png"):
        render_issue(ISSUE, templates=TEMPLATES, theme=Theme(), pictures={}, sent_at=SENT_AT)


def test_a_theme_changes_colours_fonts_radius_and_logo_without_touching_a_template() -> None:
    """Another newsroom's letter looks like theirs."""
    theme = Theme(
        light=dataclasses.replace(Theme().light, accent="#00695c"),
        dark=dataclasses.replace(Theme().dark, accent="#4db6ac"),
        font_serif="Charter,Georgia,serif",
        radius=12,
        logo=Artwork("logo.png", "Night Ferry", 160, 40),
    )
    email = render_issue(
        ISSUE, templates=TEMPLATES, theme=theme, pictures={**PICTURES, "logo.png": PICTURES["a1.png"]}, sent_at=SENT_AT
    )
    assert "#00695c" in email.html
    assert "#4db6ac" in email.html
    assert "#c5321f" not in email.html
    assert "Charter,Georgia,serif" in email.html.replace(", ", ",")
    assert re.search(r"border-radius: ?12px", email.html)
    assert parsed(email.html).xpath("//h1/img/@alt") == ["Night Ferry"]
    assert "logo.png" in dict(email.pictures)


def test_every_catalogue_has_every_message_of_the_templates() -> None:
    """No edition falls back to English for a word; a new language is a new catalogue and nothing else."""
    email = {tag: words(rendered(in_language(tag)).html) for tag in EDITION_LANGUAGES if tag != "en"}
    english = ["Read the story", "Suggested reads", "Unsubscribe", "Subscribe", "Also in", "Made from", "follow-up"]
    for tag, seen in email.items():
        assert not [phrase for phrase in english if phrase in seen], tag


@pytest.mark.parametrize("tag", ["ar", "he"])
def test_a_letter_from_the_right_shows_latin_texts_from_the_left(tag: str) -> None:
    """The address keeps its number in front, and a name its mark at the end; the arrow points to the left."""
    masthead = dataclasses.replace(ISSUE.masthead, postal_address="9 Quay Street, Penang", coordinated_by="مكتب نور")
    issue = with_feature(in_language(tag, masthead=masthead), 0, outlet="Yahoo!", authors=("C++",))
    page = parsed(rendered(issue).html)
    assert page.get("dir") == "rtl"
    (address,) = page.xpath("//span[.='9 Quay Street, Penang']")
    assert (address.get("lang"), address.get("dir")) == ("und-Latn", "ltr")
    assert page.xpath("//span[@dir='ltr' and .='Yahoo!']")
    assert page.xpath("//span[@dir='ltr' and .='C++']")
    assert "←" in page.text_content()
    assert "→" not in page.text_content()
    assert bool(page.xpath("//span[@lang='und-Arab' and .='مكتب نور']")) == (tag == "he")


def test_sentences_are_joined_with_a_space_where_the_language_has_one() -> None:
    """Korean and Thai have one, Chinese and Japanese do not."""
    for tag, sentence in {"ko": ". 정보원", "th": " มีแหล่ง", "ja": "。45の"}.items():
        assert sentence in words(rendered(in_language(tag)).html), tag


def test_a_new_language_is_a_new_catalogue() -> None:
    """A French catalogue makes a French letter."""
    catalogue = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
        'msgid "Read the story"\nmsgstr "Lire l’article"\n\n'
        'msgid "{count} read"\nmsgid_plural "{count} reads"\nmsgstr[0] "{count} lecture"\n'
        'msgstr[1] "{count} lectures"\n'
    ).encode()
    templates = dataclasses.replace(TEMPLATES, catalogues=(*TEMPLATES.catalogues, ("fr", catalogue)))
    seen = words(rendered(in_language("fr-CA"), templates=templates).html)
    assert "Lire l’article" in seen
    assert "6 lectures" in seen
    assert "dimanche 22 novembre 2026" in seen


def test_a_catalogue_with_an_unknown_placeholder_names_its_line() -> None:
    """A translator's mistake is found when the catalogue is loaded."""
    header = b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    catalogue = header + b'msgid "No. {number}"\nmsgstr "N {nombre}"\n'
    templates = dataclasses.replace(TEMPLATES, catalogues=(*TEMPLATES.catalogues, ("fr", catalogue)))
    with pytest.raises(ConfigError, match=r"messages/fr\.po, line \d+: \{nombre\}"):
        rendered(in_language("fr"), templates=templates)


def test_text_lines_are_at_most_72_columns_wide_in_every_script() -> None:
    """A Han character takes two columns; only an address may be longer."""
    for line in rendered().text.splitlines():
        assert wcswidth(line) <= 72 or "://" in line, line


def test_no_line_of_chinese_text_begins_with_a_closing_mark() -> None:
    """Kinsoku: a full stop or a closing bracket stays with the character before it."""
    long = "新竹的封裝廠把夜班改成接單制，「報價高過成本」，機台才會亮燈。" * 12
    text = rendered(with_feature(ISSUE, 2, paragraphs=(long,))).text
    assert long in text.replace("\n", "")
    for line in text.splitlines():
        assert not line.startswith(tuple("，。」、")), line
        assert not line.endswith("「"), line
