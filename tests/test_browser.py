"""The pages in a real browser: they ask nobody else, throw no error, fit a telephone, and move."""

import functools
import http.server
import threading

import pytest

PAGES = [
    "index",
    "pooling",
    "shrinkage",
    "james_stein",
    "overdispersion",
    "priors",
    "exchangeability",
    "hierarchy",
    "parameterization",
    "working",
    "running",
    "claims",
    "datasets",
    "package",
    "api/exact",
    "api/parameterization",
    "glossary",
    "bibliography",
]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address(site):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(browser, address):
    """Opens a page, and collects what it complains about and whom it asks."""
    contexts = []

    def open_page(path, scheme="light", base=address, **options):
        context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme, **options)
        contexts.append(context)
        # A busy machine is no reason to fail.
        context.set_default_timeout(120_000)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda m: page.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))

        def route(request):
            if request.request.url.startswith((base, "data:")):
                request.continue_()
            else:
                page.complaints.append(f"asked {request.request.url}")
                request.abort()

        page.route("**/*", route)
        page.goto(f"{base}/{path}")
        page.wait_for_load_state("networkidle")
        return page

    yield open_page
    for context in contexts:
        context.close()


CLIPPED = """
    [...document.querySelectorAll("article div.math")]
        .filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.textContent)
"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_quiet_keeps_to_itself_and_fits(visit, name):
    page = visit(f"book/{name}.html")
    if page.locator("article div.math").count():
        page.wait_for_selector("mjx-container svg, mjx-container mjx-math", state="attached")
    for width, scheme in ((1280, "light"), (1280, "dark"), (390, "dark"), (390, "light")):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CLIPPED) == []
    assert page.complaints == []


def test_the_figure_moves_by_keyboard_and_says_what_changed(visit):
    page = visit("book/pooling.html")
    slider = page.get_by_label("Spread between neurons")
    says = page.locator("#moving-pooling p")
    assert "τ is 4.0" in says.inner_text()
    dot = page.locator("#moving-pooling .error-dot")
    before = float(dot.get_attribute("cx"))
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert float(dot.get_attribute("cx")) > before
    page.keyboard.press("Home")
    assert "complete pooling" in says.inner_text()
    page.keyboard.press("End")
    assert "no pooling" in says.inner_text()
    assert "weight 1.00" in says.inner_text()
    assert page.complaints == []


def test_the_figure_moves_when_the_page_is_opened_from_a_disk(visit, site):
    page = visit("book/pooling.html", base=f"file://{site}")
    assert "τ is 4.0" in page.locator("#moving-pooling p").inner_text()


def test_the_still_image_stands_in_without_scripts_and_in_print(visit):
    still = "#moving-pooling img.still"
    page = visit("book/pooling.html", java_script_enabled=False)
    assert page.locator(still).is_visible()
    page = visit("book/pooling.html")
    assert not page.locator(still).is_visible()
    page.emulate_media(media="print")
    assert page.locator(still).is_visible()
    assert not page.locator("#moving-pooling .live").is_visible()


def test_the_figure_follows_the_theme(visit):
    colours = set()
    for scheme in ("light", "dark"):
        page = visit("book/pooling.html", scheme=scheme)
        colour = "getComputedStyle(document.querySelector('#moving-pooling p')).color"
        background = "getComputedStyle(document.querySelector('#moving-pooling').parentElement).backgroundColor"
        assert page.evaluate(background) == "rgba(0, 0, 0, 0)"
        colours.add(page.evaluate(colour))
    assert len(colours) == 2


def test_an_answer_opens_on_a_click(visit):
    page = visit("book/pooling.html")
    answer = page.locator("details.sd-dropdown").first
    text = answer.locator(".sd-summary-content, .sd-card-body").first
    assert not text.is_visible()
    answer.locator("summary").click()
    assert text.is_visible()
