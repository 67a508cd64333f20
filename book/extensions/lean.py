"""A page loads one style sheet and the scripts that it uses, and neither holds its first sight back."""

import os
import re
import shutil
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import icons
from myst_nb.sphinx_ext import add_global_html_resources
from pydata_sphinx_theme.pygments import overwrite_pygments_css

# Linked by the theme's templates, ahead of what extensions add; book/_templates/layout.html leaves that to this module.
STYLES = ("_static/basic.css", "_static/styles/bootstrap.css", "_static/styles/pydata-sphinx-theme.css")
SCRIPTS = ("scripts/bootstrap.js", "scripts/pydata-sphinx-theme.js")
# A script, and what a page that needs it contains.
NEEDED_BY = {
    "design-tabs.js": "sd-tab-set",
    "clipboard.min.js": 'class="highlight',
    "copybutton.js": 'class="highlight',
}


def slim(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Join the page's style sheets, drop the scripts that it does not need, and defer the others."""
    complete(app)
    sheets = sorted((one for one in context["css_files"] if is_local_sheet(one)), key=lambda one: one.priority)
    context["css_files"][:] = [one for one in context["css_files"] if not is_local_sheet(one)]
    app.builder.add_css_file(join(Path(app.outdir), tuple(os.fspath(one.filename) for one in sheets)))
    context["script_files"][:] = [one for one in context["script_files"] if is_needed(one, context.get("body", ""))]
    for script in context["script_files"]:
        if script.filename:
            script.attributes["defer"] = "defer"


@cache
def complete(app: Any) -> None:
    """Write two style sheets now that their extensions write when the pages are done."""
    add_global_html_resources(app, None)
    overwrite_pygments_css(app)


def is_local_sheet(asset: Any) -> bool:
    """Whether this is a style sheet of the site's own (icons of the page are listed with the sheets)."""
    return asset.attributes.get("rel") == "stylesheet" and "://" not in os.fspath(asset.filename)


def is_needed(script: Any, body: str) -> bool:
    """Whether a page with this body needs the script."""
    if not script.filename:
        # The theme's note of the page's name is for switching versions; it would have to wait for another script.
        return not script.attributes["body"].startswith("DOCUMENTATION_OPTIONS.")
    return NEEDED_BY.get(Path(script.filename).name, "") in body


@cache
def join(site: Path, names: tuple[str, ...]) -> str:
    """Write these style sheets into one, after the theme's and the icons; return its name, as Sphinx wants it."""
    theme = [sheet(site, name) for name in STYLES]
    others = [sheet(site, name) for name in names]
    name = f"site-{zlib.crc32(repr(names).encode()):08x}.css"
    (site / "_static" / name).write_text("\n".join([*theme, icons.style(), *others]), encoding="utf-8")
    return name


def sheet(site: Path, name: str) -> str:
    """The text of a style sheet, with addresses as they are from ``_static``, and without files that are not there."""
    path = site / name
    # Of comments, licenses stay.
    text = re.sub(r"/\*(?!!).*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"\s*\n\s*", "\n", text)
    # The vendored fonts come as WOFF2 alone, which every browser of the last eight years reads.
    text = re.sub(r",url\(fonts/[^)]*\.(?:woff|ttf)\) format\(\"\w+\"\)", "", text)
    up = os.path.relpath(path.parent, site / "_static").replace(os.sep, "/")
    return text if up == "." else re.sub(r"url\((?![\"']?(?:data:|#|/))([\"']?)", rf"url(\1{up}/", text)


def tidy(app: Any, failed: Exception | None) -> None:
    """Leave out what the theme brings for Font Awesome, which no page loads any more."""
    if not failed:
        shutil.rmtree(Path(app.outdir) / "_static" / "vendor", ignore_errors=True)


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx, to come after all who add style sheets and scripts."""
    for number, script in enumerate(SCRIPTS):
        app.add_js_file(script, priority=100 + number)
    app.connect("html-page-context", slim, priority=900)
    app.connect("build-finished", tidy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
