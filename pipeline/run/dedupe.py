"""Dedupe: stories → stories once, grouped into events.

Features are extracted once per story and stored. New stories are compared with the window through a stored index; what
they affect is recomputed, the rest is unchanged. If settings or weights have changed, all stories are compared again.
"""

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial

from pipeline.errors import ConfigError
from pipeline.executors import Engine, Failed, open_engine
from pipeline.records import Rejected, StoredFeatures, Story
from pipeline.run.session import Report, Session
from pipeline.stages.dedupe import (
    FEATURES_VERSION,
    FINGERPRINT_VERSION,
    DedupeInputs,
    Index,
    Round,
    Settings,
    default_aliases,
    extract_features,
    fingerprint_features,
    load_aliases,
)

DEDUPE_VERSION = 1  # increase it when the same features give another result
REMEMBERED_ISSUES = 20  # approved issues that an event may follow up
FEW = 200  # stories, and
LITTLE = 500_000  # characters, below which extraction is faster than starting workers
MANY = 2_000  # stories whose comparison takes more memory than the workers
TOGETHER = 500  # stories in a batch of fingerprints


def dedupe(session: Session) -> Report:
    """Fold copies and group events among the window's stories and those that earlier issues published."""
    store = session.store
    aliases = _aliases(session)
    published_before = {story: key for story, (key, _) in store.issues.published_before(session.key).items()}
    recent = _recent_ids(session)
    extracted = _extract_missing(session, {*recent, *published_before}, aliases)
    _search_archive(session, recent, published_before)
    names = _compared_ids(session, recent, published_before)
    published_before = {story: key for story, key in published_before.items() if story in names}
    settings = Settings(event_hours=24 * session.config.dedupe.event_days)
    weights = {source.name: source.weight for source in session.config.sources}
    digests = store.features.digests(names)
    inputs = _hash(DEDUPE_VERSION, digests, published_before, asdict(settings), weights)
    before = store.features.done(inputs)
    if before is not None:
        return Report("dedupe", {**before, "read": extracted}, (), ("nothing new to compare",))
    counts = _compare(session, digests, DedupeInputs(weights, published_before, settings), inputs)
    return Report("dedupe", {**counts, "read": extracted})


def window_names(session: Session) -> list[str]:
    """Ids of the stories in the window, those recently published, and older published ones that may be copies."""
    return _compared_ids(session, _recent_ids(session), session.store.issues.published_before(session.key))


def _compared_ids(session: Session, recent: set[str], published_before: Mapping[str, object]) -> list[str]:
    return sorted(recent | (session.store.features.recalled(recent) & published_before.keys()))


def _recent_ids(session: Session) -> set[str]:
    published_before = session.store.issues.published_before(session.key, REMEMBERED_ISSUES)
    return {*session.store.stories.ids_between(*session.window()), *published_before}


def _extract_missing(session: Session, names: set[str], aliases: str | None) -> int:
    """Extract the features that this version and alias file have not extracted yet; return the number of stories."""
    store = session.store
    version = _version(aliases)
    waiting = store.features.awaiting(names, version)
    if not waiting:
        return 0
    with _engine(session, waiting) as engine:
        pairs = engine.pairs(partial(_extract, aliases=aliases), store.stories.iterate(waiting))
        for batch in session.batches(session.track(pairs, "Extracting features", len(waiting))):
            for story, result in batch:
                store.ledger.accept([story.id], "dedupe")
                features = result
                if isinstance(features, Failed):
                    store.ledger.reject([Rejected(story.id, "dedupe", features.reason, features.detail)], session.now)
                    features = _extract(replace(story, blocks=(), standfirst="", title=""), aliases=None)
                store.features.put([features], version)
                store.archive.forget([story.id])
    return len(waiting)


def _engine(session: Session, waiting: Sequence[str]) -> contextlib.AbstractContextManager[Engine]:
    """Use this process if there is little to do: it has no time limit, but the work is linear in the text's length."""
    shared = session.shared_engine is not None and session.shared_engine.is_open
    is_little = not shared and len(waiting) <= FEW and session.store.stories.total_length(waiting) <= LITTLE
    return open_engine("serial") if is_little else session.engine()


def _extract(story: Story, *, aliases: str | None) -> StoredFeatures:
    return extract_features(story, default_aliases() if aliases is None else load_aliases(aliases))


def _search_archive(session: Session, recent: set[str], published_before: Mapping[str, str]) -> None:
    """Add published stories to the archive, and search it for stories not yet compared with all of it."""
    store = session.store
    with store.transaction():
        for some in _pieces(store.archive.missing(published_before, FINGERPRINT_VERSION)):
            store.archive.add(fingerprint_features(store.features.get(some)), FINGERPRINT_VERSION)
        extent = store.archive.extent
        if not extent:
            return
        for some in _pieces(store.features.unrecalled(recent, extent)):
            prints = fingerprint_features(store.features.get(some))
            found = {each.story: store.archive.candidates(each) for each in prints}
            store.features.put_recalled({name: found.get(name, ()) for name in some}, extent)


def _pieces(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[start : start + TOGETHER] for start in range(0, len(names), TOGETHER)]


def _hash(*values: object) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _compare(session: Session, digests: Mapping[str, str], rules: DedupeInputs, inputs: str) -> dict[str, int]:
    """Compare new and changed stories, and store the result."""
    store = session.store
    made_by = _hash(DEDUPE_VERSION, asdict(rules.settings), rules.weights)
    index = Index(*store.compared.get())
    if index.told.get("made_by") != made_by:
        index = Index()
    is_new = not len(index)
    folded = index.copies()
    marks = store.stories.copies_among(folded)
    lost = {name for name, winner in folded.items() if marks.get(name) != winner}  # because they were cleaned again
    _release_workers(session, len(digests))
    changes = Round(index, store.features.get, rules).run(digests, again=lost)
    with store.transaction():
        store.stories.put_copies(changes.decided, changes.copies)
        if is_new:
            store.stories.replace_events(changes.events)
        else:
            store.stories.change_events(changes.gone, changes.events)
        store.stories.replace_suggestions(
            (pair.one, pair.other, pair.figure, "; ".join(pair.evidence)) for pair in changes.suggestions
        )
        store.ledger.record("dedupe", changes.decided, changes.decisions)
        packed = index.pack(made_by=made_by)
        store.compared.put(packed.state, packed.parts, replace_all=is_new or packed.anew)
        store.features.put_done(inputs, changes.counts)
    return dict(changes.counts)


def _release_workers(session: Session, stories: int) -> None:
    """Stop workers that would idle during a large comparison; the same server can fork new ones later."""
    if session.shared_engine is not None and session.config.engine == "processes" and stories > MANY:
        session.shared_engine.close()


def _version(aliases: str | None) -> int:
    """The version of the features: of the program that extracts them and of the alias file."""
    digest = hashlib.sha256(f"{FEATURES_VERSION}\n{aliases or ''}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:7], "big")


def _aliases(session: Session) -> str | None:
    path = session.config.dedupe.aliases
    if path is None:
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: the alias file cannot be read ({error})") from error
    load_aliases(text)  # raises ConfigError if it is malformed
    return text
