"""The time from an edit at the desk to the preview that shows it, in Chromium with the example newsletter.

    python bench/desk.py [--edits 60]

The script changes a headline in its field. The clock stops at the first animation frame in which the preview shows it.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.desk.desks import make_newsroom, served

MEASURE = """
([text, selector]) => new Promise((done) => {
  const field = document.querySelector('[data-path$=".headline"] textarea');
  const started = performance.now();
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  const look = () => {
    const page = document.querySelector('iframe.shown')?.contentDocument;
    if (page?.querySelector(selector)?.textContent.trim() === text) done(performance.now() - started);
    else requestAnimationFrame(look);
  };
  look();
})
"""


def main() -> None:
    """Measure and print the times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edits", type=int, default=60)
    edits = parser.parse_args().edits
    browser_path = shutil.which("chromium")
    if browser_path is None:
        sys.exit("chromium is not on the PATH")
    with tempfile.TemporaryDirectory() as folder:
        newsroom = make_newsroom(Path(folder) / "newsroom")
        with sync_playwright() as playwright, served(newsroom) as desk:
            browser = playwright.chromium.launch(
                executable_path=browser_path, args=["--headless", "--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.goto(desk.address)
            page.wait_for_selector("iframe.shown")
            page.locator("#slots .pick").nth(1).click()
            page.wait_for_timeout(1500)  # wait for the pictures and the first check
            milliseconds = []
            for number in range(edits):
                milliseconds.append(page.evaluate(MEASURE, [f"Headline number {number}", ".headline"]))
                page.wait_for_timeout(150)
            browser.close()
    milliseconds.sort()
    percentile = milliseconds[int(0.95 * (edits - 1))]
    print(
        f"{edits} edits: median {statistics.median(milliseconds):.0f} ms, 95th percentile {percentile:.0f} ms,"
        f" minimum {milliseconds[0]:.0f} ms, maximum {milliseconds[-1]:.0f} ms"
    )


if __name__ == "__main__":
    main()
