"""The results of a benchmark part as Markdown tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.measure import Cost, Spread, ratios, spread


@dataclass(frozen=True)
class Row:
    """A figure and what it is compared with in the same run."""

    name: str
    ours: str
    reference: str = ""  # the figure and name of the peer or floor
    ratio: Spread | None = None
    target: float | None = None  # the maximum of the ratio, or with `at_least` its minimum
    at_least: bool = False

    @property
    def is_met(self) -> bool | None:
        """Whether the ratio reaches the target; None if there is no target."""
        if self.target is None or self.ratio is None:
            return None
        return self.ratio.median >= self.target if self.at_least else self.ratio.median <= self.target

    def line(self) -> str:
        """The row in Markdown."""
        ratio = self.ratio.format() if self.ratio else ""
        target = f"{'≥' if self.at_least else '≤'} {self.target:g}" if self.target is not None else ""
        met = {None: "", True: " ✓", False: " missed"}[self.is_met]
        return f"| {self.name} | {self.ours} | {self.reference} | {ratio} | {target}{met} |"


@dataclass(frozen=True)
class Part:
    """The results of one part."""

    title: str
    rows: Sequence[Row] = ()
    notes: Sequence[str] = field(default_factory=tuple)  # paragraphs under the table
    output: str = ""  # printed by a script

    def lines(self) -> Iterator[str]:
        """The part in Markdown."""
        yield f"## {self.title}"
        yield ""
        if self.rows:
            yield "| Measurement | Ours | Compared with | Ratio | Target |"
            yield "|---|---|---|---|---|"
            yield from (row.line() for row in self.rows)
            yield ""
        for note in self.notes:
            yield from (note, "")
        if self.output:
            yield from ("```", self.output.strip(), "```", "")


def compare(
    name: str,
    ours: Sequence[Cost],
    others: Sequence[Cost],
    peer: str,
    *,
    of: str = "wall",
    unit: str = "s",
    target: float | None = None,
) -> Row:
    """Compare our costs with a peer's, round by round. `of`: wall or cpu in seconds, or memory in megabytes."""
    digits = 0 if of == "memory" else 2
    return Row(
        name,
        spread(ours, of).format(unit, digits),
        f"{spread(others, of).format(unit, digits)}, {peer}",
        ratios(ours, others, of=of),
        target,
    )


def compare_with_limit(name: str, ours: Sequence[Cost], limit: float, *, of: str = "cpu") -> Row:
    """Compare our costs with a limit in seconds. The ratio is the used share of the limit."""
    share = Spread(tuple(getattr(cost, of) / limit for cost in ours))
    return Row(name, spread(ours, of).format("s", 3), f"{limit:g} s, the limit", share, 1.0)
