"""Set formulas with KaTeX while the book is built: HTML to look at, MathML to be read aloud, no script on the page.

KaTeX runs in V8, which the package mini-racer brings. Where that cannot be installed, the build says so and leaves the
formulas to MathJax in the reader's browser.
"""

import html
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number, wrap_displaymath

try:
    from py_mini_racer import JSEvalException, MiniRacer
except (ImportError, OSError):
    MiniRacer = None

KATEX = Path(__file__).with_name("katex") / "katex.min.js"
OPTIONS = {"throwOnError": True, "strict": "error"}

logger = logging.getLogger(__name__)


@cache
def engine() -> Any:
    """V8 with KaTeX loaded."""
    racer = MiniRacer()
    racer.eval(KATEX.read_text(encoding="utf-8"))
    return racer


def rendered(node: nodes.Element, tex: str, display: bool) -> str:
    """The formula as HTML and MathML; a formula that KaTeX refuses is a warning, which ends the build."""
    try:
        return engine().call("katex.renderToString", tex, {**OPTIONS, "displayMode": display})
    except JSEvalException as error:
        reason = str(error).partition("ParseError: ")[2].partition("\n")[0]
        logger.warning("%s in the formula %s", reason, node.astext(), location=node)
        return f"<code>{html.escape(node.astext())}</code>"


def inline(translator: Any, node: nodes.Element) -> None:
    """Write a formula that stands in a line."""
    body = rendered(node, node.astext(), display=False)
    translator.body.append(translator.starttag(node, "span", "", CLASS="math") + body + "</span>")
    raise nodes.SkipNode


def block(translator: Any, node: nodes.Element) -> None:
    """Write a formula that stands by itself, with its number if it has one."""
    body = translator.body
    body.append(translator.starttag(node, "div", CLASS="math"))
    if node["number"]:
        body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
        translator.add_permalink_ref(node, "Link to this equation")
        body.append("</span>")
    tex = node.astext()
    body.append(rendered(node, tex if node["nowrap"] else wrap_displaymath(tex, None, numbering=False), display=True))
    body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, bool]:
    """Become Sphinx's renderer of formulas, or explain why MathJax stays it."""
    if MiniRacer is None:
        logger.info("The package mini-racer cannot be loaded here: MathJax will set the formulas, in the browser.")
        app.setup_extension("sphinx-mathjax-offline")
    else:
        app.add_html_math_renderer("katex", (inline, None), (block, None))
        app.add_css_file("katex/katex.min.css")
        app.add_css_file("formulas.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
