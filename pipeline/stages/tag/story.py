"""Tagging a story: by its body where there is one, with blocks in another language marked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pipeline.records import Block, Decision, Outcome, Story
from pipeline.stages.tag.detect import Detection, confirmed, detect, detect_all
from pipeline.stages.tag.scripts import letters

# Fewer letters than this are less of a body than the headline is.
_BODY_LETTERS = 40
# A shorter block says too little about itself, unless it is in another script.
_BLOCK_LETTERS = 60
_BLOCK_CONFIDENCE = 0.85
# Languages that a block of some sentences is taken for one another in, and that fonts and voices treat alike.
_NEAR = (
    frozenset({"id", "ms"}),
    frozenset({"nb", "da", "nn", "sv"}),
    frozenset({"hr", "sr", "bs", "sl"}),
    frozenset({"cs", "sk"}),
    frozenset({"gl", "pt", "es"}),
    frozenset({"nl", "af"}),
)
_BY_CHARACTER = frozenset({"script", "characters"})


def tag_story(story: Story, *, expected: Sequence[str] = ()) -> tuple[Story, tuple[Decision, ...]]:
    """The story with its language, and blocks in another one marked; what decided goes to the ledger."""
    alone = detect_all([block.text for block in story.blocks], expected=expected)
    found = _of_story(story, alone, expected)
    blocks = tuple(
        replace(block, language=its.tag if _is_other(its, block, found.tag) else None)
        for block, its in zip(story.blocks, alone, strict=True)
    )
    tagged = replace(
        story,
        language=found.tag,
        language_confidence=round(found.confidence, 4),
        language_layer=found.layer,
        blocks=blocks,
    )
    others = Counter(block.language for block in blocks if block.language)
    detail = ", ".join([found.tag, *(f"{times} × {tag}" for tag, times in sorted(others.items()))])
    decision = Decision(story.id, "tag", Outcome.KEPT, f"language by {found.layer}", tagged.language_confidence, detail)
    return tagged, (decision,)


def _of_story(story: Story, alone: Sequence[Detection], expected: Sequence[str]) -> Detection:
    """The body's language; where its blocks disagree, that of the blocks of the language with the most letters."""
    blocks = [(block, its) for block, its in zip(story.blocks, alone, strict=True) if block.kind != "code"]
    weights: Counter[str] = Counter()
    for block, its in blocks:
        if its.tag != "und":
            weights[_base(its.tag)] += letters(block.text)
    main = max(weights, key=lambda base: (weights[base], base), default="")
    body = "\n".join(block.text for block, its in blocks if _base(its.tag) in (main, "und"))
    if letters(body) >= _BODY_LETTERS:
        return detect(body, declared=story.declared_language, expected=expected)
    found = detect(f"{story.title}\n{body}", declared=story.declared_language, expected=expected, title=True)
    if found.tag != "und":
        return found
    rest = "\n".join((story.title, body, story.standfirst, *story.key_points))
    return detect(rest, declared=story.declared_language, expected=expected, title=True)


def _is_other(found: Detection, block: Block, language: str) -> bool:
    """Whether a block is surely in another language: a wrong mark is worse than none."""
    if block.kind == "code" or found.tag in ("und", "zh", language):
        return False
    if found.layer in _BY_CHARACTER and _base(found.tag) != _base(language):
        return True
    if any({found.tag, language} <= near for near in _NEAR):
        return False
    enough = found.layer in _BY_CHARACTER or letters(block.text) >= _BLOCK_LETTERS
    return enough and found.confidence >= _BLOCK_CONFIDENCE and confirmed(block.text, found.tag, language)


def _base(tag: str) -> str:
    return tag.partition("-")[0]
