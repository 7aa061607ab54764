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

# What axe knows of whole web pages alone: an e-mail has no landmarks of its own, and its region is the mailbox.
PAGE_RULES = ["landmark-one-main", "region", "page-has-heading-one"]
_AXE = """async rules => {
  const found = await axe.run(document, {rules: Object.fromEntries(rules.map(rule => [rule, {enabled: false}]))});
  return found.violations.flatMap(each => each.nodes.map(node => `${each.id}: ${node.html.slice(0, 120)}`));
}"""
_SMALL_TEXT = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), small = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const box = node.parentElement;
    if (node.data.trim() && box.checkVisibility() && parseFloat(getComputedStyle(box).fontSize) < 13)
      small.push(node.data.trim());
  }
  for (const each of document.images)
    if (parseFloat(getComputedStyle(each).fontSize) < 13) small.push(each.alt);
  return small;
}"""
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


def axe_findings(page: Page, script: Path, *, whole_page: bool = False) -> list[str]:
    """What axe-core finds on a page, beside what only a whole web page has to have."""
    page.add_script_tag(path=script)
    found: list[str] = page.evaluate(_AXE, [] if whole_page else PAGE_RULES)
    return found


def small_text(page: Page) -> list[str]:
    """The texts, alternative ones too, that are drawn in less than 13 pixels."""
    found: list[str] = page.evaluate(_SMALL_TEXT)
    return found


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    wider: int = page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)")
    return wider


def darkened(html: str) -> str:
    """The HTML as a client in dark appearance shows it: a frame cannot be told to prefer dark, a media query can."""
    dark = html.replace("(prefers-color-scheme: dark)", "screen")
    assert dark != html
    return dark
