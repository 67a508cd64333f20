"""Heads of chapters, the map of the course that is made from them, and the addresses from which it can be had."""

from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.utils.smartquotes import smartyPants
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

WARN = logging.getLogger(__name__)
PICTURES = Path("book", "_static", "chapters")


class course_map(nodes.General, nodes.Element):  # noqa: N801
    """Where the map will stand, once all heads have been read."""


class course_length(nodes.General, nodes.Inline, nodes.Element):  # noqa: N801
    """Where the length of the course will stand."""


class ChapterHead(SphinxDirective):
    """What stands under a chapter's title: a line that says what it is about, the time it takes, needs and goals."""

    has_content = True
    option_spec = {  # noqa: RUF012
        "line": directives.unchanged_required,
        "minutes": directives.positive_int,
        "needs": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        if missing := [name for name in self.option_spec if name not in self.options]:
            raise self.error(f"a chapter's head needs {', '.join(missing)}")
        # The map and the neighbors show it too, after Sphinx has set the quotation marks of the pages.
        self.options["line"] = smartyPants(self.options["line"], "q")
        self.env.chapter_heads[self.env.docname] = self.options
        self.env.metadata[self.env.docname]["description"] = self.options["line"]
        line = nodes.paragraph("", self.options["line"], classes=["standfirst"])
        facts = nodes.container(classes=["facts"])
        facts += self.fact("Time", f"About {self.options['minutes']} minutes, with its questions.")
        facts += self.fact("You need", self.options["needs"])
        goals = self.fact("Afterward you can", "")
        self.state.nested_parse(self.content, self.content_offset, goals)
        facts += goals
        facts += self.notebook()
        return [nodes.container("", line, facts, classes=["chapter-head"])]

    def notebook(self) -> list[nodes.Node]:
        """The link to the chapter's graded notebook, if it has one."""
        name = f"{Path(self.env.docname).name}.ipynb"
        if not Path(self.env.srcdir, self.env.docname).with_name("downloads").joinpath(name).exists():
            return []
        return [self.fact("Notebook", f"{{download}}`{name} <downloads/{name}>`, to work on after reading.")]

    def fact(self, name: str, text: str) -> nodes.container:
        """A name in bold with the text after it, links and formulas included."""
        words, messages = self.state.inline_text(text, self.lineno) if text else ([], [])
        paragraph = nodes.paragraph("", "", nodes.strong("", name), nodes.Text(" "), *words, *messages)
        return nodes.container("", paragraph, classes=["fact"])


class CourseMap(SphinxDirective):
    """The parts and their pages; a chapter with its number, picture, line and minutes."""

    def run(self) -> list[nodes.Node]:
        return [course_map()]


class CourseLength(SphinxDirective):
    """For whom the course is, as the page says it, with how long it is, as the heads do."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        words, messages = self.state.inline_text(" ".join(self.content), self.lineno)
        return [nodes.paragraph("", "", *words, nodes.Text(" "), course_length(), *messages, classes=["audience"])]


class CourseFolder(SphinxDirective):
    """Where the course's folder can be had: at its address, if the settings have one."""

    def run(self) -> list[nodes.Node]:
        return [nodes.paragraph("", "", *where(self.config.course_repository))]


class GetCourse(SphinxDirective):
    """How to get the course: from its address, if the settings have one, or from the folder at hand."""

    def run(self) -> list[nodes.Node]:
        address, lines = self.config.course_repository, ["python -m pip install '.[student]'"]
        if address:
            lines = [f"git clone {address} hierarchical-models", "cd hierarchical-models", *lines]
            then = " In a terminal, with Git and Python 3.12 or newer:"
        else:
            then = " In that folder, in a terminal, with Python 3.12 or newer:"
        return [
            nodes.paragraph("", "", *where(address), nodes.Text(then)),
            nodes.literal_block("", "\n".join(lines), language="none"),
        ]


def where(address: str) -> list[nodes.Node]:
    """A sentence that says where the course's folder is, or, without an address, who has it."""
    if not address:
        return [
            nodes.Text("You get the course's folder from your instructor, or from the people who publish this site.")
        ]
    link = nodes.reference("", address, refuri=address)
    return [nodes.Text("You get the course's folder at "), link, nodes.Text(".")]


def length(heads: dict[str, Any]) -> str:
    """A sentence that says how long the chapters take together."""
    hours = max(1, round(sum(head["minutes"] for head in heads.values()) / 60))
    return f"{len(heads)} chapters, about {hours} hour{'s' * (hours > 1)} to read with their questions."


def parts(app: Any) -> list[tuple[str, list[str]]]:
    """The parts of the table of contents, each with its pages."""
    site = app.config.external_site_map
    trees = site.root.subtrees
    return [(tree.caption, [str(item) for item in tree.items if str(item) in site]) for tree in trees]


def drawn_map(app: Any, doctree: nodes.document, docname: str) -> None:
    """Put the map and the length of the course where their places are kept."""
    for place in list(doctree.findall(course_length)):
        place.replace_self(nodes.Text(length(app.env.chapter_heads)))
    for place in list(doctree.findall(course_map)):
        heads, box = app.env.chapter_heads, nodes.container(classes=["course-map"])
        box += nodes.paragraph("", length(heads))
        for caption, pages in parts(app):
            box += nodes.rubric("", caption, classes=["part"])
            listed = nodes.container(classes=["cards" if any(page in heads for page in pages) else "pages"])
            for page in pages:
                link = nodes.reference("", "", internal=True, refuri=app.builder.get_relative_uri(docname, page))
                link += nodes.inline("", app.env.titles[page].astext(), classes=["title"])
                listed += card(app, page, link) if page in heads else nodes.paragraph("", "", link)
            box += listed
        place.replace_self(box)


def card(app: Any, page: str, link: nodes.reference) -> nodes.container:
    """A chapter on the map."""
    head, path = app.env.chapter_heads[page], Path(app.srcdir) / PICTURES / f"{Path(page).name}.svg"
    if not path.exists():
        WARN.warning("the chapter %s has no picture for the map of the course: draw %s", page, PICTURES / path.name)
        picture = ""
    else:
        picture = path.read_text(encoding="utf-8")
    if number := app.env.toc_secnumbers.get(page, {}).get(""):
        link.insert(0, nodes.inline("", f"{number[0]} ", classes=["number"]))
    return nodes.container(
        "",
        nodes.raw("", picture, format="html"),
        nodes.paragraph("", "", link),
        nodes.paragraph("", head["line"], classes=["line"]),
        nodes.paragraph("", f"{head['minutes']} minutes", classes=["minutes"]),
        classes=["card"],
    )


def prepare(app: Any) -> None:
    """Heads are kept with what Sphinx knows of the pages."""
    if not hasattr(app.env, "chapter_heads"):
        app.env.chapter_heads = {}


def forget(app: Any, env: Any, docname: str) -> None:
    """A page that is read again has no head until it has been read."""
    env.chapter_heads.pop(docname, None)


def gather(app: Any, env: Any, docnames: list[str], other: Any) -> None:
    """Heads that another process has read."""
    env.chapter_heads.update({name: head for name, head in other.chapter_heads.items() if name in docnames})


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx."""
    app.add_config_value("course_repository", "", "html", [str])
    app.add_node(course_map)
    app.add_node(course_length)
    app.add_directive("chapter-head", ChapterHead)
    app.add_directive("course-map", CourseMap)
    app.add_directive("course-length", CourseLength)
    app.add_directive("course-folder", CourseFolder)
    app.add_directive("get-course", GetCourse)
    app.connect("builder-inited", prepare)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", gather)
    app.connect("doctree-resolved", drawn_map)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
