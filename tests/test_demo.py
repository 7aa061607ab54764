"""The demo: the made-up web, served on loopback, becomes four complete editions."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import html as lxml_html

from pipeline.records import Document
from pipeline.stages.clean import clean_document
from tests.letters import Command

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SEEDS = Path(__file__).resolve().parents[1] / ".." / "shared" / "seeds"
NOW = "2026-11-22T08:00:00+08:00"
FAILING = {"kiln-and-kernel", "lantern-bulletin", "sandbar-daily"}
EDITIONS = ("en", "nl", "de", "zh-Hant")
# Outlet → the language it writes in, whatever its feed declares.
LANGUAGES = {
    "Typhoon Signal": "en",
    "Straits Circuit": "en",
    "Low Orbit Weekly": "en",
    "Mapo Review": "en",
    "Pearl Ledger": "en",
    "Monsoon Wire": "en",
    "Chao Phraya Courier": "en",
    "Deccan Stack": "en",
    "Bench Vise": "en",
    "Kaikante": "de",
    "Taktgeber": "de",
    "Prüfstand": "de",
    "Oostwaarts": "nl",
    "De Sluiswachter": "nl",
    "潮間帶科技": "zh-Hant",
    "維港觀測": "zh-Hant",
    "渡口通訊": "zh-Hant",
    "南岸科技": "zh-Hans",
    "湾岸テック": "ja",
    "町工場だより": "ja",
}


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the examples."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(EXAMPLES, folder / "examples")
    return folder


def run(newsletter: Command, example: Path) -> Any:
    """Run the demo."""
    return newsletter("run", "--verbose", "--config", example / "examples" / "config.yaml", "--now", NOW)


def issue_json(example: Path, edition: str) -> Any:
    """The issue.json of an edition."""
    return json.loads((example / "outbox" / "2026-W47" / edition / "issue.json").read_text(encoding="utf-8"))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_demo_builds_four_complete_editions_with_the_same_bytes_twice(newsletter: Command, example: Path) -> None:
    """Each has a letter, four features in its language and six reads; the bad sources are named."""
    done = run(newsletter, example)
    assert done.code == 0, done.err
    for name in FAILING:
        assert name in done.err
    for edition in EDITIONS:
        issue = issue_json(example, edition)
        assert len(issue["letter"]["paragraphs"]) >= 2
        assert len(issue["features"]) == 4
        assert {feature["language"] for feature in issue["features"]} == {edition}
        assert len({item["language"] for item in (*issue["features"], *issue["reads"])}) >= 3
        assert len(issue["reads"]) == 6
        assert all(feature["picture"] and len(feature["paragraphs"]) >= 2 for feature in issue["features"])
        assert set(issue["sources"]["failed"]) == FAILING
        assert issue["checks"] == {"passed": True, "findings": []}
    before = contents(example / "outbox")
    assert run(newsletter, example).code == 0
    assert contents(example / "outbox") == before


def test_every_link_stays_in_the_made_up_web(newsletter: Command, example: Path) -> None:
    """Every URL in every edition is under .example."""
    run(newsletter, example)
    for edition in EDITIONS:
        text = (example / "outbox" / "2026-W47" / edition / "issue.html").read_text(encoding="utf-8")
        hosts = set(re.findall(r'(?:href|src)="https?://([^/":]+)', text))
        assert hosts
        assert all(host.endswith(".example") for host in hosts)


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(("name", "kind"), [("issue.eml", "message/rfc822"), ("issue.html", "text/html")])
def test_an_edition_that_is_mailed_gives_its_stories(
    newsletter: Command, example: Path, edition: str, name: str, kind: str
) -> None:
    """Read as a source, the letter has its host, and the stories have their titles, texts, credits and links."""
    run(newsletter, example)
    issue = issue_json(example, edition)
    body = (example / "outbox" / "2026-W47" / edition / name).read_bytes()
    letter, *stories = clean_document(Document(f"file:///{name}", body, kind)).stories
    assert (letter.role, letter.host, letter.text.split("\n\n")) == (
        "letter", issue["letter"]["host"], issue["letter"]["paragraphs"],
    )  # fmt: skip
    features = [story for story in stories if story.role == "feature"]
    assert [(story.title, story.text.split("\n\n"), story.outlet, list(story.authors)) for story in features] == [
        (each["headline"], each["paragraphs"], each["outlet"], each["authors"]) for each in issue["features"]
    ]
    reads = [story for story in stories if story.role == "read"]
    assert [(story.title, story.outlet) for story in reads] == [
        (each["title"], each["outlet"]) for each in issue["reads"]
    ]
    assert [_bare(story.url) for story in (*features, *reads)] == [
        _bare(each["url"]) for each in (*issue["features"], *issue["reads"])
    ]


def _bare(url: str | None) -> str:
    """An address without its query, which may count readers."""
    return (url or "").partition("?")[0]


def test_the_weeks_event_leads_where_it_can_be_read(newsletter: Command, example: Path) -> None:
    """The port that outlets in four languages report leads where one of them writes in the edition's language.

    It is a feature once; elsewhere it is a read, and the lead is a story in the edition's language.
    """
    run(newsletter, example)
    about = re.compile("Subic|蘇比克|スービック")
    for edition in ("en", "de", "zh-Hant"):
        lead, *others = issue_json(example, edition)["features"]
        assert lead["language"] == edition
        assert about.search(lead["headline"])
        assert not any(about.search(feature["headline"]) for feature in others)
    dutch = issue_json(example, "nl")
    assert dutch["features"][0]["language"] == "nl"
    assert any(about.search(read["title"]) for read in dutch["reads"])
    assert issue_json(example, "en")["features"][0]["also_in"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_block_of_the_demo_declares_its_language(newsletter: Command, example: Path, edition: str) -> None:
    """Headlines, paragraphs and titles of reads have the language tag of their outlet, or of its text's conversion."""
    run(newsletter, example)
    issue = issue_json(example, edition)
    for item in (*issue["features"], *issue["reads"]):
        original = item.get("original") or item
        assert original["language"] == LANGUAGES.get(item["outlet"], item["language"])
        assert original is item or item["language"] == edition
    page = lxml_html.fromstring((example / "outbox" / "2026-W47" / edition / "issue.html").read_bytes())
    assert page.get("lang") == edition
    assert languages_of(page, issue) == expected_languages(issue)


@pytest.mark.skipif(not SEEDS.is_dir(), reason="../shared/seeds, the folder of real documents, is missing")
def test_every_block_of_real_documents_declares_its_language(newsletter: Command, tmp_path: Path) -> None:
    """Dutch, German and Chinese in an English edition, each under its own tag."""
    config = yaml.safe_load((EXAMPLES / "config.yaml").read_text(encoding="utf-8"))
    config |= {
        "outbox": "outbox",
        "state": "state",
        "editions": [{"name": "en", "language": "en", "host": {"name": "Ada", "city": "Hong Kong"}}],
        "sources": [{"name": "seeds", "folder": str(SEEDS.resolve())}],
        "select": {"per_source": 10, "per_topic": 10},
        "about": {},  # these documents are about other things than the demo's letter
    }
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    assert newsletter("run", "--config", tmp_path / "config.yaml", "--now", NOW).code == 0
    folder = tmp_path / "outbox" / "2026-W47"
    issue = json.loads((folder / "issue.json").read_text(encoding="utf-8"))
    shown = languages_of(lxml_html.fromstring((folder / "issue.html").read_bytes()), issue)
    assert shown == expected_languages(issue)
    for item in (*issue["features"], *issue["reads"]):
        title = item.get("headline") or item["title"]
        expected = "zh-Hant" if re.search("[\u4e00-\u9fff]", title) else item["language"]
        assert item["language"] == expected
        assert item["language"] in {"nl", "de", "zh-Hant"}


def expected_languages(issue: Any) -> dict[str, str]:
    """Text of the stories → its language in issue.json."""
    texts = {feature["headline"]: feature["language"] for feature in issue["features"]}
    texts |= {text: feature["language"] for feature in issue["features"] for text in feature["paragraphs"]}
    return texts | {read["title"]: read["language"] for read in issue["reads"]}


def languages_of(page: Any, issue: Any) -> dict[str, str]:
    """Text of the stories → the nearest `lang` attribute around it."""
    wanted = {" ".join(text.split()): text for text in expected_languages(issue)}
    found = {}
    for element in page.xpath("//h2|//h3|//p|//a|//div|//span"):
        text = " ".join(element.text_content().split())
        if text in wanted:
            found[wanted[text]] = element.xpath("ancestor-or-self::*[@lang][1]/@lang")[0]
    return found
