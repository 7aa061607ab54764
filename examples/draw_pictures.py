"""Draws the pictures that the stories name into web/, and the host's portrait into pictures/.

python examples/draw_pictures.py [SCENE ...]
"""

import sys
from collections.abc import Callable
from pathlib import Path

import build_web
from artwork import devices, fields, land, machines, portrait, ports, roads, sea, streets
from artwork.canvas import Sheet
from PIL import Image

HERE = Path(__file__).resolve().parent
LARGEST = 60_000
SCENES: dict[str, Callable[[], Sheet]] = {
    name.replace("_", "-"): scene
    for module in (ports, sea, streets, roads, machines, devices, fields, land)
    for name, scene in vars(module).items()
    if getattr(scene, "__module__", "") == module.__name__ and not name.startswith("_")
}


def save(picture: Image.Image, path: Path) -> None:
    """As a PNG with a palette, or as the best JPEG that is not too large, by the name's ending."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    if path.suffix == ".jpg":
        qualities = iter((80, 70, 60, 50))
        while not path.exists() or path.stat().st_size > LARGEST:
            picture.save(path, quality=next(qualities), optimize=True, progressive=True)
    else:
        picture.quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)


def main(wanted: list[str]) -> None:
    for outlet in build_web.read_outlets():
        for one in outlet.articles:
            if one.picture and (not wanted or one.picture.name in wanted):
                save(SCENES[one.picture.name]().finished(), HERE / "web" / one.picture.place)
    if not wanted:
        save(portrait.host(), HERE / "pictures" / "host.png")


if __name__ == "__main__":
    main(sys.argv[1:])
