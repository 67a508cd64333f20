"""What a reader can copy from a page runs by itself: its visible cells, in order, with nothing hidden."""

import os
import subprocess
import sys
from pathlib import Path

import jupytext
import pytest

_BOOK = Path(__file__).parents[1] / "book"


def visible(page):
    """The source of the cells that a reader sees or can unfold."""
    cells = [cell for cell in jupytext.read(page).cells if cell.cell_type == "code"]
    return "\n\n".join(c.source for c in cells if not {"remove-cell", "remove-input"} & set(c.metadata.get("tags", ())))


# The instructor's settings are lines of a file, and no program.
PAGES = {page.stem: text for page in sorted(_BOOK.glob("*.md")) if page.stem != "running" and (text := visible(page))}


@pytest.mark.parametrize("page", PAGES)
def test_the_visible_cells_use_no_name_that_a_reader_does_not_see(page):
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--select",
        "F821,F823",
        "--output-format",
        "concise",
    ]
    done = subprocess.run(
        [*command, "--stdin-filename", f"{page}.py", "-"],
        input=PAGES[page],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.pages
@pytest.mark.parametrize("page", PAGES)
def test_the_visible_cells_run_by_themselves(page, tmp_path):
    (tmp_path / "page.py").write_text(PAGES[page])
    environment = os.environ | {"MPLBACKEND": "agg"}
    command = [sys.executable, "-P", "page.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
