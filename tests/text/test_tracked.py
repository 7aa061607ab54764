"""Addresses that count who follows them, and those that they lead to."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.tracked import counts_clicks, direct_address, readable_address

PAGE = "https://harbour.example/2026/11/ferries-stop?id=4"
ENCODED = base64.urlsafe_b64encode(f'{{"e":"{PAGE}"}}'.encode()).decode().rstrip("=")
ARTICLE = base64.urlsafe_b64encode(b'\x08\x13"\x31' + PAGE.encode() + b"\xd2\x01").decode().rstrip("=")


@pytest.mark.parametrize(
    "address",
    [
        f"https://click.mail.example/?qs=abc&url={quote(PAGE, safe='')}",
        f"https://l.facebook.com/l.php?u={quote(PAGE, safe='')}&h=AT0x",
        f"https://lm.facebook.com/l.php?u={quote(PAGE, safe='')}",
        f"https://www.google.com/url?q={quote(PAGE, safe='')}&sa=U",
        f"https://www.youtube.com/redirect?event=video&q={quote(PAGE, safe='')}",
        f"https://vk.com/away.php?to={quote(PAGE, safe='')}",
        f"https://out.reddit.com/t3_abc?url={quote(PAGE, safe='')}&token=AQ",
        f"https://steamcommunity.com/linkfilter/?url={quote(PAGE, safe='')}",
        f"https://www.bing.com/news/apiclick.aspx?ref=FexRss&url={quote(PAGE, safe='')}&c=1",
        f"https://r.search.yahoo.com/_ylt=Aw/RV=2/RE=17/RO=10/RU={quote(PAGE, safe='')}/RK=2/RS=x-",
        f"https://go.skimresources.com/?id=1X2&url={quote(PAGE, safe='')}",
        f"https://www.awin1.com/cread.php?awinmid=1&ued={quote(PAGE, safe='')}",
        f"https://substack.com/redirect/2/{ENCODED}",
        f"https://news.google.com/rss/articles/{ARTICLE}?oc=5",
        f"https://t.umblr.com/redirect?z={quote(PAGE, safe='')}&t=x",
        f"https://slack-redir.net/link?url={quote(PAGE, safe='')}",
    ],
)
def test_a_redirect_that_names_its_target_gives_it(address: str) -> None:
    """Escaped in a parameter or a part of the path, or in base64."""
    assert counts_clicks(address)
    assert direct_address(address) == PAGE


def test_a_redirect_to_a_redirect_gives_the_last_target() -> None:
    """A shared link out of a mail."""
    inner = f"https://l.facebook.com/l.php?u={quote(PAGE, safe='')}"
    assert direct_address(f"https://click.mail.example/?url={quote(inner, safe='')}") == PAGE


@pytest.mark.parametrize(
    "address",
    [
        "https://feedproxy.google.com/~r/harbour/news/~3/AbCdEf/ferries-stop",
        "https://feeds.feedburner.com/~r/harbour/~3/AbCdEf/",
        "https://harbourband.lnk.to/tides",
        "https://t.co/AbCdEf123",
        "https://bit.ly/3AbCdE",
        "https://substack.com/redirect/3b1f4c5e-9a0b-4f57-8f7f-1a2b3c4d5e6f?j=eyJ1IjoiYWIifQ",
    ],
)
def test_a_counter_that_names_no_target_stays(address: str) -> None:
    """Nobody can tell where it leads without opening it; the gate names it."""
    assert counts_clicks(address)
    assert direct_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        PAGE,
        "https://harbour.example/login?next=https%3A%2F%2Fharbour.example%2Fferries",
        "https://web.archive.org/web/2020/https://harbour.example/ferries",
        "https://feeds.feedburner.com/harbour",
        "https://news.google.com/topics/CAAqJggKIiBDQkFTRWdvSUwyMHZNRGRqTVhZU0FtVnVHZ0pWVXlnQVAB",
        "https://out.example/magazine/gardens-of-batam",
        "https://l.example/notes",
        "https://www.google.com/maps/place/Batam",
        "https://bit.ly/",
    ],
)
def test_other_addresses_are_left_alone(address: str) -> None:
    """A page that has another address in its own, and hosts whose names begin like those of redirects."""
    assert not counts_clicks(address)
    assert direct_address(address) == address


def test_a_link_of_a_mail_that_anybody_can_open_stays_readable() -> None:
    """A shortened address is not known to its mail alone."""
    assert readable_address("https://bit.ly/3AbCdE") == "https://bit.ly/3AbCdE"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_can_be_asked(path: str, query: str) -> None:
    """No address raises, and a direct one stays direct."""
    address = f"https://l.example/{path}?u={query}"
    found = direct_address(address)
    assert direct_address(found) == found
