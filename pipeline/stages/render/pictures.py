"""Cut pictures to size, and encode them for an email."""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from pipeline.errors import PictureError
from pipeline.stages.render.decode import decode


@dataclass(frozen=True, slots=True)
class PictureSize:
    """The size of a picture in CSS pixels, and the number of device pixels for each."""

    width: int
    height: int
    density: int = 2


LEAD = PictureSize(592, 320)
SQUARE = PictureSize(176, 176, density=3)  # a phone shows it at the width of the screen
PORTRAIT = PictureSize(52, 52, density=3)

_QUALITY = 80  # of JPEG
_MIN_SHARE = 0.7  # of the CSS pixels; with fewer a picture is blurred
_SIGNATURES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF8", "image/gif"))
_FLAT_COLOURS = 64
_PNG_FACTOR = 2  # a PNG may have this many times the bytes of a JPEG, because its edges are clean
_FLAT_ERROR = 2.5  # mean difference, of 255, up to which a picture with few colours looks the same


def media_type(body: bytes) -> str:
    """The media type of a JPEG, PNG or GIF. PictureError for anything else."""
    for signature, kind in _SIGNATURES:
        if body.startswith(signature):
            return kind
    raise PictureError("unknown format", "a picture in an email must be JPEG, PNG or GIF")


def fit_picture(
    body: bytes,
    *,
    name: str,
    size: PictureSize,
    attention: bool = True,
    crop: tuple[float, float, float] | None = None,
) -> bytes:
    """Cut a picture to size: upright, without metadata, never enlarged. PictureError says why it cannot be used.

    JPEG, or PNG if the picture is flat or partly transparent. `crop` is the centre of the part to keep, across and down
    from 0 to 1, and a zoom. Without it the part with most detail is kept, or with `attention` off the centre. `name` is
    for messages.
    """
    wanted = (size.width * size.density, size.height * size.density)
    picture = decode(body, name, wanted)
    if crop is not None:
        box = _chosen_box(picture, size.width / size.height, *crop)
    else:
        box = _crop_box(picture, size.width / size.height, attention=attention)
    scale = min(1.0, (box[2] - box[0]) / wanted[0])
    if scale * size.density < _MIN_SHARE:
        raise PictureError(
            "too small", f"{name} has {picture.width} × {picture.height} pixels, for {size.width} × {size.height}"
        )
    pixels = (max(1, round(wanted[0] * scale)), max(1, round(wanted[1] * scale)))
    return encode(picture.resize(pixels, Image.Resampling.LANCZOS, box=box), _QUALITY)


def automatic_crop(body: bytes, *, size: PictureSize) -> tuple[float, float, float]:
    """The part that `fit_picture` keeps without a `crop`, in its form: centre across and down, and zoom."""
    picture = decode(body, "the picture", (size.width * size.density, size.height * size.density))
    left, top, right, bottom = _crop_box(picture, size.width / size.height, attention=True)
    return round((left + right) / 2 / picture.width, 3), round((top + bottom) / 2 / picture.height, 3), 1.0


def _crop_box(picture: Image.Image, ratio: float, *, attention: bool) -> tuple[float, float, float, float]:
    """The largest box of the given ratio; with `attention` where most detail is, else in the middle."""
    width, height = picture.size
    across = width / height > ratio
    box = (height * ratio, float(height)) if across else (float(width), width / ratio)
    free = (width - box[0]) if across else (height - box[1])
    position = _attention(picture, across=across, share=(box[0] / width) if across else (box[1] / height))
    start = free * (position if attention else 0.5)
    return (start, 0.0, start + box[0], box[1]) if across else (0.0, start, box[0], start + box[1])


def _chosen_box(
    picture: Image.Image, ratio: float, across: float, down: float, zoom: float
) -> tuple[float, float, float, float]:
    """A box of the given ratio around a point of the picture, moved to lie inside it."""
    width, height = picture.size
    box_width = min(width, height * ratio) / max(1.0, zoom)
    box_height = box_width / ratio
    left = min(max(0.0, across * width - box_width / 2), width - box_width)
    top = min(max(0.0, down * height - box_height / 2), height - box_height)
    return left, top, left + box_width, top + box_height


def clean_picture(body: bytes, *, name: str, longest: int = 2400) -> bytes:
    """Re-encode a picture upright, at most `longest` pixels wide or high, without metadata. PictureError."""
    picture = decode(body, name, (longest, longest))
    picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return encode(picture, 85)


def _attention(picture: Image.Image, *, across: bool, share: float) -> float:
    """The position of the part with most detail along the side that is cut, from 0 to 1."""
    if share > 0.98:
        return 0.5
    small = picture.convert("L").resize((64, 64), Image.Resampling.BILINEAR).filter(ImageFilter.FIND_EDGES)
    edges = np.asarray(small, dtype=np.float64)[2:-2, 2:-2]
    profile = edges.sum(axis=0 if across else 1)
    window = max(1, round(len(profile) * share))
    sums = np.convolve(profile, np.ones(window), "valid")
    positions = np.linspace(0, 1, len(sums))
    # The subject of a photograph is usually in the middle, or a little above it.
    preferred = 0.5 if across else 0.4
    return float(positions[int(np.argmax(sums * (1 - 0.35 * np.abs(positions - preferred))))])


def encode(picture: Image.Image, quality: int) -> bytes:
    """Encode as JPEG, or as PNG if the picture is flat or partly transparent; without metadata."""
    out = io.BytesIO()
    if picture.mode == "RGBA":
        picture.quantize(256, method=Image.Quantize.FASTOCTREE).save(out, "PNG", optimize=True)
        return out.getvalue()
    clean = Image.frombytes("RGB", picture.size, picture.tobytes())
    clean.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    flat = clean.quantize(_FLAT_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    difference = np.abs(np.asarray(flat.convert("RGB"), dtype=np.int16) - np.asarray(clean, dtype=np.int16)).mean()
    if difference < _FLAT_ERROR:
        png = io.BytesIO()
        flat.save(png, "PNG", optimize=True)
        if png.tell() < out.tell() * _PNG_FACTOR:
            return png.getvalue()
    return out.getvalue()
