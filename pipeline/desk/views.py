"""What the page shows, as JSON values. Texts are plain text: the page never parses them as HTML."""

from collections.abc import Sequence
from typing import Any

from pipeline.desk.differences import differences
from pipeline.desk.editor import IssueEditor, revision_of
from pipeline.desk.pictures import MAX_UPLOAD_BYTES
from pipeline.edges.store.publications import Publication
from pipeline.errors import UsageError
from pipeline.records import Decision, Finding, Issue, Outcome, Slot, Story, to_json
from pipeline.run.approve import TAKEN, approved_text_path
from pipeline.run.explain import STORY_ID, explain_story
from pipeline.run.fetch import answered_sources
from pipeline.run.planned import planned_delivery
from pipeline.run.preview import Preview
from pipeline.run.results import collect_results
from pipeline.run.select import Pool
from pipeline.run.taste import taste_values
from pipeline.stages.render.template_values import safe_link
from pipeline.stages.select import Candidate
from pipeline.stages.summarise import summarise
from pipeline.text.markdown import as_markdown

GMAIL_LIMIT_BYTES = 102_400  # of HTML; Gmail hides the rest of a longer message
MAX_CANDIDATES = 2_000


def issue_view(editor: IssueEditor) -> dict[str, Any]:
    """Everything about the issue that does not depend on the edition."""
    session, stored, config = editor.session, editor.stored, editor.config
    answered, failed = answered_sources(session)
    return {
        "key": editor.key,
        "number": stored.number,
        "status": stored.status,
        "delivery": _delivery(editor),
        "publishers": _publishers(editor),
        "results": collect_results(session, editor.key),
        "cutoff_at": to_json(stored.cutoff_at),
        "name": config.name,
        "editions": [{"name": edition.name, "language": edition.language} for edition in config.editions],
        "tally": to_json(stored.tally),
        "sources": {"answered": len(answered), "total": len(answered) + len(failed)},
        "sizes": {"features": config.select.features, "reads": config.select.reads},
        "can_send": config.smtp is not None,
        "has_writer": config.writer is not None,
        "pictures_at": config.pictures.base_url,
        "max_upload_bytes": MAX_UPLOAD_BYTES,
        "config_problem": editor.config_problem,
    }


def _delivery(editor: IssueEditor) -> dict[str, Any]:
    """Where each edition goes and whether it is delivered; the planned delivery, or why it was not made."""
    store, config, key = editor.session.store, editor.config, editor.key
    attempts = [attempt for attempt in store.deliveries.of_issue(key) if not attempt.preview]
    editions = [
        (edition, store.deliveries.taken(key, edition.name))
        for edition in config.editions
        if store.issues.slots(key, edition.name)
    ]
    planned = planned_delivery(config.state, key)
    sent = any(each.state == "sent" for each in store.publications.of_issue(key))
    return {
        "started": sent or any(attempt.state in TAKEN for attempt in attempts),  # then an approval stays
        "editions": [
            {
                "edition": edition.name,
                "to": taken.address if taken else edition.to or (config.smtp.to if config.smtp else None),
                "state": taken.state if taken else None,
                "at": to_json(taken.started_at) if taken else None,
            }
            for edition, taken in editions
        ],
        "planned_at": to_json(planned.at) if planned and not planned.problem else None,
        "problem": {"at": to_json(planned.at), "text": planned.problem} if planned and planned.problem else None,
    }


def _publishers(editor: IssueEditor) -> list[dict[str, Any]]:
    """What each publisher of the config has of the issue, and whether it sends by itself."""
    store, config, key = editor.session.store, editor.config, editor.key
    return [
        {
            "name": publisher.name,
            "sends": publisher.send,
            "schedule": publisher.schedule,
            "editions": [
                {"edition": edition.name, **_publication(store.publications.get(key, edition.name, publisher.name))}
                for edition in config.editions
                if edition.name in (publisher.editions or (edition.name,)) and store.issues.slots(key, edition.name)
            ],
        }
        for publisher in config.publish
    ]


def _publication(there: Publication | None) -> dict[str, Any]:
    if there is None:
        return {"state": None, "address": None}
    return {"state": there.state, "address": safe_link(there.address, keep=True)}


def edition_view(editor: IssueEditor, edition: str) -> dict[str, Any]:
    """An edition as it is now: its edits, its slots, the texts with and without the edits, the inbox row, the size."""
    file, preview = editor.edits_file(edition), editor.preview(edition)
    pool = editor.pool()
    return {
        "server": editor.server_id,
        "version": editor.version,
        "name": edition,
        "week": editor.stories_revision,
        "status": editor.stored.status,
        "revision": revision_of(preview.email) if preview else None,
        "edits": to_json(file.edits),
        "section_order": list(file.edits.sections),  # JavaScript puts names that are numbers first
        "problem": to_json(file.problem) if file.problem else None,
        "path": str(file.path.relative_to(editor.session.outbox.folder.parent)),
        "slots": _slots(preview, pool),
        "unknown_pins": _unknown_pins(file.edits.features + file.edits.reads, pool),
        "current": _texts(preview.issue) if preview else None,
        "generated": _texts(preview.machine) if preview else None,
        "inbox": _inbox_row(preview) if preview else None,
        "size": _size(preview) if preview else None,
    }


def _slots(preview: Preview | None, pool: Pool) -> list[dict[str, Any]]:
    if preview is None:
        return []
    by_event = {candidate.event.id: candidate for candidate in pool.candidates}
    return [_slot(slot, preview.issue, by_event.get(slot.event), pool) for slot in preview.slots]


def _slot(slot: Slot, issue: Issue, candidate: Candidate | None, pool: Pool) -> dict[str, Any]:
    headlines = {feature.story: feature.headline for feature in issue.features}
    headlines |= {read.story: read.title for read in issue.reads}
    story = pool.stories.get(slot.story)
    return {
        **(_card(story, candidate) if story else {"story": slot.story}),
        "section": slot.section,
        "pinned": slot.pinned,
        "headline": headlines.get(slot.story, ""),
    }


def _unknown_pins(pins: Sequence[str], pool: Pool) -> list[str]:
    known = {story for candidate in pool.candidates for story in candidate.event.stories} | set(pool.copies)
    return [pin for pin in pins if pin not in known]


def _texts(issue: Issue) -> dict[str, Any]:
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
                    "blurb": "\n\n".join(feature.markdown or map(as_markdown, feature.paragraphs)),
                    "alt": feature.picture.alt if feature.picture else "",
                    "credit": feature.picture.credit if feature.picture else "",
                    "picture": feature.picture.name if feature.picture else None,
                }
                for feature in issue.features
            },
        },
    }


def _inbox_row(preview: Preview) -> dict[str, str]:
    email = preview.email
    return {
        "from": dict(email.headers).get("From", ""),
        "name": preview.issue.masthead.desk_name,
        "subject": email.subject,
        "preheader": email.preheader,
    }


def _size(preview: Preview) -> dict[str, int]:
    return {
        "html": len(preview.email.html.encode()),
        "limit": GMAIL_LIMIT_BYTES,
        "pictures": sum(len(body) for _, body in preview.email.pictures),
    }


def candidates_view(editor: IssueEditor, edition: str) -> dict[str, Any]:
    """The candidates, the highest score first, each with the reason it is in or out; the suggested same events."""
    pool = editor.pool()
    return {
        "candidates": candidate_cards(editor, edition, pool.candidates[:MAX_CANDIDATES]),
        "not_listed": max(0, len(pool.candidates) - MAX_CANDIDATES),
        "suggestions": _suggestions(editor, pool),
    }


def candidate_cards(editor: IssueEditor, edition: str, candidates: Sequence[Candidate]) -> list[dict[str, Any]]:
    """Candidates as the page lists them."""
    pool, choice = editor.pool(), editor.choice(edition)
    slots = {slot.event: slot for slot in choice.slots}
    drop_decisions = {decision.story: decision for decision in choice.decisions if decision.outcome == Outcome.DROPPED}
    drops = set(editor.edits_file(edition).edits.drops)
    return [
        _candidate(candidate, slots.get(candidate.event.id), drop_decisions.get(candidate.best.id), drops, pool)
        for candidate in candidates
    ]


def _candidate(
    candidate: Candidate, slot: Slot | None, decision: Decision | None, drops: set[str], pool: Pool
) -> dict[str, Any]:
    story = pool.stories.get(slot.story, candidate.best) if slot else candidate.best
    return {
        **_card(story, candidate),
        "section": slot.section if slot else None,
        "dropped": all(other.id in drops for other in candidate.stories),
        "why_not": _why_not(decision, pool) if decision else "",
        "event_stories": [_story_line(other) for other in candidate.stories],
    }


def _why_not(decision: Decision, pool: Pool) -> str:
    """The reason why a candidate is not in the issue, in words; empty if others only ranked higher."""
    words = {"score": "", "minimum": "", "editor/drop": "dropped", "language": "not in the edition's languages"}
    return words.get(decision.rule, STORY_ID.sub(lambda found: _quoted_title(found[0], pool), decision.detail))


def _quoted_title(story: str, pool: Pool) -> str:
    return f"“{pool.stories[story].title}”" if story in pool.stories else story


def _reasons(candidate: Candidate) -> list[str]:
    """What speaks for a candidate, in words: the parts of its score that raise it, and its age."""
    parts = {part: (figure, words) for part, figure, words in candidate.parts}
    raising = [parts[part][1] for part in ("coverage", "names", "money") if part in parts and parts[part][0] > 0]
    judged = [parts["judge"][1]] if "judge" in parts else []
    return [parts[part][1] for part in ("relevance",) if part in parts] + raising + judged


def _card(story: Story, candidate: Candidate | None) -> dict[str, Any]:
    return {
        **_story_line(story),
        "authors": list(story.authors),
        "dated_at": to_json(story.dated_at),
        "score": candidate.score if candidate else None,
        "parts": [list(part) for part in candidate.parts] if candidate else [],
        "reasons": _reasons(candidate) if candidate else [],
        "taste": next((words for part, _, words in candidate.parts if part == "taste"), "") if candidate else "",
        "topic": candidate.topic if candidate else None,
        "kind": candidate.kind(story.id).kind if candidate else "story",
        "kind_reason": candidate.kind(story.id).reason if candidate else "",
        "outlets": candidate.outlets if candidate else 1,
    }


def _story_line(story: Story) -> dict[str, str]:
    return {"story": story.id, "title": story.title, "outlet": story.outlet, "language": story.language}


def _suggestions(editor: IssueEditor, pool: Pool) -> list[dict[str, Any]]:
    """Return pairs across languages that may report one event, with the verdict of any edition's editors."""
    verdicts: dict[frozenset[str], tuple[str, str]] = {}
    for name, file in editor.edits_files.items():
        verdicts |= {frozenset(pair): ("other", name) for pair in file.edits.other_event}
        verdicts |= {frozenset(pair): ("same", name) for pair in file.edits.same_event}
    suggestions = []
    for one, other, similarity, evidence in editor.session.store.stories.suggestions():
        if one in pool.stories and other in pool.stories:
            verdict, edition = verdicts.get(frozenset((one, other)), (None, None))
            suggestions.append(
                {
                    "one": _story_line(pool.stories[one]),
                    "other": _story_line(pool.stories[other]),
                    "similarity": similarity,
                    "evidence": evidence,
                    "verdict": verdict,
                    "edition": edition,
                }
            )
    return suggestions


def story_view(editor: IssueEditor, edition: str, story_id: str) -> dict[str, Any]:
    """A story as its outlet published it, and every decision about it."""
    file = editor.edits_file(edition)
    pool = editor.pool()
    if story_id not in pool.stories:
        raise UsageError("this story is not among the week's stories")
    (story,) = editor.session.store.stories.get([story_id])
    explained = explain_story(editor.session, story)
    return {
        **_story_line(story),
        "url": story.url,
        "authors": list(story.authors),
        "published_at": to_json(story.published_at),
        "standfirst": story.standfirst,
        "blocks": [[block.kind, block.text, block.language or story.language] for block in story.blocks],
        "truncated": story.truncated,
        "summary": "\n\n".join(map(as_markdown, summarise(story, length=file.edition.summary_length))),
        "event": _other_stories(pool, story_id),
        "copies": _copies(pool, story_id),
        "decisions": explained["decisions"],
    }


def _other_stories(pool: Pool, story: str) -> list[dict[str, str]]:
    """The other stories of the event, as the editors judged it."""
    event = next((event for event in pool.events if story in event.stories), None)
    others = [other for other in event.stories if other != story and other in pool.stories] if event else []
    return [_story_line(pool.stories[other]) for other in others]


def _copies(pool: Pool, story: str) -> list[dict[str, str]]:
    original = pool.copies.get(story, story)
    return [
        _story_line(pool.stories[copy])
        for copy, of in sorted(pool.copies.items())
        if of == original and copy in pool.stories
    ]


def checks_view(editor: IssueEditor) -> dict[str, Any]:
    """The findings of the checks for each edition, and the problems with files."""
    previews = {name: editor.preview(name) for name in editor.edits_files}
    problems = [f"{name}: {file.problem.message}" for name, file in editor.edits_files.items() if file.problem]
    return {
        "editions": [
            {
                "edition": name,
                "revision": revision_of(preview.email),
                "findings": [_finding(finding) for finding in preview.findings],
            }
            for name, preview in previews.items()
            if preview is not None
        ],
        "problems": [*problems, *([editor.config_problem] if editor.config_problem else [])],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    from pipeline.stages.check import RULES

    reasons = {rule.name: rule.reason for rule in RULES}
    return {**to_json(finding), "reason": reasons.get(finding.rule, "")}


def taste_view(editor: IssueEditor) -> dict[str, Any]:
    """What became of the proposals of earlier issues, by source and by kind."""
    return taste_values(editor.pool().taste)


def message_part(editor: IssueEditor, edition: str, part: str) -> str:
    """Return the "text", the HTML "source" or the "headers" of the message; empty if there is no issue."""
    preview = editor.preview(edition)
    if preview is None:
        return ""
    if part == "headers":
        return preview.eml.split(b"\r\n\r\n", 1)[0].decode("ascii", "replace").replace("\r\n", "\n")
    return preview.email.html if part == "source" else preview.email.text


def diff_view(editor: IssueEditor, edition: str) -> dict[str, Any]:
    """Compare the edition's text with its last approved text: of this issue, or of the last issue approved before."""
    text = message_part(editor, edition, "text")
    path = approved_text_path(editor.session, editor.key, edition)
    against = f"{editor.key} as it was approved before"
    last = editor.session.store.issues.last_approved(editor.key)
    if not path.is_file() and last is not None:
        path = editor.session.outbox.text_path(last.key, edition)
        against = f"No. {last.number}, {last.key}, the last approved issue"
    if not path.is_file():
        return {"against": None, "hunks": []}
    return {"against": against, "hunks": differences(path.read_text(encoding="utf-8", errors="replace"), text)}
