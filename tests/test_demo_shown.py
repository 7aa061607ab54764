"""The demo's four editions, checked with external programs and in a browser."""

import re
import shutil
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mailparser
import pytest
from playwright.sync_api import Browser, Page

from pipeline.cli import main
from pipeline.config import load_config
from pipeline.edges.templates import load_templates
from pipeline.records import Theme
from pipeline.run.check import PrintedEdition, printed_editions
from pipeline.stages.render.chain import collapse, render_text
from pipeline.stages.render.localisation import load_localisation
from pipeline.stages.render.template_values import scrub, template_values
from tests.browser import axe_findings, darkened, overflow, small_text
from tests.programs import package, run_node, spam_scores

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
NOW = "2026-11-22T08:00:00+08:00"
KEY = "2026-W47"
EDITIONS = ("en", "nl", "de", "zh-Hant")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, PrintedEdition]:
    """The demo's approved editions in the outbox, with the archive."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(EXAMPLES, folder / "examples")
    config = folder / "examples" / "config.yaml"
    for command in ("run", "approve"):
        with pytest.raises(SystemExit) as ended:
            main([command, "--config", str(config), "--now", NOW])
        assert ended.value.code == 0
    return {built.edition.name: built for built in printed_editions(load_config(config), KEY)}


@contextmanager
def shown(browser: Browser, file: Path, *, dark: bool, pictures: bool) -> Iterator[Page]:
    """Open a file of the outbox, with or without pictures."""
    page = browser.new_page()
    html = file.read_text("utf-8")
    text = darkened(html) if dark else html
    page.route("**/*.html", lambda route: route.fulfill(body=text, content_type="text/html; charset=utf-8"))
    if not pictures:
        page.route("**/pictures/*", lambda route: route.abort())
    try:
        page.goto(file.as_uri())
        yield page
    finally:
        page.close()


def findings(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """The first findings of each file that has any."""
    return {name: lines[:3] for name, lines in found.items() if lines}


@pytest.mark.node
def test_the_reference_compiler_accepts_the_mjml_in_strict_mode(
    demo: dict[str, PrintedEdition], tmp_path: Path
) -> None:
    """The MJML of each edition."""
    package("mjml")
    templates = load_templates()
    for name, built in demo.items():
        words = load_localisation(built.issue.language, templates.catalogues)
        source = render_text("issue.mjml.j2", templates, template_values(scrub(built.issue), Theme(), words))
        (tmp_path / f"{name}.mjml").write_text(collapse(source), "utf-8")
    assert findings(run_node("strict_mjml.mjs", *(str(tmp_path / f"{name}.mjml") for name in EDITIONS))) == {}


@pytest.mark.node
def test_html_validate_finds_nothing(demo: dict[str, PrintedEdition]) -> None:
    """In each edition, its browser view, and the archive's index and search."""
    package("html-validate")
    files = [built.folder / name for built in demo.values() for name in ("issue.html", "index.html")]
    outbox = demo["en"].folder.parents[1]
    assert findings(run_node("validate.mjs", *map(str, [*files, outbox / "index.html", outbox / "search.html"]))) == {}


def test_spamassassin_scores_each_edition_below_one(demo: dict[str, PrintedEdition], tmp_path: Path) -> None:
    """With its local rules."""
    scores = spam_scores([demo[name].eml for name in EDITIONS], tmp_path)
    assert len(scores) == len(EDITIONS)
    assert {name: score for name, score in zip(EDITIONS, scores, strict=True) if score >= 1.0} == {}


@pytest.mark.node
@pytest.mark.parametrize("edition", EDITIONS)
def test_two_parsers_read_each_message_alike(demo: dict[str, PrintedEdition], edition: str) -> None:
    """Subject, both bodies, one-click headers and pictures, with mailparser in Python and postal-mime in JavaScript."""
    package("postal-mime")
    built = demo[edition]
    pictures = [body for _, body in built.email.pictures]
    python = mailparser.parse_from_bytes(built.eml)  # type: ignore[no-untyped-call]
    node = run_node("read_eml.mjs", str(built.folder / "issue.eml"))
    assert python.subject == node["subject"] == built.email.subject
    assert python.defects == []
    assert python.headers["List-Unsubscribe-Post"] == node["oneClick"] == "List-Unsubscribe=One-Click"
    assert python.headers["List-Unsubscribe"].split() == node["unsubscribe"].split()
    for text in (python.text_plain[0], node["text"]):
        assert text.replace("\r\n", "\n").strip() == built.email.text.strip()
    for html in (python.text_html[0], node["html"]):
        assert without_sources(html) == without_sources(built.email.html)
    assert sorted(picture[2] for picture in node["pictures"]) == sorted(map(len, pictures))
    assert sorted(b64decode(attachment["payload"]) for attachment in python.attachments) == sorted(pictures)


def without_sources(html: str) -> str:
    """The HTML without the addresses of its pictures."""
    return re.sub(r'src="(?:cid:|pictures/)[^"]*"', "", html.replace("\r\n", "\n")).strip()


@pytest.mark.node
@pytest.mark.chromium
@pytest.mark.parametrize(
    "file", [*(f"{name}/issue.html" for name in EDITIONS), "en/index.html", "../index.html", "../search.html"]
)
def test_each_page_is_readable_on_any_screen(browser: Browser, demo: dict[str, PrintedEdition], file: str) -> None:
    """At 600 and 375 px, light and dark, with and without pictures: no overflow, small text or axe finding."""
    script = package("axe-core") / "axe.min.js"
    path = (demo["en"].folder.parent / file).resolve()
    found = {}
    for pictures in (True, False):
        for dark in (False, True):
            with shown(browser, path, dark=dark, pictures=pictures) as page:
                loaded = page.evaluate("[...document.images].map(each => each.naturalWidth > 0)")
                assert set(loaded) == ({pictures} if "pictures/" in path.read_text("utf-8") else set())
                for width in (600, 375):
                    page.set_viewport_size({"width": width, "height": 900})
                    faults = axe_findings(page, script, whole_page="index" in file)
                    found[width, dark, pictures] = (overflow(page), small_text(page), faults)
    assert {view: faults for view, faults in found.items() if faults != (0, [], [])} == {}
