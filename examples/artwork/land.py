"""Pictures of hills, plains and the sky above them."""

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
    LIME,
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
from artwork.things import birds, fir, house, stars, turbine


def rocket() -> Sheet:
    """A small rocket rising from a coast into fog."""
    s = Sheet(SKY)
    s.sky([mix(SEA, SKY, 0.3), mix(SEA, SKY, 0.6), SKY, mix(SKY, PALE, 0.5), PALE], 0, 640)
    s.disc(900, 200, 90, CREAM)
    s.land([(0, 560), (220, 480), (420, 540), (700, 460), (940, 530), (1200, 480)], mix(GREEN, SKY, 0.5))
    s.land([(0, 620), (340, 570), (700, 620), (1200, 560)], mix(GREEN, DEEP, 0.15))
    s.box(330, 420, 16, 230, SLATE)
    s.box(390, 420, 16, 230, SLATE)
    for rung in range(6):
        s.stroke([(336, 440 + rung * 34), (398, 470 + rung * 34)], SLATE, 6)
    s.shape([(560, 470), (640, 470), (690, 700), (510, 700)], CREAM)
    for x, y, r in (
        (600, 690, 120),
        (480, 706, 90),
        (720, 706, 96),
        (390, 730, 70),
        (820, 732, 72),
        (600, 560, 62),
        (572, 620, 66),
        (640, 630, 62),
    ):
        s.disc(x, y, r, CREAM)
    for x, y, r in ((520, 740, 80), (690, 748, 86)):
        s.disc(x, y, r, BONE)
    s.shape([(574, 420), (626, 420), (612, 520), (600, 566), (588, 520)], GOLD)
    s.shape([(584, 420), (616, 420), (606, 484), (600, 510), (594, 484)], CORAL)
    s.shape(
        smooth([(600, 60), (640, 140), (652, 240), (650, 400), (550, 400), (548, 240), (560, 140)], closed=True), PALE
    )
    s.shape([(600, 66), *smooth([(604, 66), (640, 140), (651, 240), (649, 400)]), (600, 404)], mix(STONE, PALE, 0.4))
    s.shape([*smooth([(562, 140), (580, 92), (600, 58), (620, 92), (638, 140)])], CORAL)
    s.shape([*smooth([(600, 58), (620, 92), (638, 140)]), (600, 140)], dark(CORAL))
    s.disc(600, 210, 26, NAVY)
    s.disc(600, 210, 16, SKY)
    s.box(550, 300, 101, 18, CORAL)
    for side in (-1, 1):
        s.shape(
            [(600 + side * 50, 320), (600 + side * 104, 420), (600 + side * 50, 404)],
            CORAL if side < 0 else dark(CORAL),
        )
    s.box(572, 398, 56, 24, INK)
    for y, wide, x in ((590, 330, -40), (640, 420, 860), (690, 560, -120), (730, 520, 760)):
        s.box(x, y, wide, 44, mix(PALE, CREAM, 0.5), round_by=22)
    s.box(-20, 756, 1240, 60, mix(PALE, CREAM, 0.5))
    birds(s, [(240, 300, 24), (300, 340, 17)], SEA)
    return s


def antenna_steppe() -> Sheet:
    """White dishes on a yellow steppe, a ger beside them."""
    s = Sheet(PEACH)
    s.sky([mix(SEA, PLUM, 0.3), mix(SEA, ROSE, 0.45), mix(ROSE, PEACH, 0.3), mix(PEACH, SAND, 0.5), SAND], 0, 500)
    s.disc(910, 150, 70, CREAM)
    s.disc(888, 138, 13, BONE)
    s.disc(934, 172, 18, BONE)
    stars(s, 30, 190, CREAM, seed=11)
    s.land([(0, 470), (200, 400), (420, 450), (700, 380), (950, 440), (1200, 390)], mix(PLUM, ROSE, 0.5))
    s.land([(0, 520), (400, 488), (800, 510), (1200, 480)], mix(GOLD, RUST, 0.3))
    for x, base, size in ((760, 530, 66), (900, 536, 76), (1060, 540, 88)):
        _dish(s, x, base, size)
    s.land([(0, 590), (500, 560), (1200, 580)], mix(GOLD, PEACH, 0.2))
    s.land([(0, 690), (420, 640), (900, 690), (1200, 650)], mix(GOLD, RUST, 0.18))
    _dish(s, 560, 650, 190)
    s.box(120, 520, 240, 110, CREAM)
    s.shape([(104, 524), (240, 440), (376, 524)], BONE)
    s.shape([(240, 440), (376, 524), (300, 524)], dark(BONE, 0.12))
    s.box(120, 548, 240, 12, CORAL)
    s.box(120, 600, 240, 8, SEA)
    s.box(214, 556, 52, 74, CORAL)
    s.box(236, 556, 6, 74, RUST)
    s.box(226, 420, 28, 28, SLATE)
    for x, y in ((800, 690), (860, 712), (930, 686), (760, 730), (1010, 720)):
        s.box(x, y, 46, 26, CREAM, round_by=13)
        s.disc(x + 48, y + 4, 11, INK)
        s.box(x + 8, y + 22, 5, 18, INK)
        s.box(x + 32, y + 22, 5, 18, INK)
    return s


def _dish(s: Sheet, x: float, base: float, size: float) -> None:
    """A dish antenna that looks up to the right."""
    s.shape(
        [
            (x - size * 0.24, base),
            (x + size * 0.24, base),
            (x + size * 0.08, base - size * 0.7),
            (x - size * 0.08, base - size * 0.7),
        ],
        STONE,
    )
    tilt = math.radians(-40)

    def place(a: float, b: float) -> tuple[float, float]:
        return x + size * (a * math.cos(tilt) - b * math.sin(tilt)), base - size * 0.85 + size * (
            a * math.sin(tilt) + b * math.cos(tilt)
        )

    turned = [(0.12 + 0.32 * math.cos(t / 40 * math.tau), 0.8 * math.sin(t / 40 * math.tau)) for t in range(41)]
    bowl = [
        place(-0.36 * math.cos((t / 20 - 0.5) * math.pi) + 0.12, 0.8 * math.sin((t / 20 - 0.5) * math.pi))
        for t in range(21)
    ]
    s.shape([*bowl], BONE)
    s.shape([place(a * 0.6 + 0.05, b) for a, b in turned], CREAM)
    s.shape([place(a * 0.34 + 0.04, b * 0.78) for a, b in turned], mix(BONE, STONE, 0.25))
    for b in (-0.62, 0.62):
        s.stroke([place(0.12, b), place(0.66, 0)], SLATE, max(2.0, size * 0.022))
    s.disc(*place(0.68, 0), size * 0.07, CORAL)


def wind_farm() -> Sheet:
    """Wind turbines on hills above a village by the sea."""
    s = Sheet(SKY)
    s.sky([mix(SKY, SEA, 0.15), SKY, mix(SKY, PALE, 0.5), PALE, CREAM], 0, 480)
    s.disc(920, 200, 80, mix(GOLD, CREAM, 0.5))
    s.cloud(250, 150, 120, CREAM)
    s.cloud(620, 90, 70, CREAM)
    s.land([(0, 430), (260, 330), (480, 400), (800, 300), (1200, 400)], mix(GREEN, SKY, 0.55))
    for x, base, high, turn in ((150, 420, 190, 15), (330, 400, 170, 60), (1040, 390, 180, 35)):
        turbine(s, x, base, high, PALE, turn=turn)
    s.land([(0, 500), (300, 440), (620, 480), (900, 380), (1200, 470)], LEAF)
    turbine(s, 860, 440, 300, CREAM, turn=50)
    turbine(s, 560, 500, 400, CREAM, turn=-18)
    s.land([(0, 560), (260, 520), (640, 580), (960, 520), (1200, 560)], GREEN)
    s.land([(0, 640), (300, 610), (700, 650), (1200, 600)], mix(GREEN, LIME, 0.35))
    for x, base, wide, roof in (
        (120, 640, 96, CORAL),
        (260, 628, 80, SLATE),
        (380, 650, 104, RUST),
        (700, 660, 96, CORAL),
        (840, 646, 84, SLATE),
        (990, 640, 100, CORAL),
    ):
        house(s, x, base, wide, CREAM, roof)
    s.box(0, 690, 1200, 110, SEA)
    s.land([(0, 676), (400, 690), (800, 684), (1200, 672)], SAND)
    s.waves(716, 5, 220, SEA)
    s.waves(756, 5, 260, mix(SEA, NAVY, 0.4), shift=80)
    s.shape([(500, 722), (610, 722), (590, 750), (520, 750)], CORAL)
    s.shape([(548, 716), (548, 660), (596, 712)], CREAM)
    birds(s, [(720, 180, 22), (770, 214, 16)], NAVY)
    return s


def snow_battery() -> Sheet:
    """Battery cabinets in the snow."""
    s = Sheet(NAVY)
    s.sky([DEEP, mix(DEEP, SEA, 0.35), mix(NAVY, TEAL, 0.3), mix(SEA, TEAL, 0.4)], 0, 480)
    for at, colour in enumerate((mix(TEAL, LIME, 0.25), mix(TEAL, LIME, 0.45), mix(TEAL, MINT, 0.4))):
        y = 120 + at * 46
        upper = smooth([(0, y + 60), (300, y - 20), (620, y + 70), (900, y - 10), (1200, y + 50)])
        lower = smooth([(1200, y + 84), (900, y + 20), (620, y + 100), (300, y + 14), (0, y + 92)])
        s.shape([*upper, *lower], mix(colour, NAVY, 0.45 - at * 0.1))
    stars(s, 90, 330, CREAM, seed=13)
    s.disc(980, 130, 60, CREAM)
    for at in range(15):
        fir(s, 20 + at * 86, 480 + at % 3 * 10, 140 + at * 41 % 90, mix(NAVY, GREEN, 0.35))
    s.land([(0, 490), (300, 460), (700, 486), (1200, 456)], mix(SKY, PALE, 0.3))
    house(s, 880, 540, 190, RED, PLUM, lit=GOLD)
    s.shape([(858, 422), (975, 342), (1092, 422), (1064, 422), (975, 368), (886, 422)], CREAM)
    s.box(1010, 318, 26, 54, RUST)
    for x, y, r in ((1030, 290, 20), (1050, 256, 28), (1086, 216, 34)):
        s.disc(x, y, r, mix(SEA, STONE, 0.5))
    s.land([(0, 570), (400, 540), (800, 570), (1200, 540)], PALE)
    for at in range(4):
        x = 190 + at * 158
        s.box(x + 12, 690, 150, 16, mix(SKY, STONE, 0.3), round_by=8)
        s.box(x, 400, 140, 300, mix(PALE, STONE, 0.35), round_by=10)
        s.box(x + 104, 400, 36, 300, STONE, round_by=10)
        s.box(x - 4, 382, 148, 34, CREAM, round_by=17)
        s.box(x + 20, 444, 74, 120, DEEP, round_by=8)
        for cell in range(5):
            s.box(x + 28, 538 - cell * 22, 58, 16, LIME if cell < 4 - at % 2 else SLATE, round_by=3)
        for slot in range(4):
            s.box(x + 22, 592 + slot * 20, 70, 8, SLATE, round_by=4)
    s.stroke(smooth([(800, 640), (860, 660), (900, 600), (960, 540)]), CORAL, 9)
    s.land([(0, 700), (300, 680), (700, 712), (1200, 670)], CREAM)
    s.land([(0, 770), (500, 740), (1200, 764)], PALE)
    stars(s, 70, 800, CREAM, seed=29)
    return s


def cargo_airship() -> Sheet:
    """An airship carrying a crate over layered mountains."""
    s = Sheet(PALE)
    s.sky([mix(SKY, SEA, 0.2), SKY, mix(SKY, PALE, 0.6), mix(PALE, SAND, 0.5), SAND], 0, 520)
    s.disc(960, 210, 80, CREAM)
    s.cloud(180, 240, 90, CREAM)
    for at, (y, colour) in enumerate(
        (
            (470, mix(SKY, STONE, 0.4)),
            (540, mix(TEAL, SKY, 0.4)),
            (620, mix(TEAL, GREEN, 0.5)),
            (700, mix(GREEN, DEEP, 0.2)),
        )
    ):
        peaks = [(0, y)]
        for step in range(7):
            peaks += [
                (100 + step * 200 + at * 40, y - 130 + step * 53 % 70 + at * 14),
                (200 + step * 200 + at * 40, y + 26),
            ]
        s.shape([*peaks, (1300, 800), (0, 800)], colour)
        for step in range(7):
            top = peaks[1 + step * 2]
            s.shape([top, peaks[2 + step * 2], (top[0] + 20, y + 40)], dark(colour, 0.16))
    s.box(700, 640, 90, 46, CREAM)
    s.shape([(690, 642), (745, 604), (800, 642)], CORAL)
    for row in range(3):
        s.land(
            [(0, 740 + row * 26), (500, 716 + row * 28), (1200, 742 + row * 24)],
            (LEAF, LIME, mix(LEAF, GOLD, 0.3))[row],
        )
    hull = smooth(
        [
            (210, 272),
            (270, 200),
            (450, 146),
            (680, 148),
            (860, 204),
            (946, 274),
            (860, 340),
            (680, 392),
            (450, 394),
            (270, 344),
        ],
        closed=True,
    )
    s.shape([(830, 236), (990, 130), (1010, 150), (930, 270)], dark(CORAL))
    s.shape([(830, 308), (990, 414), (1010, 394), (930, 276)], dark(CORAL, 0.35))
    s.shape(hull, CREAM)
    s.shape(
        [
            (212, 276),
            *smooth([(270, 344), (450, 394), (680, 392), (860, 340), (946, 274)]),
            (860, 300),
            (640, 322),
            (430, 322),
        ],
        BONE,
    )
    s.shape(
        smooth(
            [(216, 262), (430, 236), (700, 236), (940, 268), (940, 286), (700, 300), (430, 300), (216, 284)],
            closed=True,
        ),
        CORAL,
    )
    s.box(840, 262, 170, 24, CORAL, round_by=6)
    for x in (420, 560, 700):
        s.stroke(smooth([(x, 150), (x - 16, 270), (x, 392)]), mix(BONE, STONE, 0.3), 3)
    s.box(500, 386, 170, 44, NAVY, round_by=18)
    for x in range(520, 650, 34):
        s.box(x, 396, 22, 14, SKY, round_by=5)
    for x in (470, 700):
        s.disc(x, 404, 24, SLATE)
        s.box(x - 4, 372, 8, 64, INK, round_by=4)
    for x in (548, 622):
        s.stroke([(x, 428), (585, 500)], INK, 3)
    s.stroke([(585, 500), (530, 540)], INK, 3)
    s.stroke([(585, 500), (640, 540)], INK, 3)
    s.box(516, 538, 138, 78, GOLD)
    s.box(600, 538, 54, 78, dark(GOLD))
    for x in (516, 580, 640):
        s.box(x, 538, 14, 78, RUST)
    birds(s, [(230, 430, 22), (280, 460, 15), (1050, 480, 20)], NAVY)
    return s


def village_solar() -> Sheet:
    """Houses with solar roofs round one large battery."""
    s = Sheet(SAND)
    s.sky([mix(ROSE, PEACH, 0.4), PEACH, mix(PEACH, SAND, 0.6), SAND], 0, 440)
    s.halo(610, 300, (150, 118, 88), CREAM, mix(PEACH, SAND, 0.7))
    s.land([(0, 380), (200, 250), (400, 350), (640, 200), (860, 330), (1040, 240), (1200, 330)], mix(PLUM, ROSE, 0.55))
    s.land([(0, 430), (300, 360), (700, 420), (1200, 350)], mix(GREEN, PLUM, 0.3))
    s.land([(0, 490), (400, 450), (800, 480), (1200, 440)], GREEN)
    for x, base, wide in ((60, 540, 130), (240, 520, 110), (850, 520, 120), (1020, 540, 130)):
        _solar_house(s, x, base, wide)
    s.land([(0, 580), (400, 550), (800, 560), (1200, 570)], LEAF)
    for x, base, wide in ((110, 690, 190), (900, 690, 190)):
        _solar_house(s, x, base, wide)
    s.land([(0, 690), (300, 670), (600, 700), (900, 670), (1200, 690)], mix(LEAF, LIME, 0.5))
    for start in ((300, 640), (900, 640), (350, 500), (860, 500)):
        s.stroke(smooth([start, ((start[0] + 600) / 2, start[1] + 26), (600, 610)]), GOLD, 6)
    s.disc(600, 742, 180, dark(LEAF, 0.35), flat=0.12)
    s.box(560, 372, 80, 34, SLATE, round_by=8)
    s.box(486, 400, 228, 344, DEEP, round_by=30)
    s.box(504, 418, 192, 308, CREAM, round_by=20)
    for cell in range(4):
        s.box(522, 648 - cell * 72, 156, 60, (GREEN, LEAF, LIME, BONE)[cell], round_by=10)
    s.shape([(622, 470), (548, 584), (594, 584), (570, 678), (656, 556), (608, 556), (634, 470)], CORAL)
    return s


def _solar_house(s: Sheet, x: float, base: float, wide: float) -> None:
    """A house whose roof is a solar panel."""
    s.box(x, base - wide * 0.5, wide, wide * 0.5, CREAM)
    s.box(x + wide * 0.7, base - wide * 0.5, wide * 0.3, wide * 0.5, BONE)
    s.box(x + wide * 0.14, base - wide * 0.36, wide * 0.2, wide * 0.18, GOLD)
    s.box(x + wide * 0.44, base - wide * 0.36, wide * 0.18, wide * 0.36, RUST)
    roof = [
        (x - wide * 0.1, base - wide * 0.48),
        (x + wide * 0.14, base - wide * 0.86),
        (x + wide * 0.86, base - wide * 0.86),
        (x + wide * 1.1, base - wide * 0.48),
    ]
    s.shape(roof, SLATE)
    for row in range(2):
        for column in range(4):
            top, low = 0.83 - row * 0.17, 0.69 - row * 0.17
            squeeze = 0.16 - row * 0.09
            left = 0.02 + squeeze + column * (0.96 - 2 * squeeze) / 4
            right = left + (0.96 - 2 * squeeze) / 4 - 0.03
            s.shape(
                [
                    (x + wide * (left + 0.01), base - wide * top),
                    (x + wide * right, base - wide * top),
                    (x + wide * right, base - wide * low),
                    (x + wide * (left - 0.01), base - wide * low),
                ],
                SEA if (row + column) % 2 else NAVY,
            )
