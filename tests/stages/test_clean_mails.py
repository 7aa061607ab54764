"""Mails: their furniture, whoever forwarded them, links that count clicks, and mails that can hardly be read."""

# ruff: noqa: E501 - lines of made-up mails are kept whole

from email.message import EmailMessage

import pytest

from pipeline.records import Document, Story
from pipeline.stages.clean import Cleaned, clean_document, default_residue

GULL = (
    "The lighthouse at Cape Harrow went dark on Sunday for the first time since the war, after a gull nested in the lamp.",
    "Keepers waited until the chicks had flown, and ships were told by radio to keep two miles off the rocks.",
    "The bird, which is back every spring, has been offered a box on the roof by the council.",
)
PROSE = "".join(f"<p>{sentence}</p>" for sentence in GULL)


def mail(rich: str = "", plain: str = "", *, subject: str = "The gull in the lamp", sender: str = "") -> bytes:
    """A newsletter as an e-mail."""
    message = EmailMessage()
    message["From"] = sender or "Harrow Notes <post@harrow.example>"
    message["To"], message["Subject"] = "desk@me.example", subject
    message["Date"] = "Fri, 20 Nov 2026 10:15:00 +0000"
    if plain or not rich:
        message.set_content(plain)
    if rich:
        (message.add_alternative if plain else message.set_content)(f"<html><body>{rich}</body></html>", subtype="html")
    return message.as_bytes()


def cleaned(body: bytes) -> Cleaned:
    """What becomes of a message."""
    return clean_document(Document("file:///desk/mail.eml", body, "message/rfc822"))


def story_of(body: bytes) -> Story:
    """The only story of a message."""
    (story,) = cleaned(body).stories
    return story


def texts(story: Story) -> tuple[str, ...]:
    """The texts of a story's blocks."""
    return tuple(block.text for block in story.blocks)


def row(*cells: str) -> str:
    """A table for layout, as programs for mails write them."""
    return f"<table><tr><td>{'</td><td>'.join(cells)}</td></tr></table>"


@pytest.mark.parametrize("size", ["0", "0px", "0;line-height:0", "0 !important"])
def test_text_with_a_size_of_its_own_is_read_in_a_wrapper_without_one(size: str) -> None:
    """MJML gives its columns the size zero; what has no size of its own there is not seen."""
    rich = f'<table><tr><td style="font-size:{size}">tracker<div style="font-size:15px">{PROSE}</div><span>beacon</span></td></tr></table>'
    assert texts(story_of(mail(rich))) == GULL


@pytest.mark.parametrize(
    "style", ["font-size:0", "max-height:0;overflow:hidden", "opacity:0", "display:none", "mso-hide:all"]
)
def test_a_preheader_is_not_read(style: str) -> None:
    """The text that only inboxes show is no part of the letter, and neither is what takes its size from it."""
    assert (
        texts(story_of(mail(f'<div style="{style}">A gull and <b style="font-size:90%">a lamp</b></div>{PROSE}')))
        == GULL
    )


def essay(name: str) -> str:
    """An essay as a program sends it."""
    share = "<a href='https://harrow.example/s'>{}</a>"
    return {
        "substack": row(f"<p>Forwarded this email? {share.format('Subscribe here')} for more</p>")
        + f"<h1><a href='https://harrow.example/p/gull'>The gull in the lamp</a></h1><h3>What a bird may do</h3><div><a href='https://substack.example/@nora'>Nora Quill</a></div><time>Nov 20</time>{row(*map(share.format, ('♡', '💬', 'READ IN APP')))}"
        + f"<p>{GULL[0]}</p><h3>The keepers</h3><p>{GULL[1]}</p><p>Harrow Notes is a reader-supported publication. To receive new posts, consider becoming a free or paid subscriber.</p>{share.format('Upgrade to paid')}<p>{GULL[2]}</p>"
        + row("<a>Like</a>", "<a>Comment</a>", "<a>Restack</a>")
        + f"<p>© 2026 Nora Quill<br>9 Long Wharf, Harrow 04101<br>{share.format('Unsubscribe')}</p>",
        "ghost": row("<a href='https://harrow.example/p/gull'>The gull in the lamp</a>")
        + row(f"By Nora Quill – 20 Nov 2026 – {share.format('View in browser →')}")
        + f"<p>{GULL[0]}</p><h3>The keepers</h3><p>{GULL[1]}</p><div><p>Support us</p>{share.format('Become a member')}</div><p>{GULL[2]}</p>"
        + row(*map(share.format, ("More like this", "Less like this", "Comment")))
        + f"<h3>Keep reading</h3>{share.format('Why buoys ring at night')}"
        + row(f"Harrow Notes © 2026 – {share.format('Unsubscribe')}")
        + row(share.format("Powered by Ghost")),
        "buttondown": f"<h1>The gull in the lamp</h1><p>By Nora Quill</p><p>{GULL[0]}</p><h3>The keepers</h3><p>{GULL[1]}</p><p>{GULL[2]}</p><p>You just read issue #12 of {share.format('Harrow Notes')}. You can also browse the full archives of this newsletter.</p><p>Share on {share.format('Facebook')}, {share.format('Twitter')}</p><p>Brought to you by {share.format('Buttondown')}, the easiest way to start and grow your newsletter.</p>",
        "beehiiv": row(f"{share.format('Read Online')} | {share.format('Sign Up')} | {share.format('Advertise')}")
        + f"<h1>The gull in the lamp</h1><p>What a bird may do</p><p>Nora Quill<br>November 20, 2026</p><p>{GULL[0]}</p><h3>The keepers</h3><p>{GULL[1]}</p><p>{GULL[2]}</p><p>Share Harrow Notes</p><p>You currently have 0 referrals, only 1 away from receiving a mug.</p>{row(share.format('Click to Share'))}<p>Or copy and paste this link to others: {share.format('https://harrow.example/subscribe?ref=abc')}</p><p>Update your email preferences or unsubscribe {share.format('here')}</p><p>© 2026 Harrow Notes</p><p>9 Long Wharf, #29, Harrow, Maine 04101, United States</p>{share.format('Powered by beehiiv')} {share.format('Terms of Service')}",
    }[name]


@pytest.mark.parametrize("program", ["substack", "ghost", "buttondown", "beehiiv"])
def test_an_essay_stays_one_story_without_what_its_program_adds(program: str) -> None:
    """Buttons, prompts, counters and small print are out; subheads do not make an essay a roundup."""
    story = story_of(mail(essay(program)))
    assert (story.role, story.title, story.outlet, story.authors) == (
        "article",
        "The gull in the lamp",
        "Harrow Notes",
        ("Nora Quill",),
    )
    assert texts(story) == (GULL[0], "The keepers", *GULL[1:])
    assert story.standfirst == ("What a bird may do" if program in {"substack", "beehiiv"} else "")


SMALL_PRINT = {
    "en": (
        "View this email in your browser",
        "You are receiving this email because you opted in via our website.",
        "Want to change how you receive these emails?",
        "Unsubscribe",
    ),
    "de": (
        "Diesen Newsletter im Browser ansehen",
        "Sie erhalten diese E-Mail, weil Sie sich angemeldet haben.",
        "Wenn Sie diesen Newsletter nicht mehr erhalten möchten, klicken Sie hier.",
        "Abmelden",
    ),
    "nl": (
        "Bekijk deze nieuwsbrief in je browser",
        "Je ontvangt deze mail omdat je je hebt ingeschreven.",
        "Wil je deze nieuwsbrief niet meer ontvangen? Klik hier.",
        "Uitschrijven",
    ),
    "fr": (
        "Voir cette lettre dans votre navigateur",
        "Vous recevez cet e-mail parce que vous êtes inscrit.",
        "Si vous ne souhaitez plus recevoir cette lettre, cliquez ici.",
        "Se désinscrire",
    ),
    "es": (
        "Ver este boletín en tu navegador",
        "Has recibido este correo porque te suscribiste.",
        "Si no quieres recibir más correos, haz clic aquí.",
        "Darse de baja",
    ),
    "it": (
        "Visualizza questa newsletter nel browser",
        "Hai ricevuto questa email perché sei iscritto.",
        "Se non vuoi più ricevere questa newsletter, clicca qui.",
        "Disiscriviti",
    ),
    "pt": (
        "Ver esta newsletter no navegador",
        "Você recebeu este e-mail porque se inscreveu.",
        "Se não quiser receber mais mensagens, clique aqui.",
        "Cancelar inscrição",
    ),
    "zh-Hant": ("在瀏覽器中閱讀", "您收到這封信，是因為您訂閱了電子報。", "如果您不想再收到電子報，請點此", "取消訂閱"),
    "zh-Hans": ("在浏览器中查看", "您收到这封邮件，是因为您订阅了周刊。", "如果您不想继续收到邮件，请点击这里", "退订"),
    "ja": (
        "ブラウザで読む",
        "このメールは購読をお申し込みの方に配信しています。",
        "配信の停止をご希望の方はこちら",
        "配信停止",
    ),
    "ko": (
        "브라우저에서 보기",
        "이 메일은 구독을 신청하신 분께 발송됩니다.",
        "더 이상 수신을 원하지 않으시면 누르세요",
        "수신거부",
    ),
    "sv": (
        "Visa i webbläsaren",
        "Du får det här mejlet eftersom du anmälde dig.",
        "Vill du inte ha fler brev? Klicka här.",
        "Avregistrera",
    ),
}


@pytest.mark.parametrize("language", SMALL_PRINT)
def test_small_print_is_out_in_the_languages_of_the_letters(language: str) -> None:
    """The line above the letter and those below it go, with the address that stands among them."""
    first, because, stop, leave = SMALL_PRINT[language]
    link = "<a href='https://harrow.example/u'>{}</a>"
    rich = f"<p>{link.format(first)}</p>{PROSE}<p>{because}</p><p>Harrow Press, 9 Long Wharf, 04101</p><p>{stop}</p><p>{link.format(leave)}</p>"
    assert texts(story_of(mail(rich))) == GULL


@pytest.mark.parametrize(
    "sentence",
    [
        "Forwarded by nine keepers, the letter reached the council on Friday, and it was read in the app of the ferry.",
        "You receive a lamp like this one when a gull is done with it, not before.",
        "From: the keepers to the town, a note of thanks followed on Friday.",
        "Unsubscribe links are the lighthouse of a letter, says its editor, since they tell where the rocks are.",
    ],
)
def test_prose_about_mails_stays(sentence: str) -> None:
    """A sentence of the story that begins as the furniture does is no furniture."""
    assert sentence in texts(story_of(mail(f"<p>{GULL[0]}</p><p>{sentence}</p><p>{GULL[1]}</p>")))


FORWARDED = {
    "gmail-en": (
        "Fwd: {}",
        "---------- Forwarded message ---------",
        (
            "From: <b>{}</b> &lt;<a href='mailto:post@harrow.example'>post@harrow.example</a>&gt;",
            "Date: Fri, Nov 20, 2026 at 8:00 AM",
            "Subject: {}",
            "To: &lt;nora@o.example&gt;",
        ),
    ),
    "gmail-de": (
        "Fwd: {}",
        "---------- Forwarded message ---------",
        (
            "Von: <b>{}</b> &lt;post@harrow.example&gt;",
            "Date: Fr., 20. Nov. 2026 um 08:00 Uhr",
            "Subject: {}",
            "To: &lt;nora@o.example&gt;",
        ),
    ),
    "outlook-en": (
        "FW: {}",
        "",
        (
            "<b>From:</b> {} &lt;post@harrow.example&gt;",
            "<b>Sent:</b> Friday, November 20, 2026 8:00 AM",
            "<b>To:</b> Nora Quill",
            "<b>Subject:</b> {}",
        ),
    ),
    "outlook-de": (
        "WG: {}",
        "",
        (
            "<b>Von:</b> {} &lt;post@harrow.example&gt;",
            "<b>Gesendet:</b> Freitag, 20. November 2026 08:00",
            "<b>An:</b> Nora Quill",
            "<b>Betreff:</b> {}",
        ),
    ),
    "outlook-nl": (
        "FW: {}",
        "",
        (
            "<b>Van:</b> {} &lt;post@harrow.example&gt;",
            "<b>Verzonden:</b> vrijdag 20 november 2026 08:00",
            "<b>Aan:</b> Nora Quill",
            "<b>Onderwerp:</b> {}",
        ),
    ),
    "outlook-fr": (
        "TR : {}",
        "",
        (
            "<b>De :</b> {} &lt;post@harrow.example&gt;",
            "<b>Envoyé :</b> vendredi 20 novembre 2026 08:00",
            "<b>À :</b> Nora Quill",
            "<b>Objet :</b> {}",
        ),
    ),
    "outlook-zh": (
        "转发: {}",
        "",
        (
            "<b>发件人:</b> {} &lt;post@harrow.example&gt;",
            "<b>发送时间:</b> 2026年11月20日 8:00",
            "<b>收件人:</b> Nora Quill",
            "<b>主题:</b> {}",
        ),
    ),
    "outlook-zh-tw": (
        "轉寄: {}",
        "",
        (
            "<b>寄件者:</b> {} &lt;post@harrow.example&gt;",
            "<b>寄件日期:</b> 2026年11月20日 8:00",
            "<b>收件者:</b> Nora Quill",
            "<b>主旨:</b> {}",
        ),
    ),
    "outlook-ja": (
        "転送: {}",
        "",
        (
            "<b>差出人:</b> {} &lt;post@harrow.example&gt;",
            "<b>送信日時:</b> 2026年11月20日 8:00",
            "<b>宛先:</b> Nora Quill",
            "<b>件名:</b> {}",
        ),
    ),
    "apple-en": (
        "Fwd: {}",
        "Begin forwarded message:",
        (
            "<b>From: </b>{} &lt;post@harrow.example&gt;",
            "<b>Subject: </b>{}",
            "<b>Date: </b>20 November 2026 at 08:00:00 GMT",
            "<b>To: </b>nora@o.example",
        ),
    ),
    "apple-de": (
        "Fwd: {}",
        "Anfang der weitergeleiteten Nachricht:",
        (
            "<b>Von: </b>{} &lt;post@harrow.example&gt;",
            "<b>Betreff: </b>{}",
            "<b>Datum: </b>20. November 2026 um 08:00:00 MEZ",
            "<b>An: </b>nora@o.example",
        ),
    ),
    "apple-nl": (
        "Fwd: {}",
        "Begin doorgestuurd bericht:",
        (
            "<b>Van: </b>{} &lt;post@harrow.example&gt;",
            "<b>Onderwerp: </b>{}",
            "<b>Datum: </b>20 november 2026 om 08:00:00 CET",
            "<b>Aan: </b>nora@o.example",
        ),
    ),
    "apple-fr": (
        "Tr : {}",
        "Début du message réexpédié :",
        (
            "<b>De: </b>{} &lt;post@harrow.example&gt;",
            "<b>Objet: </b>{}",
            "<b>Date: </b>20 novembre 2026 à 08:00:00 UTC+1",
            "<b>À: </b>nora@o.example",
        ),
    ),
    "apple-zh": (
        "转发：{}",
        "开始转发的邮件：",
        (
            "<b>发件人: </b>{} &lt;post@harrow.example&gt;",
            "<b>主题: </b>{}",
            "<b>日期: </b>2026年11月20日 GMT+8 08:00:00",
            "<b>收件人: </b>nora@o.example",
        ),
    ),
    "apple-ja": (
        "Fwd: {}",
        "転送されたメッセージ：",
        (
            "<b>差出人: </b>{} &lt;post@harrow.example&gt;",
            "<b>件名: </b>{}",
            "<b>日付: </b>2026年11月20日 8:00:00 JST",
            "<b>宛先: </b>nora@o.example",
        ),
    ),
}


@pytest.mark.parametrize("program", FORWARDED)
def test_a_forwarded_letter_is_credited_to_its_newsletter(program: str) -> None:
    """The outlet, title and date are the newsletter's; the note and the header block above it are no text."""
    subject, mark, fields = FORWARDED[program]
    lines = "<br>".join(each.format(value) for each, value in zip(fields, _values(fields), strict=True))
    rich = f"<div>Please use this one. Nora</div><br><div>{mark}</div><blockquote type='cite'><div>{lines}</div><br>{PROSE}</blockquote>"
    story = story_of(mail(rich, subject=subject.format("The gull in the lamp"), sender="Nora Quill <nora@o.example>"))
    assert (story.outlet, story.title, texts(story)) == ("Harrow Notes", "The gull in the lamp", GULL)
    assert {block.kind for block in story.blocks} == {"paragraph"}
    assert story.published_at is not None
    assert story.published_at.date().isoformat() in {"2026-11-19", "2026-11-20"}


def _values(fields: tuple[str, ...]) -> list[str]:
    """What goes into the fields with a gap: the sender first, the subject second."""
    values = iter(["Harrow Notes", "The gull in the lamp"])
    return [next(values) if "{}" in field else "" for field in fields]


def test_a_letter_that_was_forwarded_twice_or_as_text_is_the_newsletters() -> None:
    """The innermost block counts, and marks of quotation go."""
    block = "From: {} <{}>\nSubject: Fwd: The gull in the lamp\nDate: 20 November 2026 at 08:00:00 GMT\nTo: desk@me.example\n\n"
    inner = block.format("Harrow Notes", "post@harrow.example") + "\n\n".join(GULL)
    outer = block.format("Nora Quill", "nora@o.example") + "Have you seen this?\n\nBegin forwarded message:\n\n" + inner
    quoted = "\n".join(f"> {line}" for line in inner.splitlines())
    for plain in (outer, f"FYI\n\nBegin forwarded message:\n\n{quoted}"):
        story = story_of(mail(plain=plain, subject="Fwd: Fwd: The gull in the lamp", sender="Per Aune <per@o.example>"))
        assert (story.outlet, story.title, texts(story)) == ("Harrow Notes", "The gull in the lamp", GULL)


def test_a_letter_that_prints_an_old_letter_is_not_forwarded() -> None:
    """A header block that no program wrote is text."""
    rich = f"<p>{GULL[0]}</p><p>From: the harbour master<br>To: the town<br>Date: 3 May 1911</p><p>{GULL[1]}</p>"
    story = story_of(mail(rich))
    assert story.outlet == "Harrow Notes"
    assert "From: the harbour master" in texts(story)


def test_links_that_count_clicks_lead_to_their_target_or_are_left_out() -> None:
    """No address of the subscriber's reaches readers, and the ledger says which link is missing."""
    tracked = (
        "https://click.harrow.example/CL0/https:%2F%2Fone.example%2Flamp%3Futm_source=h/1/0100018f-aaaa/Xyz_123abcABC=1"
    )
    opaque = "https://harrow.us1.list-manage.com/track/click?u=ab12cd34ef56ab12cd34ef56a&id=12ab34cd56&e=99aabb"
    items = [
        ("A gull puts out the lamp", tracked),
        ("Town buys the rope works", opaque),
        ("A ferry on the tide", "https://three.example/ferry?mc_eid=99aabb"),
    ]
    rich = "".join(f"<p><a href='{url}'>{title}</a></p><p>{GULL[at]}</p>" for at, (title, url) in enumerate(items))
    found = cleaned(mail(rich))
    assert [(story.title, story.url) for story in found.stories] == [
        ("A gull puts out the lamp", "https://one.example/lamp"), ("Town buys the rope works", None), ("A ferry on the tide", "https://three.example/ferry"),
    ]  # fmt: skip
    assert [line.detail for line in found.decisions if line.rule == "residue/tracked link"] == [
        "Town buys the rope works"
    ]


def test_an_address_in_running_text_does_not_name_the_subscriber() -> None:
    """The text of a plain mail keeps addresses, but no tracker's."""
    plain = f"{GULL[0]} It is on https://harrow.example/gull?utm_source=mail today, and https://click.harrow.example/ls/click?upn=AbCdEfGh12345678AbCd counts who looks.\n\n{GULL[1]}\n"
    body = " ".join(texts(story_of(mail(plain=plain))))
    assert "https://harrow.example/gull today" in body
    assert "upn=" not in body


def test_a_damaged_byte_does_not_change_the_charset() -> None:
    """One byte that is no UTF-8 leaves the other characters as they are, with and without a declaration."""
    text = f"{GULL[0]} “Four cafés — and a lamp” was the mayor’s toast."
    for declared in ("; charset=utf-8", ""):
        body = (
            f"From: a@h.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/html{declared}\nContent-Transfer-Encoding: 8bit\n\n<p>{text} L".encode()
            + b"\xe9"
            + b"on</p>"
        )
        assert texts(story_of(body))[0].startswith(text)


@pytest.mark.parametrize("charset", ["gb2312", "gbk", "gb18030", "big5", "iso-2022-jp", "euc-kr", "windows-1252"])
def test_mails_in_older_charsets_are_read(charset: str) -> None:
    """Sender, subject and text are decoded as declared."""
    name, line = {
        "big5": ("港口通訊", "燈塔在星期天熄滅，這是戰後的第一次，因為一隻海鷗在燈裡築了巢，守塔人等到小鳥飛走。"),
        "iso-2022-jp": (
            "みなと通信",
            "灯台は日曜日に消えた。戦後初めてのことで、カモメが灯室に巣を作ったためだという。",
        ),
        "euc-kr": (
            "항구통신",
            "등대는 일요일에 꺼졌다. 갈매기가 등실에 둥지를 틀었기 때문이며 전쟁 이후 처음 있는 일이다.",
        ),
        "windows-1252": (
            "Küstenpost",
            "Der Leuchtturm am Kap ging am Sonntag aus, weil eine Möwe in der Lampe brütete, sagt der Wärter.",
        ),
    }.get(charset, ("港口周刊", "灯塔在星期天熄灭，这是战后的第一次，因为一只海鸥在灯里筑了巢，守塔人等到小鸟飞走。"))
    message = EmailMessage()
    message["From"], message["Subject"] = f"{name} <a@h.example>", name
    message.set_content(f"<p>{line}</p><p>{line[:20]}…{line}</p>", subtype="html", charset=charset, cte="base64")
    story = story_of(message.as_bytes())
    assert (story.outlet, texts(story)[0]) == (name, line)


def test_quoted_printable_that_is_not_declared_is_decoded() -> None:
    """A relay that loses the header leaves =3D and soft breaks in the text."""
    coded = "".join(f'<p class=3D"x">{line[:40]}=\n{line[40:]} =E2=80=94 caf=C3=A9</p>' for line in GULL)
    body = f"From: Harrow Notes <a@h.example>\nSubject: x\nContent-Type: text/html; charset=utf-8\n\n{coded}".encode()
    assert texts(story_of(body)) == tuple(f"{line} — café" for line in GULL)


def test_a_mail_that_cannot_be_read_is_refused_by_the_name_of_its_format() -> None:
    """Outlook's winmail.dat and encrypted mails are named; an empty mail is empty."""
    outlook = EmailMessage()
    outlook["From"], outlook["Subject"] = "a@h.example", "x"
    outlook.add_attachment(
        b"\x78\x9f\x3e\x22" + bytes(40), maintype="application", subtype="ms-tnef", filename="winmail.dat"
    )
    sealed = EmailMessage()
    sealed["From"], sealed["Subject"] = "a@h.example", "x"
    sealed.set_content(b"0", maintype="application", subtype="pkcs7-mime")
    refused = [cleaned(body.as_bytes()).rejected[0] for body in (outlook, sealed)]
    assert [each.reason for each in refused] == ["winmail.dat", "encrypted mail"]
    assert "Outlook" in refused[0].detail
    assert cleaned(mail()).rejected[0].reason == "empty"


def test_small_print_has_patterns_in_ten_languages() -> None:
    """The languages that the newsletters of a newsroom come in."""
    having = {pattern.language for pattern in default_residue().patterns if pattern.rule == "mail"}
    assert having >= {"en", "de", "nl", "fr", "es", "it", "pt", "zh-Hant", "zh-Hans", "ja", "ko"}
