"""Tag: store the language of each story."""

from collections.abc import Mapping
from functools import partial

from pipeline.executors import Failed
from pipeline.records import UNKNOWN_LANGUAGE, Rejected
from pipeline.run.session import Report, Session
from pipeline.run.workers.clean import TAG_VERSION, tag_task

NOTHING = {"stories": 0, "unknown": 0}


def tag(session: Session, *, everything: bool = False, before: Mapping[str, int] = NOTHING) -> Report:
    """Tag the waiting stories, or with `everything` all stored ones.

    `before`: counts of the stories that clean's workers have already tagged.
    """
    store = session.store
    if everything:
        with store.transaction():
            store.stories.forget_tagged()
    total = store.stories.count_awaiting_tag(TAG_VERSION)
    if not total:
        return Report("tag", dict(before))
    unknown = 0
    with session.engine() as engine:
        tagger = partial(tag_task, expected=session.config.language.expected)
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
                unknown += tagged.language == UNKNOWN_LANGUAGE
    return Report("tag", {"stories": before["stories"] + total, "unknown": before["unknown"] + unknown})
