"""Things that stand in more than one picture: ships, cranes, wheels, palms, turbines, houses."""

# ruff: noqa: PLR0917 (a drawing is read by position)

import math
from collections.abc import Sequence

from artwork.canvas import (
    BONE,
    CORAL,
    CREAM,
    DEEP,
    GOLD,
    GREEN,
    INK,
    LEAF,
    NAVY,
    RED,
    RUST,
    SLATE,
    STONE,
    Sheet,
    dark,
    light,
    mix,
    smooth,
)


def container(sheet: Sheet, x: float, y: float, width: float, height: float, colour: str) -> None:
    """A container seen from its long side."""
    sheet.box(x, y, width - 2, height - 2, colour)
    ribs = max(3, round(width / 13))
    for rib in range(1, ribs):
        sheet.box(x + rib * width / ribs - 1.5, y + height * 0.14, 2, height * 0.68, dark(colour, 0.16))
    sheet.box(x, y + height - 7, width - 2, 5, dark(colour, 0.3))


def stacks(
    sheet: Sheet, x: float, base: float, heights: Sequence[int], colours: Sequence[str], *, size: tuple[float, float]
) -> None:
    """Rows of containers standing on `base`; `heights` counts each row's boxes."""
    width, height = size
    for row, count in enumerate(heights):
        for level in range(count):
            colour = colours[(row * 5 + level * 3 + row * level) % len(colours)]
            container(sheet, x + row * width, base - (level + 1) * height, width, height, colour)


def cargo_ship(sheet: Sheet, x: float, water: float, length: float, hull: str, colours: Sequence[str]) -> None:
    """A container ship heading right, its waterline at `water`."""
    deck = water - length * 0.11
    bow = x + length
    box_width, box_height = length * 0.083, length * 0.048
    stacks(sheet, x + length * 0.27, deck + 2, [2, 3, 4, 4, 3, 4, 3], colours, size=(box_width, box_height))
    house = x + length * 0.09
    sheet.box(house, deck - length * 0.2, length * 0.13, length * 0.21, CREAM)
    sheet.box(house + length * 0.085, deck - length * 0.2, length * 0.045, length * 0.21, BONE)
    sheet.box(house - length * 0.02, deck - length * 0.225, length * 0.17, length * 0.03, CREAM)
    for floor in range(4):
        sheet.box(
            house + length * 0.012, deck - length * (0.175 - floor * 0.042), length * 0.105, length * 0.014, SLATE
        )
    sheet.box(house + length * 0.02, deck - length * 0.285, length * 0.045, length * 0.07, RED)
    sheet.box(house + length * 0.02, deck - length * 0.265, length * 0.045, length * 0.016, CREAM)
    sheet.shape(
        [
            (x, deck),
            (bow + length * 0.035, deck - length * 0.02),
            (bow - length * 0.02, water + length * 0.05),
            (x + length * 0.03, water + length * 0.05),
        ],
        hull,
    )
    sheet.shape(
        [
            (x + length * 0.018, water - length * 0.012),
            (bow + length * 0.003, water - length * 0.012),
            (bow - length * 0.02, water + length * 0.05),
            (x + length * 0.03, water + length * 0.05),
        ],
        RUST,
    )
    sheet.stroke([(bow - length * 0.02, deck), (bow - length * 0.02, deck - length * 0.1)], dark(hull), 4)


def gantry(sheet: Sheet, x: float, base: float, height: float, colour: str, *, reach: float = 0.9) -> None:
    """A quay crane whose boom points left."""
    top, wide = base - height, height * 0.3
    shade = dark(colour)
    for foot in (x, x + wide):
        sheet.box(foot - 7, top + height * 0.2, 14, height * 0.8, shade if foot > x else colour)
        sheet.box(foot - 16, base - 12, 32, 12, INK, round_by=4)
    sheet.stroke([(x, base - height * 0.3), (x + wide, base - height * 0.52)], shade, 8)
    sheet.box(x - 7, base - height * 0.54, wide + 14, 14, colour)
    boom = top + height * 0.2
    sheet.box(x - height * reach, boom - 12, height * (reach + 0.62), 16, colour)
    sheet.shape(
        [
            (x + wide * 0.2, boom - 10),
            (x + wide * 0.45, top - height * 0.06),
            (x + wide * 0.6, top - height * 0.06),
            (x + wide * 0.85, boom - 10),
        ],
        shade,
    )
    peak = (x + wide * 0.52, top - height * 0.05)
    for end in (x - height * reach + 10, x - height * reach * 0.45, x + height * 0.58):
        sheet.stroke([peak, (end, boom - 8)], shade, 3)
    sheet.box(x + wide * 0.9, boom - 46, wide * 0.6, 36, BONE)


def wheel(sheet: Sheet, x: float, y: float, radius: float, hub: str = STONE) -> None:
    """A wheel from the side."""
    sheet.disc(x, y, radius, INK)
    sheet.disc(x, y, radius * 0.56, hub)
    sheet.disc(x, y, radius * 0.2, INK)


def car(sheet: Sheet, x: float, ground: float, length: float, colour: str, *, glass: str = NAVY) -> None:
    """A small hatchback heading right, its tyres on `ground`."""
    u = length / 100
    base = ground - 9 * u
    body = smooth(
        [
            (x + 2 * u, base),
            (x + 1 * u, base - 13 * u),
            (x + 6 * u, base - 20 * u),
            (x + 20 * u, base - 36 * u),
            (x + 34 * u, base - 40 * u),
            (x + 54 * u, base - 40 * u),
            (x + 68 * u, base - 33 * u),
            (x + 80 * u, base - 22 * u),
            (x + 95 * u, base - 17 * u),
            (x + 99 * u, base - 9 * u),
            (x + 98 * u, base),
        ],
        steps=10,
    )
    sheet.shape(body, colour)
    sheet.shape(
        [(x + 2 * u, base), (x + 1.2 * u, base - 8 * u), (x + 99 * u, base - 7 * u), (x + 98 * u, base)], dark(colour)
    )
    sheet.shape(
        [
            (x + 17 * u, base - 22 * u),
            (x + 27 * u, base - 35 * u),
            (x + 42 * u, base - 36.5 * u),
            (x + 42 * u, base - 22 * u),
        ],
        glass,
    )
    sheet.shape(
        [
            (x + 45 * u, base - 22 * u),
            (x + 45 * u, base - 36.5 * u),
            (x + 55 * u, base - 36 * u),
            (x + 64 * u, base - 31 * u),
            (x + 72 * u, base - 22 * u),
        ],
        glass,
    )
    sheet.stroke([(x + 50 * u, base - 22 * u), (x + 58 * u, base - 34 * u)], light(glass, 0.18), 1.6 * u)
    sheet.box(x + 47 * u, base - 17 * u, 7 * u, 1.8 * u, dark(colour, 0.4), round_by=0.9 * u)
    sheet.disc(x + 95 * u, base - 12.5 * u, 2.6 * u, CREAM)
    sheet.box(x + 0.9 * u, base - 16 * u, 3.4 * u, 5 * u, CORAL, round_by=1.5 * u)
    for at in (21, 79):
        wheel(sheet, x + at * u, ground - 9.6 * u, 9.6 * u, BONE)


def bus(sheet: Sheet, x: float, ground: float, length: float, colour: str, *, glass: str = NAVY) -> None:
    """A city bus heading right."""
    u = length / 100
    base = ground - 6 * u
    sheet.box(x, base - 34 * u, 100 * u, 34 * u, colour, round_by=4 * u)
    sheet.box(x, base - 11 * u, 100 * u, 11 * u, dark(colour), round_by=2 * u)
    sheet.box(x + 4 * u, base - 38 * u, 56 * u, 5 * u, light(colour, 0.5), round_by=2 * u)
    for pane in range(5):
        sheet.box(x + (4 + pane * 13.5) * u, base - 29 * u, 11.5 * u, 13 * u, glass, round_by=1.2 * u)
    sheet.box(x + 73 * u, base - 29 * u, 12 * u, 27 * u, glass, round_by=1.2 * u)
    sheet.box(x + 78.6 * u, base - 29 * u, 0.9 * u, 27 * u, colour)
    sheet.box(x + 88 * u, base - 30 * u, 12 * u, 17 * u, glass, round_by=2 * u)
    sheet.box(x + 95 * u, base - 9 * u, 5 * u, 4 * u, GOLD, round_by=1 * u)
    for at in (20, 66):
        wheel(sheet, x + at * u, ground - 6.5 * u, 6.5 * u)


def scooter(sheet: Sheet, x: float, ground: float, size: float, colour: str) -> None:
    """A scooter heading right, `size` from tyre to tyre."""
    u = size / 100
    for at in (0, 100):
        wheel(sheet, x + at * u, ground - 15 * u, 15 * u, BONE)
    sheet.shape(
        smooth(
            [
                (x - 22 * u, ground - 40 * u),
                (x - 8 * u, ground - 52 * u),
                (x + 30 * u, ground - 50 * u),
                (x + 40 * u, ground - 26 * u),
                (x + 66 * u, ground - 22 * u),
                (x + 78 * u, ground - 26 * u),
                (x + 74 * u, ground - 12 * u),
                (x + 24 * u, ground - 11 * u),
                (x + 12 * u, ground - 30 * u),
                (x - 14 * u, ground - 34 * u),
            ],
            closed=True,
        ),
        colour,
    )
    sheet.shape(
        [
            (x + 66 * u, ground - 14 * u),
            (x + 78 * u, ground - 14 * u),
            (x + 88 * u, ground - 62 * u),
            (x + 76 * u, ground - 66 * u),
        ],
        colour,
    )
    sheet.stroke([(x + 100 * u, ground - 15 * u), (x + 80 * u, ground - 82 * u)], SLATE, 5 * u)
    sheet.shape(
        smooth(
            [
                (x + 82 * u, ground - 20 * u),
                (x + 112 * u, ground - 34 * u),
                (x + 118 * u, ground - 22 * u),
                (x + 104 * u, ground - 28 * u),
                (x + 88 * u, ground - 14 * u),
            ],
            closed=True,
        ),
        dark(colour),
    )
    sheet.stroke([(x + 80 * u, ground - 82 * u), (x + 66 * u, ground - 86 * u)], INK, 5 * u)
    sheet.disc(x + 87 * u, ground - 74 * u, 8 * u, CREAM)
    sheet.box(x - 14 * u, ground - 61 * u, 48 * u, 11 * u, INK, round_by=5 * u)
    sheet.box(x - 24 * u, ground - 48 * u, 8 * u, 7 * u, RED, round_by=3 * u)


def palm(
    sheet: Sheet, x: float, base: float, height: float, colour: str = GREEN, trunk: str = RUST, *, lean: float = 0.12
) -> None:
    """A palm that leans to the right."""
    tip = (x + height * lean, base - height)
    thick = height * 0.03
    sheet.shape(
        [
            (x - thick, base),
            (x + thick, base),
            *smooth([(x + thick * 0.8 + height * lean * 0.3, base - height * 0.5), (tip[0] + thick * 0.5, tip[1])]),
            (tip[0] - thick * 0.5, tip[1]),
            (x - thick * 0.8 + height * lean * 0.3, base - height * 0.5),
        ],
        trunk,
    )
    for at, angle in enumerate((-172, -140, -95, -50, -18, 12, 165)):
        a = math.radians(angle)
        reach = height * 0.42
        end = (tip[0] + reach * math.cos(a), tip[1] + reach * math.sin(a) + reach * 0.34)
        middle = (tip[0] + reach * 0.55 * math.cos(a), tip[1] + reach * 0.55 * math.sin(a) - reach * 0.12)
        lower = (middle[0], middle[1] + height * 0.09)
        leaf = [*smooth([tip, middle, end]), *smooth([end, lower, tip])]
        sheet.shape(leaf, dark(colour, 0.2) if at % 2 else colour)


def turbine(sheet: Sheet, x: float, base: float, height: float, colour: str = CREAM, *, turn: float = 20) -> None:
    """A wind turbine seen from the front, its blades turned by so many degrees."""
    hub = (x, base - height)
    wide = height * 0.018
    sheet.shape(
        [(x - wide * 1.5, base), (x + wide * 1.5, base), (x + wide * 0.6, hub[1]), (x - wide * 0.6, hub[1])], colour
    )
    sheet.shape([(x, base), (x + wide * 1.5, base), (x + wide * 0.6, hub[1]), (x, hub[1])], dark(colour, 0.14))
    for blade in range(3):
        a = math.radians(turn + blade * 120)
        along, across = (math.cos(a), math.sin(a)), (-math.sin(a), math.cos(a))
        reach = height * 0.56
        outline = [(0.0, -0.012), (0.06, -0.035), (0.3, -0.028), (1.0, 0.0), (0.3, 0.012), (0.0, 0.012)]
        sheet.shape(
            [
                (
                    hub[0] + reach * (out * along[0] + over * across[0]),
                    hub[1] + reach * (out * along[1] + over * across[1]),
                )
                for out, over in outline
            ],
            colour,
        )
    sheet.disc(*hub, height * 0.022, dark(colour, 0.2))


def house(sheet: Sheet, x: float, base: float, width: float, wall: str, roof: str, *, lit: str | None = None) -> None:
    """A small house with a gabled roof."""
    tall = width * 0.62
    sheet.box(x, base - tall, width, tall, wall)
    sheet.box(x + width * 0.66, base - tall, width * 0.34, tall, dark(wall, 0.12))
    sheet.shape(
        [(x - width * 0.1, base - tall), (x + width * 0.5, base - tall - width * 0.42), (x + width * 1.1, base - tall)],
        roof,
    )
    sheet.shape(
        [(x + width * 0.5, base - tall - width * 0.42), (x + width * 1.1, base - tall), (x + width * 0.8, base - tall)],
        dark(roof),
    )
    sheet.box(x + width * 0.16, base - tall * 0.68, width * 0.24, width * 0.22, lit or dark(wall, 0.4))
    sheet.box(x + width * 0.56, base - tall * 0.62, width * 0.22, tall * 0.62, dark(roof, 0.3))


def fir(sheet: Sheet, x: float, base: float, height: float, colour: str) -> None:
    """A fir tree."""
    for at in range(3):
        y = base - height * (0.1 + at * 0.27)
        wide = height * (0.3 - at * 0.07)
        sheet.shape([(x - wide, y), (x + wide, y), (x, y - height * 0.38)], colour)
        sheet.shape([(x, y), (x + wide, y), (x, y - height * 0.38)], dark(colour, 0.18))
    sheet.box(x - height * 0.025, base - height * 0.1, height * 0.05, height * 0.1, dark(RUST, 0.3))


def birds(sheet: Sheet, places: Sequence[tuple[float, float, float]], colour: str = DEEP) -> None:
    """Gulls, each at (x, y, span)."""
    for x, y, span in places:
        sheet.stroke(
            smooth([(x - span, y - span * 0.2), (x - span * 0.4, y - span * 0.42), (x, y)], steps=8),
            colour,
            span * 0.12,
        )
        sheet.stroke(
            smooth([(x, y), (x + span * 0.4, y - span * 0.42), (x + span, y - span * 0.2)], steps=8),
            colour,
            span * 0.12,
        )


def stars(sheet: Sheet, count: int, bottom: float, colour: str, *, seed: int = 7) -> None:
    """Small dots strewn over the sky, the same ones for the same seed."""
    state = seed
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        x = state % 1200
        state = (state * 1103515245 + 12345) % 2**31
        y = state // 7 % round(bottom)
        sheet.disc(x, y, 1.4 + state % 3 * 0.6, colour)


def shimmer(sheet: Sheet, x: float, top: float, widths: Sequence[float], colour: str, *, gap: float = 22) -> None:
    """The broken reflection of something bright on water."""
    for at, width in enumerate(widths):
        off = (-1) ** at * width * 0.06
        sheet.box(x - width / 2 + off, top + at * gap, width, 7, colour, round_by=3.5)


def drone(sheet: Sheet, x: float, y: float, span: float, colour: str = INK, accent: str = CORAL) -> None:
    """A quadcopter from the front."""
    u = span / 100
    for side in (-1, 1):
        sheet.stroke([(x, y), (x + side * 40 * u, y - 10 * u)], colour, 5 * u)
        sheet.stroke([(x + side * 40 * u, y - 10 * u), (x + side * 40 * u, y - 20 * u)], colour, 4 * u)
        sheet.box(x + side * 40 * u - 24 * u, y - 23 * u, 48 * u, 3.4 * u, mix(colour, STONE, 0.5), round_by=1.7 * u)
        sheet.stroke([(x + side * 12 * u, y + 6 * u), (x + side * 18 * u, y + 24 * u)], colour, 2.6 * u)
        sheet.stroke([(x + side * 10 * u, y + 24 * u), (x + side * 26 * u, y + 24 * u)], colour, 2.6 * u)
    sheet.box(x - 17 * u, y - 13 * u, 34 * u, 22 * u, colour, round_by=8 * u)
    sheet.box(x - 17 * u, y - 13 * u, 34 * u, 8 * u, accent, round_by=4 * u)
    sheet.disc(x, y + 9 * u, 6 * u, LEAF)
