"""Settings of the stages and the edges, declared once: the name, default, meaning and limits of each.

The config fills these records from the keys of config.yaml, and the stages and edges take the same records.
"""

from dataclasses import dataclass, field
from typing import Literal, get_args

from pipeline.records.issues import Artwork
from pipeline.records.keys import (
    Address,
    Colour,
    EmailAddress,
    ExistingPath,
    Fonts,
    Language,
    Line,
    Location,
    Number,
    Positive,
    PrivateHost,
    Seconds,
    Secret,
    Share,
    Whole,
    key,
    palette_keys,
)

POLL_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Weights:
    """How strong each part of a story's rank is, against the others: they need not add up."""

    coverage: Number = field(default=0.40, metadata=key("how many outlets report the event"))
    source: Number = field(default=0.15, metadata=key("the weight of the source"))
    freshness: Number = field(default=0.20, metadata=key("how new the story is"))
    topics: Number = field(default=0.15, metadata=key("words of the topics in title and summary"))
    fullness: Number = field(
        default=0.10, metadata=key("whether the story has its full text, a picture and a named author")
    )


Kind = Literal[
    "story", "analysis", "opinion", "video", "live", "podcast", "deal", "howto", "listing", "forum", "release", "sport",
    "lifestyle", "promo", "quiz", "job",
]  # fmt: skip
BARRED_KINDS: frozenset[Kind] = frozenset(["video", "live", "deal", "quiz", "listing", "forum", "sport", "job"])


@dataclass(frozen=True, slots=True)
class About:
    """What the letter is about."""

    text: str = field(default="", metadata=key("a paragraph in plain sentences that names firms, people and places"))
    headlines: tuple[Line, ...] = field(
        default=(), metadata=key("some ten headlines that the letter would like to print, made up, with names")
    )


@dataclass(frozen=True, slots=True)
class SelectSettings:
    """How an issue is chosen."""

    features: Positive = field(default=4, metadata=key("how many stories appear in full", le=50))
    reads: Whole = field(default=6, metadata=key("how many suggested reads appear", le=100))
    minimum: Positive = field(
        default=4, metadata=key("there is no issue with fewer stories on the letter's subject than this")
    )
    fill: bool = field(default=False, metadata=key("whether stories off the subject may fill empty slots"))
    kinds: tuple[Kind, ...] = field(
        default=tuple(kind for kind in get_args(Kind) if kind not in BARRED_KINDS),
        metadata=key("the kinds of stories that the letter takes", min_length=1),
    )
    taste: bool = field(
        default=True,
        metadata=key("whether what the editors kept of earlier proposals counts, after eight approved issues"),
    )
    clicks: bool = field(
        default=False,
        metadata=key("whether what readers clicked counts, after eight issues whose results have been read"),
    )
    window_days: Positive = field(default=7, metadata=key("how many days back the first issue reaches"))
    overlap_days: Whole = field(
        default=2,
        metadata=key("how many days an issue reaches back before the last approved one, to include late stories"),
    )
    per_source: Positive = field(
        default=2,
        metadata=key("the most stories from one source; it gives way only where there would be no issue otherwise"),
    )
    per_topic: Positive = field(
        default=2,
        metadata=key("the most features on one topic; it gives way where a feature would be missing otherwise"),
    )
    per_language: Positive | None = field(
        default=None,
        metadata=key("the most features in one language other than the edition's own; no limit by default"),
    )
    weights: Weights = field(default=Weights(), metadata=key("how much each part counts in a story's rank"))
    max_age_days: Positive = field(default=21, metadata=key("older stories are never chosen"))


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject that the letter follows."""

    name: Line = field(metadata=key("the topic's name in the ledger"))
    names: dict[Language, Line] = field(
        default_factory=dict, metadata=key("the topic's name as readers see it, by language")
    )
    weight: Number = field(default=1.0, metadata=key("how much the topic's words raise a story's rank"))
    words: dict[Language, tuple[Line, ...]] = field(
        default_factory=dict, metadata=key("words that show that a story is about the topic, by language")
    )
    sentence: Line | None = field(
        default=None, metadata=key("a sentence on the topic, which stories are compared with by their meaning")
    )


@dataclass(frozen=True, slots=True)
class DedupeSettings:
    """How copies and stories of one event are found."""

    event_days: Number = field(
        default=3.5, metadata=key("how many days apart two stories of one event may be published")
    )
    aliases: ExistingPath | None = field(
        default=None, metadata=key("a file of names that mean the same, added to the built-in ones")
    )


Purpose = Literal["feed", "page", "picture"]


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How sources are requested, and the limits of each request and of a whole run."""

    contact: Line | None = field(
        default=None,
        metadata=key("an address in the User-Agent header, for hosts with a question; desk.email by default"),
    )
    user_agent: Line | None = field(
        default=None,
        metadata=key("the whole User-Agent header; by default the program's name and the contact"),
    )
    deadline_seconds: Seconds = field(
        default=30, metadata=key("the time for one request, with its redirects and retries")
    )
    max_feed_bytes: Positive = field(default=10_000_000, metadata=key("the largest feed, after decompression"))
    max_page_bytes: Positive = field(default=5_000_000, metadata=key("the largest page, after decompression"))
    max_picture_bytes: Positive = field(default=10_000_000, metadata=key("the largest picture"))
    connections: Positive = field(default=50, metadata=key("open connections at one time, one per host", le=500))
    per_host_delay_seconds: Number = field(
        default=1.0, metadata=key("the pause between two requests for pages or pictures to one host")
    )
    retries: Whole = field(
        default=2, metadata=key("how often a request is repeated after a failed connection or a 5xx status", le=10)
    )
    robots: bool = field(default=True, metadata=key("whether robots.txt is obeyed for pages"))
    allow_private: tuple[PrivateHost, ...] = field(
        default=(),
        metadata=key("private hosts, IP addresses and networks that may be requested, such as 127.0.0.1"),
    )
    mirrors: dict[Line, Location] = field(
        default_factory=dict,
        metadata=key("a host, such as *.example, and the http address or the folder that answers in its place"),
    )
    tolerance: Share = field(
        default=0.3, metadata=key("the share of sources that may fail before the exit code says so")
    )
    poll_seconds: Whole = field(
        default=POLL_SECONDS, metadata=key("the shortest time between two requests to a source")
    )
    max_poll_seconds: Positive = field(
        default=86_400, metadata=key("the longest pause that a source may ask for (ttl, max-age, Retry-After)")
    )
    dead_days: Positive = field(
        default=28, metadata=key("a source that fails for this many days is suggested for removal")
    )
    max_run_bytes: Positive = field(
        default=2_000_000_000, metadata=key("how many bytes one run receives, after decompression")
    )
    max_run_seconds: Seconds = field(default=3600, metadata=key("how long one run sends requests"))
    max_run_entries: Positive = field(default=50_000, metadata=key("how many new entries one run takes"))
    # Not keys of the config.
    redirects: int = 5
    retry_pause_seconds: float = 0.5  # before the first retry, doubled for each further one, with jitter
    retry_after_seconds: float = 5.0  # a Retry-After up to this is waited for, a longer one is reported
    waiting: int = 32  # responses that may wait for the reader before fetching pauses

    def bytes_for(self, purpose: Purpose) -> int:
        """The largest body for a purpose."""
        limits = {"feed": self.max_feed_bytes, "page": self.max_page_bytes, "picture": self.max_picture_bytes}
        return limits[purpose]


@dataclass(frozen=True, slots=True)
class Relay:
    """The SMTP relay that sends the letter."""

    host: Line = field(metadata=key("the relay's host name"))
    port: Positive = field(default=587, metadata=key("its port", le=65535))
    security: Literal["starttls", "tls", "none"] = field(
        default="starttls", metadata=key("starttls, tls, or none, which is for a relay on this machine only")
    )
    login: Secret | None = field(default=None, repr=False, metadata=key("the account, written ${NAME}"))
    password: Secret | None = field(default=None, repr=False, metadata=key("its password, written ${NAME}"))
    to: EmailAddress | None = field(
        default=None, metadata=key("the mailing list that gets approved issues; an edition may have its own")
    )
    retries: Whole = field(
        default=4, metadata=key("how often delivery is repeated when the relay is busy or unreachable", le=20)
    )
    retry_seconds: Number = field(default=15.0, metadata=key("the pause before a retry, doubled after each one"))
    timeout_seconds: Seconds = field(default=60, metadata=key("how long the relay may take for one reply"))


@dataclass(frozen=True, slots=True)
class TranslateRules:
    """The translations that a run asks the writer for, and what they may replace."""

    to: Literal["own", "none"] = field(
        default="own", metadata=key("own for the language of each edition; none for no translations in a run")
    )
    editions: tuple[Line, ...] = field(default=(), metadata=key("the editions that get them; all by default"))
    languages: tuple[Language, ...] = field(
        default=(), metadata=key("the languages of stories that are translated; all but the edition's by default")
    )
    fields: tuple[Literal["headline", "blurb"], ...] = field(
        default=("headline", "blurb"), metadata=key("the texts that are translated", min_length=1)
    )


@dataclass(frozen=True, slots=True)
class WriterSettings:
    """The service or command that proposes texts."""

    protocol: Literal["openai", "libretranslate", "deepl", "command"] = field(
        metadata=key("openai (any service with OpenAI's chat API, such as Ollama), libretranslate, deepl or command")
    )
    address: Address | None = field(
        default=None,
        metadata=key("the address of the service, such as http://localhost:11434/v1; HTTP only within your network"),
    )
    model: Line | None = field(default=None, metadata=key("the model, for openai"))
    api_key: Secret | None = field(default=None, repr=False, metadata=key("the service's key, written ${NAME}"))
    command: tuple[Line, ...] = field(
        default=(), metadata=key("the command and its arguments; it gets JSON on standard input and prints JSON")
    )
    use: Literal["accepted", "checked"] = field(
        default="accepted",
        metadata=key("accepted prints what an editor has accepted; checked also what passed the checks, with a mark"),
    )
    translate: TranslateRules = field(default=TranslateRules(), metadata=key("the translations that a run asks for"))
    write_for: tuple[Line, ...] = field(
        default=(),
        metadata=key("the editions for whose features a run asks for a kicker, a headline and a text; none by default"),
    )
    timeout_seconds: Seconds = field(default=60, metadata=key("how long one answer may take"))
    parallel: Positive = field(default=2, metadata=key("how many requests may wait for their answers at a time"))
    max_calls: Positive = field(default=40, metadata=key("the most requests of one command"))
    max_seconds: Seconds = field(default=600, metadata=key("the most time of one command"))
    max_tokens: Positive = field(
        default=100_000, metadata=key("the most tokens of one command, as openai reports them")
    )


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of the light or the dark appearance."""

    accent: Colour = field(metadata=key("kickers, buttons and the line at the top"))
    paper: Colour = field(metadata=key("the background around the letter"))
    card: Colour = field(metadata=key("the background of the text"))
    ink: Colour = field(metadata=key("the text"))
    soft: Colour = field(metadata=key("credits and dates"))
    line: Colour = field(metadata=key("the lines between parts"))
    band: Colour = field(metadata=key("the background of masthead and footer"))
    link: Colour = field(metadata=key("links"))


_LIGHT = Palette(
    accent="#c5321f",
    paper="#f3efe8",
    card="#fffdfa",
    ink="#1b1a19",
    soft="#6b645c",
    line="#e2dbd0",
    band="#eee8dd",
    link="#14345b",
)
_DARK = Palette(
    accent="#ff7a66",
    paper="#0f1012",
    card="#17181b",
    ink="#ece8e1",
    soft="#a8a198",
    line="#303136",
    band="#222327",
    link="#9cc3ff",
)


@dataclass(frozen=True, slots=True)
class Theme:
    """What makes a newsroom's letter look like its own."""

    light: Palette = field(default=_LIGHT, metadata=palette_keys(""))
    dark: Palette = field(default=_DARK, metadata=palette_keys("dark_"))
    font_serif: Fonts = field(
        default="Georgia,Noto Serif,Times New Roman,serif",
        metadata=key("the fonts of headlines, the best one first", optional=True),
    )
    font_sans: Fonts = field(
        default="Segoe UI,Noto Sans,Helvetica Neue,Helvetica,Arial,sans-serif",
        metadata=key("the fonts of the text, the best one first", optional=True),
    )
    radius: Whole = field(default=3, metadata=key("the radius of corners, in pixels", optional=True, le=48))
    logo: ExistingPath | Artwork | None = field(  # the file, then the picture as the issue shows it
        default=None, metadata=key("a picture that takes the place of the title in the masthead")
    )
