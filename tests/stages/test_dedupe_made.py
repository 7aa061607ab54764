"""Copies planted among generated stories with boilerplate, in scripts with and without spaces."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.records import Block, Story
from tests.deduped import deduped

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
STORIES, OUTLETS, PLANTED = 400, 6, 0.15
KINDS = ("e5", "e10", "e20", "e30", "drop", "wrap", "head", "mix")
_SYLLABLES = ("ba", "ne", "ko", "ri", "mu", "sta", "len", "vor", "ti", "gra", "pel", "so", "dan", "che", "wi", "ol")
_THAI = [f"{first}{vowel}{last}" for first in "กขคงจชซดตทนบปมยรลวสหอ" for vowel in "ะาิีุู" for last in ("", "น", "ก", "ม")]

Text = list[list[str]]  # paragraphs of words


class Press:
    """An invented language, and the outlets that write in it."""

    def __init__(self, language: str, seed: int) -> None:
        self.dice = random.Random(f"{language} {seed}")
        self.space = " " if language in ("en", "ko") else ""
        self.words = [self._word(language) for _ in range(4_000)]
        self.often = [1 / (place + 3) for place in range(len(self.words))]
        self.boilerplate = [(self.text(1), self.text(2)) for _ in range(OUTLETS)]

    def _word(self, language: str) -> str:
        dice = self.dice
        if language == "zh":
            return "".join(chr(0x4E00 + int(3_000 * dice.random() ** 2)) for _ in range(dice.choice((1, 2, 2, 3))))
        if language == "ja":
            kana = "".join(chr(dice.randrange(0x3042, 0x3094)) for _ in range(dice.choice((1, 2))))
            return chr(0x4E00 + int(2_000 * dice.random() ** 2)) * dice.choice((0, 1, 1)) + kana
        if language == "ko":
            return "".join(chr(0xAC00 + int(4_000 * dice.random() ** 2)) for _ in range(dice.choice((2, 2, 3))))
        return "".join(dice.choices(_THAI if language == "th" else _SYLLABLES, k=dice.choice((1, 2, 2, 3))))

    def some(self, count: int) -> list[str]:
        return self.dice.choices(self.words, self.often, k=count)

    def text(self, paragraphs: int) -> Text:
        return [self.some(self.dice.randint(25, 60)) for _ in range(paragraphs)]

    def edited(self, text: Text, share: float) -> Text:
        """The text with a share of its words replaced."""
        dice = self.dice
        return [[self.some(1)[0] if dice.random() < share else word for word in words] for words in text]

    def copied(self, text: Text, kind: str) -> Text:
        """The text as an editor copies it. `story` adds boilerplate and headline."""
        if kind.startswith("e"):
            return self.edited(text, int(kind[1:]) / 100)
        if kind == "mix":
            text = self.edited(text, 0.1)
        return text[: max(2, 2 * len(text) // 3)] if kind in ("drop", "mix") else text

    def story(self, name: str, title: str, text: Text, outlet: int) -> Story:
        before, after = self.boilerplate[outlet]
        lines = [self.space.join(words) for words in (*before, *text, *after)]
        moment = MONDAY + timedelta(hours=self.dice.randrange(150))
        blocks = tuple(Block("paragraph", line) for line in lines)
        return Story(name, name, "", "", title, None, None, published_at=moment, blocks=blocks)


def planted(language: str, seed: int) -> tuple[list[Story], dict[str, str]]:
    """Stories, some of them copies by another outlet, and the original of each."""
    press = Press(language, seed)
    dice = press.dice
    stories: list[Story] = []
    text_of: dict[str, str] = {}
    while len(stories) < STORIES:
        title, text, outlet = press.space.join(press.some(8)), press.text(dice.randint(3, 6)), dice.randrange(OUTLETS)
        first = f"{len(stories)}"
        stories.append(press.story(first, title, text, outlet))
        text_of[first] = first
        if dice.random() < PLANTED:
            kind = dice.choice(KINDS)
            name = f"{len(stories)} {kind}"
            headline = press.space.join(press.some(8)) if kind in ("head", "mix") else title
            stories.append(press.story(name, headline, press.copied(text, kind), (outlet + 1) % OUTLETS))
            text_of[name] = first
    dice.shuffle(stories)
    return stories, text_of


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("language", ["en", "zh", "ja", "ko", "th"])
def test_planted_copies_are_found_in_every_script(language: str, seed: int) -> None:
    """Pairwise precision at least .99, recall at least .97. The stories name no outlet."""
    stories, text_of = planted(language, seed)
    copies = deduped(stories, embed=None).copies
    cluster_of = {name: copies.get(name, name) for name in text_of}
    both = _pairs(Counter((cluster_of[name], text_of[name]) for name in text_of))
    assert both >= 0.99 * _pairs(Counter(cluster_of.values()))
    assert both >= 0.97 * _pairs(Counter(text_of.values()))


def _pairs(sizes: Counter[str] | Counter[tuple[str, str]]) -> int:
    return sum(count * (count - 1) // 2 for count in sizes.values())
