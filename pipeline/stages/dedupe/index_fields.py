"""What of a story goes into the index: its sentences first, then, without boilerplate, what it is compared by."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np

from pipeline.stages.dedupe.bodies import Body
from pipeline.stages.dedupe.features import Features
from pipeline.stages.dedupe.index import LETTER, READ, STORY, TOLD, Table
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.shingles import Hashes, digest, distinct, hash_all
from pipeline.stages.dedupe.signs import SIGN_KINDS

# A sample holds the shingles of least hash: a quarter of them all, within bounds. Whether two bodies have a shingle of
# that quarter both, or how many bodies do, the samples tell exactly.
_QUARTER = np.uint64(1 << 62)
_LEAST_SAMPLED, _MOST_SAMPLED = 32, 256
_KINDS = np.uint64(15)  # the bits of a sign's key that tell its kind

# Figures, codes and dates: what accounts of one happening share where they share few words. Names of parties are what
# two happenings share as well.
_FIGURE_SHARE = 0.5  # of what the words count
_FIGURES = [SIGN_KINDS.index(kind) for kind in ("amount", "percent", "number", "code", "date")]


@dataclass(frozen=True, slots=True)
class IndexFields:
    """What a story is found by. Each of its words, runs and figures has the same weight, its length being 1."""

    sample: Hashes
    words: Hashes
    runs: Hashes
    figures: Hashes
    signs: Hashes
    companies: Hashes

    @property
    def weights(self) -> tuple[float, float, float]:
        """Of one of its words, of its runs, of its figures."""
        counts = [len(each) for each in (self.words, self.runs, self.figures)]
        shares = [share if count else 0.0 for share, count in zip((1.0, 1.0, _FIGURE_SHARE), counts, strict=True)]
        length = float(np.sqrt(sum(share * share for share in shares))) or 1.0
        one, two, three = (share / length / np.sqrt(max(1, n)) for share, n in zip(shares, counts, strict=True))
        return float(one), float(two), float(three)


def trace(gist: Features, body: Body, settings: Settings) -> IndexFields:
    """What a story with that body, boilerplate left out, is found by."""
    return IndexFields(
        sample=_sample(body.shingles) if len(body.shingles) >= settings.least_shingles else body.shingles[:0],
        words=distinct(np.concatenate([gist.headline, body.lead])).astype(np.uint64),
        runs=gist.runs.astype(np.uint64),
        figures=distinct(gist.sign_keys[np.isin(gist.sign_kinds, _FIGURES)]),
        signs=distinct((gist.sign_keys & ~_KINDS) | gist.sign_kinds),
        companies=distinct(hash_all(gist.companies)),
    )


def kinds_of(signs: Hashes) -> Hashes:
    """The kind of each sign, as its place among SIGN_KINDS."""
    return signs & _KINDS


def columns(gists: Sequence[Features]) -> Table:
    """The stories as rows of the index, without what their traces tell."""
    table = np.zeros(len(gists), dtype=STORY)
    for row, gist in enumerate(gists):
        whole = gist.units[gist.standfirst :].tobytes()
        title = digest(gist.title) if gist.title else 0
        table[row] = (
            _hash(gist.outlet), title or (digest(whole.hex()) if whole else 0), title, digest(whole.hex()),
            _hash(_address(gist)), _hash(gist.entry), _hash(gist.document),
            0 if gist.language == "und" else _hash(gist.language),
            0, gist.dated_at.timestamp() if gist.dated_at else np.nan, gist.size,
            len(gist.units), 0, 0, 0, 0.0, 0.0, 0.0,
            TOLD if gist.is_told else READ if gist.role == "read" else LETTER,
        )  # fmt: skip
    return table


def _address(gist: Features) -> str | None:
    """Where only this story is; a front page is no story's address."""
    parts = urlsplit(gist.address or "")
    return gist.address if parts.path.strip("/") or parts.query else None


def _hash(text: str | None) -> int:
    return digest(text) if text else 0


def _sample(shingles: Hashes) -> Hashes:
    quarter = int(np.searchsorted(shingles, _QUARTER))
    return shingles[: max(_LEAST_SAMPLED, min(quarter, _MOST_SAMPLED))].copy()  # all others are let go
