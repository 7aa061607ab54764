"""External programs that check the email: npm packages from tests/node, and Debian's SpamAssassin."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

NODE = Path(__file__).resolve().parent / "node"
_SECONDS = 120


def skip_or_fail(what: str, how: str) -> None:
    """Skip the test because a program is missing, or fail it if CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"there is no {what}; {how}")
    pytest.skip(f"there is no {what}; {how}")


def package(name: str) -> Path:
    """The folder of an npm package in tests/node/package.json."""
    folder = NODE / "node_modules" / name
    if shutil.which("node") is None or not folder.is_dir():
        skip_or_fail(f"npm package {name}", "run 'make node'")
    return folder


def run_node(script: str, *arguments: str) -> Any:
    """Run a script in tests/node. Returns its output, parsed as JSON."""
    done = subprocess.run(
        ["node", NODE / script, *arguments], cwd=NODE, capture_output=True, check=False, timeout=_SECONDS
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return json.loads(done.stdout)


def spam_score(message: bytes, folder: Path) -> tuple[float, str]:
    """SpamAssassin's score from its local rules, and the report."""
    report = _spam_report(message, folder)
    (score,) = _scores(report)
    return score, report


def spam_scores(messages: Sequence[bytes], folder: Path) -> list[float]:
    """SpamAssassin's scores of several messages, in one run."""
    box = b"".join(b"From desk@localhost Sun Nov 22 08:00:00 2026\n" + message + b"\n" for message in messages)
    (folder / "box.mbox").write_bytes(box.replace(b"\r\n", b"\n"))
    return _scores(_spam_report(b"", folder, "--mbox", str(folder / "box.mbox")))


def _spam_report(message: bytes, folder: Path, *arguments: str) -> str:
    if shutil.which("spamassassin") is None:
        skip_or_fail("spamassassin", "apt-get install spamassassin")
    prefs = f"--prefspath={folder / 'user_prefs'}"
    done = subprocess.run(
        ["spamassassin", "--local", "--test-mode", prefs, "--cf=use_bayes 0", *arguments],
        input=message,
        capture_output=True,
        check=False,
        timeout=_SECONDS,
    )
    report = done.stdout.decode("utf-8", "replace")
    assert "X-Spam-Status:" in report, done.stderr.decode("utf-8", "replace")
    return report


def _scores(report: str) -> list[float]:
    found = [line for line in report.splitlines() if line.startswith("X-Spam-Status:")]
    return [float(line.partition("score=")[2].split()[0]) for line in found]
