"""Gives each still a twin for dark pages: the palette's dark colors, and any other color with its lightness turned."""

import base64
import colorsys
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from docutils import nodes
from matplotlib.colors import hsv_to_rgb, rgb_to_hsv, to_hex, to_rgb
from PIL import Image
from sphinx.transforms import SphinxTransform

from hbcourse.plots import DARK, LIGHT

#: The pages' grounds.
WHITE, BLACK = "#ffffff", "#121212"
_TWIN = {LIGHT[role]: DARK[role] for role in LIGHT} | {WHITE: BLACK}
_HEX = re.compile(r"#[0-9a-f]{6}\b")


def contrast(color: str, ground: str) -> float:
    """WCAG's ratio of two colors' luminances, from 1 to 21."""
    channels = np.array([to_rgb(color), to_rgb(ground)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    low, high = sorted(linear @ [0.2126, 0.7152, 0.0722])
    return float((high + 0.05) / (low + 0.05))


def legible(color: str, ground: str, ratio: float) -> str:
    """The color, moved away from the ground until it stands out from it by the ratio."""
    toward = 0.0 if ground == WHITE else 1.0
    hue, lightness, saturation = colorsys.rgb_to_hls(*to_rgb(color))
    while contrast(color, ground) < ratio:
        lightness += 0.1 * (toward - lightness)
        color = to_hex(colorsys.hls_to_rgb(hue, lightness, saturation))
    return color


def twin(color: str) -> str:
    """A color's counterpart on a dark page."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*to_rgb(color))
    return _TWIN.get(color) or to_hex(colorsys.hls_to_rgb(hue, 1 - 0.93 * lightness, saturation))


def mended(svg: str, ground: str) -> str:
    """The drawing with each line at 3 to 1 from its ground, and each word at 4.5 to 1 unless it stands on a shape."""

    def mend(ratio: float) -> Callable[[re.Match[str]], str]:
        return lambda found: found[1] + legible(found[2], ground, ratio)

    svg = re.sub(r"(stroke: )(#[0-9a-f]{6})", mend(3), svg)
    return re.sub(r'(<text style="[^"]*fill: )(#(?!ffffff|121212)[0-9a-f]{6})', mend(4.5), svg)


def darkened(svg: str) -> str:
    """The drawing for a dark page."""
    svg = re.sub(r"(data:image/png;base64,)([^\"]+)", lambda found: found[1] + _darkened_png(found[2]), svg)
    return mended(_HEX.sub(lambda found: twin(found[0]), svg), BLACK)


def _darkened_png(data: str) -> str:
    """Pixels have their lightness turned as well: hue kept, the largest channel and the smallest trade places."""
    image = np.array(Image.open(io.BytesIO(base64.b64decode("".join(data.split())))).convert("RGBA")) / 255
    hsv = rgb_to_hsv(image[..., :3])
    largest, smallest = image[..., :3].max(axis=-1), image[..., :3].min(axis=-1)
    hsv[..., 2] = 1 - 0.93 * smallest
    hsv[..., 1] = 0.93 * (largest - smallest) / hsv[..., 2]
    image[..., :3] = hsv_to_rgb(hsv)
    file = io.BytesIO()
    Image.fromarray(np.round(255 * image).astype(np.uint8)).save(file, "png", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


class Twins(SphinxTransform):
    """Puts the dark twin of each still beside it."""

    default_priority = 700  # Pages' outputs are images by now; Sphinx gathers images after this.

    def apply(self, **_: Any) -> None:
        for image in list(self.document.findall(nodes.image)):
            path = Path(self.env.relfn2path(image["uri"], self.env.docname)[1])
            if path.suffix != ".svg" or not path.exists() or 'class="narrow"' not in (svg := path.read_text("utf-8")):
                continue
            image["classes"] += ["still", "dark-light"]
            dark = image.deepcopy()
            dark["uri"] = image["uri"].removesuffix(".svg") + ".dark.svg"
            path.with_suffix(".dark.svg").write_text(darkened(svg), "utf-8")
            image["classes"] += ["on-light"]
            dark["classes"] += ["on-dark"]
            for one in (image, dark):
                one["loading"] = "lazy"
            image.parent.insert(image.parent.index(image) + 1, dark)


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx."""
    app.add_transform(Twins)
    return {"parallel_read_safe": True}
