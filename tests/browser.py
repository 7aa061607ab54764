"""A headless Chromium for the tests that look at pages as a reader's program shows them.

`browser` is a fixture of tests/conftest.py: playwright's own loop allows one in a process.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; the test is skipped where there is none, and fails for it where CI=true."""
    found = shutil.which("chromium")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("there is no chromium on the path; apt-get install chromium")
        pytest.skip("there is no chromium on the path")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield launched
        launched.close()


@contextmanager
def page_at(browser: Browser, file: Path, *, width: int, height: int = 900) -> Iterator[Page]:
    """A page of that width showing a file."""
    page = browser.new_page(viewport={"width": width, "height": height})
    try:
        page.goto(file.resolve().as_uri())
        yield page
    finally:
        page.close()


def darkened(html: str) -> str:
    """The HTML as a client in dark appearance shows it: a frame cannot be told to prefer dark, a media query can."""
    dark = html.replace("(prefers-color-scheme: dark)", "screen")
    assert dark != html
    return dark
