"""The gate raises no false alarm: good issues in many scripts and in every template have no finding."""

import dataclasses

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.edges.templates import load_templates
from pipeline.records import AlsoIn, Feature, Issue, Read, Theme
from pipeline.stages.check import check_issue
from pipeline.stages.render import eml_bytes, render_issue
from tests.issues import ISSUE, MASTHEAD, SENT_AT, pictures_for

TEMPLATES = load_templates()
PICTURES = pictures_for(ISSUE)
DESKS = {
    "en": "The letter is coordinated in Penang, with help from Ghent.",
    "de": "Der Brief entsteht in Penang, mit Hilfe aus Gent.",
    "ja": "編集はペナンの編集部です。",
    "zh-Hant": "本通訊由檳城編輯部統籌。",
    "ar": "تنسّق هذه الرسالة هيئة التحرير في بينانغ.",
}
HEADLINES = {
    "en": (
        "Node.js",
        "Why <table> is back",
        "The winner, again: AT&T",
        "C++ & C#",
        "3 < 4 > 2",
        "“Quotes” — and dashes…",
    ),
    "de": ("Donaudampfschifffahrtsgesellschaftskapitänsmütze", "heise.de wird 30", "Maß & Ziel: 50 % mehr für 1.000 €"),
    "fr": ("L’été : « trop » chaud ?", "À 100 %, c’est fini !"),
    "ja": ("自動販売機が「両替」をやめた町", "ＡＩの値段は１００円"),
    "ko": ("반도체 값이 오른다", "AI 칩 100만 개"),
    "zh-Hant": ("封裝廠的夜班，價格 > 100 才開工", "台積電 TSMC 與 ASML"),
    "zh-Hans": ("芯片涨价了吗？", "“双十一”之后"),
    "ar": ("الهاتف الذي يعدّ النقود", "ارتفاع ٣٠٪ في المنامة"),
    "he": ("הטלפון שסופר כסף", "עלייה של 30%"),
    "th": ("ประตูน้ำเปิดแล้ว", "ราคาชิปขึ้น ๓๐%"),
    "hi": ("बंदरगाह का नया दरवाज़ा", "३० % महँगा"),
    "ru": ("Порт считает монеты", "Цена выросла на 30 %"),
    "el": ("Το λιμάνι μετράει κέρματα",),
    "vi": ("Cảng đếm từng đồng xu",),
    "und": ("🪙🪙🪙", "2026: 1 + 1 = 3?"),
}
ADDRESSES = (
    "https://kontor.example/a/2026-11-20.html#part-2",
    "https://zhufeng.example/封裝/夜班",
    "https://en.example/wiki/Coin_(currency)?page=2&sort=date",
    "https://почта.рф/письмо",
    "https://news.example:8443/s?id=1&source=front",
    None,
)
languages = st.sampled_from(sorted(HEADLINES))


@st.composite
def features(draw: st.DrawFn, number: int) -> Feature:
    language = draw(languages)
    wordings = st.sampled_from(HEADLINES[language])
    paragraphs = draw(st.lists(wordings, min_size=1, max_size=3, unique=True))
    template = ISSUE.features[number % len(ISSUE.features)]
    return dataclasses.replace(
        template,
        story=f"f{number}",
        headline=f"{draw(wordings)} {number}",
        kicker=draw(st.sampled_from(["", draw(wordings)[:20]])),
        kicker_language=language,
        paragraphs=tuple(f"{text}. {text} {number}." for text in paragraphs),
        outlet=draw(st.sampled_from(["", "heise.de", "Bay Wire", draw(wordings)[:30]])),
        authors=tuple(
            draw(st.lists(st.sampled_from(["Aisyah Rahman", "周以安", "Jule Brandt"]), max_size=3, unique=True))
        ),
        url=draw(st.sampled_from(ADDRESSES)),
        language=language,
        picture=draw(st.sampled_from([None, template.picture])),
        also_in=draw(st.sampled_from([(), (AlsoIn("ASP.NET", "en", "https://bay.example/1"),)])),
        follow_up=None,
    )


@st.composite
def reads(draw: st.DrawFn, number: int) -> Read:
    language = draw(languages)
    title = f"{draw(st.sampled_from(HEADLINES[language]))} ({number})"
    return Read(
        f"r{number}", title, draw(st.sampled_from(["", "Kontorblatt"])), draw(st.sampled_from(ADDRESSES)), language
    )


@st.composite
def issues(draw: st.DrawFn) -> Issue:
    language = draw(st.sampled_from(sorted(DESKS)))
    subject = draw(st.sampled_from([text for texts in HEADLINES.values() for text in texts]))
    return dataclasses.replace(
        ISSUE,
        edition=language,
        language=language,
        subject=subject,
        preheader=f"{subject}, and what else is new in the harbour",
        masthead=dataclasses.replace(MASTHEAD, coordinated_by=DESKS[language]),
        features=tuple(draw(features(number)) for number in range(draw(st.integers(1, 4)))),
        reads=tuple(draw(reads(number)) for number in range(draw(st.integers(0, 6)))),
    )


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(issue=issues(), template=st.sampled_from(["issue", "brief", "story"]))
def test_a_good_issue_has_no_finding(issue: Issue, template: str) -> None:
    """Whatever scripts, addresses and names its stories have."""
    email = render_issue(
        issue, templates=TEMPLATES, theme=Theme(), pictures=PICTURES, sent_at=SENT_AT, template=template
    )
    assert check_issue(email, issue, eml_bytes(email)) == ()
