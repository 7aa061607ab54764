"""Generated stories for dedupe, the same in every run: unrelated stories and edited copies.

A story mixes common words with names, figures and words of its own; its title and its first lines are about subjects of
its own, in real words, because sentence vectors find invented words alike. Two unrelated stories therefore share
function words and now and then another word.
"""

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from pipeline.records import Block, Story

WORDS_A_STORY = 300
COPIES = 0.04  # share of stories that are edited copies of the previous original
EDITED = 0.2  # share of words that an edited copy changes
START = datetime(2026, 11, 9, tzinfo=UTC)
_SYLLABLES = ("ka", "lo", "mi", "ter", "ran", "sel", "vu", "po", "den", "shi", "qua", "ber", "tol", "nis", "ga", "fre")
_SMALL = (
    "the of to and a in that for is on with said it was as at by from be has are have an its will but not this were"
    " which or their after more they had been his one who he would about when than up also into new out year over"
)
_SUBJECTS = (
    "accountant anthem antibiotics aquifer archaeology archive auction avalanche bakery ballet bankruptcy barge"
    " battery beehive bicycle bonds boycott bribery canal cathedral census ceramics cheese chess chimney choir"
    " cinema clinic cocoa comet concrete copper coral cricket curfew custody dentist desert diabetes dialect"
    " diplomat dividend drought earthquake eclipse elephant embassy fencing ferry flute forest freight fungus gene"
    " glacier handball harbour helicopter hijack hotel hunger inflation jury karaoke kindergarten kiosk landslide"
    " lantern laundry lawsuit librarian lighthouse lottery malaria marathon mayor milk monsoon mortgage mosquito"
    " museum noodles novel nurse opera orchard orchestra orphanage parliament passport payroll pension perfume piano"
    " pipeline piracy plagiarism poker potato prison quarry railway ransomware reef referee refinery refugee robot"
    " rocket salmon sanctions satellite sculpture sheep shipyard skyscraper smuggling software sourdough stadium"
    " steel strike subsidy subway sunflower surgery tariff tattoo telescope tennis theatre toys tram tuition tunnel"
    " turbine typhoon umbrella uranium vaccine verdict vineyard violin volcano warehouse wedding wildfire wolves zoo"
)
_VERBS = (
    "closes opens buys loses finds sues bans delays repairs sells welcomes rejects visits doubles halves wins"
    " launches recalls"
)
_COMMON = 250  # the most frequent words, which belong to no story
_NAMES, _OWN, _SENTENCE = 5, 40, 17  # a story's own names and words, words per sentence


@cache
def lexicon() -> tuple[list[str], list[float]]:
    """Twenty thousand words, function words first, with cumulative Zipf weights."""
    dice = random.Random(1)
    made = sorted({"".join(dice.choices(_SYLLABLES, k=dice.randint(2, 4))) for _ in range(60_000)})
    dice.shuffle(made)
    words = [*_SMALL.split(), *made][:20_000]
    return words, list(itertools.accumulate(1 / (rank + 2) for rank in range(len(words))))


def make_stories(count: int, seed: int) -> Iterator[Story]:
    """Yield stories of twelve outlets within a week. The id of a copy is its original's id, `c` and a number."""
    dice = random.Random(seed)
    words, _ = lexicon()
    original: Story | None = None
    for number in range(count):
        if original is not None and dice.random() < COPIES:
            name, title, body = f"{original.id}c{number}", original.title, reword(original.text, dice, words)
        else:
            name = f"{seed}-{number}"
            title, body = _title_and_body(dice)
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
    """An edited copy by another outlet. Its id is the story's id and `x`."""
    words, _ = lexicon()
    text = reword(story.text, dice, words)
    return Story(f"{story.id}x", story.entry, "new", "New", story.title, None, None, blocks=(Block("paragraph", text),))


def reword(text: str, dice: random.Random, words: list[str]) -> str:
    """Replace a share of the words of a text."""
    return " ".join(dice.choice(words) if dice.random() < EDITED else word for word in text.split(" "))


def minhash(story: Story) -> Any:
    """The MinHash signature of a story for datasketch: word bigrams, 128 permutations."""
    from datasketch import MinHash

    signature = MinHash(num_perm=128)
    signature.update_batch(
        [f"{first} {second}".encode() for first, second in itertools.pairwise(story.text.split(" "))]
    )
    return signature


def _title_and_body(dice: random.Random) -> tuple[str, str]:
    """A title and a body. One word in four is the story's own; each sentence has one of its names or figures."""
    words, weights = lexicon()
    names = ["".join(dice.choices(_SYLLABLES, k=dice.randint(2, 4))).capitalize() for _ in range(_NAMES)]
    figures = [f"{dice.randrange(13, 990)}", f"{dice.uniform(1, 99):.1f}%", f"${dice.uniform(1, 99):.1f} million"]
    own = dice.choices(words[_COMMON:], k=_OWN)
    sentences = []
    for _ in range(WORDS_A_STORY // _SENTENCE):
        sentence = dice.choices(words, cum_weights=weights, k=_SENTENCE - 5) + dice.choices(own, k=4)
        dice.shuffle(sentence)
        sentence.insert(dice.randrange(len(sentence)), dice.choice(names if dice.random() < 0.75 else figures))
        text = " ".join(sentence)
        sentences.append(f"{text if sentence[0] in names else text.capitalize()}.")
    subjects, verbs = dice.sample(_SUBJECTS.split(), 6), dice.sample(_VERBS.split(), 2)
    title = " ".join([subjects[0].capitalize(), names[0], verbs[0], *subjects[1:3], dice.choice(figures), names[1]])
    lead = f"The {subjects[0]} of {names[0]} {verbs[0]} its {subjects[1]} and {verbs[1]} a {subjects[3]} for"
    return title, f"{lead} {subjects[4]}, said the {subjects[5]}. {' '.join(sentences)}"
