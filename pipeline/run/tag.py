"""Tag: stories → stories with their language."""

from collections.abc import Mapping
from functools import partial

from pipeline.executors import Failed
from pipeline.records import UNKNOWN_LANGUAGE, Rejected
from pipeline.run.session import Report, Session
from pipeline.run.workers.clean import TAG_VERSION, tagged

NOTHING = {"stories": 0, "unknown": 0}


def tag(session: Session, *, everything: bool = False, before: Mapping[str, int] = NOTHING) -> Report:
    """Tag the stories that wait for it, or with `everything` all that are kept, with their languages.

    `before` counts those that the worker that cleaned them has tagged already.
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
        tagger = partial(tagged, expected=session.config.language.expected)
        pairs = engine.pairs(tagger, store.stories.awaiting_tag(TAG_VERSION))
        for batch in session.batches(session.track(pairs, "Tagging", total)):
            for story, result in batch:
                if isinstance(result, Failed):
                    store.ledger.reject([Rejected(story.id, "tag", result.reason, result.detail)], session.now)
                    store.stories.put_tagged([story], TAG_VERSION)
                    unknown += 1
                    continue
                known, decisions = result
                store.stories.put_tagged([known], TAG_VERSION)
                store.ledger.record("tag", [story.id], decisions)
                unknown += known.language == UNKNOWN_LANGUAGE
    return Report("tag", {"stories": before["stories"] + total, "unknown": before["unknown"] + unknown})
