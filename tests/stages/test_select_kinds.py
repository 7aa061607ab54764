"""The kind of a story by its address and title."""

import pytest

from pipeline.stages.select import kind_of


@pytest.mark.parametrize(
    ("title", "url", "kind"),
    [
        ("Ferry turns in the fog", "https://harbour.example/videos/ferry", "video"),
        ("Watch: a ferry turns in the fog", None, "video"),
        ("【動画】霧の中のフェリー", None, "video"),
        ("[영상] 안개 속의 페리", None, "video"),
        ("So legt die Fähre an (Video)", None, "video"),
        ("Quay talk, a podcast on cranes", None, "podcast"),
        ("港口播客：第三期", None, "podcast"),
        ("The strike", "https://harbour.example/news/live/strike", "live"),
        ("Liveticker: Sturm im Hafen", None, "live"),
        ("直播：港口开幕", None, "live"),
        ("The best ferry deals this week", None, "deal"),
        ("Headphones are $50 off today", None, "deal"),
        ("小米手环到手价 199 元", None, "deal"),
        ("ノートPCが最安値", None, "deal"),
        ("갤럭시 버즈 특가", None, "deal"),
        ("Ohrhörer zum Bestpreis", None, "deal"),
        ("How to tie a bowline", None, "howto"),
        ("So funktioniert ein Kran", None, "howto"),
        ("大模型部署教程", None, "howto"),
        ("结绳 使い方", None, "howto"),
        ("早报｜港口扩建；渡轮停航", None, "listing"),
        ("Tech round-up: cranes and cables", None, "listing"),
        ("今週のまとめ", None, "listing"),
        ("오늘의 뉴스", None, "listing"),
        ("Cranes", "https://harbour.example/tag/cranes/", "listing"),
        ("Ask HN: which crane do you use?", None, "forum"),
        ("Which crane?", "https://www.reddit.com/r/cranes/comments/1", "forum"),
        ("harbour/crane-control", None, "release"),
        ("Crane control", "https://github.com/harbour/crane-control", "release"),
        ("The harbour quiz", None, "quiz"),
        ("クイズ：港の名前", None, "quiz"),
        ("Crane driver", "https://harbour.example/jobs/4711", "job"),
        ("Harbour Robotics is hiring", None, "job"),
        ("Regatta", "https://harbour.example/sport/regatta", "sport"),
        ("【PR】新しい倉庫", None, "promo"),
        ("A new warehouse", "https://www.prnewswire.com/a-new-warehouse", "promo"),
        ("Meinung: Der Hafen ist zu klein", None, "opinion"),
        ("[사설] 항만의 미래", None, "opinion"),
        ("Analysis: why the quay is empty", None, "analysis"),
        ("A soup for sailors", "https://harbour.example/recipes/soup", "lifestyle"),
        ("［動画］港の霧", None, "video"),
        ("Zo legt de veerboot aan (met video)", None, "video"),
        ("Deckchairs are half off today", None, "deal"),
        ("The deck lamp drops to its lowest price ever", None, "deal"),
        ("Scheepshoorns: kortingscodes van deze week", None, "deal"),
        ("Comment choisir une ancre", None, "howto"),
        ("Cómo elegir un ancla", None, "howto"),
        ("Zo gebruik je een kompas", None, "howto"),
        ("Knots: everything you need to know", None, "howto"),
        ("港町で食べたい丼5選", None, "listing"),
        ("Seven gadgets that every deckhand needs", None, "listing"),
        ("Kran A vs Kran B vs Kran C", None, "listing"),
        ("Zehn Rettungswesten im Test", None, "listing"),
        ("The Deck Lamp Review: bright, heavy, salt-proof", None, "lifestyle"),
        ("Deck Lamp 3 (2026) review", None, "lifestyle"),
        ("折りたたみ双眼鏡レビュー", None, "lifestyle"),
        ("Harbour Robotics: analysts raise their price target", None, "promo"),
        ("Is Harbour Robotics still a buy?", None, "promo"),
        ("下一檔港口飆股是誰", None, "promo"),
        ("What is a bollard?", None, "howto"),
        ("Explainer: who owns the quay", None, "howto"),
        ("一文看懂：港口怎么收费", None, "howto"),
        ("盘前必读丨港口吞吐量公布", None, "listing"),
        ("Ships meet, cranes turn", "https://quay.example/letter/issue-41/", "listing"),
        ("harbourctl 2.4.1", None, "release"),
        ("Faster cranes", "https://quay.example/changelog/2026-05", "release"),
        ("Today's crossword", None, "quiz"),
        ("Wordle hints for Monday", None, "quiz"),
        ("港湾ロボット導入セミナー開催", None, "promo"),
        ("港口擴建題材發酵，5檔航運股出列", None, "promo"),
        ("A new rope [Sponsored]", None, "promo"),
        ("Harbour Robotics Conference Comes to Penang", None, "promo"),
        ("港口大会报名开启", None, "promo"),
        ("Leaders at the summit return to the quarrel over ropes", None, "story"),
        # near misses
        ("Quayside's crossword maker is bought for $2 billion", None, "story"),
        ("The crossword app's owner files for a listing", None, "story"),
        ("Shipyard sells ferries at the best price in years", None, "story"),
        ("Robots sort parcels", "https://quay.example/lifestyle/technology/4711", "story"),
        ("Harbour 2.0 plan approved", None, "story"),
        ("A berth for 40 ships", "https://quay.example/category/ports/a-berth", "story"),
        ("Minister: port fees are an issue", "https://quay.example/news/fees-issue", "story"),
        ("Meta signs deal for a data centre in Penang", None, "story"),
        ("China thwarts Meta's deal", None, "story"),
        ("TSMC deals a blow to rivals", None, "story"),
        ("Videocon sells its last plant", None, "story"),
        ("YouTube raises prices of its video service", None, "story"),
        ("Live shopping comes to Jakarta", None, "story"),
        ("The Workers' Daily calls for a dam", None, "story"),
        ("A famous harbour", None, "story"),
        ("Sales fall 20 % as tariffs rise", None, "story"),
        ("Chip prices at a low", None, "story"),
        ("EV news", "https://github.com/someone/ev-news/blob/main/2026.md#1", "story"),
        ("Sportscar maker builds batteries", "https://harbour.example/transport/batteries", "story"),
        ("渡輪電池工廠動工", None, "story"),
        ("배터리 공장 착공", None, "story"),
    ],
)
def test_kinds_are_found_by_precise_rules(title: str, url: str | None, kind: str) -> None:
    """In the languages of the sources; a story that only sounds like a kind is a story."""
    found = kind_of(title, url)
    assert found.kind == kind
    assert bool(found.reason) == (kind != "story")


def test_a_headline_that_carries_no_event_is_a_listing_or_a_release() -> None:
    """What dedupe found out about it; a rule on the title goes first."""
    assert kind_of("A; b; c", None, "digest") == ("listing", "the title of a digest")
    assert kind_of("Page 2 of 3", None, "listing").kind == "listing"
    assert kind_of("crane / control", None, "repository").kind == "release"
    assert kind_of("Podcast: a; b; c", None, "digest").kind == "podcast"
