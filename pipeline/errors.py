"""What can go wrong, as one tree.

NewsletterError
├── ConfigError          the config cannot be used               exit 2
├── UsageError           the command cannot be carried out       exit 2
├── NoIssueError         there is no issue to work on            exit 3
├── ChecksError          the issue's checks failed               exit 5
├── LockedError          another run holds the lock              exit 6
├── DeliveryError        a relay has not taken the issue        exit 7
├── StoreError           the database cannot be used             exit 1
├── EmbeddingError       a service gave no sentence vectors      the run goes on without
└── RecordError          one record cannot be used: it is rejected, the run goes on
    ├── FetchError       no usable answer from an address
    ├── FeedError        the bytes are not a feed that can be read
    ├── CleanError       the page or document holds no story
    ├── PictureError     the bytes are not a picture that can be used
    └── RenderError      the edition cannot be rendered

Every message is for the person who reads it: what was wrong, where, and what to do.
"""


class NewsletterError(Exception):
    """Anything this program raises on purpose."""

    exit_code = 1


class ConfigError(NewsletterError):
    """The config cannot be used; the message names file, line and key."""

    exit_code = 2


class UsageError(NewsletterError):
    """The command asks for something that is not there."""

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
    """A relay has not taken an issue; each try is recorded."""

    exit_code = 7


class StoreError(NewsletterError):
    """The database cannot be opened, read or written."""


class EmbeddingError(NewsletterError):
    """A service gave no sentence vectors; stories are compared by their words until it does."""


class RecordError(NewsletterError):
    """One record cannot be used; `reason` is one word or two for counting, the message says it in full."""

    def __init__(self, reason: str, message: str = "") -> None:
        # Both go to Exception.__init__ so that the error survives a process boundary.
        super().__init__(reason, message)
        self.reason = reason
        self.message = message

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}" if self.message else self.reason


class FetchError(RecordError):
    """No usable answer came from an address."""


class FeedError(RecordError):
    """The bytes are not a feed that can be read."""


class CleanError(RecordError):
    """The page or document holds no story."""


class PictureError(RecordError):
    """The bytes are not a picture that can be used."""


class RenderError(RecordError):
    """The edition cannot be rendered: its worker died over it, or it took too long."""
