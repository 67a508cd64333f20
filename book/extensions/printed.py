"""What a page needs on paper: the works that it cites, at its end, since no link leads to the bibliography there."""

from typing import Any

from docutils import nodes
from sphinxcontrib.bibtex.transforms import node_text_transform


def references(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Add the works that the page cites, by their labels; the style sheet hides them on screens."""
    domain = app.env.get_domain("cite")
    keys = {target.key for one in domain.citation_refs if one.docname == page for target in one.targets}
    cited = sorted((one.formatted_entry for one in domain.citations if one.key in keys), key=lambda one: one.label)
    if not cited:
        return
    entries = nodes.bullet_list("", *(nodes.list_item("", domain.backend.paragraph(entry)) for entry in cited))
    box = nodes.container("", nodes.rubric("", "References"), entries, classes=["printed-references"])
    node_text_transform(box)  # addresses become links
    context["body"] += app.builder.render_partial(box)["fragment"]


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx."""
    app.add_css_file("print.css")
    app.connect("html-page-context", references)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
