"""An issue made by hand, with stories in six languages and three directions of script, and its pictures."""

import dataclasses
from datetime import UTC, date, datetime

from pipeline.records import AlsoIn, Artwork, Feature, FollowUp, Issue, Letter, Masthead, Read, Tally, Theme
from pipeline.stages.render import PictureSize, draw_cover

SENT_AT = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)

MASTHEAD = Masthead(
    title="#techAsia",
    coordinated_by="#techAsia is coordinated by Noor Atkins in Penang, with help from the desk in Ghent.",
    desk_name="The techAsia desk",
    desk_address="desk@letters.example",
    postal_address="Example Media, 9 Quay Street, Penang",
    subscribe_url="https://letters.example/subscribe",
    unsubscribe_url="https://letters.example/unsubscribe?list=techasia",
    browser_url="https://letters.example/2026-W47/",
    list_id="techasia.letters.example",
)

LETTER = Letter(
    greeting="Hello from Penang",
    host="Noor Atkins",
    host_role="editor of this letter",
    city="Penang",
    paragraphs=(
        "The night market below our window has stopped taking coins. The woman who sells *cendol* says that she did "
        "not choose this: the bank stopped counting them, and her [supplier’s app](https://ledger.example/coins) did "
        "the rest.",
        "This issue follows **small money**: where it is counted, who keeps the fee, and why four governments want "
        "to own the counter.",
    ),
    language="en",
    portrait=Artwork(name="host.png", alt="Noor Atkins", width=52, height=52),
)

FEATURES = (
    Feature(
        story="a1",
        kicker="Small money",
        headline="The last mile of the coin",
        paragraphs=(
            "In Johor a bag of coins now costs more to carry than it holds. Three carriers gave up the route in "
            "spring; the fourth asks for a deposit, paid by phone.",
            "Shopkeepers have answered with sweets, credit and, in one street, a currency of bottle caps. The central "
            "bank calls it a pilot & promises a rule “before the holidays”, as long as fees stay < 1% and > 0.",
        ),
        outlet="Strait Courier",
        authors=("Aisyah Rahman", "Peter Lim"),
        url="https://strait.example/coins?page=2&utm_source=feed",
        language="en",
        kicker_language="en",
        picture=Artwork(name="a1.png", alt="A harbour at dusk, drawn in flat colours", width=592, height=320),
        also_in=(
            AlsoIn("Kontorblatt", "de", "https://kontor.example/muenzen"),
            AlsoIn("港町新報", "ja", "https://minato.example/1"),
            AlsoIn("Grachtpost", "nl", None),
            AlsoIn("Bay Wire", "en", "https://bay.example/coins"),
        ),
    ),
    Feature(
        story="b2",
        kicker="Zahlungsverkehr",
        headline="Wenn der Automat nur noch Karten nimmt",
        paragraphs=(
            "In Leipzig verschwinden die Münzschlitze aus den Fahrkartenautomaten. Wer bar zahlen will, sucht lange, "
            "und die Verkehrsbetriebe rechnen vor, was jede Leerung kostet.",
        ),
        outlet="Kontorblatt",
        authors=("Jule Brandt",),
        url="https://kontor.example/automat",
        language="de",
        kicker_language="de",
        picture=Artwork(name="b2.png", alt="Ein Automat", width=176, height=176),
    ),
    Feature(
        story="c3",
        kicker="半導體",
        headline="封裝廠的夜班，價格 > 100 才開工",
        paragraphs=(
            "新竹的兩家封裝廠把夜班改成接單制：報價高過成本，機台才會亮燈。工程師說，"
            "省下的電費足以再買一條測試線，但排班表每天都在變。",
        ),
        outlet="竹風電子報",
        authors=("周以安",),
        url="https://zhufeng.example/封裝/夜班",
        language="zh-Hant",
        kicker_language="zh-Hant",
        picture=Artwork(name="c3.png", alt="晶片的圖案", width=176, height=176),
        follow_up=FollowUp(title="Packed by midnight", issue_number=44, language="en"),
    ),
    Feature(
        story="d4",
        kicker="Logistiek",
        headline="IJssellijn: de fietskoerier als pinautomaat",
        paragraphs=(
            "In Zwolle brengt de koerier het pakket én het wisselgeld. De bank betaalt per rit, de gemeente kijkt toe, "
            "en de vakbond vraagt wie er aansprakelijk is als de tas verdwijnt.",
        ),
        outlet="Grachtpost",
        authors=(),
        url="https://gracht.example/koerier",
        language="nl",
        kicker_language="nl",
        picture=Artwork(name="d4.png", alt="Een fiets", width=176, height=176),
    ),
)

READS = (
    Read("r1", "Who owns the QR code on the fishmonger’s wall?", "Bay Wire", "https://bay.example/qr", "en"),
    Read("r2", "自動販売機が「両替」をやめた町", "港町新報", "https://minato.example/2", "ja"),
    Read("r3", "الهاتف الذي يعدّ النقود في سوق المنامة", "مرفأ اليوم", "https://marfa.example/1", "ar"),
    Read("r4", "Das Sparschwein bekommt eine Schnittstelle", "Kontorblatt", "https://kontor.example/s", "de"),
    Read("r5", "外送員的零錢袋", "竹風電子報", "https://zhufeng.example/2", "zh-Hant"),
    Read("r6", "A bank with one branch and no door", "Strait Courier", "https://strait.example/bank", "en"),
)

ISSUE = Issue(
    key="2026-W47",
    number=47,
    edition="en",
    language="en",
    date=date(2026, 11, 22),
    subject="Small money, 小錢, and who counts it 🪙",
    preheader="Where coins go when nobody carries them, and four governments that want the counter",
    masthead=MASTHEAD,
    letter=LETTER,
    features=FEATURES,
    reads=READS,
    tally=Tally(stories=1284, outlets=45, languages=7, copies=212, sources_answered=44, sources_total=45),
)


def pictures_for(issue: Issue) -> dict[str, bytes]:
    """A cover for every picture that an issue names."""
    shown = [issue.letter.portrait, *(feature.picture for feature in issue.features)]
    palette = Theme().light
    return {
        art.name: draw_cover(art.name, palette=palette, size=PictureSize(art.width, art.height, density=3))
        for art in shown
        if art
    }


def with_feature(issue: Issue, index: int, **changes: object) -> Issue:
    """The issue with one feature changed."""
    features = list(issue.features)
    features[index] = dataclasses.replace(features[index], **changes)  # type: ignore[arg-type]
    return dataclasses.replace(issue, features=tuple(features))
