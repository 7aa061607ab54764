"""The config, typed. Every key has a default but those a newsroom alone can know; `docs/config.md` tells them all."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr

from pipeline.config.fill import Fill
from pipeline.config.operations import Filter, OnFinish
from pipeline.config.section import Contradiction, Section, repeated
from pipeline.config.sources import SourceOptions, SourceSettings
from pipeline.config.values import (
    Address,
    EmailAddress,
    Engine,
    FolderName,
    Language,
    LetterPattern,
    Line,
    Linkable,
    ListId,
    PathThere,
    PathTo,
    PerLanguage,
    Positive,
    Seconds,
    Sentence,
    StoryLanguage,
    Subject,
    TimeZone,
    VectorSource,
)
from pipeline.records import DedupeSettings, FetchSettings, Relay, SelectSettings, Source, Theme, Topic


class Desk(Section):
    """Who sends the letter, and how readers reach them."""

    name: Line = Field(description="the desk's name, as the sender of the e-mail")
    email: EmailAddress = Field(description="the address the letter comes from and readers answer to")
    postal_address: Sentence = Field(
        description="the desk's postal address, which the law of many countries wants in a letter"
    )
    subscribe_url: Linkable = Field(description="where a reader subscribes")
    unsubscribe_url: Linkable = Field(description="where a reader unsubscribes; https:// for one click (RFC 8058)")
    archive_url: Address | None = Field(
        default=None, description="where the outbox is published; each issue links to itself there"
    )
    list_id: ListId = Field(
        default_factory=lambda known: "newsletter." + str(known.get("email", "")).rpartition("@")[2],
        description="the List-Id header (RFC 2919), the same for ever; by default newsletter. and the e-mail's host",
    )
    coordinated_by: Sentence = Field(
        default="",
        validate_default=False,
        description="who coordinated the issue: a sentence, or one a language",
    )

    def coordinated(self, language: str) -> str:
        """Who coordinated the issue, in that language, else in the first one given; empty where nothing is."""
        return _in_language(self.coordinated_by, language)

    def address(self, language: str) -> str:
        """The postal address in that language, else in the first one given."""
        return _in_language(self.postal_address, language)


def _in_language(said: str | Mapping[str, str], language: str) -> str:
    if isinstance(said, str):
        return said
    return said.get(language) or next(iter(said.values()), "")


class Host(Section):
    """Who signs an edition's letter, and from where."""

    name: Line = Field(description="the host's name")
    city: Line = Field(description="the city the host writes from")
    role: str = Field(default="", description="what the host does, such as editor")
    portrait: PathThere | None = Field(default=None, description="a picture of the host")


class Edition(Section):
    """One letter of the issue, in one language."""

    name: FolderName = Field(description="the edition's name; its folder in the outbox")
    language: Language = Field(description="the language the edition speaks")
    host: Host = Field(description="who signs the letter")
    title: Line | None = Field(default=None, description="the masthead; by default the letter's name")
    languages: PerLanguage | None = Field(
        default=None,
        description="story languages it takes: a list, or a mapping of language to the most stories; by default all",
    )
    greeting: Line | None = Field(
        default=None, description="the first words; by default Hello from the host's city, in its language"
    )
    letter: LetterPattern | None = Field(
        default=None,
        description="the file of the host's letter, with {issue} and {edition} filled in, such as letters/{issue}.md",
    )
    subject: Subject | None = Field(
        default=None, description="the subject line, with {title}, {number}, {headline} and {date} filled in"
    )
    summary_length: Annotated[Positive, Field(ge=80)] = Field(
        default=600, description="how long a feature's text may be, in columns: a Chinese character takes two"
    )
    to: EmailAddress | None = Field(
        default=None, description="the mailing list that takes this edition once approved; by default smtp.to"
    )

    def most(self, language: str) -> int | None:
        """How many stories in that language it takes at most; None for no limit."""
        return self.languages.get(language) if isinstance(self.languages, dict) else None


class Clean(Section):
    """How articles are taken out of pages."""

    residue: PathThere | None = Field(
        default=None, description="a file of lines to leave out of stories, beside the built-in ones"
    )
    timeout_seconds: Seconds = Field(default=20, description="how long one page may take before it is given up")


class LanguageSettings(Section):
    """What the language tagger may expect."""

    expected: tuple[StoryLanguage, ...] = Field(
        default=("en", "de", "nl", "zh-Hant", "zh-Hans", "ja", "ko"),
        min_length=1,
        description="the languages the sources are in",
    )


def _select_conflicts(given: Mapping[str, Any]) -> Iterable[Contradiction]:
    """The minimum must be within reach."""
    default = SelectSettings()
    features, reads, minimum = (given.get(key, getattr(default, key)) for key in ("features", "reads", "minimum"))
    if all(isinstance(number, int) for number in (features, reads, minimum)) and minimum > features + reads:
        yield ("minimum",), f"more than features and reads together ({features + reads}): there would never be an issue"


_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def _relay_conflicts(given: Mapping[str, Any]) -> Iterable[Contradiction]:
    """Nothing travels the network in the clear, and a login has its password."""
    if given.get("security") == "none" and given.get("host") not in _THIS_MACHINE:
        yield ("security",), "none is for a relay on this machine alone; write starttls or tls"
    for one, other in (("login", "password"), ("password", "login")):
        if given.get(one) and not given.get(other):
            yield (one,), f"needs {other} as well"


class Pictures(Section):
    """What is done with pictures."""

    enabled: bool = Field(default=True, description="false makes a letter without pictures")
    base_url: Address | None = Field(
        default=None, description="where pictures/ is published; by default they travel inside the e-mail"
    )


class Config(Section):
    """A newsletter, as config.yaml tells it. Paths are absolute, seen from the folder the file is in."""

    name: Line = Field(description="the letter's name")
    timezone: TimeZone = Field(
        default="UTC", description="the newsroom's time zone (IANA), by which weeks and days are counted"
    )
    state: PathTo = Field(
        default=Path(".newsletter"), validate_default=True, description="the folder of the store, the log and the lock"
    )
    outbox: PathTo = Field(default=Path("outbox"), validate_default=True, description="the folder of finished issues")
    templates: PathThere | None = Field(default=None, description="a folder of templates of one's own")
    template: FolderName = Field(default="issue", description="the template of the issue")
    approve: Literal["editor", "auto"] = Field(
        default="editor",
        description="editor: an issue waits for approval; auto: the run approves one that passes its checks",
    )
    first_number: Positive = Field(default=1, description="the number of the first issue")
    desk: Desk = Field(description="who sends the letter")
    editions: tuple[Edition, ...] = Field(description="the letters of an issue, the first one the main one")
    fetch: Annotated[FetchSettings, Fill()] = Field(
        default=FetchSettings(), description="how sources are asked, and what is too much"
    )
    engine: Engine = Field(
        default="processes",
        description="where parsing, cleaning and tagging run: processes, children of this one; serial, in this one;"
        " dask, a cluster on this machine; dask://host:8786, one whose scheduler is there",
    )
    workers: Positive | None = Field(default=None, description="how many child processes; by default one a core")
    clean: Clean = Field(default=Clean(), description="how articles are taken out of pages")
    dedupe: Annotated[DedupeSettings, Fill()] = Field(
        default=DedupeSettings(), description="how copies and events are found"
    )
    vectors: VectorSource = Field(
        default="builtin",
        description="what makes the sentence vectors that stories are compared by: builtin, a model that comes with"
        " the program; off; openai://host:port/model, a service with OpenAI's embeddings API, over HTTPS or on this"
        " machine over HTTP",
    )
    vectors_key: str | None = Field(default=None, repr=False, description="the service's key, written ${NAME}")
    language: LanguageSettings = Field(default=LanguageSettings(), description="what the language tagger may expect")
    select: Annotated[SelectSettings, Fill(_select_conflicts)] = Field(
        default=SelectSettings(), description="how an issue is chosen"
    )
    filters: tuple[Filter, ...] = Field(default=(), description="commands of one's own that each entry goes through")
    on_finish: OnFinish | None = Field(default=None, description="who is told when a run has ended")
    keep_days: Positive = Field(
        default=400, description="how long newsletter prune keeps what no issue refers to, in days"
    )
    topics: tuple[Annotated[Topic, Fill()], ...] = Field(default=(), description="the subjects the letter follows")
    theme: Annotated[Theme, Fill()] = Field(default=Theme(), description="the letter's colours, fonts and logo")
    pictures: Pictures = Field(default=Pictures(), description="what is done with pictures")
    smtp: Annotated[Relay, Fill(_relay_conflicts)] | None = Field(
        default=None, description="the relay that takes the letter"
    )
    source_defaults: SourceOptions = Field(
        default=SourceOptions(), description="what holds for each source that does not say"
    )
    sources: tuple[SourceSettings, ...] = Field(description="where stories come from")
    _folder: Path = PrivateAttr(default_factory=Path.cwd)

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterable[tuple[tuple[str | int, ...], str]]:
        """Names are said once, and there is an edition."""
        if given.get("editions") in ([], ()):
            yield ("editions",), "needs at least one edition"
        for key in ("editions", "topics", "filters", "sources"):
            for position, value, first in repeated(given.get(key), "name"):
                yield (key, position, "name"), f"{value!r} is the name of {key}[{first}] too; give each its own"

    def model_post_init(self, context: Any, /) -> None:
        """Remember the folder the paths were seen from."""
        if context and context.get("folder"):
            self._folder = context["folder"]

    @property
    def folder(self) -> Path:
        """The folder the config file is in."""
        return self._folder

    @property
    def zone(self) -> ZoneInfo:
        """The newsroom's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def contact(self) -> str:
        """The address hosts may write to."""
        return self.fetch.contact or self.desk.email

    def source_records(self) -> tuple[Source, ...]:
        """The sources as the pipeline knows them, in the order of the file, disabled ones too."""
        defaults = {name: getattr(self.source_defaults, name) for name in SourceOptions.model_fields}
        return tuple(source.record(defaults, self.fetch.poll_seconds) for source in self.sources)

    def edition(self, name: str) -> Edition | None:
        """The edition of that name."""
        return next((edition for edition in self.editions if edition.name == name), None)

    def title(self, edition: Edition) -> str:
        """What stands in an edition's masthead."""
        return edition.title or self.name

    def letter_path(self, edition: Edition, issue: str) -> Path | None:
        """The file of the host's letter for an issue such as 2026-W47, which need not be there."""
        pattern = edition.letter
        return Path(pattern.replace("{issue}", issue).replace("{edition}", edition.name)) if pattern else None

    def topic(self, name: str) -> Topic | None:
        """The topic of that name."""
        return next((topic for topic in self.topics if topic.name == name), None)
