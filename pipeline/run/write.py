"""Ask the writer about stories, and check each answer against its story."""

import contextlib
import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from pipeline.config import Edition
from pipeline.edges.store.drafts import StoredDraft
from pipeline.errors import NoIssueError, UnreadableAnswerError, WriterError
from pipeline.records import Story, TaskName, WriterAnswer, WriterSettings, WriterTask, from_json, to_json
from pipeline.run.session import Session
from pipeline.stages.summarise import summarise
from pipeline.stages.write import (
    CHECKER_VERSION,
    Verdict,
    answer_fault,
    join_sentences,
    judge_answer,
    translation_task,
    without_strangers,
    writing_task,
)
from pipeline.text.chinese import needs_conversion
from pipeline.text.languages import is_same_language
from pipeline.text.sentences import split_sentences

if TYPE_CHECKING:
    from pipeline.edges.writer import Writer

Answered = WriterAnswer | WriterError


@dataclass(frozen=True, slots=True)
class Request:
    """What the writer is asked about a story."""

    story: Story
    task: WriterTask
    lengths: tuple[int, ...] = ()  # of the paragraphs of a translation, in sentences


@dataclass(frozen=True, slots=True)
class Draft:
    """A writer's answer with the verdict on it, or the reason why there is none."""

    request: Request
    verdict: Verdict
    answer: WriterAnswer | None = None
    asked: bool = False  # now; else the answer was stored

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The blurb: one paragraph, or those of the summary that was translated."""
        sentences, to = iter(self.verdict.sentences), self.request.task.to
        if not self.verdict.sentences:
            return ()
        lengths = self.request.lengths or (len(self.verdict.sentences),)
        return tuple(join_sentences([next(sentences) for _ in range(length)], to) for length in lengths)


def features_to_write(session: Session, edition: Edition, task: TaskName) -> list[Story]:
    """This week's features; for a translation, those in another language. NoIssueError before select."""
    if session.store.issues.get(session.key) is None:
        raise NoIssueError(f"{session.key}: no stories are chosen yet; run `newsletter select` first")
    slots = session.store.issues.slots(session.key, edition.name)
    features = [slot.story for slot in slots if slot.section == "features"]
    stories = {story.id: story for story in session.store.stories.get(features)}
    wanted = [stories[name] for name in features if name in stories]
    return [story for story in wanted if task == "write" or is_foreign(story, edition)]


def is_foreign(story: Story, edition: Edition) -> bool:
    """Whether a story has to be translated for an edition; the other script of Chinese is converted instead."""
    return not is_same_language(story.language, edition.language) and not needs_conversion(
        story.language, edition.language
    )


def translation_request(story: Story, edition: Edition, *, blurb: bool = True) -> Request:
    """What the writer is to translate of a story: title and summary, without sentences that do not belong to it."""
    if not blurb:
        return Request(story, translation_task([story.title], story.language, edition.language))
    paragraphs = [split_sentences(each, story.language) for each in summarise(story, length=edition.summary_length)]
    kept = set(without_strangers([sentence for each in paragraphs for sentence in each], story.language))
    chosen = [[sentence for sentence in each if sentence in kept] for each in paragraphs]
    sentences = [story.title, *(sentence for each in chosen for sentence in each)]
    task = translation_task(sentences, story.language, edition.language)
    return Request(story, task, tuple(len(each) for each in chosen if each))


def writing_request(story: Story, edition: Edition) -> Request:
    """What the writer is to write from: the whole story, without sentences that do not belong to it."""
    texts = "\n".join(filter(None, (story.standfirst, *(block.text for block in story.blocks))))
    sentences = without_strangers(split_sentences(texts, story.language), story.language)
    published = story.published_at.date() if story.published_at else None
    return Request(story, writing_task(story.title, sentences, story.language, edition.language, published))


REQUESTS = {"translate": translation_request, "write": writing_request}


def ask(
    session: Session, settings: WriterSettings, requests: Sequence[Request], *, again: bool = False
) -> Iterator[Draft]:
    """Ask the writer for each request, several at a time, and judge what it answers. The order is that of `requests`.

    `again`: ask even if the store has the answer. Once the writer has to stop, the requests that the store cannot
    answer are faults with the same reason. Threads only wait for the writer: the store is used here alone.
    """
    from pipeline.edges.writer import Writer

    writer = Writer(settings, folder=session.config.folder)
    keys = [writer.key_of(request.task) for request in requests]
    stored = {key: None if again else session.store.drafts.get(key) for key in keys}
    new = {key: request for key, request in zip(keys, requests, strict=True) if stored[key] is None}
    asked: dict[str, Draft] = {}
    answers = iter(session.track(ask_each(writer, new, settings.parallel), "Asking the writer", len(new)))
    for key, request in zip(keys, requests, strict=True):
        if draft := stored[key]:
            yield Draft(request, _stored_verdict(session, key, draft, request.story), draft.answer)
            continue
        while key not in asked:
            done, answer = next(answers)
            asked[done] = _receive(session, done, new[done], writer.name, answer)
        yield replace(asked[key], request=request)


def ask_each(writer: "Writer", requests: Mapping[str, Request], parallel: int) -> Iterator[tuple[str, Answered]]:
    """Ask for each request, and yield its key with the answer or the reason why there is none, as they come."""
    todo: queue.SimpleQueue[str] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[str, Answered | BaseException]] = queue.SimpleQueue()
    for key in requests:
        todo.put(key)

    def work() -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                key = todo.get_nowait()
                done.put((key, _answer(writer, requests[key])))

    # Not a pool of executors: a command that is interrupted does not wait for the answers.
    for _ in range(min(parallel, len(requests))):
        threading.Thread(target=work, daemon=True, name="writer").start()
    try:
        for _ in requests:
            key, answer = done.get()
            if not isinstance(answer, WriterAnswer | WriterError):
                raise answer
            yield key, answer
    finally:
        writer.stop("the command was interrupted")


def _answer(writer: "Writer", request: Request) -> Answered | BaseException:
    try:
        return writer.ask(request.task, partial(answer_fault, task=request.task.name, count=_count(request)))
    except BaseException as error:  # noqa: BLE001 - raised again where the answers are read
        return error


def _receive(session: Session, key: str, request: Request, writer: str, answer: Answered) -> Draft:
    """Store and judge what the writer answered."""
    if isinstance(answer, WriterAnswer):
        return Draft(request, _put(session, key, request, writer, answer), answer, asked=True)
    unread: WriterAnswer | None = answer.answer if isinstance(answer, UnreadableAnswerError) else None
    if unread:
        _put(session, key, request, writer, unread)
    return Draft(request, Verdict(fault=str(answer)), unread, asked=True)


def drafts_of(session: Session, story: Story) -> list[dict[str, Any]]:
    """What writers answered about a story, with the verdict of this checker, as JSON values."""
    return [_draft_json(draft, current_verdict(draft, story)) for draft in session.store.drafts.of(story.id)]


def _draft_json(draft: StoredDraft, verdict: Verdict) -> dict[str, Any]:
    return {
        "task": draft.task,
        "to": draft.language,
        "writer": draft.writer,
        "model": draft.answer.model,
        "asked_at": to_json(draft.asked_at),
        "tokens": draft.answer.tokens,
        "seconds": draft.answer.seconds,
        **to_json(verdict),
        "passed": verdict.passed,
    }


def finding_lines(judged: Mapping[str, Any]) -> Iterator[str]:
    """The findings and doubts of something judged, as lines for a person."""
    for label, found in (("", judged["findings"]), ("doubt: ", judged["doubts"])):
        lines = (f"{label}{each['rule']}: {each['excerpt']!r}: {each['message']}" for each in found)
        yield from dict.fromkeys(lines)  # the same words may stand at several places


def _count(request: Request) -> int:
    return len(request.task.sentences)


def _put(session: Session, key: str, request: Request, writer: str, answer: WriterAnswer) -> Verdict:
    """Judge an answer and store both."""
    task = request.task
    verdict = _judge(request.story, task.name, task.sentences, task.to, answer.content)
    judged = (CHECKER_VERSION, to_json(verdict))
    draft = StoredDraft(request.story.id, task.name, task.to, writer, task.sentences, answer, session.now, *judged)
    with session.store.transaction():
        session.store.drafts.put(key, draft)
    return verdict


def _stored_verdict(session: Session, key: str, draft: StoredDraft, story: Story) -> Verdict:
    """The verdict on a stored answer; if another checker gave it, the answer is judged again and nobody is asked."""
    verdict = current_verdict(draft, story)
    if draft.checker != CHECKER_VERSION:
        with session.store.transaction():
            session.store.drafts.put(key, replace(draft, checker=CHECKER_VERSION, verdict=to_json(verdict)))
    return verdict


def current_verdict(draft: StoredDraft, story: Story) -> Verdict:
    """What this checker says of a stored answer."""
    if draft.checker == CHECKER_VERSION:
        return from_json(Verdict, draft.verdict)
    return _judge(story, draft.task, draft.sentences, draft.language, draft.answer.content)


def _judge(story: Story, task: TaskName, sentences: Sequence[str], to: str, content: str) -> Verdict:
    published = story.published_at.date() if story.published_at else None
    return judge_answer(content, task, sentences, story.language, to, date=published)
