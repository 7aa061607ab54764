"""What the desk's handlers share: the request's JSON, and errors as JSON that the page can show."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.desk.changes import ConflictError
from pipeline.edges.outbox import OutboxError
from pipeline.errors import ConfigError, LockedError, NewsletterError, StoreError, UsageError

MAX_BODY_BYTES = 1_000_000

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def with_json_errors(handler: Handler) -> Handler:
    """Turn errors into JSON that the page can show."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except ConflictError as error:
            return JSONResponse({"error": str(error), "conflict": {"path": error.path, "current": error.current}}, 409)
        except RecursionError:
            return JSONResponse({"error": "The request's JSON is nested too deep."}, 400)
        except LockedError:
            return JSONResponse(
                {"error": "A run, a test or a delivery is in progress; try again when it has ended."}, 423
            )
        except (ConfigError, OutboxError, StoreError) as error:  # the page tries again: a broken file, a full disk
            return JSONResponse({"error": str(error)}, 503)
        except NewsletterError as error:
            return JSONResponse({"error": str(error)}, 422)

    return handle


async def json_body(request: Request) -> dict[str, Any]:
    """Return the JSON object in the request's body. UsageError for anything else."""
    try:
        value = json.loads(await limited_body(request, MAX_BODY_BYTES) or b"{}")
    except ValueError as error:
        raise UsageError("the request's body is not JSON") from error
    if not isinstance(value, dict):
        raise UsageError("the request's body is not a JSON object")
    return value


async def limited_body(request: Request, limit: int) -> bytes:
    """Return the request's body; UsageError if it is larger than `limit` bytes."""
    parts, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise UsageError(f"the request's body is larger than {limit:,} bytes")
        parts.append(chunk)
    return b"".join(parts)
