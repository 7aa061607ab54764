"""Web archives (WARC): the cost of a record, and memory that does not grow with the number of records."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from bench.letter import make_letter
from bench.measure import Spread
from bench.table import Part, Row
from bench.web import make_articles

MAX_MEMORY = 1.1


def measure_crawl(work: Path, *, records: int) -> Part:
    """Fetch an archive of `records` pages, compared with one of a tenth."""
    rows, costs = [], []
    for count in (records // 10, records):
        folder = work / f"crawl{count}"
        letter = make_letter(
            folder, sources=[{"name": "crawl", "warc": "crawl.warc.gz", "outlet": "Crawl"}], engine="serial"
        )
        _write_archive(folder / "crawl.warc.gz", count)
        cost = letter.command("fetch")
        costs.append(cost)
        milliseconds = 1000 * cost.cpu / count
        rows.append(
            Row(
                f"{count:,} records",
                f"{cost.wall:,.1f} s, {milliseconds:.2f} ms of CPU per record, {cost.memory:,.0f} MB",
            )
        )
    small, large = costs
    memory = Spread((large.memory / small.memory,))
    rows.append(
        Row("Memory", f"{large.memory:,.0f} MB", f"{small.memory:,.0f} MB, a tenth of the records", memory, MAX_MEMORY)
    )
    return Part("Web archives (WARC)", rows)


def _write_archive(path: Path, count: int) -> None:
    """Write an archive of `count` short pages."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    with path.open("wb") as file:
        writer = cast(Any, WARCWriter)(file, gzip=True)
        for number, (url, page) in enumerate(_pages(count)):
            kind = [("Content-Type", "text/html; charset=utf-8")]
            headers = cast(Any, StatusAndHeaders)("200 OK", kind, protocol="HTTP/1.1")
            record = writer.create_warc_record(url, "response", payload=io.BytesIO(page), http_headers=headers)
            record.rec_headers.replace_header("WARC-Date", f"2026-11-21T{number % 24:02}:{number % 60:02}:00Z")
            writer.write_record(record)


def _pages(count: int) -> Iterator[tuple[str, bytes]]:
    """Yield (URL, page): a thousand articles, repeated under new URLs with a distinct first line."""
    articles = make_articles(90_000, 1000)
    for number in range(count):
        article = articles[number % len(articles)]
        body = "".join(f"<p>{text}</p>" for text in (f"Report {number}.", *article.paragraphs[:6]))
        head = f"<html lang='{article.language}'><title>{article.title}</title>"
        yield f"http://crawl{number}.example/", f"{head}<body><article>{body}</article></body></html>".encode()
