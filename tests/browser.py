"""A headless Chromium for tests of rendered pages.

`browser` is a session fixture in tests/conftest.py, because playwright's event loop allows one per process.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

# axe rules for whole web pages. An email has no landmarks, because the mailbox around it has them.
PAGE_RULES = ["landmark-one-main", "region", "page-has-heading-one"]
_AXE = """async rules => {
  const off = Object.fromEntries(rules.map(rule => [rule, {enabled: false}]));
  const found = await axe.run(document, {rules: off, resultTypes: ["violations"], preload: false, selectors: false});
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
    """Debian's Chromium. Without it the test is skipped, or fails if CI=true."""
    found = shutil.which("chromium")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is not on the PATH; run apt-get install chromium")
        pytest.skip("chromium is not on the PATH")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield launched
        launched.close()


@contextmanager
def page_at(browser: Browser, file: Path, *, width: int, height: int = 900) -> Iterator[Page]:
    """Open a file in a page of the given size."""
    page = browser.new_page(viewport={"width": width, "height": height})
    try:
        page.goto(file.resolve().as_uri())
        yield page
    finally:
        page.close()


def axe_findings(page: Page, script: Path, *, whole_page: bool = False, without: Sequence[str] = ()) -> list[str]:
    """The violations that axe-core finds, `without` some rules; `whole_page` adds those for whole web pages."""
    page.add_script_tag(path=script)
    found: list[str] = page.evaluate(_AXE, [*without, *([] if whole_page else PAGE_RULES)])
    return found


def small_text(page: Page) -> list[str]:
    """The texts, alternative texts included, that are smaller than 13 pixels."""
    found: list[str] = page.evaluate(_SMALL_TEXT)
    return found


def overflow(page: Page) -> int:
    """The number of pixels by which the page is wider than the screen."""
    wider: int = page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)")
    return wider


def darkened(html: str) -> str:
    """The HTML with its dark styles always on, as a client with a dark appearance shows it."""
    dark = html.replace("(prefers-color-scheme: dark)", "screen")
    assert dark != html
    return dark
