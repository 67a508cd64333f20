"""Puts a moving figure on a page: still images, and the ES module that takes their place where scripts run."""

import base64
import html
import json
import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from extensions.schemes import darkened
from figures.stills import shown
from IPython.display import HTML
from matplotlib.figure import Figure


def moving(name: str, data: dict[str, object], still: Figure, alt: str) -> HTML:
    """The figure of ``figures/<name>.js``, drawn from ``data`` in the reader's browser.

    The module is put into the page itself, so that a page opened from a disk moves too, and as a plain script, which
    runs before the page is first painted, so that nothing jumps. Its default function gets the element to fill and the
    data. Readers without scripts, and printers, get ``still``, described by ``alt``.
    """
    drawing, place = shown(still)
    plt.close(still)
    images = "".join(
        f'<img class="still dark-light on-{scheme}" alt="{html.escape(alt)}" loading="lazy" '
        f'style="width: {place["width"]}; height: {place["height"]}" '
        f'src="data:image/svg+xml;base64,{base64.b64encode(text.encode()).decode()}">'
        for scheme, text in (("light", drawing), ("dark", darkened(drawing)))
    )
    module = source(name).replace("export default function draw(", "function draw(")
    module = re.sub(r"^export ", "", module, flags=re.MULTILINE)
    values = json.dumps({key: np.asarray(value).tolist() for key, value in data.items()})
    return HTML(
        f'<div class="moving-figure" id="moving-{name}">{images}</div>\n'
        f'<script>\n(() => {{\n{module}\ndraw(document.getElementById("moving-{name}"), {values});\n}})();\n</script>'
    )


def source(name: str) -> str:
    """The module ``figures/<name>.js``, with the modules beside it that it imports written in their imports' place."""
    text = Path(__file__).with_name(f"{name}.js").read_text(encoding="utf-8")
    return re.sub(r'^import .* from "\./(\w+)\.js";$', lambda found: source(found[1]), text, flags=re.MULTILINE)
