"""Each checked figure and name of a proposal is marked, and linked to its place in the source."""

from datetime import date

from pipeline.stages.write import Mark, check_translation, doubtful_names, mark_proposal

SOURCE = [
    "Hafen von Cuxhaven bekommt neue Liegeplätze",
    "Die Stadt zahlt 3,5 Millionen Euro für die 25 Plätze, sagte Jonas Petersen am 12. Mai.",
    "Um 15 Uhr begann der Bau.",
]
TEXT = (
    "The port of Cuxhaven gets new berths\n"
    "The city pays 3.5 million euros for the 52 berths, Jonas Petersen said on May 12.\n"
    "Work began at 3 p.m. with Mary Ellen Cook."
)


def marks() -> dict[str, Mark]:
    """The marks by their words."""
    findings = check_translation("\n".join(SOURCE), TEXT, "de", "en", date=date(2026, 5, 13))
    doubts = doubtful_names("\n".join(SOURCE), TEXT, "de", "en")
    found = mark_proposal(SOURCE, TEXT, "de", "en", findings=findings, doubts=doubts)
    return {TEXT[mark.start : mark.end]: mark for mark in found}


def passage(mark: Mark) -> str:
    """The words of the source that a mark leads to."""
    assert mark.place is not None
    return SOURCE[mark.place.sentence][mark.place.start : mark.place.end]


def test_what_the_source_has_leads_there() -> None:
    """In numbers, dates, times and names, however each language writes them."""
    found = marks()
    places = {words: passage(mark) for words, mark in found.items() if mark.state == "found"}
    assert places["3.5 million"] == "3,5 Millionen"
    assert places["May 12"].startswith("12. Mai")
    assert places["3 p.m."] == "15 Uhr"
    assert places["Jonas Petersen"] == "Jonas"


def test_what_the_source_lacks_is_marked_as_wrong_or_doubtful() -> None:
    """A figure is wrong, a name that the source does not spell is doubtful; neither leads anywhere."""
    found = marks()
    assert (found["52"].state, found["52"].place) == ("wrong", None)
    line = "Work began at 3 p.m. with Mary Ellen Cook."
    name = mark_proposal(SOURCE, line, "de", "en", findings=[], doubts=[])[-1]
    assert (line[name.start : name.end], name.state, name.place) == ("Mary Ellen Cook", "doubtful", None)


def test_findings_have_their_place_in_the_text() -> None:
    """In that of the second sentence if the first has the same words rightly."""
    text = "The city pays 3.5 million euros.\nIt pays 52 people and 52 firms."
    (finding,) = check_translation(SOURCE[1], text, "de", "en")
    assert (text[finding.start : finding.end], finding.start) == ("52", text.index("52"))
    twice = check_translation(SOURCE[1], "It costs 52 euros.\nIt costs 52 euros.", "de", "en")
    assert [finding.start for finding in twice if finding.excerpt == "52"] == [9, 28]
