"""A crawl's archives as a source: stories of an issue, read once, and again where a file has changed."""

from pathlib import Path

import yaml

from tests.edges.test_warc import write_warc
from tests.letters import ITEMS, Command, Item, Letter
from tests.run.test_weekly import titles


def told(item: Item) -> tuple[str, str, list[tuple[str, str]], bytes]:
    """A story as a page of a crawl."""
    head = f'<title>{item.title}</title><meta property="og:type" content="article">'
    body = f"<html lang=en><head>{head}</head><body><article><h1>{item.title}</h1>{item.html}</article></body></html>"
    return f"https://crawl.example/{item.slug}", "200 OK", [("Content-Type", "text/html")], body.encode()


def use_archives(letter: Letter, pattern: str, **keys: object) -> None:
    """Make them the letter's one source."""
    letter.change(sources=[{"name": "Crawl", "warc": pattern, **keys}], select={"per_source": 20})


def test_the_pages_of_archives_become_the_issue(newsletter: Command, letter: Letter) -> None:
    """Two archives by a pattern: each page is a story with its own address."""
    write_warc(letter.folder / "one.warc.gz", [told(item) for item in ITEMS[:4]])
    write_warc(letter.folder / "two.warc.gz", [told(item) for item in ITEMS[4:]])
    use_archives(letter, "*.warc.gz")
    done = newsletter.on(letter, "run")
    assert done.code == 0, done.err
    assert set(titles(letter)) == {item.title for item in ITEMS}


def test_an_archive_is_read_once_and_again_where_it_has_changed(newsletter: Command, letter: Letter) -> None:
    """Its marks stand for a feed's validators."""
    path = write_warc(letter.folder / "one.warc.gz", [told(item) for item in ITEMS[:4]])
    use_archives(letter, "one.warc.gz")
    first = newsletter.on(letter, "fetch", "--json").json["stages"]["fetch"]
    again = newsletter.on(letter, "fetch", "--force", "--json").json["stages"]["fetch"]
    write_warc(path, [told(item) for item in ITEMS[:6]])
    more = newsletter.on(letter, "fetch", "--force", "--json").json["stages"]["fetch"]
    assert [stage["new entries"] for stage in (first, again, more)] == [4, 0, 2]
    assert [stage["unchanged"] for stage in (first, again, more)] == [0, 1, 0]


def test_a_damaged_archive_is_named_and_what_could_be_read_is_kept(newsletter: Command, letter: Letter) -> None:
    """It is tried again until it is whole."""
    path = write_warc(letter.folder / "one.warc.gz", [told(item) for item in ITEMS])
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    use_archives(letter, "one.warc.gz")
    done = newsletter.on(letter, "fetch", "--json")
    assert done.json["stages"]["fetch"]["new entries"] == len(ITEMS) - 1
    assert "damaged" in done.err + str(done.json)
    path.write_bytes(whole)
    assert newsletter.on(letter, "fetch", "--force", "--json").json["stages"]["fetch"]["new entries"] == 1


def test_a_pattern_without_files_is_a_failed_source(newsletter: Command, letter: Letter) -> None:
    """As a feed that is not there."""
    use_archives(letter, "nothing/*.warc.gz")
    done = newsletter.on(letter, "run")
    assert done.code == 3
    assert "Crawl: no file" in done.err


def test_archives_are_added_listed_and_checked_by_command(newsletter: Command, letter: Letter) -> None:
    """sources add --kind warc writes them into the config; sources check counts the files."""
    write_warc(letter.folder / "one.warc.gz", [told(ITEMS[0])])
    given = ("--config", letter.config)
    added = newsletter("sources", "add", str(letter.folder / "*.warc.gz"), "--kind", "warc", "--name", "Crawl", *given)
    assert added.code == 0, added.err
    sources = yaml.safe_load(Path(letter.config).read_text(encoding="utf-8"))["sources"]
    assert sources[-1] == {"name": "Crawl", "warc": str(letter.folder / "*.warc.gz")}
    assert "1 archives\n" in newsletter("sources", "check", *given).out
    use_archives(letter, "one.warc.gz", keep_links=True)
    assert "1 archives; its links keep their parameters\n" in newsletter("sources", "check", *given).out
