"""Draw covers for stories without a picture: flat shapes in the theme's colours, different for each seed."""

import colorsys
import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageDraw

from pipeline.records import Palette
from pipeline.stages.render.pictures import PictureSize, encode

_OVERSAMPLING = 2  # a cover is drawn larger and then reduced, which smooths its edges
_QUALITY = 88  # of JPEG
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The canvas and the colours of a motif."""

    draw: ImageDraw.ImageDraw
    width: int
    height: int
    random: Random
    ground: Colour
    light: Colour
    strong: Colour
    deep: Colour
    extra: Colour


def draw_cover(seed: str, *, palette: Palette, size: PictureSize) -> bytes:
    """Draw a cover; the same seed always gives the same picture."""
    random = Random(seed)  # noqa: S311 - not for security
    pixels = (size.width * size.density, size.height * size.density)
    ground, light, strong, deep, extra = _colours(palette, random)
    canvas = Image.new("RGB", (pixels[0] * _OVERSAMPLING, pixels[1] * _OVERSAMPLING), ground)
    sheet = _Sheet(ImageDraw.Draw(canvas), *canvas.size, random, ground, light, strong, deep, extra)
    random.choice(_MOTIFS)(sheet)
    return encode(canvas.reduce(_OVERSAMPLING), _QUALITY)


def _colours(palette: Palette, random: Random) -> tuple[Colour, Colour, Colour, Colour, Colour]:
    """Ground, light, strong, deep and extra: one of four schemes of the theme's accent, link and paper colours."""
    accent, link, paper = _rgb(palette.accent), _rgb(palette.link), _rgb(palette.paper)
    ink = _rgb(palette.ink)
    sand, stone, leaf = _mix(_warmer(accent), paper, 0.42), _mix(ink, paper, 0.84), _muted_neighbour(link)
    navy, night, cream = link, _mix(link, ink, 0.45), _mix(_warmer(accent), paper, 0.78)
    schemes = [
        (sand, cream, accent, navy, night),
        (navy, sand, accent, night, cream),
        (stone, paper, accent, ink, navy),
        (_mix(leaf, paper, 0.74), paper, leaf, _mix(leaf, ink, 0.45), accent),
    ]
    return random.choice(schemes)


def _sea(sheet: _Sheet) -> None:
    """Draw a sun over waves."""
    random, width, height = sheet.random, sheet.width, sheet.height
    radius = min(width, height) * random.uniform(0.15, 0.22)
    _disc(sheet, width * random.choice([0.27, 0.5, 0.73]), height * random.uniform(0.3, 0.42), radius, sheet.light)
    level = height * random.uniform(0.52, 0.6)
    for index, colour in enumerate([sheet.strong, sheet.deep, sheet.extra]):
        _wave(sheet, level + height * 0.15 * index, height * random.uniform(0.025, 0.05), colour)


def _hills(sheet: _Sheet) -> None:
    """Draw ridges behind one another and a disc between them."""
    random, width, height = sheet.random, sheet.width, sheet.height
    radius = min(width, height) * random.uniform(0.16, 0.24)
    _disc(sheet, width * random.uniform(0.3, 0.7), height * 0.42, radius, sheet.light)
    for base, colour in ((0.62, sheet.strong), (0.76, sheet.deep)):
        peaks = random.randint(2, 3)
        step = width / peaks
        shift = random.uniform(-0.5, 0.0) * step
        points = [(-step, height * 1.1)]
        for index in range(peaks + 2):
            x = shift + index * step
            points += [(x, height * (base + 0.16)), (x + step / 2, height * (base - random.uniform(0.08, 0.26)))]
        sheet.draw.polygon([*points, (width + step, height * 1.1)], fill=colour)


def _tiles(sheet: _Sheet) -> None:
    """Draw a grid of quarter circles, half circles and discs."""
    rows = 3 if sheet.width > sheet.height * 1.3 else 2
    side = sheet.height / rows
    columns = math.ceil(sheet.width / side)
    left = (sheet.width - columns * side) / 2
    colours = [sheet.light, sheet.strong, sheet.deep, sheet.extra]
    for row in range(rows):
        for column in range(columns):
            _tile(sheet, left + column * side, row * side, side, colours)


def _tile(sheet: _Sheet, x: float, y: float, side: float, colours: list[Colour]) -> None:
    back, front = sheet.random.sample([*colours, sheet.ground], 2)
    sheet.draw.rectangle((x, y, x + side, y + side), fill=back)
    kind = sheet.random.randrange(4)
    if kind == 0:
        _disc(sheet, x + side / 2, y + side / 2, side * 0.3, front)
    elif kind == 1:
        turn = sheet.random.randrange(4) * 90
        sheet.draw.pieslice((x, y, x + side, y + side), turn, turn + 180, fill=front)
    else:
        corner = sheet.random.randrange(4)
        cx, cy = x + side * (corner in (1, 2)), y + side * (corner in (2, 3))
        box = (cx - side, cy - side, cx + side, cy + side)
        sheet.draw.pieslice(box, corner * 90, corner * 90 + 90, fill=front)


def _arcs(sheet: _Sheet) -> None:
    """Draw rings around a point on the edge."""
    reach = math.hypot(sheet.width, sheet.height) * 0.62
    x = sheet.width * sheet.random.choice([0.0, 0.5, 1.0])
    y = float(sheet.height)
    colours = [sheet.strong, sheet.light, sheet.deep, sheet.extra, sheet.ground, sheet.strong]
    for index, colour in enumerate(colours):
        _disc(sheet, x, y, reach * (1 - index / 6.2), colour)


def _towers(sheet: _Sheet) -> None:
    """Draw a row of blocks in front of a disc, some with lit windows."""
    random, width, height = sheet.random, sheet.width, sheet.height
    _disc(sheet, width * random.choice([0.3, 0.68]), height * 0.36, min(width, height) * 0.2, sheet.light)
    count = max(4, round(width / height * 5))
    unit = width / (count + 1)
    foot = height * 0.88
    for index in range(count):
        x = unit * (0.5 + index)
        top = height * random.uniform(0.3, 0.68)
        sheet.draw.rectangle((x, top, x + unit * 0.86, foot), fill=random.choice([sheet.strong, sheet.deep]))
        if random.random() < 0.6:
            _windows(sheet, (x, top, unit * 0.86, foot))
    sheet.draw.rectangle((0, foot, width, height), fill=sheet.extra)


def _windows(sheet: _Sheet, block: tuple[float, float, float, float]) -> None:
    x, top, unit, foot = block
    pane = unit * 0.2
    y = top + pane
    while y + pane < foot - pane:
        for share in (0.2, 0.6):
            sheet.draw.rectangle((x + unit * share, y, x + unit * share + pane, y + pane), fill=sheet.light)
        y += pane * 2


def _orbits(sheet: _Sheet) -> None:
    """Draw bodies on rings around a disc."""
    random, side = sheet.random, min(sheet.width, sheet.height)
    cx, cy = sheet.width * random.choice([0.36, 0.5, 0.64]), sheet.height * 0.5
    line = max(2, round(side * 0.012))
    _disc(sheet, cx, cy, side * 0.13, sheet.strong)
    for share, size, colour in ((0.25, 0.045, sheet.light), (0.37, 0.06, sheet.deep), (0.52, 0.08, sheet.strong)):
        reach, angle = side * share, random.uniform(0, 2 * math.pi)
        sheet.draw.ellipse((cx - reach, cy - reach, cx + reach, cy + reach), outline=sheet.light, width=line)
        _disc(sheet, cx + reach * math.cos(angle), cy + reach * math.sin(angle), side * size, colour)


_MOTIFS: tuple[Callable[[_Sheet], None], ...] = (_sea, _hills, _tiles, _arcs, _towers, _orbits)


def _wave(sheet: _Sheet, level: float, swing: float, colour: Colour) -> None:
    length = sheet.width * sheet.random.uniform(0.6, 1.1)
    phase = sheet.random.uniform(0, 2 * math.pi)
    crest = [(x, level + swing * math.sin(2 * math.pi * x / length + phase)) for x in range(0, sheet.width + 8, 8)]
    sheet.draw.polygon([*crest, (sheet.width + 8, sheet.height), (0, sheet.height)], fill=colour)


def _disc(sheet: _Sheet, x: float, y: float, radius: float, colour: Colour) -> None:
    sheet.draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _rgb(colour: str) -> Colour:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _warmer(colour: Colour) -> Colour:
    """A lighter colour, closer to orange."""
    hue, light, full = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    red, green, blue = colorsys.hls_to_rgb((hue + 0.055) % 1, min(0.62, light + 0.16), min(0.85, full))
    return round(red * 255), round(green * 255), round(blue * 255)


def _muted_neighbour(colour: Colour) -> Colour:
    """A muted neighbour on the colour wheel."""
    hue, light, full = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    red, green, blue = colorsys.hls_to_rgb((hue - 0.16) % 1, min(0.42, light + 0.08), full * 0.6)
    return round(red * 255), round(green * 255), round(blue * 255)
