"""Pictures of cars and roads."""

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
from artwork.things import bus, car, fir, palm, scooter, shimmer, stars


def city_bus() -> Sheet:
    """A city bus at its stop, a conductor in the door."""
    s = Sheet(SAND)
    s.sky([mix(GOLD, SAND, 0.55), mix(GOLD, SAND, 0.8), SAND, mix(SAND, CREAM, 0.5)], 0, 560)
    s.disc(880, 190, 96, CREAM)
    for x, top, wide in (
        (0, 250, 170),
        (190, 330, 150),
        (960, 300, 140),
        (1090, 220, 130),
        (340, 280, 120),
        (760, 350, 180),
    ):
        s.box(x, top, wide, 400, mix(SAND, ROSE, 0.6))
        for row in range(4):
            s.box(x + 20, top + 30 + row * 56, wide - 40, 20, mix(SAND, ROSE, 0.85))
    for x, r in ((110, 110), (250, 80), (1090, 120)):
        s.box(x - 10, 420, 20, 220, RUST)
        s.disc(x, 400, r, GREEN, flat=0.8)
        s.disc(x - r * 0.25, 380, r * 0.6, LEAF, flat=0.8)
    s.box(0, 612, 1200, 188, SLATE)
    s.box(0, 612, 1200, 22, BONE)
    for x in range(40, 1200, 180):
        s.box(x, 742, 100, 9, CREAM)
    s.disc(590, 716, 470, mix(SLATE, INK, 0.4), flat=0.05)
    bus(s, 180, 716, 800, GREEN, glass=NAVY)
    skin, shirt = mix(RUST, PEACH, 0.5), mix(SAND, PEACH, 0.4)
    s.box(768, 478, 92, 172, INK, round_by=6)
    s.shape(smooth([(778, 650), (780, 586), (800, 562), (838, 562), (858, 590), (860, 650)]), shirt)
    s.shape([(800, 566), (834, 650), (822, 650), (792, 572)], RUST)
    s.box(800, 616, 46, 34, RUST, round_by=6)
    s.stroke([(846, 582), (884, 604), (918, 560)], shirt, 21)
    s.disc(920, 552, 13, skin)
    s.box(811, 540, 18, 30, dark(skin))
    s.disc(821, 526, 27, skin)
    s.half(820, 520, 29, dark(GREEN, 0.4))
    s.box(820, 512, 42, 8, dark(GREEN, 0.6), round_by=4)
    s.stroke([(836, 540), (848, 536)], RED, 5)
    for radius in (40, 72, 104):
        s.arc(856, 520, radius, -60, -14, 8, CORAL)
    return s


def beach_scooter() -> Sheet:
    """A scooter under a palm on a beach."""
    s = Sheet(PEACH)
    s.sky([mix(ROSE, CORAL, 0.35), mix(ROSE, PEACH, 0.5), PEACH, mix(PEACH, SAND, 0.6), SAND], 0, 450)
    s.halo(380, 400, (180, 148, 118), CREAM, mix(PEACH, SAND, 0.4))
    s.box(0, 440, 1200, 360, TEAL)
    shimmer(s, 380, 448, (280, 240, 200, 150), mix(PEACH, CREAM, 0.4), gap=18)
    s.waves(520, 5, 300, mix(TEAL, MINT, 0.35))
    s.land([(0, 590), (240, 560), (520, 580), (820, 556), (1200, 590)], mix(MINT, CREAM, 0.5))
    s.land([(0, 612), (240, 582), (520, 600), (820, 576), (1200, 610)], SAND)
    s.land([(0, 730), (400, 690), (800, 730), (1200, 690)], mix(SAND, PEACH, 0.5))
    palm(s, 900, 690, 520, mix(GREEN, DEEP, 0.15), mix(RUST, PLUM, 0.3), lean=-0.2)
    palm(s, 1030, 720, 390, GREEN, mix(RUST, PLUM, 0.3), lean=0.1)
    s.disc(606, 716, 250, mix(SAND, RUST, 0.3), flat=0.07)
    scooter(s, 440, 720, 330, CORAL)
    s.shape(
        smooth(
            [(330, 604), (420, 574), (700, 568), (870, 590), (890, 600), (860, 612), (620, 634), (420, 630)],
            closed=True,
        ),
        CREAM,
    )
    s.stroke(smooth([(340, 604), (620, 600), (880, 600)]), TEAL, 8)
    s.shape([(370, 624), (420, 628), (372, 664)], TEAL)
    return s


def red_car() -> Sheet:
    """A car drawn so that its drive shows."""
    s = Sheet(BONE)
    for x in range(0, 1200, 60):
        s.box(x, 0, 2, 800, mix(BONE, STONE, 0.22))
    for y in range(0, 800, 60):
        s.box(0, y, 1200, 2, mix(BONE, STONE, 0.22))
    s.disc(600, 400, 320, mix(BONE, CREAM, 0.7))
    s.box(90, 636, 1020, 8, SLATE, round_by=4)
    s.disc(600, 642, 430, mix(BONE, STONE, 0.6), flat=0.04)
    car(s, 190, 636, 820, RED)
    s.box(430, 520, 330, 56, DEEP, round_by=12)
    for cell in range(7):
        s.box(442 + cell * 45, 530, 36, 36, GOLD if cell < 5 else SLATE, round_by=5)
    for x, big in ((838, 62), (362, 0)):
        if big:
            s.disc(x, 557, big + 30, CREAM)
            s.ring(x, 557, big + 30, 6, DEEP)
            for spoke in range(6):
                s.arc(x, 557, 52, spoke * 60 + 8, spoke * 60 + 44, 20, CORAL)
            s.disc(x, 557, 22, DEEP)
    s.stroke([(760, 548), (784, 548)], GOLD, 10)
    s.stroke([(838, 464), (838, 300), (930, 300)], DEEP, 4)
    s.disc(838, 464, 9, DEEP)
    for at, wide in enumerate((140, 180, 110)):
        s.box(950, 286 + at * 22, wide, 10, SLATE, round_by=5)
    s.stroke([(520, 560), (520, 712), (420, 712)], DEEP, 4)
    s.disc(520, 560, 9, DEEP)
    for at, wide in enumerate((150, 110)):
        s.box(396 - wide, 700 + at * 22, wide, 10, SLATE, round_by=5)
    for at in range(9):
        s.ring(180 + at % 3 * 52, 120 + at // 3 * 52, 18, 7, CORAL if at == 4 else STONE)
    return s


def snow_road() -> Sheet:
    """A blue car on a snowy road among firs."""
    s = Sheet(PALE)
    s.sky([mix(SKY, SEA, 0.3), SKY, mix(SKY, PALE, 0.6), PALE], 0, 430)
    s.disc(890, 180, 66, CREAM)
    s.land([(0, 380), (240, 220), (420, 330), (640, 180), (900, 340), (1200, 250)], mix(SKY, STONE, 0.45))
    s.land([(0, 420), (300, 340), (620, 400), (920, 350), (1200, 400)], mix(PALE, SKY, 0.5))
    for at in range(15):
        fir(s, 30 + at * 84, 440 + at % 3 * 16, 150 + at * 37 % 70, mix(GREEN, NAVY, 0.45))
    s.land([(0, 470), (400, 446), (800, 470), (1200, 446)], mix(PALE, CREAM, 0.4))
    s.land([(0, 610), (500, 570), (900, 596), (1200, 560)], mix(STONE, SLATE, 0.4))
    s.land([(0, 742), (500, 700), (900, 716), (1200, 690)], CREAM)
    for x in range(30, 1200, 160):
        s.box(x, 662 - x * 0.03, 80, 8, CREAM, round_by=4)
    for x, high in ((90, 300), (1090, 340)):
        fir(s, x, 620, high, mix(GREEN, DEEP, 0.2))
    s.disc(600, 676, 300, mix(SLATE, INK, 0.35), flat=0.05)
    car(s, 310, 680, 560, SEA, glass=DEEP)
    stars(s, 130, 800, CREAM, seed=5)
    return s
