"""Sentence vectors from a service on loopback: what it is asked, and what becomes of a wrong answer."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from pipeline.edges.embeddings import Embeddings
from pipeline.errors import EmbeddingError

Answer = Callable[[dict[str, Any]], tuple[int, bytes]]


class Service(ThreadingHTTPServer):
    """Answers each request by `answer`; `asked` are the bodies and headers that came."""

    answer: Answer
    asked: list[tuple[dict[str, Any], dict[str, str], str]]

    @property
    def address(self) -> str:
        return f"openai://127.0.0.1:{self.server_port}/small"


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((body, dict(self.headers), self.path))
        status, data = self.server.answer(body)
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


def embeddings(body: dict[str, Any]) -> tuple[int, bytes]:
    """Three numbers for each text, the last text first."""
    rows = [{"index": n, "embedding": [len(text), 1, 0.5]} for n, text in enumerate(body["input"])]
    return 200, json.dumps({"data": rows[::-1]}).encode()


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(("127.0.0.1", 0), _Handler) as server:
        server.asked, server.answer = [], embeddings
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def test_each_text_gets_its_vector_in_order(service: Service) -> None:
    found = Embeddings(service.address, "secret").embed(["a", "bbb"])
    assert found == [[1.0, 1.0, 0.5], [3.0, 1.0, 0.5]]
    body, headers, path = service.asked[0]
    assert (body["model"], body["input"], path) == ("small", ["a", "bbb"], "/v1/embeddings")
    assert headers["Authorization"] == "Bearer secret"


@pytest.mark.parametrize(
    ("status", "data", "reason"),
    [
        (500, b"", "answered 500"),
        (302, b"", "answered 302"),
        (200, b"<html>", "not a list of embeddings"),
        (200, b"[]", "not a list of embeddings"),
        (200, b'{"data": []}', "one for each text"),
        (200, b'{"data": [{"index": 0, "embedding": [NaN]}]}', "not finite"),
        (200, b'{"data": [{"index": 0, "embedding": []}]}', "not a list of embeddings"),
        (200, b'{"data": [{"index": 0, "embedding": "text"}]}', "not a list of embeddings"),
        (200, b"[" * 100_000, "not a list of embeddings"),
    ],
)
def test_a_wrong_answer_is_named(service: Service, status: int, data: bytes, reason: str) -> None:
    service.answer = lambda _: (status, data)
    with pytest.raises(EmbeddingError, match=reason):
        Embeddings(service.address).embed(["a"])
    assert [path for _, _, path in service.asked] == ["/v1/embeddings"]


def test_a_service_that_is_not_there_is_named() -> None:
    with pytest.raises(EmbeddingError, match="cannot be reached"):
        Embeddings("openai://127.0.0.1:9/small").embed(["a"])
