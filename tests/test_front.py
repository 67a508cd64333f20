"""Heads of chapters, the map of the course that is made from them, and how the course can be had."""

import re
import subprocess
import sys

import pytest
import yaml

HEAD = """\
```{chapter-head}
:minutes: 30
:line: What you'd write down.
:needs: {doc}`first`, and $x$.

- weigh one thing;
- and another.
```
"""
PAGES = {
    "index": "# Home\n\n```{course-length}\nFor *you*.\n```\n\n```{course-map}\n```\n\n```{get-course}\n```\n",
    "first": f"# One\n\n{HEAD}",
    "second": f"# Two\n\n{HEAD}",
    "table": "# A table\n\nNo head.\n\n```{course-folder}\n```\n",
}
TOC = """\
format: jb-book
root: index
parts:
  - caption: Ideas
    numbered: 1
    chapters: [{file: first}]
  - caption: More ideas
    numbered: 1
    chapters: [{file: second}]
  - caption: Reference
    chapters: [{file: table}]
"""


@pytest.fixture
def make(root, tmp_path):
    """Builds a small book; returns its pages, and what Sphinx warned of."""

    def build(pages=PAGES, pictures=("first", "second"), **settings):
        source = tmp_path / "source"
        folder = source / "book" / "_static" / "chapters"
        folder.mkdir(parents=True)
        for name in pictures:
            (folder / f"{name}.svg").write_text(f'<svg id="{name}-picture"></svg>')
        for name, text in pages.items():
            (source / f"{name}.md").write_text(text)
        (source / "_toc.yml").write_text(TOC)
        overrides = {
            "extensions": ["myst_parser", "sphinx_external_toc", "sphinx_multitoc_numbering", "front"],
            "myst_enable_extensions": ["dollarmath"],
            **settings,
        }
        lines = [f"import sys; sys.path.insert(0, {str(root / 'book' / 'extensions')!r})"]
        lines += [f"{name} = {value!r}" for name, value in overrides.items()]
        (source / "conf.py").write_text("\n".join(lines))
        # In a process of its own: sphinx_external_toc looks at all objects of this one, dead ones included.
        command = [sys.executable, "-m", "sphinx", "-q", str(source), str(tmp_path / "out")]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
        return {name: (tmp_path / "out" / f"{name}.html").read_text() for name in pages}, said

    return build


def test_the_map_has_each_part_and_each_chapter_with_its_head(make):
    pages, said = make()
    assert said == ""
    page = pages["index"]
    map_ = page[page.index('class="course-map') : page.index("You get the course")]
    assert re.findall(r'class="part rubric">([^<]+)<', map_) == ["Ideas", "More ideas", "Reference"]
    assert "2 chapters, about 1 hour " in map_
    for number, (name, title) in enumerate([("first", "One"), ("second", "Two")], 1):
        assert re.search(rf'id="{name}-picture".*?href="{name}\.html".*?{number} .*?{title}', map_, re.DOTALL)
    assert map_.count("What you’d write down.") == 2
    assert map_.count("30 minutes") == 2
    assert 'href="table.html"' in map_


def test_a_head_shows_time_needs_and_goals_with_links_and_formulas(make):
    pages, _ = make()
    head = pages["second"][pages["second"].index("chapter-head") :]
    head = head[: head.index("</ul>")]
    for part in ("What you’d write down.", "About 30 minutes", 'href="first.html"', "math", "weigh one thing;"):
        assert part in head


def test_a_chapter_without_a_picture_is_told(make):
    _, said = make(pictures=["first"])
    assert "the chapter second has no picture" in said


@pytest.mark.parametrize("lost", ["minutes", "line", "needs"])
def test_a_head_without_one_of_its_parts_is_told(make, lost):
    broken = re.sub(rf":{lost}:.*\n", "", PAGES["second"])
    _, said = make({**PAGES, "second": broken})
    assert f"a chapter's head needs {lost}" in said


def test_the_first_screen_says_for_whom_and_how_long(make):
    page = make()[0]["index"]
    assert '<p class="audience">For <em>you</em>. 2 chapters, about 1 hour to read' in page


def test_a_chapter_with_a_notebook_has_it_in_its_head(make, tmp_path):
    downloads = tmp_path / "source" / "downloads"
    downloads.mkdir(parents=True)
    (downloads / "second.ipynb").write_text("{}")
    pages, said = make()
    assert said == ""
    head = pages["second"][pages["second"].index("chapter-head") :]
    assert re.search(r'href="_downloads/\w+/second.ipynb"', head)
    assert ".ipynb" not in pages["first"]


@pytest.mark.parametrize("address", ["", "https://example.org/course.git"])
def test_each_page_that_needs_the_folder_says_who_has_it(make, address):
    pages, _ = make(course_repository=address)
    for name in ("index", "table"):
        text = re.sub("<[^>]+>", "", pages[name])
        assert "You get the course’s folder " + (f"at {address}." if address else "from your instructor") in text
        assert (f'href="{address}"' in pages[name]) == bool(address)
    assert ("git clone" in pages["index"]) == bool(address)


def chapters(root):
    """The files of the numbered parts."""
    toc = yaml.safe_load((root / "_toc.yml").read_text())
    return [root / f"{one['file']}.md" for part in toc["parts"] if part.get("numbered") for one in part["chapters"]]


def test_each_chapter_has_a_head_a_picture_and_an_honest_time(root):
    for path in chapters(root):
        text = path.read_text()
        minutes = int(re.search(r"```\{chapter-head\}\n:minutes: (\d+)\n", text)[1])
        shown = re.sub(r"^```\{code-cell\}.*?^```$", " ", text.split("---\n", 2)[2], flags=re.DOTALL | re.MULTILINE)
        # A text with formulas is read at 50 to 100 words a minute.
        assert len(shown.split()) / 100 <= minutes <= len(shown.split()) / 50, path.name
        assert (root / "book" / "_static" / "chapters" / f"{path.stem}.svg").exists(), path.name
        assert len(re.search(r":line: (.*)", text)[1]) <= 140, path.name


def test_the_first_page_draws_the_neurons_of_the_first_chapter(root):
    """They are the same neurons, so that whoever starts reading meets them again."""
    first, chapter = ((root / "book" / f"{name}.md").read_text() for name in ("index", "pooling"))
    for line in (
        "rng = np.random.default_rng(5)",
        "trials = np.array([2, 3, 4, 5,",
        "rate = rng.normal(20, 4, size=12)",
    ):
        assert line in first
        assert line in chapter


@pytest.mark.parametrize("page", ["index", "working", "running"])
def test_a_page_that_speaks_of_the_courses_folder_says_who_has_it(root, page):
    text = (root / "book" / f"{page}.md").read_text()
    assert "```{course-folder}" in text or "```{get-course}" in text
