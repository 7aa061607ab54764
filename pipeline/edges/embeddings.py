"""Sentence vectors from a service with the OpenAI embeddings API, such as Ollama."""

import json
import math
from collections.abc import Sequence
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from pipeline.errors import EmbeddingError

_SECONDS = 60.0
_MOST_BYTES = 64 << 20  # of a response
_MOST_WIDTH = 8_192  # numbers in a vector
_LOCAL = ("localhost", "127.0.0.1", "::1")


class Embeddings:
    """A service at an address such as `openai://localhost:11434/nomic-embed-text`.

    Requests go over HTTPS, or over HTTP to this machine. `key` is sent as a bearer token.
    """

    def __init__(self, address: str, key: str | None = None) -> None:
        parts = urlsplit(address)
        self.model = parts.path.strip("/")
        scheme = "http" if parts.hostname in _LOCAL else "https"
        self._url = f"{scheme}://{parts.netloc}/v1/embeddings"
        self._headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._opener = build_opener(_NoRedirect, *([ProxyHandler({})] if scheme == "http" else []))

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector for each text, all of one width. Raises EmbeddingError for any other response."""
        body = json.dumps({"model": self.model, "input": list(texts), "encoding_format": "float"}).encode()
        request = Request(self._url, data=body, headers=self._headers, method="POST")  # noqa: S310 - http or https
        try:
            with self._opener.open(request, timeout=_SECONDS) as response:
                answer = response.read(_MOST_BYTES + 1)
        except HTTPError as error:
            raise EmbeddingError(f"{self._url}: the service answered {error.code} {error.reason}") from error
        except (URLError, HTTPException, OSError) as error:
            reason = getattr(error, "reason", error)
            raise EmbeddingError(f"{self._url}: the service cannot be reached ({reason})") from error
        if len(answer) > _MOST_BYTES:
            raise EmbeddingError(f"{self._url}: the response is larger than {_MOST_BYTES >> 20} MB")
        try:
            return _vectors(json.loads(answer), len(texts))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise EmbeddingError(f"{self._url}: the response is not a list of embeddings ({error})") from error


def _vectors(answer: Any, count: int) -> list[list[float]]:
    rows = sorted(answer["data"], key=lambda row: int(row["index"]))
    if [row["index"] for row in rows] != list(range(count)):
        raise ValueError(f"expected {count} vectors, one for each text")
    vectors = [[float(number) for number in row["embedding"]] for row in rows]
    widths = {len(vector) for vector in vectors}
    if len(widths) > 1 or not all(0 < width <= _MOST_WIDTH for width in widths):
        raise ValueError(f"expected vectors of one width, got {sorted(widths)}")
    if not all(math.isfinite(number) for vector in vectors for number in vector):
        raise ValueError("a number is not finite")
    return vectors


class _NoRedirect(HTTPRedirectHandler):
    """Refuses redirects: texts and the key go to the configured address only."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None
