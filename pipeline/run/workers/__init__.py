"""Functions that run in worker processes, and the module that their fork server preloads."""
