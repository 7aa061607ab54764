"""Recognise the pages by which hosts keep programs out, and say what an editor can do."""

import re
from collections.abc import Callable

PAGE_BYTES = 100_000  # a larger page has content
BARE_BYTES = 5_000  # a page of a script and nothing to read

# Titles of the pages that stand in a host's place.
_TITLES = (
    ("Cloudflare", rb"Just a moment\.\.\.|Attention Required! \| Cloudflare"),
    ("DDoS-Guard", rb"DDoS-Guard"),
    ("Sucuri", rb"Sucuri WebSite Firewall"),
    ("Anubis", rb"Making sure you(?:&#39;|'|\xe2\x80\x99)re not a bot!"),
    ("Vercel", rb"Vercel Security Checkpoint"),
    ("a guard against programs", rb"Checking your browser|Please verify you are (?:a )?human|Human Verification"),
)
# Scripts of such pages. Pages of the host itself have some of them too, beside their content.
_SCRIPTS = (
    ("Cloudflare", rb"window\._cf_chl_opt"),
    ("Incapsula", rb"_Incapsula_Resource\?"),
    ("DataDome", rb"geo\.captcha-delivery\.com/|captcha-delivery\.com/c\.js"),
    ("PerimeterX", rb"window\._pxAppId|id=[\"']px-captcha"),
    ("Sucuri", rb"sucuri_cloudproxy_js"),
    ("AWS WAF", rb"window\.gokuProps|awswaf\.com/[^\"']{1,200}/challenge\.js"),
    ("Akamai", rb"bm-verify=|/_sec/cp_challenge/"),
    ("Anubis", rb"/\.within\.website/x/cmd/anubis/"),
    ("SiteGround", rb"/\.well-known/sgcaptcha/"),
)
_BY_TITLE = tuple(
    (name, re.compile(rb"<title>\s*(?:" + title + rb")[^<]{0,20}</title>", re.IGNORECASE)) for name, title in _TITLES
)
_BY_SCRIPT = tuple((name, re.compile(script, re.IGNORECASE)) for name, script in _SCRIPTS)


def find_guard(header: Callable[[str], str | None], body: bytes, *, refused: bool) -> str | None:
    """The guard that answered in the host's place; None for an answer of the host itself.

    `refused`: by the status; a page that came with a good one has to be hardly more than the guard's script.
    """
    if (header("cf-mitigated") or "").lower() == "challenge":
        return "Cloudflare"
    if (header("x-vercel-mitigated") or "").lower() == "challenge":
        return "Vercel"
    if len(body) > PAGE_BYTES or body.lstrip()[:1] != b"<":
        return None
    patterns = (*_BY_TITLE, *(_BY_SCRIPT if refused or len(body) <= BARE_BYTES else ()))
    return next((name for name, pattern in patterns if pattern.search(body)), None)


def challenge_message(url: object, guard: str) -> str:
    """What happened, and what an editor can do."""
    return (
        f"{url}: {guard} asks for a browser, and a program is none; ask the publisher to let this program's User-Agent"
        " through, or take another address of the feed"
    )
