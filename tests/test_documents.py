"""What the documents beside the code say is there: files, commands, versions, and the parts of a chapter."""

import ast
import os
import re
import tomllib

import pytest
import yaml

import hbcourse

from .conftest import ROOT
from .test_front import chapters
from .test_imports import LAYERS

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"]
#: Folders from which the documents name files: the first is the repository's own, the last stands for any exercise.
FOLDERS = ["", "book", "book/_static", "hbcourse", "hbcourse/grading", "exercises/pooling"]
#: What stands in a recipe for a name that the contributor chooses, and one that is there.
CHOSEN = {"CHAPTER": "pooling", "FIGURE": "pooling", "TABLE": "eight_schools"}
FILE = re.compile(r"(?!/)[\w./-]+(?:/[\w./-]*|\.(?:bib|cff|css|csv|md|mplstyle|pyi?|sh|toml|txt|yml))(?:::\w+)?")
PARTS = [
    "book/{0}.md",
    "book/_static/chapters/{0}.svg",
    "book/figures/{0}.js",
    "exercises/{0}/{0}.md",
    "exercises/{0}/attempts.yml",
    "tests/answers/{0}.yml",
    "tests/figures/test_{0}.py",
    "tests/test_{0}.py",
]


def code(name):
    """What a document sets as code: its blocks, and the words in its lines."""
    text = (ROOT / name).read_text(encoding="utf-8")
    block = r"^```.*?^```$"
    return re.findall(block, text, re.DOTALL | re.MULTILINE), re.findall(
        r"`([^`\n]+)`", re.sub(block, "", text, flags=re.DOTALL | re.MULTILINE)
    )


def files(name):
    """The files and folders that a document names in its lines, with the names that a reader would choose."""
    made = tuple(line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines() if line[-1] != "*")
    for word in " ".join(code(name)[1]).split():
        for placeholder, chosen in CHOSEN.items():
            word = re.sub(rf"(?<![A-Z]){placeholder}(?![A-Z])", chosen, word)
        if FILE.fullmatch(word) and not word.startswith(made):
            yield word


@pytest.mark.parametrize("name", DOCUMENTS)
def test_files_that_a_document_names_are_there(name):
    lost = []
    for word in files(name):
        path, _, function = word.partition("::")
        found = [ROOT / folder / path for folder in FOLDERS if (ROOT / folder / path).exists()]
        if not found or (function and function not in functions(found[0])):
            lost.append(word)
    assert lost == []


def functions(path):
    return {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_of_a_document_to_files_lead_somewhere(name):
    targets = re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text(encoding="utf-8"))
    assert [one for one in targets if ":" not in one and not (ROOT / one).exists()] == []


@pytest.mark.parametrize("name", [*DOCUMENTS, ".ci/run"])
def test_make_knows_the_targets_that_a_document_names(name):
    known = set(re.findall(r"^([\w-]+):(?!=)", (ROOT / "Makefile").read_text(), re.MULTILINE))
    blocks, words = ([(ROOT / name).read_text()], []) if name == ".ci/run" else code(name)
    named = re.findall(r"(?:\bmake|^while_time) ([a-z][\w-]*)", "\n".join([*blocks, *words]), re.MULTILINE)
    assert set(named) <= known


def test_the_course_is_cited_as_what_it_is():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    assert cited["version"] == project["version"] == hbcourse.__version__
    assert cited["license"] == project["license"]
    assert cited["title"] == config["title"]
    assert cited["authors"] == [{"name": config["author"]}]


def test_the_public_workflow_runs_what_ci_runs():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
    (job,) = workflow["jobs"].values()
    assert job["steps"][-1]["run"] == ".ci/run"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    (python,) = [step["with"] for step in job["steps"] if "setup-python" in step.get("uses", "")]
    required = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert required == f">={(ROOT / python['python-version-file']).read_text().strip()}"


@pytest.mark.parametrize("chapter", [path.stem for path in chapters(ROOT)])
def test_a_chapter_of_the_contents_has_all_its_parts(chapter):
    assert [part for part in PARTS if not (ROOT / part.format(chapter)).exists()] == []
    assert chapter in hbcourse.__all__, "add it to hbcourse/__init__.pyi"
    assert chapter in LAYERS, "say in tests/test_imports.py what it may import"
