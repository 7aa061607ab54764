"""Tag: stories → stories with their language."""

from functools import partial

from pipeline.executors import Failed
from pipeline.records import Rejected
from pipeline.run.session import Report, Session
from pipeline.stages.language import tag_story

TAG_VERSION = 1


def tag(session: Session, *, everything: bool = False) -> Report:
    """Tag the stories that wait for it, or with `everything` all that are kept, with their languages."""
    store = session.store
    if everything:
        with store.transaction():
            store.stories.forget_tagged()
    total = store.stories.count_awaiting_tag(TAG_VERSION)
    if not total:
        return Report("tag", {"stories": 0, "unknown": 0})
    unknown = 0
    with session.engine() as engine:
        tagger = partial(tag_story, expected=session.config.language.expected)
        pairs = engine.pairs(tagger, store.stories.awaiting_tag(TAG_VERSION))
        for batch in session.batches(session.track(pairs, "Tagging", total)):
            for story, result in batch:
                if isinstance(result, Failed):
                    store.ledger.reject([Rejected(story.id, "tag", result.reason, result.detail)], session.now)
                    store.stories.put_tagged([story], TAG_VERSION)
                    unknown += 1
                    continue
                tagged, decisions = result
                store.stories.put_tagged([tagged], TAG_VERSION)
                store.ledger.record("tag", [story.id], decisions)
                unknown += tagged.language == "und"
    return Report("tag", {"stories": total, "unknown": unknown})
