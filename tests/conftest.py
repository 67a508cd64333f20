"""Fixtures that several test files share: the built site, a browser, bubblewrap."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import matplotlib as mpl
import pytest

mpl.use("Agg")

ROOT = Path(__file__).resolve().parent.parent


def load(path: Path) -> ModuleType:
    """A module that is not in the package, by its path."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def build() -> ModuleType:
    """The script that builds the book."""
    return load(ROOT / "book" / "build.py")


@pytest.fixture(scope="session")
def site(build: ModuleType) -> Path:
    """The book's pages, built."""
    assert build.main() == 0
    return ROOT / "_build" / "html"


def lacking(reason: str) -> None:
    """Skip what this machine cannot run; where all must run, fail."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def bubblewrap() -> None:
    """What the grader's sandbox needs of the machine."""
    if shutil.which("bwrap") is None:
        lacking("needs bubblewrap: on Debian and Ubuntu, install it with: apt-get install bubblewrap")


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """A real browser that looks nothing up by itself."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        lacking("needs Chromium: on Debian and Ubuntu, install it with: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    quiet = ["quic", "background-networking", "component-update", "sync", "gpu"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", *(f"--disable-{feature}" for feature in quiet)]
        )
        yield chromium
        chromium.close()


def pytest_xdist_auto_num_workers() -> int:
    """One more process than processors: many tests wait for what they have started."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share what takes long to make stay together when several processes run the suite."""
    for item in items:
        shared = {"site", "course", "outcomes"} & set(getattr(item, "fixturenames", ()))
        samples = item.path.name in ("test_claims.py", "test_parameterization.py")
        if shared or samples or item.path.parent.name in ("grading", "check"):
            item.add_marker(pytest.mark.xdist_group(min(shared, default=item.path.name)))
