"""Imported by the fork server: loads the model of the sentence vectors, so that all workers share its memory."""

import contextlib
import gc

from pipeline.text.vectors import embed, move_table_to_disk

# If the model cannot be loaded here, the worker that needs it meets the error and reports it.
with contextlib.suppress(Exception):
    embed(["A quiet ferry"])
    move_table_to_disk()
    gc.collect()
    gc.freeze()
