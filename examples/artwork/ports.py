"""Pictures of ports."""

from artwork.canvas import (
    BONE,
    CORAL,
    CREAM,
    DEEP,
    GOLD,
    GREEN,
    INK,
    LEAF,
    MINT,
    NAVY,
    PALE,
    PEACH,
    PLUM,
    RED,
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
from artwork.things import birds, cargo_ship, gantry, palm, shimmer, stacks


def battery_port() -> Sheet:
    """White containers on a quay at dusk."""
    s = Sheet(PEACH)
    s.sky(
        [mix(PLUM, CORAL, 0.55), mix(CORAL, PEACH, 0.35), mix(CORAL, PEACH, 0.7), PEACH, mix(PEACH, SAND, 0.5), SAND],
        0,
        520,
    )
    s.halo(770, 400, (150, 118, 92), CREAM, mix(PEACH, SAND, 0.5))
    s.land([(0, 430), (160, 380), (330, 415), (520, 372), (700, 425), (900, 392), (1200, 440)], mix(PLUM, CORAL, 0.35))
    s.land([(0, 470), (240, 440), (520, 474), (820, 446), (1200, 476)], mix(PLUM, NAVY, 0.35))
    s.box(0, 500, 1200, 300, NAVY)
    shimmer(s, 770, 512, (210, 170, 190, 120, 90), mix(PEACH, CORAL, 0.3), gap=17)
    cargo_ship(s, 90, 545, 620, DEEP, (CREAM, BONE, TEAL, CREAM))
    s.waves(572, 4, 150, NAVY)
    gantry(s, 800, 612, 430, CORAL, reach=0.72)
    gantry(s, 1060, 612, 430, RED, reach=0.5)
    s.box(0, 604, 1200, 196, mix(SLATE, DEEP, 0.35))
    s.box(0, 604, 1200, 12, mix(SLATE, CREAM, 0.3))
    for x in range(20, 1200, 120):
        s.box(x, 618, 26, 18, INK, round_by=4)
    s.box(0, 742, 1200, 6, GOLD)
    stacks(s, 60, 716, [1, 2, 2, 1, 1], (CREAM, BONE, CREAM, CREAM, TEAL), size=(112, 52))
    stacks(s, 760, 716, [1, 2, 1], (CREAM, CREAM, BONE), size=(112, 52))
    for x, y in ((86, 672), (198, 620), (422, 672), (872, 620)):
        s.shape(
            [
                (x + 36, y - 2),
                (x + 22, y + 22),
                (x + 34, y + 22),
                (x + 28, y + 42),
                (x + 50, y + 14),
                (x + 38, y + 14),
                (x + 46, y - 2),
            ],
            GOLD,
        )
    birds(s, [(330, 150, 30), (400, 196, 20), (270, 210, 17)], mix(PLUM, DEEP, 0.5))
    return s


def quay_cranes() -> Sheet:
    """Two cranes over a quay, by day."""
    s = Sheet(SKY)
    s.sky([mix(SKY, SEA, 0.25), SKY, mix(SKY, PALE, 0.5), PALE], 0, 480)
    s.cloud(260, 150, 110, CREAM)
    s.cloud(1010, 220, 80, CREAM)
    s.land([(0, 420), (200, 350), (380, 400), (640, 340), (860, 408), (1200, 360)], mix(SKY, TEAL, 0.55))
    s.land([(0, 455), (300, 418), (700, 452), (1200, 420)], mix(TEAL, SEA, 0.45))
    s.box(0, 480, 1200, 320, SEA)
    s.waves(520, 5, 180, mix(SEA, NAVY, 0.35))
    cargo_ship(s, -60, 600, 720, NAVY, (CREAM, PALE, CREAM, GOLD))
    s.waves(628, 5, 150, mix(SEA, NAVY, 0.7), shift=30)
    gantry(s, 700, 690, 570, GOLD, reach=0.72)
    gantry(s, 960, 690, 570, light(GOLD, 0.15), reach=0.5)
    s.box(430, 236, 5, 176, INK)
    s.box(392, 405, 82, 12, INK, round_by=3)
    s.box(376, 418, 116, 54, CORAL)
    s.box(376, 466, 116, 6, RUST)
    s.box(0, 682, 1200, 118, STONE)
    s.box(0, 682, 1200, 14, BONE)
    s.box(0, 740, 1200, 5, GOLD)
    stacks(s, 80, 790, [1, 1, 0, 1, 1, 1], (CREAM, BONE, CREAM), size=(104, 46))
    return s


def car_carrier() -> Sheet:
    """A car carrier with its stern ramp down."""
    s = Sheet(PALE)
    s.sky([SKY, mix(SKY, PALE, 0.5), PALE, mix(PALE, SAND, 0.6)], 0, 560)
    s.cloud(980, 140, 120, CREAM)
    s.box(0, 560, 1200, 240, SEA)
    s.shape([(90, 168), (760, 168), (1000, 250), (1130, 600), (90, 600)], NAVY)
    s.shape([(90, 168), (760, 168), (1000, 250), (1020, 312), (90, 312)], light(NAVY, 0.14))
    s.box(90, 300, 932, 14, CORAL)
    s.box(660, 122, 150, 50, CREAM)
    for x in range(672, 800, 26):
        s.box(x, 134, 18, 14, NAVY)
    s.box(250, 108, 66, 62, CORAL)
    s.box(250, 122, 66, 12, CREAM)
    for x in range(130, 950, 64):
        s.box(x, 256, 36, 10, DEEP, round_by=4)
        if x < 820:
            s.box(x, 214, 36, 10, DEEP, round_by=4)
    s.box(330, 396, 330, 204, INK)
    s.box(346, 410, 298, 190, mix(GOLD, RUST, 0.25))
    s.box(346, 410, 298, 20, mix(GOLD, CREAM, 0.4))
    s.box(0, 600, 1200, 200, STONE)
    s.box(0, 600, 1200, 12, BONE)
    s.shape([(346, 590), (644, 590), (820, 800), (170, 800)], SLATE)
    s.shape([(362, 590), (628, 590), (776, 800), (214, 800)], mix(SLATE, CREAM, 0.15))
    for top in (612, 668, 738):
        s.box(490, top, 10, 30, CREAM)
    for x, y, size, colour in (
        (392, 478, 0.62, RED),
        (530, 492, 0.66, SKY),
        (292, 612, 1.15, CORAL),
        (532, 640, 1.22, TEAL),
    ):
        _car_front(s, x, y, size, colour)
    birds(s, [(1080, 330, 24), (1040, 372, 16)], NAVY)
    return s


def _car_front(s: Sheet, x: float, y: float, size: float, colour: str) -> None:
    """A car that comes towards one."""
    wide, u = 150 * size, size
    s.box(x + 10 * u, y + 92 * u, 28 * u, 34 * u, INK, round_by=6 * u)
    s.box(x + wide - 38 * u, y + 92 * u, 28 * u, 34 * u, INK, round_by=6 * u)
    s.shape(
        [(x + 34 * u, y), (x + wide - 34 * u, y), (x + wide - 8 * u, y + 56 * u), (x + 8 * u, y + 56 * u)], dark(colour)
    )
    s.shape(
        [
            (x + 40 * u, y + 8 * u),
            (x + wide - 40 * u, y + 8 * u),
            (x + wide - 20 * u, y + 52 * u),
            (x + 20 * u, y + 52 * u),
        ],
        DEEP,
    )
    s.box(x, y + 50 * u, wide, 60 * u, colour, round_by=18 * u)
    s.box(x + 4 * u, y + 88 * u, wide - 8 * u, 20 * u, dark(colour), round_by=9 * u)
    s.box(x + 46 * u, y + 92 * u, wide - 92 * u, 11 * u, CREAM, round_by=3 * u)
    for lamp in (x + 24 * u, x + wide - 24 * u):
        s.disc(lamp, y + 72 * u, 11 * u, CREAM)


def island_port() -> Sheet:
    """A port on an island, seen from the air."""
    s = Sheet(TEAL)
    s.sky([mix(SKY, PALE, 0.6), mix(SKY, PALE, 0.2), SKY], 0, 250)
    s.box(0, 236, 1200, 564, TEAL)
    s.land([(0, 300), (400, 286), (800, 300), (1200, 290)], mix(TEAL, SEA, 0.25))
    s.land([(0, 560), (300, 610), (700, 700), (1200, 640)], mix(TEAL, SEA, 0.6))
    s.shape(
        smooth(
            [
                (180, 470),
                (300, 330),
                (520, 270),
                (820, 300),
                (1010, 420),
                (980, 560),
                (760, 640),
                (460, 640),
                (260, 590),
            ],
            closed=True,
        ),
        mix(MINT, TEAL, 0.35),
    )
    s.shape(
        smooth(
            [
                (215, 464),
                (318, 342),
                (520, 286),
                (806, 312),
                (982, 424),
                (950, 542),
                (750, 612),
                (466, 612),
                (282, 572),
            ],
            closed=True,
        ),
        SAND,
    )
    s.shape(
        smooth(
            [(262, 448), (340, 350), (520, 296), (790, 318), (930, 410), (870, 452), (640, 470), (380, 480)],
            closed=True,
        ),
        LEAF,
    )
    s.shape([(356, 430), (470, 210), (540, 262), (612, 176), (760, 424), (600, 446)], GREEN)
    s.shape([(612, 176), (760, 424), (636, 440), (590, 330)], dark(GREEN, 0.25))
    s.shape([(470, 210), (540, 262), (520, 340), (446, 436), (420, 432)], light(GREEN, 0.1))
    s.shape([(306, 530), (876, 500), (906, 592), (330, 622)], BONE)
    s.shape([(330, 622), (906, 592), (906, 616), (330, 648)], SLATE)
    for row in range(3):
        for column in range(11):
            x, y = 352 + column * 47 + row * 9, 520 + row * 28 - column * 2.6
            if (row * 11 + column) % 7 != 5:
                s.box(x, y, 40, 20, CREAM)
                s.box(x, y + 15, 40, 5, STONE if (row + column) % 4 else CORAL)
    s.shape([(430, 690), (800, 668), (850, 690), (806, 722), (430, 742)], NAVY)
    s.shape([(446, 698), (786, 678), (812, 690), (786, 708), (446, 728)], mix(NAVY, STONE, 0.25))
    for column in range(6):
        s.shape(
            [
                (520 + column * 42, 692 - column * 2.4),
                (556 + column * 42, 690 - column * 2.4),
                (556 + column * 42, 714 - column * 2.4),
                (520 + column * 42, 716 - column * 2.4),
            ],
            (CREAM, CORAL, CREAM, GOLD, CREAM, CREAM)[column],
        )
    s.box(456, 698, 42, 30, CREAM)
    for x, y in ((120, 400), (1040, 300), (170, 690), (1060, 720)):
        s.stroke([(x, y), (x + 54, y)], mix(TEAL, CREAM, 0.4), 4)
        s.stroke([(x + 22, y + 14), (x + 62, y + 14)], mix(TEAL, CREAM, 0.4), 4)
    s.cloud(960, 130, 100, CREAM)
    s.cloud(190, 180, 76, CREAM)
    for x, y in ((300, 470), (340, 500), (820, 460), (880, 470)):
        palm(s, x, y, 80)
    return s
