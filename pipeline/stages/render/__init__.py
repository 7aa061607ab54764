"""Render an Issue as an email: HTML, text, headers, pictures. The same Issue gives the same bytes."""

from pipeline.stages.render.atom import ArchivedEdition, atom_feed
from pipeline.stages.render.covers import draw_cover
from pipeline.stages.render.eml import eml_bytes, readdress
from pipeline.stages.render.issue import render_issue
from pipeline.stages.render.pages import Translation, browser_page, index_page, search_page, search_script
from pipeline.stages.render.pictures import (
    LEAD,
    PORTRAIT,
    SQUARE,
    PictureSize,
    automatic_crop,
    clean_picture,
    fit_picture,
    media_type,
)
from pipeline.stages.render.references import pictures_at

__all__ = [
    "LEAD",
    "PORTRAIT",
    "SQUARE",
    "ArchivedEdition",
    "PictureSize",
    "Translation",
    "atom_feed",
    "automatic_crop",
    "browser_page",
    "clean_picture",
    "draw_cover",
    "eml_bytes",
    "fit_picture",
    "index_page",
    "media_type",
    "pictures_at",
    "readdress",
    "render_issue",
    "search_page",
    "search_script",
]
