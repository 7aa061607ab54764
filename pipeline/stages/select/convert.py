"""Set Chinese stories of the other script in the edition's own, and keep the original next to them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pipeline.records import Original, Story
from pipeline.stages.select.compose import Material
from pipeline.text.chinese import convert_chinese, needs_conversion


def convert_material(material: Material, stories: Iterable[str], language: str, names: Mapping[str, str]) -> Material:
    """Convert the titles, summaries and picture texts of these stories to the script of an edition in `language`.

    Authors keep their names, as in the credit; `names` has the form that other names are to have.
    """
    converted = dict(material.stories)
    summaries = dict(material.summaries)
    originals: dict[str, Original] = {}
    for story in (material.stories[key] for key in stories):
        if not needs_conversion(story.language, language):
            continue
        kept = {name: name for name in story.authors} | dict(names)
        summary = material.summaries.get(story.id, ())
        originals[story.id] = Original(story.language, story.title, summary)
        converted[story.id] = _convert_story(story, language, kept)
        summaries[story.id] = tuple(convert_chinese(paragraph, language, kept) for paragraph in summary)
    return replace(material, stories=converted, summaries=summaries, originals=originals) if originals else material


def _convert_story(story: Story, language: str, names: Mapping[str, str]) -> Story:
    picture = story.picture and replace(story.picture, alt=convert_chinese(story.picture.alt, language, names))
    return replace(
        story, title=convert_chinese(story.title, language, names), language=_story_language(language), picture=picture
    )


def _story_language(language: str) -> str:
    """The language of stories in the edition's script, without its region."""
    return "-".join(language.split("-")[:2]) if "-" in language else language
