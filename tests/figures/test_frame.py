"""The frame of the moving figures in a browser: buttons, fields, the sentence, the table, and standing still."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

DATA = {
    "y": [10.0, 22.0, 14.5],
    "sigma": [7.0, 3.0, 1.0],
    "truth": [17.0, 20.0, 15.0],
    "trials": [2, 11, 100],
    "typical": 1,
    "rest": 40,
}


@pytest.fixture
def figure(browser, book, root):
    """Opens the first page's figure, as `moving` writes it, in the site's style."""
    contexts = []
    still, ax = plt.subplots()
    ax.plot([0, 1])
    written = book("figures.moving").moving("landing", DATA, still, 'A line, called "still".').data
    style = (root / "book" / "_static" / "course.css").read_text()

    def show(width=390, **options):
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_content(f'<html data-theme="light"><style>{style}</style><article>{written}</article>')
        return page

    yield show
    for context in contexts:
        context.close()


def test_buttons_and_field_move_the_slider_with_its_sentence(figure):
    page = figure(reduced_motion="reduce")
    slider, says = page.get_by_role("slider", name="Weight of the common mean"), page.locator("#moving-landing p")
    assert slider.input_value() == "40"
    page.get_by_role("button", name="one step up").click()
    assert slider.input_value() == "41"
    page.get_by_role("button", name="one step down").click()
    page.get_by_role("button", name="one step down").click()
    assert slider.input_value() == "39"
    field = page.get_by_label("type a value")
    assert field.input_value() == "39"
    for typed, meant in (("71.4", "71"), ("-5", "0"), ("1000", "100"), ("", "100")):
        field.fill(typed)
        field.press("Enter")
        assert slider.input_value() == meant
        assert field.input_value() == meant
    assert says.inner_text().startswith("Complete pooling")
    slider.focus()
    page.keyboard.press("Home")
    assert says.inner_text().startswith("No pooling")


def test_what_a_finger_must_hit_has_24_pixels(figure):
    for width in (320, 390, 1300):
        page = figure(width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for target in page.locator("#moving-landing :is(input, button)").all():
            box = target.bounding_box()
            assert min(box["width"], box["height"]) >= 24


def test_a_screen_reader_hears_the_sentence_once_the_slider_rests(figure):
    page = figure(reduced_motion="reduce")
    status, slider = page.get_by_role("status"), page.get_by_role("slider", name="Weight of the common mean")
    page.evaluate("""() => {
        window.heard = [];
        new MutationObserver(() => window.heard.push(document.querySelector("[role=status]").textContent))
            .observe(document.querySelector("[role=status]"), { childList: true });
    }""")
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    assert status.text_content() == ""
    page.wait_for_function("window.heard.length > 0")
    assert page.evaluate("window.heard") == [page.locator("#moving-landing p").inner_text()]
    assert page.locator("#moving-landing p").get_attribute("aria-live") is None


def test_the_table_opens_with_the_numbers_and_follows_the_slider(figure):
    page = figure(reduced_motion="reduce")
    table, slider = page.locator("#moving-landing table"), page.get_by_role("slider", name="Weight of the common mean")
    assert table.locator("tr").count() == 0
    page.get_by_text("Show the numbers").click()
    table.locator("tbody tr").first.wait_for()
    assert table.locator("tbody tr").count() == 3
    assert all(text.strip() for text in table.locator("th").all_inner_texts())
    slider.focus()
    page.keyboard.press("End")
    estimates = [row.locator("td").nth(2).inner_text() for row in table.locator("tbody tr").all()]
    assert len(set(estimates)) == 1
    page.keyboard.press("Home")
    estimates = [float(row.locator("td").nth(2).inner_text()) for row in table.locator("tbody tr").all()]
    assert np.allclose(estimates, DATA["y"])


def test_it_plays_once_and_then_is_the_readers(figure):
    page = figure()
    slider = page.get_by_role("slider", name="Weight of the common mean")
    assert slider.input_value() == "0"
    page.wait_for_function("document.querySelector('#landing-share').value === '40'", timeout=60_000)
    page.wait_for_timeout(500)
    assert slider.input_value() == "40"
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("Number(document.querySelector('#landing-share').value) < 20")
    page.get_by_role("button", name="Stop").click()
    stopped = slider.input_value()
    page.wait_for_timeout(300)
    assert slider.input_value() == stopped
    page.get_by_role("button", name="Play").wait_for()
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_timeout(500)
    assert slider.input_value() == "100"


def test_it_stands_still_where_motion_is_to_be_reduced(figure):
    page = figure(reduced_motion="reduce")
    assert page.get_by_role("slider", name="Weight of the common mean").input_value() == "40"


def test_stills_follow_the_scheme_and_describe_themselves(figure):
    page = figure(java_script_enabled=False)
    images = page.locator("#moving-landing img")
    assert [image.is_visible() for image in images.all()] == [True, False]
    assert images.first.get_attribute("alt") == 'A line, called "still".'


def test_every_figure_of_the_site_has_what_its_sliders_need(site, browser):
    pages = [path for path in sorted((site / "book").glob("*.html")) if 'class="moving-figure"' in path.read_text()]
    assert len(pages) > 8
    page = browser.new_page(viewport={"width": 320, "height": 700}, reduced_motion="reduce")
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    for path in pages:
        page.goto(path.as_uri())
        figure = page.locator(".moving-figure")
        figure.scroll_into_view_if_needed()
        page.wait_for_function("document.querySelector('.moving-figure p').textContent !== ''")
        ranges = figure.locator("input[type=range]").all()
        assert ranges, path.name
        assert figure.locator("input[type=number]").count() == len(ranges)
        for slider in ranges:
            before, most = int(slider.input_value()), int(slider.get_attribute("max"))
            name = slider.get_attribute("id").partition("-")[2]
            figure.locator(f"[data-steps={name}].{'more' if before < most else 'less'}").click()
            assert abs(int(slider.input_value()) - before) == 1, (path.name, name)
        figure.get_by_text("Show the numbers").click()
        figure.locator("tbody tr").first.wait_for()
        assert figure.locator("tbody tr").count() >= 3, path.name
        assert all(text.strip() for text in figure.locator("th").all_inner_texts()), path.name
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path.name
        assert "NaN" not in figure.inner_text(), path.name
    assert errors == []
    page.close()
