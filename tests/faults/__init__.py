"""Faults by the hundred: each module tries as many as it is told and prints its figure. `make faults` runs all."""
