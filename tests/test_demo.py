"""The demo: the example web, served on loopback, becomes four editions that are good enough to show."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import html as lxml_html

from tests.letters import Command

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SEEDS = Path(__file__).resolve().parents[1] / ".." / "shared" / "seeds"
NOW = "2026-11-22T08:00:00+08:00"
FAILING = {"kiln-and-kernel", "lantern-bulletin", "sandbar-daily"}
EDITIONS = ("en", "nl", "de", "zh-Hant")
# What each outlet of the example web writes in, whatever its feed declares.
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
    """The examples with a state and an outbox of their own."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(EXAMPLES, folder / "examples")
    return folder


def run(newsletter: Command, example: Path) -> Any:
    """The demo's command."""
    return newsletter("run", "--verbose", "--config", example / "examples" / "config.yaml", "--now", NOW)


def account(example: Path, edition: str) -> Any:
    """What issue.json of an edition says."""
    return json.loads((example / "outbox" / "2026-W47" / edition / "issue.json").read_text(encoding="utf-8"))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_demo_makes_four_whole_issues_twice_the_same(newsletter: Command, example: Path) -> None:
    """A letter, four features in at least three languages, six reads; three bad sources named; the same bytes again."""
    done = run(newsletter, example)
    assert done.code == 0, done.err
    for name in FAILING:
        assert name in done.err
    for edition in EDITIONS:
        said = account(example, edition)
        assert len(said["letter"]["paragraphs"]) >= 2
        assert len(said["features"]) == 4
        assert len({feature["language"] for feature in said["features"]}) >= 3
        assert len(said["reads"]) == 6
        assert all(feature["picture"]["alt"] and len(feature["paragraphs"]) >= 2 for feature in said["features"])
        assert set(said["sources"]["failed"]) == FAILING
        assert said["checks"] == {"passed": True, "findings": []}
    before = contents(example / "outbox")
    assert run(newsletter, example).code == 0
    assert contents(example / "outbox") == before


def test_no_link_of_the_made_up_web_leads_out_of_it(newsletter: Command, example: Path) -> None:
    """Every address in every edition is one under .example."""
    run(newsletter, example)
    for edition in EDITIONS:
        text = (example / "outbox" / "2026-W47" / edition / "issue.html").read_text(encoding="utf-8")
        hosts = set(re.findall(r'(?:href|src)="https?://([^/":]+)', text))
        assert hosts
        assert all(host.endswith(".example") for host in hosts)


def test_the_weeks_event_leads_once_in_the_readers_language(newsletter: Command, example: Path) -> None:
    """The port that outlets of four languages tell of leads each edition, in its language where one tells it so."""
    run(newsletter, example)
    for edition, language in (("en", "en"), ("nl", "en"), ("de", "de"), ("zh-Hant", "zh-Hant")):
        lead, *others = account(example, edition)["features"]
        assert lead["language"] == language
        about = re.compile("Subic|蘇比克|スービック")
        assert about.search(lead["headline"])
        assert not any(about.search(feature["headline"]) for feature in others)
    assert len(account(example, "en")["features"][0]["also_in"]) >= 2


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_block_of_the_demo_says_its_language(newsletter: Command, example: Path, edition: str) -> None:
    """Headlines, texts, kickers' neighbours and titles of reads carry the tag of what their outlet writes in."""
    run(newsletter, example)
    said = account(example, edition)
    for item in (*said["features"], *said["reads"]):
        assert item["language"] == LANGUAGES.get(item["outlet"], item["language"])
    page = lxml_html.fromstring((example / "outbox" / "2026-W47" / edition / "issue.html").read_bytes())
    assert page.get("lang") == edition
    assert languages_of(page, said) == expected_languages(said)


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the folder of real documents, ../shared/seeds, is not here")
def test_every_block_of_real_documents_says_its_language(newsletter: Command, tmp_path: Path) -> None:
    """Dutch, German and Chinese in an English letter, each under its own tag."""
    config = yaml.safe_load((EXAMPLES / "config.yaml").read_text(encoding="utf-8"))
    config |= {
        "outbox": "outbox",
        "state": "state",
        "editions": [{"name": "en", "language": "en", "host": {"name": "Ada", "city": "Hong Kong"}}],
        "sources": [{"name": "seeds", "folder": str(SEEDS.resolve())}],
        "select": {"per_source": 10, "per_topic": 10},
    }
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    assert newsletter("run", "--config", tmp_path / "config.yaml", "--now", NOW).code == 0
    folder = tmp_path / "outbox" / "2026-W47"
    said = json.loads((folder / "issue.json").read_text(encoding="utf-8"))
    shown = languages_of(lxml_html.fromstring((folder / "issue.html").read_bytes()), said)
    assert shown == expected_languages(said)
    for item in (*said["features"], *said["reads"]):
        title = item.get("headline") or item["title"]
        expected = "zh-Hant" if re.search("[\u4e00-\u9fff]", title) else item["language"]
        assert item["language"] == expected
        assert item["language"] in {"nl", "de", "zh-Hant"}


def expected_languages(said: Any) -> dict[str, str]:
    """Each text of the stories → its language, as the account has it."""
    texts = {feature["headline"]: feature["language"] for feature in said["features"]}
    texts |= {text: feature["language"] for feature in said["features"] for text in feature["paragraphs"]}
    return texts | {read["title"]: read["language"] for read in said["reads"]}


def languages_of(page: Any, said: Any) -> dict[str, str]:
    """Each text of the stories → the nearest `lang` around the element that holds it."""
    wanted = {" ".join(text.split()): text for text in expected_languages(said)}
    found = {}
    for element in page.xpath("//h2|//h3|//p|//a|//div|//span"):
        text = " ".join(element.text_content().split())
        if text in wanted:
            found[wanted[text]] = element.xpath("ancestor-or-self::*[@lang][1]/@lang")[0]
    return found
