"""Pictures of streets and rooms."""

from artwork.canvas import (
    BONE,
    CORAL,
    CREAM,
    DEEP,
    GOLD,
    GREEN,
    INK,
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
from artwork.things import bus, house, scooter, stars, wheel


def noodle_scooter() -> Sheet:
    """A noodle shop at night with a scooter in front."""
    night = mix(NAVY, PLUM, 0.45)
    s = Sheet(night)
    s.sky([DEEP, mix(DEEP, night, 0.5), night], 0, 420)
    stars(s, 50, 330, mix(night, CREAM, 0.5))
    s.disc(1010, 140, 56, SAND)
    for x, top, wide in ((0, 240, 150), (120, 170, 130), (930, 280, 140), (1050, 210, 150)):
        s.box(x, top, wide, 500, mix(night, DEEP, 0.55))
        for row in range(4):
            for column in range(2):
                lit = GOLD if (row + column + x // 10) % 3 == 0 else mix(night, DEEP, 0.2)
                s.box(x + 26 + column * 56, top + 34 + row * 62, 30, 34, lit)
    s.box(230, 190, 720, 440, mix(RUST, PLUM, 0.3))
    s.box(230, 190, 720, 22, mix(RUST, PLUM, 0.6))
    s.box(270, 330, 640, 300, GOLD)
    s.box(270, 330, 640, 120, mix(GOLD, SAND, 0.55))
    for x in (300, 390, 480):
        s.box(x, 352, 66, 84, CREAM)
        for line in range(4):
            s.box(x + 12, 366 + line * 16, 42 - line % 2 * 12, 5, CORAL)
    s.disc(760, 420, 36, PEACH)
    s.half(760, 414, 42, CREAM)
    s.box(718, 412, 84, 14, CREAM)
    s.shape([(700, 540), (716, 460), (804, 460), (820, 540)], CORAL)
    s.box(742, 452, 36, 20, PEACH)
    s.stroke([(712, 480), (664, 500), (640, 486)], CORAL, 20)
    s.disc(638, 484, 11, PEACH)
    s.box(250, 522, 680, 26, BONE)
    s.box(250, 548, 680, 92, CREAM)
    for x in range(250, 930, 40):
        s.box(x, 548, 20, 92, CORAL)
    s.shape([(588, 470), (660, 470), (648, 522), (600, 522)], SLATE)
    s.box(578, 462, 92, 12, STONE, round_by=5)
    for x in (606, 640):
        s.stroke(smooth([(x, 446), (x - 14, 416), (x + 10, 388), (x - 6, 354)]), CREAM, 7)
    s.shape([(204, 300), (976, 300), (944, 240), (236, 240)], CORAL)
    for at in range(8):
        x = 204 + at * 96.5
        s.half(x + 48, 300, 48.5, CREAM if at % 2 else CORAL, start=0, end=180)
    s.box(440, 126, 300, 82, INK, round_by=12)
    s.box(450, 136, 280, 62, RED, round_by=8)
    s.half(530, 156, 34, CREAM, start=0, end=180)
    s.stroke([(504, 150), (556, 150)], CREAM, 5)
    s.stroke([(520, 148), (566, 138)], GOLD, 4)
    for line in range(3):
        s.stroke([(606, 154 + line * 14), (694 - line * 20, 154 + line * 14)], CREAM, 6)
    for x in (300, 880):
        s.stroke([(x, 300), (x, 352)], INK, 3)
        s.halo(x, 386, (46, 38), RED, mix(RED, GOLD, 0.3))
        s.box(x - 18, 346, 36, 8, INK)
        s.box(x - 18, 420, 36, 8, INK)
    s.box(0, 636, 1200, 164, mix(DEEP, SLATE, 0.35))
    s.box(0, 636, 1200, 10, mix(SLATE, STONE, 0.3))
    s.shape([(250, 646), (930, 646), (1060, 800), (120, 800)], mix(mix(DEEP, SLATE, 0.35), PEACH, 0.3))
    s.disc(556, 758, 190, mix(DEEP, SLATE, 0.12), flat=0.09)
    scooter(s, 440, 764, 222, TEAL)
    return s


def bus_night() -> Sheet:
    """Electric buses in their garage, feeding a village at night."""
    s = Sheet(DEEP)
    s.sky([DEEP, mix(DEEP, NAVY, 0.6), NAVY, mix(NAVY, SEA, 0.5)], 0, 460)
    stars(s, 70, 330, mix(NAVY, CREAM, 0.6), seed=21)
    s.disc(190, 130, 58, CREAM)
    s.land([(0, 420), (190, 300), (420, 380), (660, 250), (900, 360), (1200, 290)], mix(NAVY, SEA, 0.35))
    s.land([(0, 470), (300, 400), (640, 452), (960, 400), (1200, 440)], mix(NAVY, GREEN, 0.35))
    for x, base, wide in (
        (60, 470, 92),
        (210, 438, 76),
        (330, 452, 90),
        (920, 440, 84),
        (1060, 468, 100),
        (820, 450, 70),
    ):
        house(s, x, base, wide, mix(NAVY, STONE, 0.35), mix(DEEP, RUST, 0.4), lit=GOLD)
    s.box(0, 486, 1200, 314, mix(DEEP, SLATE, 0.45))
    s.box(70, 500, 1060, 24, SLATE)
    s.box(70, 516, 1060, 8, DEEP)
    for x in (110, 600, 1080):
        s.box(x - 9, 520, 18, 200, SLATE)
    s.box(0, 716, 1200, 84, mix(DEEP, SLATE, 0.7))
    for x in (330, 560, 850):
        s.halo(x, 524, (26, 17), CREAM, mix(SLATE, GOLD, 0.5))
    bus(s, 130, 740, 440, TEAL)
    bus(s, 640, 740, 440, CORAL)
    for x in (590, 1100):
        s.box(x - 6, 610, 40, 112, CREAM, round_by=8)
        s.box(x + 2, 622, 24, 30, NAVY, round_by=3)
        s.shape(
            [(x + 18, 656), (x + 6, 682), (x + 15, 682), (x + 9, 704), (x + 26, 676), (x + 16, 676), (x + 24, 656)],
            GOLD,
        )
        s.stroke(smooth([(x - 4, 690), (x - 24, 716), (x - 34, 668)]), GOLD, 5)
    return s


def tuk_tuk() -> Sheet:
    """A three-wheeled taxi before a garage."""
    s = Sheet(mix(ROSE, SAND, 0.5))
    s.box(0, 0, 1200, 640, mix(PEACH, ROSE, 0.4))
    for row in range(14):
        s.box(0, row * 46, 1200, 3, mix(PEACH, ROSE, 0.6))
    s.box(150, 110, 900, 530, mix(RUST, PLUM, 0.4))
    s.box(176, 134, 848, 506, DEEP)
    for line in range(8):
        s.box(176, 134 + line * 24, 848, 20, mix(STONE, TEAL, 0.3))
        s.box(176, 150 + line * 24, 848, 5, mix(SLATE, TEAL, 0.3))
    for x, y in ((230, 400), (330, 380), (860, 390), (950, 410)):
        s.ring(x, y, 38, 13, SLATE)
    s.box(210, 500, 170, 12, RUST)
    for x, colour in ((222, CORAL), (262, GOLD), (304, TEAL), (342, CORAL)):
        s.box(x, 464, 26, 36, colour, round_by=4)
    s.box(820, 480, 190, 160, mix(DEEP, SLATE, 0.5))
    s.box(820, 480, 190, 14, SLATE)
    s.box(0, 636, 1200, 164, mix(SAND, STONE, 0.35))
    s.box(0, 636, 1200, 10, mix(SAND, RUST, 0.3))
    s.disc(600, 742, 370, mix(STONE, RUST, 0.35), flat=0.07)
    s.shape(
        [(310, 640), (290, 500), (330, 468), (760, 468), (812, 540), (900, 560), (930, 640), (900, 690), (340, 690)],
        TEAL,
    )
    s.shape([(300, 590), (922, 610), (930, 640), (900, 690), (340, 690), (312, 650)], dark(TEAL))
    s.box(300, 572, 600, 12, GOLD)
    s.shape([(560, 470), (740, 470), (780, 540), (780, 690), (560, 690)], DEEP)
    s.shape([(570, 690), (570, 600), (640, 590), (660, 690)], CORAL)
    s.box(340, 476, 190, 90, dark(TEAL, 0.5), round_by=10)
    s.box(360, 510, 150, 70, CORAL, round_by=16)
    for x in (322, 540, 748):
        s.stroke([(x, 480), (x + 8, 330)], SLATE, 10)
    s.stroke([(810, 545), (770, 330)], SLATE, 10)
    s.shape(
        smooth([(276, 338), (300, 296), (560, 280), (780, 300), (846, 340), (840, 352), (286, 352)], closed=True), CORAL
    )
    s.box(284, 332, 556, 12, GOLD)
    for x in range(292, 832, 30):
        s.half(x + 15, 344, 13, CORAL, start=0, end=180)
    s.shape([(790, 360), (816, 360), (856, 546), (812, 540)], mix(SKY, CREAM, 0.4))
    s.stroke([(770, 560), (740, 520)], INK, 9)
    s.disc(914, 600, 24, CREAM)
    s.disc(914, 600, 14, GOLD)
    wheel(s, 880, 700, 48, BONE)
    wheel(s, 400, 696, 52, BONE)
    s.ring(400, 696, 52, 8, CORAL)
    s.shape([(404, 672), (380, 702), (398, 702), (390, 724), (420, 692), (402, 692), (412, 672)], GOLD)
    s.shape([(850, 636), (942, 636), (926, 668), (846, 668)], TEAL)
    return s


def sidewalk_robot() -> Sheet:
    """A delivery robot with a number plate at a zebra crossing."""
    s = Sheet(PALE)
    s.sky([mix(SKY, PALE, 0.3), PALE, mix(PALE, SAND, 0.5)], 0, 430)
    for x, top, wide, colour in (
        (-20, 160, 210, mix(ROSE, PALE, 0.3)),
        (200, 60, 190, mix(MINT, STONE, 0.25)),
        (400, 200, 230, mix(SAND, PALE, 0.2)),
        (640, 100, 170, mix(ROSE, PALE, 0.15)),
        (820, 180, 220, mix(MINT, STONE, 0.2)),
        (1050, 40, 180, mix(SAND, STONE, 0.2)),
    ):
        s.box(x, top, wide, 420, colour)
        for row in range(5):
            for column in range(3):
                s.box(x + 26 + column * (wide - 40) / 3, top + 36 + row * 58, 30, 30, dark(colour, 0.2))
    for x, colour in ((10, CORAL), (430, TEAL), (850, GOLD)):
        s.box(x, 380, 170, 74, mix(CREAM, colour, 0.15))
        for part in range(5):
            s.box(x + part * 34, 364, 34, 32, colour if part % 2 == 0 else CREAM)
    s.box(0, 452, 1200, 348, mix(BONE, STONE, 0.45))
    s.box(0, 452, 1200, 12, CREAM)
    s.box(0, 560, 1200, 240, SLATE)
    s.box(0, 548, 1200, 14, STONE)
    for at in range(7):
        x = -60 + at * 200
        s.shape([(x, 590), (x + 104, 590), (x + 84, 800), (x - 44, 800)], CREAM)
    s.box(1010, 190, 14, 370, INK)
    s.box(980, 150, 74, 150, INK, round_by=14)
    s.disc(1017, 190, 26, mix(INK, RED, 0.35))
    s.disc(1017, 258, 26, LIME)
    s.disc(620, 700, 270, mix(SLATE, INK, 0.5), flat=0.09)
    s.box(400, 380, 430, 250, CREAM, round_by=46)
    s.box(400, 520, 430, 110, BONE, round_by=40)
    s.box(400, 496, 430, 70, BONE)
    s.box(386, 366, 458, 62, CORAL, round_by=28)
    s.box(386, 400, 458, 28, dark(CORAL), round_by=13)
    s.box(560, 420, 230, 108, DEEP, round_by=26)
    for x in (626, 724):
        s.disc(x, 474, 22, MINT)
        s.disc(x + 6, 474, 9, DEEP)
    s.box(452, 556, 200, 58, INK, round_by=8)
    s.box(457, 561, 190, 48, CREAM, round_by=6)
    s.box(470, 574, 44, 22, GREEN, round_by=4)
    for at, x in enumerate((526, 552, 578, 604)):
        s.box(x, 572, 17, 26, INK, round_by=6)
        s.box(x + 5, 577, 7, 16 if at != 2 else 6, CREAM, round_by=3)
    s.stroke([(430, 370), (410, 190)], INK, 6)
    s.shape([(410, 190), (340, 214), (416, 244)], CORAL)
    for x in (460, 612, 764):
        wheel(s, x, 654, 52, STONE)
    s.disc(800, 580, 15, GOLD)
    return s


def robot_waiter() -> Sheet:
    """A waiter robot with two bowls of soup."""
    s = Sheet(mix(TEAL, DEEP, 0.35))
    s.box(0, 0, 1200, 560, mix(TEAL, DEEP, 0.3))
    s.box(0, 330, 1200, 230, mix(TEAL, DEEP, 0.5))
    s.box(0, 322, 1200, 10, GOLD)
    for x in (130, 930):
        s.box(x, 90, 150, 190, GOLD)
        s.box(x + 9, 99, 132, 172, SAND)
        s.disc(x + 75, 170, 40, CORAL)
    for x in (160, 960):
        s.shape([(x - 20, 260), (x + 45, 190), (x + 100, 260)], TEAL)
    s.box(0, 560, 1200, 240, mix(RUST, PLUM, 0.3))
    for at in range(10):
        s.shape(
            [(at * 150 - 120, 800), (at * 120 + 60, 560), (at * 120 + 64, 560), (at * 150 - 112, 800)],
            mix(RUST, PLUM, 0.55),
        )
    s.stroke([(600, 0), (600, 70)], INK, 5)
    s.half(600, 142, 110, CORAL)
    s.box(490, 138, 220, 8, RUST)
    s.shape([(496, 146), (704, 146), (860, 560), (340, 560)], mix(TEAL, GOLD, 0.24))
    s.disc(600, 560, 260, mix(RUST, GOLD, 0.35), flat=0.12)
    for x in (90, 1010):
        s.box(x - 10, 480, 140, 20, PEACH, round_by=8)
        s.box(x + 46, 498, 26, 190, RUST)
        s.box(x + 6, 686, 108, 14, RUST, round_by=6)
        s.half(x + 60, 446, 40, CREAM, start=0, end=180)
        s.stroke([(x + 20, 446), (x + 100, 446)], CREAM, 6)
    s.disc(600, 736, 190, mix(DEEP, RUST, 0.25), flat=0.13)
    s.box(452, 640, 296, 96, CREAM, round_by=44)
    s.box(452, 690, 296, 46, BONE, round_by=22)
    s.box(480, 380, 26, 280, BONE)
    s.box(694, 380, 26, 280, BONE)
    for y in (470, 590):
        s.box(446, y, 308, 22, CREAM, round_by=10)
        s.box(446, y + 12, 308, 10, STONE, round_by=5)
    for x, colour in ((540, CORAL), (660, GOLD)):
        s.half(x, 424, 46, colour, start=0, end=180)
        s.disc(x, 424, 46, dark(colour), flat=0.24)
        s.disc(x, 424, 37, SAND, flat=0.2)
        for off in (-14, 12):
            s.stroke(smooth([(x + off, 404), (x + off - 9, 382), (x + off + 8, 362)]), CREAM, 5)
    s.half(600, 552, 40, TEAL, start=0, end=180)
    s.disc(600, 552, 40, dark(TEAL), flat=0.22)
    s.box(478, 196, 244, 166, INK, round_by=44)
    s.box(470, 188, 244, 166, CREAM, round_by=44)
    s.box(494, 210, 196, 122, DEEP, round_by=30)
    for x in (550, 634):
        s.arc(x, 272, 21, 200, 340, 10, MINT)
    s.arc(592, 276, 30, 35, 145, 9, MINT)
    s.disc(516, 298, 10, CORAL)
    s.disc(668, 298, 10, CORAL)
    s.box(574, 352, 52, 40, BONE)
    s.disc(592, 172, 14, CORAL)
    s.stroke([(592, 188), (592, 174)], STONE, 7)
    return s
