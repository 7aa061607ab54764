"""What an editor does, as changes of the Edits: each knows what it saw, so that nobody's change is lost unseen."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from pipeline.errors import NewsletterError, UsageError
from pipeline.records import Edits, Slot, StoryEdit, to_json
from pipeline.run.images import UPLOAD

Section = Literal["features", "reads"]

LONGEST = {"letter": 40_000, "blurb": 20_000}  # characters; the rest are lines
LONGEST_LINE = 2_000
MOST_STORIES = 2_000

_LISTS = ("features", "reads", "drops")
_PAIRS = ("same_event", "other_event")
_TEXTS = ("greeting", "letter", "subject", "preheader", "coordinated_by")
_WORDS = ("kicker", "headline", "blurb", "picture", "alt", "credit")
_STORY = re.compile(r"s[0-9a-f]{15}")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


class ConflictError(NewsletterError):
    """Somebody else has changed the same thing since the editor saw it."""

    def __init__(self, path: str, current: Any) -> None:
        super().__init__(path, current)
        self.path = path
        self.current = current

    def __str__(self) -> str:
        return f"{self.path} was changed by someone else in the meantime"


@dataclass(frozen=True, slots=True)
class Table:
    """What stands where at the moment: what moves are measured against."""

    slots: Sequence[Slot]
    members: Mapping[str, tuple[str, ...]]  # story → the stories of its event, itself among them
    copies: Mapping[str, str]
    sizes: Mapping[str, int]  # section → how many stories the machine puts there


def apply_change(edits: Edits, change: Mapping[str, Any], table: Table) -> Edits:
    """The edits with one change made. ConflictError where what it saw is no longer there; UsageError for nonsense."""
    match change.get("kind"):
        case "set":
            seen = [change.get("was"), *_tried(change)]
            return _set(edits, _text(change, "path"), change.get("value"), seen)
        case "place":
            section, index = change.get("section"), change.get("index")
            if section not in ("features", "reads") or not isinstance(index, int):
                raise UsageError("a story goes to a place among the features or the reads")
            return _slot(edits, _story(change, "story"), section, index, table)
        case "drop":
            return _drop(edits, _story(change, "story"), table)
        case "restore":
            members = _members(_story(change, "story"), table)
            return replace(edits, drops=tuple(story for story in edits.drops if story not in members))
        case "unpin":
            return _unpinned(edits, {_story(change, "story")}, table)
        case "judge":
            return _judge(edits, _story(change, "one"), _story(change, "other"), change.get("verdict"))
    raise UsageError("the desk does not know that change; load the page again")


def flatten(edits: Edits) -> dict[str, Any]:
    """Every word and list by its path, such as `stories.s1d3….headline`, as JSON values."""
    flat: dict[str, Any] = {name: to_json(getattr(edits, name)) for name in (*_LISTS, *_PAIRS, *_TEXTS)}
    for story, words in edits.stories.items():
        for name, value in to_json(words).items():
            if value is not None:
                flat[f"stories.{story}.{name}"] = value
    return flat


def undoing(before: Edits, after: Edits) -> list[dict[str, Any]]:
    """The changes that lead from `after` back to `before`."""
    old, new = flatten(before), flatten(after)
    return [
        {"kind": "set", "path": path, "value": old.get(path), "was": new.get(path)}
        for path in dict.fromkeys((*new, *old))
        if old.get(path) != new.get(path)
    ]


def _tried(change: Mapping[str, Any]) -> list[Any]:
    """Values that the same page has sent before and never heard of again: they are nobody else's."""
    tried = change.get("tried")
    return tried if isinstance(tried, list) else []


def _set(edits: Edits, path: str, value: Any, seen: Sequence[Any]) -> Edits:
    current = flatten(edits).get(path)
    wanted = _checked(path, value)
    if _same(current, to_json(wanted)):
        return edits
    if not any(_same(current, each) for each in seen):
        raise ConflictError(path, current)
    if path.startswith("stories."):
        _, story, name = path.split(".")
        words = replace(edits.stories.get(story, StoryEdit()), **{name: wanted})
        kept = {**edits.stories, story: words}
        return replace(edits, stories={key: each for key, each in kept.items() if each != StoryEdit()})
    return replace(edits, **{path: wanted})


def _same(one: Any, other: Any) -> bool:
    """Whether two values say the same: the file keeps no white space around a text."""
    if isinstance(one, str) and isinstance(other, str):
        return one.strip() == other.strip()
    return bool((one or None) == (other or None)) if not isinstance(one, str) and not isinstance(other, str) else False


def _checked(path: str, value: Any) -> Any:
    """A value as the record holds it; UsageError for one that edits.yaml could not say."""
    name = path.rpartition(".")[2]
    if path in _LISTS:
        return tuple(_ids(value))
    if path in _PAIRS:
        pairs = [tuple(_ids(pair)) for pair in value or ()]
        if any(len(pair) != 2 for pair in pairs):
            raise UsageError(f"{path}: pairs of stories")
        return tuple(pairs)
    known = path in _TEXTS or (re.fullmatch(rf"stories\.{_STORY.pattern}\.\w+", path) and name in (*_WORDS, "crop"))
    if not known:
        raise UsageError(f"{path!r} is nothing that can be edited")
    if value is None:
        return None
    if name == "crop":
        return _crop(value)
    if not isinstance(value, str) or len(value) > LONGEST.get(name, LONGEST_LINE):
        raise UsageError(f"{path}: a text of at most {LONGEST.get(name, LONGEST_LINE):,} characters")
    text = _CONTROLS.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    if name not in LONGEST:
        text = " ".join(text.split("\n"))
    if name == "picture" and not (text == "none" or text.startswith(("https://", "http://")) or UPLOAD.fullmatch(text)):
        raise UsageError(f"{path}: an address, an uploaded picture, or none")
    return text


def _crop(value: Any) -> tuple[float, float, float]:
    if not isinstance(value, list) or len(value) != 3 or not all(isinstance(each, int | float) for each in value):
        raise UsageError("crop: three numbers")
    across, down, zoom = (round(float(each), 4) for each in value)
    if not (0 <= across <= 1 and 0 <= down <= 1 and 1 <= zoom <= 8):
        raise UsageError("crop: the middle from 0 to 1 across and down, and a zoom from 1 to 8")
    return across, down, zoom


def _slot(edits: Edits, story: str, section: Section, index: int, table: Table) -> Edits:
    """The story at that place, and pinned with all that stands before it; what follows stays the machine's."""
    members = _members(story, table)
    there = [slot for slot in table.slots if slot.section == section and slot.story not in members]
    order = [slot.story for slot in there]
    order.insert(max(0, min(index, len(order))), story)
    pinned = {slot.story for slot in there if slot.pinned} | {story}
    pins = order[: 1 + max(position for position, each in enumerate(order) if each in pinned)]
    moved = _unpinned(edits, set(members) | set(pins), table)
    dropped = set(members) if set(members) <= set(edits.drops) else {story}
    kept = tuple(each for each in getattr(moved, section) if table.copies.get(each, each) not in order)
    moved = replace(moved, drops=tuple(each for each in edits.drops if each not in dropped))
    if section == "features":
        return replace(moved, features=(*pins, *kept))
    return replace(moved, reads=(*pins, *kept))


def _drop(edits: Edits, story: str, table: Table) -> Edits:
    members = _members(story, table)
    known = set(edits.drops)
    return replace(
        _unpinned(edits, set(members), table),
        drops=(*edits.drops, *(member for member in members if member not in known)),
    )


def _unpinned(edits: Edits, stories: set[str], table: Table) -> Edits:
    def without(pins: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(pin for pin in pins if pin not in stories and table.copies.get(pin, pin) not in stories)

    return replace(edits, features=without(edits.features), reads=without(edits.reads))


def _judge(edits: Edits, one: str, other: str, verdict: Any) -> Edits:
    """A suggestion across languages accepted, refused, or left open again."""
    if verdict not in ("same", "other", None):
        raise UsageError("a suggestion is the same event, another one, or open")
    pair = {one, other}
    same = tuple(known for known in edits.same_event if set(known) != pair)
    others = tuple(known for known in edits.other_event if set(known) != pair)
    return replace(
        edits,
        same_event=(*same, (one, other)) if verdict == "same" else same,
        other_event=(*others, (one, other)) if verdict == "other" else others,
    )


def _members(story: str, table: Table) -> tuple[str, ...]:
    return table.members.get(story, (story,))


def _ids(value: Any) -> list[str]:
    ids = list(value or ())
    if len(ids) > MOST_STORIES or not all(isinstance(each, str) and _STORY.fullmatch(each) for each in ids):
        raise UsageError("a list of story ids")
    return ids


def _story(change: Mapping[str, Any], key: str) -> str:
    story = change.get(key)
    if not isinstance(story, str) or not _STORY.fullmatch(story):
        raise UsageError(f"{key}: a story's id")
    return story


def _text(change: Mapping[str, Any], key: str) -> str:
    value = change.get(key)
    if not isinstance(value, str):
        raise UsageError(f"{key}: a text")
    return value


assert {each.name for each in fields(Edits)} == {*_LISTS, *_PAIRS, *_TEXTS, "stories"}
