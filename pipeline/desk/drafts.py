"""What a writer proposes for a story: each draft with its marks next to the sentences that it was made from."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeline.config import Config, Edition
from pipeline.desk.delivery import writing_route
from pipeline.desk.editor import IssueEditor
from pipeline.desk.requests import with_json_errors
from pipeline.desk.worker import EditorThread
from pipeline.errors import UsageError
from pipeline.records import Story, WriterSettings, to_json
from pipeline.run.session import open_session
from pipeline.text.markdown import as_markdown

if TYPE_CHECKING:
    from pipeline.edges.store.drafts import StoredDraft

# The writer and the checker are imported in the functions: a desk without a writer needs neither.


def draft_routes(editor_thread: Callable[[], EditorThread]) -> list[Route]:
    """Return the routes that list the drafts of a story, and that ask for a new one."""

    async def drafts(request: Request) -> Response:
        edition, story = request.path_params["edition"], request.path_params["story"]
        return JSONResponse(await editor_thread().run(lambda editor: drafts_view(editor, edition, story)))

    return [
        Route("/api/drafts/{edition}/{story}", with_json_errors(drafts), methods=["GET"]),
        writing_route(editor_thread, "/api/drafts", _ask),
    ]


def drafts_view(editor: IssueEditor, edition_name: str, story_id: str) -> dict[str, Any]:
    """The newest draft of each task for an edition, and the tasks that the writer can be asked for."""
    edition = editor.edits_file(edition_name).edition
    stories = editor.session.store.stories.get([story_id])
    if not stories:
        raise UsageError("this story is not in the store")
    stored = [each for each in editor.session.store.drafts.of(story_id) if each.language == edition.language]
    newest = {draft.task: draft for draft in stored}
    writer = editor.config.writer
    return {
        "tasks": _tasks(writer, stories[0], edition) if writer else [],
        "drafts": [_draft_view(draft, stories[0]) for draft in sorted(newest.values(), key=lambda each: each.task)],
    }


def _tasks(settings: WriterSettings, story: Story, edition: Edition) -> list[str]:
    from pipeline.edges.writer import can_write
    from pipeline.run.write import is_foreign

    return ["translate"] * is_foreign(story, edition) + ["write"] * can_write(settings)


def _draft_view(draft: "StoredDraft", story: Story) -> dict[str, Any]:
    from pipeline.run.write import current_verdict
    from pipeline.stages.write import join_sentences, mark_proposal, proposed_text

    verdict = current_verdict(draft, story)
    text = proposed_text(verdict.kicker, verdict.headline, verdict.sentences)
    objections = {"findings": verdict.findings, "doubts": verdict.doubts}
    model = draft.answer.model or draft.writer
    return {
        "task": draft.task,
        "writer": draft.writer,
        "model": model,
        "asked_at": to_json(draft.asked_at),
        "passed": verdict.passed,
        "fault": verdict.fault,
        "findings": to_json(verdict.findings),
        "language": draft.language,
        "text": text,
        "marks": to_json(mark_proposal(draft.sentences, text, story.language, draft.language, **objections)),
        "source": list(draft.sentences),
        "source_language": story.language,
        "accepted": {
            "kicker": verdict.kicker or None,
            "headline": verdict.headline or None,
            "blurb": as_markdown(join_sentences(verdict.sentences, draft.language)) or None,
            "origin": [draft.writer, model, story.language],
        },
    }


def _ask(config: Config, key: str, body: dict[str, Any]) -> str:  # noqa: ARG001 - as the other routes
    """Ask the writer for a draft of `story` in `edition`, even if there is one: a translation, or texts of its own."""
    edition, task = config.edition(str(body.get("edition"))), str(body.get("task"))
    if config.writer is None or edition is None or task not in ("translate", "write"):
        raise UsageError("the desk does not know this edition or task, or the config has no writer; reload the page")
    from pipeline.run.write import REQUESTS, ask

    with open_session(config, now=datetime.now(UTC), command="write") as session:
        stories = session.store.stories.get([str(body.get("story"))])
        if not stories:
            raise UsageError("this story is not in the store")
        (draft,) = ask(session, config.writer, [REQUESTS[task](stories[0], edition)], again=True)
    if draft.answer is None:
        raise UsageError(f"no proposal: {draft.verdict.fault}")
    return "The writer has answered"
