"""The exception tree.

NewsletterError
├── ConfigError          the config cannot be used               exit 2
├── UsageError           the command cannot be carried out       exit 2
├── NoIssueError         there is no issue to work on            exit 3
├── ChecksError          the issue's checks failed               exit 5
├── LockedError          another run holds the lock              exit 6
├── DeliveryError        a relay did not take the issue          exit 7
├── StoreError           the database cannot be used             exit 1
├── EmbeddingError       a service gave no sentence vectors      the run goes on without
├── WriterError          a writer gave no usable answer          the story stays as it is
│   └── UnreadableAnswerError   the answer has another form
└── RecordError          one record cannot be used: it is rejected, the run goes on
    ├── FetchError       an address gave no usable response
    ├── FeedError        the bytes are not a readable feed
    ├── CleanError       the page or document contains no story
    ├── PictureError     the bytes are not a usable picture
    └── RenderError      the edition cannot be rendered

A message says what is wrong, where, and what to do.
"""

from typing import Any


class NewsletterError(Exception):
    """The base of all errors that this program raises on purpose."""

    exit_code = 1


class ConfigError(NewsletterError):
    """The config cannot be used; the message names file, line and key."""

    exit_code = 2


class UsageError(NewsletterError):
    """The command cannot be carried out."""

    exit_code = 2


class NoIssueError(NewsletterError):
    """There is no issue to render, check, approve or show."""

    exit_code = 3


class ChecksError(NewsletterError):
    """The issue's checks failed: it cannot be approved or sent."""

    exit_code = 5


class LockedError(NewsletterError):
    """Another run holds the lock."""

    exit_code = 6


class DeliveryError(NewsletterError):
    """A relay did not take an issue; every attempt is recorded."""

    exit_code = 7


class StoreError(NewsletterError):
    """The database cannot be opened, read or written."""


class EmbeddingError(NewsletterError):
    """A service gave no sentence vectors; stories are compared by their words until it does."""


class WriterError(NewsletterError):
    """A writer gave no usable answer. `stops`: a further request would have no better one."""

    def __init__(self, message: str, *, stops: bool = False) -> None:
        super().__init__(message)
        self.stops = stops

    def stop(self, reason: str) -> None:
        """Add the reason why a further request would have no better answer."""
        self.args = (f"{self}; {reason}",)
        self.stops = True


class UnreadableAnswerError(WriterError):
    """A writer's answer has another form than it was asked for. `answer`: the WriterAnswer, which is kept."""

    def __init__(self, message: str, answer: Any = None) -> None:
        super().__init__(message)
        self.answer = answer


class RecordError(NewsletterError):
    """One record cannot be used. `reason`: one or two words, for counting; `message`: the details."""

    def __init__(self, reason: str, message: str = "") -> None:
        # Exception.__init__ gets both, so that the error can be unpickled.
        super().__init__(reason, message)
        self.reason = reason
        self.message = message

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}" if self.message else self.reason


class FetchError(RecordError):
    """An address gave no usable response."""


class FeedError(RecordError):
    """The bytes are not a readable feed."""


class CleanError(RecordError):
    """The page or document contains no story."""


class PictureError(RecordError):
    """The bytes are not a usable picture."""


class RenderError(RecordError):
    """The edition cannot be rendered: its worker died, or it took too long."""
