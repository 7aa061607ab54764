"""Fault tests. Each module is a script that prints its figure; `make faults` runs them all."""
