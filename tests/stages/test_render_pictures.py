"""Pictures cut to size, and covers."""

import io
import struct
import zlib
from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from pipeline.errors import PictureError
from pipeline.records import Theme
from pipeline.stages.render import LEAD, SQUARE, PictureSize, draw_cover, fit_picture, media_type

SMALL = PictureSize(176, 176)


def photo(width: int, height: int, *, mark: tuple[int, int, int, int] | None = None) -> Image.Image:
    """A picture with many colours, softly graded, and a busy field at `mark`."""
    picture = Image.linear_gradient("L").resize((width, height))
    picture = Image.merge(
        "RGB", (picture, picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT), picture.rotate(90).resize((width, height)))
    )
    if mark:
        draw = ImageDraw.Draw(picture)
        left, top, right, bottom = mark
        for index, x in enumerate(range(left, right, 8)):
            draw.rectangle((x, top, x + 4, bottom), fill=(255, 30, 30) if index % 2 else (20, 20, 20))
    return picture


def saved(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """The bytes of a picture."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def opened(body: bytes) -> Image.Image:
    """A picture, decoded."""
    picture = Image.open(io.BytesIO(body))
    picture.load()
    return picture


def fitted(body: bytes, width: int = 176, height: int = 176, *, attention: bool = True) -> Image.Image:
    """A picture made to fit."""
    return opened(fit_picture(body, name="a.jpg", size=PictureSize(width, height), attention=attention))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_each_format_that_outlets_use_is_read(kind: str) -> None:
    """The result is JPEG or PNG, which every client shows, with two pixels for each CSS pixel."""
    body = fit_picture(saved(photo(800, 600), kind), name="a", size=SMALL)
    assert media_type(body) in ("image/jpeg", "image/png")
    assert opened(body).size == (352, 352)


def test_a_picture_is_cropped_and_never_squeezed() -> None:
    """A circle stays a circle in any size."""
    picture = Image.new("RGB", (1600, 900), "white")
    ImageDraw.Draw(picture).ellipse((600, 250, 1000, 650), fill="black")
    square = fitted(saved(picture, "PNG")).convert("L").point(lambda value: 255 if value < 128 else 0)
    box = square.getbbox()
    assert box is not None
    assert abs((box[2] - box[0]) - (box[3] - box[1])) <= 2


def red(picture: Image.Image) -> int:
    """How many pixels are as red as the mark of `photo`."""
    colours = picture.convert("RGB").getcolors(1 << 24) or []
    return sum(count for count, (r, g, _) in colours if r > 200 and g < 90)  # type: ignore[misc]


def test_the_crop_goes_to_where_the_detail_is() -> None:
    """A detail at the right of a wide picture is kept; without attention the middle is kept."""
    body = saved(photo(1600, 500, mark=(1150, 100, 1560, 400)), "PNG")
    assert red(fitted(body)) > red(fitted(body, attention=False)) * 3


def test_a_picture_taken_sideways_is_turned_upright() -> None:
    """EXIF orientation 6 is a quarter turn."""
    picture = photo(800, 600)
    picture.paste((250, 0, 0), (0, 0, 100, 600))  # at the left as stored, on top when upright
    exif = Image.Exif()
    exif[0x0112] = 6
    upright = fitted(saved(picture, exif=exif), width=150, height=200).convert("RGB")
    top, left = upright.getpixel((150, 6)), upright.getpixel((6, 300))
    assert isinstance(top, tuple)
    assert isinstance(left, tuple)
    assert top[0] > 200
    assert top[1] < 60
    assert left[0] < 200 or left[1] > 60


def test_nothing_but_pixels_is_kept() -> None:
    """Location, camera, thumbnails and comments are removed."""
    exif = Image.Exif()
    exif[0x010F] = "SecretCam"
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 29.0)}
    body = fit_picture(saved(photo(800, 600), exif=exif, comment=b"SecretComment"), name="a", size=SMALL)
    assert b"Secret" not in body
    assert b"Exif" not in body
    assert not opened(body).getexif()


def test_a_photograph_is_jpeg_a_flat_or_transparent_picture_png() -> None:
    """Each has the format in which it is small and clean."""
    assert media_type(fit_picture(saved(photo(800, 800)), name="a", size=SMALL)) == "image/jpeg"
    flat = Image.new("RGB", (800, 800), "#14345b")
    ImageDraw.Draw(flat).ellipse((100, 100, 700, 700), fill="#c5321f")
    assert media_type(fit_picture(saved(flat, "PNG"), name="a", size=SMALL)) == "image/png"
    clear = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    ImageDraw.Draw(clear).ellipse((50, 50, 350, 350), fill=(200, 40, 30, 255))
    body = fit_picture(saved(clear, "PNG"), name="a", size=SMALL)
    assert media_type(body) == "image/png"
    assert opened(body).convert("RGBA").getpixel((2, 2)) == (0, 0, 0, 0)


def test_the_same_picture_gives_the_same_bytes() -> None:
    """The result depends on nothing else."""
    body = saved(photo(900, 500))
    assert fit_picture(body, name="a", size=PictureSize(592, 320)) == fit_picture(
        body, name="b", size=PictureSize(592, 320)
    )


def test_a_picture_is_not_enlarged() -> None:
    """A picture with fewer than two pixels for each CSS pixel keeps its pixels."""
    assert fitted(saved(photo(240, 240))).size == (240, 240)


def _bomb(width: int, height: int) -> bytes:
    """A PNG whose head promises more pixels than any machine should decode."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    framed = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "unknown format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unknown format"),
        (b"GIF89a" + b"\0" * 40, "unknown format"),
        (b"%PDF-1.4", "unknown format"),
        (saved(photo(800, 600), "BMP"), "unknown format"),
        (saved(photo(800, 600))[:4000], "damaged"),
        (saved(photo(1, 1), "GIF"), "too small"),
        (saved(photo(60, 60)), "too small"),
        (_bomb(7000, 7000), "too large"),
        (_bomb(100_000, 100_000), "too large"),
        (b"\xff\xd8\xff" + b"\0" * 20_000_001, "too large"),
    ],
)
def test_an_unusable_picture_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    """No decoder error, decompression bomb or tracking pixel passes; the message names the picture."""
    with pytest.raises(PictureError) as caught:
        fit_picture(body, name="https://outlet.example/p.jpg", size=SMALL)
    assert caught.value.reason == reason
    assert "https://outlet.example/p.jpg" in caught.value.message


def test_the_media_type_of_something_else_is_an_error() -> None:
    """A message never says image/unknown."""
    with pytest.raises(PictureError):
        media_type(b"RIFF....WEBP")


def test_a_cover_depends_on_its_seed_and_the_palette() -> None:
    """The same story keeps its cover; others differ."""
    light = Theme().light
    one = draw_cover("a", palette=light, size=SMALL)
    assert one == draw_cover("a", palette=light, size=SMALL)
    covers = {draw_cover(f"story {index}", palette=light, size=SMALL) for index in range(24)}
    assert len(covers) == 24
    teal = replace(Theme().light, accent="#00695c", link="#3e2723")
    assert one != draw_cover("a", palette=teal, size=SMALL)


def test_a_cover_is_small_sharp_and_not_empty() -> None:
    """A PNG of a few kilobytes at the right density, with at least three colours that fill an area."""
    for size in (LEAD, SQUARE):
        for seed in range(8):
            body = draw_cover(str(seed), palette=Theme().light, size=size)
            picture = opened(body)
            assert media_type(body) == "image/png"
            assert len(body) < 60_000
            assert picture.size == (size.width * size.density, size.height * size.density)
            colours = picture.convert("RGB").getcolors(1 << 24) or []
            assert sum(1 for count, _ in colours if count > picture.width * picture.height / 200) >= 3
