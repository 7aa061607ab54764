"""What the letter is about, with the vectors of its sentences: embedded once, in a worker, and kept in the store."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from pipeline.config import Config
from pipeline.errors import EmbeddingError
from pipeline.executors import Failed
from pipeline.run.session import Session
from pipeline.stages.select import Subject, yardstick
from pipeline.text.languages import story_language
from pipeline.text.sentences import split_sentences
from pipeline.text.vectors import Vectors, embed, model_name, quantise

BUILT_IN, OFF = "builtin", "off"


def desk_examples(session: Session) -> tuple[str, ...]:
    """The headlines that the editors of any edition want more like."""
    headlines = (text for edition in session.config.editions for text in session.edits(edition).examples)
    return tuple(dict.fromkeys(headlines))


def embed_subject(session: Session, examples: Sequence[str] = ()) -> tuple[str, ...]:
    """Embed the sentences of the letter's description and the desk's examples, and the yardstick's headlines.

    Those that have a vector already are left alone. Returns notices.
    """
    source, model = session.config.vectors, vector_model(session.config)
    forms = _forms(session.config, examples)
    texts = [text for form in (*forms, *yardstick().values()) for text in form]
    if not model or not forms:
        return ()  # the yardstick is not worth its seconds to a letter that says nothing about itself
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


def load_subject(session: Session, examples: Mapping[str, Vectors] | None = None) -> Subject:
    """The letter's subject. A form of description without all of its vectors in the store is left out.

    `examples`: headlines that the desk added to those of the config, with the vectors of those that are titles of
    the week. One without a vector is left out. In a letter without `about` they raise scores, but bar no story.
    """
    config, model = session.config, vector_model(session.config)
    every, measures = _forms(config, examples or ()), yardstick()
    texts = [text for form in (*every, *measures.values()) for text in form]
    known = session.store.vectors.get(model, [_hash(text) for text in texts])
    known |= {_hash(text): vector.tobytes() for text, vector in (examples or {}).items() if len(vector)}
    forms = _forms(config, [text for text in examples or () if _hash(text) in known]) if model else ()
    sections = {name: _stack(known, lines) for name, lines in measures.items()} if model else {}
    return Subject(
        topics=config.topics,
        places=config.place_names,
        firms=config.firm_names,
        is_described=bool(config.about.text or config.about.headlines),
        forms=tuple(rows for form in forms if (rows := _stack(known, form)) is not None),
        yardstick={name: rows for name, rows in sections.items() if rows is not None},
    )


def _stack(known: Mapping[str, bytes], texts: Iterable[str]) -> Vectors | None:
    """The vectors of sentences; None if one has none."""
    import numpy as np

    rows = [known.get(_hash(text)) for text in texts]
    return np.stack([np.frombuffer(row, dtype=np.int8) for row in rows if row]) if all(rows) else None


def _forms(config: Config, examples: Iterable[str] = ()) -> Sequence[Sequence[str]]:
    """The sentences of the paragraph, the headlines and the sentences of the topics, as far as there are any."""
    language = story_language(config.editions[0].language) or config.editions[0].language
    forms = (
        split_sentences(config.about.text, language),
        dict.fromkeys((*config.about.headlines, *examples)),
        [topic.sentence for topic in config.topics if topic.sentence],
    )
    return [list(form) for form in forms if form]


def vector_model(config: Config) -> str:
    """The name of the model of the config's sentence vectors; empty without one."""
    if config.vectors == BUILT_IN:
        return model_name()
    return "" if config.vectors == OFF else config.vectors


def _embed_built_in(session: Session, texts: Sequence[str]) -> Vectors:
    import numpy as np

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
