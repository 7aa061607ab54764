"""Fifty hostile subjects in an editor's edits, and the headers that they add to the message."""

import dataclasses
from collections import Counter
from email import message_from_bytes, policy

from pipeline.edges.templates import load_templates
from pipeline.records import Issue, Theme
from pipeline.stages.render import eml_bytes, render_issue
from tests.issues import ISSUE, SENT_AT, pictures_for

_ENDS = ("\r\n", "\n", "\r", "\u2028", "\x85", "\x0b", "\x0c", "\x00\n", "\r\n\t", "\n\n")
_SHAPES = (
    "Hello{end}Bcc: victim@example.com",
    "Hello{end}{end}<script>alert(1)</script>",
    "Hello{end} Bcc: victim@example.com{end}Content-Type: text/html",
    "=?utf-8?q?Hello=0d=0aBcc:_victim@example.com?={end}",
)
SUBJECTS = [shape.format(end=end) for end in _ENDS for shape in _SHAPES] + [
    "=?utf-8?b?SGVsbG8NCkJjYzogdmljdGltQGV4YW1wbGUuY29t?=",
    "=?iso-8859-1?q?a=0aBcc=3a?= =?iso-8859-1?q?x=40evil.example?=",
    "=?utf-16?q?=00=0d=00=0a=00B=00c=00c?=",
    "a" * 900 + "\r\nBcc: victim@example.com",
    "\ud800\r\nBcc: victim@example.com",
    "\u202e\r\nBcc: victim@example.com",
    "é" * 300 + "\nBcc: victim@example.com",
    "Hello\\r\\nBcc: victim@example.com",
    "Hello%0d%0aBcc: victim@example.com",
    "嘊嘍Bcc: victim@example.com",  # their low bytes form a line end
]


def extra_headers() -> tuple[int, int]:
    """(additional headers, subjects tried). Parses each message as a mail program does."""
    templates, pictures = load_templates(), pictures_for(ISSUE)

    def names(issue: Issue) -> list[str]:
        email = render_issue(issue, templates=templates, theme=Theme(), pictures=pictures, sent_at=SENT_AT)
        body = eml_bytes(email)
        modern = message_from_bytes(body, policy=policy.default).keys()
        assert modern == message_from_bytes(body, policy=policy.compat32).keys()
        return modern

    usual = names(ISSUE)
    found = [names(dataclasses.replace(ISSUE, subject=subject)) for subject in SUBJECTS]
    return sum((Counter(headers) - Counter(usual)).total() for headers in found), len(found)


if __name__ == "__main__":
    extra, tried = extra_headers()
    print(f"hostile subjects: {extra} extra headers of {tried}")
