"""What readers do on the pages, in a real browser: move figures, open answers, print, search, lose their way."""

import pytest


def come_near(page, figure="#moving-pooling"):
    """Scroll to a figure, and wait until it says what it shows."""
    page.locator(figure).scroll_into_view_if_needed()
    page.wait_for_function("figure => document.querySelector(`${figure} p`).textContent !== ''", arg=figure)


def test_the_figure_moves_by_keyboard_and_says_what_changed(visit):
    page = visit("book/pooling.html")
    come_near(page)
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
    come_near(page)
    assert page.evaluate("document.fonts.check('16px KaTeX_Main')")
    assert page.complaints == []
    assert "τ is 4.0" in page.locator("#moving-pooling p").inner_text()


def test_the_still_image_stands_in_without_scripts_and_in_print(visit):
    still = "#moving-pooling img.still.on-light"
    page = visit("book/pooling.html", java_script_enabled=False)
    assert page.locator(still).is_visible()
    page = visit("book/pooling.html")
    come_near(page)
    assert not page.locator(still).is_visible()
    page.emulate_media(media="print")
    assert page.locator(still).is_visible()
    assert not page.locator("#moving-pooling .live").is_visible()


def test_on_paper_a_chapter_has_its_references_and_no_word_of_the_slider(visit):
    page = visit("book/pooling.html")
    listed, told = page.locator(".printed-references li"), page.locator(".on-screen").first
    assert not listed.first.is_visible()
    assert told.is_visible()
    page.emulate_media(media="print")
    assert listed.first.is_visible()
    assert not told.is_visible()
    cited = page.locator("article a[href*='bibliography.html#']").evaluate_all("(all) => all.map((one) => one.href)")
    assert listed.count() == len(set(cited))


def test_who_skips_to_the_text_is_there_at_once(visit):
    page = visit("book/pooling.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('article') !== null")


@pytest.mark.parametrize(
    ("word", "chapter"),
    [("funnel", "parameterization"), ("shrinkage", "shrinkage"), ("exchangeability", "exchangeability")],
)
def test_the_chapter_on_a_word_is_found_before_the_reference_pages(visit, word, chapter):
    page = visit(f"search.html?q={word}")
    page.wait_for_function("/found \\d+ page/.test(document.querySelector('#search-results').textContent)")
    assert f"book/{chapter}.html" in page.locator("#search-results li a").first.get_attribute("href")


def test_what_goes_on_beside_its_place_fades_there(visit):
    page = visit("book/hierarchy.html")
    for width in (320, 1300):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("""
            [...document.querySelectorAll("article :is(.katex-display, pre)")].every((box) =>
                box.classList.contains("goes-on") === box.scrollWidth - box.clientWidth > 2)
        """)
    page.set_viewport_size({"width": 320, "height": 900})
    page.wait_for_function("document.querySelector('article .katex-display.goes-on') !== null")
    assert page.evaluate("""
        [...document.querySelectorAll("article div.math > .eqno")].every((number) => {
            const formula = number.parentElement.querySelector(".katex-display");
            return number.getBoundingClientRect().top >= formula.getBoundingClientRect().bottom - 1;
        })
    """)
    # The element itself: by the time that a locator is asked again, another one is the first.
    formula = page.query_selector("article .katex-display.goes-on")
    formula.evaluate("(box) => (box.scrollLeft = box.scrollWidth)")
    page.wait_for_function("(box) => !box.classList.contains('goes-on')", arg=formula)


def test_answers_are_open_on_paper_and_as_the_reader_left_them_afterward(visit):
    page = visit("book/pooling.html")
    answers = page.locator("details.sd-dropdown")
    answers.first.locator("summary").click()
    left = answers.evaluate_all("(all) => all.map((one) => one.open)")
    assert left.count(True) == 1
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert all(answers.evaluate_all("(all) => all.map((one) => one.open)"))
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert answers.evaluate_all("(all) => all.map((one) => one.open)") == left


def test_the_figure_follows_the_theme(visit):
    colors = set()
    for scheme in ("light", "dark"):
        page = visit("book/pooling.html", scheme=scheme)
        come_near(page)
        color = "getComputedStyle(document.querySelector('#moving-pooling p')).color"
        background = "getComputedStyle(document.querySelector('#moving-pooling').parentElement).backgroundColor"
        assert page.evaluate(background) == "rgba(0, 0, 0, 0)"
        colors.add(page.evaluate(color))
    assert len(colors) == 2


def test_an_answer_opens_on_a_click(visit):
    page = visit("book/pooling.html")
    answer = page.locator("details.sd-dropdown").first
    text = answer.locator(".sd-summary-content, .sd-card-body").first
    assert not text.is_visible()
    answer.locator("summary").click()
    assert text.is_visible()


def test_the_scheme_is_there_before_anything_is_drawn_and_is_remembered(visit):
    page = visit("book/index.html", scheme="dark", java_script_enabled=False)
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    watch = "document.addEventListener('readystatechange', () => { window.early ??= %s; });"
    page = visit("book/index.html", scheme="dark", init=watch % "document.documentElement.dataset.theme")
    assert page.evaluate("window.early") == "dark"
    page.locator(".theme-switch-button").click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"


def test_a_word_is_found_with_the_text_around_it_on_a_phone_too(visit):
    page = visit("search.html?q=shrinkage")
    page.wait_for_selector("#search-results li p.context")
    assert "shrinkage" in page.locator("#search-results li").first.inner_text().lower()
    page.wait_for_function("/found \\d+ page/.test(document.querySelector('#search-results').textContent)")
    excerpts = page.locator("#search-results p.context").all_inner_texts()
    assert not any(noise in text for text in excerpts for noise in (".pdf", "Contents", "\\theta"))
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    icon, field = (page.locator(f"main .bd-search {one}") for one in ("i", "input"))
    inner = field.evaluate("(box) => box.getBoundingClientRect().left + parseFloat(getComputedStyle(box).paddingLeft)")
    assert icon.bounding_box()["x"] + icon.bounding_box()["width"] <= inner


def test_the_sites_own_address_leads_to_the_first_page(visit, site):
    front = (site / "index.html").read_text()
    for part in (
        '<html lang="en">',
        "<title>Bayesian hierarchical models</title>",
        '<meta name="description" content="T',
    ):
        assert part in front
    page = visit("")
    page.wait_for_url("**/book/index.html")
    assert page.complaints == []


def test_a_lost_reader_finds_the_way_back(visit):
    page = visit("book/no/such/page.html")
    assert page.locator("article h1").inner_text().startswith("Page not found")
    page.locator("nav.bd-docs-nav a", has_text="Exchangeability").first.click()
    page.wait_for_url("**/book/exchangeability.html")


def test_a_wide_formula_is_reached_by_keyboard_and_one_that_fits_is_not(visit):
    page = visit("book/hierarchy.html")
    wide = "[...document.querySelectorAll('.katex-display')].filter((one) => one.scrollWidth > one.clientWidth)"
    stops = "[...document.querySelectorAll('.katex-display[tabindex]')]"
    for width in (320, 1300):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(f"JSON.stringify({wide}.map(String)) === JSON.stringify({stops}.map(String))")
        assert page.evaluate(f"{wide}.every((one) => one.tabIndex === 0)")
    page.set_viewport_size({"width": 320, "height": 900})
    page.wait_for_function(f"{stops}.length > 0")


def test_neighbors_are_named_with_their_first_line(visit):
    page = visit("book/exchangeability.html")
    for side in ("left-prev", "right-next"):
        assert len(page.locator(f".{side} .prev-next-line").inner_text()) > 40
