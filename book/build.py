"""Builds the site into _build/html: the pages that are made from data, the students' notebooks, then Jupyter Book."""

import hashlib
import importlib
import inspect
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import ModuleType

import yaml
from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor

import hbcourse
from hbcourse.grading.course import release
from hbcourse.grading.course.folder import Course

ROOT = Path(__file__).resolve().parent.parent
# What pages import when they are executed.
IMPORTED = ["requirements.txt", "hbcourse", "book/figures", "book/extensions/schemes.py"]
# Each verdict as it stands beside a claim, and of how many claims it is so.
VERDICTS = {
    "holds": ("Holds", "hold"),
    "conditional": ("Conditional", "are conditional"),
    "overstated": ("Overstated", "are overstated"),
    "wrong": ("Wrong", "are wrong"),
    "omitted": ("Left out", "were left out"),
}


def claims_page(claims: list[dict[str, str]]) -> str:
    """The page that lists each claim with its verdict, the section that treats it and the test that shows it."""
    counts = Counter(c["verdict"] for c in claims)
    rows = "\n".join(
        f"| {c['id']} | [{c['claim']}](#{c['section']}) | {VERDICTS[c['verdict']][0]} | {breakable(c['test'])} |"
        for c in claims
    )
    numbers = [int(c["id"][1:]) for c in claims]
    gaps = len(numbers) < max(numbers) - min(numbers) + 1
    missing = " Numbers that are missing belong to chapters that are still being written." if gaps else ""
    return f"""\
# Claims

This course started from two introductions to hierarchical models, one told through neurons and one through school
districts. The table lists what they claim, and what they leave out although the rest depends on it. A claim *holds*, is
*conditional* on something that goes unsaid, is *overstated*, is *wrong*, or was *left out*.

Of these {len(claims)} claims, {", ".join(f"{counts[verdict]} {are}" for verdict, (_, are) in VERDICTS.items())}. Each
links to the section that treats it, and the last column names the test of the package that shows the verdict.{missing}

```{{container}} claims
| | Claim | Verdict | Test |
| --- | --- | --- | --- |
{rows}
```
"""


def breakable(name: str) -> str:
    """A long name as code that may break after its parts alone."""
    return f"<code>{re.sub(r'(/|::|_)', r'\1<wbr>', name)}</code>"


def write_api(root: Path) -> None:
    """One page for each public module of the package, from its docstrings: functions first, then what they return."""
    folder = root / "book" / "api"
    folder.mkdir(exist_ok=True)
    for name in hbcourse.__all__:
        module = importlib.import_module(f"hbcourse.{name}")
        page = [f"# {module.__name__}", "", "```{eval-rst}", f".. automodule:: {module.__name__}"]
        functions, classes = public_names(module)
        page += [f".. autofunction:: {module.__name__}.{function}" for function in functions]
        page += [f".. autoclass:: {module.__name__}.{one}\n   :members:" for one in classes]
        (folder / f"{name}.md").write_text("\n".join([*page, "```", ""]), encoding="utf-8")


def public_names(module: ModuleType) -> tuple[list[str], list[str]]:
    """The module's own functions and classes, in its own order."""
    names = getattr(module, "__all__", [name for name in vars(module) if not name.startswith("_")])
    own = [name for name in names if getattr(getattr(module, name), "__module__", "").startswith(module.__name__)]
    classes = [name for name in own if isinstance(getattr(module, name), type)]
    return [name for name in own if inspect.isfunction(getattr(module, name))], classes


def digest(root: Path, *names: str) -> str:
    """Changes with any of these files, or any file in these folders."""
    paths = [path for name in names for path in ((root / name).rglob("*") if (root / name).is_dir() else [root / name])]
    found = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file() and path.suffix != ".pyc"):
        found.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def key_cache(root: Path) -> None:
    """Throw executed pages away if anything has changed that they import; the cache itself sees only their own text."""
    key, now = root / "_build" / "cache_key", digest(root, *IMPORTED)
    if not key.exists() or key.read_text() != now:
        shutil.rmtree(root / "_build" / ".jupyter_cache", ignore_errors=True)
        key.parent.mkdir(exist_ok=True)
        key.write_text(now)


def sources(root: Path) -> str:
    """Changes with anything that the site is made of."""
    return digest(root, "_config.yml", "_toc.yml", "requirements.txt", "book", "exercises", "hbcourse")


def is_built(root: Path) -> bool:
    """Whether the site is there and was made of what is here now."""
    built = root / "_build" / "built"
    return (root / "_build" / "html" / "index.html").exists() and built.exists() and built.read_text() == sources(root)


def write_downloads(root: Path) -> None:
    """The exercises' notebooks as students get them."""
    with tempfile.TemporaryDirectory() as course:
        downloads = root / "book" / "downloads"
        downloads.mkdir(exist_ok=True)
        for notebook in release.release(Course(Path(course)), release.find(root / "exercises")):
            shutil.copy(notebook, downloads)


def execute_pages(root: Path) -> None:
    """Run the pages that the cache does not hold, as many at once as there are processors.

    Jupyter Book then takes them from the cache; what fails here, it runs again, and says what is wrong.
    """
    cache = get_cache(root / "_build" / ".jupyter_cache")
    reader = {"type": "plugin", "name": "myst_nb_md"}
    pages = [str(page) for page in (root / "book").glob("*.md") if "```{code-cell}" in page.read_text(encoding="utf-8")]
    for page in pages:
        cache.add_nb_to_project(page, read_data=reader)
    timeout = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))["execute"]["timeout"]
    load_executor("local-parallel", cache).run_and_cache(filter_uris=pages, timeout=timeout)


def build_book(root: Path) -> int:
    """Run Jupyter Book, from fresh doctrees and with warnings as errors; return its exit code."""
    shutil.rmtree(root / "_build" / ".doctrees", ignore_errors=True)
    jupyter_book = str(Path(sys.executable).with_name("jupyter-book"))
    command = [jupyter_book, "build", "--warningiserror", "--nitpick", "--keep-going", str(root)]
    return subprocess.run(command, cwd=root, check=False).returncode


def main() -> int:
    if is_built(ROOT):
        print(f"Nothing has changed since the book was built. Open {ROOT / '_build' / 'html' / 'index.html'}")
        return 0
    key_cache(ROOT)
    claims = yaml.safe_load((ROOT / "book" / "claims.yml").read_text(encoding="utf-8"))
    (ROOT / "book" / "claims.md").write_text(claims_page(claims), encoding="utf-8")
    write_api(ROOT)
    write_downloads(ROOT)
    made_of = sources(ROOT)
    execute_pages(ROOT)
    if code := build_book(ROOT):
        print("The book was not built: see the first error above.", file=sys.stderr)
        return code
    (ROOT / "_build" / "built").write_text(made_of)
    print(f"\nThe book is ready. Open {ROOT / '_build' / 'html' / 'index.html'}, or run: make serve")
    return 0


if __name__ == "__main__":
    sys.exit(main())
