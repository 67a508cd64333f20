"""Mends what Sphinx, myst-nb, docutils and pandas write that readers with assistive technology stumble over."""

from typing import Any

MENDS = {
    # A name must contain the words that are seen.
    '<summary aria-label="Toggle hidden content">': "<summary>",
    # A corner of a table is no heading.
    "<th></th>": "<td></td>",
    '<th class="head"><p></p></th>': "<td></td>",
    # Roles that are deprecated, or that do not hold what they must.
    ' role="doc-biblioentry"': "",
    '<div role="list" class="citation-list">': '<div class="citation-list">',
}


def mend(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Mend the page's body."""
    for wrong, right in MENDS.items():
        context["body"] = context.get("body", "").replace(wrong, right)


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx."""
    app.add_js_file("reach.js")
    app.add_css_file("shell.css")
    app.connect("html-page-context", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
