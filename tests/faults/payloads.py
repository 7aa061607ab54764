"""Two hundred hostile payloads in stories, and again in edits: the number that is active in the message."""

import json
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from lxml import html as markup

from tests.desk.payloads import hostile_feeds, payloads
from tests.faults.rig import KEY, letters, run, warm
from tests.letters import Letter

FEATURES = 40  # five payloads each
EDITED_FIELDS = ("kicker", "headline", "blurb", "alt", "credit")
HARMLESS_TAGS = frozenset(
    "html head body title style meta table tbody thead tr td th div span p a b i em strong br hr img h1 h2 h3 ul ol li"  # noqa: SIM905
    " blockquote code pre center".split()
)
ADDRESSES = ("href", "src", "action", "background", "poster", "data", "srcset", "formaction", "xlink:href", "ping")
_LIVE_STYLE = re.compile(r"@import|url\s*\(|expression\s*\(|-moz-binding|behavior\s*:", re.IGNORECASE)
_LIVE_COMMENT = re.compile(r"<script|javascript:|\bon\w+=", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def live(page: str) -> list[str]:
    """Everything in a page that could run, open another protocol or load from elsewhere."""
    found = []
    for element in markup.fromstring(page.encode(), parser=markup.HTMLParser(encoding="utf-8")).iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag not in HARMLESS_TAGS:
            found.append(f"<{element.tag}>")
        for name, value in ((str(name), str(value)) for name, value in element.attrib.items()):
            if name.startswith("on"):
                found.append(f"{element.tag} {name}={value}")
            if name in ADDRESSES and not _is_harmless(element.tag, name, value):
                found.append(f"{element.tag} {name}={value}")
            if name == "style" and _LIVE_STYLE.search(value):
                found.append(f"{element.tag} style={value}")
        if element.tag == "meta" and element.get("http-equiv", "").lower() == "refresh":
            found.append("meta refresh")
        if element.tag == "style" and _LIVE_STYLE.search(element.text or ""):
            found.append(f"<style>{element.text}")
    # Outlook interprets conditional comments.
    found += [comment for comment in _COMMENT.findall(page) if _LIVE_COMMENT.search(comment)]
    return found


def _is_harmless(tag: str, name: str, value: str) -> bool:
    scheme = urlsplit(value.strip()).scheme.lower()
    if tag == "a" and name == "href":
        return scheme in ("http", "https", "mailto") or value.startswith("#")
    return name == "src" and scheme == "cid"


def messages() -> list[tuple[str, bytes, int]]:
    """(name, message, number of payloads) for payloads in stories, then in edits."""
    with letters() as make:
        letter = make()
        _write_feeds(letter)
        assert run(letter, "run") in (0, 5)
        folder = letter.folder / "outbox" / KEY
        found = [("stories", (folder / "issue.eml").read_bytes(), len(EDITED_FIELDS) * len(_features(folder)))]
        edits = _edits(_features(folder))
        (folder / "edits.yaml").write_text(yaml.safe_dump({"stories": edits}), encoding="utf-8")
        assert run(letter, "run") in (0, 5)
        assert json.loads((folder / "issue.json").read_text(encoding="utf-8"))["features"]
        return [*found, ("edits", (folder / "issue.eml").read_bytes(), len(edits) * len(EDITED_FIELDS))]


def html_of(message: bytes) -> str:
    """The HTML body of a message."""
    parsed = message_from_bytes(message, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    part = parsed.get_body(("html",))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


def _write_feeds(letter: Letter) -> None:
    for number, feed in enumerate(hostile_feeds(8)):
        (letter.folder / f"feed{number}.xml").write_text(feed, encoding="utf-8")
    letter.change(
        sources=[
            {"name": f"feed{number}", "feed": f"feed{number}.xml", "outlet": "<i onclick=alert(1)>", "follow": False}
            for number in range(8)
        ],
        select={"features": FEATURES, "reads": 0, "per_source": FEATURES, "per_topic": FEATURES},
        fetch={"retries": 0, "deadline_seconds": 1},
    )


def _features(folder: Path) -> list[str]:
    issue = json.loads((folder / "issue.json").read_text(encoding="utf-8"))
    return [feature["story"] for feature in issue["features"]]


def _edits(stories: list[str]) -> dict[str, dict[str, str]]:
    texts = iter([text for _, text in payloads()])
    return {story: {name: next(texts) for name in EDITED_FIELDS} for story in stories}


def count_live() -> tuple[int, int]:
    """Print the active payloads. Returns (active, tried)."""
    found, tried = [], 0
    for name, message, number in messages():
        tried += number
        found += [f"{name}: {finding}" for finding in live(html_of(message))]
    for finding in found:
        print(finding)
    return len(found), tried


if __name__ == "__main__":
    warm()
    active, total = count_live()
    print(f"payloads in the message: {active} active of {total} (200 in stories, 200 in edits)")
