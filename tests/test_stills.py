"""Figures read on a phone and on a wide screen, on a light page and on a dark one, with any color vision."""

import base64
import io
import itertools
import re
import xml.etree.ElementTree as ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from hbcourse import datasets, exact, plots, pooling

ROLES = ("raw", "pooled", "complete", "truth")
# Machado, Oliveira and Fernandes (2009): protanopia and deuteranopia, on linear RGB.
VISION = {
    "usual": np.eye(3),
    "without red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "without green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}


@pytest.fixture(scope="module")
def schemes(book):
    return book("extensions.schemes")


@pytest.fixture(scope="module")
def stills(book):
    return book("figures.stills")


@pytest.fixture(autouse=True)
def _style():
    with plt.style.context("hbcourse.course"):
        yield
    plt.close("all")


def lab(color, vision):
    """CIELAB of a color as someone sees it."""
    rgb = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(VISION[vision]) @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ seen
    x, y, z = np.where((t := xyz / [0.9505, 1, 1.089]) > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("palette", [plots.LIGHT, plots.DARK])
@pytest.mark.parametrize("vision", VISION)
def test_what_the_colors_mean_can_be_told_with_any_color_vision(palette, vision):
    for one, other in itertools.combinations(ROLES, 2):
        assert np.linalg.norm(lab(palette[one], vision) - lab(palette[other], vision)) > 15, (one, other)


def test_the_palette_stands_out_from_its_page(schemes):
    for palette, ground in ((plots.LIGHT, schemes.WHITE), (plots.DARK, schemes.BLACK)):
        for role, color in palette.items():
            assert schemes.contrast(color, ground) >= (4.5 if role != "gold" else 3), role


def test_contrast_is_the_guidelines_ratio(schemes):
    assert schemes.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert schemes.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_pages_and_the_style_of_figures_have_the_colors_of_the_package(root):
    css = (root / "book" / "_static" / "course.css").read_text()
    for scheme, palette in (("light", plots.LIGHT), ("dark", plots.DARK)):
        block = css[css.index(f'html[data-theme="{scheme}"] {{') :]
        assert dict(re.findall(r"--figure-(\w+): (#\w+);", block[: block.index("}")])) == palette
    cycle = ("pooled", "raw", "complete", "truth", "gold", "violet", "grey")
    assert [entry["color"] for entry in plt.rcParams["axes.prop_cycle"]] == [plots.LIGHT[role] for role in cycle]


def test_a_figure_in_a_dark_notebook_has_a_white_ground_and_on_a_page_has_none(stills):
    figure = shrinkage()
    assert figure.get_facecolor() == (1, 1, 1, 1)
    assert "#ffffff" not in stills.svg(figure)
    assert figure.get_facecolor() == (1, 1, 1, 1)


def shrinkage():
    schools = datasets.eight_schools()
    y, sigma = schools.y.to_numpy(float), schools.sigma.to_numpy(float)
    estimates = pooling.partial_pooling(y, sigma, 5.0)
    ax = plots.shrinkage(y, sigma, estimates, unit=list(schools.school), truth=np.full(8, 5.0))
    ax.set_xlabel(r"effect $\theta_j$ (points)")
    return ax.figure


def influence():
    return plots.influence(exact.normal_hierarchy([28, 8, -3], [15, 10, 16]).influence()).figure


def careless():
    """Pale lines, pale and small words, a black contour, a legend that is too long."""
    figure, ax = plt.subplots(figsize=(5.2, 3))
    ax.plot([0, 1], [0, 1], color="0.8", label="the first of three")
    ax.plot([0, 1], [1, 0], color="0.1", label="the second of three")
    ax.plot([0, 1], [1, 1], color="yellow", label="the third of three")
    ax.text(0.5, 0.5, "pale", color="0.7", fontsize=5)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
    return figure


FIGURES = [shrinkage, influence, careless]


def parts(svg):
    """The wide drawing and the narrow one, each with the pixels that one of its units has where it is shown."""
    root = ElementTree.fromstring(svg)
    wide, narrow = root.find("./{*}g[@class='wide']"), root.find("./{*}g[@class='narrow']")
    return {"wide": (wide, 96 / 72), "narrow": (narrow, 96 / 72)}


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_letters_have_eleven_pixels_or_more(stills, figure, width):
    drawing, unit = parts(stills.svg(figure()))[width]
    sizes = re.findall(r"font-size: ([\d.]+)px", ElementTree.tostring(drawing, "unicode"))
    # A subscript is smaller than the letter that it belongs to.
    letters = [float(size) * unit for size in sizes]
    assert letters
    assert min(letters) >= 11 * (0.7 if figure is shrinkage else 1)
    assert np.median(letters) >= 11


@pytest.mark.parametrize("figure", FIGURES)
def test_lines_and_words_stand_out_in_both_schemes(schemes, stills, figure):
    light = stills.svg(figure())
    for svg, ground in ((light, schemes.WHITE), (schemes.darkened(light), schemes.BLACK)):
        strokes = set(re.findall(r"stroke: (#\w{6})", svg))
        assert strokes
        assert min(schemes.contrast(color, ground) for color in strokes) >= 3
        words = set(re.findall(r'<text style="[^"]*fill: (#\w{6})', svg)) - {schemes.WHITE, schemes.BLACK}
        assert min((schemes.contrast(color, ground) for color in words), default=21) >= 4.5


def test_the_dark_twin_has_the_dark_colors_and_the_same_places(schemes, stills):
    light = stills.svg(shrinkage())
    dark = schemes.darkened(light)
    for role in ROLES:
        assert plots.LIGHT[role] in light
        assert plots.DARK[role] in dark
        assert plots.LIGHT[role] not in dark
    hexes = re.compile(r"#[0-9a-f]{6}")
    assert hexes.sub("", light) == hexes.sub("", dark)


def test_a_figure_keeps_its_height_and_fills_both_widths(stills):
    figure = shrinkage()
    figure.set_size_inches(5.2, 3.5)
    svg, place = stills.shown(figure)
    root = ElementTree.fromstring(svg)
    assert place == {"width": "634px", "height": "336px"}
    assert (root.get("width"), root.get("height")) == ("634", "336")
    narrow = root.find("./{*}g[@class='narrow']/{*}svg")
    assert [float(v) for v in narrow.get("viewBox").split()[2:]] == pytest.approx([72 * stills.NARROW, 252], abs=0.1)
    assert tuple(figure.get_size_inches()) == (5.2, 3.5)


def test_a_picture_in_a_drawing_is_turned_with_its_hue_kept(schemes):
    pixels = np.array([[[255, 255, 255], [0, 0, 0], [8, 48, 107], [222, 235, 247]]], dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    svg = f'<image href="data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"/>'
    data = re.search(r"base64,([^\"]+)", schemes.darkened(svg))[1]
    white, black, deep, pale = np.array(Image.open(io.BytesIO(base64.b64decode(data))))[0, :, :3].astype(int)
    assert np.all(abs(white - 18) <= 1)
    assert np.all(black == 255)
    for blue in (deep, pale):
        assert blue[2] == max(blue) > min(blue)
    assert deep.sum() > pale.sum()


@pytest.mark.parametrize("width", [288, 358, 398, 430, 490])
def test_a_phone_of_any_width_sees_the_whole_narrow_drawing(stills, browser, width):
    figure = shrinkage()
    svg, place = stills.shown(figure)
    page = browser.new_page(viewport={"width": width, "height": 800})
    # A document of its own has the viewport that an image has, and shows where its parts are.
    height = float(place["height"].removesuffix("px"))
    page.set_viewport_size({"width": width, "height": int(height)})
    page.goto("data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode())
    page.evaluate("document.documentElement.setAttribute('width', '100%')")
    page.evaluate("document.documentElement.setAttribute('height', '100%')")
    boxes = page.evaluate("""[...document.querySelectorAll('.narrow text')].map((text) => {
        const box = text.getBoundingClientRect();
        return [box.left, box.top, box.right, box.bottom, parseFloat(getComputedStyle(text).fontSize)];
    })""")
    assert len(boxes) > 10
    for left, top, right, bottom, _ in boxes:
        assert left >= -1
        assert top >= -1
        assert right <= width + 1
        assert bottom <= height + 1
    page.close()


def test_labels_that_are_longer_than_their_axes_are_broken_on_a_phone_alone(stills):
    figure, axes = plt.subplots(1, 2, figsize=(5.2, 3))
    for ax in axes:
        ax.set_xlabel("pupils tested in the district")
    svg = stills.svg(figure)
    wide, narrow = svg[: svg.index('<g class="narrow">')], svg[svg.index('<g class="narrow">') :]
    assert wide.count("pupils tested in the district") >= 2
    assert "pupils tested in the district</text>" not in narrow
    assert axes[0].get_xlabel() == "pupils tested in the district"


def test_a_drawing_is_the_same_each_time(stills):
    assert stills.svg(shrinkage()) == stills.svg(shrinkage())


def test_a_legend_that_is_too_wide_for_a_phone_is_folded_there_alone(stills):
    figure = careless()
    legend = figure.axes[0].get_legend()
    columns = legend._legend_handle_box.get_children
    stills.svg(figure)
    assert len(columns()) == 3
    figure.set_size_inches(stills.WIDE, 3)
    stills.fold(legend)
    assert len(columns()) == 3
    figure.set_size_inches(stills.NARROW, 3)
    stills.fold(legend)
    assert len(columns()) == 1
    assert sum(len(column.get_children()) for column in columns()) == 3


def covering(loc="upper right"):
    """A legend that has room beside a peak on a wide screen, and none on a phone."""
    figure, ax = plt.subplots(figsize=(5.2, 3))
    x = np.linspace(-40, 90, 200)
    ax.plot(x, np.exp(-(((x - 15) / 12) ** 2)), label="the density of the population")
    ax.plot(x, np.exp(-(((x - 10) / 12) ** 2)), label="the likelihood of the data")
    ax.set_title("a peak")
    ax.legend(loc=loc)
    return figure


def test_a_legend_that_covers_a_line_on_a_phone_is_lifted_above_its_axes_there_alone(stills):
    figure = covering()
    svg = stills.svg(figure)
    wide, narrow = svg[: svg.index('<g class="narrow">')], svg[svg.index('<g class="narrow">') :]

    def height(drawing, words):
        return float(re.search(rf' y="([\d.]+)"[^>]*>{words}<', drawing)[1])

    words = ["a peak", "the density of the population", "the likelihood of the data", "1.0"]
    on_a_phone = [height(narrow, one) for one in words]
    assert on_a_phone == sorted(on_a_phone)
    assert height(wide, "1.0") < height(wide, "the density of the population")
    assert stills.svg(figure) == svg


def test_letters_are_those_of_the_page(stills):
    assert "DejaVu" not in stills.svg(shrinkage())


def test_numbers_on_an_axis_are_not_cut(stills):
    figure, ax = plt.subplots(figsize=(5.2, 3))
    ax.set_yticks([0.025, 0.075, 0.125])
    words = re.findall(r">([^<>\n]+)</text>", stills.svg(figure))
    assert {"0.025", "0.075", "0.125"} <= set(words)


def test_every_still_of_the_site_reads_in_both_schemes(site, schemes):
    tags = [tag for page in (site / "book").glob("*.html") for tag in re.findall(r"<img [^>]*>", page.read_text())]
    shown = {(re.search(r'_images/([^"]+)', tag)[1], "on-dark" in tag) for tag in tags if "dark-light on-" in tag}
    assert len(shown) > 100
    for name, dark in shown:
        path, ground = site / "_images" / name, schemes.BLACK if dark else schemes.WHITE
        svg = path.read_text()
        assert min(schemes.contrast(color, ground) for color in re.findall(r"stroke: (#\w{6})", svg)) >= 3, path.name
        words = set(re.findall(r'<text style="[^"]*fill: (#\w{6})', svg)) - {schemes.WHITE, schemes.BLACK}
        assert min((schemes.contrast(color, ground) for color in words), default=21) >= 4.5, path.name
