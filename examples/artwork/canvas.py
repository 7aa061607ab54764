"""A sheet of 1200 × 800 to draw on, in flat colours with smooth edges."""

# ruff: noqa: PLR0917 (a drawing is read by position)

import math
from collections.abc import Iterable, Sequence

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1200, 800
OVERSAMPLING = 3

INK, DEEP, NAVY, SEA, TEAL = "#1b2230", "#0f2138", "#17355a", "#24597a", "#2f827d"
MINT, SKY, PALE = "#cfe4d8", "#b9d6e3", "#e6eef0"
CREAM, BONE, SAND, PEACH, GOLD = "#fbf2e1", "#e8dcc6", "#f3d8ae", "#f0b482", "#efb643"
CORAL, RED, RUST, ROSE, PLUM = "#e0623f", "#c13c2c", "#7d2f23", "#e7a39c", "#472d4e"
GREEN, LEAF, LIME, STONE, SLATE = "#356b4d", "#5f9d68", "#a9c66c", "#98a2ab", "#566372"

Point = tuple[float, float]


def mix(first: str, second: str, share: float) -> str:
    """The colour that lies `share` of the way from the first to the second."""
    pairs = zip(bytes.fromhex(first[1:]), bytes.fromhex(second[1:]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def dark(colour: str, share: float = 0.22) -> str:
    """The side of a thing that lies in shadow."""
    return mix(colour, DEEP, share)


def light(colour: str, share: float = 0.25) -> str:
    """The side of a thing that the light falls on."""
    return mix(colour, CREAM, share)


def smooth(points: Sequence[Point], *, closed: bool = False, steps: int = 16) -> list[Point]:
    """A Catmull-Rom curve through the points."""
    before, after = (points[-1:], points[:2]) if closed else (points[:1], points[-1:])
    ring = [*before, *points, *after]
    curve = []
    for p0, p1, p2, p3 in zip(ring, ring[1:], ring[2:], ring[3:], strict=False):
        for step in range(steps):
            t = step / steps
            curve.append(
                tuple(
                    0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
                    for a, b, c, d in zip(p0, p1, p2, p3, strict=True)
                )
            )
    return [(x, y) for x, y in curve] + ([] if closed else [points[-1]])


class Sheet:
    """What is drawn so far. Coordinates are those of the finished picture; later shapes cover earlier ones."""

    def __init__(self, background: str) -> None:
        self.image = Image.new("RGB", (WIDTH * OVERSAMPLING, HEIGHT * OVERSAMPLING), background)
        self._draw = ImageDraw.Draw(self.image)

    @staticmethod
    def _scaled(points: Iterable[Point]) -> list[Point]:
        return [(x * OVERSAMPLING, y * OVERSAMPLING) for x, y in points]

    def shape(self, points: Iterable[Point], fill: str) -> None:
        """A polygon."""
        self._draw.polygon(self._scaled(points), fill=fill)

    def box(self, x: float, y: float, width: float, height: float, fill: str, *, round_by: float = 0) -> None:
        """A rectangle from its upper left corner, with rounded corners."""
        area = [value * OVERSAMPLING for value in (x, y, x + width, y + height)]
        corners = (area[0], area[1], area[2] - 1, area[3] - 1)
        self._draw.rounded_rectangle(corners, radius=round_by * OVERSAMPLING, fill=fill)

    def disc(self, x: float, y: float, radius: float, fill: str, *, flat: float = 1) -> None:
        """A circle, or an ellipse `flat` times as high as it is wide."""
        high = radius * flat
        self._draw.ellipse([v * OVERSAMPLING for v in (x - radius, y - high, x + radius, y + high)], fill=fill)

    def ring(self, x: float, y: float, radius: float, width: float, colour: str) -> None:
        """A circle's outline, its width measured inwards."""
        area = [v * OVERSAMPLING for v in (x - radius, y - radius, x + radius, y + radius)]
        self._draw.ellipse(area, outline=colour, width=round(width * OVERSAMPLING))

    def arc(self, x: float, y: float, radius: float, start: float, end: float, width: float, colour: str) -> None:
        """A part of a circle's outline, in degrees clockwise from three o'clock."""
        turn = [math.radians(start + (end - start) * step / 48) for step in range(49)]
        self.stroke([(x + radius * math.cos(a), y + radius * math.sin(a)) for a in turn], colour, width)

    def half(self, x: float, y: float, radius: float, fill: str, *, start: float = 180, end: float = 360) -> None:
        """A pie of a circle; by default its upper half."""
        area = [v * OVERSAMPLING for v in (x - radius, y - radius, x + radius, y + radius)]
        self._draw.pieslice(area, start, end, fill=fill)

    def stroke(self, points: Sequence[Point], colour: str, width: float) -> None:
        """A line with round ends and corners."""
        scaled = self._scaled(points)
        self._draw.line(scaled, fill=colour, width=round(width * OVERSAMPLING), joint="curve")
        radius = width * OVERSAMPLING / 2
        for x, y in scaled if width > 24 else (scaled[0], scaled[-1]):
            self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)

    def land(self, points: Sequence[Point], fill: str) -> None:
        """Everything below a smooth line from the left edge to the right."""
        self.shape([*smooth(points), (WIDTH, HEIGHT), (0, HEIGHT)], fill)

    def waves(self, y: float, height: float, length: float, fill: str, *, shift: float = 0) -> None:
        """Everything below a swell."""
        line = [(x, y + height * math.sin((x + shift) / length * math.tau)) for x in range(0, WIDTH + 1, 10)]
        self.shape([*line, (WIDTH, HEIGHT), (0, HEIGHT)], fill)

    def sky(self, colours: Sequence[str], top: float, bottom: float) -> None:
        """Bands of colour, from above to below."""
        band = (bottom - top) / len(colours)
        for at, colour in enumerate(colours):
            self.box(0, top + at * band, WIDTH, bottom - top - at * band + 1, colour)

    def halo(self, x: float, y: float, radii: Sequence[float], inner: str, outer: str) -> None:
        """Discs one in the other, from the outer colour to the inner."""
        ordered = sorted(radii, reverse=True)
        for at, radius in enumerate(ordered):
            self.disc(x, y, radius, mix(outer, inner, (at + 1) / len(ordered)))

    def cloud(self, x: float, y: float, size: float, fill: str) -> None:
        """A flat-bottomed cloud."""
        self.box(x - size, y - size * 0.22, size * 2, size * 0.3, fill, round_by=size * 0.15)
        self.disc(x - size * 0.3, y - size * 0.2, size * 0.36, fill)
        self.disc(x + size * 0.3, y - size * 0.14, size * 0.27, fill)

    def finished(self) -> Image.Image:
        """The picture at its own size."""
        return self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
