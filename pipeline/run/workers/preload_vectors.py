"""Preloads what `preload` does, and the model of the sentence vectors: all workers share its memory."""

import contextlib
import gc

from pipeline.run.workers import preload  # noqa: F401 - importing it loads the other models
from pipeline.text.vectors import embed

# If the model cannot be loaded here, the worker that needs it meets the error and reports it.
with contextlib.suppress(Exception):
    embed(["A quiet ferry"])
    gc.collect()
    gc.freeze()
