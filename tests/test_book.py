"""The built site: complete, described, traceable; and a build that fails when a cell does."""

import ast
import html
import os
import re
import shutil
from collections import Counter

import jupytext
import pytest
import yaml
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


@pytest.fixture
def claims(root):
    return yaml.safe_load((root / "book" / "claims.yml").read_text())


def test_each_claim_names_a_section_and_a_test_that_exist(root, claims):
    pages = "\n".join(path.read_text() for path in (root / "book").glob("*.md") if path.name != "claims.md")
    labels = set(re.findall(r"^\(([\w-]+)\)=$", pages, re.MULTILINE))
    for claim in claims:
        assert set(claim) == {"id", "claim", "verdict", "section", "test"}
        assert claim["section"] in labels, claim["id"]
        path, name = claim["test"].split("::")
        functions = {
            node.name for node in ast.parse((root / path).read_text()).body if isinstance(node, ast.FunctionDef)
        }
        assert name in functions, claim["id"]
    assert max(Counter(claim["id"] for claim in claims).values()) == 1


def test_the_claims_page_lists_each_with_a_link_to_its_section(site, claims):
    page = html.unescape((site / "book" / "claims.html").read_text())
    for claim in claims:
        assert claim["claim"] in page.replace("’", "'")
        assert claim["test"] in page
        target = re.search(rf'href="([\w./]*)#{claim["section"]}"', page)
        assert target, claim["id"]
        assert f'id="{claim["section"]}"' in (site / "book" / target[1]).read_text()


def test_a_claim_with_an_unknown_verdict_stops_the_build(build):
    with pytest.raises(KeyError):
        build.claims_page([{"id": "C00", "claim": "", "verdict": "perhaps", "section": "", "test": ""}])


PAGE = """\
---
jupytext:
  text_representation: {{extension: .md, format_name: myst, format_version: 0.13}}
kernelspec: {{display_name: Python 3, language: python, name: python3}}
---

# A page

```{{code-cell}} ipython3
{code}
```
"""


@pytest.mark.parametrize(
    ("code", "builds"),
    [
        ("print(1)", True),
        ("raise ValueError('broken')", False),
        ("import sys; print('noise', file=sys.stderr)", False),
        ("import warnings; warnings.warn('old')", False),
    ],
)
def test_a_cell_that_raises_or_warns_stops_the_build(build, root, tmp_path, code, builds):
    for name in ("_config.yml", "book/references.bib", "book/_static/course.css", "book/extensions/named_tuples.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, tmp_path / name)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: page\n")
    (tmp_path / "page.md").write_text(PAGE.format(code=code))
    assert (build.build_book(tmp_path) == 0) is builds


def test_an_edit_of_the_package_throws_executed_pages_away(build, root, tmp_path):
    shutil.copy(root / "requirements.txt", tmp_path)
    for folder in ("hbcourse", "book/figures"):
        shutil.copytree(root / folder, tmp_path / folder)
    cache = tmp_path / "_build" / ".jupyter_cache"
    build.key_cache(tmp_path)
    cache.mkdir()
    build.key_cache(tmp_path)
    assert cache.exists()
    (tmp_path / "hbcourse" / "pooling.py").write_text("# changed\n")
    build.key_cache(tmp_path)
    assert not cache.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "book" / "page.md").write_text("# Changed"),
        lambda root: (root / "hbcourse" / "new.py").write_text(""),
        lambda root: (root / "_build" / "html" / "index.html").unlink(),
        lambda root: (root / "book" / "page.md").rename(root / "book" / "other.md"),
    ],
)
def test_only_what_has_not_changed_is_not_built_again(build, tmp_path, change):
    for name in ("book/page.md", "hbcourse/old.py", "_build/html/index.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    assert not build.is_built(tmp_path)
    (tmp_path / "_build" / "built").write_text(build.sources(tmp_path))
    assert build.is_built(tmp_path)
    change(tmp_path)
    assert not build.is_built(tmp_path)


CHAPTERS = [
    "pooling",
    "exchangeability",
    "hierarchy",
    "shrinkage",
    "james_stein",
    "overdispersion",
    "priors",
    "parameterization",
]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_has_what_each_chapter_must_have(site, root, chapter):
    page = (site / "book" / f"{chapter}.html").read_text()
    article = page[page.index("<article") : page.index("</article>")]
    for heading in (
        "Predict first",
        "Where it breaks",
        "Three questions",
        "Exercises",
        "What to take away",
        "Where to read on",
    ):
        assert f">{heading}<" in article, heading
    images = re.findall(r"<img [^>]*>", article)
    assert len(images) >= 3
    for image in images:
        assert len(re.search(r'alt="([^"]*)"', image)[1]) > 60, image[:200]
    assert article.count("<figcaption>") >= 4
    assert 'class="moving-figure"' in article
    assert len(set(re.findall(r'href="bibliography\.html#([\w-]+)"', article))) >= 3
    for noise in ("Traceback", "Sampling ", "divergences after tuning", "UserWarning", "{glue", "nan spikes"):
        assert noise not in re.sub(r"<details.*?</details>", "", article, flags=re.DOTALL), noise
    takeaway = article[article.index("What to take away") :]
    assert takeaway[: takeaway.index("</ul>")].count("<li>") == 5


def test_a_change_of_data_stops_the_build_where_the_text_says_more_than_its_numbers(root, tmp_path):
    shutil.copytree(root / "hbcourse", tmp_path / "hbcourse")
    data = tmp_path / "hbcourse" / "datasets" / "eight_schools.csv"
    as_published = data.read_text()
    data.write_text(as_published.replace("\nA,28,", "\nA,82,"))
    assert data.read_text() != as_published
    page = root / "book" / "priors.md"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(page.parent)])}
    with pytest.raises(CellExecutionError, match="AssertionError"):
        NotebookClient(jupytext.read(page), timeout=300, kernel_name="python3").execute(env=environment)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_read_in_one_sitting(root, chapter):
    text = (root / "book" / f"{chapter}.md").read_text().split("---\n", 2)[2]
    code, behind_a_click, formula = r"```\{code-cell\}.*?^```$", r"````.*?````", r"\$\$.*?\$\$|\$[^$]*\$"
    running = re.sub(f"{code}|{behind_a_click}|{formula}", " ", text, flags=re.DOTALL | re.MULTILINE)
    assert 1500 <= len(re.findall(r"[A-Za-z][\w'’-]*", running)) <= 3000


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_students_notebook_can_be_downloaded(site, chapter):
    page = (site / "book" / f"{chapter}.html").read_text()
    link = re.search(r'href="(\.\./_downloads/[^"]*\.ipynb)"', page)[1]
    notebook = (site / "book" / link).read_text()
    assert "YOUR CODE HERE" in notebook
    assert "BEGIN SOLUTION" not in notebook
