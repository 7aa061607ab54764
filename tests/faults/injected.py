"""Faults of the machine and the environment. Each has its exit code and a message that says what to do.

After the fault the next run makes the same issue as without it.
"""

import time

from tests.faults import injected_around, injected_machine
from tests.faults.fault_table import FAULTS, CannotInjectError, try_one
from tests.faults.rig import warm

__all__ = ["injected_around", "injected_machine"]  # they add their faults to the table

if __name__ == "__main__":
    warm()
    bad, tried = 0, 0
    for each in FAULTS:
        started = time.monotonic()
        try:
            exit_code, stderr, problems = try_one(each)
        except CannotInjectError as error:
            print(f"not tried: {each.name}: {error}")
            continue
        tried += 1
        bad += bool(problems)
        lines = stderr.strip().splitlines()
        line = next((line for line in lines if each.message and each.message in line), lines[-1] if lines else "")
        print(f"{each.name}: {exit_code} ({time.monotonic() - started:.1f} s) {line[:300]}")
        for problem in problems:
            print(f"    WRONG: {problem}")
    print(f"injected faults: {bad} of {tried} without their exit code, message or a good run afterwards")
