"""The pictures of one edition: the features' own, cut to size, or covers, and the host's portrait and the logo."""

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from pipeline.config import Edition
from pipeline.executors import Engine, Failed
from pipeline.records import Artwork, Edits, Issue, Story, StoryEdit, Theme, stable_id
from pipeline.run.session import Session
from pipeline.stages.render import LEAD, PORTRAIT, SQUARE, PictureSize, draw_cover, fit_picture, media_type
from pipeline.stages.select import add_pictures, picture_alt, picture_url

PICTURE_VERSION = 2  # of fit_picture; stored pictures of another version are not used
LOGO_HEIGHT = 48  # CSS pixels at most
UPLOAD = re.compile(r"uploads/(\w[\w-]*\.(?:jpg|png))", re.ASCII)  # how edits.yaml names an editor's own picture
SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}

Crop = tuple[float, float, float]
Made = TypeVar("Made")


class Recall(Protocol):
    """Returns what was made under a key before, or makes it."""

    def __call__(self, key: Hashable, make: Callable[[], Made]) -> Made: ...


def make_always(key: Hashable, make: Callable[[], Made]) -> Made:  # noqa: ARG001
    """Make it every time."""
    return make()


class ImageMaker:
    """Makes the pictures of one edition; `files` has their bytes by name.

    `recall` may keep pictures in memory. With `store` off nothing is written to the store.
    """

    def __init__(
        self,
        session: Session,
        edition: Edition,
        engine: Engine,
        *,
        recall: Recall = make_always,
        store: bool = True,
    ) -> None:
        self.files: dict[str, bytes] = {}
        self._session = session
        self._edition = edition
        self.engine = engine
        self._recall = recall
        self._store = store

    def illustrate(self, issue: Issue, stories: Mapping[str, Story], edits: Edits) -> Issue:
        """The issue with the host's portrait and, unless pictures are off, a picture for each feature."""
        artwork = {}
        if self._session.config.pictures.enabled:
            uploads = self._session.outbox.uploads_folder(issue.key, issue.edition)
            for position, feature in enumerate(issue.features):
                edit = edits.stories.get(feature.story, StoryEdit())
                if edit.picture != "none":
                    size = LEAD if position == 0 else SQUARE
                    artwork[feature.story] = self._picture(stories[feature.story], edit, uploads, size)
        host = self._edition.host
        portrait = self._portrait(host.portrait, host.name) if host.portrait else None
        return add_pictures(issue, artwork, edits, portrait=portrait)

    def theme(self) -> Theme:
        """The theme with the newsroom's logo, if it has one, no higher than the masthead."""
        from PIL import Image

        theme = self._session.config.theme
        if not isinstance(theme.logo, Path):
            return theme
        with Image.open(theme.logo) as picture:
            height = min(LOGO_HEIGHT, picture.height)
            width = round(picture.width * height / picture.height)
        title = self._session.config.title(self._edition)
        return replace(theme, logo=self._put("logo", theme.logo.read_bytes(), Artwork("", title, width, height)))

    def _portrait(self, path: Path, name: str) -> Artwork:
        def fit() -> bytes:
            return fit_picture(path.read_bytes(), name=str(path), size=PORTRAIT, attention=False)

        body = self._recall(("portrait", path, path.stat().st_mtime_ns), fit)
        return self._put("host", body, Artwork("", name, PORTRAIT.width, PORTRAIT.height))

    def _picture(self, story: Story, edit: StoryEdit, uploads: Path, size: PictureSize) -> Artwork:
        """The editor's picture, the story's own or a cover, whichever can be used first."""
        url = picture_url(story, edit)
        upload = UPLOAD.fullmatch(edit.picture or "")
        body = self._uploaded(uploads / upload[1], size, edit.crop) if upload else None
        if body is None and url:
            body = self._fetched(url, size, edit.crop)
        alt, credit = "", ""  # a cover shows nothing of the story
        if body is None:
            body = self._cover(story.id, size)
        elif story.picture and story.picture.url == url:
            alt, credit = picture_alt(story), story.picture.credit
        return self._put(story.id, body, Artwork("", alt, size.width, size.height, credit))

    def _cover(self, seed: str, size: PictureSize) -> bytes:
        palette = self._session.config.theme.light
        return self._recall(("cover", seed, size, palette), lambda: draw_cover(seed, palette=palette, size=size))

    def _uploaded(self, path: Path, size: PictureSize, crop: Crop | None) -> bytes | None:
        """The editor's own picture cut to size; None if the file is missing or cannot be used."""

        def make() -> bytes | None:
            try:
                body = path.read_bytes()
            except OSError:
                return None
            return self._cut(body, path.name, size, crop)

        return self._recall(("upload", path, size, crop), make)

    def _fetched(self, url: str, size: PictureSize, crop: Crop | None) -> bytes | None:
        """The fetched picture cut to size; None if it is not stored or cannot be used."""
        responses = self._session.store.responses
        # An address has no space in it, so each crop of a picture has a key of its own.
        key = f"{url} {crop}" if crop else url

        def make() -> bytes | None:
            stored = responses.picture(key, size.width, size.height, PICTURE_VERSION)
            if stored is not None:
                return stored
            response = responses.latest(url, "picture")
            body = self._cut(response.response.body, url, size, crop) if response else None
            if body is not None and self._store:
                with self._session.store.transaction():
                    responses.put_picture(key, size.width, size.height, PICTURE_VERSION, body)
            return body

        return self._recall(("picture", key, responses.newest_id(url, "picture"), size), make)

    def _cut(self, body: bytes, name: str, size: PictureSize, crop: Crop | None) -> bytes | None:
        """The picture cut by a worker, which a hostile one may bring down; None if it cannot be used."""
        result = next(self.engine.map(partial(fit_picture, name=name, size=size, crop=crop), [body]))
        return None if isinstance(result, Failed) else result

    def _put(self, stem: str, body: bytes, artwork: Artwork) -> Artwork:
        # The name depends on the content, so that no browser or proxy shows an earlier picture.
        name = f"{stem}-{stable_id(body.hex())[1:9]}.{SUFFIXES[media_type(body)]}"
        self.files[name] = body
        return replace(artwork, name=name)
