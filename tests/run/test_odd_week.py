"""A week of sixty feeds, each careless in one way: the issue is made, and status names every oddity once."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.letters import Command, Letter

NOW = "2026-11-22T08:00"
DATE = "Fri, 20 Nov 2026 09:00:00 +0000"
_WHO = (
    "ferry captain,lock keeper,tram driver,pearl diver,clock mender,baker,rope maker,surveyor,bee keeper,glass blower"
)
_DID = "opened,repaired,sold,measured,painted,lost,found,flooded,rebuilt,mapped"
_WHAT = "a stone quay,the north pier,an old barge,two cranes,the fish hall,a tide mill,the signal tower,nine buoys"
_WHERE = "Macau,Cebu,Penang,Busan,Hue,Kochi,Tainan,Nagoya,Incheon,Kaohsiung,Manila,Batam,Sapporo,Danang"
_WHY = "after a winter storm,before the festival,with a loan from the guild,without any permit,for the night market"


def sentence(dice: random.Random) -> str:
    """A sentence of made-up news."""
    who, did, what, where, why = (dice.choice(words.split(",")) for words in (_WHO, _DID, _WHAT, _WHERE, _WHY))
    return f"A {who} {did} {what} in {where} {why}."


class Story:
    """A made-up story."""

    def __init__(self, number: int) -> None:
        dice = random.Random(number)
        self.number = number
        self.title = f"{sentence(dice)[:-1]} ({number})"
        self.text = " ".join(sentence(dice) for _ in range(5))


def rss(*items: str, head: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    """An RSS feed."""
    return f"{head}<rss version='2.0'><channel><title>T</title><link>https://site.example/</link>{''.join(items)}</channel></rss>"


def item(story: Story, *, title: bool = True, link: str = "", date: str = DATE, text: str | None = None) -> str:
    """An item; its link is its own unless another is given."""
    named = f"<title>{story.title}</title>" if title else ""
    link = link or f"<link>https://site.example/{story.number}</link>"
    body = f"<p>{story.text}</p>" if text is None else text
    return f"<item>{named}{link}<pubDate>{date}</pubDate><description><![CDATA[{body}]]></description></item>"


def json_feed(story: Story) -> str:
    """A JSON Feed without its version, whose item has no title."""
    entry = {"id": str(story.number), "content_text": story.text, "date_published": "2026-11-20T09:00:00Z"}
    return json.dumps({"title": "J", "items": [{**entry, "url": f"https://site.example/{story.number}"}]})


def many(story: Story) -> str:
    """More items than the source may have, the oldest first."""
    return rss(*(item(Story(1000 * story.number + day), date=f"{day} Nov 2026 09:00 GMT") for day in range(15, 22)))


DATES = [
    "20/11/2026 9:00", "11/20/2026 9:00 AM", "20 novembre 2026", "Пт, 20 ноя 2026 09:00:00 +0300", "1795165200",
    "Fri, 20 Nov 2026 09:00:00 GMT+7", "Fri Nov 20 2026 09:00:00 GMT+0100 (CET)", "20. marraskuuta 2026 klo 9.00",
    "Fri, 20 Nov 2026 24:05:00 BRT", "2026-11-20 09:00:00.123 +08",
]  # fmt: skip
ENDINGS = [
    '<p>The post <a href="https://site.example/1">x</a> appeared first on <a href="https://site.example">T</a>.</p>',
    "<p>Der Beitrag x erschien zuerst auf T.</p>",
    '<p><a href="https://site.example/1">Read more</a></p>',
    '<p><a href="https://site.example/1#c">Comments</a></p>',
    "<p>Thanks for reading T! Subscribe for free to receive new posts and support my work.</p>",
]
SOUND = '<guid isPermaLink="false">g</guid><enclosure url="https://site.example/{}.mp3" type="audio/mpeg"/>'
# How many feeds of a kind, how one is written, and what status says of it.
KINDS: dict[str, tuple[int, Callable[[Story], str], str]] = {
    "untitled": (8, lambda story: rss(item(story, title=False)), ""),
    "dates": (10, lambda story: rss(item(story, date=DATES[story.number % len(DATES)])), ""),
    "no date": (5, lambda story: rss(item(story, date="at low tide")), "1 of 1 dates cannot be read"),
    "zero": (3, lambda story: rss(item(story, date="Mon, 01 Jan 0001 00:00:00 GMT")), "1 of 1 dates cannot be read"),
    "future": (3, lambda story: rss(item(story, date="Fri, 20 Nov 2099 09:00:00 GMT")), ""),
    "sound": (4, lambda story: rss(item(story, link=SOUND.format(story.number))), ""),
    "guids": (
        4,
        lambda story: rss(*(item(Story(story.number + 500 * n), link="<guid>N/A</guid>") for n in (0, 1))),
        "",
    ),
    "oldest first": (3, many, "2 more new entries than max_entries allows (5)"),
    "furniture": (5, lambda story: rss(item(story, text=f"<p>{story.text}</p>{ENDINGS[story.number % 5]}")), ""),
    "charset": (
        4,
        lambda story: rss(item(story), "<!-- é -->", head='<?xml version="1.0" encoding="cp1251"?>'),
        "charset overruled",
    ),
    "broken": (4, lambda story: rss(item(story), "<b>never closed"), "XML mended"),
    "links": (3, lambda story: rss(item(story, text='<a href="https://site.example/c">Comments</a>')), ""),
    "json": (3, json_feed, "no JSON Feed version given"),
    "page": (1, lambda _: "<!DOCTYPE html><html><body>Not a feed</body></html>", "this is a web page"),
}


@pytest.fixture
def odd_week(letter: Letter) -> tuple[Letter, dict[str, str]]:
    """The newsletter, and what status should say of each source."""
    sources: list[dict[str, Any]] = []
    expected: dict[str, str] = {}
    for place, (kind, (count, write, said)) in enumerate(KINDS.items()):
        for copy in range(count):
            name = f"{kind} {copy}"
            path = letter.folder / f"odd-{len(sources)}.xml"
            path.write_text(write(Story(20 * place + copy)), encoding="utf-8")
            sources.append({"name": name, "feed": path.name, "follow": False, "language": "en", "max_entries": 5})
            expected[name] = said
    letter.change(sources=sources)
    return letter, expected


def test_a_week_of_sixty_odd_feeds_makes_an_issue(newsletter: Command, odd_week: tuple[Letter, dict[str, str]]) -> None:
    """Exit 0; no headline is empty; no furniture is printed; each oddity is said once of its source, and no other."""
    letter, expected = odd_week
    assert len(expected) == 60
    done = newsletter.on(letter, "run", now=NOW)
    assert done.code == 0, done.err
    status: Any = newsletter.on(letter, "status", "--json", now=NOW).json
    for source in status["sources"]:
        said = [line for line in source["said"] if expected[source["name"]] and expected[source["name"]] in line]
        assert len(said) == bool(expected[source["name"]]), (source["name"], source["said"])
        assert len(source["said"]) == len(said), (source["name"], source["said"])
    folder = letter.folder / "outbox" / "2026-W47"
    issue = json.loads((folder / "issue.json").read_text(encoding="utf-8"))
    headlines = [feature["headline"] for feature in issue["features"]] + [read["title"] for read in issue["reads"]]
    assert len(headlines) >= 4
    assert all(headline.strip() for headline in headlines)
    text = (folder / "issue.txt").read_text(encoding="utf-8")
    assert not any(words in text for words in ("appeared first", "erschien zuerst", "Read more", "Thanks for reading"))
