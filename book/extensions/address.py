"""What a page tells search engines and those who link to it; with the site's address, once there is one."""

import html
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from docutils import nodes

LONGEST = 160
# Pages that Sphinx adds.
UNTITLED = {"genindex": "Index", "search": "Search"}
# What the site's own address answers, where the first page lies deeper.
FRONT = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="0; url={page}">
<link rel="icon" href="_static/{icon}">
<title>{title}</title>
<meta name="description" content="{line}">
</head>
<body><a href="{page}">{title}</a></body>
</html>
"""


def configure(app: Any, config: Any) -> None:
    """Use the one address that is set (``html.baseurl`` in ``_config.yml``) wherever an address is needed."""
    address = config.html_baseurl
    config.ogp_site_name = config.html_title
    config.ogp_site_url = address or "/"
    config.notfound_urls_prefix = urlsplit(address).path or "/"
    config.ogp_social_cards = {**(config.ogp_social_cards or {}), "site_url": address.partition("://")[2]}


def summarize(app: Any, doctree: nodes.document) -> None:
    """Note the page's description: what its head says, or else its first paragraph."""
    notes = app.env.metadata[app.env.docname]
    first = next((text for one in doctree.findall(nodes.paragraph) if (text := plain(one))), "")
    notes.setdefault("description", shorten(first))


def plain(paragraph: nodes.paragraph) -> str:
    """The words of a paragraph of running text; of others, nothing."""
    inside = paragraph.parent
    return " ".join(paragraph.astext().split()) if isinstance(inside, nodes.section | nodes.document) else ""


def shorten(text: str) -> str:
    """As many whole sentences as fit, or else as many words."""
    sentences = re.findall(r".*?[.?!](?=\s|$)", text[: LONGEST + 1])
    if sentences:
        return "".join(sentences).strip()
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0] + " …"


def describe(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Put the description into the page's head, and the neighbors' into the links to them."""
    notes = app.env.metadata
    text = notes[page].get("description") if page in notes else ""
    title = context.get("title") or UNTITLED.get(page, page)
    text = text or f"{title}: {app.config.html_title}"
    context["metatags"] = context.get("metatags", "") + f'<meta name="description" content="{html.escape(text)}">'
    if page in notes:
        notes[page].setdefault("og:description", html.escape(text))
    _, before, after = app.builder.relations.get(page, (None, None, None))
    for side, neighbor in (("prev", before), ("next", after)):
        if context.get(side):
            context[side]["line"] = notes[neighbor].get("description")


def lead_in(app: Any, failed: Exception | None) -> None:
    """Lead from the site's own address to the first page."""
    root = app.config.root_doc
    if failed or root == "index":
        return
    line = html.escape(app.env.metadata[root].get("description", ""))
    values = {"page": f"{root}.html", "title": html.escape(app.config.html_title), "line": line}
    front = FRONT.format(icon=Path(app.config.html_favicon).name, **values)
    (Path(app.outdir) / "index.html").write_text(front, encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx; a map of the site can be written only with an address."""
    if app.config.html_baseurl:
        app.setup_extension("sphinx_sitemap")
        app.config.sitemap_url_scheme = "{link}"
    app.connect("config-inited", configure)
    app.connect("doctree-read", summarize)
    app.connect("html-page-context", describe, priority=400)
    app.connect("build-finished", lead_in)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
