"""The icons that the pages use, as a font of 4 kB in place of Font Awesome's fonts, style sheet and script."""

import base64
import io
import re
from importlib.resources import files
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

THEME = Path(str(files("pydata_sphinx_theme"))) / "theme" / "pydata_sphinx_theme" / "static"
SHEETS = [
    THEME / "styles" / "pydata-sphinx-theme.css",
    Path(str(files("sphinx_book_theme")))
    / "theme"
    / "sphinx_book_theme"
    / "static"
    / "styles"
    / "sphinx-book-theme.css",
]
# Those that pages and templates name by a class; those that the theme's style sheet names by a code are found there.
NAMES = [
    "angle-left",
    "angle-right",
    "arrow-up",
    "bars",
    "chevron-down",
    "circle-half-stroke",
    "download",
    "expand",
    "file",
    "file-code",
    "file-pdf",
    "home",
    "list",
    "magnifying-glass",
    "moon",
    "sun",
    "xmark",
]
RULES = """\
/* Icons: Font Awesome Free 6, https://fontawesome.com/license/free */
@font-face {{
  font-family: "Font Awesome 6 Free";
  font-weight: 900;
  src: url(data:font/woff;base64,{font}) format("woff");
}}
:root {{
  --fa-font-solid: normal 900 1em/1 "Font Awesome 6 Free";
}}
.fas, .fa-solid {{
  display: inline-block;
  min-width: 1.25em;
  font: var(--fa-font-solid);
  font-size: inherit;
  text-align: center;
}}
.fa-lg {{
  font-size: 1.25em;
  line-height: 0.05em;
  vertical-align: -0.075em;
}}
"""


def style() -> str:
    """The style sheet, with the font in it."""
    [folder] = (THEME / "vendor" / "fontawesome").iterdir()
    names = (folder / "css" / "all.min.css").read_text(encoding="utf-8")
    codes = {name: re.search(rf"\.fa-{name}:before[^{{]*{{content:\"\\(\w+)\"", names)[1] for name in NAMES}
    classes = "".join(f'.fa-{name}::before {{ content: "\\{code}"; }}\n' for name, code in codes.items())
    used = {int(code, 16) for code in codes.values()} | theme_codes()
    font = base64.b64encode(cut(folder / "webfonts" / "fa-solid-900.ttf", used)).decode()
    return RULES.format(font=font) + classes


def theme_codes() -> set[int]:
    """The private characters, written out or escaped, in the theme's style sheets."""
    text = "".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS)
    escaped = {int(one, 16) for one in re.findall(r"\"\\(f[0-9a-f]{3})\"", text)}
    return escaped | {ord(one) for one in re.findall("[\ue000-\uf8ff]", text)}


def cut(path: Path, codes: set[int]) -> bytes:
    """The font with these characters alone, as WOFF."""
    font = TTFont(path)
    cutter = subset.Subsetter(subset.Options(layout_features=[], hinting=False, notdef_outline=False))
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    font.flavor = "woff"
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()
