"""Input that hurts: each page in a child process of its own, with a limit on its processor time and its memory."""

# ruff: noqa: E501 - sentences of made-up pages are kept whole

import json
import os
import random
import resource
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.records import Document, Entry, Source
from pipeline.stages.clean import clean_document, clean_entry
from tests.forked import ForkedCommand

CPU_SECONDS = 20
MEMORY = 1_000_000_000  # bytes

SENTENCE = "The container terminal that had stood idle for eleven months took its first ship on Tuesday."
HAN = "港口在一年後重新開放，許多人感到高興，也有人擔心塞車與空氣，因為碼頭邊的路很窄。"
PARAGRAPH = f"<p>{SENTENCE} And number {{}} went on.</p>"


def page(body: str) -> bytes:
    """A page with this body."""
    return f"<html><head><title>A port wakes up</title></head><body>{body}</body></html>".encode()


def paragraphs(count: int) -> str:
    """That many different paragraphs."""
    return "".join(PARAGRAPH.format(number) for number in range(count))


PAGES: dict[str, Callable[[], bytes]] = {
    "twenty megabytes": lambda: page(f"<article>{paragraphs(170_000)}</article>"),
    "fifty thousand paragraphs": lambda: page(paragraphs(50_000)),
    "divisions ten thousand deep": lambda: page("<div>" * 10_000 + paragraphs(5) + "</div>" * 10_000),
    "tables ten thousand deep": lambda: page("<table><tr><td>" * 10_000 + paragraphs(5)),
    "lists ten thousand deep": lambda: page("<ul><li>one" * 10_000 + paragraphs(5)),
    "everything unclosed": lambda: page(paragraphs(3_000).replace("</p>", "<b><i><span>")),
    "one line of five megabytes": lambda: page(f"<p>{'word ' * 1_000_000}</p>"),
    "one word of five megabytes": lambda: page(f"<p>{'a' * 5_000_000}</p>"),
    "a hundred thousand links": lambda: page("".join(f'<a href="/{n}">link number {n}</a> ' for n in range(100_000))),
    "a hundred thousand attributes": lambda: page(
        f"<div {' '.join(f'a{n}=x' for n in range(100_000))}>{paragraphs(9)}</div>"
    ),
    "nested JSON-LD": lambda: page(f'<script type="application/ld+json">{"[" * 100_000}</script>{paragraphs(9)}'),
    "a table of a hundred thousand cells": lambda: page(
        "<table>" + f"<tr>{'<td>12</td>' * 50}</tr>" * 2_000 + "</table>"
    ),
    "binary called HTML": lambda: random.Random(7).randbytes(300_000),
    "nothing": lambda: b"",
    "spaces": lambda: b" \n\t ",
}


def clean_file(arguments: list[str]) -> None:
    """Clean the file of these bytes as an entry's page and as a document; print what came out, as JSON."""
    path, kind, charset = arguments
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    url, now = "https://tide.example/2026/port", datetime(2026, 11, 20, tzinfo=UTC)
    document = Document(url, Path(path).read_bytes(), kind, charset or None)
    source = Source("tide", "feed", "https://tide.example/feed", "Tidepaper")
    entry = Entry("e1", "tide", url, "A port wakes up")
    cleaned = [clean_entry(entry, document, source=source, now=now), clean_document(document, now=now)]
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    answer = {
        "stories": [len(each.stories) for each in cleaned],
        "reasons": [[rejected.reason for rejected in each.rejected] for each in cleaned],
        "memory": int(peak.split()[1]) * 1024,
    }
    sys.stdout.write(json.dumps(answer))


def run(folder: Path, body: bytes, kind: str = "text/html", charset: str = "") -> dict[str, list[object]]:
    """Clean the bytes in a child process with a limit on processor time."""
    (folder / "body").write_bytes(body)
    arguments = [str(folder / "body"), kind, charset]
    process = ForkedCommand(arguments, dict(os.environ), function=f"{__name__}:{clean_file.__name__}")
    output = process.communicate(timeout=300)
    assert process.returncode == 0, f"{process.returncode}: {output}"
    answer: dict[str, list[object]] = json.loads(output)
    return answer


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page_gives_a_story_or_a_named_rejection(name: str, tmp_path: Path) -> None:
    """It never crashes or exceeds the limits, as an entry's page or as a document."""
    answer = run(tmp_path, PAGES[name]())
    for stories, reasons in zip(answer["stories"], answer["reasons"], strict=True):
        assert stories or reasons
    memory = answer["memory"]
    assert isinstance(memory, int)
    assert memory < MEMORY


@pytest.mark.parametrize("kind", ["text/plain", "text/markdown", "message/rfc822"])
@pytest.mark.parametrize(
    "body",
    [
        SENTENCE.encode() * 60_000,
        f"{SENTENCE}\n".encode() * 60_000,
        (HAN + " ").encode() * 30_000,
        b"(" * 200_000,
        "“".encode() * 200_000,
        b"> " * 50_000 + b"x",
        random.Random(3).randbytes(100_000),
        b"",
    ],
    ids=[
        "one line",
        "many lines",
        "Chinese in one line",
        "brackets",
        "quotes",
        "nested quotations",
        "binary",
        "nothing",
    ],
)
def test_a_hostile_document_gives_a_story_or_a_named_rejection(kind: str, body: bytes, tmp_path: Path) -> None:
    """The same holds for the other kinds of document."""
    answer = run(tmp_path, body, kind)
    assert answer["stories"][1] or answer["reasons"][1]


def first_paragraph(body: bytes, charset: str = "") -> str:
    """The first paragraph of the story in a page's bytes."""
    cleaned = clean_document(Document("https://tide.example/2026/port", body, "text/html", charset or None))
    return cleaned.stories[0].blocks[0].text


CHARSETS = [
    ("utf-8", "", ""), ("utf-8", "iso-8859-1", "big5"), ("utf-8-sig", "", "shift_jis"), ("utf-16", "", "utf-8"),
    ("utf-16-le", "", "utf-8"), ("utf-16-be", "", ""), ("big5", "big5", ""), ("big5", "", "big5"), ("big5", "utf-8", "utf-8"),
    ("gb18030", "gb2312", ""), ("gb18030", "iso-8859-1", ""),
]  # fmt: skip


@pytest.mark.parametrize(("real", "transport", "meta"), CHARSETS)
def test_the_charset_is_found_whatever_is_declared(real: str, transport: str, meta: str) -> None:
    """There are byte order marks, right and wrong declarations in header and page, or none."""
    text = "".join(f"<p>{HAN}第{number}天。</p>" for number in "一二三四五六七八")
    html = f"<html><head><meta charset='{meta}'><title>港口</title></head><body><article>{text}</article></body></html>"
    if real == "gb18030":
        html = html.translate(str.maketrans("後開許興擔車與氣為碼頭邊", "后开许兴担车与气为码头边"))
    found = first_paragraph(html.encode(real), transport)
    expected = (
        HAN
        if real != "gb18030"
        else HAN.translate(str.maketrans("後開許興擔車與氣為碼頭邊", "后开许兴担车与气为码头边"))
    )
    assert found == f"{expected}第一天。"


@pytest.mark.parametrize(
    ("real", "meta", "text"),
    [
        (
            "shift_jis",
            "Shift_JIS",
            "十一カ月眠っていたコンテナ埠頭に火曜日、最初の船が入り、日の出前にクレーンが動いた。",
        ),
        ("euc_jp", "euc-jp", "十一カ月眠っていたコンテナ埠頭に火曜日、最初の船が入り、日の出前にクレーンが動いた。"),
        ("iso2022_jp", "", "十一カ月眠っていたコンテナ埠頭に火曜日、最初の船が入り、日の出前にクレーンが動いた。"),
        (
            "euc_kr",
            "ks_c_5601-1987",
            "열한 달 동안 멈춰 있던 컨테이너 터미널에 화요일 첫 배가 들어왔다고 항만공사가 밝혔다.",
        ),
        (
            "cp1252",
            "iso-8859-1",
            "Das Terminal, das elf Monate stillstand, nahm am Dienstag – früh am Morgen – sein Schiff auf.",
        ),
        (
            "cp1251",
            "windows-1251",
            "Терминал, простоявший одиннадцать месяцев, во вторник до рассвета принял первое судно.",
        ),
        ("cp874", "tis-620", "ท่าเรือที่ปิดมาสิบเอ็ดเดือนรับเรือลำแรกในวันอังคารก่อนพระอาทิตย์ขึ้น"),
    ],
)
def test_the_old_charsets_of_the_letters_languages_are_read(real: str, meta: str, text: str) -> None:
    """The names are those that browsers know."""
    body = "".join(f"<p>{text} {number}.</p>" for number in range(8))
    html = (
        f"<html><head><meta charset='{meta}'><title>A port</title></head><body><article>{body}</article></body></html>"
    )
    assert first_paragraph(html.encode(real)) == f"{text} 0."


def test_nul_bytes_are_dropped() -> None:
    """The story stays."""
    assert first_paragraph(page(paragraphs(6)).replace(b"ship", b"sh\x00ip")) == f"{SENTENCE} And number 0 went on."
