"""Render one Issue as an Email."""

import re
from collections.abc import Mapping
from datetime import datetime

from pipeline.records import Email, Issue, Templates, Theme
from pipeline.stages.render.chain import render_html, render_text
from pipeline.stages.render.eml import headers_of
from pipeline.stages.render.localisation import load_localisation
from pipeline.stages.render.references import pictures_at, pictures_of
from pipeline.stages.render.template_values import scrub, template_values

_PICTURE_NAME = re.compile(r"\w[\w.-]*", re.ASCII)  # safe in an address, a header and a folder


def render_issue(
    issue: Issue,
    *,
    templates: Templates,
    theme: Theme,
    pictures: Mapping[str, bytes],
    sent_at: datetime,
    base_url: str | None = None,
    template: str = "issue",
) -> Email:
    """Render an issue. ConfigError names the faulty template and its line.

    `pictures` has the bytes of each Artwork by its name. The HTML refers to them as pictures/NAME, or below `base_url`.
    `template` stands for TEMPLATE.mjml.j2 and TEMPLATE.txt.j2. `sent_at` becomes the Date header.
    """
    invalid = [name for name in pictures if not _PICTURE_NAME.fullmatch(name)]
    if invalid:
        raise ValueError(f"{invalid[0]!r} is not a picture name: use letters, digits, dots, dashes and underscores")
    issue = scrub(issue)
    values = template_values(issue, theme, load_localisation(issue.language, templates.catalogues))
    html = render_html(f"{template}.mjml.j2", templates, values, css="inline.css.j2")
    shown = pictures_of(html)
    missing = [name for name in shown if name not in pictures]
    if missing:
        raise ValueError(f"the issue shows pictures that are missing: {', '.join(missing)}")
    if base_url is not None:
        base = base_url.rstrip("/")
        html = pictures_at(html, lambda name: f"{base}/{name}")
    return Email(
        subject=issue.subject,
        preheader=issue.preheader,
        html=html,
        text=render_text(f"{template}.txt.j2", templates, values).strip() + "\n",
        headers=headers_of(issue, sent_at=sent_at),
        pictures=tuple((name, pictures[name]) for name in shown),
    )
