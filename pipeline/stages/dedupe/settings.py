"""The thresholds of the stage, with the reasons for them."""

from dataclasses import dataclass

from pipeline.records import DedupeSettings


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature of two stories adds to the log-odds that they report one event."""

    base: float
    words: float  # cosine of the words of title and summary, 0 to 1
    runs: float  # cosine of the title's runs of characters, 0 to 1
    vectors: float  # mean cosine of the sentence vectors, -1 to 1
    days: float  # apart
    outlet: float  # if both stories are of one outlet
    form: float = -8.0  # if they also fill in one form: see `_fill_in_one_form`. Too rare to be fitted.


@dataclass(frozen=True, slots=True)
class Likeness:
    """Weights for pairs that have sentence vectors, and for those that have none."""

    full: Weights
    without_vectors: Weights


# Fitted weights. bench/fit_events.py prints this block.
WEIGHTS = Likeness(
    full=Weights(base=-4.31, words=3.62, runs=4.32, vectors=8.3, days=-1.67, outlet=-1.15),
    # Rounded by hand: without the sets of one month the fit gives words 9.8, with them 3.7, which joins too little.
    without_vectors=Weights(base=-2.6, words=8.5, runs=5.0, vectors=0.0, days=-1.9, outlet=-1.1),
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The mean likeness at which two groups join: `pair` for single stories, falling towards `least` as groups grow.

    Groups that make more than `large` stories together do not join: their subject is wider than one event.
    """

    pair: float
    least: float
    large: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """How similar stories must be. The figures are shares of shingles (0 to 1), or cosines."""

    # Copies. Shingles are pairs of words, or runs of three characters in scripts without spaces. Independent reports
    # of one event share fewer of the latter, hence the lower bounds.
    word_jaccard: float = 0.26
    word_containment: float = 0.42
    character_jaccard: float = 0.16
    character_containment: float = 0.32
    brief: int = 80  # shingles below which a text in such a script has few phrases, of which reports share more
    brief_jaccard: float = 0.3
    brief_containment: float = 0.5
    short_containment: float = 0.6  # if the smaller text is less than half as long
    own_outlet_jaccard: float = 0.4  # an outlet seldom copies itself, but repeats its phrases
    own_outlet_containment: float = 0.7
    own_outlet_shingles: int = 60  # and shows short notices instead of a story: "subscribe to read on"
    winner_share: float = 0.1  # a copy of a copy must still share this much of the smaller text with the winner
    common_shingle: int = 128  # a shingle in more bodies than this is boilerplate
    boilerplate_titles: int = 4  # a sentence that one outlet has under this many titles is boilerplate
    boilerplate_everywhere: int = 10  # from here on in other outlets too, and if no outlet is named
    least_shingles: int = 25  # a shorter text is compared by canonical URL and whole body only

    # Events. A pair that reaches neither candidate figure has a likeness of 0.
    likeness: Likeness = WEIGHTS
    sure: Bounds = Bounds(pair=0.95, least=0.5, large=60)
    loose: Bounds = Bounds(pair=0.8, least=0.25)
    follow_up_hours: float = 24.0  # apart from which two stories alone are at most perhaps one event
    candidate_vectors: float = 0.28
    candidate_words: float = 0.06
    common_share: int = 8  # a word or run in more than one of this many stories does not count
    common_window: int = 512  # least size that a window counts as: in a small one most words are frequent
    event_hours: float = 24 * DedupeSettings().event_days  # apart at which two stories are never one event
    common_sign: int = 2_000  # a sign of more stories than this finds no candidates

    # Suggestions across languages: the mean cosine of the vectors, plus a share of the signs of both texts.
    suggestion_figure: float = 0.5
    suggestion_margin: float = 0.1  # over the second nearest event, in both directions
    suggestion_evidence_weight: float = 0.25
    suggestion_most_evidence: float = 0.5
    suggestion_cosine: float = 0.25  # of the signs of both texts, if there are no vectors
    suggestion_what: float = 1.0  # least weight of shared amounts, dates, codes and concepts
    suggestion_evidence: float = 2.0  # least weight of all shared signs


DEFAULTS = Settings()
