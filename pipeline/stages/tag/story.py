"""Tagging a story: by its body where it has one, with the blocks in other languages marked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pipeline.records import UNKNOWN_LANGUAGE, Block, Decision, Outcome, Story
from pipeline.stages.tag.detect import Detection, detect, detect_all, is_confirmed
from pipeline.stages.tag.letters import count_letters
from pipeline.text.languages import primary_language

# A body with fewer letters shows less than the headline.
_BODY_LETTERS = 40
# A shorter block shows too little, unless it is in another script.
_BLOCK_LETTERS = 60
_BLOCK_CONFIDENCE = 0.85
# Languages that are mistaken for each other in a few sentences, and that fonts and voices treat alike.
_SIMILAR = (
    frozenset({"id", "ms"}),
    frozenset({"nb", "da", "nn", "sv"}),
    frozenset({"hr", "sr", "bs", "sl"}),
    frozenset({"cs", "sk"}),
    frozenset({"gl", "pt", "es"}),
    frozenset({"nl", "af"}),
)
_CHARACTER_LAYERS = frozenset({"script", "characters"})


def tag_story(story: Story, *, expected: Sequence[str] = ()) -> tuple[Story, tuple[Decision, ...]]:
    """The story with its language and with the blocks in other languages marked, and the ledger's line on it."""
    detections = detect_all([block.text for block in story.blocks], expected=expected)
    main = _detect_story(story, detections, expected)
    blocks = tuple(
        replace(block, language=detection.tag if _is_foreign(detection, block, main.tag) else None)
        for block, detection in zip(story.blocks, detections, strict=True)
    )
    tagged = replace(
        story,
        language=main.tag,
        language_confidence=round(main.confidence, 4),
        language_layer=main.layer,
        blocks=blocks,
    )
    foreign = Counter(block.language for block in blocks if block.language)
    detail = ", ".join([main.tag, *(f"{count} × {tag}" for tag, count in sorted(foreign.items()))])
    decision = Decision(story.id, "tag", Outcome.KEPT, f"language by {main.layer}", tagged.language_confidence, detail)
    return tagged, (decision,)


def tag_words(words: str, *, letter: str) -> str:
    """The language of what an editor wrote: that of the letter, unless the words are surely in another one."""
    detection = detect(words, expected=(letter,))
    return detection.tag if _is_foreign(detection, Block("paragraph", words), letter) else letter


def _detect_story(story: Story, detections: Sequence[Detection], expected: Sequence[str]) -> Detection:
    """The body's language; where its blocks disagree, that of the language with the most letters."""
    blocks = [pair for pair in zip(story.blocks, detections, strict=True) if pair[0].kind != "code"]
    weights: Counter[str] = Counter()
    for block, detection in blocks:
        if detection.tag != UNKNOWN_LANGUAGE:
            weights[primary_language(detection.tag)] += count_letters(block.text)
    main = max(weights, key=lambda language: (weights[language], language), default="")
    counted = (main, UNKNOWN_LANGUAGE)
    body = "\n".join(block.text for block, detection in blocks if primary_language(detection.tag) in counted)
    if count_letters(body) >= _BODY_LETTERS:
        return detect(body, declared=story.declared_language, expected=expected)
    found = detect(f"{story.title}\n{body}", declared=story.declared_language, expected=expected, title=True)
    if found.tag != UNKNOWN_LANGUAGE:
        return found
    text = "\n".join((story.title, body, story.standfirst, *story.key_points))
    return detect(text, declared=story.declared_language, expected=expected, title=True)


def _is_foreign(detection: Detection, block: Block, language: str) -> bool:
    """Whether a block is surely in another language: a wrong mark is worse than none."""
    if block.kind == "code" or detection.tag in (UNKNOWN_LANGUAGE, "zh", language):
        return False
    by_character = detection.layer in _CHARACTER_LAYERS
    if by_character and primary_language(detection.tag) != primary_language(language):
        return True
    if any({detection.tag, language} <= similar for similar in _SIMILAR):
        return False
    is_long_enough = by_character or count_letters(block.text) >= _BLOCK_LETTERS
    is_sure = is_long_enough and detection.confidence >= _BLOCK_CONFIDENCE
    return is_sure and is_confirmed(block.text, detection.tag, language)
