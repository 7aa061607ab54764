"""The sections of the config. Only what a newsroom alone can know has no default; `docs/config.md` lists the keys."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator

from pipeline.config.fill import Fill
from pipeline.config.operations import Filter, OnFinish
from pipeline.config.publish import edition_conflicts, publisher_conflicts
from pipeline.config.section import Contradiction, Section, collect_problems, repeated
from pipeline.config.sources import FillSource, FillSourceDefaults
from pipeline.config.values import (
    Address,
    EditionLanguage,
    EmailAddress,
    Engine,
    FolderName,
    LetterPattern,
    Line,
    Linkable,
    ListId,
    NameList,
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
    untranslated,
)
from pipeline.config.writer import writer_conflicts
from pipeline.records import (
    About,
    DedupeSettings,
    FetchSettings,
    Publisher,
    Relay,
    SelectSettings,
    Source,
    Theme,
    Topic,
    WriterSettings,
)
from pipeline.records.keys import Secret
from pipeline.text.languages import EDITION_LANGUAGES, catalogue_names, text_for


class Desk(Section):
    """The senders of the letter, and how readers reach them."""

    name: Line = Field(description="the desk's name, shown as the sender of the email")
    email: EmailAddress = Field(description="the address that the letter comes from and that replies go to")
    postal_address: Sentence = Field(
        description="the desk's postal address, which many countries require in a newsletter"
    )
    subscribe_url: Linkable = Field(description="the address where readers subscribe")
    unsubscribe_url: Linkable = Field(
        description="the address where readers unsubscribe; https:// for one click (RFC 8058)"
    )
    archive_url: Address | None = Field(
        default=None, description="the address where the outbox is published; each issue links to its copy there"
    )
    list_id: ListId = Field(
        default_factory=lambda known: "newsletter." + str(known.get("email", "")).rpartition("@")[2],
        description="the List-Id header (RFC 2919), which never changes; newsletter. and the email's host by default",
    )
    coordinated_by: Sentence = Field(
        default="",
        validate_default=False,
        description="who coordinated the issue: a sentence, or a mapping of languages to sentences",
    )

    def coordinated(self, language: str) -> str:
        """Who coordinated the issue, in this language or else in the first one; empty where the config does not say."""
        return _in_language(self.coordinated_by, language)

    def address(self, language: str) -> str:
        """The postal address in this language, or else in the first one."""
        return _in_language(self.postal_address, language)


def _in_language(text: str | Mapping[str, str], language: str) -> str:
    return text if isinstance(text, str) else text_for(language, text)


class Host(Section):
    """The person who signs an edition's letter, and their city."""

    name: Line = Field(description="the host's name")
    city: Line = Field(description="the city that the host writes from, whose form dates have")
    role: str = Field(default="", description="the host's job, such as editor")
    portrait: PathThere | None = Field(default=None, description="a picture of the host")


class Edition(Section):
    """One letter of the issue, in one language."""

    name: FolderName = Field(description="the edition's name; its folder in the outbox")
    language: EditionLanguage = Field(
        description="the language of the edition; its message catalogue has the letter's own phrases"
    )
    host: Host = Field(description="who signs the letter")
    title: Line | None = Field(default=None, description="the title in the masthead; the letter's name by default")
    languages: PerLanguage | None = Field(
        default=None,
        description="the languages of its stories: a list, or a mapping to the most stories of each; all by default",
    )
    greeting: Line | None = Field(
        default=None, description="the first words; Hello from the host's city, in the edition's language, by default"
    )
    letter: LetterPattern | None = Field(
        default=None,
        description="the file of the host's letter, such as letters/{issue}.md; {issue} and {edition} are replaced",
    )
    subject: Subject | None = Field(
        default=None, description="the subject line; {title}, {number}, {headline} and {date} are replaced"
    )
    summary_length: Annotated[Positive, Field(ge=80)] = Field(
        default=600, description="the length of a feature's text, in columns; a Chinese character takes two"
    )
    convert: bool = Field(
        default=True,
        description="whether Chinese stories in the other script are set in the edition's, and labelled as converted",
    )
    names: dict[Line, Line] = Field(
        default_factory=dict,
        description="names that conversion must not change, each with the form that this edition writes it in",
    )
    to: EmailAddress | None = Field(
        default=None, description="the mailing list that gets this edition once it is approved; smtp.to by default"
    )

    def most(self, language: str) -> int | None:
        """The most stories in this language; None for no limit."""
        return self.languages.get(language) if isinstance(self.languages, dict) else None


class Clean(Section):
    """How articles are extracted from pages."""

    residue: PathThere | None = Field(
        default=None, description="a file of lines to remove from stories, in addition to the built-in ones"
    )
    timeout_seconds: Seconds = Field(
        default=20, description="how long cleaning one page may take before the page is given up"
    )


class LanguageSettings(Section):
    """What the language tagger expects."""

    expected: tuple[StoryLanguage, ...] = Field(
        default=("en", "de", "nl", "zh-Hant", "zh-Hans", "ja", "ko"),
        min_length=1,
        description="the languages of the sources",
    )


def _select_conflicts(given: Mapping[str, Any]) -> Iterable[Contradiction]:
    """The minimum must be within reach."""
    default = SelectSettings()
    features, reads, minimum = (given.get(key, getattr(default, key)) for key in ("features", "reads", "minimum"))
    if all(isinstance(number, int) for number in (features, reads, minimum)) and minimum > features + reads:
        yield ("minimum",), f"more than features and reads together ({features + reads}): there would never be an issue"


_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def _relay_conflicts(given: Mapping[str, Any]) -> Iterable[Contradiction]:
    """Mail is encrypted on the network, and a login has its password."""
    if given.get("security") == "none" and given.get("host") not in _THIS_MACHINE:
        yield ("security",), "none is only for a relay on this machine; write starttls or tls"
    for one, other in (("login", "password"), ("password", "login")):
        if given.get(one) and not given.get(other):
            yield (one,), f"also needs {other}"


class Pictures(Section):
    """What is done with pictures."""

    enabled: bool = Field(default=True, description="false makes a letter without pictures")
    base_url: Address | None = Field(
        default=None,
        description="the address where pictures/ is published; the pictures are inside the email by default",
    )


def _names(listed: Sequence[str] | Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    if isinstance(listed, Mapping):
        return tuple(dict.fromkeys(name for names in listed.values() for name in names))
    return tuple(listed)


class Config(Section):
    """A newsletter's config.yaml. Its paths are absolute."""

    name: Line = Field(description="the letter's name")
    timezone: TimeZone = Field(
        default="UTC", description="the newsroom's time zone (IANA), which decides when weeks and days begin"
    )
    state: PathTo = Field(
        default=Path(".newsletter"), validate_default=True, description="the folder of the store, the log and the lock"
    )
    outbox: PathTo = Field(default=Path("outbox"), validate_default=True, description="the folder of finished issues")
    templates: PathThere | None = Field(default=None, description="a folder of your own templates")
    template: FolderName = Field(default="issue", description="the template of the issue")
    approve: Literal["editor", "auto"] = Field(
        default="editor",
        description="editor: an issue waits for approval; auto: the run approves an issue that passes its checks",
    )
    first_number: Positive = Field(default=1, description="the number of the first issue")
    desk: Desk = Field(description="who sends the letter")
    editions: tuple[Edition, ...] = Field(description="the letters of an issue; the first is the main one")
    fetch: Annotated[FetchSettings, Fill()] = Field(
        default=FetchSettings(), description="how sources are requested, and the limits"
    )
    engine: Engine = Field(
        default="processes",
        description="where parsing, cleaning and tagging run: processes (child processes), serial (this process), dask"
        " (a cluster on this machine), or the scheduler of a cluster, such as dask://host:8786",
    )
    workers: Positive | None = Field(default=None, description="the number of child processes; one per core by default")
    clean: Clean = Field(default=Clean(), description="how articles are taken out of pages")
    dedupe: Annotated[DedupeSettings, Fill()] = Field(
        default=DedupeSettings(), description="how copies and events are found"
    )
    vectors: VectorSource = Field(
        default="builtin",
        description="the source of the sentence vectors that stories are compared by: builtin, the built-in model;"
        " off; openai://host:port/model, a service with OpenAI's embeddings API, over HTTPS, or over HTTP on this"
        " machine",
    )
    vectors_key: Secret | None = Field(default=None, repr=False, description="the service's key, written ${NAME}")
    language: LanguageSettings = Field(default=LanguageSettings(), description="what the language tagger may expect")
    select: Annotated[SelectSettings, Fill(_select_conflicts)] = Field(
        default=SelectSettings(), description="how an issue is chosen"
    )
    about: Annotated[About, Fill()] = Field(default=About(), description="what the letter is about")
    places: NameList = Field(
        default=(),
        description="places, one of which a story names unless it names a firm: a list, or a mapping of languages to"
        " lists",
    )
    firms: NameList = Field(
        default=(), description="firms, one of which a story names unless it names a place; written like places"
    )
    filters: tuple[Filter, ...] = Field(default=(), description="your own commands, which get each entry")
    on_finish: OnFinish | None = Field(default=None, description="who gets the summary of a run")
    ping: Address | None = Field(
        default=None,
        description="the address of a watch such as healthchecks.io, which a run tells of its beginning and its end",
    )
    keep_days: Positive = Field(
        default=400, description="how many days newsletter prune keeps stories that no issue refers to"
    )
    topics: tuple[Annotated[Topic, Fill()], ...] = Field(default=(), description="the subjects that the letter follows")
    theme: Annotated[Theme, Fill()] = Field(default=Theme(), description="the letter's colours, fonts and logo")
    pictures: Pictures = Field(default=Pictures(), description="what is done with pictures")
    smtp: Annotated[Relay, Fill(_relay_conflicts)] | None = Field(
        default=None, description="the relay that sends the letter"
    )
    writer: Annotated[WriterSettings, Fill(writer_conflicts)] | None = Field(
        default=None, description="who proposes texts, in a run and by newsletter write; nobody by default"
    )
    publish: tuple[Annotated[Publisher, Fill(publisher_conflicts)], ...] = Field(
        default=(), description="services and commands that get an approved issue as a draft by newsletter publish"
    )
    source_defaults: Annotated[Mapping[str, Any], FillSourceDefaults()] = Field(
        default_factory=dict, description="values for all sources that do not have their own"
    )
    sources: tuple[Annotated[Source, FillSource()], ...] = Field(description="where stories come from")
    _folder: Path = PrivateAttr(default_factory=Path.cwd)

    @field_validator("editions")
    @classmethod
    def _translated(cls, editions: tuple[Edition, ...], info: ValidationInfo) -> tuple[Edition, ...]:
        """Refuse an edition whose phrases would be in another language than its stories."""
        known = [language.replace("-", "_") for language in EDITION_LANGUAGES]
        folder: Path | None = info.data.get("templates")
        known += sorted(path.stem for path in folder.glob("messages/*.po")) if folder else []
        missing = (
            ((position, "language"), untranslated(edition.language))
            for position, edition in enumerate(editions)
            if not any(name in known for name in catalogue_names(edition.language))
        )
        return collect_problems("Config", {}, editions, lambda given: given, missing)

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterable[tuple[tuple[str | int, ...], str]]:
        """Names are unique, and there is an edition."""
        if given.get("editions") in ([], ()):
            yield ("editions",), "needs at least one edition"
        for key in ("editions", "topics", "filters", "publish", "sources"):
            for position, value, first in repeated(given.get(key), "name"):
                yield (key, position, "name"), f"{value!r} is also the name of {key}[{first}]; use two different names"
        yield from edition_conflicts(given)

    def model_post_init(self, context: Any, /) -> None:
        """Keep the folder that paths are relative to."""
        if context and context.get("folder"):
            self._folder = context["folder"]

    @property
    def folder(self) -> Path:
        """The folder of the config file."""
        return self._folder

    @property
    def zone(self) -> ZoneInfo:
        """The newsroom's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def place_names(self) -> tuple[str, ...]:
        """The places, of all languages."""
        return _names(self.places)

    @property
    def firm_names(self) -> tuple[str, ...]:
        """The firms, of all languages."""
        return _names(self.firms)

    @property
    def contact(self) -> str:
        """The contact address for the hosts of sources."""
        return self.fetch.contact or self.desk.email

    def edition(self, name: str) -> Edition | None:
        """The edition with this name, or None."""
        return next((edition for edition in self.editions if edition.name == name), None)

    def title(self, edition: Edition) -> str:
        """The title in an edition's masthead."""
        return edition.title or self.name

    def letter_path(self, edition: Edition, issue: str) -> Path | None:
        """The file of the host's letter for an issue such as 2026-W47; it need not exist."""
        pattern = edition.letter
        return Path(pattern.replace("{issue}", issue).replace("{edition}", edition.name)) if pattern else None
