"""Benchmarks: time and memory compared with peers and floors. Run `python -m bench`."""
