"""The host's portrait: nobody in particular, by a window over the harbour."""

from PIL import Image

from artwork.canvas import CORAL, CREAM, GOLD, INK, NAVY, PEACH, RUST, SAND, SEA, TEAL, Sheet, dark, mix, smooth


def host() -> Image.Image:
    """192 × 192, cut from the middle of a sheet."""
    s = Sheet(SAND)
    s.sky([mix(CORAL, PEACH, 0.5), PEACH, mix(PEACH, SAND, 0.6), SAND], 0, 560)
    s.disc(400, 250, 120, CREAM)
    s.land([(0, 520), (300, 420), (520, 520), (760, 380), (1000, 500), (1200, 440)], mix(TEAL, SEA, 0.4))
    s.shape(
        smooth([(430, 620), (410, 400), (470, 210), (600, 160), (740, 210), (800, 400), (780, 620)], closed=True), INK
    )
    s.shape(smooth([(260, 860), (300, 680), (450, 600), (750, 600), (900, 680), (940, 860)]), NAVY)
    s.shape([(500, 600), (700, 600), (600, 730)], CREAM)
    s.box(545, 470, 110, 170, dark(PEACH, 0.16), round_by=50)
    s.disc(600, 400, 138, PEACH, flat=1.16)
    s.shape(
        smooth([(462, 410), (470, 270), (600, 210), (730, 270), (742, 420), (690, 310), (560, 290)], closed=True), INK
    )
    for x in (545, 655):
        s.ring(x, 412, 48, 9, RUST)
        s.disc(x, 412, 11, INK)
    s.stroke([(593, 408), (607, 408)], RUST, 8)
    s.arc(600, 474, 42, 30, 150, 10, CORAL)
    for x in (458, 742):
        s.disc(x, 480, 14, GOLD)
    return s.finished().crop((200, 0, 1000, 800)).resize((192, 192), Image.Resampling.LANCZOS)
