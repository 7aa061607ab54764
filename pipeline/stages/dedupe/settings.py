"""The thresholds of the stage, each with what it was set by."""

from dataclasses import dataclass

from pipeline.records import DedupeSettings


@dataclass(frozen=True, slots=True)
class Settings:
    """How alike stories have to be. The figures are shares (0 to 1) of shingles, or cosines."""

    # Copies. Spaced scripts are compared in pairs of words, the others in runs of three characters, which
    # independent reports of one happening share less of: hence the lower bounds.
    word_jaccard: float = 0.26
    word_containment: float = 0.42
    character_jaccard: float = 0.16
    character_containment: float = 0.32
    brief: int = 80  # shingles below which a text in such a script is one of few phrases, which reports share more of
    brief_jaccard: float = 0.3
    brief_containment: float = 0.5
    short_containment: float = 0.6  # where the smaller text is less than half of the larger
    own_outlet_jaccard: float = 0.4  # an outlet seldom copies itself, but repeats its phrases
    own_outlet_containment: float = 0.7
    own_outlet_shingles: int = 60  # and shows some phrases instead of a story: "subscribe to read on"
    winner_share: float = 0.1  # a copy of a copy must still share this much of the smaller text with the winner
    common_shingle: int = 128  # a shingle in more bodies than this is boilerplate
    boilerplate_titles: int = 4  # a sentence that one outlet has under this many titles is boilerplate
    boilerplate_everywhere: int = 10  # with so many it is so in other outlets too, and where no outlet is named
    least_shingles: int = 25  # a text with fewer is compared by address and whole body only

    # Events: the mean cosine at which two single stories join, and where its bound tends to as groups grow.
    event_pair: float = 0.3
    event_least: float = 0.07
    event_link: float = 0.2  # the cosine by which stories hang together that are looked at as one event or several
    event_hours: float = 24 * DedupeSettings().event_days  # apart at which nothing is one event any more
    common_word: int = 2_000  # a word, run or sign of more stories than this has no part in finding what is alike

    # Suggestions across languages, on the labelled pairs of tests/quality/events.
    suggestion_cosine: float = 0.25
    suggestion_what: float = 1.0  # weight of shared amounts, dates, codes and concepts
    suggestion_evidence: float = 2.0  # weight of all that is shared


DEFAULTS = Settings()
