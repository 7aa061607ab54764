"""Two hundred hostile payloads in stories and in edits: none is executed or loaded, in the desk or in the preview."""

from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, Page, expect

from tests.desk.desks import Newsroom, served, watched
from tests.desk.payloads import hostile_feeds, payloads

pytestmark = pytest.mark.chromium


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """Run a newsroom whose feeds contain the payloads."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "examples").mkdir()
    for number, text in enumerate(hostile_feeds(8)):
        (folder / "examples" / f"feed{number}.xml").write_text(text, encoding="utf-8")
    write_config(folder / "examples" / "config.yaml")
    newsroom = Newsroom(folder)
    done = newsroom.run("run")
    assert done.returncode in (0, 4, 5), done.stderr
    return newsroom


def write_config(path: Path) -> None:
    """Write a config with two editions, so that the folders are the same as in the other tests."""
    host = {"name": "<img src=x onerror=alert(1)>", "city": "Hong Kong"}
    config = {
        "name": "#<b>test</b>letter",
        "timezone": "Asia/Hong_Kong",
        "engine": "serial",
        "state": "../state",
        "outbox": "../outbox",
        "desk": {
            "name": "The <script>desk</script>",
            "email": "desk@letter.example",
            "postal_address": "1 Pier Road, Hong Kong",
            "subscribe_url": "https://letter.example/in",
            "unsubscribe_url": "https://letter.example/out",
        },
        "fetch": {"retries": 0, "deadline_seconds": 1},
        "editions": [
            {"name": "en", "language": "en", "host": host},
            {"name": "de", "language": "de", "host": dict(host)},
        ],
        "sources": [
            {
                "name": f"paper{number}",
                "feed": f"feed{number}.xml",
                "outlet": f"<i onclick=alert(1)>{number}</i>",
                "follow": False,
            }
            for number in range(8)
        ],
    }
    path.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")


def was_executed(page: Page) -> bool:
    """Whether a payload was executed on the page or in the preview."""
    return bool(page.evaluate("window.ran || document.querySelector('iframe')?.contentWindow?.ran"))


def test_nothing_in_a_story_is_executed(browser: Browser, hostile: Newsroom) -> None:
    """Open each candidate and each part of the message: text stays text, nothing is fetched."""
    assert len(payloads()) == 200
    with served(hostile) as desk, watched(browser, desk) as seen:
        page = seen.open()
        expect(seen.frame.locator(".headline").first).to_be_visible()
        page.get_by_label("Show", exact=True).select_option("all")
        expect(page.locator("#candidates .pick").first).to_be_visible()
        candidates = desk.json("/api/candidates/en")["candidates"]
        assert len(candidates) > 20
        for number in range(page.locator("#candidates .pick").count()):
            page.locator("#candidates .pick").nth(number).click()
            expect(page.locator(".original")).to_be_visible()
        for part in ("Text", "Source", "Headers", "Diff", "HTML"):
            page.get_by_role("group", name="View").get_by_role("button", name=part).click()
            page.wait_for_timeout(150)
        expect(page.locator("#stories script, #edit script, #stories img, #fields svg, #preview object")).to_have_count(
            0
        )
        expect(seen.frame.locator("script, iframe, object, embed, form, svg, [onerror], [onload]")).to_have_count(0)
        assert not was_executed(page)


def test_nothing_an_editor_types_is_executed(browser: Browser, hostile: Newsroom, tmp_path: Path) -> None:
    """The payloads as edits, by a second editor or a paste."""
    newsroom = hostile.copy(tmp_path / "typed")
    texts = [text for _, text in payloads()]
    with served(newsroom) as desk, watched(browser, desk) as seen:
        page = seen.open()
        slots = [slot for slot in desk.json("/api/editions/en")["slots"] if slot["section"] == "features"]
        paths = [
            f"stories.{slot['story']}.{name}"
            for slot in slots
            for name in ("kicker", "headline", "blurb", "alt", "credit")
        ]
        paths += ["subject", "preheader", "greeting", "letter", "coordinated_by"]
        while texts:
            edits = desk.json("/api/editions/en")["edits"]
            changes = []
            for path in paths[: len(texts)]:
                _, _, rest = path.partition("stories.")
                story, _, name = rest.partition(".")
                was = (edits["stories"].get(story) or {}).get(name) if rest else edits[path]
                changes.append({"kind": "set", "path": path, "value": texts.pop(), "was": was})
            status, answer = desk.write("/api/changes/en", {"changes": changes})
            assert status == 200, answer
            expect(page.locator("#inbox .subject")).to_have_text(
                " ".join(answer["edition"]["inbox"]["subject"].split())
            )
            page.locator("#slots .pick").nth(1 + len(texts) % 4).click()
            page.wait_for_timeout(200)
            expect(seen.frame.locator("script, iframe, object, embed, form, svg, [onerror], [onload]")).to_have_count(0)
        assert not was_executed(page)
