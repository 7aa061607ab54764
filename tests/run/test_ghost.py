"""`publish` to a real Ghost if `make ghost` runs this, else to what that Ghost answered then."""

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from pipeline.edges.publishers import PublisherError, open_client
from pipeline.edges.publishers.ghost import make_token
from pipeline.records import Handover, Publisher
from tests.ghost import Recorder, ask, recorded, replayed, running_ghost
from tests.letters import Command, Letter
from tests.publishers import KEYS, Service
from tests.run.test_publish import JOINER, MARKS, approved, letter, publish, use, visible

__all__ = ["approved", "letter"]  # fixtures


@dataclass(frozen=True)
class RealGhost:
    """A Ghost, its port, and the recorder before it."""

    port: int
    recorder: Recorder

    def ask(self, method: str, path: str, value: Any = None) -> Any:
        """Ask with the key of the client."""
        token = make_token(os.environ["KEY"], int(time.time()))
        status, answer, _ = ask(self.port, method, path, value, Authorization=f"Ghost {token}")
        assert status == 200, answer
        return answer


@pytest.fixture
def ghost(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, RealGhost | None]]:
    """The address of a Ghost; and the Ghost itself, unless its answers are replayed."""
    if not os.environ.get("NEWSLETTER_GHOST"):
        monkeypatch.setenv("KEY", KEYS["ghost"])
        with replayed() as base:
            yield base, None
        return
    with running_ghost(tmp_path_factory.mktemp("ghost")) as (base, key), recorded(base) as recorder:
        monkeypatch.setenv("KEY", key)
        yield recorder.base, RealGhost(int(base.rpartition(":")[2]), recorder)
        recorder.save()


def test_ghost_takes_the_letter_once(
    newsletter: Command, letter: Letter, ghost: tuple[str, RealGhost | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upload cut short, resumed; unchanged; edited there, refused, replaced; a stale update; a wrong key."""
    base, real = ghost
    use(letter, Service("ghost", base))
    if real:
        real.recorder.cut = "/images/upload/"
    assert "cannot be reached" in publish(newsletter, letter).err
    done = publish(newsletter, letter)
    assert (done.code, "created, left as a draft" in done.out) == (0, True), done.err
    assert "unchanged" in publish(newsletter, letter).out
    if real:
        edit(real, check_what_arrived(real, letter))
    refused = publish(newsletter, letter)
    assert (refused.code, "somebody has edited the draft there" in refused.err) == (7, True), refused.out
    assert "updated, left as a draft" in publish(newsletter, letter, "--overwrite").out
    refuse_stale_update(base, letter, done.out.strip().rpartition("/")[2])
    monkeypatch.setenv("KEY", os.environ["KEY"].partition(":")[0] + ":" + "00" * 32)
    wrong = publish(newsletter, letter)
    assert (wrong.code, "answered 401" in wrong.err) == (7, True), wrong.err


def check_what_arrived(real: RealGhost, letter: Letter) -> dict[str, Any]:
    """The only draft has the letter's tables, styles, dark rules, pictures and marks. Return it."""
    (post,) = real.ask("GET", "/posts/?formats=html&filter=status:draft")["posts"]
    assert post["email_only"] is True
    printed = next(Path(letter.folder, "outbox").glob("*/issue.html")).read_text(encoding="utf-8")
    page = post["html"]
    assert page.count("<table") == printed.count("<table")
    assert page.count("style=") >= printed.count("style=") - 2  # of the tags around the letter
    assert "prefers-color-scheme" in page
    words = visible(page).replace(JOINER, "")
    assert all(words.count(mark) >= 2 for mark in MARKS)
    assert all(mark in post["title"].replace(JOINER, "") for mark in MARKS)
    pictures = re.findall(r'<img[^>]*src="([^"]+)"', page)
    assert pictures
    for address in pictures:
        path = address.removeprefix(real.recorder.base)
        with urlopen(f"http://127.0.0.1:{real.port}{path}") as answer:
            assert answer.headers["Content-Type"].startswith("image/")
    return dict(post)


def edit(real: RealGhost, post: dict[str, Any]) -> None:
    """Change the title, as somebody would in Ghost's editor."""
    change = {"title": "Edited in Ghost", "updated_at": post["updated_at"]}
    real.ask("PUT", f"/posts/{post['id']}/", {"posts": [change]})


def refuse_stale_update(base: str, letter: Letter, name: str) -> None:
    """Ghost itself refuses an update of what has changed since it was read."""
    publisher = Publisher("there", "ghost", address=base, api_key=os.environ["KEY"])
    client = open_client(publisher, folder=letter.folder)
    draft = client.read(name)
    assert draft is not None
    stale = replace(draft, revision="2020-01-01T00:00:00.000Z")
    with pytest.raises(PublisherError, match="Someone else is editing this post") as late:
        client.update(stale, Handover("", "Late", "", "<p>Late</p>", "", {}, "", ""))
    assert late.value.status == 409
