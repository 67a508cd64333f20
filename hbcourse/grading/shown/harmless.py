"""What students wrote and printed, made safe to open: in feedback pages, and in formgrader, whose scripts set marks."""

import contextlib
import html
import math
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from bleach.css_sanitizer import CSSSanitizer
from bleach.sanitizer import Cleaner
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert import filters
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets.config import Config

from . import plain

#: For nbconvert's exporter of HTML. nbgrader's templates pass text through ``markdown2html`` and clean no more of it.
FILTERS = {
    "clean_html": "hbcourse.grading.shown.harmless.clean_html",
    "markdown2html": "hbcourse.grading.shown.harmless.markdown2html",
    "ansi2html": "hbcourse.grading.shown.harmless.ansi2html",
}

#: Longer or deeper HTML is shown as text; to parse it takes time that grows with the square of its depth.
_LONGEST_HTML = 100_000
_DEEPEST_HTML = 100
#: Longer Markdown and code is shown as it stands: made for it, a text takes time that grows with the square of it.
_LONGEST_MARKDOWN = 30_000
_LONGEST_CODE = 10_000
#: Seconds for the texts of one notebook; all that comes later is shown as it stands.
_PATIENCE = 5.0
_LONGEST_OUTPUT = 100_000
_LONGEST_IMAGE = 3_000_000
_IMAGES = ("image/png", "image/jpeg", "image/svg+xml")
_TEXTS = ("text/plain", "text/latex", "text/markdown", "text/html")

_TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3"),
    *("h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "ol", "p", "pre", "s", "samp", "small", "span", "strong", "sub"),
    *("sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var"),
}
# Classes of highlighted code and of data frames; formgrader's own, as of its buttons, stay its own.
_CLASSES = re.compile(r"(dataframe|highlight|hl-\w+|[a-z]{1,2}[a-z0-9]?)")
_ATTRIBUTES: dict[str, Callable[[str], object]] = {
    "class": lambda value: all(_CLASSES.fullmatch(name) for name in value.split()),
    "colspan": str.isdecimal,
    "rowspan": str.isdecimal,
    "start": str.isdecimal,
    "style": lambda value: True,  # What it may say is up to the sanitizer of CSS.
    "alt": lambda value: True,
    "title": lambda value: True,
    "border": str.isdecimal,
    "width": str.isdecimal,
    "height": str.isdecimal,
    "href": re.compile(r"(https?://|mailto:|#).*", re.IGNORECASE | re.DOTALL).fullmatch,
    # Nothing from elsewhere: to load it would tell its owner who has opened the page.
    "src": re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*").fullmatch,
}
_CLEANER = Cleaner(
    tags=_TAGS,
    attributes=lambda tag, name, value: name in _ATTRIBUTES and bool(_ATTRIBUTES[name](value)),
    protocols={"http", "https", "mailto", "data"},
    strip=True,
    css_sanitizer=CSSSanitizer(allowed_css_properties=["text-align"]),
)
# Their content is no text to read.
_CODE = re.compile(r"<(script|style)\b.*?(</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<(/?)(?!br\b|hr\b|img\b)([a-z]\w*)", re.IGNORECASE)
_MARKDOWN = HTMLExporter(config=Config({"HTMLExporter": {"exclude_anchor_links": True}}))
_end: ContextVar[float] = ContextVar("_end", default=math.inf)


@contextlib.contextmanager
def patience() -> Iterator[None]:
    """Meanwhile, spend no more time on texts than an honest notebook's need: the whole class waits."""
    before = _end.set(time.monotonic() + _PATIENCE)
    try:
        yield
    finally:
        _end.reset(before)


def _too_late() -> bool:
    return time.monotonic() > _end.get()


def clean_html(text: str | bytes) -> str:
    """The HTML without anything that runs, loads from elsewhere, sends, or passes for a part of the page."""
    text = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    fit = len(text) <= _LONGEST_HTML and _depth(text) <= _DEEPEST_HTML and not _too_late()
    return _clean(text) if fit else _as_text(text)


def _depth(text: str) -> int:
    """How many elements are open at once, at most."""
    unclosed: Counter[str] = Counter()
    deepest = depth = 0
    for end, name in _TAG.findall(text.lower()):
        change = 1 if not end else -1 if unclosed[name] else 0
        unclosed[name] += change
        depth += change
        deepest = max(deepest, depth)
    return deepest


# The text of the tasks is the same in each notebook of a class.
@lru_cache(maxsize=256)
def _clean(text: str) -> str:
    return _CLEANER.clean(_CODE.sub("", text))


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """nbconvert's filter of this name, and then :func:`clean_html`."""
    if len(source) > _LONGEST_MARKDOWN or _too_late():
        return _as_text(source)
    try:
        return clean_html(_MARKDOWN.markdown2html(context, source))
    except Exception:
        # A student's text, such as one that names a missing attachment, must not cost the whole page.
        return _as_text(source)


def ansi2html(text: str) -> str:
    """nbconvert's filter of this name, without the colours if they are too many."""
    if len(text) <= _LONGEST_OUTPUT + 100 and not _too_late():
        return str(filters.ansi2html(text))
    return html.escape(filters.strip_ansi(text))


def highlighted(source: str, highlight: Callable[[str], str]) -> str:
    """The code as ``highlight`` shows it, if that does not take too long."""
    fit = len(source) <= _LONGEST_CODE and not _too_late()
    return highlight(source) if fit else f'<div class="highlight">{_as_text(source)}</div>'


def _as_text(source: str) -> str:
    return f"<pre>{html.escape(shorten(source))}</pre>"


def shorten(text: str) -> str:
    """The text, or its beginning if it is long, fit to be written."""
    return plain.text(text if len(text) <= _LONGEST_OUTPUT else text[:_LONGEST_OUTPUT] + "\n… and more, left out.")


class HarmlessOutputs(NbGraderPreprocessor):
    """After the run: keep of each output the text and the images, without scripts, and no more than a page can show."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        nb.metadata.pop("widgets", None)
        with patience():
            return super().preprocess(nb, resources)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if cell.cell_type == "code":
            cell.outputs = [_harmless(output) for output in cell.outputs]
            if not isinstance(cell.execution_count, int):
                cell.execution_count = None
        return cell, resources


def _harmless(output: NotebookNode) -> NotebookNode:
    kept = NotebookNode(output_type=output.output_type)
    if output.output_type == "stream":
        kept.update(name=output.name, text=shorten(output.text))
    elif output.output_type == "error":
        kept.update(ename=shorten(output.ename), evalue=shorten(output.evalue))
        kept.traceback = [shorten(line) for line in output.traceback]
    else:
        if output.output_type == "execute_result":
            count = output.get("execution_count")
            kept.execution_count = count if isinstance(count, int) else None
        kept.data = NotebookNode(_shown(output.data) or {"text/plain": "(an output that is not shown here)"})
        kept.metadata = NotebookNode(_sizes(output.get("metadata") or {}))
    return kept


def _shown(data: dict[str, Any]) -> dict[str, str]:
    texts = {kind: data[kind] for kind in _TEXTS if isinstance(data.get(kind), str)}
    shown = {kind: shorten(text) for kind, text in texts.items() if kind != "text/html"}
    if "text/html" in texts and len(texts["text/html"]) <= _LONGEST_HTML:
        shown["text/html"] = clean_html(shorten(texts["text/html"]))
    images = {kind: data[kind] for kind in _IMAGES if isinstance(data.get(kind), str)}
    return shown | {kind: image for kind, image in images.items() if len(image) <= _LONGEST_IMAGE}


def _sizes(metadata: dict[str, Any]) -> dict[str, NotebookNode]:
    """The width and height of images; other metadata can name a file or an address to load."""
    return {
        kind: NotebookNode({side: about[side] for side in ("width", "height") if isinstance(about.get(side), int)})
        for kind, about in metadata.items()
        if kind in _IMAGES and isinstance(about, dict)
    }
