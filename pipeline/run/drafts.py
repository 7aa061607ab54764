"""Drafts of a run: translations of the chosen stories and of the next ones, and texts of the writer's own."""

from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.config import Edition
from pipeline.records import Decision, Outcome, Story, WriterSettings
from pipeline.run.select import Pool
from pipeline.run.session import Report, Session
from pipeline.run.write import Draft, Request, ask, features_to_write, is_foreign, translation_request, writing_request

_NEXT = 3  # stories after the chosen ones: what an editor is likely to take in their place


def make_drafts(session: Session, pool: Pool, settings: WriterSettings) -> Report:
    """Ask the writer about the features and the next candidates. A failure is a notice, never an error.

    The features of all editions come first, in case the budget does not suffice.
    """
    requests = _requests(session, pool, settings)
    drafts = list(ask(session, settings, [request for _, request in requests]))
    with session.store.transaction():
        for edition in session.config.editions:
            made = [draft for (of, _), draft in zip(requests, drafts, strict=True) if of is edition]
            stage = f"write/{edition.name}"
            session.store.ledger.record(stage, (), [_decision(stage, draft) for draft in made])
    passed = sum(draft.verdict.passed for draft in drafts)
    counts = {"asked": sum(draft.asked for draft in drafts), "passed": passed, "failed": len(drafts) - passed}
    return Report("write", counts, tuple(_fault_lines(drafts)))


def _requests(session: Session, pool: Pool, settings: WriterSettings) -> list[tuple[Edition, Request]]:
    """What a run asks for: translations of the features, texts for the features, translations of the next stories."""
    rules, editions = settings.translate, session.config.editions
    into = [] if rules.to == "none" else [each for each in editions if each.name in (rules.editions or {each.name})]
    asked = [(each, _wanted(features_to_write(session, each, "translate"), settings)) for each in into]
    written = [
        (each, features_to_write(session, each, "write")) for each in editions if each.name in settings.write_for
    ]
    following = [(each, _next_stories(session, each, pool, settings)) for each in into]
    return [
        *((edition, _request(story, edition, settings)) for edition, stories in asked for story in stories),
        *((edition, writing_request(story, edition)) for edition, stories in written for story in stories),
        *((edition, _request(story, edition, settings)) for edition, stories in following for story in stories),
    ]


def _request(story: Story, edition: Edition, settings: WriterSettings) -> Request:
    return translation_request(story, edition, blurb="blurb" in settings.translate.fields)


def _wanted(stories: Sequence[Story], settings: WriterSettings) -> list[Story]:
    return [story for story in stories if _wants(story, settings)]


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
    what = "a translation" if draft.request.task.name == "translate" else "kicker, headline and text"
    detail = f"{what}{model} from {story.language}"
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
