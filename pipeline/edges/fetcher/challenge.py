"""Recognise the pages by which hosts keep programs out, and say what an editor can do."""

import re
from collections.abc import Callable

PAGE_BYTES = 100_000  # a larger page has content

# Words of the pages' own scripts and titles, which no article about them has in its head.
_GUARDS = (
    ("Cloudflare", rb"<title>\s*(?:Just a moment\.\.\.|Attention Required! \| Cloudflare)|window\._cf_chl_opt"),
    ("DDoS-Guard", rb"<title>\s*DDoS-Guard\s*</title>|ddos-guard/js-challenge"),
    ("Incapsula", rb"_Incapsula_Resource\?"),
    ("DataDome", rb"geo\.captcha-delivery\.com/|captcha-delivery\.com/c\.js"),
    ("PerimeterX", rb"window\._pxAppId|id=[\"']px-captcha"),
    ("Sucuri", rb"<title>\s*(?:Sucuri WebSite Firewall|You are being redirected\.\.\.)|sucuri_cloudproxy_js"),
    ("AWS WAF", rb"window\.gokuProps|awswaf\.com/[^\"']{1,200}/challenge\.js"),
    ("Akamai", rb"bm-verify=|/_sec/cp_challenge/"),
    ("Anubis", rb"<title>\s*Making sure you(?:&#39;|'|\xe2\x80\x99)re not a bot!|/\.within\.website/x/cmd/anubis/"),
    ("Vercel", rb"<title>\s*Vercel Security Checkpoint"),
    ("StackPath", rb"<title>\s*StackPath\b|sgcaptcha/"),
    (
        "a guard against programs",
        rb"<title>\s*(?:Checking your browser|Please verify you are (?:a )?human|Human Verification)",
    ),
)
_PATTERNS = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _GUARDS)


def find_guard(header: Callable[[str], str | None], body: bytes) -> str | None:
    """The guard that answered in the host's place; None for an answer of the host itself."""
    if (header("cf-mitigated") or "").lower() == "challenge":
        return "Cloudflare"
    if (header("x-vercel-mitigated") or "").lower() == "challenge":
        return "Vercel"
    if len(body) > PAGE_BYTES or body.lstrip()[:1] != b"<":
        return None
    return next((name for name, pattern in _PATTERNS if pattern.search(body)), None)


def challenge_message(url: object, guard: str) -> str:
    """What happened, and what an editor can do."""
    return (
        f"{url}: {guard} asks for a browser, and a program is none; ask the publisher to let this program's User-Agent"
        " through, or take another address of the feed"
    )
