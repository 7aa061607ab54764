"""From an edit to the frame that shows it: measured in Chromium, on the examples.

    python bench/desk.py [--edits 60]

A headline is typed into the page's field; the clock stops at the first frame of animation in which the letter's frame
shows it. The server, the browser and the disk are the machine's own.
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
([words, selector]) => new Promise((done) => {
  const field = document.querySelector('[data-path$=".headline"] textarea');
  const begun = performance.now();
  field.value = words;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  const look = () => {
    const page = document.querySelector('iframe.shown')?.contentDocument;
    if (page?.querySelector(selector)?.textContent.trim() === words) done(performance.now() - begun);
    else requestAnimationFrame(look);
  };
  look();
})
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edits", type=int, default=60)
    edits = parser.parse_args().edits
    browser_path = shutil.which("chromium")
    if browser_path is None:
        sys.exit("there is no chromium on the path")
    with tempfile.TemporaryDirectory() as folder:
        newsroom = make_newsroom(Path(folder) / "newsroom")
        with sync_playwright() as playwright, served(newsroom) as desk:
            browser = playwright.chromium.launch(
                executable_path=browser_path, args=["--headless", "--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.goto(desk.address)
            page.wait_for_selector("iframe.shown")
            page.locator("#placed .pick").nth(1).click()
            page.wait_for_timeout(1500)  # pictures and the first check are done
            taken = []
            for number in range(edits):
                taken.append(page.evaluate(MEASURE, [f"Headline number {number}", ".headline"]))
                page.wait_for_timeout(150)
            browser.close()
    taken.sort()
    print(
        f"{edits} edits: median {statistics.median(taken):.0f} ms, 95th of 100 {taken[int(0.95 * (edits - 1))]:.0f} ms,"
        f" least {taken[0]:.0f} ms, most {taken[-1]:.0f} ms"
    )


if __name__ == "__main__":
    main()
