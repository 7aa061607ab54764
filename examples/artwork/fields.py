"""Pictures of fields, ponds and rivers."""

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
from artwork.things import drone, palm


def shrimp_ponds() -> Sheet:
    """Ponds in a grid, seen from far above."""
    s = Sheet(mix(SAND, LEAF, 0.55))
    tints = (TEAL, SEA, mix(TEAL, MINT, 0.4), mix(SEA, SKY, 0.4), mix(TEAL, GREEN, 0.4), mix(LEAF, TEAL, 0.5))
    for row in range(-1, 9):
        for column in range(-2, 11):
            x, y = column * 128 + row * 34 - 40, row * 104 - column * 14 + 30
            wide = 112 if (row + column) % 4 else 240
            if (row * 3 + column) % 11 == 6:
                s.shape([(x, y), (x + 112, y - 12), (x + 140, y + 78), (x + 28, y + 90)], LIME)
                for furrow in range(1, 6):
                    s.stroke([(x + furrow * 19, y - furrow * 2), (x + furrow * 19 + 28, y + 90 - furrow * 2)], LEAF, 4)
                continue
            colour = tints[(row * 5 + column * 3) % len(tints)]
            s.shape(
                [(x, y), (x + wide, y - wide * 0.107), (x + wide + 28, y + 90 - wide * 0.107), (x + 28, y + 90)], colour
            )
            s.shape(
                [(x, y), (x + wide, y - wide * 0.107), (x + wide + 4, y + 12 - wide * 0.107), (x + 4, y + 12)],
                light(colour, 0.3),
            )
            if (row + column * 2) % 3 == 0:
                for paddle in range(3):
                    s.ring(x + 40 + paddle * 26, y + 46 - paddle * 3, 9, 3, CREAM)
    bed = [(-40, 520), (160, 470), (330, 540), (520, 500), (640, 380), (820, 340), (960, 230), (1240, 180)]
    s.stroke(smooth(bed), mix(SAND, GREEN, 0.4), 112)
    s.stroke(smooth(bed), mix(PEACH, RUST, 0.35), 86)
    s.stroke(smooth([(x, y - 18) for x, y in bed]), mix(PEACH, RUST, 0.15), 14)
    for x, y in ((250, 506), (728, 356)):
        s.shape([(x - 34, y), (x + 26, y - 12), (x + 44, y - 6), (x + 28, y + 8), (x - 30, y + 12)], CREAM)
        s.box(x - 14, y - 6, 24, 11, CORAL)
    for x, y in ((470, 440), (530, 420), (860, 420), (180, 600)):
        s.box(x, y, 34, 26, CREAM)
        s.box(x, y, 34, 11, CORAL)
    s.cloud(960, 620, 130, CREAM)
    s.cloud(250, 150, 100, CREAM)
    return s


def rice_field() -> Sheet:
    """Terraced rice fields with a mill."""
    s = Sheet(SAND)
    s.sky([mix(GOLD, SAND, 0.5), mix(SAND, PEACH, 0.3), SAND, mix(SAND, CREAM, 0.5)], 0, 360)
    s.disc(330, 210, 84, CREAM)
    s.land([(0, 330), (200, 240), (420, 310), (700, 200), (980, 300), (1200, 230)], mix(GREEN, SAND, 0.55))
    s.land([(0, 380), (350, 320), (760, 370), (1200, 310)], mix(GREEN, SAND, 0.25))
    s.box(720, 290, 250, 150, mix(CORAL, RUST, 0.4))
    s.box(880, 290, 90, 150, RUST)
    s.shape([(700, 296), (845, 220), (990, 296)], PLUM)
    s.box(760, 340, 44, 44, GOLD)
    s.box(826, 340, 44, 100, DEEP)
    s.box(990, 190, 40, 250, mix(RUST, STONE, 0.3))
    s.box(984, 184, 52, 16, RUST)
    for x, y, r in ((1020, 150, 30), (1050, 110, 40), (1094, 72, 48)):
        s.disc(x, y, r, CREAM)
    for x, w in ((540, 180), (640, 140)):
        s.shape([(x, 446), (x + w / 2, 446 - w * 0.42), (x + w, 446)], GOLD)
        s.shape([(x + w / 2, 446 - w * 0.42), (x + w, 446), (x + w * 0.6, 446)], dark(GOLD))
    greens = (LEAF, LIME, mix(LEAF, GOLD, 0.35), GREEN, LEAF, LIME)
    for step in range(6):
        y = 440 + step * 62
        line = [
            (0, y + 16 * math.sin(step)),
            (240, y - 12 + step * 4),
            (520, y + 26 - step * 3),
            (820, y - 6 + step * 5),
            (1200, y + 14 - step * 4),
        ]
        s.land([(x, v - 12) for x, v in line], mix(SAND, CREAM, 0.4) if step % 2 else mix(SKY, CREAM, 0.4))
        s.land(line, greens[step])
        curve = smooth(line, steps=18)
        for x, v in curve[4::5]:
            for lean in (-6, 0, 6):
                s.stroke([(x, v + 36), (x + lean, v + 16)], dark(greens[step], 0.25), 3)
    s.shape([(330, 600), (346, 540), (384, 540), (400, 600)], NAVY)
    s.disc(365, 524, 20, PEACH)
    s.shape([(318, 520), (365, 482), (412, 520)], GOLD)
    s.stroke([(390, 556), (430, 590)], NAVY, 14)
    return s


def farm_drone() -> Sheet:
    """A drone that waters fields."""
    s = Sheet(PALE)
    s.sky([SKY, mix(SKY, PALE, 0.5), PALE, mix(PALE, SAND, 0.6)], 0, 400)
    s.disc(960, 150, 70, CREAM)
    s.land([(0, 330), (240, 220), (460, 300), (700, 210), (980, 300), (1200, 240)], mix(GREEN, SKY, 0.5))
    for x, top in ((60, 120), (140, 70), (220, 150), (1010, 130), (1090, 90)):
        s.box(x, top, 62, 280, mix(PALE, STONE, 0.4))
        for row in range(8):
            s.box(x + 10, top + 16 + row * 30, 42, 12, mix(PALE, STONE, 0.75))
    s.land([(0, 390), (400, 360), (800, 384), (1200, 350)], mix(GREEN, LEAF, 0.4))
    for at in range(13):
        x0, x1 = 600 + (at - 6) * 52, 600 + (at - 6) * 260
        s.shape(
            [(x0, 384), (x0 + 52, 384), (x1 + 260, 800), (x1, 800)],
            (LEAF, mix(RUST, SAND, 0.35), LIME, mix(RUST, SAND, 0.35))[at % 4],
        )
    for row in range(5):
        y = 430 + row * row * 16 + row * 24
        size = 7 + row * 5
        for at in range(13):
            if at % 2 == 0:
                k = (y - 384) / 416
                x = 600 + (at - 5.5) * (52 + 208 * k)
                s.disc(x, y, size * 1.4, GREEN, flat=0.7)
                s.disc(x - size * 0.3, y - size * 0.3, size * 0.7, LIME, flat=0.7)
    s.shape([(520, 352), (680, 352), (800, 640), (400, 640)], mix(PALE, SKY, 0.35))
    for at in range(26):
        x = 420 + at * 14.5
        y = 390 + at * 53 % 210
        k = (y - 352) / 290
        px = 600 + (x - 600) * (0.4 + 0.6 * k)
        s.stroke([(px, y), (px + (px - 600) * 0.05, y + 16)], SEA, 5)
    drone(s, 600, 280, 520, DEEP, CORAL)
    s.box(540, 300, 120, 54, CREAM, round_by=16)
    s.box(540, 326, 120, 28, mix(SKY, SEA, 0.3), round_by=12)
    s.shape([(960, 760), (976, 640), (1040, 640), (1056, 760)], NAVY)
    s.disc(1008, 606, 34, PEACH)
    s.shape([(934, 602), (1008, 544), (1082, 602)], GOLD)
    s.box(960, 672, 56, 30, INK, round_by=6)
    s.stroke([(988, 672), (988, 640)], INK, 4)
    return s


def drone_delta() -> Sheet:
    """A drone over a river delta, a sand barge below."""
    s = Sheet(SAND)
    s.sky([mix(TEAL, SKY, 0.5), mix(TEAL, PALE, 0.6), mix(PALE, SAND, 0.4), SAND], 0, 380)
    s.halo(270, 250, (110, 84), CREAM, mix(PALE, SAND, 0.6))
    s.land([(0, 340), (300, 310), (640, 336), (1200, 300)], mix(GREEN, SAND, 0.5))
    for at in range(17):
        palm(s, at * 74 + at % 3 * 12, 380, 90 + at * 31 % 70, mix(GREEN, SAND, 0.22), lean=0.12 - at % 2 * 0.26)
    s.land([(0, 376), (600, 362), (1200, 376)], mix(GREEN, DEEP, 0.08))
    s.land([(0, 404), (500, 392), (1200, 410)], mix(PEACH, RUST, 0.25))
    for y, x, wide in (
        (430, 120, 160),
        (450, 820, 220),
        (500, 60, 120),
        (664, 150, 200),
        (690, 820, 260),
        (640, 1010, 110),
    ):
        s.box(x, y, wide, 7, mix(PEACH, CREAM, 0.3), round_by=3)
    s.shape([(600, 262), (300, 620), (900, 620)], mix(PEACH, CREAM, 0.42))
    s.shape([(360, 528), (410, 464), (520, 420), (610, 452), (690, 424), (776, 528)], GOLD)
    s.shape([(520, 420), (610, 452), (560, 528), (500, 500)], light(GOLD, 0.4))
    s.shape([(690, 424), (776, 528), (700, 528), (660, 470)], dark(GOLD))
    s.box(800, 430, 108, 100, CREAM)
    s.box(786, 418, 136, 18, CORAL)
    for x in (814, 860):
        s.box(x, 450, 32, 30, NAVY)
    s.box(870, 350, 22, 70, SLATE)
    for x, y, r in ((894, 336, 14), (916, 316, 20), (950, 292, 26)):
        s.disc(x, y, r, STONE)
    s.shape([(270, 524), (950, 524), (920, 612), (330, 612)], NAVY)
    s.shape([(296, 570), (936, 570), (920, 612), (330, 612)], RED)
    s.stroke([(300, 524), (300, 470)], SLATE, 6)
    s.shape([(300, 470), (352, 486), (300, 502)], RED)
    s.waves(602, 6, 170, mix(PEACH, RUST, 0.38))
    s.waves(650, 7, 230, mix(PEACH, RUST, 0.5), shift=50)
    s.land([(0, 740), (300, 716), (640, 760), (960, 720), (1200, 740)], GREEN)
    for x in range(20, 1200, 46):
        for lean in (-12, 0, 12):
            s.stroke([(x, 780), (x + lean, 728 + x % 5 * 6)], LEAF, 6)
    drone(s, 600, 210, 460, INK, CORAL)
    return s
