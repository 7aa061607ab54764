"""The checker of translations on the project's own passages in six directions stays above its floors.

Each file is named after its direction. A passage is a source, a right translation, and mistakes: the kind, the words
of the translation to replace, and the wrong ones; without words to replace, a sentence that is added. floors.json has
the lowest share of mistakes found and the highest share of right translations objected to.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.stages.write import check_translation

HERE = Path(__file__).parent
FLOORS: dict[str, Any] = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))
PASSAGES: dict[str, list[dict[str, Any]]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*.yaml"))
}


def objections(direction: str, passage: dict[str, Any], text: str) -> list[str]:
    """What the checker says about a text."""
    language, _, to = direction.partition("-")
    return [f"{each.rule}: {each.excerpt}" for each in check_translation(passage["source"], text, language, to)]


def with_mistake(text: str, old: str, new: str) -> str:
    """The text with its words replaced, or with a sentence more."""
    if not old:
        return f"{text}\n{new}"
    assert old in text, (old, text)
    return text.replace(old, new, 1)


def results(direction: str) -> tuple[list[str], list[str], int]:
    """The mistakes that were missed, the right translations objected to, and the number of mistakes."""
    missed, flagged, mistakes = [], [], 0
    for passage in PASSAGES[direction]:
        if found := objections(direction, passage, passage["text"]):
            flagged.append(f"{direction}: {found}: {passage['text']}")
        for kind, old, new in passage["mistakes"]:
            mistakes += 1
            if not objections(direction, passage, with_mistake(passage["text"], old, new)):
                missed.append(f"{direction}: {kind}: {old!r} → {new!r}")
    return missed, flagged, mistakes


@pytest.fixture(scope="module")
def by_direction() -> dict[str, tuple[list[str], list[str], int]]:
    """The results of each direction."""
    return {direction: results(direction) for direction in PASSAGES}


def test_no_direction_falls_under_its_floor(by_direction: dict[str, tuple[list[str], list[str], int]]) -> None:
    """A rule for one language must not cost another."""
    floor = FLOORS["direction"]
    for direction, (missed, flagged, mistakes) in by_direction.items():
        assert 1 - len(missed) / mistakes >= floor["found"], missed
        assert len(flagged) / len(PASSAGES[direction]) <= floor["flagged"], flagged


def test_all_together_do_not_fall_under_their_floor(
    by_direction: dict[str, tuple[list[str], list[str], int]],
) -> None:
    """The share of mistakes found, and of right translations objected to."""
    missed = [each for found, _, _ in by_direction.values() for each in found]
    flagged = [each for _, found, _ in by_direction.values() for each in found]
    assert 1 - len(missed) / sum(mistakes for _, _, mistakes in by_direction.values()) >= FLOORS["found"], missed
    assert len(flagged) / sum(map(len, PASSAGES.values())) <= FLOORS["flagged"], flagged


def test_the_set_is_as_large_and_wide_as_it_was() -> None:
    """Fewer passages would make the floors easier to reach."""
    assert len(PASSAGES) >= FLOORS["directions"]
    assert all(len(passages) >= FLOORS["passages"] for passages in PASSAGES.values())
