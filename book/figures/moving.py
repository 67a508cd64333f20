"""Puts a moving figure on a page: a still image, and the ES module that takes its place where scripts run."""

import base64
import io
import json
import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML
from matplotlib.figure import Figure


def moving(name: str, data: dict[str, object], still: Figure, alt: str) -> HTML:
    """The figure of ``figures/<name>.js``, drawn from ``data`` in the reader's browser.

    The module is put into the page itself, so that a page opened from a disk moves too. Its default function gets the
    element to fill and the data. Readers without scripts, and printers, get ``still``, described by ``alt``.
    """
    image = io.BytesIO()
    still.savefig(image, format="svg")
    plt.close(still)
    module = source(name).replace("export default function draw(", "function draw(")
    values = json.dumps({key: np.asarray(value).tolist() for key, value in data.items()})
    return HTML(
        f'<div class="moving-figure" id="moving-{name}">'
        f'<img class="still" alt="{alt}" src="data:image/svg+xml;base64,{base64.b64encode(image.getvalue()).decode()}">'
        f"</div>\n"
        f'<script type="module">\n{module}\ndraw(document.getElementById("moving-{name}"), {values});\n</script>'
    )


def source(name: str) -> str:
    """The module ``figures/<name>.js``, with the modules beside it that it imports written in their imports' place."""
    text = Path(__file__).with_name(f"{name}.js").read_text(encoding="utf-8")
    return re.sub(r'^import .* from "\./(\w+)\.js";$', lambda found: source(found[1]), text, flags=re.MULTILINE)
