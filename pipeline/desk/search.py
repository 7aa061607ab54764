"""Search: the week's candidates by the words of their stories, and what earlier issues printed."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.desk.editor import IssueEditor
from pipeline.desk.views import MAX_CANDIDATES, candidate_cards
from pipeline.records import to_json
from pipeline.run.past import PastIssues, past_issue_paths

MAX_QUERY_CHARACTERS = 200
MAX_UNLISTED = 60  # candidates beyond the list that are sent with an answer
MAX_EXCERPTS = 60
MAX_PRINTED = 20
EXCERPT_CHARACTERS = 60  # before and after the first word

# A word that a cut has left a part of, between blanks: a script without them is cut anywhere.
_CUT_START, _CUT_END = re.compile(r"^\S{1,20}\s+"), re.compile(r"\s+\S{1,20}$")


def words_of_query(query: str) -> list[str]:
    """The words that a story must have."""
    return query[:MAX_QUERY_CHARACTERS].split()


def search_week(editor: IssueEditor, edition: str, words: Sequence[str]) -> tuple[dict[str, Any], list[Path]]:
    """Find the candidates with a story that has every word; the second value is for `search_past`.

    `found` maps the best story of each, or the one in its slot, to the text around the words if its title lacks them.
    """
    pool = editor.pool()
    texts = dict(editor.session.store.stories.containing(pool.stories, words)) if words else {}
    hits = [
        (place, candidate)
        for place, candidate in enumerate(pool.candidates)
        if any(story.id in texts for story in candidate.stories)
    ]
    unlisted = [candidate for place, candidate in hits if place >= MAX_CANDIDATES]
    slots = {slot.event: slot.story for slot in editor.choice(edition).slots}
    found: dict[str, str] = {}
    for _, candidate in hits:
        story = next(story for story in candidate.stories if story.id in texts)
        shown = slots.get(candidate.event.id, candidate.best.id)
        found[shown] = _excerpt(texts[story.id], story.title, words) if len(found) < MAX_EXCERPTS else ""
    answer = {"found": found, "unlisted": candidate_cards(editor, edition, unlisted[:MAX_UNLISTED])}
    return answer, past_issue_paths(editor.session, editor.key)


def search_past(past: PastIssues, paths: Sequence[Path], words: Sequence[str]) -> dict[str, Any]:
    """Find what earlier issues printed with every word, newest first. Slow when it first reads the outbox."""
    printed = past.find(paths, words) if words else []
    names = ("key", "story", "number", "on", "edition", "section", "title", "outlet", "url", "language")
    first = [{name: to_json(getattr(each, name)) for name in names} for each in printed[:MAX_PRINTED]]
    return {"printed": first, "printed_total": len(printed)}


def add_clicks(editor: IssueEditor, answer: dict[str, Any]) -> dict[str, Any]:
    """Add to what earlier issues printed how often readers clicked it; None where no results are known."""
    known: dict[tuple[str, str], dict[str, int]] = {}
    for printed in answer["printed"]:
        place = (printed["key"], printed["edition"])
        if place not in known:
            known[place] = editor.session.store.results.of_stories(*place)
        printed["clicks"] = known[place].get(printed["story"], 0) if known[place] and printed["story"] else None
    return answer


def _excerpt(text: str, title: str, words: Sequence[str]) -> str:
    """The text around the first word that the title lacks; empty if it has them all."""
    missing = next((word for word in words if word.casefold() not in title.casefold()), None)
    found = re.search(re.escape(missing), text, re.IGNORECASE) if missing else None
    if found is None:
        return ""
    before, after = text[: found.start()], text[found.end() :]
    if len(before) > EXCERPT_CHARACTERS:
        before = "…" + _CUT_START.sub("", before[-EXCERPT_CHARACTERS:])
    if len(after) > EXCERPT_CHARACTERS:
        after = _CUT_END.sub("", after[:EXCERPT_CHARACTERS]) + "…"
    return " ".join(f"{before}{found[0]}{after}".split())
