"""Pictures of ships, wind and water."""

import math

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
    mix,
    smooth,
)
from artwork.things import birds, cargo_ship, shimmer, turbine


def container_dusk() -> Sheet:
    """A container ship crossing a copper sea."""
    s = Sheet(PEACH)
    s.sky([mix(CORAL, PEACH, 0.25), mix(CORAL, PEACH, 0.55), PEACH, mix(PEACH, SAND, 0.45), SAND], 0, 500)
    s.halo(640, 420, (210, 165, 125), CREAM, mix(PEACH, SAND, 0.6))
    s.box(0, 470, 1200, 330, mix(CORAL, RUST, 0.35))
    shimmer(s, 640, 480, (330, 280, 250, 180), SAND, gap=16)
    s.waves(548, 7, 330, mix(RUST, PLUM, 0.3), shift=40)
    cargo_ship(s, 265, 566, 690, DEEP, (CORAL, CREAM, GOLD, TEAL, RED))
    s.waves(596, 8, 260, PLUM)
    s.waves(650, 9, 320, mix(PLUM, DEEP, 0.45), shift=120)
    s.waves(722, 10, 400, DEEP, shift=60)
    birds(s, [(210, 250, 30), (160, 300, 19), (950, 190, 24)], PLUM)
    return s


def sail_freighter() -> Sheet:
    """A freighter with three rigid sails."""
    s = Sheet(SAND)
    s.sky([mix(SKY, PALE, 0.3), mix(SKY, SAND, 0.45), mix(PALE, SAND, 0.7), SAND], 0, 530)
    s.halo(600, 360, (290, 238, 190), mix(GOLD, PEACH, 0.35), SAND)
    s.box(0, 530, 1200, 270, TEAL)
    shimmer(s, 600, 540, (420, 360, 300), mix(TEAL, CREAM, 0.55), gap=16)
    for x, high in ((400, 372), (570, 400), (740, 372)):
        s.stroke([(x, 560), (x, 560 - high - 8)], SLATE, 10)
        s.shape(
            smooth(
                [
                    (x - 44, 520),
                    (x - 52, 520 - high * 0.5),
                    (x - 20, 548 - high),
                    (x + 34, 548 - high),
                    (x + 52, 520 - high * 0.45),
                    (x + 44, 520),
                ],
                steps=12,
            ),
            CREAM,
        )
        s.shape(
            [
                (x + 6, 520),
                (x + 8, 548 - high),
                *smooth([(x + 34, 548 - high), (x + 52, 520 - high * 0.45), (x + 44, 520)]),
            ],
            BONE,
        )
        for part in range(1, 5):
            s.box(x - 48, 520 - high * part * 0.19, 98, 3, mix(BONE, STONE, 0.5))
        s.disc(x, 520 - high * 0.72, 17, CORAL)
    s.box(232, 450, 98, 110, CREAM)
    s.box(290, 450, 40, 110, BONE)
    for row in range(3):
        s.box(242, 464 + row * 28, 76, 10, NAVY)
    s.box(252, 408, 36, 44, CORAL)
    s.box(252, 418, 36, 9, CREAM)
    s.shape([(206, 552), (1010, 540), (962, 640), (236, 640)], NAVY)
    s.shape([(224, 606), (980, 602), (962, 640), (236, 640)], RED)
    for x in range(360, 900, 90):
        s.box(x, 540, 62, 15, SLATE, round_by=4)
    s.waves(628, 8, 220, mix(TEAL, NAVY, 0.3))
    s.waves(684, 9, 300, mix(TEAL, NAVY, 0.6), shift=80)
    s.waves(744, 9, 260, NAVY, shift=10)
    birds(s, [(930, 210, 28), (990, 250, 18), (250, 260, 20)], NAVY)
    return s


def wind_vessel() -> Sheet:
    """A small boat before a row of wind turbines."""
    s = Sheet(MINT)
    s.sky([mix(SKY, SEA, 0.15), SKY, mix(SKY, MINT, 0.5), MINT, mix(MINT, CREAM, 0.6)], 0, 500)
    s.disc(250, 250, 82, CREAM)
    s.cloud(860, 130, 100, CREAM)
    for x, high, turn in ((520, 180, 70), (690, 210, 10), (1100, 200, 45), (390, 160, 35)):
        turbine(s, x, 505, high, mix(CREAM, SKY, 0.35), turn=turn)
    s.box(0, 496, 1200, 304, SEA)
    turbine(s, 880, 560, 390, CREAM, turn=-22)
    s.box(862, 540, 36, 44, GOLD)
    s.box(848, 530, 64, 12, dark(GOLD))
    s.waves(560, 7, 240, mix(SEA, NAVY, 0.3))
    s.shape([(240, 560), (650, 548), (600, 630), (280, 630)], CORAL)
    s.shape([(262, 600), (622, 596), (600, 630), (280, 630)], dark(CORAL, 0.3))
    s.shape([(340, 560), (370, 480), (516, 480), (550, 556)], CREAM)
    s.shape([(378, 490), (508, 490), (528, 524), (366, 524)], NAVY)
    s.box(436, 484, 8, 46, CREAM)
    s.stroke([(410, 480), (410, 420)], SLATE, 6)
    s.stroke([(392, 436), (430, 436)], SLATE, 5)
    s.box(258, 540, 74, 22, BONE)
    s.shape([(296, 500), (276, 532), (292, 532), (284, 556), (312, 522), (298, 522), (306, 500)], GOLD)
    s.waves(618, 8, 200, mix(SEA, NAVY, 0.6), shift=60)
    s.waves(690, 9, 280, NAVY)
    s.waves(756, 8, 240, DEEP, shift=90)
    birds(s, [(300, 420, 22), (190, 390, 16)], NAVY)
    return s


def harbour_map() -> Sheet:
    """A coast, a sea lane and one mark."""
    s = Sheet(mix(MINT, SKY, 0.5))
    for step in range(6):
        x = 100 + step * 200
        s.stroke([(x, 0), (x, 800)], mix(MINT, SKY, 0.85), 2)
        s.stroke([(0, step * 160), (1200, step * 160)], mix(MINT, SKY, 0.85), 2)
    coast = [
        (-20, -20),
        (430, -20),
        (470, 60),
        (380, 130),
        (420, 210),
        (300, 250),
        (330, 340),
        (210, 370),
        (160, 470),
        (-20, 520),
    ]
    s.shape(smooth(coast, closed=True), mix(MINT, CREAM, 0.6))
    s.shape(
        smooth(
            [
                (-20, -20),
                (400, -20),
                (440, 50),
                (350, 126),
                (392, 200),
                (270, 240),
                (300, 326),
                (186, 352),
                (136, 446),
                (-20, 490),
            ],
            closed=True,
        ),
        SAND,
    )
    s.shape(
        smooth(
            [
                (720, 260),
                (860, 250),
                (930, 350),
                (900, 470),
                (980, 560),
                (1080, 700),
                (900, 720),
                (810, 600),
                (830, 480),
                (740, 400),
            ],
            closed=True,
        ),
        mix(MINT, CREAM, 0.6),
    )
    s.shape(
        smooth(
            [
                (742, 278),
                (850, 270),
                (908, 352),
                (880, 470),
                (952, 562),
                (1040, 686),
                (910, 700),
                (832, 596),
                (850, 476),
                (760, 392),
            ],
            closed=True,
        ),
        SAND,
    )
    for x, y, r in ((1060, 540, 40), (1120, 610, 26), (700, 690, 34), (620, 730, 20), (1090, 440, 18)):
        s.shape(
            smooth(
                [
                    (x - r, y),
                    (x - r * 0.3, y - r * 0.7),
                    (x + r, y - r * 0.2),
                    (x + r * 0.5, y + r * 0.8),
                    (x - r * 0.5, y + r * 0.6),
                ],
                closed=True,
            ),
            SAND,
        )
    for x, y, r in ((90, 90, 60), (210, 130, 44), (90, 300, 50), (880, 590, 30), (846, 330, 34)):
        s.shape([(x - r, y + r * 0.5), (x, y - r * 0.6), (x + r, y + r * 0.5)], LEAF)
        s.shape([(x, y - r * 0.6), (x + r, y + r * 0.5), (x + r * 0.2, y + r * 0.5)], GREEN)
    lane = smooth([(372, 170), (520, 230), (600, 330), (660, 400), (752, 424)], steps=40)
    for at in range(0, len(lane) - 6, 10):
        s.stroke(lane[at : at + 6], RED, 8)
    s.disc(372, 170, 22, RED)
    s.disc(372, 170, 10, CREAM)
    for radius, colour in ((70, mix(RED, SAND, 0.75)), (48, mix(RED, SAND, 0.5))):
        s.disc(770, 420, radius, colour)
    s.shape([(770, 424), (738, 352), (802, 352)], RED)
    s.disc(770, 342, 40, RED)
    s.disc(770, 342, 17, CREAM)
    s.shape([(540, 262), (604, 246), (620, 268), (556, 284)], NAVY)
    s.shape([(552, 252), (590, 244), (594, 256), (556, 264)], CREAM)
    for angle in range(0, 360, 45):
        a, long = math.radians(angle), 78 if angle % 90 == 0 else 46
        left, right = a + 0.5, a - 0.5
        s.shape(
            [
                (200 + long * math.cos(a), 650 + long * math.sin(a)),
                (200 + 18 * math.cos(left), 650 + 18 * math.sin(left)),
                (200, 650),
            ],
            NAVY,
        )
        s.shape(
            [
                (200 + long * math.cos(a), 650 + long * math.sin(a)),
                (200 + 18 * math.cos(right), 650 + 18 * math.sin(right)),
                (200, 650),
            ],
            CORAL if angle == 270 else mix(NAVY, SKY, 0.5),
        )
    return s


def oyster_satellite() -> Sheet:
    """Rafts in a bay under a satellite."""
    s = Sheet(SEA)
    s.land([(0, 0), (1200, 0)], SEA)
    s.shape(
        smooth(
            [(-40, -40), (360, -40), (330, 120), (200, 200), (220, 340), (90, 420), (60, 600), (-40, 640)], closed=True
        ),
        GREEN,
    )
    s.shape(
        smooth(
            [(-40, -40), (310, -40), (280, 100), (150, 180), (170, 320), (50, 400), (20, 560), (-40, 590)], closed=True
        ),
        LEAF,
    )
    s.shape(
        smooth([(1240, 300), (1100, 380), (1120, 520), (980, 640), (1010, 760), (960, 840), (1240, 840)], closed=True),
        GREEN,
    )
    s.shape(smooth([(1240, 350), (1140, 410), (1160, 540), (1030, 660), (1060, 840), (1240, 840)], closed=True), LEAF)
    for y in range(150, 800, 90):
        s.stroke(smooth([(300, y), (500, y + 22), (700, y - 8), (900, y + 16)]), mix(SEA, TEAL, 0.55), 4)
    for row in range(5):
        for column in range(6):
            x, y = 310 + column * 104 - row * 16, 330 + row * 86 + column * 12
            if (row, column) in {(0, 5), (1, 2), (4, 0)}:
                continue
            colour = CORAL if (row, column) in {(2, 3), (3, 1)} else SAND
            s.shape([(x, y), (x + 76, y + 9), (x + 70, y + 55), (x - 6, y + 46)], colour)
            for beam in range(1, 5):
                s.stroke(
                    [(x + beam * 15, y + beam * 2), (x + beam * 15 - 6, y + beam * 2 + 45)], dark(colour, 0.3), 2.5
                )
    s.shape([(618, 190), (400, 800), (900, 800)], mix(SEA, CREAM, 0.16))
    for row in range(5):
        for column in range(6):
            x, y = 310 + column * 104 - row * 16, 330 + row * 86 + column * 12
            if abs(x + 35 - 632) < 70 + row * 48 and (row, column) not in {(0, 5), (1, 2), (4, 0)}:
                s.shape(
                    [(x, y), (x + 76, y + 9), (x + 70, y + 55), (x - 6, y + 46)],
                    RED if (row, column) in {(2, 3), (3, 1)} else CREAM,
                )
                for beam in range(1, 5):
                    s.stroke(
                        [(x + beam * 15, y + beam * 2), (x + beam * 15 - 6, y + beam * 2 + 45)],
                        ROSE if (row, column) in {(2, 3), (3, 1)} else STONE,
                        2.5,
                    )
    for side in (-1, 1):
        s.shape([(618 + side * 56, 104), (618 + side * 226, 66), (618 + side * 236, 148), (618 + side * 60, 150)], NAVY)
        for cell in range(1, 4):
            s.stroke([(618 + side * (56 + cell * 43), 104 - cell * 9), (618 + side * (60 + cell * 44), 150)], SKY, 3)
        s.stroke([(618 + side * 58, 127), (618 + side * 230, 107)], SKY, 3)
    s.box(568, 84, 100, 96, GOLD, round_by=8)
    s.box(630, 84, 38, 96, dark(GOLD), round_by=8)
    s.disc(618, 184, 28, CREAM)
    s.disc(618, 188, 15, INK)
    s.stroke([(618, 84), (618, 46)], RUST, 5)
    s.disc(618, 44, 8, CORAL)
    return s
