"""Stories made here for dedupe, the same ones every time: strangers, and edited copies among them.

A story has names, figures and words of its own beside those that all stories share as often as words are shared; its
title is of what is its own. So two stories have in common what strangers have: small words, and now and then another.
"""

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from pipeline.records import Block, Story

WORDS_A_STORY = 300
COPIES = 0.04  # of the stories are edited copies of the one before, a fifth of the words changed
EDITED = 0.2
START = datetime(2026, 11, 9, tzinfo=UTC)
_SYLLABLES = ("ka", "lo", "mi", "ter", "ran", "sel", "vu", "po", "den", "shi", "qua", "ber", "tol", "nis", "ga", "fre")
_SMALL = (
    "the of to and a in that for is on with said it was as at by from be has are have an its will but not this were"
    " which or their after more they had been his one who he would about when than up also into new out year over"
)
_COMMON = 250  # words that are nobody's own
_NAMES, _OWN, _SENTENCE = 5, 40, 17  # names and words of a story's own, words in a sentence


@cache
def lexicon() -> tuple[list[str], list[float]]:
    """Twenty thousand words, the small ones first, with their weights summed up: the nth is 1/n."""
    dice = random.Random(1)
    made = sorted({"".join(dice.choices(_SYLLABLES, k=dice.randint(2, 4))) for _ in range(60_000)})
    dice.shuffle(made)
    words = [*_SMALL.split(), *made][:20_000]
    return words, list(itertools.accumulate(1 / (place + 2) for place in range(len(words))))


def make_stories(count: int, seed: int) -> Iterator[Story]:
    """Stories of twelve outlets within a week; every story that is a copy has the id of its original and a `c`."""
    dice = random.Random(seed)
    words, _ = lexicon()
    original: Story | None = None
    for number in range(count):
        if original is not None and dice.random() < COPIES:
            name, title, body = f"{original.id}c{number}", original.title, reworded(original.text, dice, words)
        else:
            name = f"{seed}-{number}"
            title, body = _told(dice)
        story = Story(
            id=name,
            entry=name,
            source=f"s{number % 12}",
            outlet=f"Outlet {number % 12}",
            title=title,
            url=None,
            canonical_url=None,
            published_at=START + timedelta(minutes=dice.randrange(7 * 24 * 60)),
            language="en",
            blocks=(Block("paragraph", body),),
        )
        if "c" not in name:
            original = story
        yield story


def copy_of(story: Story, dice: random.Random) -> Story:
    """An edited copy by another outlet; its id is that of the story and an `x`."""
    words, _ = lexicon()
    text = reworded(story.text, dice, words)
    return Story(f"{story.id}x", story.entry, "new", "New", story.title, None, None, blocks=(Block("paragraph", text),))


def reworded(text: str, dice: random.Random, words: list[str]) -> str:
    """A text with a share of its words exchanged."""
    return " ".join(dice.choice(words) if dice.random() < EDITED else word for word in text.split(" "))


def minhash(story: Story) -> Any:
    """A story as datasketch takes it: words in twos, 128 permutations."""
    from datasketch import MinHash

    signature = MinHash(num_perm=128)
    signature.update_batch([f"{one} {other}".encode() for one, other in itertools.pairwise(story.text.split(" "))])
    return signature


def _told(dice: random.Random) -> tuple[str, str]:
    """A title and a body: one word in four is the story's own, one in twelve a name or a figure of its own."""
    words, weights = lexicon()
    names = ["".join(dice.choices(_SYLLABLES, k=dice.randint(2, 4))).capitalize() for _ in range(_NAMES)]
    figures = [f"{dice.randrange(13, 990)}", f"{dice.uniform(1, 99):.1f}%", f"${dice.uniform(1, 99):.1f} million"]
    own = dice.choices(words[_COMMON:], k=_OWN)
    sentences = []
    for _ in range(WORDS_A_STORY // _SENTENCE):
        said = dice.choices(words, cum_weights=weights, k=_SENTENCE - 5) + dice.choices(own, k=4)
        dice.shuffle(said)
        said.insert(dice.randrange(len(said)), dice.choice(names if dice.random() < 0.75 else figures))
        sentences.append(f"{' '.join(said).capitalize() if said[0] not in names else ' '.join(said)}.")
    title = " ".join([names[0], *dice.sample(own, 4), dice.choice(figures), names[1]])
    return title, " ".join(sentences)
