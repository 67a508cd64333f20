"""Fixtures that several test files share: the built site, a browser, bubblewrap."""

import functools
import http.server
import importlib
import importlib.util
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
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
def book() -> Iterator[Callable[[str], ModuleType]]:
    """Imports a module as the pages do, from the book's folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "book"))
        yield importlib.import_module


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
            executable_path=path,
            args=[
                "--no-sandbox",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                *(f"--disable-{feature}" for feature in quiet),
            ],
            # With them, pages are as wide as they are for readers.
            ignore_default_args=["--hide-scrollbars"],
        )
        yield chromium
        chromium.close()


class Host(http.server.SimpleHTTPRequestHandler):
    """Serves the site as static hosts do: in silence, and with its own page for what is not there."""

    def log_message(self, *_: object) -> None:
        pass

    def send_error(self, code: int, *_: object) -> None:
        content = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Host, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(browser, address):
    """Opens a page; notes what it asks for, what it complains about, and whom else it asks."""
    contexts = []

    def open_page(path, scheme="light", base=address, init="", **options):
        context = browser.new_context(viewport={"width": 1300, "height": 900}, color_scheme=scheme, **options)
        contexts.append(context)
        # A busy machine is no reason to fail.
        context.set_default_timeout(120_000)
        context.add_init_script(init)
        page = context.new_page()
        page.complaints, page.asked = [], []
        page.on("console", lambda m: page.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))

        def note(request):
            if request.url.startswith(base):
                page.asked.append(request.url)
            elif not request.url.startswith("data:"):
                page.complaints.append(f"asked {request.url}")

        page.on("request", note)
        page.goto(f"{base}/{path}")
        page.wait_for_function("document.fonts.status === 'loaded'")
        return page

    yield open_page
    for context in contexts:
        context.close()


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
