"""Every page in a real browser: quiet, by itself, light, readable at every width, in both schemes, by everybody."""

import gzip
from functools import cache
from urllib.parse import urlsplit

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe

import hbcourse

from .conftest import ROOT

BUDGET = yaml.safe_load((ROOT / "tests" / "budget.yml").read_text())


def pages():
    """The pages that the table of contents names, those made from the package, and those that Sphinx adds."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text())
    named = [contents["root"]]

    def gather(entries):
        for entry in entries:
            if "file" in entry:
                named.append(entry["file"])
            gather([*entry.get("chapters", []), *entry.get("sections", [])])

    gather(contents["parts"])
    own = [f"book/api/{one}" for one in hbcourse.__all__]
    return [f"{name}.html" for name in [*named, *own, "genindex", "search", "404"]]


# One page of each kind. A page takes seconds: `make test` looks at these, and `make pages` at all.
KINDS = ["index", "pooling", "claims", "certified", "api/pooling"]
LOOKED_AT = [*(f"book/{name}.html" for name in KINDS), "search.html", "404.html"]


# What the browser itself reports of layout shifts, kept from the start.
WATCH = """
    window.shift = 0;
    new PerformanceObserver((list) => {
        for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value;
    }).observe({ type: "layout-shift", buffered: true });
"""
# Pixels by which a page is too wide, once its scripts have seen a new size.
OVERFLOW = """
    new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))
        .then(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
"""
# Formulas without MathML, or without any size although they are not folded away.
MISSING = """
    [...document.querySelectorAll("article span.math, article div.math")].filter((box) => {
        const drawn = box.querySelector(".katex-html");
        const folded = box.closest("details:not([open])") || box.closest(".onlyprint");
        return !box.querySelector("math") || !drawn || (!folded && drawn.getBoundingClientRect().height === 0);
    }).map((box) => box.textContent)
"""
# Formulas that a rule for the text around them breaks.
BROKEN = """
    [...document.querySelectorAll(".katex-base > *")]
        .filter((box) => getComputedStyle(box).whiteSpace !== "nowrap").map((box) => box.textContent)
"""
# TeX that nothing has set, in text that is no code.
RAW = r"""
    [...document.querySelectorAll("article :is(p, li, td, dd, figcaption, summary)")]
        .map((box) => {
            const copy = box.cloneNode(true);
            copy.querySelectorAll("code, pre, script, style, .katex").forEach((one) => one.remove());
            return copy.textContent;
        })
        .filter((text) => /\\[([]|\$\$|\\[a-z]{3,}/.test(text))
"""
# Apostrophes of a typewriter, in text that is no code.
STRAIGHT = r"""
    [...document.querySelectorAll("article :is(h1, h2, h3, p, li, td, figcaption, summary), .prev-next-area p")]
        .filter((box) => !box.closest("dl.py, pre, .citation, .cell_output, .printed-references"))
        .map((box) => {
            const copy = box.cloneNode(true);
            const left = "code, pre, script, a[href*='bibliography'], .katex, .moving-figure";
            copy.querySelectorAll(left).forEach((one) => one.remove());
            return copy.textContent;
        })
        .filter((text) => /\p{L}'\p{L}/u.test(text))
"""
# Visible code on a wide screen that has lines of 88 characters or fewer, and yet is cut.
CUT = """
    [...document.querySelectorAll("article pre")].filter((box) =>
        box.scrollWidth > box.clientWidth && Math.max(...box.textContent.split("\\n").map((line) => line.length)) <= 88
        && !box.closest("li, dd")).map((box) => box.textContent.slice(0, 80))
"""
# Icons without a picture.
BLANK = r"""
    [...document.querySelectorAll("i[class*='fa-'], span[class*='fa-']")].filter((icon) =>
        !document.fonts.check("900 16px 'Font Awesome 6 Free'")
        || !/^"."$/u.test(getComputedStyle(icon, "::before").content)).map((icon) => icon.className)
"""
# What KaTeX draws is hidden from readers' tools, and has thousands of elements; its MathML is looked at.
HIDDEN = {"exclude": [[".katex-html"]]}
# Rules that axe-core leaves out unless asked for.
MORE = {"rules": {rule: {"enabled": True} for rule in ("label-content-name-mismatch", "target-size")}}


def findings(page):
    """What axe-core finds, in its own words; once the theme has seen the new width."""
    page.wait_for_timeout(400)
    options = {"resultTypes": ["violations"], **MORE}
    return [
        f"{found['id']} ({found['impact']}): {node['html'][:200]} {node['failureSummary']}"
        for found in Axe().run(page, context=HIDDEN, options=options).response["violations"]
        for node in found["nodes"][:3]
    ]


@cache
def weight(path):
    """Bytes of a file as a server sends it."""
    content = path.read_bytes()
    return len(content if path.suffix in (".woff2", ".png") else gzip.compress(content))


PAGES = [pytest.param(name, marks=[pytest.mark.pages] * (name not in LOOKED_AT)) for name in pages()]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light_and_whole_and_fits_every_width(visit, site, name):
    page = visit(name, init=WATCH)
    first_view = [urlsplit(address).path for address in page.asked]
    kilobytes = sum(weight(site / path.lstrip("/")) for path in first_view) / 1000
    assert kilobytes <= BUDGET["kilobytes"].get(name, BUDGET["kilobytes"]["default"])
    assert [path for path in first_view if any(word in path.lower() for word in BUDGET["never"])] == []
    shift = page.evaluate("window.shift")
    if shift > BUDGET["shift"]:  # On a busy machine, fonts can come late once.
        shift = visit(name, init=WATCH).evaluate("window.shift")
    assert shift <= BUDGET["shift"]
    for wrong in (MISSING, BROKEN, RAW, STRAIGHT, CUT, BLANK):
        assert page.evaluate(wrong) == []
    for width, scheme in ((1300, "light"), (1300, "dark"), (390, "dark"), (390, "light"), (320, "light")):
        show(page, width, scheme)
        assert page.evaluate(OVERFLOW) <= 0, (width, scheme)
    # With text twice as large, on a phone.
    page.set_viewport_size({"width": 390, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(OVERFLOW) <= 0
    assert page.complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_a_page(visit, name):
    page = visit(name)
    for width, scheme in ((1300, "light"), (390, "dark")):
        show(page, width, scheme)
        assert findings(page) == [], (width, scheme)


def show(page, width, scheme):
    """Show the page at this width, in this scheme."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
