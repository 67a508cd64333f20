"""The modules of the moving figures, run in a browser."""

import base64
import json

import pytest


@pytest.fixture(scope="module")
def module(browser, book):
    """Calls an exported function of a figure's module and returns its value."""
    page, source = browser.new_page(), book("figures.moving").source

    def call(figure, function, *arguments):
        text = base64.b64encode(source(figure).encode()).decode()
        # Infinity has no JSON.
        passed = json.dumps(arguments).replace("Infinity", "1e999")
        script = f"import('data:text/javascript;base64,{text}').then(module => module.{function}(...{passed}))"
        return page.evaluate(script)

    yield call
    page.close()
