"""Every public name says what it is, shows an example that runs, and is on a page of the book."""

import importlib
import inspect

import pytest

import hbcourse


def public(module):
    """The module's own public functions and classes."""
    names = getattr(module, "__all__", [name for name in vars(module) if not name.startswith("_")])
    for name in names:
        value = getattr(module, name)
        if callable(value) and getattr(value, "__module__", "").startswith(module.__name__):
            yield name, value


MODULES = {name: importlib.import_module(f"hbcourse.{name}") for name in hbcourse.__all__}
PUBLIC = [(module, name) for module in MODULES for name, _ in public(MODULES[module])]


@pytest.mark.parametrize(("module", "name"), PUBLIC)
def test_each_public_name_has_a_docstring_with_an_example(module, name):
    text = inspect.getdoc(getattr(MODULES[module], name)) or ""
    is_result = hasattr(getattr(MODULES[module], name), "_fields") or issubclass_of_exception(module, name)
    assert text.strip(), f"{module}.{name} has no docstring"
    # A tuple of results, or an exception, is shown where it is made.
    assert is_result or ">>> " in text, f"{module}.{name} has no example"


def issubclass_of_exception(module, name):
    value = getattr(MODULES[module], name)
    return isinstance(value, type) and issubclass(value, Exception)


@pytest.mark.parametrize("module", MODULES)
def test_each_public_name_is_on_a_page(site, module):
    page = (site / "book" / "api" / f"{module}.html").read_text()
    for name, _ in public(MODULES[module]):
        assert f'id="hbcourse.{module}.{name}"' in page, name


def test_a_module_lists_what_it_makes_public():
    for module in MODULES.values():
        names = [name for name, _ in public(module)]
        assert names, module
