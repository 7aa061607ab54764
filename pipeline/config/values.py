"""The types of the config's values, each with its check and its message."""

import ipaddress
import re
import unicodedata
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, StringConstraints, Tag, ValidationInfo

from pipeline.config.section import suggest
from pipeline.records import UNKNOWN_LANGUAGE
from pipeline.text.languages import (
    EDITION_LANGUAGES,
    RECOGNISED,
    declared_language,
    edition_language,
    nearest_recognised,
    story_language,
)

_LANGUAGE = re.compile(
    r"[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*", re.IGNORECASE
)
_FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_LARGEST = 10**12
_OWN_HEADERS = {
    "accept-encoding", "connection", "content-length", "host", "if-modified-since", "if-none-match", "range", "te",
    "transfer-encoding", "upgrade",
}  # fmt: skip
_TAKEN_NAMES = {"pictures", "issue", "edits", "feed", "index"}  # other files and folders of an issue


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("expected a number, found true or false")  # noqa: TRY004 (pydantic wants a ValueError)
    return value


def _one_line(value: str) -> str:
    if not value:
        raise ValueError("must not be empty")
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in value):
        raise ValueError("must be one line of text, without control characters")
    return unicodedata.normalize("NFC", value)


def _language(value: str) -> str:
    """Check a BCP 47 tag and put it in its usual case; Chinese has to state its script."""
    is_tag = bool(_LANGUAGE.fullmatch(value))
    meant = story_language(value) if is_tag else None
    if meant is None:
        likely = declared_language(value)
        if likely or not is_tag:
            hint = f"; did you mean {_spell_language(likely)}?" if likely else ", such as en, ja or zh-Hant"
            raise ValueError(f"{value!r} is not a language tag (BCP 47){hint}")
    first, *rest = value.split("-")
    if first.lower() == "zh" and not {"hant", "hans"}.intersection(value.lower().split("-")):
        raise ValueError(f"{value} does not say which script; write {_spell_language(meant)}")
    return "-".join([first.lower(), *(_cased(part) for part in rest)])


def _edition_language(value: str) -> str:
    """Check a tag and put it in the form that message catalogues are named after."""
    return _language(edition_language(value) if _LANGUAGE.fullmatch(value) else value)


def untranslated(language: str) -> str:
    """The message for an edition whose language has no message catalogue."""
    name = language.replace("-", "_")
    return (
        f"there is no message catalogue for {language}; an edition can be in {', '.join(EDITION_LANGUAGES)}."
        f" For another language, translate messages/en.po to messages/{name}.po in a templates folder of your own"
    )


def _story_language(value: str) -> str:
    """Make the canonical tag of a language that the tagger can recognise in a story."""
    if value.lower() == UNKNOWN_LANGUAGE:
        return UNKNOWN_LANGUAGE
    language = story_language(_language(value))
    if language in RECOGNISED:
        return language
    nearest = nearest_recognised(value)
    hint = f"; the nearest it can is {_spell_language(nearest)}" if nearest else ", see docs/language.md"
    raise ValueError(f"the tagger cannot recognise {value}{hint}")


def _declared_language(value: str) -> str:
    """Make the canonical tag of a language that a source or a word list declares."""
    tag = _language(value)
    return story_language(tag) or tag


def _spell_language(language: str | None) -> str:
    return "zh-Hant or zh-Hans" if language in ("zh", None) else language


def _cased(part: str) -> str:
    if len(part) == 4 and part.isalpha():
        return part.title()
    return part.upper() if len(part) in (2, 3) else part.lower()


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        known = available_timezones()  # takes long: it reads every file of the database
        hint = suggest(value, known) or ", such as Asia/Hong_Kong"
        raise ValueError(f"{value!r} is not a time zone (IANA){hint}") from None
    return value


def _folder_name(value: str) -> str:
    if not _FOLDER_NAME.fullmatch(value):
        raise ValueError(f"{value!r} is not a safe folder name; use letters A to Z, digits, - and _")
    if value.lower() in _TAKEN_NAMES:
        raise ValueError(f"{value!r} is already the name of another file in an issue's folder; choose another name")
    return value


def _address(value: str) -> str:
    parts = _split(value)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError("expected an address that starts with https:// or http://")
    return value


def _link(value: str) -> str:
    parts = _split(value)
    return value if parts.scheme.lower() == "mailto" and "@" in parts.path else _address(value)


def _split(value: str) -> Any:
    if any(character.isspace() or not character.isprintable() for character in value):
        raise ValueError("an address cannot contain spaces")
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"not a valid address: {error}") from error
    return parts


def _email(value: str) -> str:
    name, at, host = _one_line(value).rpartition("@")
    if not at or not name or not host.strip(".") or any(character in value for character in ' ,;<>()"') or "@" in name:
        raise ValueError("expected one email address without a name, such as desk@example.org")
    return value


def _list_id(value: str) -> str:
    if not re.fullmatch(
        r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+", value
    ):
        raise ValueError("expected a name that looks like a host name, such as weekly.example.org (RFC 2919)")
    return value


def _colour(value: Any) -> Any:
    if value is None:
        raise ValueError(
            "the value is empty, because # starts a comment; put the colour in quotes, or leave the key out"
        )
    if isinstance(value, str) and not _COLOUR.fullmatch(value):
        raise ValueError(f'{value!r} is not a colour; write "#rrggbb" with the quotes')
    if isinstance(value, str) and len(value) == 4:
        value = "#" + "".join(2 * digit for digit in value[1:])
    return value.lower() if isinstance(value, str) else value


def _fonts(value: str) -> str:
    """Check a list of fonts and remove its quotes, because it becomes part of HTML attributes."""
    names = [re.sub(r"""^(["'])(.*)\1$""", r"\2", name.strip()).strip() for name in value.split(",")]
    if not all(re.fullmatch(r"[\w -]+", name) for name in names):
        raise ValueError("expected font names separated by commas, such as Georgia, Times New Roman, serif")
    return ",".join(names)


def _private_host(value: str) -> str:
    """Check a host name, an IP address or a network, with or without a port."""
    host, colon, port = value.rpartition(":")
    bare = host if colon and port.isdigit() and (":" not in host or host.endswith("]")) else value
    bare = bare.removeprefix("[").removesuffix("]")
    if "://" in value:
        raise ValueError("expected a host, an IP address or a network, without http://")
    try:
        ipaddress.ip_network(bare, strict=False)
    except ValueError:
        if not re.fullmatch(r"[\w*](?:[\w.-]*\w)?", bare) or re.fullmatch(r"[\d./]+", bare):
            raise ValueError(
                f"{value!r} is not a host, IP address or network, such as 127.0.0.1 or 10.0.0.0/8"
            ) from None
    return value.lower()


def resolve_path(value: Path, info: ValidationInfo) -> Path:
    """Make a path absolute; it is relative to the folder of the config."""
    folder: Path = (info.context or {}).get("folder") or Path.cwd()
    if not str(value).strip() or "\0" in str(value):
        raise ValueError("expected a path")
    return folder / value.expanduser()


def _existing_path(value: Path, info: ValidationInfo) -> Path:
    path = resolve_path(value, info)
    if not path.exists():
        raise ValueError(f"{path} does not exist; a path is relative to the folder of the config")
    return path


def _location(value: str, info: ValidationInfo) -> str:
    scheme, colon, _ = value.partition("://")
    if colon and scheme.lower() in ("http", "https"):
        return _address(value)
    if colon:
        raise ValueError(f"{scheme}:// is not supported; write an http(s) address or a path")
    return str(resolve_path(Path(_one_line(value)), info))


def _mailbox(value: str, info: ValidationInfo) -> str:
    scheme, colon, _ = value.partition("://")
    if not colon:
        return str(resolve_path(Path(_one_line(value)), info))
    parts = _split(value)
    if scheme.lower() != "imaps" or not parts.hostname:
        raise ValueError("expected imaps://HOST/FOLDER, or the path of a Maildir; a mailbox is read over TLS only")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("expected imaps://HOST/FOLDER; the account belongs in the source's login and password")
    return value


def _header_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}", value):
        raise ValueError("expected the name of a header, such as Authorization")
    if value.lower() in _OWN_HEADERS:
        raise ValueError(f"{value} is set by the program; leave it out")
    return value


def _header_value(value: str) -> str:
    if not value.isprintable():  # the value is secret, so that no message repeats it
        raise ValueError("the value has line ends or control characters; check the variable")
    return value.strip()


def _engine(value: str) -> str:
    if value in ("serial", "processes", "dask"):
        return value
    host, colon, port = value.removeprefix("dask://").rpartition(":")
    if value.startswith("dask://") and host and colon and port.isdigit() and "/" not in host:
        return value
    hint = suggest(value, ("serial", "processes", "dask"))
    raise ValueError(f"expected serial, processes, dask, or a scheduler such as dask://host:8786{hint}")


def _off(value: Any) -> Any:
    """YAML reads a bare off as false."""
    return "off" if value is False else value


def _vectors(value: str) -> str:
    if value in ("builtin", "off"):
        return value
    parts = urlsplit(value)
    if parts.scheme == "openai" and parts.hostname and parts.path.strip("/") and not (parts.query or parts.fragment):
        return value
    hint = suggest(value, ("builtin", "off"))
    raise ValueError(f"expected builtin, off, or a service such as openai://localhost:11434/model{hint}")


def _list_or_mapping(value: Any) -> str:
    return "mapping" if isinstance(value, dict) else "list"


def _text_or_mapping(value: Any) -> str:
    return "mapping" if isinstance(value, dict) else "text"


def _known_fields(pattern: str, known: frozenset[str]) -> str:
    for name in re.findall(r"\{([^{}]*)\}", pattern):
        if name not in known:
            allowed = ", ".join(f"{{{field}}}" for field in sorted(known))
            raise ValueError(f"{{{name}}} is not known here; use {allowed}{suggest(name, known)}")
    return pattern


def _subject(value: str) -> str:
    return _known_fields(value, frozenset({"title", "number", "headline", "date"}))


def _letter(value: str, info: ValidationInfo) -> str:
    return str(resolve_path(Path(_known_fields(value, frozenset({"issue", "edition"}))), info))


def _form(pattern: str) -> Any:
    """What the schema for editors says of a text: a pattern that is a little wider than the check."""
    return Field(json_schema_extra={"pattern": pattern})


_TAG_FORM = _form(r"^(?!zh$)[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")
_PATH_OR = r"(?!.*://)(?=.*\S).+"

Whole = Annotated[int, BeforeValidator(_no_bool), Field(ge=0, le=_LARGEST)]
Positive = Annotated[int, BeforeValidator(_no_bool), Field(ge=1, le=_LARGEST)]
Number = Annotated[float, BeforeValidator(_no_bool), Field(ge=0)]
Seconds = Annotated[float, BeforeValidator(_no_bool), Field(gt=0)]
Share = Annotated[float, BeforeValidator(_no_bool), Field(ge=0, le=1)]
Line = Annotated[str, AfterValidator(_one_line), _form(r"\S")]
Language = Annotated[str, AfterValidator(_language), _TAG_FORM]
EditionLanguage = Annotated[str, AfterValidator(_edition_language), _TAG_FORM]
StoryLanguage = Annotated[str, AfterValidator(_story_language), _TAG_FORM]
DeclaredLanguage = Annotated[str, AfterValidator(_declared_language), _TAG_FORM]
TimeZone = Annotated[str, AfterValidator(_zone)]
FolderName = Annotated[str, AfterValidator(_folder_name), _form(f"^{_FOLDER_NAME.pattern}$")]
Address = Annotated[str, AfterValidator(_address), _form(r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/]+\S*$")]
Linkable = Annotated[
    str, AfterValidator(_link), _form(r"^([Hh][Tt][Tt][Pp][Ss]?://[^\s/]+|mailto:\S+@)\S*$")
]  # an address, or mailto:
EmailAddress = Annotated[str, AfterValidator(_email), _form(r'^[^@\s,;:<>()"]+@[^@\s,;:<>()"]+$')]
ListId = Annotated[str, AfterValidator(_list_id), _form(r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9-]+)+$")]
Colour = Annotated[str, BeforeValidator(_colour), _form(f"^(?:{_COLOUR.pattern})$")]
Fonts = Annotated[str, AfterValidator(_fonts), _form(r"""^[\w\s,"'-]+$""")]
PrivateHost = Annotated[str, AfterValidator(_private_host), _form(r"^(?!.*://)\S+$")]
PathTo = Annotated[Path, AfterValidator(resolve_path)]
PathThere = Annotated[Path, AfterValidator(_existing_path)]
Location = Annotated[
    str, AfterValidator(_location), _form(rf"^([Hh][Tt][Tt][Pp][Ss]?://\S+|{_PATH_OR})$")
]  # an http(s) address as it is, or an absolute path
Mailbox = Annotated[str, AfterValidator(_mailbox), _form(rf"^([Ii][Mm][Aa][Pp][Ss]://\S+|{_PATH_OR})$")]
HeaderName = Annotated[str, AfterValidator(_header_name), _form(r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$")]
HeaderValue = Annotated[str, AfterValidator(_header_value)]
Engine = Annotated[str, AfterValidator(_engine), _form(r"^(serial|processes|dask|dask://[^/]+:\d+)$")]
VectorSource = Annotated[
    str, BeforeValidator(_off), AfterValidator(_vectors), _form(r"^(builtin|off|openai://[^/]+/.+)$")
]
Subject = Annotated[str, AfterValidator(_subject), _form(r"^([^{}]|\{(title|number|headline|date)\})*$")]
LetterPattern = Annotated[str, AfterValidator(_letter), _form(r"^([^{}]|\{(issue|edition)\})*$")]

PerLanguage = Annotated[
    Annotated[tuple[StoryLanguage, ...], Tag("list")] | Annotated[dict[StoryLanguage, Positive], Tag("mapping")],
    Discriminator(_list_or_mapping),
]
NameList = Annotated[
    Annotated[tuple[Line, ...], Tag("list")] | Annotated[dict[Language, tuple[Line, ...]], Tag("mapping")],
    Discriminator(_list_or_mapping),
]
Sentence = Annotated[
    Annotated[Line, Tag("text")] | Annotated[dict[Language, Line], Tag("mapping")], Discriminator(_text_or_mapping)
]

# The check is of the file: see `pipeline.config.load`.
SecretText = Annotated[str, _form(r"^\$\{[A-Za-z_][A-Za-z0-9_]*(:-)?\}$")]

StoryId = Annotated[str, StringConstraints(pattern=r"^s[0-9a-f]{15}$")]
Zoom = Annotated[float, BeforeValidator(_no_bool), Field(ge=1, le=8)]

# The checks of the formats that `pipeline.records.keys` names.
CHECKS = {
    "whole": Whole,
    "positive": Positive,
    "number": Number,
    "seconds": Seconds,
    "share": Share,
    "line": Line,
    "language": Language,
    "declared language": DeclaredLanguage,
    "colour": Colour,
    "fonts": Fonts,
    "email": EmailAddress,
    "private host": PrivateHost,
    "location": Location,
    "mailbox": Mailbox,
    "path": PathTo,
    "existing path": PathThere,
    "secret": SecretText,
    "header name": HeaderName,
    "header value": HeaderValue,
    "address": Linkable,
    "story id": StoryId,
    "zoom": Zoom,
}
