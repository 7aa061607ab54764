"""Functions that run inside worker processes, and the module that the workers' server preloads."""
