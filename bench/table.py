"""What a part of the bench found: rows of ours beside a peer or a floor, and the words that go with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.measure import Cost, Spread, ratios, spread


@dataclass(frozen=True)
class Row:
    """One figure, beside what it is held against in the same run."""

    what: str
    ours: str
    beside: str = ""  # what the peer or floor took, and which one it is
    ratio: Spread | None = None
    aim: float | None = None  # what the ratio should be at most, or with `at_least` at least
    at_least: bool = False

    @property
    def is_met(self) -> bool | None:
        """Whether the ratio is as aimed at; None where nothing is aimed at."""
        if self.aim is None or self.ratio is None:
            return None
        return self.ratio.middle >= self.aim if self.at_least else self.ratio.middle <= self.aim

    def line(self) -> str:
        """The row in Markdown."""
        ratio = self.ratio.told() if self.ratio else ""
        aim = f"{'≥' if self.at_least else '≤'} {self.aim:g}" if self.aim is not None else ""
        met = {None: "", True: " ✓", False: " missed"}[self.is_met]
        return f"| {self.what} | {self.ours} | {self.beside} | {ratio} | {aim}{met} |"


@dataclass(frozen=True)
class Part:
    """A part of the bench, measured."""

    title: str
    rows: Sequence[Row] = ()
    notes: Sequence[str] = field(default_factory=tuple)  # paragraphs under the table
    output: str = ""  # of a script, as it printed it

    def lines(self) -> Iterator[str]:
        """The part in Markdown."""
        yield f"## {self.title}"
        yield ""
        if self.rows:
            yield "| What | Ours | Beside | Ratio | Aim |"
            yield "|---|---|---|---|---|"
            yield from (row.line() for row in self.rows)
            yield ""
        for note in self.notes:
            yield from (note, "")
        if self.output:
            yield from ("```", self.output.strip(), "```", "")


def beside(
    what: str,
    ours: Sequence[Cost],
    others: Sequence[Cost],
    peer: str,
    *,
    of: str = "wall",
    unit: str = "s",
    aim: float | None = None,
) -> Row:
    """Ours beside a peer's, turn by turn: `of` is wall or cpu, in seconds, or memory, in megabytes."""
    digits = 0 if of == "memory" else 2
    return Row(
        what,
        spread(ours, of).told(unit, digits),
        f"{spread(others, of).told(unit, digits)}, {peer}",
        ratios(ours, others, of=of),
        aim,
    )


def within(what: str, ours: Sequence[Cost], limit: float, *, of: str = "cpu") -> Row:
    """Ours beside a limit in seconds: the ratio is the share of it that was used."""
    share = Spread(tuple(getattr(cost, of) / limit for cost in ours))
    return Row(what, spread(ours, of).told("s", 3), f"{limit:g} s, the limit", share, 1.0)
