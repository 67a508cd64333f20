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

from .conftest import ROOT
from .grading.classroom import first
from .test_front import chapters


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
    page = html.unescape((site / "book" / "claims.html").read_text()).replace("<wbr>", "")
    for claim in claims:
        parts = claim["claim"].split("$")
        words, formulas = parts[::2], parts[1::2]
        assert not re.search(r"\b(?:kappa|lambda|mu|sigma|tau|theta)\b|\^", "".join(words)), claim["id"]
        assert all(part in page.replace("’", "'") for part in [*words, *formulas]), claim["id"]
        assert claim["test"] in page
        target = re.search(rf'href="([\w./]*)#{claim["section"]}"', page)
        assert target, claim["id"]
        assert f'id="{claim["section"]}"' in (site / "book" / target[1]).read_text()


@pytest.mark.parametrize(("numbers", "told"), [([1, 2, 3], False), ([1, 4], True)])
def test_missing_numbers_are_explained_where_there_are_any(build, claims, numbers, told):
    page = build.claims_page([{**claims[0], "id": f"C{number:02}"} for number in numbers])
    assert ("Numbers that are missing" in page) == told


def test_a_claim_with_an_unknown_verdict_stops_the_build(build):
    with pytest.raises(KeyError):
        build.claims_page([{"id": "C00", "claim": "", "verdict": "perhaps", "section": "", "test": ""}])


PAGE = """\
---
jupytext:
  text_representation: {extension: .md, format_name: myst, format_version: 0.13}
kernelspec: {display_name: Python 3, language: python, name: python3}
---

# A page

"""


@pytest.fixture
def one_page(root, tmp_path, build):
    """Builds a book of a home and one page with the site's own settings; returns whether it could, and where it is."""
    for name in ("_config.yml", "book/references.bib"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, tmp_path / name)
    for folder in ("_static", "_templates", "extensions"):
        shutil.copytree(root / "book" / folder, tmp_path / "book" / folder)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\nchapters: [{file: page}]\n")
    (tmp_path / "index.md").write_text("# Home\n\nThe list of pages beside the text may not be empty.\n")

    def make(text):
        (tmp_path / "page.md").write_text(PAGE + text)
        return build.build_book(tmp_path) == 0, tmp_path / "_build" / "html"

    return make


@pytest.mark.parametrize(
    ("code", "builds"),
    first(
        [
            ("import warnings; warnings.warn('old')", False),
            ("raise ValueError('broken')", False),
            ("import sys; print('noise', file=sys.stderr)", False),
            ("print(1)", True),
        ],
        2,
    ),
)
def test_a_cell_that_raises_or_warns_stops_the_build(one_page, code, builds):
    assert one_page(f"```{{code-cell}} ipython3\n{code}\n```\n")[0] is builds


def test_a_formula_that_cannot_be_set_stops_the_build_and_is_named(one_page, capfd):
    wrong = [r"$\frac{1$", r"$$\notacommand x$$", "$\u00e9$"]
    assert not one_page("\n\n".join(f"Here: {formula}" for formula in wrong))[0]
    said = re.sub(r"\x1b\[[\d;]*m", "", capfd.readouterr().err)
    named = re.findall(r"page\.md:\d+: WARNING: .* in the formula (.*)", said)
    assert [one.strip() for one in named[:3]] == [formula.strip("$") for formula in wrong]


def test_formulas_are_set_without_a_script(one_page):
    formulas = "$x^2$ and\n\n$$a &= b \\\\ c &= d$$ (two)\n\n$$e = f$$\n\nsee {eq}`two`.\n"
    built, site = one_page(formulas)
    assert built
    page = (site / "page.html").read_text()
    assert page.count('<math xmlns="http://www.w3.org/1998/Math/MathML"') == 3
    assert "mathjax" not in page.lower().replace("mathjax_ignore", "")
    assert '<span class="eqno">(1)' in page


def test_without_its_engine_the_build_says_so_and_leaves_formulas_to_mathjax(one_page, tmp_path, monkeypatch, capfd):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "py_mini_racer.py").write_text("raise ImportError('no wheel for this machine')\n")
    monkeypatch.setenv("PYTHONPATH", str(elsewhere))
    built, site = one_page("$x^2$\n")
    assert built
    assert "mini-racer cannot be loaded here: MathJax will set the formulas" in capfd.readouterr().out
    page = (site / "page.html").read_text()
    script = re.search(r'src="(_static/mathjax/[^"?]+)', page)[1]
    assert (site / script).is_file()
    assert r"\(x^2\)" in page


def test_with_an_address_pages_name_it_and_a_map_lists_them(one_page, tmp_path):
    config = tmp_path / "_config.yml"
    config.write_text(config.read_text().replace('baseurl: ""', "baseurl: https://example.org/course/"))
    built, site = one_page("What this is about.\n")
    assert built
    assert "<loc>https://example.org/course/page.html</loc>" in (site / "sitemap.xml").read_text()
    page = (site / "page.html").read_text()
    assert '<link rel="canonical" href="https://example.org/course/page.html" />' in page
    image = re.search(r'property="og:image" content="https://example.org/course/([^"]+)"', page)[1]
    assert (site / image).is_file()
    assert 'href="/course/_static/' in (site / "404.html").read_text()


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


def test_each_page_has_its_title_as_running_head_on_paper(site):
    for page in (site / "book").rglob("*.html"):
        text = page.read_text()
        title = re.search(r"<title>(.*?) &#8212;", text)[1]
        [head] = re.findall(r'@top-right \{ content: "([^"]*)"', text)
        assert html.unescape(title).replace('"', "”") == head


def test_each_page_says_what_it_is_about_in_its_own_words(site):
    said = {}
    for page in site.rglob("*.html"):
        if "_static" in page.parts or page == site / "index.html":  # It leads to the first page, and says the same.
            continue
        text = page.read_text()
        [description] = re.findall(r'<meta name="description" content="([^"]*)"', text)
        assert 5 < len(html.unescape(description)) <= 165, page
        said.setdefault(description, []).append(page.name)
        if page.parent.name in ("book", "api"):
            image = re.search(r'property="og:image" content="/([^"]+)"', text)[1]
            assert (site / image).is_file()
    assert [pages for pages in said.values() if len(pages) > 1] == []
    assert not (site / "sitemap.xml").exists()


CHAPTERS = [path.stem for path in chapters(ROOT)]


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
