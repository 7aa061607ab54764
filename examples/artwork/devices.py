"""Pictures of phones, cards and other things that speak."""

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
    light,
    mix,
    smooth,
)
from artwork.things import stars


def phone_comic() -> Sheet:
    """A phone with a comic of four panels, one left empty."""
    s = Sheet(mix(ROSE, CORAL, 0.25))
    s.disc(600, 400, 470, mix(ROSE, CORAL, 0.12))
    s.disc(600, 400, 350, mix(ROSE, CREAM, 0.25))
    s.box(398, 52, 440, 730, mix(PLUM, CORAL, 0.35), round_by=52)
    s.box(380, 36, 440, 730, INK, round_by=52)
    s.box(398, 54, 404, 694, CREAM, round_by=38)
    s.box(412, 100, 376, 200, SKY, round_by=10)
    s.shape([*smooth([(412, 260), (500, 220), (600, 250), (700, 200), (788, 250)]), (788, 300), (412, 300)], LEAF)
    s.disc(720, 150, 30, GOLD)
    s.disc(520, 214, 34, PEACH)
    s.half(520, 206, 37, PLUM)
    s.shape([(476, 300), (486, 250), (554, 250), (564, 300)], CORAL)
    s.box(566, 122, 110, 50, CREAM, round_by=24)
    s.shape([(580, 160), (604, 168), (556, 194)], CREAM)
    for at in range(3):
        s.disc(598 + at * 24, 147, 6, INK)
    s.box(412, 314, 182, 190, PLUM, round_by=10)
    s.disc(503, 410, 62, PEACH)
    s.half(503, 396, 66, INK)
    s.stroke([(476, 416), (490, 410)], INK, 6)
    s.stroke([(516, 410), (530, 416)], INK, 6)
    s.arc(503, 446, 18, 200, 340, 6, RED)
    for a in range(0, 360, 30):
        w = math.radians(a)
        s.stroke(
            [(503 + 80 * math.cos(w), 408 + 80 * math.sin(w)), (503 + 88 * math.cos(w), 408 + 88 * math.sin(w))],
            GOLD,
            5,
        )
    s.box(606, 314, 182, 190, GOLD, round_by=10)
    for line in range(7):
        s.stroke([(606 + 8, 330 + line * 27), (700, 410)], CREAM, 5)
        s.stroke([(780, 330 + line * 27), (700, 410)], CREAM, 5)
    s.shape(
        [
            (700, 336),
            (722, 388),
            (774, 392),
            (734, 428),
            (750, 482),
            (700, 452),
            (650, 482),
            (666, 428),
            (626, 392),
            (678, 388),
        ],
        CORAL,
    )
    s.box(412, 518, 376, 200, mix(BONE, STONE, 0.3), round_by=10)
    s.box(417, 523, 366, 190, CREAM, round_by=8)
    for x in range(430, 780, 30):
        s.box(x, 612, 15, 3, STONE)
    s.box(548, 70, 104, 14, INK, round_by=7)
    s.shape([(690, 640), (880, 470), (930, 526), (734, 690)], CORAL)
    s.shape([(712, 665), (905, 498), (930, 526), (734, 690)], dark(CORAL))
    s.shape([(690, 640), (734, 690), (664, 704)], SAND)
    s.shape([(676, 676), (690, 694), (664, 704)], INK)
    s.shape([(880, 470), (930, 526), (960, 500), (910, 444)], PLUM)
    s.stroke(smooth([(664, 704), (600, 660), (560, 690), (500, 640), (460, 660)]), INK, 6)
    return s


def phone_parts() -> Sheet:
    """The parts of a phone laid out in order."""
    s = Sheet(mix(GREEN, DEEP, 0.15))
    for x in range(0, 1200, 40):
        s.box(x, 0, 2, 800, mix(GREEN, LEAF, 0.35))
    for y in range(0, 800, 40):
        s.box(0, y, 1200, 2, mix(GREEN, LEAF, 0.35))
    shade = dark(GREEN, 0.55)
    for x, y, w, h, r in (
        (108, 148, 210, 440, 34),
        (378, 148, 190, 400, 14),
        (636, 148, 210, 320, 12),
        (906, 148, 180, 250, 16),
    ):
        s.box(x + 10, y + 12, w, h, shade, round_by=r)
    s.box(108, 148, 210, 440, CORAL, round_by=34)
    s.box(122, 162, 182, 412, dark(CORAL, 0.14), round_by=24)
    s.disc(213, 222, 26, INK)
    s.disc(213, 222, 12, SKY)
    for at in range(3):
        s.box(178 + at * 28, 540, 16, 16, INK, round_by=4)
    s.box(378, 148, 190, 400, STONE, round_by=14)
    s.box(392, 162, 162, 330, PALE, round_by=6)
    s.box(410, 190, 126, 20, SLATE, round_by=4)
    for line in range(7):
        s.box(410, 232 + line * 26, 126 - line * 37 % 60, 9, STONE, round_by=4)
    s.box(410, 430, 56, 40, SLATE, round_by=6)
    s.box(636, 148, 210, 320, TEAL, round_by=12)
    for x, y, w, h, colour in (
        (660, 176, 80, 80, INK),
        (764, 176, 60, 44, STONE),
        (660, 284, 50, 60, GOLD),
        (730, 284, 94, 94, INK),
        (660, 372, 50, 60, STONE),
    ):
        s.box(x, y, w, h, colour, round_by=6)
        s.box(x + 8, y + 8, w - 16, 7, light(colour, 0.3), round_by=3)
    for path in range(5):
        s.stroke(
            [(742, 196 + path * 12), (756, 196 + path * 12), (768, 244 + path * 4), (824, 244 + path * 4)], GOLD, 3
        )
    for x, y in ((650, 162), (832, 162), (650, 454), (832, 454)):
        s.disc(x, y, 7, SAND)
    s.box(906, 148, 180, 250, GOLD, round_by=16)
    s.box(906, 148, 180, 66, INK, round_by=16)
    s.box(906, 190, 180, 26, INK)
    s.shape([(1006, 246), (962, 320), (992, 320), (976, 378), (1032, 298), (1000, 298), (1018, 246)], CREAM)
    for at in range(6):
        x, y = 668 + at * 76, 590
        s.disc(x + 4, y + 5, 25, shade)
        s.disc(x, y, 25, PALE)
        s.stroke([(x - 12, y), (x + 12, y)], SLATE, 5)
        s.stroke([(x, y - 12), (x, y + 12)], SLATE, 5)
    s.disc(964, 470, 25, shade)
    s.disc(960, 466, 25, CORAL)
    s.stroke([(948, 466), (972, 466)], RUST, 5)
    s.box(388, 640, 10, 12, STONE)
    s.box(120, 694, 330, 44, RED, round_by=20)
    s.box(120, 714, 330, 24, dark(RED), round_by=12)
    s.box(446, 708, 180, 16, PALE, round_by=3)
    s.shape([(622, 706), (650, 710), (650, 722), (622, 726)], PALE)
    for x in range(150, 430, 40):
        s.box(x, 700, 12, 32, dark(RED, 0.35), round_by=6)
    return s


def bank_card() -> Sheet:
    """A bank card leaning on a globe."""
    s = Sheet(NAVY)
    s.halo(640, 390, (500, 400), mix(NAVY, SEA, 0.7), NAVY)
    stars(s, 60, 800, mix(NAVY, SKY, 0.6), seed=31)
    s.disc(640, 380, 300, SEA)
    for points in (
        [(470, 220), (540, 140), (640, 150), (660, 230), (590, 300), (520, 310)],
        [(720, 180), (820, 190), (900, 300), (900, 420), (820, 380), (770, 300), (700, 260)],
        [(660, 470), (760, 440), (850, 520), (760, 620), (690, 600)],
        [(360, 360), (430, 340), (480, 440), (440, 540), (380, 500)],
    ):
        s.shape(smooth(points, closed=True), TEAL)
    s.ring(640, 380, 300, 5, SKY)
    for flat in (0.33, 0.7):
        oval = [
            (640 + 298 * flat * math.cos(a * math.tau / 60), 380 + 298 * math.sin(a * math.tau / 60)) for a in range(61)
        ]
        s.stroke(oval, mix(SEA, SKY, 0.7), 3)
    for y in (-180, -90, 0, 90, 180):
        half = math.sqrt(298**2 - y**2)
        s.stroke([(640 - half, 380 + y), (640 + half, 380 + y)], mix(SEA, SKY, 0.7), 3)
    for a, b, top in (((500, 230), (850, 300), 90), ((500, 230), (720, 540), 200), ((430, 430), (850, 300), 250)):
        middle = ((a[0] + b[0]) / 2, top if top < 200 else min(a[1], b[1]) - 40)
        s.stroke(smooth([a, middle, b], steps=30), GOLD, 5)
        for point in (a, b):
            s.disc(*point, 12, CORAL)
            s.disc(*point, 5, CREAM)
    card = [(210, 420), (690, 330), (740, 610), (260, 700)]
    s.shape([(x + 14, y + 18) for x, y in card], DEEP)
    s.shape(card, CORAL)
    s.shape([(474, 660), (600, 347), (690, 330), (740, 610)], dark(CORAL, 0.14))
    s.shape([(222, 484), (702, 394), (710, 440), (230, 530)], DEEP)
    s.shape([(262, 564), (340, 550), (350, 606), (272, 620)], GOLD)
    s.stroke([(267, 592), (345, 578)], dark(GOLD, 0.3), 4)
    s.stroke([(302, 557), (312, 613)], dark(GOLD, 0.3), 4)
    for group in range(4):
        for digit in range(3):
            x = 400 + group * 78 + digit * 19
            s.disc(x, 604 - (x - 400) * 0.1875, 6, CREAM)
    s.disc(640, 476, 26, GOLD)
    s.disc(670, 470, 26, CREAM)
    return s


def interpreter() -> Sheet:
    """Two people at a table; between them speech in two colours, and an earpiece."""
    s = Sheet(mix(TEAL, MINT, 0.5))
    s.disc(600, 360, 440, mix(TEAL, MINT, 0.68))
    s.box(0, 640, 1200, 160, mix(TEAL, DEEP, 0.2))
    for x, coat, skin, hair, side in ((250, CORAL, PEACH, RUST, 1), (950, NAVY, SAND, INK, -1)):
        s.shape(
            smooth([(x - 130, 800), (x - 124, 560), (x - 70, 480), (x + 70, 480), (x + 124, 560), (x + 130, 800)]), coat
        )
        s.shape([(x - 34, 482), (x + 34, 482), (x, 566)], CREAM)
        s.box(x - 28, 420, 56, 72, dark(skin, 0.14), round_by=20)
        s.half(x, 352, 104, hair)
        s.disc(x - side * 66, 392, 40, hair)
        s.disc(x, 366, 88, skin)
        s.shape(
            smooth(
                [(x - 92, 352), (x - 60, 286), (x + 10, 268), (x + 74, 296), (x + 90, 352), (x + side * 20, 318)],
                closed=True,
            ),
            hair,
        )
        for eye in (8, 56):
            s.disc(x + side * eye, 368, 8, INK)
        s.shape([(x + side * 34, 370), (x + side * 48, 398), (x + side * 28, 400)], dark(skin, 0.16))
        s.arc(x + side * 34, 412, 20, 20, 160, 6, RED)
        s.disc(x - side * 58, 380, 19, dark(skin, 0.1))
        s.box(x - side * 58 - 8, 374, 16, 36, CREAM, round_by=8)
    s.disc(600, 706, 330, RUST, flat=0.2)
    s.disc(600, 690, 330, mix(RUST, PEACH, 0.35), flat=0.2)
    for x, colour in ((430, CREAM), (770, CREAM)):
        s.box(x - 28, 632, 56, 44, colour, round_by=10)
        s.arc(x + 32, 652, 14, -90, 90, 7, colour)
    s.box(546, 626, 108, 62, INK, round_by=20)
    s.box(552, 632, 96, 24, SLATE, round_by=12)
    for x in (578, 622):
        s.disc(x, 644, 12, CREAM)
    s.box(372, 90, 330, 150, CORAL, round_by=40)
    s.shape([(400, 220), (460, 230), (360, 292)], CORAL)
    for line, wide in enumerate((240, 190, 120)):
        s.box(412, 124 + line * 34, wide, 15, CREAM, round_by=7)
    s.box(520, 280, 310, 140, NAVY, round_by=40)
    s.shape([(740, 400), (806, 396), (850, 452)], NAVY)
    for column, tall in enumerate((20, 46, 78, 40, 64, 90, 52, 28, 58, 24)):
        s.box(552 + column * 25, 350 - tall / 2, 13, tall, SAND, round_by=6)
    return s


def satellite() -> Sheet:
    """A satellite above the curve of the earth."""
    s = Sheet(DEEP)
    stars(s, 120, 640, mix(DEEP, CREAM, 0.75), seed=3)
    s.disc(1010, 160, 62, SAND)
    s.disc(990, 148, 12, mix(SAND, STONE, 0.4))
    s.disc(1030, 186, 17, mix(SAND, STONE, 0.4))
    for radius, colour in ((1130, mix(DEEP, SEA, 0.35)), (1108, mix(DEEP, SEA, 0.65)), (1086, SKY), (1070, SEA)):
        s.disc(560, 1670, radius, colour)
    s.shape(smooth([(120, 800), (180, 700), (300, 660), (410, 690), (390, 760), (460, 830)], closed=True), TEAL)
    s.shape(
        smooth([(560, 690), (640, 640), (760, 660), (860, 700), (900, 800), (700, 840), (600, 760)], closed=True), TEAL
    )
    s.shape(smooth([(640, 700), (720, 680), (800, 720), (780, 780), (690, 760)], closed=True), LEAF)
    for x, y, w in ((420, 660, 80), (840, 760, 110), (250, 770, 90)):
        s.box(x, y, w, 11, CREAM, round_by=5)
        s.box(x + 26, y + 17, w * 0.7, 9, CREAM, round_by=4)
    tilt = math.radians(-16)

    def place(x: float, y: float) -> tuple[float, float]:
        return 590 + x * math.cos(tilt) - y * math.sin(tilt), 350 + x * math.sin(tilt) + y * math.cos(tilt)

    for side in (-1, 1):
        s.stroke([place(side * 60, 0), place(side * 130, 0)], STONE, 12)
        for panel in range(3):
            x = side * (130 + panel * 104)
            s.shape(
                [place(x, -84), place(x + side * 96, -84), place(x + side * 96, 84), place(x, 84)], mix(SEA, SKY, 0.35)
            )
            for row in range(3):
                for column in range(2):
                    a, b = x + side * (5 + column * 46), -78 + row * 54
                    s.shape(
                        [place(a, b), place(a + side * 40, b), place(a + side * 40, b + 48), place(a, b + 48)],
                        NAVY if (row + column) % 2 else mix(NAVY, SEA, 0.6),
                    )
    s.shape([place(-72, -86), place(72, -86), place(72, 90), place(-72, 90)], GOLD)
    s.shape([place(20, -86), place(72, -86), place(72, 90), place(20, 90)], dark(GOLD))
    for fold in (-44, 2, 46):
        s.stroke([place(-72, fold), place(72, fold - 10)], light(GOLD, 0.5), 4)
    s.disc(*place(0, 112), 58, CREAM, flat=0.6)
    s.disc(*place(0, 118), 44, STONE, flat=0.6)
    s.stroke([place(0, 116), place(0, 158)], CREAM, 6)
    s.disc(*place(0, 162), 10, CORAL)
    s.stroke([place(-30, -86), place(-54, -146)], STONE, 6)
    s.disc(*place(-54, -150), 10, RED)
    for radius in (90, 130, 170):
        s.arc(*place(0, 162), radius, 56, 108, 6, mix(SEA, CREAM, 0.55))
    return s
