"""An issue's HTML for the preview frame: nothing in it runs, navigates or loads from another host."""

import re
from base64 import b64encode
from collections.abc import Callable
from html import escape

from pipeline.records import Email
from pipeline.stages.render import media_type, pictures_at

_LIGHT_QUERY = re.compile(r"\(\s*prefers-color-scheme:\s*light\s*\)")
_DARK_QUERY = re.compile(r"\(\s*prefers-color-scheme:\s*dark\s*\)")
_SCHEME = re.compile(r"(color-scheme:\s*)light dark")
_SCHEME_META = re.compile(r'(name="(?:supported-)?color-scheme(?:s)?" content=")light dark"')
_IMAGE_SOURCE = re.compile(r'(<img\b[^>]*?)\ssrc="[^"]*"', re.IGNORECASE)
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
_NO_IMAGES_CSS = (
    "img{border:1px dashed #8a8178;min-height:1em;box-sizing:border-box;font:13px/1.4 sans-serif;padding:4px}"
)


def preview_html(
    html: str, *, dark: bool, pictures: bool, address_of: Callable[[str], str], base_url: str | None = None
) -> str:
    """Return an issue's HTML for the frame, in a light or dark appearance, with or without its pictures.

    `address_of` returns the desk's address of a picture, `base_url` is where the issue's pictures are hosted.
    The media queries are resolved here because a page cannot choose the colour scheme of a frame. Links ask for a new
    window, which the frame's sandbox blocks. Without pictures the images have no source, as in a client that blocks
    them.
    """
    if base_url:
        html = html.replace(f'src="{escape(base_url.rstrip("/"))}/', 'src="pictures/')
    html = pictures_at(html, address_of)
    html = _DARK_QUERY.sub("all" if dark else "not all", html)
    html = _LIGHT_QUERY.sub("not all" if dark else "all", html)
    html = _SCHEME.sub(r"\1dark" if dark else r"\1light", html)
    html = _SCHEME_META.sub(rf'\1{"dark" if dark else "light"}"', html)
    extra = '<base target="_blank">'
    if not pictures:
        html = _IMAGE_SOURCE.sub(r"\1", html)
        extra += f"<style>{_NO_IMAGES_CSS}</style>"
    return _HEAD.sub(lambda match: match[0] + extra, html, count=1)


def complete_html(email: Email, base_url: str | None) -> str:
    """Return the issue's HTML as a file of its own: the pictures are inside, unless they are hosted at `base_url`."""
    if base_url:
        return email.html
    bodies = dict(email.pictures)
    return pictures_at(
        email.html, lambda name: f"data:{media_type(bodies[name])};base64,{b64encode(bodies[name]).decode('ascii')}"
    )
