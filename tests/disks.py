"""Small and read-only file systems."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted_disk(folder: Path, *, megabytes: int) -> Iterator[Path]:
    """Mount a file system of that size at a new folder. Without permission to mount, the test is skipped."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Make a folder read-only with a mount. Without permission to mount, the test is skipped."""
    bind = ["mount", "--bind", str(folder), str(folder)]
    if os.geteuid() != 0 or subprocess.run(bind, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount")
    try:
        shut = ["mount", "-o", "remount,bind,ro", str(folder)]
        if subprocess.run(shut, check=False, capture_output=True).returncode:
            pytest.skip("a mount cannot be made read-only here")
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)
