"""The config, typed. Every key has a default but those a newsroom alone can know; `docs/config.md` tells them all."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, SecretStr

from pipeline.config.look import Pictures, Theme
from pipeline.config.operations import Filter, OnFinish
from pipeline.config.section import Section, repeated
from pipeline.config.sources import SourceOptions, SourceSettings
from pipeline.config.values import (
    Address,
    DeclaredLanguage,
    EmailAddress,
    Engine,
    FolderName,
    Language,
    LetterPattern,
    Line,
    Linkable,
    ListId,
    Location,
    Number,
    PathThere,
    PathTo,
    PerLanguage,
    Positive,
    PrivateHost,
    Seconds,
    Sentence,
    Share,
    StoryLanguage,
    Subject,
    TimeZone,
    Whole,
)
from pipeline.records import Source


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

    def takes(self, language: str) -> bool:
        """Whether stories in that language go into this edition."""
        return self.languages is None or language in self.languages

    def most(self, language: str) -> int | None:
        """How many stories in that language it takes at most; None for no limit."""
        return self.languages.get(language) if isinstance(self.languages, dict) else None


class Fetch(Section):
    """How sources are asked, and what is too much."""

    contact: Line | None = Field(
        default=None, description="an address in the User-Agent, for hosts with a question; by default desk.email"
    )
    user_agent: Line | None = Field(
        default=None, description="the whole User-Agent header; by default the program's, with the contact"
    )
    deadline_seconds: Seconds = Field(default=30, description="how long one request may take in all, by the wall clock")
    max_feed_bytes: Positive = Field(default=10_000_000, description="the largest feed that is read, unpacked")
    max_page_bytes: Positive = Field(default=5_000_000, description="the largest page that is read, unpacked")
    max_picture_bytes: Positive = Field(default=10_000_000, description="the largest picture that is read")
    connections: Annotated[Positive, Field(le=500)] = Field(default=50, description="connections at a time, one a host")
    per_host_delay_seconds: Number = Field(default=1.0, description="the pause between two requests to a host")
    retries: Annotated[Whole, Field(le=10)] = Field(
        default=2, description="how often a failed connection or a 5xx answer is tried again"
    )
    robots: bool = Field(default=True, description="whether robots.txt is obeyed for pages")
    allow_private: tuple[PrivateHost, ...] = Field(
        default=(),
        description="hosts, IP addresses and networks that may be asked although they are private, such as 127.0.0.1",
    )
    mirrors: dict[Line, Location] = Field(
        default_factory=dict,
        description="host, such as *.example, to the http address or the folder that answers in its place",
    )
    tolerance: Share = Field(
        default=0.3, description="the share of sources that may fail before the run says so in its exit code"
    )
    poll_seconds: Whole = Field(default=3600, description="how soon a source may be asked again")
    max_poll_seconds: Positive = Field(
        default=86_400, description="the longest that a source may ask to be left alone (ttl, max-age, Retry-After)"
    )
    dead_days: Positive = Field(
        default=28, description="after how many days of failing a source is proposed for removal"
    )
    max_run_bytes: Positive = Field(default=2_000_000_000, description="how much one run reads in all, unpacked")
    max_run_seconds: Seconds = Field(default=3600, description="how long one run asks hosts in all")
    max_run_entries: Positive = Field(default=50_000, description="how many new entries one run takes in all")


class Clean(Section):
    """How articles are taken out of pages."""

    residue: PathThere | None = Field(
        default=None, description="a file of lines to leave out of stories, beside the built-in ones"
    )
    timeout_seconds: Seconds = Field(default=20, description="how long one page may take before it is given up")


class Dedupe(Section):
    """How copies and stories of one event are found."""

    event_days: Number = Field(default=3.5, description="how far apart in days two stories of one event may be")
    aliases: PathThere | None = Field(default=None, description="a file of names that mean the same")


class LanguageSettings(Section):
    """What the language tagger may expect."""

    expected: tuple[StoryLanguage, ...] = Field(
        default=("en", "de", "nl", "zh-Hant", "zh-Hans", "ja", "ko"),
        min_length=1,
        description="the languages the sources are in",
    )


class Weights(Section):
    """How much each sign counts in a story's rank."""

    coverage: Number = Field(default=0.40, description="how many outlets tell of the event")
    source: Number = Field(default=0.15, description="the weight of the source")
    freshness: Number = Field(default=0.20, description="how new the story is")
    topics: Number = Field(default=0.15, description="the weights of the topics it touches")
    fullness: Number = Field(default=0.10, description="whether there is a full text, a picture and a writer")


class Select(Section):
    """How an issue is chosen."""

    features: Annotated[Positive, Field(le=50)] = Field(default=4, description="stories told in the issue")
    reads: Annotated[Whole, Field(le=100)] = Field(default=6, description="lines of suggested reads")
    minimum: Positive = Field(default=4, description="with fewer stories than this there is no issue")
    window_days: Positive = Field(default=7, description="how far back the first issue reaches")
    overlap_days: Whole = Field(
        default=2, description="how far it reaches back before the last approved issue, for late stories"
    )
    per_source: Positive = Field(default=2, description="the most stories of one source")
    per_topic: Positive = Field(default=2, description="the most features of one topic")
    per_language: Positive | None = Field(default=None, description="the most features in one language")
    weights: Weights = Field(default=Weights(), description="how much each sign counts in a story's rank")
    max_age_days: Positive = Field(default=21, description="stories older than this are never taken")

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterable[tuple[tuple[str | int, ...], str]]:
        """The minimum must be within reach."""
        features, reads, minimum = (
            given.get(key, default) for key, default in (("features", 4), ("reads", 6), ("minimum", 4))
        )
        if all(isinstance(each, int) for each in (features, reads, minimum)) and minimum > features + reads:
            yield (
                ("minimum",),
                f"more than features and reads together ({features + reads}): there would never be an issue",
            )


class Topic(Section):
    """A subject the letter follows."""

    name: Line = Field(description="the topic's name in the ledger")
    names: dict[Language, Line] = Field(default_factory=dict, description="the topic's name for readers, by language")
    weight: Number = Field(default=1.0, description="how much the topic lifts a story")
    words: dict[DeclaredLanguage, tuple[Line, ...]] = Field(
        default_factory=dict, description="words that tell of the topic, by language"
    )

    def label(self, language: str) -> str:
        """The topic's name in that language, else the name itself."""
        return self.names.get(language, self.name)


_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class Smtp(Section):
    """The relay a letter is handed to."""

    host: Line = Field(description="the relay's host name")
    port: Annotated[Positive, Field(le=65535)] = Field(default=587, description="its port")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="starttls, tls, or none on this machine alone"
    )
    login: SecretStr | None = Field(default=None, description="the account, written ${NAME}")
    password: SecretStr | None = Field(default=None, description="its password, written ${NAME}")
    to: EmailAddress | None = Field(
        default=None, description="the mailing list that takes an approved issue; an edition may have its own"
    )
    retries: Annotated[Whole, Field(le=20)] = Field(
        default=4, description="how often a relay that is busy or cannot be reached is tried again"
    )
    retry_seconds: Number = Field(
        default=15.0, description="the pause before it is tried again, twice as long each time"
    )
    timeout_seconds: Seconds = Field(default=60, description="how long the relay may take for one answer")

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterable[tuple[tuple[str | int, ...], str]]:
        """Nothing travels the network in the clear, and a login has its password."""
        if given.get("security") == "none" and given.get("host") not in _THIS_MACHINE:
            yield ("security",), "none is for a relay on this machine alone; write starttls or tls"
        for one, other in (("login", "password"), ("password", "login")):
            if given.get(one) and not given.get(other):
                yield (one,), f"needs {other} beside it"


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
    fetch: Fetch = Field(default=Fetch(), description="how sources are asked, and what is too much")
    engine: Engine = Field(
        default="processes",
        description="where parsing, cleaning and tagging run: processes, children of this one; serial, in this one;"
        " dask, a cluster on this machine; dask://host:8786, one whose scheduler is there",
    )
    workers: Positive | None = Field(default=None, description="how many child processes; by default one a core")
    clean: Clean = Field(default=Clean(), description="how articles are taken out of pages")
    dedupe: Dedupe = Field(default=Dedupe(), description="how copies and events are found")
    language: LanguageSettings = Field(default=LanguageSettings(), description="what the language tagger may expect")
    select: Select = Field(default=Select(), description="how an issue is chosen")
    filters: tuple[Filter, ...] = Field(default=(), description="commands of one's own that each entry goes through")
    on_finish: OnFinish | None = Field(default=None, description="who is told when a run has ended")
    keep_days: Positive = Field(
        default=400, description="how long newsletter prune keeps what no issue refers to, in days"
    )
    topics: tuple[Topic, ...] = Field(default=(), description="the subjects the letter follows")
    theme: Theme = Field(default=Theme(), description="the letter's colours, fonts and logo")
    pictures: Pictures = Field(default=Pictures(), description="what is done with pictures")
    smtp: Smtp | None = Field(default=None, description="the relay that takes the letter")
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
