"""Apply an editor's changes to the edits. A change names the value it replaces, so that it never overwrites another's.

Changes come from the page as JSON objects with a `kind`: set, place, drop, restore, unpin, star, judge, split, join,
example, section or arrange.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from pipeline.desk.sections import (
    change_sections,
    flatten_sections,
    is_section_path,
    set_section_field,
    undo_sections,
)
from pipeline.desk.texts import CONTROLS, MAX_LINE_CHARACTERS, clean_text
from pipeline.errors import NewsletterError, UsageError
from pipeline.records import Edits, Slot, StoryEdit, to_json
from pipeline.run.images import UPLOAD

Section = Literal["features", "reads"]

MAX_IDS = 2_000
MAX_EXAMPLES = 50

_ID_LISTS = ("features", "reads", "drops", "shortlist")
_PAIR_LISTS = ("same_event", "other_event")
_TEXT_LISTS = ("examples",)
_LISTS = (*_ID_LISTS, *_PAIR_LISTS, *_TEXT_LISTS)
_ISSUE_TEXTS = ("greeting", "letter", "subject", "preheader", "coordinated_by")
_STORY_TEXTS = ("kicker", "headline", "blurb", "picture", "alt", "credit")
_STORY_ID = re.compile(r"s[0-9a-f]{15}")
_STORY_PATH = re.compile(rf"stories\.{_STORY_ID.pattern}\.({'|'.join((*_STORY_TEXTS, 'crop', 'origin', 'draft'))})")


class ConflictError(NewsletterError):
    """Someone else has changed the value since the editor saw it."""

    def __init__(self, path: str, current: Any) -> None:
        super().__init__(path, current)
        self.path = path
        self.current = current

    def __str__(self) -> str:
        return f"someone else has changed {self.path} in the meantime"


@dataclass(frozen=True, slots=True)
class Lineup:
    """The slots of an edition as they are now, and which stories belong together."""

    slots: Sequence[Slot]
    event_stories: Mapping[str, tuple[str, ...]]  # story → every story of its event, itself included
    copies: Mapping[str, str]  # copy → the story that it repeats
    found_stories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of its event, before any verdict
    joined_elsewhere: frozenset[frozenset[str]] = frozenset()  # pairs that other editions' editors joined


def apply_change(edits: Edits, change: Mapping[str, Any], lineup: Lineup) -> Edits:
    """Return the edits with one change made.

    Raises ConflictError if the value that the change replaces is no longer there, UsageError for an invalid change.
    """
    match change.get("kind"):
        case "set":
            return _set_value(edits, change.get("path"), change.get("value"), _expected_values(change))
        case "place":
            section, index = change.get("section"), change.get("index")
            if section not in ("features", "reads") or not isinstance(index, int):
                raise UsageError("a story is placed in features or reads, at a whole number")
            return _place_story(edits, _story_id(change, "story"), section, index, lineup)
        case "drop":
            return _drop_event(edits, _event_stories(change, lineup), lineup)
        case "restore":
            restored = _event_stories(change, lineup)
            return replace(edits, drops=tuple(story for story in edits.drops if story not in restored))
        case "unpin":
            return _remove_pins(edits, {_story_id(change, "story")}, lineup)
        case "star":
            return _set_star(edits, _story_id(change, "story"), lineup, wanted=bool(change.get("wanted")))
        case "judge":
            return _judge_pair(edits, _story_id(change, "one"), _story_id(change, "other"), change.get("verdict"))
        case "split":
            return _split_off(edits, _story_id(change, "story"), lineup)
        case "join":
            return _join_events(edits, _story_id(change, "one"), _story_id(change, "other"), lineup)
        case "example":
            return _set_example(edits, change.get("text"), wanted=bool(change.get("wanted")))
        case "section" | "arrange":
            return change_sections(edits, change)
    raise UsageError("the desk does not know this kind of change; reload the page")


def flatten(edits: Edits) -> dict[str, Any]:
    """Return every list and text by its path, such as `stories.s1d3….headline`, as JSON values."""
    flat: dict[str, Any] = {name: to_json(getattr(edits, name)) for name in (*_LISTS, *_ISSUE_TEXTS)}
    for story, edit in edits.stories.items():
        for name, value in to_json(edit).items():
            if value is not None:
                flat[f"stories.{story}.{name}"] = value
    return flat | flatten_sections(edits)


def undo_changes(before: Edits, after: Edits) -> list[dict[str, Any]]:
    """Return the changes that turn `after` back into `before`."""
    kept = [name for name in before.sections if name in after.sections]  # the others come and go as a whole
    old, new = (
        flatten(replace(edits, sections={name: edits.sections[name] for name in kept})) for edits in (before, after)
    )
    changed = [
        {"kind": "set", "path": path, "value": old.get(path), "was": new.get(path)}
        for path in dict.fromkeys((*new, *old))
        if old.get(path) != new.get(path)
    ]
    return changed + undo_sections(before, after)


def _expected_values(change: Mapping[str, Any]) -> list[Any]:
    """Values that the change may replace: the one seen, and those the same page sent before without an answer."""
    tried = change.get("tried")
    return [change.get("was"), *(tried if isinstance(tried, list) else [])]


def _set_value(edits: Edits, path: Any, value: Any, expected: Sequence[Any]) -> Edits:
    if not isinstance(path, str):
        raise UsageError("path: expected a text")
    current = flatten(edits).get(path)
    is_section = is_section_path(path)
    wanted = value if is_section else _validated(path, value)
    if _is_equal(current, to_json(wanted)):
        return edits
    if not any(_is_equal(current, other) for other in expected):
        raise ConflictError(path, current)
    if is_section:
        return set_section_field(edits, path, value)
    if not path.startswith("stories."):
        return replace(edits, **{path: wanted})
    _, story, name = path.split(".")
    edit = replace(edits.stories.get(story, StoryEdit()), **{name: wanted})
    stories = {**edits.stories, story: edit}
    return replace(edits, stories={key: edit for key, edit in stories.items() if edit != StoryEdit()})


def _is_equal(one: Any, other: Any) -> bool:
    """Compare two values as the file keeps them: without white space around a text."""
    if isinstance(one, str) and isinstance(other, str):
        return one.strip() == other.strip()
    if isinstance(one, str) or isinstance(other, str):
        return False
    return bool((one or None) == (other or None))


def _validated(path: str, value: Any) -> Any:
    """Return a value as the record stores it; UsageError for one that edits.yaml cannot contain."""
    if path in _ID_LISTS:
        return tuple(_story_ids(value))
    if path in _PAIR_LISTS:
        pairs = [tuple(_story_ids(pair)) for pair in value or ()]
        if any(len(pair) != 2 for pair in pairs):
            raise UsageError(f"{path}: expected pairs of story ids")
        return tuple(pairs)
    if path in _TEXT_LISTS:
        return tuple(_headline(text) for text in value or ())
    if path not in _ISSUE_TEXTS and not _STORY_PATH.fullmatch(path):
        raise UsageError(f"{path!r} cannot be edited")
    if value is None:
        return None
    name = path.rpartition(".")[2]
    if name == "origin":
        return _valid_origin(value)
    if name == "draft" and value != "refused":
        raise UsageError(f"{path}: expected 'refused'")
    return _valid_crop(value) if name == "crop" else _valid_text(path, name, value)


def _valid_text(path: str, name: str, value: Any) -> str:
    text = clean_text(path, value)
    if name == "picture" and not (text == "none" or text.startswith(("https://", "http://")) or UPLOAD.fullmatch(text)):
        raise UsageError(f"{path}: expected a web address, an uploaded picture or 'none'")
    return text


def _valid_origin(value: Any) -> tuple[str, str, str]:
    """The writer, its model and the language of the story, as the config checks them in the file."""
    lines = value if isinstance(value, list) and len(value) == 3 else []
    texts = [" ".join(CONTROLS.sub("", line).split()) for line in lines if isinstance(line, str)]
    if len(texts) != 3 or not all(texts) or any(len(text) > MAX_LINE_CHARACTERS for text in texts):
        raise UsageError("origin: expected a writer, its model and a language")
    writer, model, language = texts
    return writer, model, language


def _valid_crop(value: Any) -> tuple[float, float, float]:
    if not isinstance(value, list) or len(value) != 3 or not all(isinstance(number, int | float) for number in value):
        raise UsageError("crop: expected three numbers")
    x, y, zoom = (round(float(number), 4) for number in value)
    if not (0 <= x <= 1 and 0 <= y <= 1 and 1 <= zoom <= 8):
        raise UsageError("crop: the centre is from 0 to 1 in both directions, the zoom from 1 to 8")
    return x, y, zoom


def _place_story(edits: Edits, story: str, section: Section, index: int, lineup: Lineup) -> Edits:
    """Put the story at the index and pin it with every story before it; later slots stay open to the pipeline."""
    event_stories = lineup.event_stories.get(story, (story,))
    others = [slot for slot in lineup.slots if slot.section == section and slot.story not in event_stories]
    order = [slot.story for slot in others]
    order.insert(max(0, min(index, len(order))), story)
    pinned = {slot.story for slot in others if slot.pinned} | {story}
    pins = order[: 1 + max(position for position, placed in enumerate(order) if placed in pinned)]
    moved = _remove_pins(edits, {*event_stories, *pins}, lineup)
    restored = set(event_stories) if set(event_stories) <= set(edits.drops) else {story}
    kept_pins = tuple(pin for pin in getattr(moved, section) if lineup.copies.get(pin, pin) not in order)
    changed: dict[str, Any] = {section: (*pins, *kept_pins)}
    return replace(moved, drops=tuple(dropped for dropped in edits.drops if dropped not in restored), **changed)


def _drop_event(edits: Edits, stories: Collection[str], lineup: Lineup) -> Edits:
    new_drops = (story for story in stories if story not in edits.drops)
    return replace(_remove_pins(edits, stories, lineup), drops=(*edits.drops, *new_drops))


def _set_star(edits: Edits, story: str, lineup: Lineup, *, wanted: bool) -> Edits:
    """Put a story on the shortlist, or take its event off it."""
    event_stories = lineup.event_stories.get(story, (story,))
    others = tuple(known for known in edits.shortlist if known not in event_stories)
    return replace(edits, shortlist=(*others, story) if wanted else others)


def _remove_pins(edits: Edits, stories: Collection[str], lineup: Lineup) -> Edits:
    def without(pins: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(pin for pin in pins if pin not in stories and lineup.copies.get(pin, pin) not in stories)

    return replace(edits, features=without(edits.features), reads=without(edits.reads))


def _judge_pair(edits: Edits, one: str, other: str, verdict: Any) -> Edits:
    """Record whether two stories report the same event ("same", "other"), or forget the verdict (None)."""
    if verdict not in ("same", "other", None):
        raise UsageError("verdict: expected 'same', 'other' or null")
    pair = {one, other}
    same = tuple(known for known in edits.same_event if set(known) != pair)
    others = tuple(known for known in edits.other_event if set(known) != pair)
    return replace(
        edits,
        same_event=(*same, (one, other)) if verdict == "same" else same,
        other_event=(*others, (one, other)) if verdict == "other" else others,
    )


def _split_off(edits: Edits, story: str, lineup: Lineup) -> Edits:
    """Take a story off its event: forget the verdicts that joined it, and part it from what dedupe joined it with."""
    others = [other for other in lineup.event_stories.get(story, ()) if other != story]
    joined = {frozenset((other, story)) for other in others}
    found = lineup.found_stories.get(story, ())
    parted = [(other, story) for other in others if other in found or {other, story} in lineup.joined_elsewhere]
    known = {frozenset(pair) for pair in edits.other_event}
    return replace(
        edits,
        same_event=tuple(pair for pair in edits.same_event if frozenset(pair) not in joined),
        other_event=(*edits.other_event, *(pair for pair in parted if frozenset(pair) not in known)),
    )


def _join_events(edits: Edits, one: str, other: str, lineup: Lineup) -> Edits:
    """Make one event of two: forget the verdicts that parted them, and join them unless dedupe did so."""
    first, second = (set(lineup.event_stories.get(story, (story,))) for story in (one, other))
    if other in first:
        return edits

    def parts(pair: tuple[str, str]) -> bool:
        return not first.isdisjoint(pair) and not second.isdisjoint(pair)

    others = tuple(pair for pair in edits.other_event if not parts(pair))
    if other in lineup.found_stories.get(one, ()) and frozenset((one, other)) not in map(frozenset, others):
        return replace(edits, other_event=others)
    return replace(edits, other_event=others, same_event=(*edits.same_event, (one, other)))


def _set_example(edits: Edits, text: Any, *, wanted: bool) -> Edits:
    """Add a headline to the examples, or remove it."""
    headline = _headline(text)
    others = tuple(known for known in edits.examples if known != headline)
    if wanted and len(others) >= MAX_EXAMPLES:
        raise UsageError(f"an issue takes {MAX_EXAMPLES} examples; remove one first")
    return replace(edits, examples=(*others, headline) if wanted else others)


def _headline(value: Any) -> str:
    headline = " ".join(_valid_text("examples", "examples", value).split())
    if not headline:
        raise UsageError("examples: expected headlines")
    return headline


def _event_stories(change: Mapping[str, Any], lineup: Lineup) -> tuple[str, ...]:
    story = _story_id(change, "story")
    return lineup.event_stories.get(story, (story,))


def _story_ids(value: Any) -> list[str]:
    ids = list(value or ())
    if len(ids) > MAX_IDS or not all(isinstance(item, str) and _STORY_ID.fullmatch(item) for item in ids):
        raise UsageError("expected a list of story ids")
    return ids


def _story_id(change: Mapping[str, Any], key: str) -> str:
    story = change.get(key)
    if not isinstance(story, str) or not _STORY_ID.fullmatch(story):
        raise UsageError(f"{key}: expected a story id")
    return story


# Every key of the file can be changed at the desk.
assert {field.name for field in fields(Edits)} == {*_LISTS, *_ISSUE_TEXTS, "stories", "sections"}
