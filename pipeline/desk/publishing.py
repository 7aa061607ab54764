"""The approved issue from the desk to the publishers of the config."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from starlette.routing import Route

from pipeline.config import Config
from pipeline.desk.delivery import writing_route
from pipeline.desk.worker import EditorThread
from pipeline.run.session import open_session


def publishing_route(editor_thread: Callable[[], EditorThread]) -> Route:
    """Return the route that hands the issue over to a publisher."""
    return writing_route(editor_thread, "/api/publish", _publish)


def _publish(config: Config, key: str, body: dict[str, Any]) -> str:
    """Hand the issue over to the publisher `name`; `overwrite` also what somebody has edited there."""
    from pipeline.run.publish import publish_issue

    with open_session(config, now=datetime.now(UTC), command="publish") as session:
        name, overwrite = str(body.get("name")), body.get("overwrite") is True
        report = publish_issue(session, key, name=name, overwrite=overwrite)
    return ". ".join((*report.notices, "; ".join(report.remarks)))
