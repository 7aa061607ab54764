"""Documents to stories: text, Markdown, HTML and e-mail; newsletters in several languages; listings."""

# ruff: noqa: E501 - sentences of made-up pages are kept whole

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from pipeline.records import Document, Link, Story
from pipeline.stages.clean import clean_document

FERRY = (
    "Last week I took the ferry to the island and counted the solar panels on the roofs along the shore.",
    "The boom has a price, and it is being paid by people who never see a discount on their bills.",
)
PORT = (
    "The container terminal that had stood idle for eleven months took its first ship on Tuesday, before sunrise",
    "Its new owners promise four hundred jobs by the summer, a number that the union calls optimistic.",
)
CHIPS = (
    "Memory makers are paying for space on freighters again because air cargo has become too dear for them",
    "The price of a kilogram by air has doubled since January, according to three forwarders.",
)


def stories_of(text: str | bytes, kind: str = "text/plain") -> tuple[Story, ...]:
    """The stories of a document."""
    body = text.encode() if isinstance(text, str) else text
    cleaned = clean_document(Document("file:///desk/document", body, kind))
    assert cleaned.rejected == ()
    return cleaned.stories


NEWSLETTERS = {
    "en": (
        "Hi everyone, this is Mara in Cebu.",
        FERRY,
        [
            ("A port wakes up", (f"{PORT[0]}, writes The Harbour Post's Ana Reyes and Tom Hale.", PORT[1])),
            ("Chips on a slow boat", (f"{CHIPS[0]}, Jun Cruz of Tidepaper reports.", CHIPS[1])),
        ],
        ("Suggested reads", "The lighthouse keeper who codes (Tidepaper)", "Why the bridge sings (The Harbour Post)"),
        ("#harbourTech is coordinated by Ana Reyes in Cebu.", "Sign up here to receive #harbourTech every week."),
        ("Mara", "Cebu", [("The Harbour Post", ("Ana Reyes", "Tom Hale")), ("Tidepaper", ("Jun Cruz",))]),
    ),
    "de": (
        "Hallo zusammen, hier ist Ina in Kiel.",
        (
            "Letzte Woche fuhr ich mit der Fähre hinüber und zählte die Solarmodule auf den Dächern am Ufer.",
            "Der Boom hat einen Preis, und den zahlen Menschen, die nie einen Rabatt auf ihrer Rechnung sehen.",
        ),
        [
            (
                "Ein Hafen erwacht",
                (
                    "Das Terminal, das elf Monate stillstand, nahm am Dienstag sein erstes Schiff auf, schreiben Uwe Sand "
                    "und Jo Brand vom Hafenblatt.",
                    "Die neuen Eigner versprechen vierhundert Stellen bis zum Sommer, was die Gewerkschaft kühn findet.",
                ),
            ),
            (
                "Chips auf langsamer Fahrt",
                (
                    "Speicherhersteller zahlen wieder für Platz auf Frachtern, weil Luftfracht ihnen zu teuer geworden "
                    "ist, berichtet Gezeiten-Reporterin Lea Moor.",
                    "Der Preis für ein Kilogramm hat sich seit Januar verdoppelt, sagen drei Spediteure im Hafen.",
                ),
            ),
        ],
        ("Lesetipps", "Der Leuchtturmwärter, der programmiert (Gezeiten)", "Warum die Brücke singt (Hafenblatt)"),
        ("#hafentech wird von Ina Kahl in Kiel koordiniert.", "Newsletter abbestellen"),
        ("Ina", "Kiel", [("Hafenblatt", ("Uwe Sand", "Jo Brand")), ("Gezeiten", ("Lea Moor",))]),
    ),
    "es": (
        "Hola a todos, soy Eva desde Cádiz.",
        (
            "La semana pasada tomé el transbordador y conté los paneles solares de los tejados de la orilla.",
            "El auge tiene un precio, y lo pagan quienes nunca ven una rebaja en su factura de la luz.",
        ),
        [
            (
                "Un puerto despierta",
                (
                    "La terminal que llevaba once meses parada recibió el martes su primer barco, escriben Eva Rojas y "
                    "Juan Mora en El Muelle.",
                    "Sus nuevos dueños prometen cuatrocientos empleos antes del verano, cifra que el sindicato duda.",
                ),
            ),
            (
                "Chips en barco lento",
                (
                    "Los fabricantes de memoria vuelven a pagar espacio en cargueros porque el avión es demasiado caro, "
                    "informa Ana Gil, de La Marea.",
                    "El precio del kilo por avión se ha duplicado desde enero, según tres transitarios del puerto.",
                ),
            ),
        ],
        ("Lecturas recomendadas", "El farero que programa (La Marea)", "Por qué canta el puente (El Muelle)"),
        ("#muelletech está coordinado por Eva Rojas en Vigo.", "Darse de baja"),
        ("Eva", "Cádiz", [("El Muelle", ("Eva Rojas", "Juan Mora")), ("La Marea", ("Ana Gil",))]),
    ),
    "zh-Hant": (
        "大家好，我是在檳城的小美。",
        (
            "上星期我搭渡輪到對岸，發現碼頭上一半的攤販都改用了電動三輪車，老闆們還會互相比較電池。",
            "這股風潮的代價不小，只是付錢的人往往看不到折扣，也很少有人願意替他們算這筆帳。",
        ),
        [
            (
                "港口醒來",
                (
                    "閒置十一個月的貨櫃碼頭週二迎來第一艘船，吊車在日出之前就開始動了，《港口日報》記者王小明和陳小美報導。",
                    "新東家承諾夏天以前創造四百個職位，工會則認為這個數字過於樂觀，要求公司提出時間表。",
                ),
            ),
            (
                "慢船上的晶片",
                (
                    "記憶體廠商又開始付錢租貨輪的艙位，因為空運對他們來說已經太貴，三家承攬商都這麼說，《潮汐報》的林大文報導。",
                    "一月以來每公斤的空運價格已經翻了一倍，沒有人預期農曆新年以前會降下來。",
                ),
            ),
        ],
        ("推薦閱讀", "會寫程式的燈塔看守人（潮汐報）", "為什麼橋會在夜裡唱歌（港口日報）"),
        ("#港口科技由王小明在檳城統籌，港口日報協助。", "想每週收到這份通訊，請點擊這裡訂閱。"),
        ("小美", "檳城", [("港口日報", ("王小明", "陳小美")), ("潮汐報", ("林大文",))]),
    ),
    "ja": (
        "皆さん、こんにちは。神戸の花です。",
        (
            "先週、渡し船で対岸に渡り、屋根の太陽光パネルを数えてみた。思っていたよりずっと多かった。",
            "この流行には代償があり、それを払うのは割引を見たことのない人たちだ。",
        ),
        [
            (
                "港が目覚める",
                (
                    "十一カ月眠っていたコンテナ埠頭に火曜日、最初の船が入り、日の出前にクレーンが動いたと、港新聞の山本花と佐藤健が報じた。",
                    "新しい所有者は夏までに四百人の雇用を約束しているが、組合は楽観的すぎると見ている。",
                ),
            ),
            (
                "遅い船に乗る半導体",
                (
                    "航空便が高くなりすぎたため、メモリーメーカーは再び貨物船の場所に金を払っていると、潮新聞の鈴木一郎記者が伝えた。",
                    "一月以来、一キロ当たりの航空運賃は二倍になったと三つの業者が語る。",
                ),
            ),
        ],
        ("おすすめの記事", "プログラムを書く灯台守（潮新聞）", "夜に歌う橋の秘密（港新聞）"),
        ("#港テックは神戸の山本花が編集しています。", "配信停止はこちら"),
        ("花", "神戸", [("港新聞", ("山本花", "佐藤健")), ("潮新聞", ("鈴木一郎",))]),
    ),
    "vi": (
        "Xin chào mọi người, tôi là Lan Anh ở Hải Phòng.",
        (
            "Tuần trước tôi đi phà sang bờ bên kia và đếm những tấm pin mặt trời trên các mái nhà dọc bờ sông.",
            "Cơn sốt này có cái giá của nó, và người trả là những người chưa bao giờ thấy hóa đơn được giảm.",
        ),
        [
            (
                "Một bến cảng thức giấc",
                (
                    "Bến container bỏ không mười một tháng đã đón con tàu đầu tiên hôm thứ Ba, theo Minh Đức và Thu Hà của "
                    "báo Bến Cảng.",
                    "Chủ mới hứa bốn trăm việc làm trước mùa hè, con số mà công đoàn cho là quá lạc quan.",
                ),
            ),
            (
                "Chip trên con tàu chậm",
                (
                    "Các nhà sản xuất bộ nhớ lại trả tiền cho chỗ trên tàu hàng vì vận tải hàng không đã quá đắt, theo "
                    "Quang Huy của báo Thủy Triều.",
                    "Giá mỗi ki-lô-gam bằng đường không đã tăng gấp đôi từ tháng Giêng, ba hãng giao nhận cho biết.",
                ),
            ),
        ],
        ("Bài nên đọc", "Người gác hải đăng biết lập trình (Thủy Triều)", "Vì sao cây cầu hát ban đêm (Bến Cảng)"),
        ("#cangtech do Lan Anh điều phối tại Hải Phòng.", "Hủy đăng ký"),
        ("Lan Anh", "Hải Phòng", [("Bến Cảng", ("Minh Đức", "Thu Hà")), ("Thủy Triều", ("Quang Huy",))]),
    ),
}


@pytest.mark.parametrize("language", sorted(NEWSLETTERS))
def test_a_newsletter_gives_its_letter_features_and_reads(language: str) -> None:
    """Host and city come from the greeting, outlet and authors from the paragraph, reads with their outlets."""
    greeting, letter, features, reads, closing, (host, city, named) = NEWSLETTERS[language]
    rows = [greeting, *letter]
    for title, paragraphs in features:
        rows += [title, *paragraphs]
    rows += [reads[0], *(part for read in reads[1:] for part in ("-", read)), *closing]
    stories = stories_of("\n".join(rows))
    first = stories[0]
    assert (first.role, first.title, first.host, first.city) == ("letter", "", host, city)
    assert [block.text for block in first.blocks] == list(letter)
    found = [story for story in stories if story.role == "feature"]
    assert [(story.title, [block.text for block in story.blocks]) for story in found] == [
        (title, list(paragraphs)) for title, paragraphs in features
    ]
    assert [(story.outlet, story.authors) for story in found] == named
    listed = [story for story in stories if story.role == "read"]
    assert [f"{story.title}{story.outlet}" for story in listed] == [
        "".join(read.rstrip(")）").replace("（", "(").replace(" (", "(").split("(")) for read in reads[1:]
    ]
    assert all(not story.blocks for story in listed)
    assert len(stories) == 1 + len(features) + len(reads) - 1


HTML_LETTER = f"""<html><head><title>Tidepaper weekly</title><style>p {{}}</style></head><body>
<div style="display:none">A preheader nobody sees</div><table><tr><td><p>View this email in your browser</p>
<h1>Tidepaper weekly</h1><p>Hi everyone, this is Mara in Cebu.</p><p>{FERRY[0]}</p>
<h2>A port wakes up</h2><p>{PORT[0]}, <a href="https://harbour.example/port">reports The Harbour Post's Ana Reyes</a>.</p>
<p>{PORT[1]}</p><h2><a href="https://tide.example/chips">Chips on a slow boat</a></h2>
<p>{CHIPS[0]}, Jun Cruz of Tidepaper reports.</p><h2>Suggested reads</h2>
<ul><li><a href="https://tide.example/1">The lighthouse keeper who codes</a> (Tidepaper)</li>
<li><a href="https://harbour.example/2">Why the bridge sings at night</a> (The Harbour Post)</li></ul>
<p>You are receiving this email because you signed up. <a href="https://tide.example/u">Unsubscribe</a></p>
</td></tr></table></body></html>"""


def mail(rich: str, plain: str, subject: str = "Tidepaper weekly") -> bytes:
    """A newsletter as an e-mail."""
    message = EmailMessage()
    message["Subject"], message["From"] = subject, "Tidepaper <news@tide.example>"
    message["Date"] = "Fri, 20 Nov 2026 10:15:00 +0800"
    message.set_content(plain)
    if rich:
        message.add_alternative(rich, subtype="html")
    return message.as_bytes()


def check_letter(stories: tuple[Story, ...]) -> None:
    """Check the letter, two features with their URLs and two reads with links."""
    assert [story.role for story in stories] == ["letter", "feature", "feature", "read", "read"]
    assert [(story.title, story.outlet, story.url) for story in stories[1:3]] == [
        ("A port wakes up", "The Harbour Post", "https://harbour.example/port"),
        ("Chips on a slow boat", "Tidepaper", "https://tide.example/chips"),
    ]
    assert stories[3].links == (Link("The lighthouse keeper who codes", "Tidepaper", "https://tide.example/1"),)
    assert stories[0].text == FERRY[0]


def test_a_newsletter_by_mail_is_read_from_its_html() -> None:
    """The sender is the letter's outlet, and the mail's date is its date; reads have no date."""
    stories = stories_of(mail(HTML_LETTER, "Your program shows no HTML."), "message/rfc822")
    check_letter(stories)
    sent = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)
    assert [(story.published_at, story.date_confidence) for story in stories] == [
        (sent, "high"), (sent, "low"), (sent, "low"), (None, "none"), (None, "none"),
    ]  # fmt: skip
    assert stories[0].outlet == "Tidepaper"


def test_a_newsletter_that_was_forwarded_as_an_attachment_is_read() -> None:
    """The message inside the forwarded one is parsed."""
    outer = EmailMessage()
    outer["Subject"], outer["From"] = "Fwd: have a look", "Editor <desk@example.com>"
    outer.set_content("See attached.")
    inner = EmailMessage()
    inner["Subject"], inner["From"] = "Tidepaper weekly", "Tidepaper <news@tide.example>"
    inner.set_content(HTML_LETTER, subtype="html")
    outer.add_attachment(inner)
    check_letter(stories_of(outer.as_bytes(), "message/rfc822"))


def test_a_newsletter_kept_as_a_web_page_gives_the_same_stories() -> None:
    """The HTML file gives what the mail gives."""
    check_letter(stories_of(HTML_LETTER, "text/html"))


def test_a_mail_whose_html_is_a_shell_is_read_from_its_text() -> None:
    """The text part is used where the HTML part only links elsewhere."""
    text = f"Hello!\n\n{PORT[0]}.\n\n{PORT[1]}\n\n{CHIPS[0]}.\n"
    story = stories_of(mail("<p>Open in browser</p>", text, "Fwd: A port wakes up"), "message/rfc822")[0]
    assert story.title == "A port wakes up"
    assert [block.text for block in story.blocks][-2:] == [PORT[1], f"{CHIPS[0]}."]


def test_markdown_keeps_its_kinds() -> None:
    """Front matter gives the metadata; headings, items, quotations and code keep their kinds."""
    text = (
        "---\ntitle: A port wakes up\nauthor: Ana Reyes and Tom Hale\ndate: 2026-11-18\nlang: en\n---\n"
        f"{PORT[0]}.\n\n## What comes next\n\n- One berth\n- Two cranes\n\n> {PORT[1]}\n\n```\ndepth = 14\n  pier = 2\n```\n"
    )
    (story,) = stories_of(text, "text/markdown")
    assert (story.title, story.authors, story.declared_language) == ("A port wakes up", ("Ana Reyes", "Tom Hale"), "en")
    assert story.published_at == datetime(2026, 11, 18, tzinfo=UTC)
    assert [(block.kind, block.text) for block in story.blocks] == [
        ("paragraph", f"{PORT[0]}."), ("heading", "What comes next"), ("item", "One berth"), ("item", "Two cranes"),
        ("quote", PORT[1]), ("code", "depth = 14\n  pier = 2"),
    ]  # fmt: skip


def test_plain_text_that_was_wrapped_is_joined() -> None:
    """Lines wrapped at a width form one paragraph; blank lines separate paragraphs."""
    wrapped = (
        "A port wakes up\n\n"
        "The container terminal that had stood idle for eleven months\ntook its first ship on Tuesday, and the cranes moved\n"
        "well before sunrise.\n\n"
        "Its new owners promise four hundred jobs by the summer, a\nnumber that the union of the dockers calls optimistic\n"
        "at best.\n\n"
    )
    (story,) = stories_of(wrapped)
    assert [block.text for block in story.blocks] == [
        "The container terminal that had stood idle for eleven months took its first ship on Tuesday, and the cranes moved "
        "well before sunrise.",
        "Its new owners promise four hundred jobs by the summer, a number that the union of the dockers calls optimistic "
        "at best.",
    ]


def test_a_listing_page_gives_each_of_its_stories() -> None:
    """Each article element with heading, byline and paragraphs is a story with its own URL."""
    articles = "".join(
        f'<article lang="en"><h2><a href="https://tide.example/{number}">{title}</a></h2><p>By Ana Reyes and Tom Hale</p>'
        f"<p>{first} in {number}.</p><p>{second}</p><p>Read more</p></article>"
        for number, (title, (first, second)) in enumerate([("A port wakes up", PORT), ("Chips on a slow boat", CHIPS)])
    )
    page = f"<html><head><title>Tidepaper</title></head><body><nav>Home</nav><main><h1>Latest</h1>{articles}</main></body></html>"
    stories = stories_of(page, "text/html")
    assert [(story.title, story.authors, story.url) for story in stories] == [
        ("A port wakes up", ("Ana Reyes", "Tom Hale"), "https://tide.example/0"),
        ("Chips on a slow boat", ("Ana Reyes", "Tom Hale"), "https://tide.example/1"),
    ]
    assert [len(story.blocks) for story in stories] == [2, 2]
    assert {story.document for story in stories} == {"file:///desk/document"}
    assert {story.declared_language for story in stories} == {"en"}


def test_an_article_page_is_one_story_whatever_is_below_it() -> None:
    """A page that declares an article is neither split at the other articles it shows nor taken as a newsletter."""
    other = f"<article><h2>Chips on a slow boat</h2><p>{CHIPS[0]}.</p><p>{CHIPS[1]}</p></article>"
    page = (
        '<html><head><title>A port wakes up</title><meta property="og:type" content="article"></head><body>'
        f"<article class='article-body'><h1>A port wakes up</h1><p>{PORT[0]}.</p><p>{PORT[1]}</p><p>{FERRY[0]}</p></article>"
        f"{other}<h2>Suggested reads</h2><ul><li><a href='/1'>The lighthouse keeper (Tidepaper)</a></li></ul>"
        "<p>Sign up here to receive the newsletter every week.</p></body></html>"
    )
    (story,) = stories_of(page, "text/html")
    assert [block.text for block in story.blocks] == [f"{PORT[0]}.", PORT[1], FERRY[0]]


def test_a_listing_in_plain_text_is_split_at_its_signed_headings() -> None:
    """After the title, each heading with a byline begins a story; the cut-off one is marked as truncated."""
    text = (
        f"Harbour Digest, week 12\n\nA port wakes up\nBy Ana Reyes\n{PORT[0]}.\n{PORT[1]}\n\n"
        f"Chips on a slow boat\nBy Jun Cruz and Tom Hale\n{CHIPS[0]}.\n{CHIPS[1].rstrip('.')}...\n"
    )
    stories = stories_of(text)
    assert [(story.title, story.authors, story.truncated) for story in stories] == [
        ("A port wakes up", ("Ana Reyes",), False),
        ("Chips on a slow boat", ("Jun Cruz", "Tom Hale"), True),
    ]


def test_an_articles_subheads_do_not_split_it() -> None:
    """A title and headings with prose under each make one story."""
    text = f"A port wakes up\n\n{PORT[0]}.\n\nThe chips\n\n{CHIPS[0]}.\n\n{CHIPS[1]}\n\nThe ferry\n\n{FERRY[0]}\n\n{FERRY[1]}\n"
    (story,) = stories_of(text)
    assert story.title == "A port wakes up"
    assert [block.text for block in story.blocks if block.kind == "heading"] == ["The chips", "The ferry"]


def test_a_listing_of_records_is_split_in_chinese_set_without_line_breaks() -> None:
    """A title line and a line with all the text: standfirst, key points, byline, paragraphs, and a shared footer."""
    body = (
        "碼頭在一年後重新開放，工會與業者各有盤算 要點： 第一艘貨輪週二靠岸 業者承諾四百個職位 林大文 "
        + "閒置十一個月的貨櫃碼頭週二迎來第一艘船，吊車在日出之前就開始動了。" * 5
        + " 潮水與帳單 新東家承諾夏天以前創造四百個職位，工會則認為這個數字過於樂觀。"
        + " 欲訂閱港口週報，請點擊這裡"
    )
    text = "\n".join(f"第{number}個港口醒來\n{body.replace('四百', f'{number}百')}" for number in "二三四")
    stories = stories_of(text)
    assert [story.title for story in stories] == ["第二個港口醒來", "第三個港口醒來", "第四個港口醒來"]
    for story in stories:
        assert story.standfirst == "碼頭在一年後重新開放，工會與業者各有盤算"
        assert len(story.key_points) == 2
        assert story.authors == ("林大文",)
        assert [block.text for block in story.blocks if block.kind == "heading"] == ["潮水與帳單"]
        assert "訂閱" not in story.text


def test_key_points_and_standfirst_of_a_text_are_read() -> None:
    """A standfirst above the byline, and the items under their label."""
    text = (
        "A port wakes up\n\nEleven months of silence end with a ship and a quarrel about numbers\n\nBy Ana Reyes\n\n"
        f"Key points:\n- The first ship came on Tuesday\n- The union has doubts\n\n{PORT[0]}.\n\n{PORT[1]}\n"
    )
    (story,) = stories_of(text)
    assert story.standfirst == "Eleven months of silence end with a ship and a quarrel about numbers"
    assert story.key_points == ("The first ship came on Tuesday", "The union has doubts")
    assert (story.authors, len(story.blocks)) == (("Ana Reyes",), 2)


def test_invisible_characters_go_and_meaningful_joiners_stay() -> None:
    """No-break and zero-width spaces, soft hyphens and decomposed letters are normalised; emoji and Persian are unchanged."""
    text = f"A port\u00a0wakes up\n\n{PORT[0]}. Cafe\u0301, zero\u200bwidth, soft\u00adhyphen, می\u200cخواهم, 👩\u200d💻.\n\n{PORT[1]}\n"
    (story,) = stories_of(text)
    assert story.title == "A port wakes up"
    assert story.blocks[0].text.endswith("Café, zerowidth, softhyphen, می\u200cخواهم, 👩\u200d💻.")
