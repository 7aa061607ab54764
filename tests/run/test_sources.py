"""Each kind of source that the config knows has a reader."""

from pipeline.records import SOURCE_KINDS
from pipeline.run.sources import READERS


def test_every_kind_of_source_has_a_reader() -> None:
    """The two tables name the same kinds, in the same order."""
    assert list(READERS) == list(SOURCE_KINDS)
    assert all(name == kind.name for name, kind in SOURCE_KINDS.items())
