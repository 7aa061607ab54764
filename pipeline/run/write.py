"""Ask the writer for translations of stories, and check each against its story."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.config import Edition
from pipeline.edges.store.drafts import StoredDraft
from pipeline.errors import NoIssueError, WriterError
from pipeline.records import Story, WriterSettings, to_json
from pipeline.run.session import Session
from pipeline.stages.summarise import summarise
from pipeline.stages.write import Finding, check_translation, doubtful_names, without_strangers
from pipeline.text.chinese import needs_conversion
from pipeline.text.languages import is_same_language, primary_language
from pipeline.text.sentences import split_sentences

_UNSPACED = ("zh", "ja")


@dataclass(frozen=True, slots=True)
class Request:
    """The sentences of a story that the writer is to translate: the title, then those of its summary by paragraph."""

    story: Story
    to: str
    paragraphs: tuple[tuple[str, ...], ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """The title and all sentences, as they are sent."""
        return (self.story.title, *(sentence for paragraph in self.paragraphs for sentence in paragraph))


@dataclass(frozen=True, slots=True)
class Translation:
    """A proposed translation with what the checker says, or the reason why there is none."""

    request: Request
    headline: str = ""
    paragraphs: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    doubts: tuple[Finding, ...] = ()
    fault: str = ""

    @property
    def passed(self) -> bool:
        """Whether there is a translation and no finding."""
        return not self.fault and not self.findings


def stories_to_translate(session: Session, edition: Edition) -> list[Story]:
    """The features of this week's issue that are in another language than the edition. NoIssueError before select."""
    if session.store.issues.get(session.key) is None:
        raise NoIssueError(f"{session.key}: no stories are chosen yet; run `newsletter select` first")
    slots = session.store.issues.slots(session.key, edition.name)
    features = [slot.story for slot in slots if slot.section == "features"]
    stories = {story.id: story for story in session.store.stories.get(features)}
    return [stories[name] for name in features if name in stories and is_foreign(stories[name], edition)]


def is_foreign(story: Story, edition: Edition) -> bool:
    """Whether a story has to be translated for an edition; the other script of Chinese is converted instead."""
    return not is_same_language(story.language, edition.language) and not needs_conversion(
        story.language, edition.language
    )


def request_for(story: Story, edition: Edition) -> Request:
    """What the writer is to translate of a story, without sentences that do not belong to it."""
    paragraphs = [split_sentences(each, story.language) for each in summarise(story, length=edition.summary_length)]
    kept = set(without_strangers([sentence for each in paragraphs for sentence in each], story.language))
    chosen = (tuple(sentence for sentence in each if sentence in kept) for each in paragraphs)
    return Request(story, edition.language, tuple(filter(None, chosen)))


def translate(
    session: Session, settings: WriterSettings, requests: Sequence[Request], *, again: bool = False
) -> Iterator[Translation]:
    """Translate and check each request. A stored answer is used if there is one, unless `again` is set.

    Once the writer has to stop, the requests that the store cannot answer are faults with the same reason.
    """
    from pipeline.edges.writer import Writer

    writer = Writer(settings, folder=session.config.folder)
    drafts = session.store.drafts
    stopped = ""
    for request in _tracked(session, requests):
        texts = (request.sentences, request.story.language, request.to)
        key = writer.key_of(*texts)
        draft = None if again else drafts.get(key)
        if draft is None and stopped:
            yield Translation(request, fault=stopped)
            continue
        try:
            answer = draft.answer if draft else tuple(writer.translate(*texts))
        except WriterError as error:
            stopped = str(error) if error.stops else ""
            yield Translation(request, fault=str(error))
            continue
        if draft is None:
            with session.store.transaction():
                drafts.put(key, _draft(session, request, writer.name, answer))
        yield _checked(request, answer)


def _draft(session: Session, request: Request, writer: str, answer: tuple[str, ...]) -> StoredDraft:
    return StoredDraft(request.story.id, request.to, writer, request.sentences, answer, session.now)


def drafts_of(session: Session, story: Story) -> list[dict[str, Any]]:
    """What writers answered about a story, with what the checker says now, as JSON values."""
    drafts = session.store.drafts.of(story.id)
    return [
        {
            "to": draft.language,
            "writer": draft.writer,
            "asked_at": to_json(draft.asked_at),
            "headline": draft.answer[0],
            "findings": to_json(_findings(story, draft.sentences, draft.answer, draft.language)),
        }
        for draft in drafts
    ]


def _findings(story: Story, sentences: Sequence[str], answer: Sequence[str], to: str) -> tuple[Finding, ...]:
    published = story.published_at.date() if story.published_at else None
    return tuple(check_translation("\n".join(sentences), "\n".join(answer), story.language, to, date=published))


def _tracked(session: Session, requests: Sequence[Request]) -> Iterable[Request]:
    return session.track(requests, "write", len(requests))


def _checked(request: Request, answer: Sequence[str]) -> Translation:
    headline, *rest = answer
    sentences = iter(rest)
    space = "" if primary_language(request.to) in _UNSPACED else " "
    paragraphs = tuple(space.join(next(sentences) for _ in paragraph) for paragraph in request.paragraphs)
    findings = _findings(request.story, request.sentences, answer, request.to)
    doubts = doubtful_names("\n".join(request.sentences), "\n".join(answer), request.story.language, request.to)
    return Translation(request, headline, paragraphs, findings, tuple(doubts))
