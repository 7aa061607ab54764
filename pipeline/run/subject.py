"""What the letter is about, with the vectors of its sentences: embedded once, in a worker, and kept in the store."""

import hashlib
from collections.abc import Sequence

import numpy as np

from pipeline.config import Config
from pipeline.errors import EmbeddingError
from pipeline.executors import Failed
from pipeline.run.session import Session
from pipeline.stages.select import Subject, yardstick
from pipeline.text.languages import story_language
from pipeline.text.sentences import split_sentences
from pipeline.text.vectors import Vectors, embed, model_name, quantise

BUILT_IN, OFF = "builtin", "off"


def embed_subject(session: Session) -> tuple[str, ...]:
    """Embed the sentences of the letter's description that have no vector yet; return notices."""
    source = session.config.vectors
    texts = [text for form in (*_forms(session.config), *yardstick().values()) for text in form]
    model = _model(session.config)
    if not model or not texts:
        return ()
    known = session.store.vectors.get(model, map(_hash, texts))
    missing = sorted({text for text in texts if _hash(text) not in known})
    if not missing:
        return ()
    try:
        rows = _embed_built_in(session, missing) if source == BUILT_IN else _ask(session, missing)
    except EmbeddingError as error:
        return (f"{error}; stories are ranked by the letter's words",)
    with session.store.transaction():
        session.store.vectors.put(model, {_hash(text): row.tobytes() for text, row in zip(missing, rows, strict=True)})
    return ()


def load_subject(session: Session) -> Subject:
    """The letter's subject. A form of description without all of its vectors in the store is left out."""
    config, model = session.config, _model(session.config)
    forms, measures = (_forms(config), yardstick()) if model else ((), {})
    texts = [text for form in (*forms, *measures.values()) for text in form]
    known = session.store.vectors.get(model, [_hash(text) for text in texts])

    def vectors_of(texts: Sequence[str]) -> Vectors | None:
        rows = [known.get(_hash(text)) for text in texts]
        return np.stack([np.frombuffer(row, dtype=np.int8) for row in rows if row]) if all(rows) else None

    sections = {name: vectors_of(texts) for name, texts in measures.items()}
    return Subject(
        topics=config.topics,
        places=config.place_names,
        firms=config.firm_names,
        is_described=bool(config.about.text or config.about.headlines),
        forms=tuple(rows for form in forms if (rows := vectors_of(form)) is not None),
        yardstick={name: rows for name, rows in sections.items() if rows is not None},
    )


def _forms(config: Config) -> Sequence[Sequence[str]]:
    """The sentences of the paragraph, the headlines and the sentences of the topics, as far as there are any."""
    language = story_language(config.editions[0].language) or config.editions[0].language
    forms = (
        split_sentences(config.about.text, language),
        config.about.headlines,
        [topic.sentence for topic in config.topics if topic.sentence],
    )
    return [list(form) for form in forms if form]


def _model(config: Config) -> str:
    if config.vectors == BUILT_IN:
        return model_name()
    return "" if config.vectors == OFF else config.vectors


def _embed_built_in(session: Session, texts: Sequence[str]) -> Vectors:
    with session.engine() as engine:
        results = list(engine.map(embed, [[text] for text in texts]))  # one by one: a batch may differ in a last bit
    rows = [result for result in results if not isinstance(result, Failed)]
    if len(rows) < len(texts):
        raise EmbeddingError("the sentences of about were not embedded")
    return np.concatenate(rows)


def _ask(session: Session, texts: Sequence[str]) -> Vectors:
    from pipeline.edges.embeddings import Embeddings

    return quantise(Embeddings(session.config.vectors, session.config.vectors_key).embed(list(texts)))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
