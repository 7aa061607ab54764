"""Where stories come from: the sources, and what holds for all of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import Field

from pipeline.config.section import Section
from pipeline.config.values import DeclaredLanguage, Line, Location, Number, PathTo, Positive, Whole
from pipeline.records import Source, SourceKind

_KINDS: tuple[SourceKind, ...] = ("feed", "page", "folder", "warc")


class SourceOptions(Section):
    """What a source says of itself beside its address; `source_defaults` says it for all."""

    weight: Number = Field(default=1.0, description="how much its stories count")
    language: DeclaredLanguage | None = Field(default=None, description="the language it mostly writes in")
    section: Line | None = Field(default=None, description="the heading it belongs to in lists and OPML")
    enabled: bool = Field(default=True, description="false keeps it in the list but does not ask it")
    follow: bool = Field(default=True, description="whether the pages its entries point to are fetched")
    max_entries: Positive = Field(default=100, description="how many entries of one answer are read")
    poll_seconds: Whole | None = Field(
        default=None, description="how soon it may be asked again; by default fetch.poll_seconds"
    )


class SourceSettings(SourceOptions):
    """A feed, a page, a folder or web archives."""

    name: Line = Field(description="the source's name; no two have the same")
    feed: Location | None = Field(default=None, description="a feed: its address, or the path of a file")
    page: Location | None = Field(default=None, description="a page of stories: its address, or the path of a file")
    folder: PathTo | None = Field(default=None, description="a folder of documents: txt, html, md and eml")
    warc: PathTo | None = Field(
        default=None, description="web archives (WARC): the path of a file, or a pattern such as crawl/*.warc.gz"
    )
    outlet: Line | None = Field(default=None, description="the outlet its stories are credited to; by default its name")

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterable[tuple[tuple[str | int, ...], str]]:
        """A source is one thing."""
        named = [kind for kind in _KINDS if given.get(kind) is not None]
        if not named:
            yield (), "needs one of feed, page, folder or warc: where its stories come from"
        elif len(named) > 1:
            yield (named[1],), f"has {' and '.join(named)}; keep one, and make the other a source of its own"

    def record(self, defaults: Mapping[str, Any], poll_seconds: int) -> Source:
        """As the pipeline knows it; what the source leaves out comes from `defaults`."""
        own = {name: getattr(self, name) for name in SourceOptions.model_fields if name in self.model_fields_set}
        options = {"poll_seconds": None, **defaults, **own}
        if options["poll_seconds"] is None:
            options["poll_seconds"] = poll_seconds
        kind = next(kind for kind in _KINDS if getattr(self, kind) is not None)
        location = str(getattr(self, kind))
        return Source(name=self.name, kind=kind, location=location, outlet=self.outlet or self.name, **options)
