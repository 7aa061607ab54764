"""Decode pictures of any usual format safely: bounded, upright, with 8 bits in sRGB."""

import io
import re
import warnings
from contextlib import suppress
from functools import cache

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from pipeline.errors import PictureError

_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
_HEIF = "HEIF"
_MAX_PIXELS = 40_000_000
_MAX_BYTES = 20_000_000
_MIN_SIDE = 48  # smaller pictures are icons and tracking pixels
_SVG = re.compile(rb"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<svg\b", re.IGNORECASE | re.DOTALL)
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


def decode(body: bytes, name: str, size: tuple[int, int]) -> Image.Image:
    """The first frame of a picture in RGB, or in RGBA if a part of it is transparent. `size`: the pixels needed."""
    if len(body) > _MAX_BYTES:
        raise PictureError("too large", f"{name} has {len(body):,} bytes; at most {_MAX_BYTES:,} are allowed")
    formats = _formats(body, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of large pictures; the limits here are stricter
            with Image.open(io.BytesIO(body), formats=formats) as opened:
                _refuse_size(opened.size, name)
                opened.draft("RGB", (size[0] * 2, size[1] * 2))  # decodes a JPEG at a fraction of its size
                return _to_rgb(ImageOps.exif_transpose(opened))
    except PictureError:
        raise
    except Image.DecompressionBombError as error:
        raise PictureError("too large", f"{name}: {error}") from error
    except UnidentifiedImageError as error:
        raise PictureError("unknown format", f"{name} is not a JPEG, PNG, GIF, WebP or AVIF picture") from error
    except Exception as error:  # Pillow's decoders raise many exceptions for hostile bytes
        raise PictureError("damaged", f"{name} cannot be decoded: {error}") from error


def _formats(body: bytes, name: str) -> tuple[str, ...]:
    """The formats to try. PictureError for one that is known and cannot be read."""
    if _SVG.match(body[:4096]):
        raise PictureError(
            "unknown format", f"{name} is an SVG, which is a drawing and can have scripts; use a PNG of it"
        )
    if body[4:8] != b"ftyp" or body[8:12] not in _HEIF_BRANDS or b"avif" in body[8:40]:
        return _FORMATS
    if not _reads_heif():
        raise PictureError("unknown format", f"{name} is a HEIC picture; to read it, install newsletter-pipeline[heic]")
    return (_HEIF,)


@cache
def _reads_heif() -> bool:
    """Whether the optional package that reads HEIC is installed; registers it with Pillow."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener()
    return True


def _refuse_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    if width * height > _MAX_PIXELS:
        raise PictureError("too large", f"{name} has {width} × {height} pixels")
    if min(size) < _MIN_SIDE:
        raise PictureError("too small", f"{name} has {width} × {height} pixels")


def _to_rgb(picture: Image.Image) -> Image.Image:
    """Convert to sRGB, with an alpha channel if a part of the picture is transparent."""
    profile, alpha = picture.info.get("icc_profile"), None
    if picture.mode.startswith("I"):
        picture = _eight_bits(picture)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        alpha = picture.getchannel("A")
    colours = _to_srgb(picture if picture.mode in ("L", "CMYK") else picture.convert("RGB"), profile)
    if alpha is not None and alpha.getextrema() != (255, 255):
        colours.putalpha(alpha)
    return colours


def _eight_bits(picture: Image.Image) -> Image.Image:
    """A grey picture of 16 bits with 8; Pillow would make all but the darkest greys white."""
    return Image.fromarray((np.asarray(picture) >> 8).clip(0, 255).astype(np.uint8))


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert from the picture's colour profile; without one, or with one that does not fit, from its mode alone."""
    if profile:
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, own, _srgb(), outputMode="RGB")
            if converted:
                return converted
    return picture.convert("RGB")


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
