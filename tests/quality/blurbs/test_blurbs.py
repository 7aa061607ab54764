"""The quality of blurbs on stories of ten kinds in ten languages stays above its floors.

A blurb could be sent if it contains what the story's label says that it must contain, nothing that it must not, and
ends with a whole sentence. floors.json has the lowest share allowed, for all stories and for each language.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.stages.summarise import summarise
from pipeline.text.sentences import ends_sentence
from tests.factories import story

HERE = Path(__file__).parent
STORIES: dict[str, list[dict[str, Any]]] = {
    language: stories
    for path in sorted(HERE.glob("stories-*.yaml"))
    for language, stories in yaml.safe_load(path.read_text(encoding="utf-8")).items()
}
FLOORS: dict[str, Any] = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))


def faults(language: str, labelled: dict[str, Any]) -> list[str]:
    """What keeps the story's blurb from being sent."""
    paragraphs = [line for line in labelled["text"].splitlines() if line]
    made = story(
        "s1", *paragraphs, title=labelled["title"], standfirst=labelled.get("standfirst", ""), language=language
    )
    blurb = "\n".join(summarise(made, paragraphs=3, length=340))
    found = [f"lacks {part!r}" for part in labelled["must"] if part not in blurb]
    found += [f"has {part!r}" for part in labelled["never"] if part in blurb]
    if not ends_sentence(blurb):
        found.append("ends within a sentence")
    return [f"{language}, {labelled['kind']}: {fault}: {blurb[:160]!r}" for fault in found]


@pytest.mark.parametrize("language", sorted(STORIES))
def test_no_language_falls_under_its_floor(language: str) -> None:
    """A rule that only helps one language must not cost another."""
    bad = [found for labelled in STORIES[language] if (found := faults(language, labelled))]
    assert 1 - len(bad) / len(STORIES[language]) >= FLOORS["language"], bad


def test_all_together_do_not_fall_under_their_floor() -> None:
    """The share of blurbs that could be sent."""
    results = [faults(language, labelled) for language, stories in STORIES.items() for labelled in stories]
    bad = [found for found in results if found]
    assert 1 - len(bad) / len(results) >= FLOORS["share"], bad


def test_the_set_is_as_large_and_wide_as_it_was() -> None:
    """Fewer labels would make the floors easier to reach."""
    assert len(STORIES) >= FLOORS["languages"]
    assert sum(map(len, STORIES.values())) >= FLOORS["stories"]
