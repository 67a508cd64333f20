"""Pictures are files that keep their place while they load, and load when the reader comes near."""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import imagesize

SUFFIXES = {"svg+xml": "svg", "png": "png", "jpeg": "jpg", "gif": "gif", "webp": "webp"}


def place(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Write the page's inlined pictures into files, and give every picture its size."""
    folder = Path(app.outdir) / "_images"
    folder.mkdir(parents=True, exist_ok=True)
    here = context["pathto"]("_images/", 1)

    def file(found: re.Match[str]) -> str:
        content = base64.b64decode(found[2])
        name = f"{hashlib.sha256(content).hexdigest()[:16]}.{SUFFIXES[found[1]]}"
        (folder / name).write_bytes(content)
        return f'src="{here}{name}"'

    def sized(found: re.Match[str]) -> str:
        tag, name = found[0], found[1]
        width, height = imagesize.get(folder / name)
        if width > 0 and not re.search(r'\s(?:width|style)="', tag):
            tag = tag.replace("<img", f'<img width="{round(width)}" height="{round(height)}"', 1)
        return tag if ' loading="' in tag else tag.replace("<img", '<img loading="lazy"', 1)

    body = context.get("body", "")
    body = re.sub(r'src="data:image/([\w+]+);base64,([^"]+)"', file, body)
    context["body"] = re.sub(rf'<img [^>]*?src="{re.escape(here)}([^"]+)"[^>]*>', sized, body)


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx."""
    app.connect("html-page-context", place)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
