"""The pictures of one edition: fetched ones cut to their place, covers where there are none, the portrait, the logo."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from pipeline.executors import Engine, Failed
from pipeline.records import Artwork, Edits, Palette, Slot, Story, StoryEdit, stable_id
from pipeline.run.select import picture_url
from pipeline.run.session import Session
from pipeline.stages.render import LEAD, PORTRAIT, SQUARE, PictureSize, draw_cover, fit_picture, media_type

PICTURE_VERSION = 1  # of fit_picture; kept pictures of another version are made anew
LOGO_HEIGHT = 48  # CSS pixels at the most
UPLOAD = re.compile(r"uploads/(\w[\w-]*\.(?:jpg|png))", re.ASCII)  # what edits.yaml calls an editor's own picture
SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}

Crop = tuple[float, float, float]


class ImageMaker:
    """Makes the pictures of one edition; `files` holds their bytes by name."""

    def __init__(self, session: Session, palette: Palette, engine: Engine) -> None:
        self.files: dict[str, bytes] = {}
        self._session = session
        self._palette = palette
        self.engine = engine

    def artwork_of(
        self, slots: Sequence[Slot], stories: Mapping[str, Story], edits: Edits, *, uploads: Path
    ) -> dict[str, Artwork]:
        """A picture for each feature: its own, cut to its place, or else a cover drawn for it."""
        if not self._session.config.pictures.enabled:
            return {}
        features = [stories[slot.story] for slot in slots if slot.section == "features"]
        artwork = {}
        for position, story in enumerate(features):
            edit = edits.stories.get(story.id)
            if edit is None or edit.picture != "none":
                frame = LEAD if position == 0 else SQUARE
                artwork[story.id] = self._picture(story, edit, uploads, frame)
        return artwork

    def portrait(self, path: Path, name: str) -> Artwork:
        """The host's portrait."""
        body = fit_picture(
            path.read_bytes(),
            name=str(path),
            width=PORTRAIT.width,
            height=PORTRAIT.height,
            density=PORTRAIT.density,
            attention=False,
        )
        return self._put("host", body, Artwork("", name, PORTRAIT.width, PORTRAIT.height))

    def logo(self, path: Path, title: str) -> Artwork:
        """The newsroom's logo, as it is; drawn no higher than the masthead."""
        from PIL import Image

        with Image.open(path) as picture:
            height = min(LOGO_HEIGHT, picture.height)
            width = round(picture.width * height / picture.height)
        return self._put("logo", path.read_bytes(), Artwork("", title, width, height))

    def _picture(self, story: Story, edit: StoryEdit | None, uploads: Path, frame: PictureSize) -> Artwork:
        url = picture_url(story, Edits(stories={story.id: edit} if edit else {}))
        shown = story.picture if story.picture and story.picture.url == url else None
        crop = edit.crop if edit else None
        name = UPLOAD.fullmatch(edit.picture) if edit and edit.picture else None
        body = self._uploaded(uploads / name[1], frame, crop) if name else None
        if body is None and url:
            body = self._fitted(url, frame, crop)
        alt, credit = story.title, ""
        if body is None:
            body = self._cover(story.id, frame)
        elif shown:
            alt, credit = shown.alt or story.title, shown.credit
        return self._put(story.id, body, Artwork("", alt, frame.width, frame.height, credit))

    def _cover(self, seed: str, frame: PictureSize) -> bytes:
        return draw_cover(seed, palette=self._palette, width=frame.width, height=frame.height, density=frame.density)

    def _uploaded(self, path: Path, frame: PictureSize, crop: Crop | None) -> bytes | None:
        """The editor's own picture cut to its place; None where it is not there or cannot be used."""
        try:
            body = path.read_bytes()
        except OSError:
            return None
        return self._cut(body, path.name, frame, crop)

    def _cut(self, body: bytes, name: str, frame: PictureSize, crop: Crop | None) -> bytes | None:
        made = next(self.engine.map(partial(_fit, url=name, frame=frame, crop=crop), [body]))
        return None if isinstance(made, Failed) else made

    def _fitted(self, url: str, frame: PictureSize, crop: Crop | None) -> bytes | None:
        """The picture cut to its place, made once and kept; None where it did not come or cannot be used."""
        responses = self._session.store.responses
        # An address has no space in it: each crop of one picture is kept under a key of its own.
        key = f"{url} {crop}" if crop else url
        kept = responses.picture(key, frame.width, frame.height, PICTURE_VERSION)
        if kept is not None:
            return kept
        stored = responses.latest(url, "picture")
        if stored is None:
            return None
        made = self._cut(stored.response.body, url, frame, crop)
        if made is not None:
            self._keep(key, frame, made)
        return made

    def _keep(self, key: str, frame: PictureSize, made: bytes) -> None:
        with self._session.store.transaction():
            self._session.store.responses.put_picture(key, frame.width, frame.height, PICTURE_VERSION, made)

    def _put(self, stem: str, body: bytes, artwork: Artwork) -> Artwork:
        # The content is in the name: a browser or a proxy never shows last week's picture.
        name = f"{stem}-{stable_id(body.hex())[1:9]}.{SUFFIXES[media_type(body)]}"
        self.files[name] = body
        return replace(artwork, name=name)


def _fit(body: bytes, *, url: str, frame: PictureSize, crop: Crop | None) -> bytes:
    return fit_picture(body, name=url, width=frame.width, height=frame.height, density=frame.density, crop=crop)
