"""Editions get the stories of the languages they take, whatever alias of a language the config or a feed uses."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.letters import Command, Item, Letter, feed

NORWEGIAN = [
    Item(
        "Fergen til øya går på batteri fra mandag",
        "Rederiet har brukt tre år på å bygge om skipet ved verftet i Molde. | Passasjerene merker først og fremst at"
        " det er stille ombord, sier kapteinen.",
    ),
    Item(
        "Roboter plukker epler i Hardanger",
        "Ingen på gården trodde at maskinene skulle klare den bratte lia. | Nå henter de tolv kasser i timen, og"
        " bonden har sluttet å lete etter sesongarbeidere.",
    ),
]
FILIPINO = [
    Item(
        "Lantsa patungong isla, tumatakbo na sa baterya",
        "Tatlong taon bago natapos ng kumpanya ang bagong barko sa Subic. | Mas tahimik na raw ang biyahe, sabi ng mga"
        " pasahero na araw-araw tumatawid.",
    ),
    Item(
        "Mga lumang telepono, ginawang sangay ng bangko",
        "Nakakabit ang mga sirang telepono sa mga tindahan ng kape sa Cebu. | Tumatanggap sila ng deposito kahit mahina"
        " ang koneksyon ng mga mamimili.",
    ),
]
PORTUGUESE = [
    Item(
        "Porto sem guindastes abre o primeiro cais",
        "Os navios descarregam sozinhos por uma esteira que sobe do cais em Santos. | Os estivadores aprenderam a"
        " cuidar das esteiras e assinaram um acordo de cinco anos.",
    ),
    Item(
        "Satélite vigia as plantações de arroz",
        "Uma caixa do tamanho de uma chaleira passa ao meio-dia sobre os campos. | As cooperativas recebem o aviso da"
        " doença nove dias antes que o agricultor a veja.",
    ),
]
STORIES = {"nb": NORWEGIAN, "fil": FILIPINO, "pt": PORTUGUESE}
ALIASES = {"nb": "no", "fil": "tl", "pt": "pt-BR"}


@pytest.fixture
def world(letter: Letter) -> Letter:
    """A letter whose three feeds declare `no`, `tl` and `pt-BR`, with an edition for each language."""
    for language, items in STORIES.items():
        xml = feed(f"{language}.example", items)
        declared = xml.replace("</channel>", f"<language>{ALIASES[language]}</language></channel>")
        (letter.folder / f"{language}.xml").write_text(declared, encoding="utf-8")
    letter.change(
        sources=[{"name": language, "feed": f"{language}.xml", "follow": False} for language in STORIES],
        select={"minimum": 2},
        language={"expected": ["en", "no", "tl", "pt-BR"]},
        editions=editions(ALIASES),
    )
    return letter


def editions(tags: dict[str, str]) -> list[dict[str, Any]]:
    """An edition in English for each of the story languages, taken under these tags."""
    host = {"name": "Ada", "city": "Oslo"}
    return [{"name": name, "language": "en", "languages": [tag], "host": dict(host)} for name, tag in tags.items()]


def titles(letter: Letter, edition: str) -> set[str]:
    """The titles of an edition's stories."""
    path = letter.folder / "outbox" / "2026-W47" / edition / "issue.json"
    issue = json.loads(path.read_text(encoding="utf-8"))
    return {each["headline"] for each in issue["features"]} | {each["title"] for each in issue["reads"]}


def languages(letter: Letter, edition: str) -> set[str]:
    """The languages that an edition's stories are marked with."""
    path = letter.folder / "outbox" / "2026-W47" / edition / "issue.json"
    issue = json.loads(path.read_text(encoding="utf-8"))
    return {each["language"] for each in [*issue["features"], *issue["reads"]]}


@pytest.mark.parametrize("tags", [{name: name for name in STORIES}, ALIASES], ids=["canonical", "aliases"])
def test_an_edition_gets_the_stories_of_its_languages(newsletter: Command, world: Letter, tags: dict[str, str]) -> None:
    """`no`, `tl` and `pt-BR` mean nb, fil and pt in the config and in the feeds."""
    world.change(editions=editions(tags))
    done = newsletter.on(world, "run")
    assert done.code == 0, done.err
    for language, items in STORIES.items():
        assert titles(world, language) == {item.title for item in items}
        assert languages(world, language) == {language}


def test_a_limit_on_an_alias_holds(newsletter: Command, world: Letter) -> None:
    """`languages: {no: 1}` takes one story in Norwegian."""
    host = {"name": "Ada", "city": "Oslo"}
    world.change(
        select={"minimum": 1},
        editions=[{"name": "nb", "language": "en", "languages": {"no": 1}, "host": host}],
    )
    assert newsletter.on(world, "run").code == 0
    issue = json.loads((world.folder / "outbox" / "2026-W47" / "issue.json").read_text(encoding="utf-8"))
    assert len(issue["features"]) + len(issue["reads"]) == 1


@pytest.mark.parametrize(("tag", "nearest"), [("nn", "nb"), ("ceb", "fil"), ("jv", "id"), ("norwegian", "nb")])
def test_a_language_that_no_story_can_be_recognised_as_is_refused_with_the_nearest(
    newsletter: Command, world: Letter, tag: str, nearest: str
) -> None:
    """With file, line and key, before anything is fetched."""
    world.change(editions=editions({"one": tag}))
    done = newsletter.on(world, "run")
    assert done.code == 2
    (problem,) = done.err.splitlines()
    assert "config.yaml:" in problem
    assert "editions[0].languages[0]: " in problem
    assert nearest in problem


def test_stories_that_a_former_version_tagged_are_not_lost(newsletter: Command, world: Letter) -> None:
    """Filipino was `tl` before: after the upgrade the stored stories are tagged again, as `fil`."""
    newsletter.on(world, "run")
    with sqlite3.connect(world.folder / ".newsletter" / "store.sqlite") as store:
        changed = store.execute(
            """UPDATE story SET record = replace(record, '"language":"fil"', '"language":"tl"'), tagged_by = 1
            WHERE record LIKE '%"language":"fil"%'"""
        )
        assert changed.rowcount == len(FILIPINO)
    for path in Path(world.folder).glob("*.xml"):
        path.unlink()
    for stage in ("tag", "dedupe", "select", "render"):
        assert newsletter.on(world, stage).code == 0
    assert titles(world, "fil") == {item.title for item in FILIPINO}
    assert languages(world, "fil") == {"fil"}
