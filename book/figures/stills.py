"""Writes the pages' matplotlib figures as SVG that reads on a wide screen and on a phone."""

import io
import re
import textwrap

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from extensions.schemes import WHITE, mended
from IPython.core.getipython import get_ipython
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.offsetbox import VPacker
from matplotlib.text import Text
from matplotlib_inline.backend_inline import set_matplotlib_formats

#: Widths of a figure, in inches at 96 CSS pixels: in the text's column, and on a phone of 390 pixels.
WIDE, NARROW = 6.6, 3.73
#: The smallest letters, in points: 11 CSS pixels.
SMALLEST = 8.3


def use() -> None:
    """Draw this page's figures in the course's style, and show each as `svg` writes it."""
    plt.style.use("hbcourse.course")
    set_matplotlib_formats("svg")
    shell = get_ipython()
    shell.display_formatter.formatters["image/svg+xml"].for_type(Figure, shown)


def shown(figure: Figure) -> tuple[str, dict[str, str]]:
    """The figure, and the place that a page keeps for it."""
    return svg(figure), {"width": f"{96 * WIDE:.0f}px", "height": f"{96 * figure.get_figheight():.0f}px"}


def svg(figure: Figure) -> str:
    """The figure drawn twice at its own height, wide and narrow; a media query shows the one that fits.

    An image's media queries see the width at which the image itself is shown. Where that is a phone's, the wide
    drawing's box is scaled to the width, and the narrow drawing fills it; where there is more width than it needs,
    it is scaled back, since the height stays.
    """
    height = figure.get_figheight()
    with mpl.rc_context({"svg.hashsalt": "course"}):
        narrow, wide = drawn(figure, NARROW, 0.9), drawn(figure, WIDE, 1)
    across, up = 72 * WIDE, 72 * height
    tall = up * WIDE / NARROW
    steps = "".join(
        f"@media (min-width:{width}px){{.narrow{{transform:scale({96 * NARROW / (width + 40):.3f})}}}}"
        for width in range(round(96 * NARROW) + 1, 500, 40)
    )
    return mended(
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{96 * WIDE:.0f}" '
        f'height="{96 * height:.0f}" viewBox="0 0 {across:.1f} {up:.1f}"><style>.narrow{{display:none}}'
        f".narrow{{transform-origin:{across / 2:.1f}px {up / 2:.1f}px}}"
        f"@media (max-width:500px){{.wide{{display:none}}.narrow{{display:inline}}}}{steps}"
        "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue','Noto Sans',sans-serif}"
        f'</style><g class="wide">{wide}</g><g class="narrow"><svg y="{(up - tall) / 2:.1f}" width="{across:.1f}" '
        f'height="{tall:.1f}" viewBox="0 0 {72 * NARROW:.1f} {up:.1f}">{narrow}</svg></g></svg>',
        WHITE,
    )


def drawn(figure: Figure, width: float, letters: float) -> str:
    """The content of matplotlib's SVG at this width, with letters scaled but not below the smallest."""
    words = [label for ax in figure.axes for label in (ax.title, ax.xaxis.label, ax.yaxis.label)]
    written = [label.get_text() for label in words]
    size, fonts = figure.get_size_inches().copy(), [(text, text.get_fontsize()) for text in figure.findobj(Text)]
    columns: list[tuple[Legend, list[Artist]]] = []
    lifted: list[tuple[Legend, int]] = []
    engine = figure.get_layout_engine()
    file = io.StringIO()
    try:
        figure.set_size_inches(width, size[1])
        if engine is None:
            figure.set_layout_engine("tight")
        for text, points in fonts:
            text.set_fontsize(max(SMALLEST, letters * points))
        figure.draw_without_rendering()
        wrap(figure)
        columns = [(legend, fold(legend)) for legend in figure.findobj(Legend)]
        lifted = [(ax.get_legend(), lift(ax)) for ax in figure.axes if width < WIDE and covers(ax)]
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    finally:
        figure.set_size_inches(size)
        for text, points in fonts:
            text.set_fontsize(points)
        for label, text in zip(words, written, strict=True):
            label.set_text(text)
        for legend, before in columns:
            legend._legend_handle_box._children = before
        for legend, place in lifted:
            legend.set_loc(place)
            legend.set_bbox_to_anchor(None)
            legend.axes._set_title_offset_trans(mpl.rcParams["axes.titlepad"])
    return lean(file.getvalue())


def wrap(figure: Figure) -> None:
    """Break each title, and each axis's label, that is longer than its axes."""
    for ax in figure.axes:
        room = ax.get_window_extent()
        for label, length in ((ax.title, room.width), (ax.xaxis.label, room.width), (ax.yaxis.label, room.height)):
            extent, text = label.get_window_extent(), label.get_text()
            share = length / max(extent.height if label is ax.yaxis.label else extent.width, 1)
            if share < 0.95 and "$" not in text:
                label.set_text("\n".join(textwrap.wrap(text, max(8, int(share * len(text))), break_long_words=False)))


def fold(legend: Legend) -> list[Artist]:
    """Give the legend fewer columns where it is wider than its axes can be; return the columns that it had."""
    box, figure = legend._legend_handle_box, legend.get_figure()
    before = box.get_children()
    entries = [entry for column in before for entry in column.get_children()]
    for count in range(len(before) - 1, 0, -1):
        if legend._legend_box.get_bbox(figure.canvas.get_renderer()).width <= 0.85 * figure.bbox.width:
            break
        gap = legend.labelspacing * legend.prop.get_size_in_points()
        box._children = [
            VPacker(pad=0, sep=gap, align="baseline", children=list(column))
            for column in np.array_split(entries, count)
        ]
        box.set_figure(figure)
    return before


def covers(ax: Axes) -> bool:
    """Whether the legend inside these axes covers a line, or the outline of a patch."""
    legend = ax.get_legend()
    if legend is None or legend._bbox_to_anchor is not None:
        return False
    box = legend.get_window_extent()
    return any(
        artist.get_transform().transform_path(artist.get_path()).intersects_bbox(box, filled=False)
        for artist in [*ax.lines, *ax.patches]
    )


def lift(ax: Axes) -> int:
    """Move the legend above its axes, and their title above the legend; return where it was."""
    legend = ax.get_legend()
    before, points = legend._loc_real, legend.get_window_extent().height * 72 / ax.get_figure().dpi
    legend.set_loc("lower center")
    legend.set_bbox_to_anchor((0.5, 1), ax.transAxes)
    ax._set_title_offset_trans(points + mpl.rcParams["axes.titlepad"])
    return before


def lean(text: str) -> str:
    """The content of the root, less what only editors use, with two decimals, in the page's font."""
    text = text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")]
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(
        r' id="(?:figure|axes|patch|line2d|text|legend|matplotlib\.axis|xtick|ytick|\w+Collection)_\d+"', "", text
    )
    # In coordinates, that is; a number that readers see stays what it is.
    text = re.sub(r"<[^>]*>", lambda tag: re.sub(r"(\d\.\d\d)\d+", r"\1", tag[0]), text)
    text = re.sub(r"; font-family: 'DejaVu Sans'[^;\"]*", "", text)
    return re.sub(r"\n\s*", "\n", text)
