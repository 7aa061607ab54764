"""Publications: what a publisher has of an edition."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.edges.store.codec import format_time, storable_text


@dataclass(frozen=True, slots=True)
class Publication:
    """An edition at a publisher. `state`: "started" until the publisher has answered, then draft, scheduled or sent."""

    issue: str
    edition: str
    publisher: str
    state: str = "started"
    remote: str = ""  # the id of the draft; empty until it is known
    version: str = ""  # of the draft's words as they were left
    address: str = ""  # where an editor finds it
    digest: str = ""  # of what was handed over
    pictures: Mapping[str, str] = field(default_factory=dict)  # hash of an uploaded picture → its address


class PublicationTable:
    """The table `publication`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, issue: str, edition: str, publisher: str) -> Publication | None:
        """Return what a publisher has of an edition."""
        found = (each for each in self.of_issue(issue) if (each.edition, each.publisher) == (edition, publisher))
        return next(found, None)

    def of_issue(self, issue: str) -> list[Publication]:
        """List what publishers have of an issue, by publisher and edition."""
        rows = self._connection.execute(
            "SELECT issue, edition, publisher, state, remote, version, address, digest, pictures FROM publication"
            " WHERE issue = ? ORDER BY publisher, edition",
            (issue,),
        )
        return [Publication(*(*texts, json.loads(pictures))) for *texts, pictures in rows]

    def put(self, publication: Publication, at: datetime) -> None:
        """Store what a publisher has."""
        each = publication
        texts = (each.state, each.remote, each.version, each.address, each.digest, json.dumps(dict(each.pictures)))
        self._connection.execute(
            "INSERT OR REPLACE INTO publication VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (each.issue, each.edition, each.publisher, *map(storable_text, texts), format_time(at)),
        )
