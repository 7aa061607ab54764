"""The worker's part of dedupe: extract the features of stories, with their sentence vectors."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.records import StoredFeatures, Story
from pipeline.text.vectors import Vectors, embed


@dataclass(frozen=True, slots=True)
class FeatureTask:
    """Stories to extract features of, and the known vectors of `texts_to_embed`, by story."""

    stories: tuple[Story, ...]
    vectors: Mapping[str, Vectors] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FeatureBatch:
    """The features of a task's stories, in order. `fault`: why the built-in model could not embed them."""

    features: tuple[StoredFeatures, ...]
    fault: str = ""

    def with_fault(self) -> Iterator[tuple[StoredFeatures, str]]:
        """Yield each story's features with the fault."""
        return ((features, self.fault) for features in self.features)


def extract_batch(task: FeatureTask, *, aliases: str | None, built_in: bool) -> FeatureBatch:
    """Extract features. With `built_in` the model embeds the texts of all stories in one call, which is faster."""
    from pipeline.stages.dedupe import default_aliases, extract_features, load_aliases

    names = default_aliases() if aliases is None else load_aliases(aliases)
    vectors, fault = _embed_stories(task.stories) if built_in else (task.vectors, "")
    features = (extract_features(story, names, vectors.get(story.id), embed=None) for story in task.stories)
    return FeatureBatch(tuple(features), fault)


def _embed_stories(stories: Sequence[Story]) -> tuple[Mapping[str, Vectors], str]:
    """The vectors of each story; none and the reason if the model cannot be used."""
    from pipeline.stages.dedupe import texts_to_embed

    texts = {story.id: texts_to_embed(story) for story in stories}
    try:
        rows = embed([text for some in texts.values() for text in some])
    except (ImportError, OSError, ValueError, KeyError) as error:  # a damaged or missing package
        return {}, f"{type(error).__name__}: {error}"
    found: dict[str, Vectors] = {}
    start = 0
    for name, some in texts.items():
        found[name] = rows[start : start + len(some)]
        start += len(some)
    return found, ""
