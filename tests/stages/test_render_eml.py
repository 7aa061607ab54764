"""The message as mail servers and mail programs parse it."""

import dataclasses
import re
from email import message_from_bytes, policy
from email.message import EmailMessage

import mailparser
import pytest

from pipeline.edges.templates import load_templates
from pipeline.errors import ConfigError
from pipeline.records import Email, Issue, Theme
from pipeline.stages.render import eml_bytes, render_issue
from tests.issues import ISSUE, MASTHEAD, SENT_AT, pictures_for

TEMPLATES = load_templates()
PICTURES = pictures_for(ISSUE)


def rendered(issue: Issue = ISSUE, *, base_url: str | None = None, **masthead: str) -> Email:
    """The email of an issue; `masthead` changes fields of its masthead."""
    issue = dataclasses.replace(issue, masthead=dataclasses.replace(issue.masthead, **masthead))
    return render_issue(
        issue, templates=TEMPLATES, theme=Theme(), pictures=PICTURES, sent_at=SENT_AT, base_url=base_url
    )


def parsed(body: bytes) -> EmailMessage:
    """The message as the standard library parses it."""
    message = message_from_bytes(body, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def content(message: EmailMessage, kind: str) -> str:
    """The content of the text or HTML part."""
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")


def with_subject(subject: str) -> Issue:
    """The example with another subject."""
    return dataclasses.replace(ISSUE, subject=subject)


def test_the_parts_are_text_then_html_with_its_pictures() -> None:
    """Programs show the last alternative they can; pictures belong to the HTML alone."""
    message = parsed(eml_bytes(rendered()))
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        *["image/png"] * 5,
    ]


def test_both_texts_survive_the_round_trip() -> None:
    """Quoted-printable and line ends lose no character of any script."""
    email = rendered()
    message = parsed(eml_bytes(email))
    assert content(message, "plain") == email.text
    back = re.sub(r'src="cid:[^"]*"', "", content(message, "html"))
    assert back == re.sub(r'src="pictures/[^"]*"', "", email.html)


def test_each_picture_of_the_html_is_the_part_it_points_to() -> None:
    """cid: addresses and Content-IDs match one to one, and the bytes are the picture's."""
    email = rendered()
    message = parsed(eml_bytes(email))
    parts = {
        str(part["Content-ID"]).strip("<>"): part.get_payload(decode=True)
        for part in message.walk()
        if part.get_content_maintype() == "image"
    }
    shown = re.findall(r'src="cid:([^"]*)"', content(message, "html"))
    assert [parts[cid] for cid in shown] == [body for _, body in email.pictures]
    assert len(parts) == len(set(shown))


def test_pictures_under_an_address_are_not_in_the_message() -> None:
    """Such a message is small."""
    message = parsed(eml_bytes(rendered(base_url="https://img.example/w47")))
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_the_message_is_seven_bit_with_crlf_and_short_lines() -> None:
    """SMTP servers refuse bare line feeds, 8-bit bytes and lines over 998 characters."""
    body = eml_bytes(rendered())
    assert body.isascii()
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert b"\r" not in body.replace(b"\r\n", b"")
    assert max(len(line) for line in body.split(b"\r\n")) <= 998
    bodies = body.split(b"\r\n\r\n", 1)[1]
    assert max(len(line) for line in bodies.split(b"\r\n")) <= 78


def test_the_headers_of_a_list_are_readable_by_any_program() -> None:
    """RFC 8058: https first, with the post header; never an encoded word, whatever the length of the address."""
    long = dataclasses.replace(MASTHEAD, unsubscribe_url="https://letters.example/u?token=" + "a1b2c3d4" * 30)
    body = eml_bytes(rendered(dataclasses.replace(ISSUE, masthead=long)))
    head = body.split(b"\r\n\r\n", 1)[0].decode("ascii")
    unfolded = re.sub(r"\r\n[ \t]+", " ", head)
    assert f"List-Unsubscribe: <{long.unsubscribe_url}>, <mailto:desk@letters.example?subject=unsubscribe>" in unfolded
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in unfolded
    assert "List-Id: <techasia.letters.example>" in unfolded


@pytest.mark.parametrize("name", ["Subject", "From", "List-Unsubscribe", "To"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_end_in_a_header_is_refused_and_never_folded_in(name: str, end: str) -> None:
    """In an Email made by hand, a line end would start another header."""
    email = rendered()
    headers = tuple(
        (each, f"{value}{end}Bcc: v@example.com" if each == name else value) for each, value in email.headers
    )
    with pytest.raises(ValueError, match=name):
        eml_bytes(dataclasses.replace(email, headers=headers))


@pytest.mark.parametrize(
    "name", ['Noor "the coin" O\'Hara', "Desk, the; <x@y.example>", "編輯台" * 30, "=?utf-8?q?x?="]
)
def test_a_name_with_special_characters_arrives_unchanged(name: str) -> None:
    """Quotes, commas, brackets, long Han names and text that looks encoded: one address with that name."""
    eml = eml_bytes(rendered(desk_name=name))
    # The standard library inserts spaces into long names when it parses them.
    read = mailparser.parse_from_bytes(eml)  # type: ignore[no-untyped-call]
    assert read.from_ == [(name, "desk@letters.example")]


def test_one_click_is_promised_only_where_there_is_an_https_address() -> None:
    """RFC 8058 asks for https."""
    plain = dataclasses.replace(MASTHEAD, unsubscribe_url="mailto:leave@letters.example")
    headers = dict(rendered(dataclasses.replace(ISSUE, masthead=plain)).headers)
    assert "List-Unsubscribe-Post" not in headers
    assert headers["List-Unsubscribe"].startswith("<mailto:")


@pytest.mark.parametrize(
    "subject",
    [
        "Small money, 小錢, and who counts it 🪙",
        "晶片自給的下一步，是先進封裝：兩家封裝廠在一年之內把產能擴大一倍，良率仍是關鍵" * 2,
        "Ein langer Betreff, dem nichts fehlt, weder Umlaute (äöü) noch ein Ende 🚢 und noch ein Stück" * 2,
        "قصة من الميناء",
        "plain",
        "a long plain subject that has to be folded somewhere, since it does not fit a line of seventy-eight",
        "=?utf-8?q?not_encoded?= at all",
        "👩‍👩‍👧‍👦 " * 20 + "end",
    ],
)
def test_a_subject_arrives_whole(subject: str) -> None:
    """In any script, with emoji, at any length, through encoded words of at most 75 characters."""
    body = eml_bytes(rendered(with_subject(subject)))
    assert parsed(body)["Subject"] == subject.strip()
    words = re.findall(rb"=\?utf-8\?.*?\?=", body.split(b"\r\n\r\n", 1)[0])
    assert all(len(word) <= 75 for word in words)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\r\n ", "\u2028", "\x0b", "\x85", "\x00\r\n"])
def test_a_hostile_subject_or_name_adds_no_header(end: str) -> None:
    """A line end in a text of the issue is a space, and the headers are those of any issue."""
    nasty = f"Hello{end}Bcc: victim@example.com{end}{end}<b>body</b>"
    masthead = dataclasses.replace(MASTHEAD, desk_name=nasty, list_id=f"x.example{end}Bcc: v@example.com")
    message = parsed(eml_bytes(rendered(dataclasses.replace(with_subject(nasty), masthead=masthead))))
    assert message["Bcc"] is None
    assert message.keys() == parsed(eml_bytes(rendered())).keys()
    assert "Bcc: victim@example.com" in message["Subject"]
    assert content(message, "plain") == rendered().text


def test_the_message_is_from_the_desk_and_answers_go_there() -> None:
    """From, Reply-To and To are the desk of the masthead."""
    message = parsed(eml_bytes(rendered()))
    assert message["From"] == message["Reply-To"] == message["To"] == "The techAsia desk <desk@letters.example>"
    chinese = parsed(eml_bytes(rendered(desk_name="第一編輯台", desk_address="tai@mail.example")))
    for header in ("From", "Reply-To", "To"):
        (address,) = chinese[header].addresses
        assert (address.display_name, address.addr_spec) == ("第一編輯台", "tai@mail.example")


@pytest.mark.parametrize("address", ["", "desk", "desk@", "a b@c", "desk@例え.jp"])
def test_an_invalid_desk_address_is_named(address: str) -> None:
    """The message quotes the address from the config."""
    masthead = dataclasses.replace(MASTHEAD, desk_address=address)
    with pytest.raises(ConfigError, match="address"):
        rendered(dataclasses.replace(ISSUE, masthead=masthead))


def test_the_same_issue_is_the_same_message() -> None:
    """Message-ID, boundaries, Content-IDs and Date depend on the issue alone."""
    assert eml_bytes(rendered()) == eml_bytes(rendered())
    message = parsed(eml_bytes(rendered()))
    assert message["Date"] == "Sun, 22 Nov 2026 05:00:00 +0000"
    other = parsed(eml_bytes(rendered(dataclasses.replace(ISSUE, edition="de"))))
    assert other["Message-ID"] != message["Message-ID"]
    assert re.fullmatch(r"<2026-W47\.[0-9a-z]{16}@letters\.example>", message["Message-ID"])


def test_the_message_has_a_content_language() -> None:
    """Adding the parts does not remove it."""
    assert parsed(eml_bytes(rendered()))["Content-Language"] == "en"
    hant = parsed(eml_bytes(rendered(dataclasses.replace(ISSUE, language="zh-Hant"))))
    assert hant["Content-Language"] == "zh-Hant"
