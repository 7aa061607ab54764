"""What the page is told, as JSON values. Text is text: the page never makes markup of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.desk.editor import Drawn, Editor
from pipeline.desk.pictures import MOST_UPLOAD_BYTES
from pipeline.errors import UsageError
from pipeline.records import Decision, Finding, Issue, Outcome, Slot, Story, to_json
from pipeline.run.approve import TAKEN, approved_text_path
from pipeline.run.explain import explain_story
from pipeline.run.fetch import answered_sources
from pipeline.run.select import Pool, folder_of
from pipeline.stages.select import Candidate
from pipeline.stages.summarise import summarise

CLIPPED_AT = 102_400  # bytes of HTML that Gmail shows
MOST_CANDIDATES = 2_000


def issue_view(desk: Editor) -> dict[str, Any]:
    """What is the same for every edition."""
    session, stored, config = desk.session, desk.stored, desk.config
    answered, failed = answered_sources(session)
    delivered = [
        each for each in session.store.deliveries.of_issue(desk.key) if not each.preview and each.state in TAKEN
    ]
    return {
        "key": desk.key,
        "number": stored.number,
        "status": stored.status,
        "delivered": to_json(delivered[0].started_at) if delivered else None,
        "cutoff_at": to_json(stored.cutoff_at),
        "name": config.name,
        "editions": [
            {"name": edition.name, "language": edition.language, "title": config.title(edition)}
            for edition in config.editions
        ],
        "tally": to_json(stored.tally),
        "sources": {"answered": len(answered), "total": len(answered) + len(failed), "failed": failed},
        "sizes": {"features": config.select.features, "reads": config.select.reads},
        "can_send": config.smtp is not None,
        "most_upload_bytes": MOST_UPLOAD_BYTES,
        "config_problem": desk.config_problem,
    }


def sheet_view(desk: Editor, edition: str) -> dict[str, Any]:
    """An edition as it is: the editor's words, the machine's, what stands where, the inbox row and the size."""
    sheet, drawn = desk.sheet(edition), desk.drawn(edition)
    pool = desk.pool()
    return {
        "desk": desk.name,
        "version": desk.version,
        "edition": edition,
        "status": desk.stored.status,
        "revision": drawn.revision if drawn else None,
        "edits": to_json(sheet.edits),
        "problem": to_json(sheet.problem) if sheet.problem else None,
        "path": str(sheet.path.relative_to(desk.session.outbox.folder.parent)),
        "slots": _slots(drawn, pool),
        "lost": _lost_pins(sheet.edits.features + sheet.edits.reads, pool),
        "shown": _words(drawn.preview.issue) if drawn else None,
        "machine": _words(drawn.preview.machine) if drawn else None,
        "inbox": _inbox(drawn) if drawn else None,
        "size": _size(drawn) if drawn else None,
        "length": sheet.edition.summary_length,
    }


def _slots(drawn: Drawn | None, pool: Pool) -> list[dict[str, Any]]:
    if drawn is None:
        return []
    by_event = {candidate.event.id: candidate for candidate in pool.candidates}
    return [_slot(slot, drawn.preview.issue, by_event.get(slot.event), pool) for slot in drawn.preview.slots]


def _slot(slot: Slot, issue: Issue, candidate: Candidate | None, pool: Pool) -> dict[str, Any]:
    words = {feature.story: feature.headline for feature in issue.features}
    words |= {read.story: read.title for read in issue.reads}
    card = _card(pool.stories[slot.story], candidate) if slot.story in pool.stories else {"story": slot.story}
    return {
        **card,
        "section": slot.section,
        "pinned": slot.pinned,
        "headline": words.get(slot.story, ""),
    }


def _lost_pins(pins: Sequence[str], pool: Pool) -> list[str]:
    known = {story for candidate in pool.candidates for story in candidate.event.stories} | set(pool.copies)
    return [pin for pin in pins if pin not in known]


def _words(issue: Issue) -> dict[str, Any]:
    return {
        "subject": issue.subject,
        "preheader": issue.preheader,
        "greeting": issue.letter.greeting,
        "city": issue.letter.city,
        "letter": "\n\n".join(issue.letter.paragraphs),
        "coordinated_by": issue.masthead.coordinated_by,
        "stories": {
            **{read.story: {"headline": read.title} for read in issue.reads},
            **{
                feature.story: {
                    "kicker": feature.kicker,
                    "headline": feature.headline,
                    "blurb": "\n\n".join(feature.paragraphs),
                    "alt": feature.picture.alt if feature.picture else "",
                    "credit": feature.picture.credit if feature.picture else "",
                    "picture": feature.picture.name if feature.picture else None,
                }
                for feature in issue.features
            },
        },
    }


def _inbox(drawn: Drawn) -> dict[str, str]:
    email = drawn.preview.email
    return {
        "from": dict(email.headers).get("From", ""),
        "name": drawn.preview.issue.masthead.desk_name,
        "subject": email.subject,
        "preheader": email.preheader,
    }


def _size(drawn: Drawn) -> dict[str, int]:
    return {
        "html": len(drawn.preview.email.html.encode()),
        "clip": CLIPPED_AT,
        "pictures": sum(len(body) for _, body in drawn.preview.email.pictures),
    }


def candidates_view(desk: Editor, edition: str) -> dict[str, Any]:
    """Every event there is to choose from, the highest score first, and why it is in or out; the suggestions."""
    pool, choice = desk.pool(), desk.choice(edition)
    placed = {slot.event: slot for slot in choice.slots}
    why = _fates(choice.decisions)
    drops = set(desk.sheet(edition).edits.drops)
    cards = []
    for candidate in pool.candidates[:MOST_CANDIDATES]:
        slot = placed.get(candidate.event.id)
        teller = pool.stories.get(slot.story, candidate.best) if slot else candidate.best
        rule, detail = why.get(candidate.best.id, ("", ""))
        cards.append(
            {
                **_card(teller, candidate),
                "slot": slot.section if slot else None,
                "dropped": all(story.id in drops for story in candidate.stories),
                "rule": rule,
                "detail": detail,
                "follows": candidate.event.follows,
                "members": [_member(story) for story in candidate.stories],
            }
        )
    return {
        "version": desk.version,
        "candidates": cards,
        "left_out": max(0, len(pool.candidates) - MOST_CANDIDATES),
        "suggestions": _suggestions(desk, pool),
    }


def _fates(decisions: Iterable[Decision]) -> dict[str, tuple[str, str]]:
    """Story → the rule that keeps it out, and what is said of it."""
    return {each.story: (each.rule, each.detail) for each in decisions if each.outcome == Outcome.DROPPED}


def _card(story: Story, candidate: Candidate | None) -> dict[str, Any]:
    return {
        "story": story.id,
        "title": story.title,
        "outlet": story.outlet,
        "authors": list(story.authors),
        "language": story.language,
        "dated_at": to_json(story.dated_at),
        "role": story.role,
        "score": candidate.score if candidate else None,
        "parts": [list(part) for part in candidate.parts] if candidate else [],
        "topic": candidate.topic if candidate else None,
        "outlets": len({each.outlet for each in candidate.stories}) if candidate else 1,
    }


def _member(story: Story) -> dict[str, str]:
    return {"story": story.id, "title": story.title, "outlet": story.outlet, "language": story.language}


def _suggestions(desk: Editor, pool: Pool) -> list[dict[str, Any]]:
    """Pairs across languages that may be one event, with what the editors of this or another edition said."""
    said: dict[frozenset[str], tuple[str, str]] = {}
    for name, sheet in desk.sheets.items():
        said |= {frozenset(pair): ("other", name) for pair in sheet.edits.other_event}
        said |= {frozenset(pair): ("same", name) for pair in sheet.edits.same_event}
    found = []
    for one, other, figure, evidence in desk.session.store.stories.suggestions():
        if one in pool.stories and other in pool.stories:
            verdict, where = said.get(frozenset((one, other)), (None, None))
            found.append(
                {
                    "one": _member(pool.stories[one]),
                    "other": _member(pool.stories[other]),
                    "figure": figure,
                    "evidence": evidence,
                    "verdict": verdict,
                    "edition": where,
                }
            )
    return found


def story_view(desk: Editor, edition: str, story_id: str) -> dict[str, Any]:
    """A story as its outlet tells it, and every decision on it."""
    sheet = desk.sheet(edition)
    if story_id not in desk.pool().stories:
        raise UsageError("that story is not of this week")
    (story,) = desk.session.store.stories.get([story_id])
    explained = explain_story(desk.session, story)
    return {
        **_member(story),
        "url": story.url,
        "authors": list(story.authors),
        "published_at": to_json(story.published_at),
        "standfirst": story.standfirst,
        "blocks": [[block.kind, block.text, block.language or story.language] for block in story.blocks],
        "truncated": story.truncated,
        "summary": "\n\n".join(summarise(story, length=sheet.edition.summary_length)),
        "event": explained["event"],
        "copies": _copies(desk.pool(), story_id),
        "issues": explained["issues"],
        "decisions": explained["decisions"],
    }


def _copies(pool: Pool, story: str) -> list[dict[str, str]]:
    winner = pool.copies.get(story, story)
    return [
        _member(pool.stories[copy])
        for copy, best in sorted(pool.copies.items())
        if best == winner and copy in pool.stories
    ]


def gate_view(desk: Editor) -> dict[str, Any]:
    """What stands between each edition and its approval."""
    editions = []
    for name in desk.sheets:
        drawn = desk.drawn(name)
        if drawn is not None:
            editions.append(
                {
                    "edition": name,
                    "revision": drawn.revision,
                    "findings": [finding_view(finding) for finding in drawn.preview.findings],
                    "bytes": _size(drawn)["html"],
                }
            )
    return {"editions": editions, "problems": _problems(desk)}


def finding_view(finding: Finding) -> Mapping[str, Any]:
    """A finding with the reason of its rule."""
    from pipeline.stages.check import RULES

    reasons = {rule.name: rule.reason for rule in RULES}
    return {**to_json(finding), "reason": reasons.get(finding.rule, "")}


def _problems(desk: Editor) -> list[str]:
    said = [f"{name}: {sheet.problem.message}" for name, sheet in desk.sheets.items() if sheet.problem]
    return [*said, *([desk.config_problem] if desk.config_problem else [])]


def difference_view(desk: Editor, edition: str) -> dict[str, Any]:
    """The edition's text against the one approved last: of this issue, or else of the issue before it."""
    from pipeline.desk.differences import differences

    drawn = desk.drawn(edition)
    text = drawn.preview.email.text if drawn else ""
    kept = approved_text_path(desk.session, desk.key, edition)
    if kept.is_file():
        old = kept.read_text(encoding="utf-8", errors="replace")
        return {"against": f"{desk.key} as it was approved before", "hunks": differences(old, text)}
    last = desk.session.store.issues.last_approved(desk.key)
    if last is not None:
        outbox, folder = desk.session.outbox, folder_of(desk.session, desk.sheet(edition).edition)
        path = outbox.edits_path(last.key, folder).with_name("issue.txt")
        if path.is_file():
            old = path.read_text(encoding="utf-8", errors="replace")
            return {"against": f"No. {last.number}, {last.key}, the last one approved", "hunks": differences(old, text)}
    return {"against": None, "hunks": []}
