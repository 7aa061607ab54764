"""Print translations that passed the checks, where the config says `use: checked`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.config import Edition
from pipeline.edges.store.drafts import StoredDraft
from pipeline.records import Story, StoryEdit, TextOrigin, TranslateRules
from pipeline.run.session import Session
from pipeline.run.write import current_verdict, is_foreign
from pipeline.stages.select import Material
from pipeline.stages.write import join_sentences
from pipeline.text.languages import story_language
from pipeline.text.sentences import split_sentences

if TYPE_CHECKING:
    from pipeline.run.edition import EditionDraft


def with_checked_texts(session: Session, rules: TranslateRules, draft: "EditionDraft", material: Material) -> Material:
    """Put passed translations in the place of the features' titles and summaries, unless an editor refused them."""
    edition, edits = draft.edition, draft.edits.stories
    if edition.name not in (rules.editions or {edition.name}):
        return material
    stories, summaries, origins = dict(material.stories), dict(material.summaries), dict(material.origins)
    for story in session.store.stories.get(slot.story for slot in draft.slots if slot.section == "features"):
        if edits.get(story.id, StoryEdit()).draft == "refused" or not is_foreign(story, edition):
            continue
        summary = summaries.get(story.id, ())
        passed = _passed_draft(session, story, edition, with_blurb=bool(summary) and "blurb" in rules.fields)
        if passed is None:
            continue
        texts = _translations(passed, story)
        printed = stories[story.id]
        if "headline" in rules.fields:
            printed = replace(printed, title=texts[story.title])
        if "blurb" in rules.fields:
            summaries[story.id] = _translated(summary, texts, story, edition)
        if {"headline", "blurb"} <= set(rules.fields):
            printed = replace(printed, language=story_language(edition.language) or edition.language)
        stories[story.id] = printed
        origins[story.id] = TextOrigin(passed.writer, passed.answer.model, story.language, "passed")
    return replace(material, stories=stories, summaries=summaries, origins=origins)


def _passed_draft(session: Session, story: Story, edition: Edition, *, with_blurb: bool) -> StoredDraft | None:
    """The newest translation of the story, as it is now, to which the checker has no objection."""
    drafts = [
        draft
        for draft in session.store.drafts.of(story.id)
        if (draft.task, draft.language, draft.sentences[:1]) == ("translate", edition.language, (story.title,))
        and (len(draft.sentences) > 1 or not with_blurb)
        and current_verdict(draft, story).passed
    ]
    return drafts[-1] if drafts else None


def _translations(draft: StoredDraft, story: Story) -> dict[str, str]:
    """The sentences that were sent with their translations; the title first."""
    verdict = current_verdict(draft, story)
    return dict(zip(draft.sentences, (verdict.headline, *verdict.sentences), strict=True))


def _translated(summary: Sequence[str], texts: dict[str, str], story: Story, edition: Edition) -> tuple[str, ...]:
    """The summary with each sentence translated; all that was translated if it has none of the sentences sent."""
    paragraphs = [
        [texts[sentence] for sentence in split_sentences(paragraph, story.language) if sentence in texts]
        for paragraph in summary
    ]
    if not any(paragraphs):
        paragraphs = [[text for sentence, text in texts.items() if sentence != story.title]]
    return tuple(join_sentences(sentences, edition.language) for sentences in paragraphs if sentences)
