"""How a record declares the keys of a YAML file that fill it: forms of values, and metadata of fields.

A field is a key of the file where its metadata comes from `key()`. A `Format` in a field's type names the check that
`pipeline.config` applies to its value: this module loads no validator.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any


@dataclass(frozen=True, slots=True)
class Format:
    """The form that a value must have, by the name under which the config checks it."""

    name: str


Whole = Annotated[int, Format("whole")]  # 0 or more
Positive = Annotated[int, Format("positive")]  # 1 or more
Number = Annotated[float, Format("number")]  # 0 or more
Seconds = Annotated[float, Format("seconds")]  # more than 0
Share = Annotated[float, Format("share")]  # from 0 to 1
Line = Annotated[str, Format("line")]
Language = Annotated[str, Format("language")]
DeclaredLanguage = Annotated[str, Format("declared language")]
Colour = Annotated[str, Format("colour")]  # #rrggbb
Fonts = Annotated[str, Format("fonts")]  # names with commas between, without quotes
EmailAddress = Annotated[str, Format("email")]
PrivateHost = Annotated[str, Format("private host")]
Location = Annotated[str, Format("location")]  # an http(s) address, or an absolute path
MailboxLocation = Annotated[str, Format("mailbox")]  # imaps://HOST/FOLDER, or an absolute path
PathPattern = Annotated[Path, Format("path")]  # a path that need not exist
ExistingPath = Annotated[Path, Format("existing path")]
StoryId = Annotated[str, Format("story id")]
Zoom = Annotated[float, Format("zoom")]  # from 1 to 8
Address = Annotated[str, Format("address")]  # of the Web, or mailto:
Secret = Annotated[str, Format("secret")]  # written ${NAME} in the file
HeaderName = Annotated[str, Format("header name")]
HeaderValue = Annotated[str, Format("header value")]  # written with ${NAME} in the file


def key(description: str, *, optional: bool = False, shared: bool = False, **limits: Any) -> Mapping[str, Any]:
    """Metadata of a field that is a key of the config. `limits` are pydantic's: ge, gt, le, lt, min_length.

    `optional`: null stands for the default, which may come from another key. `shared`: also a key of source_defaults.
    """
    return {"description": description, "limits": limits, "optional": optional, "shared": shared}


def palette_keys(prefix: str) -> Mapping[str, Any]:
    """Metadata of a palette whose colours are keys of the record around it, each with `prefix` in front."""
    return {"prefix": prefix}
