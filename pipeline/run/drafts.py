"""Drafts of a run: translations of the chosen stories and of the next ones, for the desk and the letter."""

from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.config import Edition
from pipeline.records import Decision, Outcome, Story, WriterSettings
from pipeline.run.select import Pool
from pipeline.run.session import Report, Session
from pipeline.run.write import Draft, Request, ask, features_to_write, is_foreign, translation_request

_NEXT = 3  # stories after the chosen ones: what an editor is likely to take in their place


def make_drafts(session: Session, pool: Pool, settings: WriterSettings) -> Report:
    """Ask the writer for translations of the features and the next candidates. A failure is a notice, never an error.

    The features of all editions come first, in case the budget does not suffice.
    """
    chosen: list[tuple[Edition, Request]] = []
    others: list[tuple[Edition, Request]] = []
    for edition in session.config.editions:
        if settings.translate.to == "none" or edition.name not in (settings.translate.editions or {edition.name}):
            continue
        features = features_to_write(session, edition, "translate")
        following = _next_stories(session, edition, pool, settings)
        for requests, stories in ((chosen, features), (others, following)):
            requests += [(edition, _request(story, edition, settings)) for story in stories if _wants(story, settings)]
    requests = [*chosen, *others]
    drafts = list(ask(session, settings, [request for _, request in requests]))
    with session.store.transaction():
        for edition in session.config.editions:
            made = [draft for (of, _), draft in zip(requests, drafts, strict=True) if of is edition]
            stage = f"write/{edition.name}"
            session.store.ledger.record(stage, (), [_decision(stage, draft) for draft in made])
    passed = sum(draft.verdict.passed for draft in drafts)
    counts = {"asked": sum(draft.asked for draft in drafts), "passed": passed, "failed": len(drafts) - passed}
    return Report("write", counts, tuple(_fault_lines(drafts)))


def _request(story: Story, edition: Edition, settings: WriterSettings) -> Request:
    return translation_request(story, edition, blurb="blurb" in settings.translate.fields)


def _wants(story: Story, settings: WriterSettings) -> bool:
    return not settings.translate.languages or story.language in settings.translate.languages


def _next_stories(session: Session, edition: Edition, pool: Pool, settings: WriterSettings) -> list[Story]:
    """The best stories in other languages that the edition takes, of the events that are not in it."""
    slots = {slot.event for slot in session.store.issues.slots(session.key, edition.name)}
    drops = session.edits(edition).drops
    found: list[str] = []
    for candidate in sorted(pool.candidates, key=lambda each: (-each.score, each.event.id)):
        if len(found) == _NEXT:
            break
        stories = [story for story in candidate.stories if _may_follow(story, edition, pool, drops)]
        is_new = candidate.event.id not in slots and (candidate.on_subject or session.config.select.fill)
        if is_new and stories and all(is_foreign(story, edition) and _wants(story, settings) for story in stories):
            found.append(stories[0].id)
    complete = {story.id: story for story in session.store.stories.get(found)}
    return [complete[name] for name in found if name in complete]


def _may_follow(story: Story, edition: Edition, pool: Pool, drops: Sequence[str]) -> bool:
    return (
        story.id not in drops
        and story.id not in pool.published_before
        and story.role in ("article", "feature")
        and (edition.languages is None or story.language in edition.languages)
    )


def _decision(stage: str, draft: Draft) -> Decision:
    """The line of the ledger on a draft: whose it is, and what the checker says of it."""
    verdict, story = draft.verdict, draft.request.story
    if draft.answer is None:
        return Decision(story.id, stage, Outcome.DROPPED, "no draft", None, verdict.fault)
    model = f" of {draft.answer.model}" if draft.answer.model else ""
    detail = f"a translation{model} from {story.language}"
    if verdict.passed:
        return Decision(story.id, stage, Outcome.KEPT, "draft passed", float(len(verdict.doubts)), detail)
    why = verdict.fault or "; ".join(dict.fromkeys(f"{each.rule} {each.excerpt}" for each in verdict.findings))
    return Decision(story.id, stage, Outcome.DROPPED, "draft failed", float(len(verdict.findings)), f"{detail}: {why}")


def _fault_lines(drafts: Sequence[Draft]) -> Iterator[str]:
    """One line for each kind of failure of this run; what follows "(" or ";" is about one story."""
    faults = [draft.verdict.fault for draft in drafts if draft.asked and draft.verdict.fault]
    kinds = Counter(fault.partition(" (")[0].partition(";")[0] for fault in faults)
    for kind, count in kinds.items():
        first = next(fault for fault in reversed(faults) if fault.startswith(kind))
        yield f"no proposal for {count} {'story' if count == 1 else 'stories'}: {first}"
