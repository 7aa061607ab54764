"""Let a command end well whatever happens around it: closed streams, signals, a folder that is gone."""

import contextlib
import errno
import io
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

_STANDARD = (0, 1, 2)


class TerminatedError(KeyboardInterrupt):
    """The program was asked to end (SIGTERM)."""


class _Survivor(io.FileIO):
    """A stream that takes what nobody reads any more: a reader that is gone must not end the work."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError as error:
            if error.errno not in (errno.EPIPE, errno.EIO, errno.EBADF):
                raise
            return len(data)


def keep_streams() -> None:
    """Open the standard streams that are closed, and keep the others from ending the program when their reader goes.

    A closed number would go to the next file that is opened, such as the store.
    """
    for number in _STANDARD:
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number
    if sys.stdout is sys.__stdout__:  # not while tests capture them
        sys.stdout = _surviving(sys.stdout, 1)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _surviving(sys.stderr, 2)


def _surviving(stream: TextIO | None, number: int) -> TextIO:
    """A stream to the same number: worker processes inherit the number."""
    writer = io.BufferedWriter(_Survivor(number, "w", closefd=False))
    if stream is None:
        return io.TextIOWrapper(writer, encoding="utf-8", errors="backslashreplace", line_buffering=True)
    with contextlib.suppress(OSError):
        stream.flush()
    return io.TextIOWrapper(
        writer, encoding=stream.encoding, errors=stream.errors, line_buffering=number == 2 or stream.isatty()
    )


@contextlib.contextmanager
def ending_on_sigterm() -> Iterator[None]:
    """Turn the first SIGTERM into a TerminatedError, so that workers and locks are given back."""

    def end(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise TerminatedError

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def is_folder_gone() -> bool:
    """Whether the working directory was deleted."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False
