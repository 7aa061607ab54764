"""Pictures of chips, and of the places where things are made."""

# ruff: noqa: PLR0917 (a drawing is read by position)

import math

from artwork.canvas import (
    CORAL,
    CREAM,
    DEEP,
    GOLD,
    GREEN,
    INK,
    LEAF,
    LIME,
    MINT,
    NAVY,
    PALE,
    PEACH,
    PLUM,
    ROSE,
    RUST,
    SAND,
    SEA,
    SKY,
    SLATE,
    STONE,
    TEAL,
    Sheet,
    dark,
    light,
    mix,
    smooth,
)
from artwork.things import bus, palm, stars


def glass_chip() -> Sheet:
    """A chip on a square of glass, its copper paths running out."""
    s = Sheet(DEEP)
    s.halo(600, 400, (560, 450, 350), mix(DEEP, SEA, 0.75), DEEP)
    for side in range(4):
        for path in range(7):
            off = (path - 3) * 44
            out = 300 - abs(path - 3) * 26
            bend = off * 1.45
            line = [(off, -130), (off, -185), (bend, -240), (bend, -240 - out)]
            turned = [_turn(point, side) for point in line]
            s.stroke(turned, mix(PEACH, CORAL, 0.35) if path % 2 else GOLD, 7)
            s.disc(*_turn((bend, -262), side), 9, GOLD)
    s.shape([(600, 76), (924, 400), (600, 724), (276, 400)], mix(SKY, SEA, 0.45))
    s.shape([(600, 76), (924, 400), (600, 400)], mix(SKY, SEA, 0.35))
    s.shape([(600, 104), (896, 400), (600, 696), (304, 400)], mix(SKY, SEA, 0.62))
    s.shape([(600, 104), (690, 194), (394, 490), (304, 400)], mix(SKY, SEA, 0.5))
    s.shape([(716, 220), (748, 252), (452, 548), (420, 516)], mix(SKY, SEA, 0.53))
    for side in range(4):
        for path in range(7):
            off = (path - 3) * 33
            s.stroke([_turn((off, -110), side), _turn((off, -150 - (3 - abs(path - 3)) * 30), side)], GOLD, 6)
            s.disc(*_turn((off, -152 - (3 - abs(path - 3)) * 30), side), 8, PEACH)
    s.box(474, 274, 252, 252, INK, round_by=18)
    for row in range(3):
        for column in range(3):
            middle = row == column == 1
            colour = CORAL if middle else (TEAL if (row + column) % 2 else mix(TEAL, SKY, 0.3))
            s.box(490 + column * 76, 290 + row * 76, 68, 68, colour, round_by=8)
            s.box(490 + column * 76, 290 + row * 76, 68, 16, light(colour, 0.22), round_by=8)
            for line in range(3):
                s.box(502 + column * 76, 320 + row * 76 + line * 11, 44 - line * 9, 5, dark(colour, 0.35), round_by=2)
    return s


def _turn(point: tuple[float, float], quarters: int) -> tuple[float, float]:
    """A point about the middle of the sheet, turned by quarters of a circle."""
    x, y = point
    for _ in range(quarters):
        x, y = -y, x
    return 600 + x, 400 + y


def wafer() -> Sheet:
    """A round wafer with a lit pattern."""
    s = Sheet(mix(PLUM, DEEP, 0.35))
    s.shape([(0, 800), (0, 520), (1200, 300), (1200, 800)], mix(PLUM, DEEP, 0.15))
    s.shape([(0, 800), (0, 690), (1200, 520), (1200, 800)], mix(PLUM, RUST, 0.2))
    s.disc(620, 424, 318, mix(PLUM, DEEP, 0.7))
    s.disc(600, 400, 318, GOLD)
    s.disc(600, 400, 308, mix(ROSE, PLUM, 0.35))
    tints = (CORAL, PEACH, GOLD, SAND, ROSE, mix(TEAL, ROSE, 0.4))
    for row in range(13):
        for column in range(13):
            x, y = 600 + (column - 6) * 46, 400 + (row - 6) * 46
            if math.hypot(x - 600, y - 400) < 282:
                band = (column * 2 + row * 3) // 7 % len(tints)
                s.box(x - 21, y - 21, 42, 42, tints[band], round_by=3)
                s.box(x - 14, y - 14, 28, 8, dark(tints[band], 0.18), round_by=2)
                s.box(x - 14, y - 2, 12, 16, dark(tints[band], 0.18), round_by=2)
    s.disc(600, 718, 16, mix(PLUM, DEEP, 0.2))
    s.stroke([(140, 760), (430, 560)], STONE, 26)
    s.stroke([(140, 760), (430, 560)], PALE, 12)
    s.shape([(404, 560), (470, 500), (486, 520), (436, 586)], CREAM)
    for x, y, r in ((930, 170, 60), (1010, 250, 26), (240, 200, 34)):
        for a in range(4):
            w = math.radians(a * 90)
            s.shape(
                [
                    (x + r * math.cos(w), y + r * math.sin(w)),
                    (x + r * 0.16 * math.cos(w + 0.8), y + r * 0.16 * math.sin(w + 0.8)),
                    (x, y),
                    (x + r * 0.16 * math.cos(w - 0.8), y + r * 0.16 * math.sin(w - 0.8)),
                ],
                CREAM,
            )
    return s


def data_centre() -> Sheet:
    """Windowless halls among palms, and a pipe that leads to them."""
    s = Sheet(SKY)
    s.sky([mix(SKY, SEA, 0.2), SKY, mix(SKY, PALE, 0.5), mix(PALE, SAND, 0.4), SAND], 0, 430)
    s.disc(250, 190, 80, CREAM)
    s.cloud(900, 130, 110, CREAM)
    s.land([(0, 400), (200, 330), (430, 390), (700, 320), (950, 380), (1200, 330)], mix(GREEN, SKY, 0.45))
    for at in range(16):
        palm(s, 20 + at * 78, 440 + at % 3 * 12, 110 + at * 29 % 60, mix(GREEN, DEEP, 0.15), lean=0.1 - at % 2 * 0.22)
    s.land([(0, 440), (600, 420), (1200, 440)], LEAF)
    for at, (x, base) in enumerate(((620, 480), (430, 540), (220, 612))):
        wide, tall = 430 + at * 60, 120 + at * 30
        s.box(x, base - tall, wide, tall, PALE)
        s.shape(
            [(x, base - tall), (x + 70, base - tall - 44), (x + wide + 70, base - tall - 44), (x + wide, base - tall)],
            CREAM,
        )
        s.shape(
            [(x + wide, base - tall), (x + wide + 70, base - tall - 44), (x + wide + 70, base - 44), (x + wide, base)],
            STONE,
        )
        s.box(x, base - tall + 18, wide, 8, TEAL)
        for fan in range(6):
            fx = x + 66 + fan * (wide - 40) / 6
            s.disc(fx, base - tall - 22, 24 + at * 3, SLATE, flat=0.42)
            s.disc(fx, base - tall - 25, 18 + at * 3, DEEP, flat=0.42)
        for slot in range(9):
            s.box(x + 24 + slot * (wide - 40) / 9, base - tall * 0.62, wide / 17, tall * 0.44, mix(STONE, PALE, 0.4))
            s.box(x + 28 + slot * (wide - 40) / 9, base - 22, 8, 8, LIME if slot % 3 else CORAL)
    s.land([(0, 640), (400, 612), (800, 640), (1200, 600)], mix(LEAF, GREEN, 0.4))
    s.land([(0, 740), (500, 700), (1200, 730)], GREEN)
    for x in (60, 330, 620, 900, 1130):
        s.box(x, 690, 26, 60, SLATE)
    s.stroke([(-20, 694), (960, 694), (1010, 660), (1010, 560), (940, 524)], dark(PLUM, 0.2), 50)
    s.stroke([(-20, 688), (960, 688), (1004, 656), (1004, 560), (940, 524)], mix(PLUM, SKY, 0.35), 34)
    s.stroke([(-20, 680), (950, 680)], mix(PLUM, SKY, 0.65), 7)
    for x in (180, 480, 780):
        s.box(x, 660, 22, 60, mix(PLUM, DEEP, 0.3), round_by=5)
    palm(s, 110, 720, 330, GREEN, lean=0.12)
    palm(s, 1120, 700, 280, dark(GREEN, 0.1), lean=-0.14)
    return s


def factory_night() -> Sheet:
    """A factory at night, buses before it."""
    s = Sheet(PLUM)
    s.sky([DEEP, mix(DEEP, PLUM, 0.5), PLUM, mix(PLUM, CORAL, 0.25)], 0, 520)
    stars(s, 60, 320, mix(PLUM, CREAM, 0.6), seed=17)
    s.disc(230, 160, 64, SAND)
    s.land([(0, 480), (260, 400), (600, 470), (900, 390), (1200, 450)], mix(PLUM, DEEP, 0.45))
    for x in (930, 1020):
        s.box(x, 170, 54, 400, mix(RUST, PLUM, 0.45))
        s.box(x, 200, 54, 22, CORAL)
        s.box(x, 246, 54, 22, CORAL)
    for x, y, r in ((960, 140, 30), (1000, 104, 40), (1060, 74, 50), (1126, 60, 40)):
        s.disc(x, y, r, mix(PLUM, STONE, 0.4))
    for tooth in range(5):
        x = 130 + tooth * 158
        s.shape([(x, 400), (x, 300), (x + 158, 400)], mix(NAVY, STONE, 0.25))
        s.shape([(x, 318), (x, 388), (x + 66, 388), (x + 66, 360)], mix(GOLD, CREAM, 0.25))
    s.box(130, 398, 850, 220, NAVY)
    s.box(130, 398, 850, 12, mix(NAVY, STONE, 0.4))
    for column in range(8):
        s.box(160 + column * 100, 438, 72, 84, GOLD)
        s.box(160 + column * 100, 438, 72, 26, mix(GOLD, CREAM, 0.45))
        s.box(194 + column * 100, 438, 4, 84, NAVY)
        if column % 3 != 2:
            s.half(184 + column * 100, 522, 17, RUST)
            s.disc(184 + column * 100, 498, 11, RUST)
    s.box(0, 612, 1200, 188, mix(DEEP, SLATE, 0.35))
    s.box(0, 612, 1200, 8, SLATE)
    for x in (160, 560, 960):
        s.shape([(x + 6, 560), (x - 120, 740), (x + 132, 740)], mix(DEEP, PEACH, 0.35))
    bus(s, 70, 720, 330, CORAL, glass=mix(GOLD, CREAM, 0.2))
    bus(s, 440, 720, 330, TEAL, glass=mix(GOLD, CREAM, 0.2))
    bus(s, 810, 720, 330, CREAM, glass=mix(GOLD, SAND, 0.3))
    return s


def robot_arm() -> Sheet:
    """An orange robot arm above a belt."""
    s = Sheet(mix(PALE, MINT, 0.4))
    s.box(0, 0, 1200, 560, mix(MINT, SKY, 0.35))
    for x in range(60, 1200, 270):
        s.box(x, 70, 210, 250, mix(PALE, CREAM, 0.3))
        s.box(x, 190, 210, 10, mix(MINT, SKY, 0.35))
        s.box(x + 100, 70, 10, 250, mix(MINT, SKY, 0.35))
    s.box(0, 560, 1200, 240, mix(STONE, SLATE, 0.4))
    s.box(0, 556, 1200, 10, SLATE)
    s.box(60, 616, 1080, 62, INK, round_by=31)
    for x in range(92, 1140, 73):
        s.disc(x, 647, 21, STONE)
        s.disc(x, 647, 8, INK)
    for x in (150, 980):
        s.box(x, 676, 40, 124, SLATE)
    for x, colour in ((120, TEAL), (960, GOLD)):
        _gear(s, x + 50, 566, 56, 10, colour)
    s.box(410, 560, 170, 58, SLATE, round_by=10)
    s.box(436, 470, 118, 100, CORAL, round_by=22)
    s.box(510, 470, 44, 100, dark(CORAL), round_by=20)
    s.stroke([(495, 480), (400, 270)], dark(CORAL), 84)
    s.stroke([(490, 476), (394, 266)], CORAL, 66)
    s.stroke([(400, 262), (700, 190)], dark(CORAL), 62)
    s.stroke([(400, 256), (700, 184)], CORAL, 50)
    s.stroke([(712, 190), (716, 330)], dark(CORAL), 42)
    s.stroke([(708, 190), (712, 330)], CORAL, 32)
    for x, y, r in ((495, 482, 52), (396, 264, 52), (708, 188, 38)):
        s.disc(x, y, r, CREAM)
        s.disc(x, y, r * 0.62, SLATE)
        s.disc(x, y, r * 0.22, CREAM)
    s.stroke(smooth([(450, 440), (340, 360), (330, 240), (420, 170), (560, 180)]), INK, 9)
    s.box(680, 326, 72, 30, INK, round_by=8)
    for side in (-1, 1):
        s.stroke([(716 + side * 28, 350), (716 + side * 60, 400), (716 + side * 44, 440)], INK, 14)
    _gear(s, 716, 458, 62, 12, TEAL)
    return s


def _gear(s: Sheet, x: float, y: float, radius: float, teeth: int, colour: str, *, turn: float = 0.0) -> None:
    """A gear wheel."""
    rim = []
    for tooth in range(teeth):
        for part, reach in ((0.0, 1.0), (0.28, 1.0), (0.4, 0.82), (0.88, 0.82)):
            a = math.tau * (tooth + part) / teeth + turn
            rim.append((x + radius * reach * math.cos(a), y + radius * reach * math.sin(a)))
    s.shape(rim, colour)
    s.disc(x, y, radius * 0.58, dark(colour))
    s.disc(x, y, radius * 0.5, colour)
    s.disc(x, y, radius * 0.2, dark(colour, 0.5))


def gears() -> Sheet:
    """Gears of two sizes, and a wave of sound."""
    s = Sheet(mix(SAND, CREAM, 0.4))
    s.box(0, 560, 1200, 240, mix(SAND, PEACH, 0.5))
    s.disc(470, 372, 292, mix(SAND, PEACH, 0.4))
    _gear(s, 470, 360, 262, 20, RUST)
    _gear(s, 470, 360, 170, 14, mix(CORAL, RUST, 0.35))
    _gear(s, 862, 300, 156, 12, TEAL, turn=0.1)
    _gear(s, 842, 556, 100, 8, SLATE, turn=0.24)
    for wave, (height, colour, width) in enumerate(((120, CREAM, 12), (78, GOLD, 12), (40, DEEP, 12))):
        line = []
        for x in range(-20, 1230, 10):
            swell = math.exp(-(((x - 600) / 300) ** 2))
            line.append((x, 650 + height * swell * math.sin(x / 46 + wave * 0.8)))
        s.stroke(line, colour, width)
    for x, y in ((180, 130), (1010, 110), (1080, 430)):
        s.disc(x, y, 13, GOLD)
        s.disc(x + 34, y + 24, 7, CORAL)
    return s
