"""Pictures cut to size, and covers."""

import io
import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw

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


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_each_format_that_outlets_use_is_read(kind: str) -> None:
    """The result is JPEG or PNG, which every client shows, with two pixels for each CSS pixel."""
    body = fit_picture(saved(photo(800, 600), kind), name="a", size=SMALL)
    assert media_type(body) in ("image/jpeg", "image/png")
    assert opened(body).size == (352, 352)


def shade(picture: Image.Image, x: int, y: int) -> tuple[int, ...]:
    """The colour of a pixel."""
    pixel = picture.convert("RGB").getpixel((x, y))
    assert isinstance(pixel, tuple)
    return pixel


def is_near(one: tuple[int, ...], other: tuple[int, ...], most: int = 12) -> bool:
    """Whether two colours look alike."""
    return all(abs(a - b) <= most for a, b in zip(one, other, strict=True))


def test_a_picture_of_a_telephone_is_read_with_the_optional_package() -> None:
    """HEIC has a reader of its own; without it the message says how to get it."""
    heif = pytest.importorskip("pillow_heif", reason="the optional package for HEIC is not installed")
    heif.register_heif_opener()
    assert fitted(saved(photo(800, 600), "HEIF")).size == (352, 352)


def test_grey_of_16_bits_keeps_its_shades() -> None:
    """The middle of a ramp from black to white is grey."""
    ramp = np.tile(np.linspace(0, 65535, 704), (704, 1)).astype(np.uint16)
    made = fitted(saved(Image.fromarray(ramp), "PNG"))
    assert is_near(shade(made, 176, 100), (128, 128, 128))
    assert shade(made, 20, 100)[0] < 30
    assert shade(made, 330, 100)[0] > 220


def test_colours_for_print_become_those_of_a_screen() -> None:
    """CMYK: cyan ink is cyan light, no ink is white."""
    picture = Image.new("CMYK", (800, 800), (0, 0, 0, 0))
    picture.paste((255, 0, 0, 0), (0, 0, 400, 800))
    made = fitted(saved(picture))
    assert is_near(shade(made, 20, 100), (0, 255, 255))
    assert is_near(shade(made, 330, 100), (255, 255, 255))


def test_colours_of_a_profile_become_those_of_a_screen() -> None:
    """With a profile whose red is sRGB's blue, red is shown as blue; a broken profile changes nothing."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"xXYZ").replace(b"bXYZ", b"rXYZ").replace(b"xXYZ", b"bXYZ")
    red = Image.new("RGB", (800, 800), (200, 40, 30))
    assert is_near(shade(fitted(saved(red, icc_profile=srgb)), 100, 100), (200, 40, 30))
    assert is_near(shade(fitted(saved(red, icc_profile=swapped)), 100, 100), (30, 40, 200))
    assert is_near(shade(fitted(saved(red, icc_profile=b"no profile")), 100, 100), (200, 40, 30))


def test_a_transparent_colour_of_a_palette_stays_transparent() -> None:
    """In GIF and in PNG with a palette."""
    picture = Image.new("P", (600, 600), 0)
    picture.putpalette([255, 0, 255, 20, 60, 120])
    ImageDraw.Draw(picture).ellipse((100, 100, 500, 500), fill=1)
    for kind in ("PNG", "GIF"):
        made = fitted(saved(picture, kind, transparency=0)).convert("RGBA")
        assert made.getpixel((2, 2)) == (0, 0, 0, 0)
        assert is_near(shade(made, 176, 176), (20, 60, 120))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_is_its_first_frame(kind: str) -> None:
    """A letter does not move."""
    frames = [Image.new("RGB", (600, 600), colour) for colour in ((200, 40, 30), (20, 60, 120))]
    body = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    made = fitted(body)
    assert getattr(made, "n_frames", 1) == 1
    assert is_near(shade(made, 100, 100), (200, 40, 30))


def test_a_panorama_is_shown_where_it_has_the_pixels() -> None:
    """8000 × 200 pixels are enough for a small picture, and too low for the lead, which gets a cover."""
    body = saved(photo(8000, 200))
    assert fitted(body).size == (200, 200)
    with pytest.raises(PictureError, match="8000 × 200"):
        fit_picture(body, name="a", size=LEAD)


@pytest.mark.parametrize(
    "start", [b"<svg ", b"\n <?xml version='1.0'?>\n<!-- drawn -->\n<svg ", b"<!DOCTYPE svg PUBLIC '-//W3C'>\n<SVG "]
)
def test_a_drawing_is_refused_by_its_name(start: bytes) -> None:
    """SVG is not decoded, and the message says what it is."""
    with pytest.raises(PictureError, match="a is an SVG"):
        fit_picture(start + b"xmlns='http://www.w3.org/2000/svg'/>", name="a", size=SMALL)


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


@pytest.mark.parametrize("size", [(600, 1200), (900, 900), (1800, 600)])
@pytest.mark.parametrize("place", [0.05, 0.5, 0.95])
@pytest.mark.parametrize("frame", [(592, 320), (176, 176)])
def test_the_subject_stays_in_the_crop(size: tuple[int, int], place: float, frame: tuple[int, int]) -> None:
    """Of a portrait, a square and a panorama, wherever along the picture it is."""
    width, height = size
    side = min(size) // 4
    left, top = round(place * (width - side)), round(place * (height - side))
    box = (left, top, left + side, top + side)
    picture = Image.new("RGB", size, (140, 160, 170))
    draw = ImageDraw.Draw(picture)
    draw.rectangle(box, fill=(230, 20, 30))
    for line in range(0, side, 12):
        draw.line((left, top + line, left + side, top + line), fill=(255, 255, 255), width=4)
    cut = fit_picture(saved(picture), name="t", size=PictureSize(*frame, density=1))
    scale = frame[0] / min(width, height * frame[0] / frame[1])
    assert red(opened(cut)) > 0.5 * red(picture) * scale * scale


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
