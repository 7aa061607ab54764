"""Bring back the first paragraphs of a story where extraction begins further down, in another container."""

import itertools
from collections.abc import Sequence

from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.opening import Block, Opening, blocks_after
from pipeline.text.normalise import fold
from pipeline.text.sentences import ends_sentence

_MOST_BLOCKS = 200  # between the title and the first extracted line


def restore_lede(opening: Opening, lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines after the paragraphs of the story that stand between the title and the first of them."""
    story = opening.story
    keys = {fold(line.text) for line in lines}
    if story is None or not lines or fold(story.text) in keys:
        return tuple(lines)
    lost: list[Block] = []
    for block in itertools.islice(blocks_after(opening.title), _MOST_BLOCKS):
        if fold(block.text) in keys:
            found = [Line("paragraph", each.text) for each in lost if each.is_like(story)]
            return (*found, *lines)
        if block.is_paragraph and ends_sentence(block.text):
            lost.append(block)
    return tuple(lines)
